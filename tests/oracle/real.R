# Reference fits on published data, which is not committed here: writes real.csv beside itself.
# Run it in this folder: Rscript real.R <folder that holds survival/rossi.csv>
library(survival)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "survival")
number <- function(x) formatC(x, digits = 17, format = "g")
control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50, timefix = FALSE)
out <- NULL
add <- function(data, ties, fit) {
  p <- length(coef(fit))
  rows <- function(quantity, value) {
    data.frame(data, ties, quantity, position = seq_along(value) - 1, value = number(value))
  }
  rbind(out, rows("beta", unname(coef(fit))), rows("se", sqrt(diag(fit$naive.var))), rows("robust_se", sqrt(diag(fit$var))),
        rows("log_likelihood", fit$loglik[2]))
}
rossi <- read.csv(file.path(folder, "rossi.csv"))
heart <- read.csv(file.path(folder, "stanford_heart.csv"))
gbsg <- read.csv(file.path(folder, "gbsg.csv"))
for (ties in c("efron", "breslow")) {
  out <- add("rossi", ties, coxph(Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio, data = rossi,
    ties = ties, cluster = seq_len(nrow(rossi)), control = control))
  out <- add("heart", ties, coxph(Surv(start, stop, event) ~ age + year + surgery + transplant, data = heart,
    ties = ties, cluster = id, control = control))
  out <- add("gbsg", ties, coxph(Surv(rfstime, status) ~ age + size + nodes + pgr + er + hormon, data = gbsg,
    ties = ties, cluster = seq_len(nrow(gbsg)), control = control))
}
write.csv(out, "real.csv", row.names = FALSE, quote = FALSE)

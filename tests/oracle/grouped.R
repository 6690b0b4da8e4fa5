# Reference fits of the complementary log-log model on grouped_data.csv: writes grouped.csv and versions_grouped.txt
# beside itself. Run it in this folder: Rscript grouped.R
library(sandwich)
d <- read.csv("grouped_data.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
control <- glm.control(epsilon = 1e-15, maxit = 200)
one <- rep(1, nrow(d))
months <- sapply(1:12, function(m) as.numeric(d$month == m))
designs <- list(
  trend = cbind(one, d$month, d$x1, d$x2),
  dummies = cbind(months, d$x1, d$x2),
  bare = cbind(d$x1, d$x2),
  ticket = cbind(one, d$month, d$x1, d$x2, d$ticket))

# For whole weights this is logLik(glm); glm rounds others.
log_likelihood <- function(fit, w) {
  hazard <- fitted(fit)
  sum(w * ifelse(d$event == 1, log(hazard), log1p(-hazard)))
}
fit_glm <- function(X, w, offset, start) {
  # glm stops when the deviance stands still, to which coefficients 1e-7 away are the same: so it is started again and
  # again from where it stopped.
  for (i in 1:20) {
    withCallingHandlers(
      fit <- glm(d$event ~ X - 1, weights = w, offset = offset, family = binomial("cloglog"), control = control,
                 start = start),
      # It warns of weights that are not whole, although it treats them right.
      warning = function(w) if (grepl("non-integer #successes", conditionMessage(w))) invokeRestart("muffleWarning"))
    stopifnot(fit$converged)
    start <- coef(fit)
  }
  fit
}
out <- NULL
for (design in names(designs)) for (weighted in 0:1) for (with_offset in 0:1) {
  X <- designs[[design]]
  w <- if (weighted) d$weight else one
  offset <- if (with_offset) log(d$share) else 0 * one
  # glm takes its steps whole: from afar the nearly separated ticket throws it to 1e15, which it calls converged. The
  # start changes nothing at the maximum.
  start <- if (design == "bare") c(0, 0) else qr.solve(X, -3 * one)
  if (design == "ticket") start <- c(coef(fit_glm(X[, 1:4], w, offset, start[1:4])), 4.5)
  fit <- fit_glm(X, w, offset, start)
  stopifnot(abs(coef(fit)) < 10)
  null <- if (design == "bare") sum(w * ifelse(d$event == 1, log(-expm1(-exp(offset))), -exp(offset))) else {
    log_likelihood(fit_glm(cbind(one), w, offset, -3), w)
  }
  rows <- function(quantity, value) {
    data.frame(design, weighted, offset = with_offset, quantity, position = seq_along(value) - 1, value = number(value))
  }
  robust <- function(by) as.vector(vcovCL(fit, cluster = by, type = "HC0", cadjust = FALSE))
  out <- rbind(out,
    rows("beta", unname(coef(fit))),
    rows("covariance", as.vector(vcov(fit))),
    rows("robust_by_customer", robust(d$customer)),
    rows("robust_by_row", robust(seq_len(nrow(d)))),
    rows("log_likelihood", log_likelihood(fit, w)),
    rows("null_log_likelihood", null),
    rows("n_events", sum(d$event)))
}
write.csv(out, "grouped.csv", row.names = FALSE, quote = FALSE)
packages <- sapply(c("survival", "sandwich"), function(name) paste(name, packageVersion(name)))
writeLines(c(R.version.string, packages), "versions_grouped.txt")

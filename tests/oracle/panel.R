# Reference fits within teams and months on panel_data.csv: writes panel.csv and versions_panel.txt beside itself.
# Run it in this folder: Rscript panel.R
suppressMessages({library(plm); library(clubSandwich)})
d <- read.csv("panel_data.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
rows <- list()
keep <- function(design, quantity, values)
  rows[[length(rows) + 1]] <<- data.frame(design = design, quantity = quantity, position = seq_along(values) - 1,
                                          value = number(values))
for (design in c("both", "one")) {
  terms <- if (design == "both") c("x1", "x2") else "x1"
  dummies <- lm(reformulate(c(terms, "factor(team)", "factor(month)"), "y"), data = d)
  within <- plm(reformulate(terms, "y"), data = d, index = c("team", "month"), model = "within", effect = "twoways")
  stopifnot(max(abs(coef(within)[terms] - coef(dummies)[terms])) < 1e-10)
  v <- vcovCR(dummies, cluster = d$team, type = "CR2")
  test <- coef_test(dummies, vcov = v, test = "Satterthwaite")
  at <- match(terms, names(coef(dummies)))
  keep(design, "plm", unname(coef(within)[terms]))
  keep(design, "point", unname(coef(dummies)[terms]))
  keep(design, "std_error", unname(sqrt(diag(as.matrix(v)))[at]))
  keep(design, "degrees", test$df[at])
  # clubSandwich on plm itself, which takes the teams' levels out beforehand
  vp <- vcovCR(within, cluster = "individual", type = "CR2")
  keep(design, "std_error_plm", unname(sqrt(diag(as.matrix(vp)))))
}
fit <- lm(y ~ x1 + x2 + factor(team) + factor(month), data = d)
v <- vcovCR(fit, cluster = d$team, type = "CR2")
C <- matrix(0, 1, length(coef(fit))); C[1, match(c("x1", "x2"), names(coef(fit)))] <- 1
sum_test <- linear_contrast(fit, vcov = v, contrasts = C, test = "Satterthwaite")
keep("sum", "point", sum_test$Est); keep("sum", "std_error", sum_test$SE); keep("sum", "degrees", sum_test$df)
write.csv(do.call(rbind, rows), "panel.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("plm", packageVersion("plm")),
             paste("clubSandwich", packageVersion("clubSandwich"))), "versions_panel.txt")

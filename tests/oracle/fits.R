# Reference fits on small.csv: writes cox.csv, cox_residuals.csv, cox_baseline.csv, curves.csv, regression.csv and
# versions.txt beside itself. Run it in this folder: Rscript fits.R
library(survival)
d <- read.csv("small.csv")
X <- as.matrix(d[, c("x1", "x2", "x3")])
number <- function(x) formatC(x, digits = 17, format = "g")
control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50, timefix = FALSE)

cox <- residuals_of <- baseline <- NULL
rows_of <- function(case, quantity, value) {
  data.frame(case, quantity = quantity, position = seq_along(value) - 1, value = number(value))
}
for (ties in c("efron", "breslow")) for (entry in 0:1) for (weighted in 0:1) for (stratified in 0:1) {
  y <- if (entry) Surv(d$start, d$stop, d$event) else Surv(d$stop, d$event)
  w <- if (weighted) d$weight else rep(1, nrow(d))
  s <- if (stratified) d$stratum else rep("all", nrow(d))
  form <- if (stratified) y ~ x1 + x2 + x3 + strata(s) else y ~ x1 + x2 + x3
  data <- data.frame(d[, c("x1", "x2", "x3")], s = s, w = w)
  plain <- coxph(form, data = data, weights = w, ties = ties, robust = FALSE, control = control, x = TRUE)
  byrow <- coxph(form, data = data, weights = w, ties = ties, cluster = seq_len(nrow(d)), control = control)
  bycust <- coxph(form, data = data, weights = w, ties = ties, cluster = d$customer, control = control)
  case <- data.frame(ties, entry, weighted, stratified)
  cox <- rbind(cox,
    rows_of(case, "beta", unname(coef(plain))),
    rows_of(case, "covariance", as.vector(vcov(plain))),
    rows_of(case, "robust_by_row", as.vector(byrow$var)),
    rows_of(case, "robust_by_customer", as.vector(bycust$var)),
    rows_of(case, "naive_beside_robust", as.vector(bycust$naive.var)),
    rows_of(case, "log_likelihood", plain$loglik[2]),
    rows_of(case, "null_log_likelihood", plain$loglik[1]),
    rows_of(case, "n_events", plain$nevent))
  if (entry && weighted && stratified) {
    score <- residuals(plain, type = "score")
    for (j in 1:3) residuals_of <- rbind(residuals_of, rows_of(case, colnames(X)[j], score[, j]))
  }
  zero <- data.frame(x1 = 0, x2 = 0, x3 = 0)
  if (stratified) zero <- data.frame(zero, s = c("a", "b", "c"))
  curve <- survfit(plain, newdata = zero, se.fit = FALSE)
  happened <- curve$n.event > 0
  label <- if (stratified) rep(c("a", "b", "c"), curve$strata) else rep("all", length(curve$time))
  baseline <- rbind(baseline, data.frame(case, stratum = label, time = curve$time,
    cumulative = number(curve$cumhaz))[happened, ])
}
write.csv(cox, "cox.csv", row.names = FALSE, quote = FALSE)
write.csv(residuals_of, "cox_residuals.csv", row.names = FALSE, quote = FALSE)
write.csv(baseline, "cox_baseline.csv", row.names = FALSE, quote = FALSE)

# Kaplan-Meier and Aalen-Johansen at chosen times. The second needs one row per id to be comparable with rows.
at <- c(2, 5, 8, 12, 18, 25, 33)
curves <- NULL
add <- function(curve, entry, weighted, by, cause, quantity, value) {
  rbind(curves, data.frame(curve, entry, weighted, by, cause, quantity, time = at, value = number(value)))
}
for (entry in 0:1) {
  y <- if (entry) Surv(d$start, d$stop, d$event) else Surv(d$stop, d$event)
  k <- summary(survfit(y ~ 1, conf.type = "log-log", timefix = FALSE), times = at)
  curves <- add("kaplan_meier", entry, 0, "row", 0, "survival", k$surv)
  curves <- add("kaplan_meier", entry, 0, "row", 0, "std_error", k$std.err)
  curves <- add("kaplan_meier", entry, 0, "row", 0, "low", k$lower)
  curves <- add("kaplan_meier", entry, 0, "row", 0, "high", k$upper)
  curves <- add("kaplan_meier", entry, 0, "row", 0, "n_at_risk", k$n.risk)
  state <- factor(d$cause, 0:2, c("stay", "one", "two"))
  z <- if (entry) Surv(d$start, d$stop, state) else Surv(d$stop, state)
  for (weighted in 0:1) for (by in c("row", "customer")) {
    if (by == "customer" && !entry) next
    w <- if (weighted) d$weight else rep(1, nrow(d))
    # One id per row. By customer: the rows' influences, summed (survfit ignores cluster beside id).
    rows <- data.frame(id = seq_len(nrow(d)), w = w)
    fit <- survfit(z ~ 1, data = rows, id = id, weights = w, timefix = FALSE)
    influence <- residuals(fit, times = at, type = "pstate", weighted = TRUE)
    a <- summary(fit, times = at)
    for (cause in 1:2) {
      column <- which(a$states == c("one", "two")[cause])
      curves <- add("aalen_johansen", entry, weighted, by, cause, "incidence", a$pstate[, column])
      curves <- add("aalen_johansen", entry, weighted, by, cause, "std_error", if (by == "row") a$std.err[, column] else {
        sqrt(colSums(rowsum(influence[, , column], d$customer)^2))
      })
    }
  }
}
write.csv(curves, "curves.csv", row.names = FALSE, quote = FALSE)

# Least squares and Poisson with a sandwich by customer, spelled out: bread, meat, bread.
regression <- NULL
sandwich_by <- function(bread, score) bread %*% crossprod(rowsum(score, d$customer)) %*% bread
for (weighted in 0:1) {
  w <- if (weighted) d$weight else rep(1, nrow(d))
  D <- cbind(1, X)
  m <- lm(y ~ x1 + x2 + x3, data = d, weights = w)
  V <- sandwich_by(solve(crossprod(D, D * w)), D * w * residuals(m))
  case <- data.frame(model = "ols", weighted = weighted)
  regression <- rbind(regression, rows_of(case, "beta", unname(coef(m))), rows_of(case, "covariance_cr0", as.vector(V)))
}
D <- cbind(1, X)
m <- glm(count ~ x1 + x2 + x3 + offset(log(exposure)), data = d, family = poisson,
         control = glm.control(epsilon = 1e-14, maxit = 50))
V <- sandwich_by(solve(crossprod(D, D * fitted(m))), D * (d$count - fitted(m)))
case <- data.frame(model = "poisson", weighted = 0)
regression <- rbind(regression, rows_of(case, "beta", unname(coef(m))), rows_of(case, "covariance_cr0", as.vector(V)))
write.csv(regression, "regression.csv", row.names = FALSE, quote = FALSE)

writeLines(c(R.version.string, paste("survival", packageVersion("survival"))), "versions.txt")

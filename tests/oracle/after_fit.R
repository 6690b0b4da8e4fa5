# After a Cox fit on small.csv: writes zph.csv (cox.zph), penalised.csv (ridge; Firth by direct maximisation of the
# penalised likelihood) and restricted.csv (restricted means). Run it in this folder: Rscript after_fit.R
library(survival)
d <- read.csv("small.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50, timefix = FALSE)

zph <- penalised <- NULL
for (ties in c("efron", "breslow")) for (entry in 0:1) for (weighted in 0:1) for (stratified in 0:1) {
  y <- if (entry) Surv(d$start, d$stop, d$event) else Surv(d$stop, d$event)
  data <- data.frame(d[, c("x1", "x2", "x3")], w = if (weighted) d$weight else 1, s = d$stratum)
  form <- if (stratified) y ~ x1 + x2 + x3 + strata(s) else y ~ x1 + x2 + x3
  case <- data.frame(ties, entry, weighted, stratified)
  fit <- coxph(form, data = data, weights = w, ties = ties, robust = FALSE, control = control)
  for (scale in c("km", "identity", "log", "rank")) {
    test <- cox.zph(fit, transform = scale)$table
    zph <- rbind(zph, data.frame(case, scale, term = rownames(test), statistic = number(test[, "chisq"]),
      degrees = test[, "df"]))
  }
  form <- if (stratified) y ~ x1 + x2 + x3 + strata(s) else y ~ x1 + x2 + x3
  at <- function(b) coxph(form, data = data, weights = w, ties = ties, robust = FALSE, init = b,
    control = coxph.control(iter.max = 0, timefix = FALSE, toler.chol = 1e-15))
  loss <- function(b) { f <- at(b); -f$loglik[2] + as.numeric(determinant(f$var)$modulus) / 2 }
  found <- coef(fit)
  for (round in 1:4) found <- optim(found, loss, method = "BFGS",
    control = list(reltol = 1e-15, maxit = 500, ndeps = rep(1e-5, 3)))$par
  # Newton's steps from R's own score and variance; coxph's ridge() must agree wherever its inner loop stops by itself
  shrunk <- coef(fit)
  for (round in 1:30) {
    f <- at(shrunk)
    score <- colSums(as.matrix(residuals(f, type = "score", weighted = TRUE))) - 7 * shrunk
    variance <- solve(solve(f$var) + 7 * diag(3))
    shrunk <- shrunk + drop(variance %*% score)
  }
  ridged <- if (stratified) y ~ ridge(x1, x2, x3, theta = 7, scale = FALSE) + strata(s) else
    y ~ ridge(x1, x2, x3, theta = 7, scale = FALSE)
  theirs <- tryCatch(coxph(ridged, data = data, weights = w, ties = ties, robust = FALSE, control = control),
    warning = function(w) NULL)
  if (!is.null(theirs)) stopifnot(abs(coef(theirs) - shrunk) < 1e-7, abs(theirs$var - variance) < 1e-7)
  penalised <- rbind(penalised,
    data.frame(case, kind = "ridge", quantity = "beta", position = 0:2, value = number(unname(shrunk))),
    data.frame(case, kind = "ridge", quantity = "covariance", position = 0:8, value = number(as.vector(variance))),
    data.frame(case, kind = "firth", quantity = "beta", position = 0:2, value = number(unname(found))),
    data.frame(case, kind = "firth", quantity = "loss", position = 0, value = number(loss(found))))
}
write.csv(zph, "zph.csv", row.names = FALSE, quote = FALSE)
write.csv(penalised, "penalised.csv", row.names = FALSE, quote = FALSE)

# Restricted means: of Kaplan and Meier's curve, and the time lost to each cause with its infinitesimal jackknife error.
restricted <- NULL
for (entry in 0:1) for (horizon in c(7.5, 18, 30)) {
  y <- if (entry) Surv(d$start, d$stop, d$event) else Surv(d$stop, d$event)
  one <- summary(survfit(y ~ 1, timefix = FALSE), rmean = horizon)$table
  restricted <- rbind(restricted, data.frame(entry, horizon, cause = 0, quantity = c("mean", "std_error"),
    value = number(unname(one[c("rmean", "se(rmean)")]))))
}
for (entry in 0:1) {
  state <- factor(d$cause, 0:2, c("stay", "one", "two"))
  z <- if (entry) Surv(d$start, d$stop, state) else Surv(d$stop, state)
  rows <- data.frame(id = seq_len(nrow(d)))
  states <- survfit(z ~ 1, data = rows, id = id, timefix = FALSE)
  for (horizon in c(7.5, 18, 30)) {
    lost <- summary(states, rmean = horizon)$table[c("one", "two"), "rmean"]
    influence <- residuals(states, times = horizon, type = "auc")
    error <- sqrt(colSums(matrix(influence, nrow = nrow(d))^2))[2:3]
    for (cause in 1:2) restricted <- rbind(restricted, data.frame(entry, horizon, cause,
      quantity = c("mean", "std_error"), value = number(c(lost[[cause]], error[cause]))))
  }
}
write.csv(restricted, "restricted.csv", row.names = FALSE, quote = FALSE)

# Reference shares of R squared: writes importance.csv and versions_importance.txt beside itself. The package relaimpo is
# not in Debian: lm is fitted to every subset here. Run it in this folder: Rscript importance.R
number <- function(x) formatC(x, digits = 17, format = "g")
rows <- function(case, quantity, value) {
  data.frame(case, quantity, position = seq_along(value) - 1, value = number(value))
}
# Shares of each group of columns, averaged over all orders; `always` is in from the beginning.
shares <- function(y, X, group, w, always) {
  groups <- sort(unique(group))
  r2 <- function(members) {
    Z <- cbind(always, X[, group %in% members, drop = FALSE])
    if (ncol(Z) == 0) 0 else summary(lm(y ~ Z, weights = w))$r.squared
  }
  orders <- function(x) if (length(x) <= 1) list(x) else
    do.call(c, lapply(seq_along(x), function(i) lapply(orders(x[-i]), function(rest) c(x[i], rest))))
  all <- orders(groups)
  gain <- sapply(groups, function(g) mean(sapply(all, function(o) {
    before <- o[seq_len(match(g, o) - 1)]
    r2(c(before, g)) - r2(before)
  })))
  c(gain, r2(groups), r2(integer(0)))
}
out <- NULL
d <- read.csv("answers_data.csv")
X <- with(d, cbind(x1, x2, late, effort, x1 * x2, late > 1))
for (weighted in 0:1) for (covariates in 0:1) {
  w <- if (weighted) d$weight else rep(1, nrow(d))
  always <- if (covariates) with(d, cbind(wave, wave * x1 / 30)) else matrix(0, nrow(d), 0)
  out <- rbind(out, rows(paste0("answers_", weighted, covariates), "shares",
    shares(d$score, X, c(0, 1, 2, 3, 1, 2), w, always)))
}
out <- rbind(out, rows("swiss", "covariance", as.vector(cov(swiss))),
  rows("swiss", "shares", shares(swiss$Fertility, as.matrix(swiss[, -1]), 1:5, rep(1, 47), matrix(0, 47, 0))))
write.csv(out, "importance.csv", row.names = FALSE, quote = FALSE)
writeLines(R.version.string, "versions_importance.txt")

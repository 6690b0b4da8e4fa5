# Reference fits of accelerated failure time models on small.csv: writes aft.csv beside itself; its packages stand in
# versions_grouped.txt. Run it in this folder: Rscript aft.R
# Without late entry: survreg. With it, which survreg does not know: the likelihood from its dsurvreg and psurvreg,
# climbed by optim and then by Newton steps with numerical derivatives.
library(survival)
d <- read.csv("small.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
names_in_r <- c(weibull = "weibull", log_normal = "lognormal", log_logistic = "loglogistic")

log_likelihood <- function(theta, X, w, dist) {
  scale <- exp(theta[length(theta)])
  location <- drop(X %*% theta[-length(theta)])
  beyond <- function(t) log1p(-psurvreg(t, location, scale, dist))
  late <- d$start > 0
  sum(w * ifelse(d$event == 1, log(dsurvreg(d$stop, location, scale, dist)), beyond(d$stop))) -
    sum((w * beyond(pmax(d$start, 1e-300)))[late])
}
# Fourth-order central differences.
derivative <- function(f, x, j, h) {
  at <- function(k) { y <- x; y[j] <- y[j] + k * h; f(y) }
  (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
}
gradient <- function(f, x, h) sapply(seq_along(x), function(j) derivative(f, x, j, h))
climb <- function(X, w, dist) {
  # In standardised covariates, so that one step size fits all.
  center <- c(0, colMeans(X)[-1])
  size <- c(1, apply(X, 2, sd)[-1])
  Z <- sweep(sweep(X, 2, center), 2, size, "/")
  f <- function(theta) log_likelihood(theta, Z, w, dist)
  theta <- optim(c(log(mean(d$stop)), rep(0, ncol(X))), f, method = "BFGS",
                 control = list(fnscale = -1, reltol = 1e-15, maxit = 1000))$par
  for (i in 1:4) {
    hessian <- gradient(function(x) gradient(f, x, 2e-3), theta, 2e-3)
    theta <- theta - solve(hessian, gradient(f, theta, 2e-4))
  }
  # Back to the covariates as they came.
  back <- diag(1 / c(size, 1))
  if (ncol(X) > 1) back[1, 2:ncol(X)] <- -center[-1] / size[-1]
  list(theta = drop(back %*% theta), covariance = back %*% solve(-hessian) %*% t(back), log_likelihood = f(theta))
}
out <- NULL
for (distribution in names(names_in_r)) for (entry in 0:1) for (weighted in 0:1) for (covariates in 0:1) {
  X <- if (covariates) cbind(1, d$x1, d$x2, d$x3) else cbind(rep(1, nrow(d)))
  w <- if (weighted) d$weight else rep(1, nrow(d))
  dist <- names_in_r[[distribution]]
  if (entry) fit <- climb(X, w, dist) else {
    m <- survreg(Surv(stop, event) ~ X - 1, data = d, weights = w, dist = dist,
                 control = survreg.control(rel.tolerance = 1e-15, maxiter = 200))
    fit <- list(theta = unname(c(coef(m), log(m$scale))), covariance = vcov(m), log_likelihood = m$loglik[2])
  }
  rows <- function(quantity, value) {
    data.frame(distribution, entry, weighted, covariates, quantity, position = seq_along(value) - 1,
               value = number(value))
  }
  at <- c(2, 5, 12, 30)
  shares <- c(0.05, 0.5, 0.9)
  # Survival and quantiles of the first row's covariates.
  location <- sum(X[1, ] * fit$theta[seq_len(ncol(X))])
  scale <- exp(fit$theta[ncol(X) + 1])
  out <- rbind(out, rows("theta", fit$theta), rows("covariance", as.vector(fit$covariance)),
    rows("log_likelihood", fit$log_likelihood), rows("survival", 1 - psurvreg(at, location, scale, dist)),
    rows("quantile", qsurvreg(shares, location, scale, dist)))
}
write.csv(out, "aft.csv", row.names = FALSE, quote = FALSE)

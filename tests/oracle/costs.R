# Reference fits of models of costs on costs_data.csv: writes costs.csv and versions_costs.txt beside itself.
# Run it in this folder: Rscript costs.R
library(sandwich)
library(statmod)
d <- read.csv("costs_data.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
control <- glm.control(epsilon = 1e-15, maxit = 200)
one <- rep(1, nrow(d))
out <- NULL
add <- function(model, weighted, quantity, value) {
  out <<- rbind(out, data.frame(model, weighted, quantity, position = seq_along(value) - 1, value = number(value)))
}
# glm stops when the deviance stands still, to which coefficients 1e-7 away are the same: so it is started again and
# again from where it stopped. It warns of weights that are not whole, although it treats them right.
fit_glm <- function(form, family, data) {
  environment(form) <- environment()
  start <- NULL
  for (i in 1:20) {
    withCallingHandlers(fit <- glm(form, family, data, weights = w, control = control, start = start), warning = function(w) {
      if (grepl("non-integer #successes", conditionMessage(w))) invokeRestart("muffleWarning")
    })
    stopifnot(fit$converged)
    start <- coef(fit)
  }
  fit
}
robust <- function(fit, by) vcovCL(fit, cluster = by, type = "HC0", cadjust = FALSE)
# What each customer adds to the coefficients: estimating functions times the bread, added up. One row per customer.
influence_of <- function(fit, by) {
  rows <- estfun(fit) %*% bread(fit) / nrow(estfun(fit))
  all <- rowsum(rows, by)
  padded <- matrix(0, 220, ncol(rows), dimnames = list(0:219, NULL))
  padded[rownames(all), ] <- all
  padded
}
square <- function(x) x^2

for (weighted in 0:1) {
  d$w <- if (weighted) d$weight else one
  some <- d[d$cost > 0, ]
  any <- fit_glm(I(cost > 0) ~ x1 + x2 + late + offset(log(months)), family = binomial, data = d)
  size <- fit_glm(cost ~ x1 + x2 + late, family = Gamma(link = "log"), data = some)
  add("any", weighted, "beta", unname(coef(any)))
  add("any", weighted, "covariance", as.vector(robust(any, d$customer)))
  add("size", weighted, "beta", unname(coef(size)))
  add("size", weighted, "covariance", as.vector(robust(size, some$customer)))
  add("size", weighted, "dispersion", sum(some$w * square(some$cost / fitted(size) - 1)) / (sum(some$w) - 4))

  # Standardised means and their gradient by central differences, over the customers as they are and without late.
  theta <- c(coef(any), coef(size))
  means <- function(theta) {
    sapply(list(d$late, 0 * d$late), function(late) {
      X <- cbind(1, d$x1, d$x2, late)
      weighted.mean(plogis(X %*% theta[1:4] + log(d$months)) * exp(X %*% theta[5:8]), d$w)
    })
  }
  gradient <- sapply(1:8, function(j) {
    h <- replace(numeric(8), j, 1e-5)
    (8 * (means(theta + h) - means(theta - h)) - (means(theta + 2 * h) - means(theta - 2 * h))) / 12e-5
  })
  moves <- cbind(influence_of(any, d$customer), influence_of(size, some$customer)) %*% t(gradient)
  moves <- cbind(moves, moves[, 2] - moves[, 1])
  both <- means(theta)
  add("contrast", weighted, "means", c(both, both[2] - both[1]))
  add("contrast", weighted, "covariance", as.vector(crossprod(moves)))

  # Modified Park test and Pregibon's, with the predictor taken for known.
  some$eta <- log(fitted(size))
  some$squared <- (some$cost - fitted(size))^2
  park <- fit_glm(squared ~ eta, family = Gamma(link = "log"), data = some)
  link <- fit_glm(cost ~ eta + I(eta^2), family = Gamma(link = "log"), data = some)
  d$eta <- qlogis(fitted(any))
  odds <- fit_glm(I(cost > 0) ~ eta + I(eta^2), family = binomial, data = d)
  add("park", weighted, "slope", c(coef(park)[2], sqrt(robust(park, some$customer)[2, 2])))
  add("link", weighted, "curvature", c(coef(link)[3], sqrt(robust(link, some$customer)[3, 3])))
  add("odds", weighted, "curvature", c(coef(odds)[3], sqrt(robust(odds, d$customer)[3, 3])))

  tweedie_fit <- function(power) {
    fit_glm(cost ~ x1 + x2 + late + offset(log(months)), family = tweedie(var.power = power, link.power = 0), data = d)
  }
  for (power in c(1.2, 1.5, 1.8)) {
    fit <- tweedie_fit(power)
    add(paste0("tweedie_", power), weighted, "beta", unname(coef(fit)))
    add(paste0("tweedie_", power), weighted, "covariance", as.vector(robust(fit, d$customer)))
  }

  # Likelihood of a Poisson number of Gamma amounts, added up over that number.
  log_likelihood <- function(power, phi, mu) {
    rate <- mu^(2 - power) / (phi * (2 - power))
    shape <- (2 - power) / (power - 1)
    scale <- phi * (power - 1) * mu^(power - 1)
    density <- sapply(seq_len(nrow(d)), function(i) {
      if (d$cost[i] == 0) return(exp(-rate[i]))
      n <- 1:400
      sum(dpois(n, rate[i]) * dgamma(d$cost[i], n * shape, scale = scale[i]))
    })
    sum(d$w * log(density))
  }
  best_phi <- function(power, mu) {
    best <- optimize(function(a) log_likelihood(power, exp(a), mu), c(0, 6), maximum = TRUE, tol = 1e-9)
    c(exp(best$maximum), best$objective)
  }
  for (power in c(1.2, 1.5, 1.8)) {
    best <- best_phi(power, fitted(tweedie_fit(power)))
    add(paste0("tweedie_", power), weighted, "dispersion", best[1])
    add(paste0("tweedie_", power), weighted, "log_likelihood", best[2])
  }
  top <- optimize(function(power) best_phi(power, fitted(tweedie_fit(power)))[2], c(1.1, 1.9), maximum = TRUE, tol = 1e-7)
  add("tweedie_profile", weighted, "power", top$maximum)
  add("tweedie_profile", weighted, "log_likelihood", top$objective)
  add("tweedie_profile", weighted, "beta", unname(coef(tweedie_fit(top$maximum))))
}
write.csv(out, "costs.csv", row.names = FALSE, quote = FALSE)
packages <- sapply(c("sandwich", "statmod"), function(name) paste(name, packageVersion(name)))
writeLines(c(R.version.string, packages), "versions_costs.txt")

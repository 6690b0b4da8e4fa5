# Reference fits of the proportional-odds model on answers_data.csv: writes ordinal.csv and versions_ordinal.txt beside
# itself. Run it in this folder: Rscript ordinal.R
library(MASS)
library(ordinal)
library(sandwich)
d <- read.csv("answers_data.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
nps <- function(level) 100 * (level >= 9) - 100 * (level <= 6)
out <- NULL
for (target in c("score", "coarse")) for (weighted in 0:1) {
  d$y <- factor(d[[target]])
  d$w <- if (weighted) d$weight else 1
  rows <- function(quantity, value) {
    data.frame(target, weighted, quantity, position = seq_along(value) - 1, value = number(value))
  }
  # clm takes Newton's steps with the analytic Hessian; polr climbs by BFGS and stops when the likelihood stands still.
  fit <- clm(y ~ x1 + x2 + late, weights = w, data = d,
             control = clm.control(gradTol = 1e-10, maxIter = 200, convergence = "stop"))
  null <- clm(y ~ 1, weights = w, data = d, control = clm.control(gradTol = 1e-10))
  other <- polr(y ~ x1 + x2 + late, weights = w, data = d, Hess = TRUE,
                control = list(reltol = 1e-16, maxit = 5000))
  stopifnot(abs(other$zeta - fit$alpha) < 1e-6, abs(coef(other) - fit$beta) < 1e-6)
  robust <- vcovCL(fit, cluster = d$customer, type = "HC0", cadjust = FALSE)
  level <- as.numeric(levels(d$y))
  mean_score <- function(parameters, data, worth) {
    k <- length(level) - 1
    eta <- as.matrix(data[, c("x1", "x2", "late")]) %*% parameters[-(1:k)]
    below <- cbind(0, plogis(outer(-eta[, 1], parameters[1:k], "+")), 1)
    weighted.mean((below[, -1] - below[, -(k + 2)]) %*% worth, d$w)
  }
  changed <- transform(d, late = 0)
  for (scale in c("nps", "mean")) {
    worth <- if (scale == "nps") nps(level) else level
    contrast <- function(p) {
      both <- c(mean_score(p, d, worth), mean_score(p, changed, worth))
      c(both, both[2] - both[1])
    }
    # Central differences, five points: good to nine digits.
    gradient <- sapply(seq_along(coef(fit)), function(j) {
      h <- 1e-3 * max(1, abs(coef(fit)[j])); e <- replace(0 * coef(fit), j, h)
      (8 * (contrast(coef(fit) + e) - contrast(coef(fit) - e)) -
        (contrast(coef(fit) + 2 * e) - contrast(coef(fit) - 2 * e))) / (12 * h)
    })
    out <- rbind(out, rows(paste0(scale, "_contrast"), contrast(coef(fit))),
      rows(paste0(scale, "_covariance"), as.vector(gradient %*% robust %*% t(gradient))))
  }
  out <- rbind(out, rows("levels", level),
    rows("thresholds", unname(fit$alpha)), rows("beta", unname(fit$beta)),
    rows("polr_thresholds", unname(other$zeta)), rows("polr_beta", unname(coef(other))),
    rows("model_covariance", as.vector(vcov(fit))), rows("robust", as.vector(robust)),
    rows("log_likelihood", as.numeric(logLik(fit))), rows("null_log_likelihood", as.numeric(logLik(null))))
  # One logistic fit a threshold; their estimating functions side by side give the covariance of all of them.
  if (target == "coarse") {
    influence <- betas <- NULL
    for (cut in level[-1]) {
      d$above <- as.numeric(d[[target]] >= cut)
      one <- suppressWarnings(glm(above ~ x1 + x2 + late, weights = w, data = d, family = binomial,
                 control = glm.control(epsilon = 1e-15, maxit = 100)))
      stopifnot(one$converged)
      parts <- rowsum(estfun(one), d$customer) %*% bread(one) / nrow(d)
      influence <- cbind(influence, parts[, -1])
      betas <- c(betas, coef(one)[-1])
    }
    covariance <- crossprod(influence)
    k <- length(level) - 1
    wald <- function(columns) {
      D <- do.call(rbind, lapply(2:k, function(cut) t(sapply(columns, function(j)
        replace(replace(numeric(3 * k), j, -1), 3 * (cut - 1) + j, 1)))))
      drop(t(D %*% betas) %*% solve(D %*% covariance %*% t(D)) %*% (D %*% betas))
    }
    out <- rbind(out, rows("cut_betas", unname(betas)),
      rows("wald", c(wald(1:3), sapply(1:3, wald))))
  }
}
write.csv(out, "ordinal.csv", row.names = FALSE, quote = FALSE)
packages <- sapply(c("MASS", "ordinal", "sandwich"), function(name) paste(name, packageVersion(name)))
writeLines(c(R.version.string, packages), "versions_ordinal.txt")

# Reference weights of those who answered in invited_data.csv: writes response.csv and versions_response.txt beside
# itself. Run it in this folder: Rscript response.R
library(survey)
d <- read.csv("invited_data.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
out <- NULL
for (weighted in 0:1) {
  d$w <- if (weighted) d$weight else 1
  rows <- function(quantity, value) {
    data.frame(weighted, quantity, position = seq_along(value) - 1, value = number(unname(value)))
  }
  # It warns of weights that are not whole, although it treats them right.
  model <- suppressWarnings(glm(answered ~ tenure + tickets + I(segment == 1) + I(segment == 2), weights = w, data = d,
    family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100)))
  answers <- d[d$answered == 1, ]
  answers$ipw <- answers$w / fitted(model)[d$answered == 1]
  plain <- svydesign(ids = ~customer, weights = ~w, data = answers)
  # Margins of all invited, and of all whole counts they come close to.
  margin <- function(name) { t <- aggregate(d["w"], d[name], sum); names(t)[2] <- "Freq"; t }
  margins <- lapply(c("segment", "region", "age"), margin)
  raked <- rake(plain, list(~segment, ~region, ~age), margins, control = list(maxit = 500, epsilon = 1e-12))
  totals <- unlist(c(`(Intercept)` = sum(d$w), margins[[1]]$Freq[-1], margins[[2]]$Freq[-1], margins[[3]]$Freq[-1]))
  formula <- ~factor(segment) + factor(region) + factor(age)
  names(totals) <- colnames(model.matrix(formula, answers))
  both <- svydesign(ids = ~customer, weights = ~ipw, data = answers)
  calibrated <- calibrate(both, formula, totals, calfun = "raking", maxit = 500, epsilon = 1e-13)
  out <- rbind(out, rows("coefficients", coef(model)), rows("probability", fitted(model)),
    rows("ipw_mean", weighted.mean(answers$score, answers$ipw)),
    rows("raked", weights(raked)), rows("raked_mean", coef(svymean(~score, raked))),
    rows("ipw_calibrated", weights(calibrated)), rows("ipw_calibrated_mean", coef(svymean(~score, calibrated))))
}
write.csv(out, "response.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "versions_response.txt")

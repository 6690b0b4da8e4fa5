# Reference levels and differences of scores on answers_data.csv: writes score_levels.csv and versions_score_levels.txt
# beside itself. Run it in this folder: Rscript score_levels.R
library(survey)
d <- read.csv("answers_data.csv")
number <- function(x) formatC(x, digits = 17, format = "g")
d$nps <- 100 * (d$score >= 9) - 100 * (d$score <= 6)
out <- NULL
for (score in c("nps", "effort")) for (weighted in 0:1) {
  d$value <- d[[score]]
  d$w <- if (weighted) d$weight else 1
  rows <- function(quantity, value) {
    data.frame(score, weighted, quantity, position = seq_along(value) - 1, value = number(value))
  }
  design <- svydesign(ids = ~customer, weights = ~w, data = d)
  level <- svymean(~value, design, deff = "replace")
  student <- confint(level, df = degf(design))
  waves <- svyby(~value, ~wave, design, svymean, covmat = TRUE)
  change <- svycontrast(waves, c(-1, 1))
  # Like for like: one difference a customer, weighted by the customer's weight; weights do not differ within customers.
  means <- aggregate(cbind(value, w) ~ customer + wave, d, mean)
  both <- merge(means[means$wave == 1, ], means[means$wave == 2, ], by = "customer")
  both$change <- both$value.y - both$value.x
  paired <- svymean(~change, svydesign(ids = ~customer, weights = ~w.x, data = both))
  interval <- confint(paired, df = nrow(both) - 1)
  if (!weighted) stopifnot(abs(interval - t.test(both$change)$conf.int) < 1e-10)
  out <- rbind(out,
    rows("level", c(coef(level), SE(level), deff(level))), rows("student", as.vector(student)),
    rows("waves", c(coef(waves), SE(waves))), rows("change", c(coef(change), SE(change))),
    rows("covariance", as.vector(vcov(waves))),
    rows("paired", c(coef(paired), SE(paired), interval, nrow(both))))
}
write.csv(out, "score_levels.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "versions_score_levels.txt")

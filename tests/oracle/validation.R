# How good predicted risks are, on validation_data.csv: writes validation.csv and versions_validation.txt beside itself.
# Run it in this folder: Rscript validation.R
suppressMessages({
  library(survival); library(prodlim); library(riskRegression); library(pec); library(Hmisc); library(geepack)
  library(polspline)
})
d <- read.csv("validation_data.csv")
number <- function(x) formatC(as.numeric(x), digits = 17, format = "g")
out <- NULL
add <- function(model, horizon, competing, quantity, value) {
  out <<- rbind(out, data.frame(model, horizon, competing, quantity, position = seq_along(value) - 1,
                                value = number(value)))
}
some <- seq(1, nrow(d), by = 8)
loglog <- function(p) log(-log(1 - p))
# One binomial regression of the status at the horizon, weighted: no package has it, glm is given the weights.
status_fit <- function(form, data) {
  suppressWarnings(glm(form, binomial("cloglog"), data, weights = w, control = glm.control(epsilon = 1e-14, maxit = 99)))
}
indices <- function(p, observed) {
  a <- abs(p - observed)
  c(mean(a), quantile(a, c(.5, .9), type = 1))
}

for (competing in 0:1) for (horizon in c(60, 119, 180)) {
  cause <- if (competing) d$cause else as.integer(d$cause == 1)
  data <- data.frame(row = seq_len(nrow(d)), stop = d$stop, cause = cause, happened = cause > 0)
  # Events before censoring of the same day: what prodlim does, and survfit with the status turned round does not.
  reverse <- prodlim(Hist(stop, happened) ~ 1, data = data, reverse = TRUE)
  uncensored <- stepfun(reverse$time, c(1, reverse$surv))
  # Days are whole: half a day before is just before.
  w <- ifelse(data$stop > horizon, 1 / uncensored(horizon), ifelse(cause > 0, 1 / uncensored(data$stop - 0.5), 0))
  add("", horizon, competing, "ipcw", w[some])
  y <- as.integer(cause == 1 & data$stop <= horizon)
  if (competing) {
    state <- factor(cause, 0:2, c("stay", "one", "two"))
    everybody <- Hist(stop, cause) ~ 1
  } else {
    state <- factor(cause, 0:1, c("stay", "one"))
    everybody <- Surv(stop, cause) ~ 1
  }
  observe <- function(mine) {
    s <- survfit(Surv(stop, state) ~ 1, data = data, subset = mine, id = row, timefix = FALSE)
    s <- summary(s, times = horizon, extend = TRUE)
    column <- which(s$states == "one")
    c(s$pstate[, column], s$std.err[, column])
  }
  all_rows <- observe(rep(TRUE, nrow(d)))
  add("", horizon, competing, "observed", all_rows)
  # The same days with every tie broken in the order event, censoring: pec::cindex treats ties in a way of its own.
  order_of <- order(d$stop, cause == 0, d$row)
  untied <- data
  untied$stop[order_of] <- d$stop[order_of] + seq_len(nrow(d)) * 1e-4
  for (model in c("risk", "coarse")) {
    p <- d[[paste0(model, "_", horizon)]]
    data$p <- p
    score <- Score(list(m = p), formula = everybody, data = data, times = horizon, cause = 1, metrics = c("auc", "brier"),
                   summary = "ipa", se.fit = FALSE)
    brier <- score$Brier$score
    add(model, horizon, competing, "brier", brier$Brier[brier$model == "m"])
    add(model, horizon, competing, "null_brier", brier$Brier[brier$model == "Null model"])
    add(model, horizon, competing, "scaled_brier", brier$IPA[brier$model == "m"])
    add(model, horizon, competing, "auc", score$AUC$score$AUC)
    if (competing) {
      k <- cindex(list(m = matrix(p, ncol = 1)), Hist(stop, cause) ~ 1, untied, eval.times = horizon + 1 - 1e-6,
                  cause = 1, cens.model = "marginal", verbose = FALSE)
      add(model, horizon, competing, "uno_untied", unlist(k$AppCindex))
    } else {
      agree <- function(timewt) {
        concordance(Surv(stop, cause) ~ p, data = data, timewt = timewt, ymax = horizon, reverse = TRUE,
                    timefix = FALSE)$concordance
      }
      add(model, horizon, competing, "harrell", agree("n"))
      add(model, horizon, competing, "uno", agree("n/G2"))
    }

    data$x <- loglog(p)
    data$w <- w
    data$y <- y
    known <- data[w > 0, ]
    add(model, horizon, competing, "intercept", coef(status_fit(y ~ offset(x), known)))
    add(model, horizon, competing, "slope", coef(status_fit(y ~ x, known))[2])
    knots <- quantile(data$x, c(.05, .35, .65, .95), type = 1)
    spline <- function(x) rcspline.eval(x, knots = knots, inclx = TRUE)
    # The coarse risks have too few values for the knots.
    if (model == "risk") {
      smooth <- status_fit(y ~ spline(x), known)
      observed <- 1 - exp(-exp(cbind(1, spline(data$x)) %*% coef(smooth)))
      add(model, horizon, competing, "indices", indices(p, observed))
      add(model, horizon, competing, "smoothed", observed[some])
    }
    bounds <- unique(quantile(p, 1:9 / 10, type = 1))
    group <- findInterval(p, bounds, left.open = TRUE)
    for (g in unique(sort(group))) {
      mine <- group == g
      add(model, horizon, competing, paste0("group_", g), c(sum(mine), sum(y[mine]), mean(p[mine]), observe(mine)))
    }

    # Other methods for the same quantities, to be near but not equal.
    if (model != "risk") next
    if (!competing) {
      cut <- transform(data, stop = pmin(stop, horizon))
      line <- coxph(Surv(stop, y) ~ x, cut)
      curve <- coxph(Surv(stop, y) ~ spline(x), cut)
      flexible <- hare(data = data$stop, delta = cause, cov = as.matrix(data$x))
      add(model, horizon, competing, "indices_hare", indices(p, phare(horizon, data$x, flexible)))
    } else {
      # Fine and Gray's model of the predictions, as finegray() weighs rows after a competing event.
      long <- finegray(Surv(stop, state) ~ x, data = data.frame(data, state), etype = "one", timefix = FALSE)
      long <- subset(long, fgstart < horizon)
      long <- transform(long, fgstatus = fgstatus * (fgstop <= horizon), fgstop = pmin(fgstop, horizon))
      line <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x, long, weights = fgwt)
      curve <- coxph(Surv(fgstart, fgstop, fgstatus) ~ spline(x), long, weights = fgwt)
    }
    add(model, horizon, competing, "slope_hazard", coef(line))
    hazard <- tail(basehaz(curve, centered = FALSE)$hazard, 1)
    add(model, horizon, competing, "indices_hazard", indices(p, 1 - exp(-hazard * exp(spline(data$x) %*% coef(curve)))))
    fit <- prodlim(everybody, data = data)
    pseudo <- as.numeric(jackknife(fit, times = horizon, cause = 1))
    data$pseudo <- if (competing) pseudo else 1 - pseudo
    line <- geese(pseudo ~ x, id = row, data = data, mean.link = "cloglog", family = gaussian, scale.fix = TRUE,
                  corstr = "independence")
    add(model, horizon, competing, "slope_pseudo", line$beta[2])
  }
}

# A-calibration of the first model: cells that expect equally many events, the exposure split by survSplit.
for (horizon in c(119, 200)) {
  # Predicted hazards grow with time to the power 1.2: that of a row cut at the horizon follows from the one at its end.
  lived <- d$hazard * pmin(1, horizon / d$stop)^1.2
  event <- as.integer(d$cause == 1 & d$stop <= horizon)
  cells <- 5
  upto <- function(a) sum(pmin(lived, a))
  cuts <- sapply(1:(cells - 1), function(j) {
    uniroot(function(a) upto(a) - sum(lived) * j / cells, c(0, max(lived)), tol = 1e-14)$root
  })
  pieces <- survSplit(Surv(lived, event) ~ 1, data.frame(lived, event), cut = cuts, episode = "cell")
  expected <- tapply(pieces$lived - pieces$tstart, pieces$cell, sum)
  observed <- tapply(pieces$event, pieces$cell, sum)
  statistic <- sum((observed - expected)^2 / expected)
  add("risk", horizon, 1, "a_observed", observed)
  add("risk", horizon, 1, "a_expected", expected)
  add("risk", horizon, 1, "a_calibration", c(statistic, pchisq(statistic, cells, lower.tail = FALSE)))
}

write.csv(out, "validation.csv", row.names = FALSE, quote = FALSE)
packages <- c("survival", "prodlim", "riskRegression", "pec", "Hmisc", "geepack", "polspline")
writeLines(c(R.version.string, paste(packages, sapply(packages, function(p) as.character(packageVersion(p))))),
           "versions_validation.txt")

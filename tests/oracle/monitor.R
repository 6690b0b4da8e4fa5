# Cumulative sums of standardised counts on monitor_data.csv: writes monitor.csv and versions_monitor.txt beside itself.
# Run it in this folder: Rscript monitor.R
suppressMessages(library(surveillance))
d <- read.csv("monitor_data.csv")
counts <- create.disProg(week = seq_len(nrow(d)), observed = d$events, state = rep(0, nrow(d)), start = c(2020, 1), freq = 12)
# with "standard" each count is (count - m) / sqrt(m), of which k = 1/2 is let pass
found <- algo.cusum(counts, control = list(range = seq_len(nrow(d)), k = 0.5, h = 4, m = d$expected, trans = "standard"))
sums <- found$control$cusum
if (is.null(sums)) sums <- found$cusum
stopifnot(length(sums) == nrow(d))
write.csv(data.frame(up = formatC(as.numeric(sums), digits = 17, format = "g"), alarm = as.integer(found$alarm)),
          "monitor.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("surveillance", packageVersion("surveillance"))), "versions_monitor.txt")

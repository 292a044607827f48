# Makes the table summary of a night again from its events, in R: Rscript summary_again.R NIGHT.h5 OUTPUT.tsv
# SPDX-License-Identifier: BSD-3-Clause
suppressMessages(library(rhdf5))
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) h5read(arguments[1], name)
events <- read("events"); measures <- read("event_attributes"); epochs <- read("epochs"); at_risk <- read("at_risk"); parts <- read("night_parts")
window <- parts[parts$division == "night", ]
left_out <- measures$event[measures$name == "scored" & measures$value %in% 0]
inside <- vapply(events$onset, function(t) any(window$onset <= t & t < window$onset + window$duration), TRUE)
events <- events[inside & !(events$id %in% left_out), ]

overlap_minutes <- function(a, b) {
    if (nrow(a) == 0 || nrow(b) == 0) return(0)
    begin <- outer(a$onset, b$onset, pmax)
    end <- outer(a$onset + a$duration, b$onset + b$duration, pmin)
    sum(pmax(end - begin, 0)) / 60
}
groups <- list(W = "W", N1 = "N1", N2 = "N2", N3 = "N3", R = "R", NREM = c("N1", "N2", "N3"), sleep = c("N1", "N2", "N3", "R"),
               all = c("W", "N1", "N2", "N3", "R", "?"))
rows <- list()
for (class in unique(read("summary")$class)) for (stage in names(groups)) {
    mine <- events[events$class == class & (stage == "all" | events$stage %in% groups[[stage]]), ]
    minutes <- overlap_minutes(at_risk[at_risk$class == class, ], epochs[epochs$stage %in% groups[[stage]], ])
    count <- nrow(mine)
    interval <- if (minutes > 0) poisson.test(count, minutes / 60)$conf.int else c(NaN, NaN)
    rows[[length(rows) + 1]] <- data.frame(class = class, stage = stage, count = count, minutes = minutes,
        rate = if (minutes > 0) 60 * count / minutes else NaN, rate_low = interval[1], rate_high = interval[2],
        mean_duration = if (count > 0) mean(mine$duration) else NaN)
}
rows <- do.call(rbind, rows)
rows[-(1:2)] <- lapply(rows[-(1:2)], function(x) sprintf("%.17g", x))
write.table(rows, arguments[2], sep = "\t", quote = FALSE, row.names = FALSE)

# The tables of psg-stats --events made again by R from the cohort file: Rscript cohort_statistics.R COHORT.h5 COVARIATES.csv FOLDER
# SPDX-License-Identifier: BSD-3-Clause
suppressMessages(library(rhdf5))
arguments <- commandArgs(trailingOnly = TRUE)
nights <- h5read(arguments[1], "nights")
rows <- merge(h5read(arguments[1], "summary"), nights, by = "recording")
rows <- merge(rows, read.csv(arguments[2], colClasses = "character"), by = c("person", "night"), all.x = TRUE)
rows$rate <- ifelse(rows$minutes > 0, 60 * rows$count / rows$minutes, NaN)
write <- function(table, name) write.table(format(table, digits = 15), file.path(arguments[3], name), sep = "\t", quote = FALSE, row.names = FALSE)
by_measure <- function(f) do.call(rbind, lapply(split(rows, paste(rows$class, rows$stage)), f))
interval <- function(x) if (length(x) > 1 && sd(x) > 0) t.test(x)$conf.int else if (length(x) > 1) rep(mean(x), 2) else c(NaN, NaN)

rates <- rows[rows$minutes > 0, ]
exact <- t(mapply(function(n, h) poisson.test(n, h)$conf.int, rates$count, rates$minutes / 60))
write(data.frame(id = rates$id, class = rates$class, stage = rates$stage, rate = rates$rate, rate_low = exact[, 1], rate_high = exact[, 2]), "rates")

write(by_measure(function(d) {
    at_risk <- d[d$minutes > 0, ]
    any <- tapply(at_risk$count > 0, at_risk$person, any)
    wilson <- if (length(any)) suppressWarnings(prop.test(sum(any), length(any), correct = FALSE))$conf.int else c(NaN, NaN)
    data.frame(class = d$class[1], stage = d$stage[1], positive = sum(any), all = length(any), low = wilson[1], high = wilson[2])
}), "prevalence")

write(by_measure(function(d) {
    x <- d$rate[!is.nan(d$rate)]
    q <- quantile(x, c(.05, .25, .5, .75, .95), names = FALSE)
    data.frame(class = d$class[1], stage = d$stage[1], of = "nights", count = length(x), mean = mean(x), sd = if (length(x) > 1) sd(x) else NaN,
               q05 = q[1], q25 = q[2], median = q[3], q75 = q[4], q95 = q[5])
}), "distribution")

write(by_measure(function(d) {
    d <- d[!is.nan(d$rate), ]
    n <- table(d$person)
    d <- d[d$person %in% names(n)[n > 1], ]
    a <- length(unique(d$person))
    result <- data.frame(class = c(rows$class[1], d$class)[2], stage = c("", d$stage)[2], icc = NaN, low = NaN, high = NaN)
    if (a < 2) return(NULL)
    m <- anova(aov(rate ~ factor(person), d))
    between <- m[1, 3]; within <- m[2, 3]
    if (within <= 1e-20) return(NULL)
    count <- table(d$person)
    k <- (sum(count) - sum(count^2) / sum(count)) / (a - 1)
    f <- between / within
    low <- f / qf(.975, a - 1, sum(count) - a); high <- f * qf(.975, sum(count) - a, a - 1)
    result$icc <- (between - within) / (between + (k - 1) * within)
    result$low <- (low - 1) / (low + k - 1)
    result$high <- (high - 1) / (high + k - 1)
    result
}), "reliability")

person_means <- aggregate(rate ~ class + stage + person + coffee, rows[!is.nan(rows$rate), ], mean)
measures <- split(person_means, paste(person_means$class, person_means$stage))
write(do.call(rbind, lapply(measures, function(d) do.call(rbind, lapply(split(d, d$coffee), function(g) {
    i <- interval(g$rate)
    data.frame(class = g$class[1], stage = g$stage[1], value = g$coffee[1], persons = nrow(g), mean = mean(g$rate), low = i[1], high = i[2])
})))), "groups")
write(do.call(rbind, lapply(measures, function(d) {
    both <- merge(d[d$coffee == "yes", ], d[d$coffee == "no", ], by = "person")
    if (nrow(both) == 0) return(NULL)
    x <- both$rate.x - both$rate.y
    i <- interval(x)
    data.frame(class = d$class[1], stage = d$stage[1], persons = nrow(both), difference = mean(x), low = i[1], high = i[2])
})), "paired")

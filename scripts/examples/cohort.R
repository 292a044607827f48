# Worked example: questions to a cohort file in R, with rhdf5 and nlme.
# SPDX-License-Identifier: BSD-3-Clause
#
# Usage: Rscript scripts/examples/cohort.R COHORT.h5 SHEET.csv CLASS STAGE GROUP NUMBER
# The same questions as scripts/examples/cohort.py, which explains them.
suppressMessages({
    library(rhdf5)
    library(nlme)
})
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 6) stop("Usage: Rscript cohort.R COHORT.h5 SHEET.csv CLASS STAGE GROUP NUMBER")
cohort <- arguments[1]; movement <- arguments[3]; stage <- arguments[4]

# One row per night: its rate, who and which night it is, and what the sheet tells of it.
summary <- h5read(cohort, "summary")
if (!any(summary$class == movement & summary$stage == stage))
    stop("there is no class ", movement, " in ", stage, "; classes: ", toString(sort(unique(summary$class))), "; stages: ", toString(unique(summary$stage)))
rates <- summary[summary$class == movement & summary$stage == stage, c("recording", "rate")]
nights <- merge(h5read(cohort, "nights"), rates, by = "recording")
covariates <- read.csv(arguments[2], colClasses = c(person = "character", night = "character"))
missing <- setdiff(c("person", "night", arguments[5:6]), names(covariates))
if (length(missing) > 0) stop(arguments[2], " has no column ", toString(missing), "; its columns: ", toString(names(covariates)))
nights <- merge(nights, covariates, by = c("person", "night"))
nights$group <- factor(nights[[arguments[5]]])
nights$rate <- as.numeric(nights$rate)  # h5read() gives arrays of one dimension, which lme() does not take
nights$number <- nights[[arguments[6]]]
nights <- nights[complete.cases(nights[c("rate", "group", "number")]), ]
if (length(unique(nights$group)) != 2)
    stop(arguments[5], " has ", length(unique(nights$group)), " values among the ", nrow(nights), " nights with a rate and both covariates, and two are compared")

persons <- aggregate(rate ~ person + group, nights, mean)
test <- suppressWarnings(wilcox.test(rate ~ group, persons, exact = FALSE))
cat(sprintf("groups\tW = %.6g\tp = %.6g\n", test$statistic, test$p.value))

persons <- aggregate(cbind(rate, number) ~ person, nights, mean)
cat(sprintf("rank_correlation\trho = %.6g\tpersons = %d\n", cor(persons$rate, persons$number, method = "spearman"), nrow(persons)))

model <- summary(lme(rate ~ group, random = ~ 1 | person, data = nights))
cat(sprintf("mixed_model\t%s - %s = %.6g per hour\tstandard error = %.6g\n", levels(nights$group)[2], levels(nights$group)[1],
            model$tTable[2, "Value"], model$tTable[2, "Std.Error"]))

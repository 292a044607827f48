#!/usr/bin/env python3
# Worked example: questions to a cohort file in Python, with pandas, SciPy and statsmodels.
# SPDX-License-Identifier: BSD-3-Clause
"""Usage: scripts/examples/cohort.py COHORT.h5 SHEET.csv CLASS STAGE GROUP NUMBER

COHORT.h5 is of psg-merge, with persons and nights; SHEET.csv has columns person, night, GROUP (two values, such as coffee yes/no)
and NUMBER (such as age). Prints one line per question about the rate (1/h) of a class of movement in a stage: do the groups
differ (each person's mean; Mann and Whitney), does the rate go with the number (each person's mean; Spearman), and what does
the group change within persons (mixed model, a random intercept per person). scripts/examples/cohort.R is the same in R.
Example: scripts/examples/cohort.py cohort.h5 sheet.csv leg_movement sleep coffee age
"""
import sys
import warnings

import numpy
import pandas
import scipy.stats
import statsmodels.formula.api
import tables

warnings.simplefilter("ignore", tables.NaturalNameWarning)  # a column is called class
if len(sys.argv) != 7:
    sys.exit(__doc__)
cohort, sheet, movement, stage, group, number = sys.argv[1:]

# One row per night: its rate, who and which night it is, and what the sheet tells of it.
summary = pandas.read_hdf(cohort, "summary")
if not ((summary["class"] == movement) & (summary.stage == stage)).any():
    sys.exit(f"there is no class {movement} in {stage}; classes: {', '.join(sorted(set(summary['class'])))}; stages: {', '.join(summary.stage.unique())}")
rates = summary[(summary["class"] == movement) & (summary.stage == stage)][["recording", "rate"]]
nights = pandas.read_hdf(cohort, "nights").merge(rates, on="recording")
covariates = pandas.read_csv(sheet, dtype={"person": str, "night": str})
if missing := {"person", "night", group, number} - set(covariates):
    sys.exit(f"{sheet} has no column {', '.join(sorted(missing))}; its columns: {', '.join(covariates)}")
nights = nights.merge(covariates, on=["person", "night"]).dropna(subset=["rate", group, number])

persons = nights.groupby(["person", group], as_index=False).rate.mean()
if persons[group].nunique() != 2:
    sys.exit(f"{group} has {persons[group].nunique()} values among the {len(nights)} nights with a rate and both covariates, and two are compared")
first, second = sorted(persons[group].unique())
test = scipy.stats.mannwhitneyu(persons.rate[persons[group] == first], persons.rate[persons[group] == second], method="asymptotic")
print(f"groups\tW = {test.statistic:.6g}\tp = {test.pvalue:.6g}")

persons = nights.groupby("person").agg(rate=("rate", "mean"), number=(number, "mean"))
test = scipy.stats.spearmanr(persons.rate, persons.number)
print(f"rank_correlation\trho = {test[0]:.6g}\tpersons = {len(persons)}")

model = statsmodels.formula.api.mixedlm(f"rate ~ C({group})", nights, groups=nights.person).fit(reml=True, method="powell")
# The standard error from the variances: that of statsmodels (bse_fe) is wrong where persons do not differ.
who, x = nights.person.to_numpy(), model.model.exog
covariance = model.scale * numpy.eye(len(x)) + model.cov_re.iloc[0, 0] * (who[:, None] == who[None, :])
error = numpy.linalg.inv(x.T @ numpy.linalg.solve(covariance, x))[1, 1] ** 0.5
print(f"mixed_model\t{second} - {first} = {model.fe_params.iloc[1]:.6g} per hour\tstandard error = {error:.6g}")

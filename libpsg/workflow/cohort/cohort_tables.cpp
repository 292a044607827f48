// Statistics of a cohort as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/cohort/cohort_tables.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/stats/cohort.hpp"
#include "libpsg/stats/intervals.hpp"
#include "libpsg/workflow/tables/table_columns.hpp"

namespace psg::workflow {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_values = 50;

double rate(const CohortCount& c) { return c.minutes > 0 ? 60 * static_cast<double>(c.count) / c.minutes : nan_value; }

// A class in a stage, and its rows in all nights.
struct Measure {
    std::string event_class, stage;
    std::vector<const CohortCount*> counts;
};

// In the order of their first appearance.
std::vector<Measure> measures_of(const Cohort& cohort) {
    std::vector<Measure> measures;
    std::map<std::pair<std::string, std::string>, std::size_t> places;
    for (const CohortCount& c : cohort.counts) {
        const auto [place, fresh] = places.emplace(std::pair(c.event_class, c.stage), measures.size());
        if (fresh) measures.push_back({c.event_class, c.stage, {}});
        measures[place->second].counts.push_back(&c);
    }
    return measures;
}

// The finite rates of each person's nights.
std::map<std::string, std::vector<double>> rates_by_person(const Cohort& cohort, const std::vector<const CohortCount*>& counts) {
    std::map<std::string, std::vector<double>> persons;
    for (const CohortCount* c : counts)
        if (std::isfinite(rate(*c))) persons[cohort.person(c->night)].push_back(rate(*c));
    return persons;
}

double mean(const std::vector<double>& values) { return stats::mean_interval(values).value; }

Table start(const std::string& name, const std::string& title, const std::vector<Measure>& rows) {
    Table t{name, title};
    t.add("class", "", "", each(rows, [](const Measure& m) { return m.event_class; }))
        .add("stage", "", "", each(rows, [](const Measure& m) { return m.stage; }));
    return t;
}

void finish(Table& table, const Cohort& cohort) {
    table.add("simulated", "", "1: signals of some nights are simulated", std::vector<std::int8_t>(table.rows(), cohort.simulated));
}

// Columns of a night for rows that each belong to one.
template <class Rows, class F>
void add_night_columns(Table& table, const Cohort& cohort, const Rows& rows, F night_of) {
    const auto text = [&](auto field) {
        return each(rows, [&](const auto& row) { return std::string(field(cohort.nights[night_of(row)])); });
    };
    table.add("id", "", "of the night", text([](const CohortNight& n) { return n.id; }))
        .add("person", "", "empty if not told", text([](const CohortNight& n) { return n.person; }))
        .add("night", "", "empty if not told", text([](const CohortNight& n) { return n.night; }))
        .add("visit", "", "empty if not told", text([](const CohortNight& n) { return n.visit; }));
    for (const Covariate& c : cohort.covariates)
        table.add(c.name, "", "covariate; empty if not told", each(rows, [&](const auto& row) { return c.values[night_of(row)]; }));
}

const Covariate& covariate_of(const Cohort& cohort, const std::string& name) {
    const Covariate* found = cohort.find(name);
    std::string known;
    for (const Covariate& c : cohort.covariates) known += (known.empty() ? "" : ", ") + c.name;
    if (!found) throw UsageError("there is no covariate '" + name + "'", known.empty() ? "give --covariates FILE" : "there are: " + known);
    const std::set<std::string> values(found->values.begin(), found->values.end());
    if (values.size() > most_values)
        throw UsageError("covariate '" + name + "' has " + std::to_string(values.size()) + " values", "it makes no groups; use --table rates in R or Python");
    return *found;
}

// Mean rate of each person's nights at each value of a covariate.
using ByValue = std::map<std::string, std::map<std::string, double>>;  // value, person

ByValue means_by_value(const Cohort& cohort, const Measure& measure, const Covariate& covariate) {
    std::map<std::string, std::vector<const CohortCount*>> counts;
    for (const CohortCount* c : measure.counts)
        if (!covariate.values[c->night].empty()) counts[covariate.values[c->night]].push_back(c);
    ByValue means;
    for (const auto& [value, list] : counts)
        for (const auto& [person, rates] : rates_by_person(cohort, list)) means[value][person] = mean(rates);
    return means;
}

struct Group {
    Measure measure;
    std::string value, other;
    std::int32_t persons = 0;
    stats::Estimate estimate;
};

Table group_rows(const std::string& name, const std::string& title, const std::vector<Group>& rows) {
    Table t{name, title};
    t.add("class", "", "", each(rows, [](const Group& g) { return g.measure.event_class; }))
        .add("stage", "", "", each(rows, [](const Group& g) { return g.measure.stage; }))
        .add("value", "", "of the covariate", each(rows, [](const Group& g) { return g.value; }));
    return t;
}

}  // namespace

Table rates_table(const Cohort& cohort) {
    const auto& rows = cohort.counts;
    Table t{"rates", "events per night, class and stage"};
    add_night_columns(t, cohort, rows, [](const CohortCount& c) { return c.night; });
    const auto interval = [](const CohortCount& c) { return stats::poisson_rate(c.count, c.minutes / 60); };
    t.add("class", "", "", each(rows, [](const CohortCount& c) { return c.event_class; }))
        .add("stage", "", "", each(rows, [](const CohortCount& c) { return c.stage; }))
        .add("count", "", "", each(rows, [](const CohortCount& c) { return static_cast<std::int32_t>(c.count); }))
        .add("minutes", "min", "at risk", each(rows, [](const CohortCount& c) { return c.minutes; }))
        .add("rate", "1/h", "60 * count / minutes; NaN without minutes", each(rows, rate))
        .add("rate_low", "1/h", "exact 95 % interval if the count is Poisson (Garwood 1936)", each(rows, [&](const CohortCount& c) { return interval(c).low; }))
        .add("rate_high", "1/h", "", each(rows, [&](const CohortCount& c) { return interval(c).high; }))
        .add("mean_duration", "s", "NaN without events", each(rows, [](const CohortCount& c) { return c.mean_duration_s; }));
    finish(t, cohort);
    return t;
}

Table wide_table(const Cohort& cohort) {
    std::vector<std::size_t> rows(cohort.nights.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
    Table t{"wide", "rates, one row a night"};
    add_night_columns(t, cohort, rows, [](std::size_t n) { return n; });
    for (const Measure& m : measures_of(cohort)) {
        std::vector<double> rates(rows.size(), nan_value);
        for (const CohortCount* c : m.counts) rates[c->night] = rate(*c);
        t.add(m.event_class + "_" + m.stage, "1/h", "rate of " + m.event_class + " in " + m.stage, std::move(rates));
    }
    finish(t, cohort);
    return t;
}

Table prevalence_table(const Cohort& cohort) {
    const auto rows = measures_of(cohort);
    struct Share {
        std::int64_t positive = 0, all = 0;
        stats::Estimate estimate;
    };
    std::map<const Measure*, Share> shares;
    for (const Measure& m : rows) {
        std::map<std::string, bool> persons;
        for (const CohortCount* c : m.counts)
            if (c->minutes > 0) persons[cohort.person(c->night)] |= c->count > 0;
        Share& s = shares[&m];
        s.all = static_cast<std::int64_t>(persons.size());
        for (const auto& [person, any] : persons) s.positive += any;
        s.estimate = stats::wilson_share(s.positive, s.all);
    }
    const auto number = [&](auto field) { return each(rows, [&](const Measure& m) { return field(shares.at(&m)); }); };
    Table t = start("prevalence", "persons with at least one event", rows);
    t.add("counted", "", "persons, or nights where persons are not told", std::vector<std::string>(rows.size(), cohort.persons_known() ? "persons" : "nights"))
        .add("positive", "", "with at least one event in any night", number([](const Share& s) { return static_cast<std::int32_t>(s.positive); }))
        .add("all", "", "with time at risk", number([](const Share& s) { return static_cast<std::int32_t>(s.all); }))
        .add("share", "", "positive / all", number([](const Share& s) { return s.estimate.value; }))
        .add("low", "", "Wilson's 95 % interval", number([](const Share& s) { return s.estimate.low; }))
        .add("high", "", "", number([](const Share& s) { return s.estimate.high; }));
    finish(t, cohort);
    return t;
}

Table distribution_table(const Cohort& cohort) {
    struct Row {
        Measure measure;
        std::string of;
        stats::Distribution d;
    };
    std::vector<Row> rows;
    for (const Measure& m : measures_of(cohort)) {
        std::vector<double> nights, persons;
        for (const CohortCount* c : m.counts) nights.push_back(rate(*c));
        for (const auto& [person, rates] : rates_by_person(cohort, m.counts)) persons.push_back(mean(rates));
        rows.push_back({m, "nights", stats::distribution(nights)});
        if (cohort.persons_known()) rows.push_back({m, "persons", stats::distribution(persons)});
    }
    const auto number = [&](double stats::Distribution::*field) { return each(rows, [&](const Row& r) { return r.d.*field; }); };
    using D = stats::Distribution;
    Table t{"distribution", "how the rates are spread over nights, and over persons (means of their nights)"};
    t.add("class", "", "", each(rows, [](const Row& r) { return r.measure.event_class; }))
        .add("stage", "", "", each(rows, [](const Row& r) { return r.measure.stage; }))
        .add("of", "", "nights or persons", each(rows, [](const Row& r) { return r.of; }))
        .add("count", "", "with time at risk", each(rows, [](const Row& r) { return static_cast<std::int32_t>(r.d.count); }))
        .add("mean", "1/h", "", number(&D::mean))
        .add("sd", "1/h", "with n - 1", number(&D::sd))
        .add("min", "1/h", "", number(&D::min))
        .add("q05", "1/h", "quantiles of type 7 (Hyndman and Fan 1996)", number(&D::q05))
        .add("q25", "1/h", "", number(&D::q25))
        .add("median", "1/h", "", number(&D::median))
        .add("q75", "1/h", "", number(&D::q75))
        .add("q95", "1/h", "", number(&D::q95))
        .add("max", "1/h", "", number(&D::max));
    finish(t, cohort);
    return t;
}

Table reliability_table(const Cohort& cohort) {
    if (!cohort.persons_known()) throw UsageError("the cohort does not tell the person of every night", "merge with --person-pattern or --sheet");
    const auto rows = measures_of(cohort);
    std::vector<stats::Reliability> found;
    for (const Measure& m : rows) {
        std::vector<std::vector<double>> nights;
        for (const auto& [person, rates] : rates_by_person(cohort, m.counts)) nights.push_back(rates);
        found.push_back(stats::reliability(nights));
    }
    Table t = start("reliability", "how alike the nights of a person are: ICC(1) of the rates", rows);
    t.add("persons", "", "with two nights or more", each(found, [](const stats::Reliability& r) { return static_cast<std::int32_t>(r.persons); }))
        .add("nights", "", "of these", each(found, [](const stats::Reliability& r) { return static_cast<std::int32_t>(r.nights); }))
        .add("icc", "", "one-way random effects, single night (Shrout and Fleiss 1979)", each(found, [](const stats::Reliability& r) { return r.icc.value; }))
        .add("low", "", "95 % interval", each(found, [](const stats::Reliability& r) { return r.icc.low; }))
        .add("high", "", "", each(found, [](const stats::Reliability& r) { return r.icc.high; }))
        .add("between_sd", "1/h", "between persons", each(found, [](const stats::Reliability& r) { return r.between_sd; }))
        .add("within_sd", "1/h", "between the nights of a person", each(found, [](const stats::Reliability& r) { return r.within_sd; }));
    finish(t, cohort);
    return t;
}

Table groups_table(const Cohort& cohort, const std::string& covariate) {
    const Covariate& column = covariate_of(cohort, covariate);
    std::vector<Group> rows;
    for (const Measure& m : measures_of(cohort))
        for (const auto& [value, persons] : means_by_value(cohort, m, column)) {
            std::vector<double> means;
            for (const auto& [person, mean_rate] : persons) means.push_back(mean_rate);
            rows.push_back({m, value, {}, static_cast<std::int32_t>(means.size()), stats::mean_interval(means)});
        }
    Table t = group_rows("groups", "mean rate of the persons by value of " + covariate, rows);
    t.add("persons", "", "with time at risk", each(rows, [](const Group& g) { return g.persons; }))
        .add("mean", "1/h", "of the persons' mean rates", each(rows, [](const Group& g) { return g.estimate.value; }))
        .add("low", "1/h", "95 % interval by Student's t", each(rows, [](const Group& g) { return g.estimate.low; }))
        .add("high", "1/h", "", each(rows, [](const Group& g) { return g.estimate.high; }));
    finish(t, cohort);
    return t;
}

Table paired_table(const Cohort& cohort, const std::string& covariate) {
    const Covariate& column = covariate_of(cohort, covariate);
    if (!cohort.persons_known()) throw UsageError("the cohort does not tell the person of every night", "merge with --person-pattern or --sheet");
    std::vector<Group> rows;
    for (const Measure& m : measures_of(cohort)) {
        const ByValue means = means_by_value(cohort, m, column);
        for (auto a = means.begin(); a != means.end(); ++a)
            for (auto b = std::next(a); b != means.end(); ++b) {
                std::vector<double> differences;
                for (const auto& [person, mean_rate] : b->second)
                    if (const auto other = a->second.find(person); other != a->second.end()) differences.push_back(mean_rate - other->second);
                if (!differences.empty())
                    rows.push_back({m, b->first, a->first, static_cast<std::int32_t>(differences.size()), stats::mean_interval(differences)});
            }
    }
    Table t = group_rows("paired", "difference of the rates inside persons by value of " + covariate, rows);
    t.add("other", "", "value that is taken away", each(rows, [](const Group& g) { return g.other; }))
        .add("persons", "", "with nights of both", each(rows, [](const Group& g) { return g.persons; }))
        .add("difference", "1/h", "mean over persons of value - other", each(rows, [](const Group& g) { return g.estimate.value; }))
        .add("low", "1/h", "95 % interval by Student's t", each(rows, [](const Group& g) { return g.estimate.low; }))
        .add("high", "1/h", "", each(rows, [](const Group& g) { return g.estimate.high; }));
    finish(t, cohort);
    return t;
}

}  // namespace psg::workflow

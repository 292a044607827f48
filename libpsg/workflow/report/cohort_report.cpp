// Reads what a cohort's page shows.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/report/cohort_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/stats/cohort.hpp"
#include "libpsg/workflow/cohort/cohort_tables.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/stored_column.hpp"

namespace psg::workflow {

namespace {

using report::CohortReport;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void add_quartiles(report::CohortMeasure& measure) {
    const stats::Distribution d = stats::distribution(measure.values);
    measure.known = d.count;
    measure.q1 = d.q25;
    measure.median = d.median;
    measure.q3 = d.q75;
}

struct SleepMeasure {
    const char *measure, *name;
};

void add_sleep(const std::string& path, CohortReport& cohort) {
    const auto names = exports::hdf5_table_names(path);
    if (std::find(names.begin(), names.end(), "sleep") == names.end()) {
        cohort.absent.push_back("The file has no table 'sleep': measures of sleep are not shown.");
        return;
    }
    const Table t = exports::read_hdf5_table(path, "sleep");
    const auto& recording = values_of<std::int32_t>(path, t, "recording");
    const auto &measure = values_of<std::string>(path, t, "measure"), &unit = values_of<std::string>(path, t, "unit");
    const auto& value = values_of<double>(path, t, "value");
    const auto& period = values_of<std::int32_t>(path, t, "period");
    for (const SleepMeasure& m : {SleepMeasure{"tst", "total sleep time"}, SleepMeasure{"se", "sleep efficiency"}, SleepMeasure{"sol", "sleep onset latency"},
                                  SleepMeasure{"rem_latency", "latency of REM sleep"}, SleepMeasure{"waso_aasm", "wake after sleep onset"}, SleepMeasure{"n1_tst", "N1, of sleep time"},
                                  SleepMeasure{"n2_tst", "N2, of sleep time"}, SleepMeasure{"n3_tst", "N3, of sleep time"}, SleepMeasure{"r_tst", "R, of sleep time"}}) {
        report::CohortMeasure row{m.name, "", "", std::vector<double>(cohort.nights.size(), nan)};
        for (std::size_t i = 0; i < t.rows(); ++i) {
            if (measure[i] != m.measure || period[i] != 0) continue;
            if (recording[i] < 0 || static_cast<std::size_t>(recording[i]) >= cohort.nights.size())
                throw DataError(path, "row " + std::to_string(i) + " of table sleep belongs to no night");
            row.values[static_cast<std::size_t>(recording[i])] = value[i];
            row.unit = unit[i];
        }
        add_quartiles(row);
        cohort.measures.push_back(std::move(row));
    }
}

void add_rates(const Cohort& counts, CohortReport& cohort) {
    std::map<std::string, std::size_t> places;
    const std::size_t first = cohort.measures.size();
    for (const CohortCount& c : counts.counts) {
        if (c.stage != "all") continue;
        const auto [place, is_new] = places.try_emplace(c.event_class, cohort.measures.size());
        if (is_new) {
            // a class that this version does not know is named by an older or foreign file
            const std::string basis = basis_of_class(c.event_class);
            cohort.measures.push_back({c.event_class, "1/h", basis.empty() ? "unknown to this version" : basis, std::vector<double>(cohort.nights.size(), nan)});
        }
        cohort.measures[place->second].values[c.night] = c.minutes > 0 ? 60 * static_cast<double>(c.count) / c.minutes : nan;
    }
    for (std::size_t i = first; i < cohort.measures.size(); ++i) add_quartiles(cohort.measures[i]);
}

void add_prevalence(const std::string& path, const Table& t, CohortReport& cohort) {
    const auto &name = values_of<std::string>(path, t, "class"), &stage = values_of<std::string>(path, t, "stage"), &counted = values_of<std::string>(path, t, "counted");
    const auto &positive = values_of<std::int32_t>(path, t, "positive"), &all = values_of<std::int32_t>(path, t, "all");
    const auto &share = values_of<double>(path, t, "share"), &low = values_of<double>(path, t, "low"), &high = values_of<double>(path, t, "high");
    for (std::size_t i = 0; i < t.rows(); ++i)
        if (stage[i] == "all") cohort.prevalence.push_back({name[i], counted[i], positive[i], all[i], share[i], low[i], high[i]});
}

}  // namespace

bool is_cohort_file(const std::string& path) {
    return exports::hdf5_attribute(path, "format") == "libpsg cohort";
}

report::CohortReport read_cohort_report(const std::string& path, const std::string& title) {
    const Cohort counts = read_cohort(path);
    CohortReport cohort;
    cohort.title = title;
    cohort.simulated = counts.simulated;
    cohort.persons_known = counts.persons_known();
    for (const CohortNight& n : counts.nights) cohort.nights.push_back({n.id, n.person, n.night, n.visit});
    add_sleep(path, cohort);
    add_rates(counts, cohort);
    const Table prevalence = prevalence_table(counts);
    add_prevalence(path, prevalence, cohort);
    cohort.tables.push_back({"Prevalence by class and stage", "With Wilson's 95 % interval.", prevalence});
    cohort.tables.push_back({"Distribution of rates by class and stage", "Of nights, and of persons (means of their nights).", distribution_table(counts)});
    if (cohort.persons_known)
        cohort.tables.push_back({"Night-to-night reliability", "ICC(1) by class and stage; without a value where fewer than two persons have several nights.", reliability_table(counts)});
    else
        cohort.absent.push_back("The file does not tell the person of every night, so prevalence counts nights, and there is no reliability from night to night.");
    return cohort;
}

}  // namespace psg::workflow

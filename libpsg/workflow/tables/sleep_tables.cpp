// Sleep architecture as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/sleep_tables.hpp"

#include <cmath>
#include <limits>

#include "libpsg/stats/sleep_architecture.hpp"

namespace psg::workflow {

static Table& with_mark(Table& table, const StagedNight& night) {
    return table.add("simulated", "", "1: the signals are simulated",
                     std::vector<std::int8_t>(table.rows(), night.simulated));
}

LightMarks light_marks(const std::optional<Time>& off, const std::optional<Time>& on, const std::vector<Interval>& periods_in_bed) {
    LightMarks marks;
    for (const Interval& period : periods_in_bed) {
        marks.off.push_back(period.onset);
        marks.on.push_back(period.offset);
    }
    if (!periods_in_bed.empty()) return marks;
    if (off) marks.off.push_back(*off);
    if (on) marks.on.push_back(*on);
    return marks;
}

Table sleep_table(const StagedNight& night) {
    std::vector<std::string> name, unit, text;
    std::vector<double> value;
    std::vector<std::int32_t> period;
    std::vector<Interval> periods{night.in_bed};
    periods.insert(periods.end(), night.periods_in_bed.begin(), night.periods_in_bed.end());
    for (std::size_t p = 0; p < periods.size(); ++p)
        for (const auto& m : stats::sleep_measures(stats::sleep_architecture(night.hypnogram, periods[p]))) {
            name.push_back(m.name);
            unit.push_back(m.unit);
            text.push_back(m.text);
            value.push_back(m.value);
            period.push_back(static_cast<std::int32_t>(p));
        }
    Table t{"sleep", "sleep architecture, lights off to lights on"};
    t.add("measure", "", "", name)
        .add("value", "", "in `unit`; NaN: the night has no such moment, or no epoch of it was scored", value)
        .add("unit", "", "", unit)
        .add("formula", "", "", text)
        .add("period", "", "0: first lights off to last lights on; 1, 2, ...: from each lights off to the next lights on, where they went off several times", period);
    return with_mark(t, night);
}

Table transitions_table(const StagedNight& night) {
    const auto counts = stats::sleep_architecture(night.hypnogram, night.in_bed).transitions;
    std::vector<std::string> from, to;
    std::vector<std::int32_t> epochs;
    std::vector<double> share;
    for (std::size_t a = 0; a < 5; ++a) {
        int sum = 0;
        for (int n : counts[a]) sum += n;
        for (std::size_t b = 0; b < 5; ++b) {
            from.emplace_back(stage_name(scored_stages[a]));
            to.emplace_back(stage_name(scored_stages[b]));
            epochs.push_back(counts[a][b]);
            share.push_back(sum > 0 ? counts[a][b] / static_cast<double>(sum) : std::numeric_limits<double>::quiet_NaN());
        }
    }
    Table t{"transitions", "stages of epochs that follow each other"};
    t.add("stage", "", "of an epoch", from)
        .add("next", "", "stage of the epoch after it", to)
        .add("count", "", "pairs of scored epochs", epochs)
        .add("probability", "", "count over all pairs that begin with `stage`; NaN without any", share);
    return with_mark(t, night);
}

Table bouts_table(const StagedNight& night) {
    const auto summary = stats::summarise_bouts(stats::bouts(night.hypnogram, night.in_bed));
    std::vector<std::string> stage;
    bool any_scored = false;
    for (const auto& b : summary) any_scored = any_scored || b.count > 0;
    std::vector<double> count, mean, median, longest;
    for (Stage s : scored_stages) {
        const auto& b = summary[static_cast<std::size_t>(s)];
        stage.emplace_back(stage_name(s));
        count.push_back(any_scored ? b.count : std::numeric_limits<double>::quiet_NaN());
        mean.push_back(b.mean);
        median.push_back(b.median);
        longest.push_back(b.longest);
    }
    Table t{"bouts", "stretches of one stage"};
    t.add("stage", "", "", stage).add("count", "", "NaN: no epoch was scored", count).add("mean", "min", "", mean);
    t.add("median", "min", "", median).add("longest", "min", "", longest);
    return with_mark(t, night);
}

Table cycles_table(const StagedNight& night) {
    std::vector<std::int32_t> number;
    std::vector<double> onset, nrem, rem_onset, rem;
    for (const auto& c : stats::sleep_cycles(night.hypnogram, night.in_bed)) {
        const bool has_rem = c.rem.duration() > Time(0);
        number.push_back(static_cast<std::int32_t>(number.size()) + 1);
        onset.push_back(seconds(c.nrem.onset));
        nrem.push_back(seconds(c.nrem.duration()) / 60);
        rem_onset.push_back(has_rem ? seconds(c.rem.onset) : std::numeric_limits<double>::quiet_NaN());
        rem.push_back(seconds(c.rem.duration()) / 60);
    }
    Table t{"cycles", "NREM-REM cycles"};
    t.add("cycle", "", "from 1", number)
        .add("onset", "s", "of the NREM period, since the start of the recording", onset)
        .add("nrem", "min", "length of the NREM period", nrem)
        .add("rem_onset", "s", "NaN: the REM was skipped", rem_onset)
        .add("rem", "min", "length of the REM period, interruptions included", rem);
    return with_mark(t, night);
}

}  // namespace psg::workflow

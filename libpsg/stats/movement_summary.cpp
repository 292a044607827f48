// How often, per stage.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/movement_summary.hpp"

#include <limits>

#include "libpsg/stats/intervals.hpp"

namespace psg::stats {

namespace {

struct Group {
    const char* name;
    bool (*holds)(Stage);
};

constexpr Group groups[] = {{"W", [](Stage s) { return s == Stage::W; }},
                            {"N1", [](Stage s) { return s == Stage::N1; }},
                            {"N2", [](Stage s) { return s == Stage::N2; }},
                            {"N3", [](Stage s) { return s == Stage::N3; }},
                            {"R", [](Stage s) { return s == Stage::R; }},
                            {"NREM", [](Stage s) { return is_nrem(s); }},
                            {"sleep", [](Stage s) { return is_sleep(s); }},
                            {"all", [](Stage) { return true; }}};

}  // namespace

bool is_in_group(Stage stage, std::string_view group) {
    for (const Group& g : groups)
        if (g.name == group) return g.holds(stage);
    return false;
}

std::vector<SummaryRow> summarise(const EventList& events, const std::vector<ClassAtRisk>& classes,
                                  const Hypnogram& hypnogram, const IntervalSet& window) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<SummaryRow> rows;
    for (const ClassAtRisk& c : classes) {
        const IntervalSet at_risk = c.at_risk.intersected(window);
        for (const Group& g : groups) {
            SummaryRow row{c.name, g.name};
            double total_s = 0;
            for (const Event& e : events)
                if (e.kind == c.name && e.number("scored") != 0 && g.holds(e.stage) && window.contains(e.extent.onset)) {
                    ++row.count;
                    total_s += seconds(e.extent.duration());
                }
            row.minutes = static_cast<double>(at_risk.intersected(hypnogram.where(g.holds)).total().count()) / 6e7;
            row.rate = row.minutes > 0 ? 60 * row.count / row.minutes : nan;
            const Estimate rate = poisson_rate(row.count, row.minutes / 60);
            row.rate_low = rate.low, row.rate_high = rate.high;
            row.mean_duration_s = row.count > 0 ? total_s / row.count : nan;
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

}  // namespace psg::stats

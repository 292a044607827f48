// Sleep architecture of hypnograms worked by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/sleep_architecture.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg;
using namespace psg::stats;
using namespace std::chrono_literals;

namespace {

// "W20 N1 4": a letter or name and epochs, in minutes of two epochs each
Hypnogram night(std::initializer_list<std::pair<Stage, double>> runs) {
    Hypnogram h;
    for (auto [stage, minutes] : runs) h.stages.insert(h.stages.end(), static_cast<std::size_t>(minutes * 2), stage);
    return h;
}

}  // namespace

TEST_CASE("a small night worked by hand", "[stats]") {
    const Hypnogram h = night({{Stage::W, 10}, {Stage::N1, 2},  {Stage::W, 1}, {Stage::N2, 20}, {Stage::N3, 10},
                               {Stage::R, 6},  {Stage::W, 3},   {Stage::N2, 8}, {Stage::unknown, 1}, {Stage::W, 5}});
    const SleepArchitecture a = sleep_architecture(h, h.extent());
    CHECK(a.time_in_bed == 66);
    CHECK(a.unscored == 1);
    CHECK(a.total_sleep_time == 46);
    CHECK(a.sleep_period_time == 50);
    CHECK(a.sleep_onset_latency == 10);
    CHECK(a.persistent_sleep_latency == 13);  // the two minutes of N1 do not persist
    CHECK(a.rem_latency == 33);
    CHECK(a.waso_spt == 4);
    CHECK(a.waso_aasm == 9);
    CHECK(a.sleep_efficiency == Approx(100 * 46.0 / 66));
    CHECK(a.sleep_maintenance == Approx(92));
    CHECK(a.stage_minutes == std::array<double, 5>{19, 2, 28, 10, 6});
    CHECK(a.percent_of_tst[2] == Approx(100 * 28.0 / 46));
    CHECK(a.percent_of_spt[0] == Approx(8));
    CHECK(std::isnan(a.percent_of_tst[0]));
    CHECK(a.awakenings == 2);
    CHECK(a.stage_shifts == 2);  // N2 to N3, N3 to R
    CHECK(a.fragmentation_index == Approx(4 / (46.0 / 60)));
    CHECK(a.transitions[0][0] == 19 + 1 + 5 + 9);  // the last wake follows an unscored epoch
    CHECK(a.transitions[2][3] == 1);
    CHECK(a.transitions[2][0] == 0);
    CHECK(a.stability == Approx((54.0 / 55 + 19.0 / 20 + 11.0 / 12) / 3));
}

TEST_CASE("lights cut the night, and a night without sleep has no latency", "[stats]") {
    const Hypnogram h = night({{Stage::W, 10}, {Stage::N2, 20}, {Stage::W, 10}});
    const SleepArchitecture a = sleep_architecture(h, {4min + 10s, 35min});
    CHECK(a.time_in_bed == Approx(30 + 50.0 / 60));
    CHECK(a.sleep_onset_latency == Approx(5 + 50.0 / 60));
    CHECK(a.total_sleep_time == 20);
    CHECK(a.waso_aasm == 5);

    const SleepArchitecture none = sleep_architecture(night({{Stage::W, 30}}), {0s, 30min});
    CHECK(none.total_sleep_time == 0);
    CHECK(std::isnan(none.sleep_onset_latency));
    CHECK(std::isnan(none.rem_latency));
    CHECK(std::isnan(none.waso_aasm));
    CHECK(std::isnan(none.sleep_maintenance));
    CHECK(none.sleep_efficiency == 0);
}

TEST_CASE("of a night of which no epoch was scored, nothing is known but its length", "[stats]") {
    const Hypnogram h = night({{Stage::unknown, 10}, {Stage::N2, 5}});
    for (const auto& [measures, known_min] : {std::pair(sleep_measures(sleep_architecture(h, {0s, 10min})), 10.0),
                                             std::pair(sleep_measures(sleep_architecture({}, {})), 0.0)})
        for (const SleepMeasure& m : measures) {
            INFO(m.name);
            if (m.name == "unscored") CHECK(m.value == known_min);
            else if (m.name == "unscored_outside") CHECK(m.value == 0);
            else if (m.name == "tib" && known_min > 0) CHECK(m.value == known_min);
            else CHECK(std::isnan(m.value));
        }
    CHECK(sleep_architecture(h, {0s, 11min}).total_sleep_time == 1);
    CHECK(sleep_architecture(h, {0s, 11min}).cycles == 0);
}

TEST_CASE("cycles: NREM and the REM that closes it", "[stats]") {
    const Hypnogram h = night({{Stage::W, 10}, {Stage::N1, 3},  {Stage::N2, 40}, {Stage::R, 2},   // first: any length of REM
                               {Stage::N2, 60}, {Stage::R, 6},  {Stage::N2, 10}, {Stage::R, 6},   // one REM period
                               {Stage::N2, 30}, {Stage::R, 3},  {Stage::N2, 20}, {Stage::R, 10},  // 3 min do not close a cycle
                               {Stage::N2, 20}, {Stage::W, 16}, {Stage::N2, 25}});                // skipped REM, then the end
    const auto cycles = sleep_cycles(h, h.extent());
    REQUIRE(cycles.size() == 5);
    CHECK(cycles[0].nrem == Interval{10min, 53min});
    CHECK(cycles[0].rem == Interval{53min, 55min});
    CHECK(cycles[1].nrem == Interval{55min, 115min});
    CHECK(cycles[1].rem == Interval{115min, 137min});
    CHECK(cycles[2].nrem == Interval{137min, 190min});
    CHECK(cycles[2].rem == Interval{190min, 200min});
    CHECK(cycles[3].nrem == Interval{200min, 220min});
    CHECK(cycles[3].rem.duration() == 0s);
    CHECK(cycles[4].nrem == Interval{236min, 261min});
}

TEST_CASE("bouts", "[stats]") {
    const Hypnogram h = night({{Stage::W, 1}, {Stage::N2, 2}, {Stage::W, 2}, {Stage::N2, 5}, {Stage::W, 6}});
    const auto summary = summarise_bouts(bouts(h, h.extent()));
    CHECK(summary[0].count == 3);
    CHECK(summary[0].mean == 3);
    CHECK(summary[0].median == 2);
    CHECK(summary[0].longest == 6);
    CHECK(summary[2].median == 3.5);
    CHECK(summary[4].count == 0);
    CHECK(std::isnan(summary[4].mean));
}

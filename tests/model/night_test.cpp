// The window that every rate is counted in.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/night.hpp"

#include <catch2/catch.hpp>

using namespace psg;
using namespace std::chrono_literals;

TEST_CASE("without lights the window goes from the first to the last scored epoch") {
    Night night;
    night.segments = {{0s, 300s}};
    night.hypnogram.stages.assign(10, Stage::unknown);
    const IntervalSet whole({{0s, 300s}});
    CHECK(night.analysis_window().intervals() == whole.intervals());  // nobody scored anything
    night.hypnogram.stages[2] = Stage::W;
    night.hypnogram.stages[6] = Stage::N2;
    CHECK(night.in_bed() == Interval{60s, 210s});  // what lies between is inside, scored or not
    CHECK(night.analysis_window().total() == 150s);
    night.lights_off = 0s;
    CHECK(night.in_bed() == Interval{0s, 210s});
    night.lights_on = 290s;
    CHECK(night.in_bed() == Interval{0s, 290s});
    night.lights_on.reset();
    night.lights_off = 250s;  // after the last scored epoch
    CHECK(night.analysis_window().empty());
}

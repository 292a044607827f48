// Epochs and given events in the gaps of a recording, worked out by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/night_gaps.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg;
using namespace psg::workflow;
using namespace std::chrono_literals;

namespace {

Hypnogram all_n2(std::size_t epochs) {
    Hypnogram h;
    h.stages.assign(epochs, Stage::N2);
    return h;
}

Event event(Time onset, Time offset) {
    Event e;
    e.extent = {onset, offset};
    return e;
}

}  // namespace

TEST_CASE("an epoch must lie in one segment, the ends of the recording apart", "[workflow]") {
    using Broken = std::vector<bool>;
    const std::vector<Interval> segments{{0s, 60s}, {60s + 1us, 89s}, {89s + 500ms, 120s}, {180s, 285s}};
    // 0-30 whole, 30-60 whole, 60-90 begins in a gap, 90-120 whole, two in the gap, 180-270 whole, 270-300 ends with
    // the recording
    const Broken expected{false, false, true, false, true, true, false, false, false, false, false};
    CHECK(epochs_with_gap(all_n2(11), segments) == expected);  // the last epoch lies behind the end
    CHECK(epochs_with_gap(all_n2(2), {{0s, 60s}}) == Broken{false, false});
    CHECK(epochs_with_gap(all_n2(2), {}) == Broken{false, false});
    CHECK(epochs_with_gap(all_n2(3), {{0s, 29s}, {29s, 90s}}) == Broken{true, false, false});
    CHECK(epochs_with_gap(all_n2(0), segments).empty());
    Hypnogram early = all_n2(2);
    early.start = -15s;
    CHECK(epochs_with_gap(early, {{0s, 20s}, {30s, 60s}}) == Broken{false, true});
}

TEST_CASE("stages of epochs with a gap are unknown, and counted", "[workflow]") {
    Night night;
    night.segments = {{0s, 65s}, {100s, 180s}};
    night.hypnogram = all_n2(6);
    night.hypnogram.stages[3] = Stage::unknown;
    night.hypnogram.probabilities.assign(6, StageProbabilities{0, 0, 1, 0, 0});
    night.respiratory = EventList{event(50s, 70s), event(60s, 65s), event(70s, 110s)};
    night.events = {event(64s, 101s)};
    Findings findings;
    check_gaps(night, findings);
    const std::vector<Stage> expected{Stage::N2, Stage::N2, Stage::unknown, Stage::unknown, Stage::N2, Stage::N2};
    CHECK(night.hypnogram.stages == expected);
    CHECK(std::isnan(night.hypnogram.probabilities[2][2]));
    CHECK(night.hypnogram.probabilities[4][2] == 1);
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].code == FindingCode::HYPNOGRAM_GAP);
    CHECK(findings[0].message.starts_with("1 scored epochs"));
    CHECK(findings[1].message ==
          "1 respiratory reach into a gap of the recording");  // onsets in a gap are told elsewhere
    CHECK(findings[2].message == "1 movements reach into a gap of the recording");
    CHECK(night.events[0].extent.offset == 101s);
    findings.clear();
    night.segments = {{0s, 180s}};
    night.hypnogram = all_n2(6);
    check_gaps(night, findings);
    CHECK(findings.empty());
}

// Truth of simulated nights: what is planted lies inside the night and keeps the rules it is to be scored by.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>

#include "libpsg/model/error.hpp"
#include "tests/simulate/rendered_night.hpp"

using namespace psg;
using namespace psg::simulate;
using namespace std::chrono_literals;

namespace {

Plan plan_of(std::uint64_t seed, double hours) {
    SimulationOptions options;
    options.seed = seed;
    options.hours = hours;
    return make_plan(options);
}

/// Sizes of the series that WASM 2016 makes of leg movements, told in a few plain lines and apart from any detector:
/// join what overlaps or lies less than 0.5 s apart, count runs of onsets 10 to 90 s apart.
std::vector<std::size_t> wasm_series(std::vector<Event> legs) {
    std::vector<Interval> joined;
    for (const Event& e : legs) {
        if (!joined.empty() && e.extent.onset < joined.back().offset + 500ms)
            joined.back().offset = std::max(joined.back().offset, e.extent.offset);
        else
            joined.push_back(e.extent);
    }
    std::vector<std::size_t> sizes;
    std::size_t run = 1;
    for (std::size_t i = 1; i <= joined.size(); ++i) {
        const Time apart = i < joined.size() ? joined[i].onset - joined[i - 1].onset : Time::max();
        if (apart >= 10s && apart <= 90s) {
            ++run;
        } else {
            if (run >= 4) sizes.push_back(run);
            run = 1;
        }
    }
    return sizes;
}

}  // namespace

TEST_CASE("Planted events lie inside the night and have the stage of their epoch", "[simulate]") {
    const std::uint64_t seed = GENERATE(1, 2, 3, 4, 5);
    const double hours = GENERATE(0.05, 0.3, 1.0, 8.0);
    const Plan plan = plan_of(seed, hours);
    CAPTURE(seed, hours);
    CHECK(plan.states.front().extent.onset == 0s);
    CHECK(plan.states.back().extent.offset == plan.duration);
    for (std::size_t i = 1; i < plan.states.size(); ++i)
        REQUIRE(plan.states[i].extent.onset == plan.states[i - 1].extent.offset);
    CHECK(plan.hypnogram.stages.size() == static_cast<std::size_t>(plan.duration / 30s));
    std::set<std::string> ids;
    for (const Event& e : plan.truth) {
        CAPTURE(e.id);
        CHECK(e.extent.onset >= 0s);
        CHECK(e.extent.offset <= plan.duration);
        CHECK(e.extent.duration() > 0s);
        CHECK(e.stage == plan.hypnogram.at(e.extent.onset));
        CHECK(ids.insert(e.id).second);
    }
    for (const Burst& b : plan.bursts) CHECK(b.extent.offset <= plan.duration);
}

TEST_CASE("A night has all stages, cycles and a share of each class", "[simulate]") {
    const std::uint64_t seed = GENERATE(11, 12, 13);
    const Plan plan = plan_of(seed, 8);
    std::map<Stage, double> share;
    for (const Stage s : plan.hypnogram.stages) share[s] += 1.0 / static_cast<double>(plan.hypnogram.stages.size());
    CHECK(share[Stage::W] < 0.25);
    CHECK(share[Stage::N1] > 0.02);
    CHECK(share[Stage::N1] < 0.15);
    CHECK(share[Stage::N2] > 0.3);
    CHECK(share[Stage::N3] > 0.08);
    CHECK(share[Stage::R] > 0.12);
    CHECK(of_class(plan, "hypnic_jerk").size() >= 12);
    CHECK(of_class(plan, "periodic_leg_movement").size() >= 24);
    CHECK(of_class(plan, "arousal").size() >= 40);
    for (const char* kind :
         {"leg_movement", "twitch", "cable_artefact", "voluntary_movement", "artefact", "fragmentary_myoclonus",
          "alternating_leg_muscle_activation", "hypnagogic_foot_tremor", "high_frequency_leg_movements",
          "tonic_leg_activity", "short_run", "large_muscle_group_movement", "rhythmic_movement", "bruxism",
          "neck_myoclonus", "rem_phasic_activity", "rem_tonic_activity", "snoring", "swallow", "speech"})
        CHECK_FALSE(of_class(plan, kind).empty());
    CHECK_FALSE(is_sleep(plan.hypnogram.stages.front()));
}

TEST_CASE("Planted leg movements make exactly the planted series", "[simulate]") {
    const std::uint64_t seed = GENERATE(range(1, 13));
    const Plan plan = plan_of(seed, 6);
    CAPTURE(seed);
    const std::vector<Event> legs = of_class(plan, "leg_movement");
    for (const Event& e : legs) {
        CHECK(e.extent.duration() >= 500ms);
        CHECK(e.extent.duration() <= 10s);
        CHECK((e.side == Side::left || e.side == Side::right));
    }
    std::map<double, std::vector<Event>> series;
    for (const Event& e : of_class(plan, "periodic_leg_movement")) series[e.number("series")].push_back(e);
    std::vector<std::size_t> planted;
    for (const auto& [number, members] : series) {
        CHECK(members.size() >= 4);
        planted.push_back(members.size());
        for (std::size_t i = 1; i < members.size(); ++i) {
            const Time apart = members[i].extent.onset - members[i - 1].extent.onset;
            CHECK(apart >= 10s);
            CHECK(apart <= 90s);
        }
        for (const Event& e : members) {
            CHECK(e.extent.duration() <= (e.side == Side::both ? 15s : 10s));
            CHECK(e.stage != Stage::R);
        }
    }
    std::vector<std::size_t> by_rule = wasm_series(legs);
    std::sort(planted.begin(), planted.end());
    std::sort(by_rule.begin(), by_rule.end());
    CHECK(planted == by_rule);
}

TEST_CASE("Hypnic jerks are brief, synchronous, and mostly at sleep onset", "[simulate]") {
    std::size_t jerks = 0, in_n1 = 0, whole = 0, woke = 0, in_cluster = 0;
    for (const std::uint64_t seed : {21, 22, 23, 24, 25, 26}) {
        const Plan plan = plan_of(seed, 8);
        const auto sleep = plan.hypnogram.where(is_sleep);
        std::optional<Time> last;
        double group = 0;
        for (const Event& e : of_class(plan, "hypnic_jerk")) {
            ++jerks;
            in_n1 += e.text("state") == "N1";
            whole += e.number("whole_body") == 1;
            CHECK(e.number("spread_ms") <= 100);
            CHECK(e.text("order").starts_with(e.text("first_muscle") + " 0, "));
            CHECK(e.text("order").ends_with(fmt::format(" {:.4g}", e.number("spread_ms"))));
            if (last && e.extent.onset - *last < 5s) {  // in brief succession
                ++in_cluster;
                CHECK(e.number("group") == group);
            }
            last = e.extent.onset;
            group = e.number("group");
            CHECK(e.number("regions") >= (e.number("whole_body") == 1 ? 3 : 2));
            std::set<Muscle> muscles;
            for (const Burst& b : plan.bursts) {
                if (!(b.extent.onset >= e.extent.onset && b.extent.offset <= e.extent.offset)) continue;
                if (static_cast<int>(b.muscle) >= standard_muscle_count) continue;  // not recorded
                muscles.insert(b.muscle);
                CHECK(b.extent.duration() >= 75ms);
                CHECK(b.extent.duration() <= 250ms);
                CHECK(e.channel.find(muscle_label(b.muscle)) != std::string::npos);
            }
            CHECK(static_cast<double>(muscles.size()) == e.number("regions"));
            if (e.number("woke") == 1) {
                ++woke;
                // asleep for 10 s before, awake for 15 s beginning within 5 s
                const Time awake = e.extent.onset + from_seconds(e.number("wake_latency_s"));
                CHECK(awake - e.extent.onset <= 5s);
                for (Time t = e.extent.onset - 10s; t <= e.extent.onset; t += 1s)
                    CHECK(std::any_of(plan.states.begin(), plan.states.end(),
                                      [&](const StatePiece& p) { return p.extent.contains(t) && is_sleep(p.stage); }));
                for (Time t = awake + 1us; t < awake + 15s; t += 1s)
                    CHECK(std::any_of(plan.states.begin(), plan.states.end(), [&](const StatePiece& p) {
                        return p.extent.contains(t) && p.stage == Stage::W;
                    }));
            }
        }
    }
    CHECK(jerks >= 60);
    CHECK(static_cast<double>(in_n1) > 0.5 * static_cast<double>(jerks));
    CHECK(static_cast<double>(whole) > 0.3 * static_cast<double>(jerks));
    CHECK(static_cast<double>(whole) < 0.7 * static_cast<double>(jerks));
    CHECK(woke >= 5);
    CHECK(in_cluster >= 3);
}

TEST_CASE("Arousals follow ten seconds of sleep and last three", "[simulate]") {
    for (const std::uint64_t seed : {31, 32, 33}) {
        const Plan plan = plan_of(seed, 8);
        const std::vector<Event> arousals = of_class(plan, "arousal");
        for (std::size_t i = 0; i < arousals.size(); ++i) {
            const Interval extent = arousals[i].extent;
            CAPTURE(seed, arousals[i].id);
            CHECK(extent.duration() >= 3s);
            if (i > 0) CHECK(extent.onset - arousals[i - 1].extent.offset >= 10s);
            for (const StatePiece& p : plan.states)
                if (p.extent.overlaps({extent.onset - 10s, extent.onset})) CHECK(is_sleep(p.stage));
        }
    }
}

TEST_CASE("The same options plan the same night, another seed another one", "[simulate]") {
    const Plan a = plan_of(5, 2);
    CHECK(truth_tsv(a) == truth_tsv(plan_of(5, 2)));
    CHECK(truth_tsv(a) != truth_tsv(plan_of(6, 2)));
}

TEST_CASE("Without events there is sleep and nothing else", "[simulate]") {
    SimulationOptions options;
    options.hours = 1;
    options.events = false;
    const Plan plan = make_plan(options);
    CHECK(plan.truth.empty());
    CHECK(plan.bursts.empty());
    CHECK(plan.interferences.empty());
    CHECK(plan.faults.empty());
    CHECK(plan.breath_changes.empty());
    CHECK(plan.accelerations.empty());
    CHECK_FALSE(plan.waves.empty());  // spindles, eye movements
    CHECK(std::none_of(plan.waves.begin(), plan.waves.end(),
                       [](const Wave& w) { return w.shape == Wave::Shape::cable; }));
}

TEST_CASE("A rate of zero plants none of that class", "[simulate]") {
    SimulationOptions options;
    options.hours = 4;
    options.hypnic_jerks = 0;
    options.plm_series = 0;
    const Plan plan = make_plan(options);
    CHECK(of_class(plan, "hypnic_jerk").empty());
    CHECK(of_class(plan, "periodic_leg_movement").empty());
    CHECK_FALSE(of_class(plan, "leg_movement").empty());
}

TEST_CASE("Options out of range are refused", "[simulate]") {
    const auto refused = [](auto change) {
        SimulationOptions options;
        change(options);
        CHECK_THROWS_AS(make_plan(options), UsageError);
    };
    refused([](auto& o) { o.hours = 0; });
    refused([](auto& o) { o.hours = 25; });
    refused([](auto& o) { o.hours = std::numeric_limits<double>::quiet_NaN(); });
    refused([](auto& o) { o.noise = -1; });
    refused([](auto& o) { o.emg_rate_hz = 10; });
    refused([](auto& o) { o.arousals = 1e9; });
}

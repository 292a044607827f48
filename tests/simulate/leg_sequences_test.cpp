// Sequences of brief bursts in the legs: what is planted keeps the rules of its class and no other's.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/simulate/rendered_night.hpp"

using namespace psg;
using namespace psg::simulate;
using namespace std::chrono_literals;

namespace {

struct Rule {
    const char* kind;
    double low_hz, high_hz;
    Time shortest, longest;
    std::size_t least, most;
};

constexpr Rule alternating{"alternating_leg_muscle_activation", 0.5, 3, 100ms, 500ms, 4, 60};
constexpr Rule tremor{"hypnagogic_foot_tremor", 0.3, 4, 250ms, 1000ms, 4, 60};
constexpr Rule high_frequency{"high_frequency_leg_movements", 0.3, 4, 75ms, 1000ms, 4, 60};
constexpr Rule short_run{"short_run", 0.3, 4, 150ms, 490ms, 2, 3};

}  // namespace

TEST_CASE("Leg sequences keep the rule of their class", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.alternating_legs = options.foot_tremor = options.high_frequency_legs = options.short_runs = 3;
    std::size_t found = 0, with_arousal = 0, awake = 0;
    for (const std::uint64_t seed : {41, 42, 43}) {
        options.seed = seed;
        const Plan plan = make_plan(options);
        for (const Rule& rule : {alternating, tremor, high_frequency, short_run})
            for (const Event& e : of_class(plan, rule.kind)) {
                ++found;
                CAPTURE(seed, e.id);
                const std::vector<Burst> bursts = bursts_of(plan, e);
                CHECK(e.number("count") >= static_cast<double>(rule.least));
                CHECK(e.number("count") <= static_cast<double>(rule.most));
                CHECK(e.number("frequency_hz") >= rule.low_hz);
                CHECK(e.number("frequency_hz") <= rule.high_hz);
                for (const Burst& b : bursts) {
                    CHECK(b.extent.duration() >= rule.shortest);
                    CHECK(b.extent.duration() <= rule.longest);
                }
                std::vector<Burst> one;
                for (const Burst& b : bursts)
                    if (b.muscle == bursts.front().muscle) one.push_back(b);
                for (std::size_t i = 1; i < one.size(); ++i) {
                    CHECK(one[i].extent.onset > one[i - 1].extent.offset);
                    if (e.kind == "short_run") CHECK(one[i].extent.onset >= one[i - 1].extent.offset + 510ms);
                }
                if (rule.kind == alternating.kind) {
                    CHECK(static_cast<double>(bursts.size()) == e.number("count"));
                    for (std::size_t i = 1; i < bursts.size(); ++i)
                        CHECK(bursts[i].muscle != bursts[i - 1].muscle);
                    with_arousal += e.number("aroused") == 1;
                } else {
                    CHECK(static_cast<double>(one.size()) == e.number("count"));
                }
                if (rule.kind == tremor.kind) CHECK((e.text("state") == "N1" || e.text("state") == "W"));
                if (rule.kind == high_frequency.kind) {
                    awake += e.text("state") == "W";
                    CHECK(e.text("state") != "N1");
                    if (e.text("state") == "W")
                        for (const Burst& b : bursts) CHECK(b.extent.duration() < 250ms);
                }
            }
    }
    CHECK(found > 3 * 4 * 15);
    CHECK(with_arousal > 20);
    CHECK(awake > 15);
}

TEST_CASE("Rhythms of no class lie far from the frequencies of all", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.off_rhythms = 3;
    options.seed = 46;
    const Plan plan = make_plan(options);
    const auto found = of_class(plan, "off_rhythm");
    CHECK(found.size() >= 15);
    std::size_t fast = 0;
    for (const Event& e : found) {
        CHECK((e.number("frequency_hz") < 0.25 || e.number("frequency_hz") > 5));
        fast += e.number("frequency_hz") > 5;
    }
    CHECK(of_class(plan, "leg_movement").size() == fast);
}

TEST_CASE("A tonic leg is tense for more than 15 s, in the signal as in the truth", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.tonic_legs = options.foot_tremor = 3;
    options.hours = 3;
    options.seed = 44;
    SimulatedNight night(options);
    auto channels = render(night);
    const double rate = options.emg_rate_hz;
    const auto tonic = of_class(night.plan(), "tonic_leg_activity");
    CHECK(tonic.size() >= 7);
    for (const Event& e : tonic) {
        CAPTURE(e.id);
        CHECK(e.extent.duration() > 15s);
        for (Time t = e.extent.onset + 2s; t + 3s < e.extent.offset - 2s; t += 3s)
            CHECK(rms(channels[e.channel], {t, t + 3s}, rate) > 0.7 * e.number("rms_uv"));
        CHECK(rms(channels[e.channel], {e.extent.onset - 3s, e.extent.onset}, rate) < 5);
        CHECK(rms(channels[e.side == Side::left ? "Leg R" : "Leg L"], e.extent, rate) < 5);
    }
    const auto tremor = of_class(night.plan(), "hypnagogic_foot_tremor");
    CHECK(tremor.size() >= 5);
    for (const Event& e : tremor) {
        const std::vector<Burst> bursts = bursts_of(night.plan(), e);
        for (std::size_t i = 0; i < bursts.size(); ++i) {
            const auto& x = channels[muscle_label(bursts[i].muscle)];
            CHECK(rms(x, bursts[i].extent, rate) > 0.5 * bursts[i].rms_uv);
            if (e.side != Side::both && i > 0)
                CHECK(rms(x, {bursts[i - 1].extent.offset, bursts[i].extent.onset}, rate) < 5);
        }
    }
}

TEST_CASE("Fragmentary myoclonus comes as single potentials, excessive in planted stretches", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.fragmentary_myoclonus = 20;
    options.myoclonus_stretches = 0.25;
    options.arousals = 8;
    options.seed = 45;
    const Plan plan = make_plan(options);
    const auto potentials = of_class(plan, "fragmentary_myoclonus");
    std::map<std::int64_t, int> per_minute;
    std::size_t sporadic = 0;
    for (std::size_t i = 0; i < potentials.size(); ++i) {
        const Event& e = potentials[i];
        CHECK(e.extent.duration() >= 75ms);
        CHECK(e.extent.duration() <= 150ms);
        CHECK(e.number("rms_uv") >= 40);
        if (i > 0) CHECK(e.extent.onset - potentials[i - 1].extent.onset > 500ms);
        if (e.number("stretch") > 0)
            ++per_minute[e.extent.onset / 60s];
        else
            ++sporadic;
    }
    CHECK(sporadic >= 150);
    const auto positive = std::count_if(per_minute.begin(), per_minute.end(), [](const auto& m) { return m.second >= 5; });
    CHECK(positive >= 2 * 20);
}

TEST_CASE("Half an hour has fast leg movements, too", "[simulate]") {
    SimulationOptions options;
    options.hours = 0.5;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        options.seed = seed;
        CHECK(of_class(make_plan(options), "high_frequency_leg_movements").size() == 1);
    }
}

// What is told of a muscle's activity after it was measured.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/muscle_activity.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/cuts.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

TEST_CASE("The background of a part of the night is that of the whole, and unknown elsewhere", "[events]") {
    Night night;
    Signal signal;
    signal.unit = "uV";
    signal.label = "chin";
    signal.rate = SampleRate::hertz(200);
    signal.step = 0.1;
    const auto samples = [](double s) { return static_cast<std::size_t>(s * 200); };
    std::vector<float> a = test::noise_samples(samples(400), 3, 1), b = test::noise_samples(samples(60), 2, 2);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] *= 1 + 0.5F * std::sin(static_cast<float>(i) / 5000);
    signal.stretches = {{Time(0), a}, {500s, b}};
    RoleSignal chin;
    chin.role = Role::chin;
    chin.signal = signal;
    night.signals.push_back(chin);
    const std::vector<MuscleActivity> made = muscle_activity(night);
    REQUIRE(made.size() == 1);
    const Signal whole = background_around(made[0], 15s, IntervalSet({{0s, 600s}}), 0s);
    const IntervalSet wanted({{30s, 60s}, {61s, 62s}, {200s, 201s}, {390s, 505s}});
    for (const Time beside : {0s, 3s}) {
        const Signal part = background_around(made[0], 15s, wanted, beside);
        REQUIRE(part.stretches.size() == 2);
        for (std::size_t s = 0; s < 2; ++s) {
            const auto &x = part.stretches[s].samples, &y = whole.stretches[s].samples;
            REQUIRE(x.size() == y.size());
            for (std::size_t k = 0; k < x.size(); ++k) {
                const Time from = whole.stretches[s].start + whole.rate.time_of(static_cast<std::int64_t>(k)), to = from + whole.rate.time_of(1);
                CAPTURE(s, k);
                REQUIRE(y[k] > 0);
                if (wanted.covers({from, to})) REQUIRE(x[k] == y[k]);
                if (!wanted.overlaps({from - beside - 1s, to + beside + 1s})) REQUIRE(std::isnan(x[k]));
                if (!std::isnan(x[k])) REQUIRE(x[k] == y[k]);
            }
        }
    }
}

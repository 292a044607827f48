// Leg movements beside mains hum, heart beats, steps of the recording, long movements and clipping.
// SPDX-License-Identifier: BSD-3-Clause
#include <numbers>

#include "tests/events/leg_signals.hpp"

using namespace psg;
using namespace psg::test;
using namespace std::chrono_literals;

TEST_CASE("Mains hum neither hides nor makes leg movements", "[events]") {
    for (const double mains_hz : {50.0, 60.0, 49.93, 60.1})
        for (const double peak_uv : {3.0, 30.0, 100.0}) {
            INFO(mains_hz << " Hz, " << peak_uv << " uV");
            Leg leg(256, 130, 2, some);
            leg.between(30, 105, [&](double t, double v) {  // begins and ends at once
                const double w = 2 * std::numbers::pi * mains_hz * t;
                return v + peak_uv * (std::sin(w + 1) + 0.2 * std::sin(2 * w));
            });
            check_finds(leg, some, 0.1);
        }
}

TEST_CASE("Hum whose strength moves makes no leg movements", "[events]") {
    const auto add_hum = [](Leg& leg, double from_s, double to_s, double mains_hz, auto peak_uv) {
        leg.between(from_s, to_s, [&](double t, double v) {
            const double w = 2 * std::numbers::pi * mains_hz * t;
            const double third = 3 * mains_hz < leg.rate_hz / 2 ? 0.4 : 0;  // recorders filter what would fold back
            return v + peak_uv(t) * (std::sin(w + 1) + 0.3 * std::sin(2 * w + 2) + third * std::sin(3 * w + 3));
        });
    };
    for (const double rate_hz : {256.0, 500.0})
        for (const double mains_hz : {50.03, 60.0}) {
            INFO(rate_hz << " Hz, mains " << mains_hz << " Hz");
            for (const double period_s : {4.0, 9.0})
                for (const double peak_uv : {50.0, 100.0}) {
                    INFO(peak_uv << " uV, 50 % more and less every " << period_s << " s");
                    Leg leg(rate_hz, 130, 2, some);
                    add_hum(leg, 30, 105, mains_hz, [&](double t) {
                        return peak_uv * (1 + 0.5 * std::sin(2 * std::numbers::pi * t / period_s));
                    });
                    // a hum that moves so fast under a movement cannot be known, and blurs its edges
                    check_finds(leg, some, period_s < 9 ? 0.7 : 0.15);
                }
            const std::vector<Burst> apart{{20, 21.5, 40}, {72, 74, 60}};
            Leg leg(rate_hz, 130, 2, apart);
            for (double t = 25; t < 125; t += 11) add_hum(leg, t, t + 2.2, mains_hz, [](double) { return 30; });
            check_finds(leg, apart, 0.15);
        }
}

TEST_CASE("Heart beats neither hide nor make leg movements", "[events]") {
    const double rate_hz = 256;
    Leg leg(rate_hz, 130, 2, some);
    std::vector<float> ecg(leg.x.size());
    std::mt19937 random(3);
    for (double beat = 0.5; beat < 129;
         beat += 0.52 + 0.02 * std::sin(beat) + 0.0001 * static_cast<double>(random() % 100))
        for (std::size_t i = 0; i < ecg.size(); ++i) {
            const double t = leg.time(i) - beat;
            if (std::fabs(t) > 0.1) continue;
            ecg[i] +=
                static_cast<float>(1000 * std::exp(-t * t / 2e-4) - 300 * std::exp(-(t - 0.03) * (t - 0.03) / 4e-4));
        }
    for (std::size_t i = 0; i < ecg.size(); ++i) leg.x[i] += 0.04F * ecg[i];
    SECTION("with an electrocardiogram") {
        Night night = night_of(leg);
        night.signals.push_back({Role::ecg, "", as_signal(ecg, rate_hz, "ECG")});
        night.signals.back().signal.stretches[0].samples[5000] = NAN;
        CHECK(detect(night).events.size() == some.size());
    }
    SECTION("without one") {
        check_finds(leg, some, 0.1);
    }
    SECTION("they do, if they are not subtracted") {
        for (std::size_t i = 0; i < ecg.size(); ++i) leg.x[i] += 0.08F * ecg[i];
        const EventList events = detect(night_of(leg), {{"subtract_ecg", "no"}}).events;
        double most = 0;
        for (const Burst& b : some)
            for (const Event& e : events)
                if (seconds(e.extent.onset) < b.offset_s && seconds(e.extent.offset) > b.onset_s)
                    most = std::max({most, std::fabs(seconds(e.extent.onset) - b.onset_s),
                                     std::fabs(seconds(e.extent.offset) - b.offset_s)});
        CHECK(most > 0.15);
    }
}

TEST_CASE("Steps, ramps and slow waves of the recording make no movements", "[events]") {
    const std::vector<Burst> bursts{{20, 22, 40}, {150, 152, 60}, {299, 303, 60}, {350, 352, 40}};
    SECTION("steps of the noise") {
        check_finds(Leg(
                        256, 400, [](double t) { return t > 100 && t < 300 ? 8.0 : 2.0; }, bursts),
                    bursts, 0.15);
    }
    SECTION("a ramp of the noise") {
        check_finds(Leg(
                        256, 400, [](double t) { return 1 + t / 50; }, bursts),
                    bursts, 0.15);
    }
    SECTION("offset, slow waves, jumps of the electrode") {
        Leg leg(256, 130, 2, some);
        leg.between(0, 130, [](double t, double v) { return v + 2000 + 150 * std::sin(2 * t) + (t > 50 ? 3000 : 0); });
        check_finds(leg, some, 0.1);
    }
}

TEST_CASE("A long strong movement leaves the resting level alone", "[events]") {
    const Leg leg(256, 200, 2, {{50, 110, 200}, {112, 113, 14}, {150, 151, 14}});
    const EventList events = detect(night_of(leg)).events;
    REQUIRE(events.size() == 3);
    CHECK(events[0].kind == "long_leg_movement");
    CHECK(seconds(events[1].extent.onset) == Approx(112).margin(0.06));
    CHECK(events[1].number("resting_uv") == Approx(2).epsilon(0.15));
}

TEST_CASE("Clipped movements are movements", "[events]") {
    Leg leg(256, 130, 2, some);
    leg.between(0, 130, [](double, double v) { return std::clamp(v, -30.0, 30.0); });
    check_finds(leg, some, 0.1);
}

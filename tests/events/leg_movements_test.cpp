// Leg movements planted in small simulated signals, one artefact at a time, and the simulated reference night.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <numbers>
#include <random>

#include "libpsg/events/detector.hpp"
#include "libpsg/io/edf_reader.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/signal/butterworth.hpp"
#include "tests/reference.hpp"

namespace psg::events {
extern const Detector leg_movements_detector;
}

using namespace psg;
using namespace std::chrono_literals;

namespace {

struct Burst {
    double onset_s, offset_s, rms_uv;
};

// Noise of 20 Hz to 0.45 of the rate with a root mean square of 1.
std::vector<float> emg_noise(std::size_t count, double rate_hz, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> x(count);
    for (float& v : x) v = normal(random);
    signal::filter_causal(signal::butterworth_band_pass(3, 20, 0.45 * rate_hz, rate_hz), x);
    double power = 0;
    for (const float v : x) power += static_cast<double>(v) * static_cast<double>(v);
    const auto scale = static_cast<float>(1 / std::sqrt(power / static_cast<double>(count)));
    for (float& v : x) v *= scale;
    return x;
}

// One leg: rest and bursts that rise and fall within 40 ms. Planted onsets and offsets are where they begin and end.
struct Leg {
    double rate_hz;
    std::vector<float> x;

    Leg(double rate, double length_s, const std::function<double(double)>& rest_uv, const std::vector<Burst>& bursts,
        unsigned seed = 1)
        : rate_hz(rate), x(emg_noise(static_cast<std::size_t>(length_s * rate), rate, seed)) {
        const std::vector<float> activity = emg_noise(x.size(), rate, seed + 1000);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double t = time(i);
            x[i] *= static_cast<float>(rest_uv(t));
            for (const Burst& b : bursts)
                if (t >= b.onset_s && t < b.offset_s)
                    x[i] +=
                        activity[i] *
                        static_cast<float>(b.rms_uv * std::min({1.0, (t - b.onset_s) / 0.04, (b.offset_s - t) / 0.04}));
        }
    }
    Leg(double rate, double length_s, double rest_uv, const std::vector<Burst>& bursts, unsigned seed = 1)
        : Leg(
              rate, length_s, [=](double) { return rest_uv; }, bursts, seed) {}
    double time(std::size_t i) const { return static_cast<double>(i) / rate_hz; }
    template <class Add>
    Leg& between(double from_s, double to_s, Add add) {
        for (std::size_t i = 0; i < x.size(); ++i)
            if (time(i) >= from_s && time(i) < to_s) x[i] = static_cast<float>(add(time(i), static_cast<double>(x[i])));
        return *this;
    }
};

Signal as_signal(const std::vector<float>& x, double rate_hz, const std::string& label) {
    Signal s;
    s.channel = label == "LEG/L" ? 0 : 1;
    s.label = label;
    s.unit = "uV";
    s.rate = SampleRate::hertz(static_cast<std::int64_t>(rate_hz));
    s.step = 0.1;
    s.stretches.push_back({Time(0), x});
    return s;
}

Night night_of(const Leg& left) {
    Night night;
    night.signals.push_back({Role::leg_left, "", as_signal(left.x, left.rate_hz, "LEG/L")});
    night.segments.push_back({Time(0), night.signals[0].signal.view(0).extent().offset});
    return night;
}

Night night_of(const Leg& left, const Leg& right) {
    Night night = night_of(left);
    night.signals.push_back({Role::leg_right, "", as_signal(right.x, right.rate_hz, "LEG/R")});
    return night;
}

bool is_artefact(const Event& e) { return e.kind == "leg_artefact"; }

// The movements; artefacts() has the rest.
events::Detection detect(const Night& night, const OptionValues& values = {}) {
    events::Detection found = events::leg_movements_detector.run(night, values);
    std::erase_if(found.events, is_artefact);
    sort_events(found.events);
    return found;
}

EventList artefacts(const Night& night, const OptionValues& values = {}) {
    EventList events = events::leg_movements_detector.run(night, values).events;
    std::erase_if(events, std::not_fn(is_artefact));
    sort_events(events);
    return events;
}

bool has(const Findings& findings, FindingCode code) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.code == code; });
}

// Every burst is found, within the tolerance, as one leg movement, and nothing else is.
void check_finds(const Leg& leg, const std::vector<Burst>& wanted, double tolerance_s = 0.06) {
    const EventList events = detect(night_of(leg)).events;
    CHECK(events.size() == wanted.size());
    for (const Burst& b : wanted) {
        INFO("planted at " << b.onset_s << " to " << b.offset_s);
        const auto hit = std::find_if(events.begin(), events.end(), [&](const Event& e) {
            return std::fabs(seconds(e.extent.onset) - b.onset_s) < tolerance_s &&
                   std::fabs(seconds(e.extent.offset) - b.offset_s) < tolerance_s;
        });
        CHECK(hit != events.end());
    }
}

const std::vector<Burst> some{{20, 21.5, 40}, {40, 40.7, 25}, {60, 64, 90},
                              {80, 82, 12},   {100, 101, 40}, {110, 113, 60}};

}  // namespace

TEST_CASE("Leg movements are found at every usual rate and noise", "[events]") {
    for (const double rate_hz : {200.0, 256.0, 500.0, 512.0, 1000.0})
        for (const double rest_uv : {0.5, 2.0, 4.0}) {
            INFO(rate_hz << " Hz, rest " << rest_uv << " uV");
            check_finds(Leg(rate_hz, 130, rest_uv, some), some, 0.1);
        }
}

TEST_CASE("Onsets are where movements begin, at once or slowly", "[events]") {
    for (const double rate_hz : {200.0, 256.0, 500.0})
        for (const double rise_s : {0.0, 0.045, 0.1}) {
            std::mt19937 random(7);
            std::uniform_real_distribution<double> part(0, 1);
            std::vector<float> x = emg_noise(static_cast<std::size_t>(1500 * rate_hz), rate_hz, 1);
            const std::vector<float> activity = emg_noise(x.size(), rate_hz, 51);
            for (float& v : x) v *= 3;
            std::vector<double> onsets, errors;
            for (double t = 20; t < 1480; t += 6 + 4 * part(random)) {
                const double rms_uv = 15.4 * std::pow(7, part(random)), length_s = 0.6 + 2 * part(random);
                onsets.push_back(t);
                for (auto i = static_cast<std::size_t>(std::ceil(t * rate_hz));
                     i < static_cast<std::size_t>((t + length_s) * rate_hz); ++i) {
                    const double since_s = static_cast<double>(i) / rate_hz - t;
                    x[i] += activity[i] * static_cast<float>(rms_uv * (since_s < rise_s ? since_s / rise_s : 1));
                }
            }
            Leg leg(rate_hz, 1, 1, {});
            leg.x = std::move(x);
            const EventList found = detect(night_of(leg)).events;
            REQUIRE(found.size() == onsets.size());
            for (std::size_t i = 0; i < found.size(); ++i) errors.push_back(seconds(found[i].extent.onset) - onsets[i]);
            std::sort(errors.begin(), errors.end());
            INFO(rate_hz << " Hz, a rise of " << rise_s << " s");
            CHECK(1000 * std::fabs(errors[errors.size() / 2]) <= 9);
        }
}

TEST_CASE("An event carries leg, channel and measures", "[events]") {
    const events::Detection found =
        detect(night_of(Leg(256, 60, 2, {{20, 22, 50}}), Leg(256, 60, 3, {{40, 43, 30}}, 2)));
    REQUIRE(found.events.size() == 2);
    CHECK(found.ran);
    CHECK(found.findings.empty());
    CHECK(found.at_risk.total() == 60s);
    CHECK(found.partly_at_risk.empty());
    const Event &left = found.events[0], &right = found.events[1];
    CHECK(left.kind == "leg_movement");
    CHECK(left.side == Side::left);
    CHECK(left.channel == "LEG/L");
    CHECK(right.side == Side::right);
    CHECK(left.number("resting_uv") == Approx(2).epsilon(0.1));
    CHECK(right.number("resting_uv") == Approx(3).epsilon(0.1));
    CHECK(left.number("amplitude_uv") == Approx(48).epsilon(0.15));
    CHECK(right.number("amplitude_uv") == Approx(27).epsilon(0.15));
    CHECK(left.number("rise_uv") > left.number("amplitude_uv"));
    CHECK(left.number("peak_uv") > 100);
    CHECK(left.number("sustained_uv") > 30);
}

TEST_CASE("The rules on amplitude, duration, pauses and length hold", "[events]") {
    SECTION("too short, too small") {
        check_finds(Leg(256, 130, 2, {{20, 20.35, 50}, {40, 43, 4}, {80, 81, 40}}), {{80, 81, 40}});
    }
    SECTION("a pause of less than half a second belongs to the movement") {
        check_finds(Leg(256, 60, 2, {{20, 21, 40}, {21.3, 22, 40}}), {{20, 22, 40}});
    }
    SECTION("a longer one parts two") {
        const std::vector<Burst> two{{20, 21, 40}, {21.8, 23, 40}};
        check_finds(Leg(256, 60, 2, two), two);
    }
    SECTION("more than ten seconds are a long leg movement") {
        const EventList events = detect(night_of(Leg(256, 120, 2, {{20, 29.5, 40}, {60, 71, 40}}))).events;
        REQUIRE(events.size() == 2);
        CHECK(events[0].kind == "leg_movement");
        CHECK(events[1].kind == "long_leg_movement");
        CHECK(detect(night_of(Leg(256, 120, 2, {{60, 71, 40}})), {{"max_duration_s", "15"}}).events[0].kind ==
              "leg_movement");
    }
    SECTION("short twitches that a pause joins lack the morphology") {
        const Leg leg(256, 60, 2, {{20, 20.1, 40}, {20.4, 20.5, 40}, {20.8, 20.9, 40}});
        CHECK(detect(night_of(leg)).events.empty());
        CHECK(detect(night_of(leg), {{"standard", "aasm"}}).events.size() == 1);  // that has no such rule
        CHECK(detect(night_of(leg), {{"standard", "aasm"}, {"morphology", "yes"}}).events.empty());
    }
    SECTION("thresholds are options") {
        CHECK(detect(night_of(Leg(256, 60, 2, {{20, 22, 6}}))).events.empty());
        CHECK(detect(night_of(Leg(256, 60, 2, {{20, 22, 6}})), {{"onset_uv", "3"}}).events.size() == 1);
    }
}

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

TEST_CASE("What cannot be scored leaves the time at risk", "[events]") {
    const Leg whole(256, 300, 2, {});
    SECTION("a lead that is off") {
        Leg leg(256, 300, 2, {{20, 22, 40}});
        leg.between(100, 160, [](double, double) { return -3276.7; });
        const events::Detection one = detect(night_of(leg));
        CHECK(one.events.size() == 1);
        CHECK(seconds(one.at_risk.total()) == Approx(240).margin(1));
        CHECK(one.partly_at_risk == one.at_risk);
        CHECK(has(one.findings, FindingCode::CHANNEL_NOT_FOUND));
        CHECK(has(one.findings, FindingCode::DETECTOR_REDUCED));
        const events::Detection both = detect(night_of(leg, whole));
        CHECK(seconds(both.at_risk.total()) == Approx(300).margin(0.1));
        CHECK(seconds(both.partly_at_risk.total()) == Approx(60).margin(1));
        const Leg active(256, 300, 2, {{120, 122, 40}, {200, 202, 40}});  // the first while the other lead is off
        CHECK(detect(night_of(leg, active)).events.size() == 3);
        const OptionValues require{{"require_both_legs", "yes"}};
        const events::Detection strict = detect(night_of(leg, active), require);
        CHECK(seconds(strict.at_risk.total()) == Approx(240).margin(1));
        CHECK(strict.partly_at_risk.empty());
        CHECK(strict.events.size() == 2);
        CHECK_FALSE(detect(night_of(leg), require).ran);
        // what cannot be scored is told as intervals with the reason
        const EventList lost = artefacts(night_of(leg));
        REQUIRE(lost.size() == 1);
        CHECK(lost[0].text("reason") == "no_signal");
        CHECK(lost[0].side == Side::left);
        CHECK(lost[0].channel == "LEG/L");
        CHECK(one.at_risk == IntervalSet({{Time(0), from_seconds(300)}}).without(IntervalSet({lost[0].extent})));
        REQUIRE(artefacts(night_of(leg, active), require).size() == 1);
        CHECK(artefacts(night_of(leg, active), require)[0].extent == lost[0].extent);
    }
    SECTION("a resting level that is too high") {
        Leg leg(256, 300, 2, {{20, 22, 40}});
        leg.between(100, 220, [](double, double v) { return 10 * v; });
        const events::Detection found = detect(night_of(leg));
        CHECK(found.events.size() == 1);
        CHECK(seconds(found.at_risk.total()) == Approx(180).margin(2));
        IntervalSet lost;
        for (const Event& e : artefacts(night_of(leg))) {
            CHECK(e.text("reason") == "resting_level");
            lost.add(e.extent);
        }
        CHECK(found.at_risk == IntervalSet({{Time(0), from_seconds(300)}}).without(lost));
    }
    SECTION("a stretch that is too short, a channel that is too coarse") {
        Night night = night_of(whole, whole);
        Signal& left = night.signals[0].signal;
        auto& all = left.stretches[0].samples;
        left.stretches.push_back({from_seconds(310), {all.begin(), all.begin() + 5 * 256}});
        night.segments.push_back({from_seconds(310), from_seconds(315)});
        night.signals[1].signal.step = 5;
        const EventList lost = artefacts(night);
        REQUIRE(lost.size() == 2);
        CHECK(lost[0].text("reason") == "channel_unusable");
        CHECK(lost[0].side == Side::right);
        CHECK(lost[1].text("reason") == "short_stretch");
        CHECK(lost[1].extent == Interval{from_seconds(310), from_seconds(315)});
    }
    SECTION("hum that was subtracted does not") {
        Leg leg(256, 300, 2, {});
        leg.between(100, 220, [](double t, double v) { return v + 30 * std::sin(2 * std::numbers::pi * 50 * t); });
        CHECK(seconds(detect(night_of(leg)).at_risk.total()) == Approx(300).margin(0.1));
    }
}

TEST_CASE("A lead that hums and shows no muscle leaves the time at risk", "[events]") {
    for (const double peak_uv : {80.0, 150.0, 300.0})
        for (const double noise_uv : {0.0, 0.5}) {
            INFO(peak_uv << " uV of hum, " << noise_uv << " uV of noise");
            const std::vector<float> noise = emg_noise(256 * 400, 256, 9);
            Leg leg(256, 400, 2, {{20, 22, 40}, {320, 322, 40}});
            leg.between(100, 300, [&](double t, double) {
                return peak_uv * std::sin(2 * std::numbers::pi * 50.02 * t) +
                       noise_uv * static_cast<double>(noise[static_cast<std::size_t>(t * 256)]);
            });
            const events::Detection found = detect(night_of(leg));
            CHECK(found.events.size() == 2);
            CHECK(seconds(found.at_risk.total()) == Approx(200).margin(4));
        }
    // a connected electrode in the same hum stays
    Leg leg(256, 400, 2, {{20, 22, 40}, {200, 202, 40}, {320, 322, 40}});
    leg.between(100, 300, [](double t, double v) { return v + 300 * std::sin(2 * std::numbers::pi * 50.02 * t); });
    const events::Detection found = detect(night_of(leg));
    CHECK(found.events.size() == 3);
    CHECK(seconds(found.at_risk.total()) == Approx(400).margin(0.1));
}

TEST_CASE("Saturation that comes and goes is no rest", "[events]") {
    std::vector<Burst> planted;
    for (double t = 20; t < 580; t += 30) planted.push_back({t, t + 2, 40});
    SECTION("most of the time at the limits: nothing is scored") {
        for (const double limit_uv : {300.0, 250.0}) {
            Leg leg(256, 600, 2, planted);
            leg.between(300, 600, [&](double t, double v) { return v + 900 * std::sin(2 * std::numbers::pi * 0.3 * t); });
            leg.between(0, 600, [&](double, double v) { return std::clamp(v, -limit_uv, limit_uv); });
            const events::Detection found = detect(night_of(leg));
            CHECK(found.events.size() == 10);
            for (const Event& e : found.events) {
                CHECK(e.kind == "leg_movement");
                CHECK(e.number("resting_uv") == Approx(2).epsilon(0.15));
            }
            CHECK(seconds(found.at_risk.total()) == Approx(300).margin(4));
        }
    }
    SECTION("a short one does not cut a movement, lengthen it, or make one") {
        Leg leg(256, 600, 2, planted);
        for (double t = 20; t < 580; t += 30) {
            leg.between(t + 0.8, t + 1.1, [](double, double) { return 300; });
            leg.between(t + 12, t + 12.3, [](double, double) { return -300; });
        }
        const events::Detection found = detect(night_of(leg));
        REQUIRE(found.events.size() == planted.size());
        for (std::size_t i = 0; i < planted.size(); ++i) {
            CHECK(seconds(found.events[i].extent.onset) == Approx(planted[i].onset_s).margin(0.1));
            CHECK(seconds(found.events[i].extent.offset) == Approx(planted[i].offset_s).margin(0.1));
        }
        CHECK(seconds(found.at_risk.total()) == Approx(600).margin(0.1));
    }
    SECTION("a connection that drops out for a second at a time") {
        Leg leg(256, 600, 2, planted);
        for (double t = 300; t < 600; t += 1.7) leg.between(t, t + 1, [](double, double) { return 0; });
        const events::Detection found = detect(night_of(leg));
        CHECK(found.events.size() == 10);
        CHECK(seconds(found.at_risk.total()) == Approx(300).margin(4));
    }
    SECTION("a coarse, quiet channel is not held") {
        Leg leg(256, 600, 1, planted);
        leg.between(0, 600, [](double, double v) { return 2 * std::round(v / 2); });
        const events::Detection found = detect(night_of(leg));
        CHECK(found.events.size() == planted.size());
        CHECK(seconds(found.at_risk.total()) == Approx(600).margin(1));
    }
}

TEST_CASE("Nothing crosses a gap", "[events]") {
    Night night = night_of(Leg(256, 60, 2, {{50.5, 61, 40}}));
    night.signals[0].signal.stretches.push_back({Time(100s), Leg(256, 60, 2, {{-1, 2, 40}}, 7).x});
    const events::Detection found = detect(night);
    REQUIRE(found.events.size() == 2);
    CHECK(found.events[0].extent.offset <= 60s);
    CHECK(seconds(found.events[0].extent.offset) == Approx(60).margin(0.02));
    CHECK(seconds(found.events[1].extent.onset) == Approx(100).margin(0.02));
    CHECK(seconds(found.events[1].extent.offset) == Approx(102).margin(0.05));
    CHECK(found.at_risk == IntervalSet({{0s, 60s}, {100s, 160s}}));
}

TEST_CASE("Channels that cannot be used are named", "[events]") {
    const Leg leg(256, 60, 2, {{20, 22, 40}});
    Night night = night_of(leg, leg);
    SECTION("coarse steps") {
        night.signals[0].signal.step = 31.25;
        const events::Detection one = detect(night);
        CHECK(one.ran);
        CHECK(one.events.size() == 1);
        REQUIRE(has(one.findings, FindingCode::RESOLUTION_COARSE));
        CHECK(one.findings[0].message.find("LEG/L") != std::string::npos);
        CHECK(one.findings[0].message.find("31.25 uV") != std::string::npos);
        CHECK(one.findings[0].channel == 0);
        night.signals[1].signal.step = 31.25;
        const events::Detection none = detect(night);
        CHECK_FALSE(none.ran);
        CHECK(none.at_risk.empty());
        CHECK(has(none.findings, FindingCode::DETECTOR_NOT_RUN));
        CHECK(detect(night, {{"max_step_uv", "50"}}).ran);
    }
    SECTION("unknown unit") {
        night.signals[0].signal.unit = "mmHg";
        night.signals[1].signal.unit = "";
        CHECK_FALSE(detect(night).ran);
        CHECK(has(detect(night).findings, FindingCode::CHANNEL_UNUSABLE));
    }
    SECTION("low rate") {
        night.signals[0].signal.rate = SampleRate::hertz(64);
        CHECK(has(detect(night).findings, FindingCode::CHANNEL_UNUSABLE));
    }
    SECTION("no legs at all") {
        const events::Detection found = detect(Night{});
        CHECK_FALSE(found.ran);
        CHECK(found.findings.size() == 3);
    }
}

TEST_CASE("Strange signals are taken without complaint", "[events]") {
    const auto run = [](std::vector<float> x, double rate_hz = 256) {
        Leg leg(rate_hz, 1, 1, {});
        leg.x = std::move(x);
        return detect(night_of(leg));
    };
    CHECK(run(std::vector<float>(256 * 120, NAN)).at_risk.empty());
    CHECK(run(std::vector<float>(256 * 120, 0.0F)).at_risk.empty());
    CHECK(run(std::vector<float>(256 * 120, -3276.7F)).events.empty());
    for (const std::size_t n : {0U, 1U, 2U, 100U, 255U, 256U, 2559U, 2560U, 2561U, 5000U})
        CHECK(run(std::vector<float>(n, 1.0F)).events.empty());
    for (const double rate_hz : {100.0, 200.0, 16000.0})
        CHECK(run(emg_noise(3000, rate_hz, 1), rate_hz).events.empty());
    std::vector<float> wild = emg_noise(256 * 60, 256, 5);
    for (std::size_t i = 0; i < wild.size(); i += 97) wild[i] = i % 2 ? INFINITY : -1e30F;
    run(wild);
    std::vector<float> mixed = Leg(256, 120, 2, {{20, 22, 40}, {100, 102, 40}}).x;
    for (std::size_t i = 256 * 50; i < 256 * 70; ++i) mixed[i] = NAN;
    mixed[30] = NAN;
    const events::Detection found = run(mixed);
    CHECK(found.events.size() == 2);
    CHECK(seconds(found.at_risk.total()) == Approx(100).margin(1));
}

TEST_CASE("Options are checked", "[events]") {
    const Night night = night_of(Leg(256, 20, 2, {}));
    CHECK_THROWS_AS(detect(night, {{"onset", "8"}}), UsageError);
    CHECK_THROWS_AS(detect(night, {{"onset_uv", "eight"}}), UsageError);
    CHECK_THROWS_AS(detect(night, {{"high_pass_hz", "90"}}), UsageError);
    CHECK(events::leg_movements_detector.options.size() == 19);
    for (const OptionInfo& info : events::leg_movements_detector.options) {
        CHECK_FALSE(info.source.empty());
        CHECK_FALSE(info.text.empty());
    }
}

TEST_CASE("The simulated reference night is scored as planted", "[events][reference]") {
    PSG_REFERENCE_OR_SKIP(folder, "movements/main256");
    const io::EdfReader reader(folder + "/emg.edf");
    std::vector<Signal> signals = reader.read(std::vector<int>{0, 1, 2});
    Night night;
    night.signals = {{Role::leg_left, "", signals[0]}, {Role::leg_right, "", signals[1]}, {Role::ecg, "", signals[2]}};
    const EventList events = detect(night).events;

    // truth_events.csv: id, leg, onset_s, offset_s, ..., is_lm
    std::ifstream truth(folder + "/truth_events.csv");
    std::string line;
    std::getline(truth, line);
    int planted = 0, found = 0;
    std::vector<double> onset_errors, offset_errors;
    std::vector<char> matched(events.size(), 0);
    while (std::getline(truth, line)) {
        std::vector<std::string> fields(1);
        for (const char c : line)
            if (c == ',')
                fields.emplace_back();
            else if (c != '\r')
                fields.back() += c;
        if (fields.back() != "1") continue;
        ++planted;
        const Side side = fields[1] == "L" ? Side::left : Side::right;
        const Interval extent{*parse_seconds(fields[2]), *parse_seconds(fields[3])};
        for (std::size_t i = 0; i < events.size(); ++i)
            if (events[i].kind == "leg_movement" && events[i].side == side && events[i].extent.overlaps(extent)) {
                matched[i] = 1;
                ++found;
                onset_errors.push_back(seconds(events[i].extent.onset - extent.onset));
                offset_errors.push_back(seconds(events[i].extent.offset - extent.offset));
                break;
            }
    }
    std::size_t unmatched = 0;
    for (std::size_t i = 0; i < events.size(); ++i) unmatched += events[i].kind == "leg_movement" && !matched[i];
    const auto middle = [](std::vector<double> v) {
        std::sort(v.begin(), v.end());
        return v.at(v.size() / 2);
    };
    CHECK(planted == 300);
    CHECK(found >= 294);
    CHECK(unmatched <= 2);
    CHECK(std::fabs(middle(onset_errors)) <= 0.010);
    CHECK(std::fabs(middle(offset_errors)) <= 0.030);
}

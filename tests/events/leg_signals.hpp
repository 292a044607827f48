// Small simulated signals of legs with planted movements, for the tests of the detector of leg movements.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "libpsg/events/detector.hpp"
#include "libpsg/signal/butterworth.hpp"

namespace psg::events {
extern const Detector leg_movements_detector;
}

namespace psg::test {

struct Burst {
    double onset_s, offset_s, rms_uv;
};

// Noise of 20 Hz to 0.45 of the rate with a root mean square of 1.
inline std::vector<float> emg_noise(std::size_t count, double rate_hz, unsigned seed) {
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

inline Signal as_signal(const std::vector<float>& x, double rate_hz, const std::string& label) {
    Signal s;
    s.channel = label == "LEG/L" ? 0 : 1;
    s.label = label;
    s.unit = "uV";
    s.rate = SampleRate::hertz(static_cast<std::int64_t>(rate_hz));
    s.step = 0.1;
    s.stretches.push_back({Time(0), x});
    return s;
}

inline Night night_of(const Leg& left) {
    Night night;
    night.signals.push_back({Role::leg_left, "", as_signal(left.x, left.rate_hz, "LEG/L")});
    night.segments.push_back({Time(0), night.signals[0].signal.view(0).extent().offset});
    return night;
}

inline Night night_of(const Leg& left, const Leg& right) {
    Night night = night_of(left);
    night.signals.push_back({Role::leg_right, "", as_signal(right.x, right.rate_hz, "LEG/R")});
    return night;
}

inline bool is_artefact(const Event& e) { return e.kind == "leg_artefact"; }

// The movements; artefacts() has the rest.
inline events::Detection detect(const Night& night, const OptionValues& values = {}) {
    events::Detection found = events::leg_movements_detector.run(night, values);
    std::erase_if(found.events, is_artefact);
    sort_events(found.events);
    return found;
}

inline EventList artefacts(const Night& night, const OptionValues& values = {}) {
    EventList events = events::leg_movements_detector.run(night, values).events;
    std::erase_if(events, std::not_fn(is_artefact));
    sort_events(events);
    return events;
}

inline bool has(const Findings& findings, FindingCode code) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.code == code; });
}

// Every burst is found, within the tolerance, as one leg movement, and nothing else is.
inline void check_finds(const Leg& leg, const std::vector<Burst>& wanted, double tolerance_s = 0.06) {
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

inline const std::vector<Burst> some{{20, 21.5, 40}, {40, 40.7, 25}, {60, 64, 90},
                                     {80, 82, 12},   {100, 101, 40}, {110, 113, 60}};

}  // namespace psg::test

// Simulated two-leg nights: planting and rendering.
// SPDX-License-Identifier: BSD-3-Clause
#include "tests/events/leg_nights.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "libpsg/signal/butterworth.hpp"

namespace psg::test {

namespace {

// SplitMix64: the same numbers everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) { state_ = bits() ^ (seed << 32); }
    std::uint64_t bits() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31);
    }
    double uniform(double a, double b) { return a + (b - a) * static_cast<double>(bits() >> 11) * 0x1p-53; }
    int below(int n) { return static_cast<int>(bits() % static_cast<std::uint64_t>(n)); }
    double log_uniform(double a, double b) { return std::exp(uniform(std::log(a), std::log(b))); }
    // Sum of four uniform numbers; the filter makes it Gaussian.
    float noise() {
        const std::uint64_t b = bits();
        return static_cast<float>((b & 0xFFFF) + ((b >> 16) & 0xFFFF) + ((b >> 32) & 0xFFFF) + (b >> 48)) - 131070.0F;
    }

private:
    std::uint64_t state_;
};

// Something that changes the signal of one leg (or both: -1) for a while.
struct Stretch {
    enum Kind { level, hum, ecg, off, clip } kind;
    int leg;
    double from_s, to_s;
    double a = 0, b = 0;  // level: uV at both ends; hum: fundamental's peak uV, mains frequency; ecg: peak uV; clip: uV
    double harmonics[4] = {0, 0, 0, 0};  // hum: peaks of 2f, 3f, 4f, 5f, relative
};

struct Planner {
    const LegNightOptions& o;
    Random random;
    std::vector<PlantedBurst> bursts;
    std::vector<Stretch> stretches;
    EventList respiratory, arousals;
    double gap_from_s = 0, gap_to_s = 0;

    explicit Planner(const LegNightOptions& options) : o(options), random(options.seed) {}
    double end() const { return o.hours * 3600; }

    void burst(int leg, double at, double length, double rms, bool movement, const char* kind) {
        bursts.push_back({leg, at, at + length, rms, movement, kind});
        if (movement && random.below(7) == 0) {
            const double from = at + random.uniform(-0.3, length + 0.3);
            arousals.push_back(event("arousal", from, random.uniform(3.1, 6)));
        }
    }
    static Event event(const char* kind, double at, double length) {
        Event e;
        e.kind = kind;
        e.extent = {from_seconds(at), from_seconds(at + length)};
        return e;
    }
    double strong() { return random.log_uniform(15.4, 110); }

    // One group of movements from `t` on; returns where it ends.
    double group(double t) {
        const int leg = random.below(2);
        switch (random.below(12)) {
            case 0:
            case 1:
            case 2:
            case 3: {  // a periodic train: one leg, alternating, or both
                const double interval = random.uniform(12, 65), jitter = random.uniform(0.05, 0.12);
                const int count = 6 + random.below(10), pattern = random.below(3);
                for (int i = 0; i < count; ++i, t += interval * random.uniform(1 - jitter, 1 + jitter)) {
                    const int this_leg = pattern == 1 ? (leg + i) % 2 : leg;
                    const double length = random.uniform(0.6, 4.2);
                    burst(this_leg, t, length, strong(), true, "train");
                    if (pattern == 2 && random.below(3))
                        burst(1 - leg, t + random.uniform(0, 0.4), std::max(0.6, length * random.uniform(0.8, 1.1)),
                              strong(), true, "train");
                }
                return t;
            }
            case 4: {  // short intervals
                const bool very = random.below(2);
                for (int i = 0; i < 7; ++i, t += very ? random.uniform(2.9, 3.5) : random.uniform(6.2, 7.8))
                    burst(leg, t, very ? random.uniform(0.6, 1.2) : random.uniform(0.7, 3.9), strong(), true,
                          "short interval");
                return t;
            }
            case 5: {  // with respiratory events
                for (int i = 0; i < 8; ++i) {
                    const double length = random.uniform(14, 30);
                    respiratory.push_back(event(i % 2 ? "obstructive_apnea" : "hypopnea", t, length));
                    burst(random.below(2), t + length + random.uniform(0, 1), random.uniform(0.7, 3), strong(), true,
                          "respiratory");
                    t += random.uniform(45, 70);
                }
                return t;
            }
            case 6: {  // both legs overlapping, chained, or more than five at once
                const int count = 2 + random.below(4);
                for (int i = 0; i < count; ++i, t += random.uniform(1.5, 2))
                    burst((leg + i) % 2, t, random.uniform(1.1, 1.4), 40, true, "chain");
                return t;
            }
            case 7: {  // a train that is broken by a movement of more than 10 s
                for (int i = 0; i < 7; ++i, t += 25) {
                    if (i == 4) burst(leg, t - 5, random.uniform(11, 18), random.uniform(15, 50), false, "too long");
                    burst(leg, i > 3 ? t + 20 : t, 2, 45, true, "broken train");
                }
                return t + 20;
            }
            case 8:
                burst(leg, t, random.uniform(11, 18), random.uniform(15, 50), false, "too long");
                return t + 18;
            case 9:
                for (int i = 0; i < 2; ++i, t += random.uniform(30, 130))
                    burst(random.below(2), t, random.uniform(0.15, 0.38), random.uniform(20, 50), false, "too short");
                return t;
            case 10:
                for (int i = 0; i < 2; ++i, t += random.uniform(30, 130))
                    burst(random.below(2), t, random.uniform(1, 4), random.uniform(2, 3.45), false, "too small");
                return t;
            default:
                for (int i = 0; i < 4; ++i, t += random.uniform(40, 160)) {
                    const bool marginal = i == 3;
                    burst(random.below(2), t, marginal ? random.uniform(1.2, 4) : random.uniform(0.6, 8.8),
                          // marginal: 8 uV above rest, whatever the noise
                          marginal ? random.uniform(9.6, 12.3) * std::max(1.0, 0.5 + o.noise / 2) : strong(), true,
                          marginal ? "marginal" : "isolated");
                }
                return t;
        }
    }

    void plan() {
        for (int leg = 0; leg < 2; ++leg)
            for (double t = 0; t < end();) {
                const double from = random.uniform(2, 5), length = random.uniform(1800, 5400);
                const double to = random.below(4) == 0 ? random.uniform(2, 5) : from;
                stretches.push_back({Stretch::level, leg, t, t + length, from * o.noise, to * o.noise});
                t += length;
            }
        // a loud stretch, in which only strong movements could be seen: nothing but decoys is planted there
        const double loud = random.uniform(0.3, 0.8) * end();
        stretches.push_back({Stretch::level, random.below(2), loud, loud + 300, 12, 12});
        const double mains_hz = (random.below(2) ? 50.0 : 60.0) * random.uniform(0.999, 1.001);  // one house, one mains
        if (o.hum)
            for (double t = random.uniform(0, 3600); t < end() - 400; t += random.uniform(1200, 6000)) {
                Stretch s{Stretch::hum, random.below(3) - 1, t, 0, random.log_uniform(3, 150), mains_hz};
                s.to_s = t + random.uniform(200, 600);
                for (double& h : s.harmonics) h = random.below(2) ? random.uniform(0, 0.5) : 0;
                stretches.push_back(s);
            }
        for (int leg = 0; leg < 2 && o.pick_up_uv > 0; ++leg)
            stretches.push_back({Stretch::ecg, leg, 0, end(), o.pick_up_uv, 0});
        for (int i = 0; o.pick_up_uv <= 0 && i < std::max(1, static_cast<int>(o.hours / 4)); ++i) {
            const double at = random.uniform(0, end() - 900);
            stretches.push_back({Stretch::ecg, random.below(2), at, at + 900, random.uniform(8, 60), 0});
        }
        if (o.defects) {
            const double off = random.uniform(0.1, 0.2) * end();
            stretches.push_back({Stretch::off, random.below(2), off, off + random.uniform(60, 400)});
            const double clipped = random.uniform(0.4, 0.6) * end();
            stretches.push_back({Stretch::clip, random.below(2), clipped, clipped + 900, random.uniform(60, 200)});
            gap_from_s = std::floor(random.uniform(0.6, 0.7) * end());
            gap_to_s = gap_from_s + std::floor(random.uniform(5, 90));
        }
        for (double t = std::min(600.0, end() / 10); t < end() - 100;) t = group(t) + random.uniform(20, 140);
        const auto near = [](const PlantedBurst& b, double from, double to) {
            return b.onset_s < to + 3 && b.offset_s > from - 3;
        };
        std::erase_if(bursts, [&](const PlantedBurst& b) {
            if (b.offset_s > end() - 5 || (gap_to_s > 0 && near(b, gap_from_s, gap_to_s))) return true;
            if (b.is_movement && near(b, loud, loud + 300)) return true;
            return std::any_of(stretches.begin(), stretches.end(), [&](const Stretch& s) {
                return s.kind == Stretch::off && s.leg == b.leg && near(b, s.from_s, s.to_s);
            });
        });
        std::stable_sort(bursts.begin(), bursts.end(), [](auto& a, auto& b) { return a.onset_s < b.onset_s; });
        // of the same leg at least 0.7 s apart
        double last[2] = {-1, -1};
        std::erase_if(bursts, [&](const PlantedBurst& b) {
            if (b.onset_s < last[b.leg] + 0.7) return true;
            last[b.leg] = b.offset_s;
            return false;
        });
    }
};

// Noise from 20 Hz up with a root mean square of 1.
std::vector<float> emg_noise(std::size_t count, const LegNightOptions& o, Random& random) {
    std::vector<float> x(count);
    for (float& v : x) v = random.noise();
    const double top = o.wide_band ? 0.45 * o.rate_hz : std::min(115.0, 0.45 * o.rate_hz);
    signal::filter_causal(signal::butterworth_band_pass(3, 20, top, o.rate_hz), x);
    double power = 0;
    for (const float v : x) power += static_cast<double>(v) * static_cast<double>(v);
    const auto scale = static_cast<float>(1 / std::sqrt(power / static_cast<double>(count)));
    for (float& v : x) v *= scale;
    return x;
}

// A heart beat around its R wave, 1 at its peak.
double heart_beat(double t) {
    return std::exp(-t * t / (2 * 0.009 * 0.009)) - 0.3 * std::exp(-(t - 0.028) * (t - 0.028) / (2 * 0.011 * 0.011)) +
           0.15 * std::exp(-(t - 0.25) * (t - 0.25) / (2 * 0.04 * 0.04));
}

// One that comes from a ventricle: wide, the other way round at its end, a T wave against it. By lead and place its waves
// are wider or narrower, and of either sign.
double ectopic_beat(double t) {
    return 1.3 * std::exp(-t * t / (2 * 0.02 * 0.02)) - 0.9 * std::exp(-(t - 0.055) * (t - 0.055) / (2 * 0.022 * 0.022)) -
           0.35 * std::exp(-(t - 0.3) * (t - 0.3) / (2 * 0.05 * 0.05));
}

// What depends on time beside the level: hum, heart beats, clipping, a lead off; as the recorder would keep it.
void finish_leg(std::vector<float>& x, int leg, const Planner& p, const std::vector<float>& ecg) {
    const double rate = p.o.rate_hz;
    const auto at = [&](double t) { return std::min(x.size(), static_cast<std::size_t>(std::max(0.0, t * rate))); };
    const auto each = [&](Stretch::Kind kind, auto act) {
        for (const Stretch& s : p.stretches)
            if (s.kind == kind && (s.leg < 0 || s.leg == leg))
                for (std::size_t i = at(s.from_s); i < at(s.to_s); ++i) act(s, i);
    };
    each(Stretch::hum, [&](const Stretch& s, std::size_t i) {
        const double w = 2 * std::numbers::pi * s.b * static_cast<double>(i) / rate;
        double sum = std::sin(w + 0.3);
        for (int h = 0; h < 4; ++h)
            if (s.harmonics[h] > 0 && (h + 2) * s.b < 0.5 * rate) sum += s.harmonics[h] * std::sin((h + 2) * w + h);
        x[i] += static_cast<float>(s.a * sum);
    });
    each(Stretch::ecg, [&](const Stretch& s, std::size_t i) { x[i] += static_cast<float>(s.a / 1000) * ecg[i]; });
    each(Stretch::clip, [&](const Stretch& s, std::size_t i) { x[i] = std::clamp(x[i], float(-s.a), float(s.a)); });
    for (float& v : x) v = std::clamp(std::round(v * 10) / 10, -3276.7F, 3276.7F);
    each(Stretch::off, [&](const Stretch&, std::size_t i) { x[i] = leg ? 0.0F : -3276.7F; });
}

Signal as_signal(int channel, const char* label, std::vector<float> x, const Planner& p) {
    Signal s;
    s.channel = channel;
    s.label = label;
    s.unit = "uV";
    s.rate = SampleRate::hertz(p.o.rate_hz);
    s.step = 0.1;
    if (p.gap_to_s > 0) {
        const auto from = static_cast<std::ptrdiff_t>(p.gap_from_s * p.o.rate_hz),
                   to = static_cast<std::ptrdiff_t>(p.gap_to_s * p.o.rate_hz);
        s.stretches.push_back({Time(0), {x.begin(), x.begin() + from}});
        s.stretches.push_back({from_seconds(p.gap_to_s), {x.begin() + to, x.end()}});
    } else {
        s.stretches.push_back({Time(0), std::move(x)});
    }
    return s;
}

}  // namespace

LegNight make_leg_night(const LegNightOptions& options) {
    Planner p(options);
    p.plan();
    const double rate = options.rate_hz;
    const auto count = static_cast<std::size_t>(p.end() * rate);
    Random random(options.seed + 77), rhythm(options.seed + 99);
    std::vector<float> ecg(count, 0.0F);
    bool ectopic = false;
    const double width = rhythm.uniform(0.7, 1.5), sign = rhythm.below(2) ? 1 : -1;
    for (double beat = 0.6, phase = 0; beat < p.end();) {
        const auto from = static_cast<std::size_t>(std::max(0.0, (beat - (ectopic ? 0.15 : 0.1)) * rate));
        for (std::size_t i = from; i < std::min(count, static_cast<std::size_t>((beat + (ectopic ? 0.6 : 0.4)) * rate)); ++i) {
            const double t = static_cast<double>(i) / rate - beat;
            ecg[i] += static_cast<float>(1000 * (ectopic ? sign * ectopic_beat(t / width) : heart_beat(t)));
        }
        double next = 0.85 + 0.05 * std::sin(phase += 1.2) + random.uniform(-0.02, 0.02);
        if (options.irregular) next = rhythm.log_uniform(0.42, 1.25);
        if (ectopic) next *= 1.4;  // the pause
        ectopic = options.ectopic > 0 && !ectopic && rhythm.uniform(0, 1) < options.ectopic / (1 - options.ectopic);
        beat += ectopic ? 0.6 * next : next;
    }
    LegNight result;
    result.options = options;
    Night& night = result.night;
    for (int leg = 0; leg < 2; ++leg) {
        std::vector<float> x = emg_noise(count, options, random);
        const std::vector<float> activity = emg_noise(count, options, random);
        std::vector<float> level(count, 0.0F);
        for (const Stretch& s : p.stretches)
            if (s.kind == Stretch::level && s.leg == leg)
                for (auto i = static_cast<std::size_t>(s.from_s * rate);
                     i < std::min(count, static_cast<std::size_t>(s.to_s * rate)); ++i)
                    level[i] = static_cast<float>(s.a + (s.b - s.a) * (static_cast<double>(i) / rate - s.from_s) /
                                                            (s.to_s - s.from_s));
        for (std::size_t i = 0; i < count; ++i) x[i] *= level[i];
        for (const PlantedBurst& b : p.bursts) {
            if (b.leg != leg) continue;
            const auto to = std::min(count, static_cast<std::size_t>(b.offset_s * rate));
            for (auto i = static_cast<std::size_t>(std::ceil(b.onset_s * rate)); i < to; ++i) {
                const double t = static_cast<double>(i) / rate;
                x[i] +=
                    activity[i] *
                    static_cast<float>(b.rms_uv * std::min({1.0, (t - b.onset_s) / 0.045, (b.offset_s - t) / 0.045}));
            }
        }
        finish_leg(x, leg, p, ecg);
        night.signals.push_back(
            {leg ? Role::leg_right : Role::leg_left, "", as_signal(leg, leg ? "LEG/R" : "LEG/L", std::move(x), p)});
    }
    if (options.with_ecg) {
        for (float& v : ecg) v = std::round(v + 0.0001F * random.noise());
        night.signals.push_back({Role::ecg, "", as_signal(2, "ECG", std::move(ecg), p)});
    }
    if (p.gap_to_s > 0)
        night.segments = {{Time(0), from_seconds(p.gap_from_s)}, {from_seconds(p.gap_to_s), from_seconds(p.end())}};
    else
        night.segments = {{Time(0), from_seconds(p.end())}};
    const Stage cycle[] = {Stage::N1, Stage::N2, Stage::N2, Stage::N3, Stage::N2, Stage::R};
    for (int e = 0; e < static_cast<int>(p.end() / 30); ++e)
        night.hypnogram.stages.push_back(e < 20 || e % 97 < 4 ? Stage::W : cycle[(e / 30) % 6]);
    night.respiratory = std::move(p.respiratory);
    night.arousals = std::move(p.arousals);
    result.truth = std::move(p.bursts);
    return result;
}

}  // namespace psg::test

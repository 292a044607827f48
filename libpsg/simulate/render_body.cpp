// Renders EMG and ECG: resting tone by stage, planned bursts, heart beats, interference.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "libpsg/simulate/breaths.hpp"
#include "libpsg/simulate/elementary.hpp"
#include "libpsg/simulate/heart_beats.hpp"
#include "libpsg/simulate/noise_band.hpp"
#include "libpsg/simulate/render.hpp"
#include "libpsg/simulate/wave_shapes.hpp"

namespace psg::simulate {

namespace {

/// RMS in uV of a muscle at rest. The chin loses its tone from wake to REM sleep; relaxed limbs stay within about +-5
/// uV.
double resting_uv(Muscle muscle, const StatePiece& state) {
    const bool chin = muscle == Muscle::chin;
    switch (state.stage) {
        case Stage::N1:
            return chin ? 4.5 : 1.6;
        case Stage::N2:
            return chin ? 3.5 : 1.5;
        case Stage::N3:
            return chin ? 3.0 : 1.5;
        case Stage::R:
            return chin ? 1.1 : 1.2;
        default:
            return chin ? (state.eyes_open ? 9.0 : 6.5) : 2.0;
    }
}

class MuscleRenderer : public ChannelRenderer {
public:
    MuscleRenderer(const Plan& plan, Muscle muscle)
        : muscle_(muscle),
          noise_(plan.options.noise),
          common_gain_(common_gain(plan, muscle_label(muscle))),
          states_(plan.states),
          bursts_(plan.bursts),
          waves_(plan.waves),
          interferences_(plan.interferences),
          beats_(plan),
          breaths_(plan),
          other_style_(plan.options.style == "other"),
          floor_(plan.options.seed, std::string("floor ") + muscle_label(muscle)),
          // surface EMG: most of its power lies between 20 and 150 Hz; in the other style it is sharper
          activity_(other_style_ ? 35 : 20, other_style_ ? 220 : 150, plan.options.emg_rate_hz,
                    stream(plan, "activity ")),
          waxing_(1, other_style_ ? 12 : 5, plan.options.emg_rate_hz, stream(plan, "waxing ")) {}

    void render(std::int64_t second, std::span<double> samples) override {
        const std::size_t rate = samples.size();
        const double limb_noise = muscle_ == Muscle::chin ? 1 : noise_;
        const double target = limb_noise * resting_uv(muscle_, states_.at(std::chrono::seconds(second)));
        const double pull = 1 / static_cast<double>(rate);  // within about a second

        power_.assign(rate, 0);
        for (const Burst* b : bursts_.in(whole_second(second))) {
            if (b->muscle != muscle_) continue;
            const double length = seconds(b->extent.duration());
            for_samples_in(b->extent, second, rate, [&](std::size_t i, double t) {
                const double rms =
                    b->rms_uv * (other_style_ ? other_burst_value : burst_value)(t, length, b->rise_s, b->fall_s);
                power_[i] += rms * rms;
            });
        }
        for (std::size_t i = 0; i < rate; ++i) {
            rest_ += (target - rest_) * pull;
            const double waxing = std::max(0.5, 1 + (other_style_ ? 0.35 : 0.2) * waxing_.next());
            const double rms = std::sqrt(rest_ * rest_ + power_[i] * waxing * waxing);
            samples[i] += rms * activity_.next() + 0.4 * noise_ * floor_.noise();
        }
        add_common_waves(waves_.in(whole_second(second)), second, common_gain_, samples);
        interfere(second, samples);
    }

private:
    Random stream(const Plan& plan, const char* name) const {
        return Random(plan.options.seed, name + std::string(muscle_label(muscle_)));
    }

    void interfere(std::int64_t second, std::span<double> samples) {
        const std::vector<double>& beats = beats_.around(second);
        const std::vector<Breath>& breaths = breaths_.in(second);
        for (const Interference* part : interferences_.in(whole_second(second))) {
            if (part->muscle != muscle_) continue;
            for_samples_in(part->extent, second, samples.size(), [&](std::size_t i, double t) {
                if (part->kind == Interference::Kind::mains) {
                    samples[i] += part->amplitude_uv * sine_of_turns(50 * t);
                    return;
                }
                const double now = static_cast<double>(i) / static_cast<double>(samples.size());
                if (part->kind == Interference::Kind::snore) {
                    for (const Breath& b : breaths)
                        samples[i] += part->amplitude_uv * b.snore_at(now) * snore_value(t);
                    return;
                }
                for (const double beat : beats)
                    if (std::fabs(now - beat) < 0.15) samples[i] += part->amplitude_uv * qrs_value(now - beat);
            });
        }
    }

    Muscle muscle_;
    double noise_, common_gain_, rest_ = 2;
    StateCursor states_;
    ActiveActions<Burst> bursts_;
    ActiveActions<Wave> waves_;
    ActiveActions<Interference> interferences_;
    HeartBeats beats_;
    Breaths breaths_;
    bool other_style_;
    Random floor_;
    NoiseBand activity_, waxing_;
    std::vector<double> power_;  ///< of the bursts, uV^2
};

class EcgRenderer : public ChannelRenderer {
public:
    EcgRenderer(const Plan& plan, const std::string& label)
        : noise_uv_(5 * plan.options.noise),
          common_gain_(common_gain(plan, label)),
          beats_(plan),
          waves_(plan.waves),
          floor_(plan.options.seed, "floor " + label) {}

    void render(std::int64_t second, std::span<double> samples) override {
        const std::vector<double>& beats = beats_.around(second);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double now = static_cast<double>(i) / static_cast<double>(samples.size());
            for (const double beat : beats) samples[i] += 1000 * heart_beat_mv(now - beat);
            samples[i] += noise_uv_ * floor_.noise();
        }
        add_common_waves(waves_.in(whole_second(second)), second, common_gain_, samples);
    }

private:
    double noise_uv_, common_gain_;
    HeartBeats beats_;
    ActiveActions<Wave> waves_;
    Random floor_;
};

}  // namespace

std::unique_ptr<ChannelRenderer> render_muscle(const Plan& plan, Muscle muscle) {
    return std::make_unique<MuscleRenderer>(plan, muscle);
}

std::unique_ptr<ChannelRenderer> render_ecg(const Plan& plan, const std::string& label) {
    return std::make_unique<EcgRenderer>(plan, label);
}

}  // namespace psg::simulate

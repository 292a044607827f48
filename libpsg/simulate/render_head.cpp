// Renders EEG and EOG: rhythms by state, planned waves, eye movements.
// SPDX-License-Identifier: BSD-3-Clause
#include <array>
#include <cmath>

#include "libpsg/simulate/noise_band.hpp"
#include "libpsg/simulate/render.hpp"
#include "libpsg/simulate/wave_shapes.hpp"

namespace psg::simulate {

namespace {

constexpr int band_count = 5;
using Amplitudes = std::array<double, band_count>;  // RMS in uV

struct Band {
    const char* name;
    double low_hz, high_hz;
};
constexpr std::array<Band, band_count> bands{
    {{"delta", 0.5, 2}, {"theta", 4, 7.5}, {"alpha", 8.5, 11.5}, {"beta", 14, 28}, {"gamma", 30, 45}}};

// RMS amplitudes such that the power densities come near to the medians of scored nights (Sleep-EDF, Fpz-Cz, and one
// C3-A2 night of the St. Vincent's database): delta .5-4 Hz about 10 / 11 / 32 / 150 / 13 uV^2/Hz in W / N1 / N2 / N3 /
// R, theta 3 / 3 / 5 / 8 / 3. Alpha with closed eyes is that of relaxed wakefulness.
constexpr Amplitudes eyes_closed{5.5, 3, 10, 3.2, 2.2}, eyes_open{7, 3.5, 4, 4.6, 3.2}, light{6.2, 4.2, 2.6, 2.6, 1.2},
    middle{10, 4.6, 3, 2.8, 0.8}, deep{24, 5.4, 3.3, 2.4, 0.6}, rem{6.6, 3.8, 2.5, 2.6, 1.1},
    accelerated{5, 4, 9, 6, 2.6};

const Amplitudes& amplitudes(const StatePiece& state) {
    switch (state.stage) {
        case Stage::N1:
            return light;
        case Stage::N2:
            return middle;
        case Stage::N3:
            return deep;
        case Stage::R:
            return rem;
        default:
            return state.eyes_open ? eyes_open : eyes_closed;
    }
}

class HeadRenderer : public ChannelRenderer {
public:
    HeadRenderer(const Plan& plan, const std::string& label, double brain_gain, double eye_gain)
        : noise_uv_(0.7 * plan.options.noise),
          brain_gain_(brain_gain),
          eye_gain_(eye_gain),
          common_gain_(common_gain(plan, label)),
          states_(plan.states),
          waves_(plan.waves),
          accelerations_(plan.accelerations),
          bursts_(plan.bursts),
          muscle_(20, 100, plan.options.eeg_rate_hz, Random(plan.options.seed, "muscle " + label)),
          floor_(plan.options.seed, "floor " + label) {
        const double rate = plan.options.eeg_rate_hz;
        for (const Band& b : bands) {
            // all leads share the one brain and have a part of their own
            shared_.emplace_back(b.low_hz, b.high_hz, rate, Random(plan.options.seed, std::string("brain ") + b.name));
            own_.emplace_back(b.low_hz, b.high_hz, rate, Random(plan.options.seed, label + " " + b.name));
        }
    }

    void render(std::int64_t second, std::span<double> samples) override {
        const std::size_t rate = samples.size();
        const auto& accelerations = accelerations_.in(whole_second(second));
        const double pull = 1 / (0.2 * static_cast<double>(rate));  // amplitudes follow the state within about 0.2 s
        Amplitudes target{};
        const std::size_t block = rate / 16 + 1;
        for (std::size_t i = 0; i < rate; ++i) {
            if (i % block == 0) {
                const Time now = std::chrono::seconds(second) +
                                 Time(static_cast<std::int64_t>(i) * 1'000'000 / static_cast<std::int64_t>(rate));
                target = amplitudes(states_.at(now));
                for (const Acceleration* a : accelerations)
                    if (a->extent.contains(now)) target = accelerated;
            }
            double brain = 0;
            for (std::size_t b = 0; b < band_count; ++b) {
                present_[b] += (target[b] - present_[b]) * pull;
                // shares of the variance: 0.6 and 0.4
                brain += present_[b] * (std::sqrt(0.6) * shared_[b].next() + std::sqrt(0.4) * own_[b].next());
            }
            samples[i] += brain_gain_ * brain + noise_uv_ * floor_.noise();
        }
        const auto& waves = waves_.in(whole_second(second));
        for (const Wave* w : waves) {
            const double gain = w->where == Wave::Where::eyes         ? eye_gain_
                                : w->where == Wave::Where::everywhere ? 0
                                                                      : brain_gain_;
            if (gain == 0) continue;
            const double length = seconds(w->extent.duration());
            for_samples_in(w->extent, second, rate, [&](std::size_t i, double t) {
                samples[i] += gain * w->amplitude_uv * wave_value(w->shape, t, length, w->frequency_hz);
            });
        }
        pick_up_muscles(second, samples);
        add_common_waves(waves, second, common_gain_, samples);
    }

private:
    /// Jaw and neck are near: some of their activity reaches the electrodes of the head.
    void pick_up_muscles(std::int64_t second, std::span<double> samples) {
        constexpr double share = 0.04;  // proposed
        for (const Burst* b : bursts_.in(whole_second(second))) {
            if (b->muscle != Muscle::masseter && b->muscle != Muscle::neck) continue;
            const double length = seconds(b->extent.duration());
            for_samples_in(b->extent, second, samples.size(), [&](std::size_t i, double t) {
                samples[i] += share * b->rms_uv * burst_value(t, length, b->rise_s, b->fall_s) * muscle_.next();
            });
        }
    }

    double noise_uv_, brain_gain_, eye_gain_, common_gain_;
    StateCursor states_;
    ActiveActions<Wave> waves_;
    ActiveActions<Acceleration> accelerations_;
    ActiveActions<Burst> bursts_;
    NoiseBand muscle_;
    Random floor_;
    std::vector<NoiseBand> shared_, own_;
    Amplitudes present_ = eyes_closed;
};

}  // namespace

std::unique_ptr<ChannelRenderer> render_head(const Plan& plan, const std::string& label, double brain_gain,
                                             double eye_gain) {
    return std::make_unique<HeadRenderer>(plan, label, brain_gain, eye_gain);
}

double common_gain(const Plan& plan, const std::string& label) {
    return Random(plan.options.seed, "common " + label).uniform(0.7, 1.3);
}

void add_common_waves(const std::vector<const Wave*>& active, std::int64_t second, double gain,
                      std::span<double> samples) {
    for (const Wave* w : active) {
        if (w->where != Wave::Where::everywhere) continue;
        const double length = seconds(w->extent.duration());
        for_samples_in(w->extent, second, samples.size(), [&](std::size_t i, double t) {
            samples[i] += gain * w->amplitude_uv * wave_value(w->shape, t, length, w->frequency_hz);
        });
    }
}

}  // namespace psg::simulate

// Renders airflow, belts, snoring and oxygen saturation.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "libpsg/simulate/breaths.hpp"
#include "libpsg/simulate/elementary.hpp"
#include "libpsg/simulate/render.hpp"
#include "libpsg/simulate/wave_shapes.hpp"

namespace psg::simulate {

namespace {

/// Airflow, chest, belly: 1 mV for a breath at rest, shaken by movements of the body.
class BreathRenderer : public ChannelRenderer {
public:
    BreathRenderer(const Plan& plan, const Lead& lead)
        : kind_(lead.kind),
          noise_uv_(12 * plan.options.noise),
          shake_(Random(plan.options.seed, "common " + lead.label).uniform(0.7, 1.3)),
          breaths_(plan),
          waves_(plan.waves),
          floor_(plan.options.seed, "floor " + lead.label) {}

    void render(std::int64_t second, std::span<double> samples) override {
        const std::vector<Breath>& breaths = breaths_.in(second);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double now = static_cast<double>(i) / static_cast<double>(samples.size());
            for (const Breath& b : breaths) {
                if (kind_ == Lead::Kind::airflow)
                    samples[i] += 1000 * b.flow_at(now);
                else
                    samples[i] += (kind_ == Lead::Kind::thorax && b.paradox ? -1000 : 1000) * b.volume_at(now);
            }
            samples[i] += noise_uv_ * floor_.noise();
        }
        const auto& waves = waves_.in(whole_second(second));
        add_common_waves(waves, second, shake_, samples);
        for (const Wave* w : waves) {
            if (w->shape != Wave::Shape::sway && w->shape != Wave::Shape::rock) continue;
            const double length = seconds(w->extent.duration()), gain = 3 * shake_;
            for_samples_in(w->extent, second, samples.size(), [&](std::size_t i, double t) {
                samples[i] += gain * w->amplitude_uv * wave_value(w->shape, t, length, w->frequency_hz);
            });
        }
    }

private:
    Lead::Kind kind_;
    double noise_uv_, shake_;
    Breaths breaths_;
    ActiveActions<Wave> waves_;
    Random floor_;
};

/// A microphone: silence but for the snorer.
class SnoreRenderer : public ChannelRenderer {
public:
    SnoreRenderer(const Plan& plan, const Lead& lead)
        : noise_uv_(4 * plan.options.noise),
          breaths_(plan),
          interferences_(plan.interferences),
          floor_(plan.options.seed, "floor " + lead.label) {}

    void render(std::int64_t second, std::span<double> samples) override {
        const std::vector<Breath>& breaths = breaths_.in(second);
        for (double& sample : samples) sample += noise_uv_ * floor_.noise();
        for (const Interference* part : interferences_.in(whole_second(second)))
            if (part->kind == Interference::Kind::snore)
                for_samples_in(part->extent, second, samples.size(), [&](std::size_t i, double t) {
                    const double now = static_cast<double>(i) / static_cast<double>(samples.size());
                    for (const Breath& b : breaths)
                        samples[i] += 20 * part->amplitude_uv * b.snore_at(now) * snore_value(t);
                });
    }

private:
    double noise_uv_;
    Breaths breaths_;
    ActiveActions<Interference> interferences_;
    Random floor_;
};

/// Per cent. Falls about 12 s after the end of a disturbance, the delay of a finger probe.
class SaturationRenderer : public ChannelRenderer {
public:
    explicit SaturationRenderer(const Plan& plan) : plan_(plan), random_(plan.options.seed, "saturation") {}

    void render(std::int64_t second, std::span<double> samples) override {
        slow_ = 0.97 * slow_ + 0.06 * random_.normal();
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double now =
                static_cast<double>(second) + static_cast<double>(i) / static_cast<double>(samples.size());
            double fall = 0;
            for (const BreathChange& change : plan_.breath_changes) {
                const double z = (now - seconds(change.extent.offset) - 12) / 9;
                if (z * z < 50) fall = std::max(fall, change.desaturation * exponential(-0.5 * z * z));
            }
            samples[i] = std::min(100.0, 96.5 + slow_ - fall);
        }
    }

private:
    const Plan& plan_;
    Random random_;
    double slow_ = 0;
};

}  // namespace

std::unique_ptr<ChannelRenderer> render_breathing(const Plan& plan, const Lead& lead) {
    if (lead.kind == Lead::Kind::spo2) return std::make_unique<SaturationRenderer>(plan);
    if (lead.kind == Lead::Kind::snore) return std::make_unique<SnoreRenderer>(plan, lead);
    return std::make_unique<BreathRenderer>(plan, lead);
}

}  // namespace psg::simulate

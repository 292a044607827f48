// A simulated night: its plan with the truth, its channels, and its samples record by record.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/night.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace psg::simulate {

SimulatedNight::SimulatedNight(const SimulationOptions& options)
    : plan_(std::make_unique<const Plan>(make_plan(options))) {
    // 0.1 uV a step; an ECG has millivolts
    const auto head = [&](const char* label, double brain, double eye) {
        add({label, "uV", 3276.7, options.eeg_rate_hz}, render_head(*plan_, label, brain, eye));
    };
    head("C3-M2", 1, 0.05);
    head("C4-M1", 1, 0.05);
    head("E1-M2", 0.5, -1);
    head("E2-M1", 0.5, 1);
    for (int m = 0; m < muscle_count; ++m) {
        const auto muscle = static_cast<Muscle>(m);
        add({muscle_label(muscle), "uV", 3276.7, options.emg_rate_hz}, render_muscle(*plan_, muscle));
    }
    add({"ECG", "mV", 10, options.ecg_rate_hz}, render_ecg(*plan_, "ECG"));
}

void SimulatedNight::add(SimulatedChannel channel, std::unique_ptr<ChannelRenderer> renderer) {
    record_samples_ += static_cast<std::size_t>(channel.rate_hz);
    channels_.push_back(std::move(channel));
    renderers_.push_back(std::move(renderer));
}

void SimulatedNight::render_record(std::span<std::int32_t> digital) {
    std::size_t at = 0;
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        const SimulatedChannel& channel = channels_[c];
        samples_.assign(static_cast<std::size_t>(channel.rate_hz), 0);
        renderers_[c]->render(next_second_, samples_);
        const double per_uv = 32767 / channel.physical_max / (channel.unit == "mV" ? 1000 : 1);
        for (const double uv : samples_)
            digital[at++] = static_cast<std::int32_t>(std::floor(std::clamp(uv * per_uv, -32767.0, 32767.0) + 0.5));
    }
    ++next_second_;
}

}  // namespace psg::simulate

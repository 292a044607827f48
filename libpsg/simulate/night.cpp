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
    constexpr int belt_rate_hz = 32, snore_rate_hz = 256, saturation_rate_hz = 4;
    for (const Lead& lead : plan_->leads) {
        const bool eye = lead.kind == Lead::Kind::eog_left || lead.kind == Lead::Kind::eog_right;
        if (lead.kind == Lead::Kind::ecg)
            add({lead.label, "mV", 10, options.ecg_rate_hz}, render_ecg(*plan_, lead.label));
        else if (lead.kind == Lead::Kind::muscle)
            add({lead.label, "uV", 3276.7, options.emg_rate_hz}, render_muscle(*plan_, lead.muscle));
        else if (lead.kind == Lead::Kind::spo2)
            add({lead.label, "%", 100, saturation_rate_hz}, render_breathing(*plan_, lead));
        else if (lead.kind == Lead::Kind::snore)
            add({lead.label, "uV", 3276.7, snore_rate_hz}, render_breathing(*plan_, lead));
        else if (lead.kind == Lead::Kind::airflow || lead.kind == Lead::Kind::thorax ||
                 lead.kind == Lead::Kind::abdomen)
            add({lead.label, "mV", 10, belt_rate_hz}, render_breathing(*plan_, lead));
        else if (eye)
            add({lead.label, "uV", 3276.7, options.eeg_rate_hz},
                render_head(*plan_, lead.label, 0.5, lead.kind == Lead::Kind::eog_left ? -1 : 1));
        else
            add({lead.label, "uV", 3276.7, options.eeg_rate_hz},
                render_head(*plan_, lead.label, 1, lead.label[0] == 'F' ? 0.15 : 0.05));
    }
}

void SimulatedNight::add(SimulatedChannel channel, std::unique_ptr<ChannelRenderer> renderer) {
    record_samples_ += static_cast<std::size_t>(channel.rate_hz);
    faults_.emplace_back(*plan_, channel.label);
    channels_.push_back(std::move(channel));
    renderers_.push_back(std::move(renderer));
}

void SimulatedNight::render_record(std::span<std::int32_t> digital) {
    std::size_t at = 0;
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        const SimulatedChannel& channel = channels_[c];
        samples_.assign(static_cast<std::size_t>(channel.rate_hz), 0);
        renderers_[c]->render(next_second_, samples_);
        faults_[c].apply(next_second_, samples_);
        const double per_uv = 32767 / channel.physical_max / (channel.unit == "mV" ? 1000 : 1);
        for (const double uv : samples_)
            digital[at++] = static_cast<std::int32_t>(std::floor(std::clamp(uv * per_uv, -32767.0, 32767.0) + 0.5));
    }
    ++next_second_;
}

}  // namespace psg::simulate

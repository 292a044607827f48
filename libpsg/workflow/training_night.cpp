// A recording and its hypnogram as a night to learn staging from.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/training_night.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/staging/stager.hpp"

namespace psg::workflow {

namespace {

std::string card_key(const std::string& label) {
    std::string key;
    for (const char c : label) key += static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == ':' ? '_' : c;
    return key;
}

// Fields of EDF+ that tell nothing, and blanks.
bool tells_nobody(const std::string& patient) { return patient.find_first_not_of("Xx _.-?0") == std::string::npos; }

}  // namespace

// Features of the epochs that begin `shift` after the recording, in the order of the channels.
static std::vector<staging::ChannelFeatures> measure(const OpenedNight& opened, Time shift, Findings& findings) {
    std::deque<staging::EegMeter> meters;
    std::vector<Listener> listeners;
    for (const RoleSignal& s : opened.night.signals) {
        auto& meter = meters.emplace_back(s.signal, opened.recording.duration() - shift);
        listeners.push_back({&s.signal, [&meter, shift](Time start) { meter.begin_stretch(start - shift); }, [&meter](std::span<const float> x) { meter.add(x); }});
    }
    pass_by(listeners);
    std::vector<staging::ChannelFeatures> channels;
    for (staging::EegMeter& meter : meters)
        if (auto features = meter.finish(findings); staging::any_usable(features)) channels.push_back(std::move(features));
    return channels;
}

TrainingNight training_night(const NightInputs& inputs) {
    TrainingNight night;
    const OpenedNight opened = open_night(inputs, {Role::eeg});
    // a scorer's epochs may not begin with the recording
    const Time shift = opened.hypnogram_given ? opened.night.hypnogram.start : Time(0);
    std::vector<staging::ChannelFeatures> channels = measure(opened, shift, night.findings);
    const std::string name = std::filesystem::path(inputs.recordings.front()).filename();
    const auto refuse = [&](const std::string& what, const std::string& remedy) { throw DataError(name, what, remedy); };
    if (!opened.hypnogram_given) refuse("no scoring of its stages was found", "name it in a list (--nights)");
    if (channels.empty()) refuse("it has no EEG channel that can be used", "name one by --channel eeg=LABEL");
    const Hypnogram& h = opened.night.hypnogram;
    std::size_t epochs = h.stages.size();
    for (const auto& c : channels) epochs = std::min(epochs, c.epochs.size());
    std::int64_t learned = 0;
    for (std::size_t t = 0; t < epochs; ++t)
        learned += h.stages[t] != Stage::unknown && std::any_of(channels.begin(), channels.end(), [&](const auto& c) {
                       return c.epochs[t].obstacle == staging::Obstacle::none;
                   });
    if (std::none_of(h.stages.begin(), h.stages.end(), is_sleep)) refuse("nobody slept in its scoring", "leave it out");
    if (learned < fewest_epochs)
        refuse("only " + std::to_string(learned) + " of its scored epochs can be measured", "at least " + std::to_string(fewest_epochs) + " are needed");

    night.scored.name = name;
    night.scored.stages.assign(h.stages.begin(), h.stages.begin() + static_cast<std::ptrdiff_t>(epochs));
    for (auto& c : channels) {
        c.label = card_key(c.label);
        c.epochs.resize(epochs);
        night.scored.channels.push_back(std::move(c));
    }
    night.findings.insert(night.findings.begin(), opened.findings.begin(), opened.findings.end());
    night.simulated = opened.recording.simulated;
    if (!tells_nobody(opened.recording.identity.patient)) night.patient = opened.recording.identity.patient;
    night.recording_sha256 = night.scoring_sha256 = opened.digests.at("recording");
    for (const char* kind : {"hypnogram", "scoring", "companion"})
        if (const auto d = opened.digests.find(kind); d != opened.digests.end()) night.scoring_sha256 = d->second;
    return night;
}

}  // namespace psg::workflow

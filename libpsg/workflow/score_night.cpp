// The main job on an opened night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/score_night.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include "libpsg/events/ecg_beats.hpp"
#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/staging/prefilter.hpp"
#include "libpsg/staging/stager.hpp"
#include "libpsg/workflow/night_gaps.hpp"

namespace psg::embedded {
extern const std::string_view eeg_model;
}

namespace psg::workflow {

namespace {

constexpr std::int64_t most_model_bytes = 64 << 20;

// YASA prefers the left EOG.
constexpr std::pair<staging::YasaChannel, Role> yasa_roles[] = {{staging::YasaChannel::eeg, Role::eeg},
                                                                {staging::YasaChannel::eog, Role::eog_left},
                                                                {staging::YasaChannel::eog, Role::eog_right},
                                                                {staging::YasaChannel::emg, Role::chin}};

}  // namespace

// Programs that send files between computers may have written the ends of lines anew.
static std::string with_line_feeds(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') result += text[i];
    return result;
}

ChosenModel choose_model(const std::string& path) {
    if (path.empty()) return {staging::embedded_model(), io::sha256_of(embedded::eeg_model)};
    std::string text = io::unpacked(io::read_text_file(path), path, most_model_bytes);
    if (text.find("\r\n") != text.npos) text = with_line_feeds(text);
    if (staging::is_lightgbm_text(text)) return {staging::read_yasa_model(text, path), io::sha256_of(text)};
    return {staging::read_model(text, path), io::sha256_of(text)};
}

std::vector<Role> staging_roles(const ChosenModel& model) {
    const auto* yasa = std::get_if<staging::YasaModel>(&model.model);
    if (!yasa) return {Role::eeg};
    std::vector<Role> roles;
    for (const auto& [channel, role] : yasa_roles)
        if (yasa->needs[static_cast<std::size_t>(channel)]) roles.push_back(role);
    return roles;
}

namespace {

using EegMeters = std::deque<staging::EegMeter>;

std::vector<Listener> eeg_listeners(const Night& night, Time duration, EegMeters& meters, const StepObserver& done) {
    std::vector<Listener> listeners;
    for (const RoleSignal& s : night.signals)
        if (s.role == Role::eeg) listeners.emplace_back(listener(s.signal, meters.emplace_back(s.signal, duration, done))).step = "features";
    return listeners;
}

// With a model of psg-train, as the embedded one. All EEG channels have passed by.
staging::StagingResult stage_eeg(EegMeters& meters, Time duration, const staging::Model& model, const StepObserver& done) {
    std::vector<staging::ChannelFeatures> channels;
    Findings of_channels;
    for (staging::EegMeter& meter : meters) channels.push_back(meter.finish(of_channels));
    tell_step(done, "features");
    auto result = staging::stage_features(channels, duration, model);
    result.findings.insert(result.findings.begin(), of_channels.begin(), of_channels.end());
    return result;
}

// The first channel of each kind at once, and the next one of a kind where that cannot serve.
staging::StagingResult stage_as_yasa(const Night& night, Time duration, const staging::YasaModel& model, const StepObserver& done) {
    staging::YasaNight yasa(model, duration);
    std::vector<std::pair<staging::YasaChannel, const RoleSignal*>> waiting;
    for (const RoleSignal& s : night.signals)
        for (const auto& [channel, role] : yasa_roles)  // by the order of roles the left eye comes before the right one
            if (role == s.role) waiting.emplace_back(channel, &s);
    while (!waiting.empty()) {
        std::deque<staging::YasaNight::Meter> meters;
        std::vector<Listener> listeners;
        std::array<bool, staging::yasa_channel_count> passing{};
        std::erase_if(waiting, [&](const auto& next) {
            const auto& [channel, s] = next;
            bool& passes = passing[static_cast<std::size_t>(channel)];
            if (!yasa.wants(channel)) return true;
            if (passes) return false;
            passes = true;
            listeners.push_back(listener(s->signal, meters.emplace_back(yasa.meter(channel, s->signal))));
            return true;
        });
        pass_by(listeners);
        for (staging::YasaNight::Meter& meter : meters) yasa.add(std::move(meter));
    }
    tell_step(done, "features");
    return yasa.stage();
}

}  // namespace

static void append(Findings& all, const Findings& more) { all.insert(all.end(), more.begin(), more.end()); }

// A gap is the reason, staged or given.
static void explain_gaps(ScoredNight& night) {
    const auto broken = epochs_with_gap(night.opened.night.hypnogram, night.opened.night.segments);
    for (std::size_t i = 0; i < broken.size(); ++i)
        if (broken[i]) night.epoch_reasons[i] = gap_reason;
}

// What the header says of filters on the EEG channels that were staged and in whose spectra none was seen.
static Findings named_filters(const ScoredNight& night) {
    Findings all;
    for (const RoleAssignment& a : night.opened.roles) {
        const auto is_it = [&](const auto& label) { return label == a.label; };
        const auto seen = [&](const Finding& f) { return f.code == FindingCode::EEG_BAND_MISSING && f.channel == a.channel; };
        const Channel* channel = night.opened.recording.channel(a.channel);
        if (a.role != Role::eeg || !a.chosen || channel == nullptr) continue;
        if (std::none_of(night.staging_channels.begin(), night.staging_channels.end(), is_it)) continue;
        if (std::none_of(night.findings.begin(), night.findings.end(), seen)) append(all, staging::prefilter_findings(channel->prefilter, a.channel, a.label));
    }
    return all;
}

// `meters`: what EEG channels have passed by; null: none has.
static void stage(ScoredNight& night, const ChosenModel& model, EegMeters* meters, const StepObserver& done) {
    Night& n = night.opened.night;
    append(night.findings, night.opened.findings);
    if (night.opened.hypnogram_given) {
        for (Stage s : n.hypnogram.stages) night.epoch_reasons.push_back(s == Stage::unknown ? "not scored" : "");
        explain_gaps(night);
        return;
    }
    const auto* yasa = std::get_if<staging::YasaModel>(&model.model);
    const Time duration = night.opened.recording.duration();
    EegMeters own;
    if (!yasa && !meters) {
        pass_by(eeg_listeners(n, duration, own, done));
        meters = &own;
    }
    auto result = yasa ? stage_as_yasa(n, duration, *yasa, done) : stage_eeg(*meters, duration, std::get<staging::Model>(model.model), done);
    n.hypnogram = std::move(result.hypnogram);
    for (auto obstacle : result.obstacles) night.epoch_reasons.emplace_back(staging::obstacle_name(obstacle));
    night.staging_channels = std::move(result.channels);
    if (!night.staging_channels.empty()) {
        night.model_name = yasa ? yasa->name : std::get<staging::Model>(model.model).name;
        night.model_sha256 = model.sha256;
        if (yasa) night.model_description = yasa->description;
        if (yasa && !yasa->published)
            night.findings.push_back({.code = FindingCode::MODEL_UNKNOWN,
                                      .message = "the model has the form of YASA's models and is none of the known ones (EEG and "
                                                 "EEG+EOG+EMG of YASA 0.7.0): nothing tells whether it was changed, and how good it is",
                                      .repair = "it was used as it is; check it on scored nights (psg-agree)"});
    }
    clear_gap_epochs(n.hypnogram, n.segments);
    explain_gaps(night);
    append(night.findings, result.findings);
    append(night.findings, named_filters(night));
    tell_step(done, "stage");
}

void stage(ScoredNight& night, const ChosenModel& model, const StepObserver& done) { stage(night, model, nullptr, done); }

namespace {

// What staging needs of the samples, if it can be made in the pass that every recording gets.
std::vector<Listener> staging_listeners(const OpenedNight& opened, const ChosenModel& model, EegMeters& meters, const StepObserver& done) {
    if (opened.hypnogram_given || !std::holds_alternative<staging::Model>(model.model)) return {};
    return eeg_listeners(opened.night, opened.recording.duration(), meters, done);
}

void take_over(ScoredNight& night, events::DetectionRun found) {
    night.detection = std::move(found);
    for (const events::DetectorRun& run : night.detection.by_detector)
        for (Finding f : run.detection.findings) {
            // what a detector says of a coarse step is more exact than what was said of the channel: one finding, not two
            if (f.code == FindingCode::RESOLUTION_COARSE)
                std::erase_if(night.findings, [&](const Finding& g) {
                    return g.code == f.code && g.channel == f.channel && g.field == resolution_field;
                });
            f.field = f.field.empty() ? run.detector->name : run.detector->name + ", " + f.field;
            night.findings.push_back(std::move(f));
        }
}

}  // namespace

ScoredNight stage_recording(const NightInputs& inputs, const ChosenModel& model, const std::vector<Role>& wanted, const StepObserver& done) {
    ScoredNight night;
    EegMeters meters;
    open_night(night.opened, inputs, wanted, done, [&](OpenedNight& opened) { return staging_listeners(opened, model, meters, done); });
    stage(night, model, &meters, done);
    return night;
}

ScoredNight score_recording(const NightInputs& inputs, const ChosenModel& model, const events::DetectorChoice& choice, const StepObserver& done) {
    ScoredNight night;
    EegMeters meters;
    std::optional<events::NightScan> scan;
    open_night(night.opened, inputs, scored_roles(), done, [&](OpenedNight& opened) {
        std::vector<Listener> listeners = staging_listeners(opened, model, meters, done);
        const Signal* const ecg = opened.night.find(Role::ecg);
        opened.night.beats = ecg ? events::beats_of(*ecg) : std::vector<HeartBeat>();  // the muscles need them
        tell_step(done, "heart beats");
        for (Listener& l : scan.emplace(opened.night, choice, done).listeners()) listeners.push_back(std::move(l));
        return listeners;
    });
    stage(night, model, &meters, done);
    meters.clear();  // gives back its memory
    take_over(night, events::run_detectors(night.opened.night, choice, *scan, done));
    return night;
}

void detect(ScoredNight& night, const events::DetectorChoice& choice, const StepObserver& done) {
    take_over(night, events::run_detectors(night.opened.night, choice, done));
}

}  // namespace psg::workflow

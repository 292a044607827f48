// The main job on an opened night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/score_night.hpp"

#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/sha256.hpp"
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

ChosenModel choose_model(const std::string& path) {
    if (path.empty()) return {staging::embedded_model(), io::sha256_of(embedded::eeg_model)};
    const std::string text = io::unpacked(io::read_text_file(path), path, most_model_bytes);
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

// The first of the channels that can play each part.
static staging::StagingResult stage_yasa(const Night& night, Time duration, const staging::YasaModel& model) {
    staging::YasaSignals signals{};
    for (const auto& [channel, role] : yasa_roles) {
        const Signal*& signal = signals[static_cast<std::size_t>(channel)];
        if (signal == nullptr) signal = night.find(role);
    }
    return staging::stage_by_yasa(model, signals, duration);
}

static staging::StagingResult stage_eeg(const Night& night, Time duration, const staging::Model& model) {
    std::vector<const Signal*> eeg;
    for (const RoleSignal& s : night.signals)
        if (s.role == Role::eeg) eeg.push_back(&s.signal);
    return staging::stage_night(eeg, duration, model);
}

static void append(Findings& all, const Findings& more) { all.insert(all.end(), more.begin(), more.end()); }

// A gap is the reason, staged or given.
static void explain_gaps(ScoredNight& night) {
    const auto broken = epochs_with_gap(night.opened.night.hypnogram, night.opened.night.segments);
    for (std::size_t i = 0; i < broken.size(); ++i)
        if (broken[i]) night.epoch_reasons[i] = gap_reason;
}

void stage(ScoredNight& night, const ChosenModel& model) {
    Night& n = night.opened.night;
    append(night.findings, night.opened.findings);
    if (night.opened.hypnogram_given) {
        for (Stage s : n.hypnogram.stages) night.epoch_reasons.push_back(s == Stage::unknown ? "not scored" : "");
        explain_gaps(night);
        return;
    }
    const Time duration = night.opened.recording.duration();
    const auto* yasa = std::get_if<staging::YasaModel>(&model.model);
    auto result = yasa ? stage_yasa(n, duration, *yasa) : stage_eeg(n, duration, std::get<staging::Model>(model.model));
    n.hypnogram = std::move(result.hypnogram);
    for (auto obstacle : result.obstacles) night.epoch_reasons.emplace_back(staging::obstacle_name(obstacle));
    night.staging_channels = std::move(result.channels);
    if (night.staging_channels.empty()) {
        for (std::string& reason : night.epoch_reasons) reason = yasa ? "no usable channels for the model" : "no usable EEG channel";
    } else {
        night.model_name = yasa ? yasa->name : std::get<staging::Model>(model.model).name;
        night.model_sha256 = model.sha256;
        if (yasa) night.model_description = yasa->description;
    }
    clear_gap_epochs(n.hypnogram, n.segments);
    explain_gaps(night);
    append(night.findings, result.findings);
}

void detect(ScoredNight& night, const events::DetectorChoice& choice) {
    night.detection = events::run_detectors(night.opened.night, choice);
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

}  // namespace psg::workflow

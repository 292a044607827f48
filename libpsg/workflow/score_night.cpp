// The main job on an opened night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/score_night.hpp"

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/staging/stager.hpp"
#include "libpsg/workflow/night_gaps.hpp"

namespace psg::embedded {
extern const std::string_view eeg_model;
}

namespace psg::workflow {

ChosenModel choose_model(const std::string& path) {
    if (path.empty()) return {staging::embedded_model(), io::sha256_of(embedded::eeg_model)};
    const std::string text = io::read_text_file(path);
    return {staging::read_model(text, path), io::sha256_of(text)};
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
    std::vector<const Signal*> eeg;
    for (const RoleSignal& s : n.signals)
        if (s.role == Role::eeg) eeg.push_back(&s.signal);
    auto result = staging::stage_night(eeg, night.opened.recording.duration(), model.model);
    n.hypnogram = std::move(result.hypnogram);
    for (auto obstacle : result.obstacles) night.epoch_reasons.emplace_back(staging::obstacle_name(obstacle));
    night.staging_channels = std::move(result.channels);
    if (night.staging_channels.empty()) {
        for (std::string& reason : night.epoch_reasons) reason = "no usable EEG channel";
    } else {
        night.model_name = model.model.name;
        night.model_sha256 = model.sha256;
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

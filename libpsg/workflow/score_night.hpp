// The main job on an opened night: stage it unless a hypnogram was given, run the detectors.
// SPDX-License-Identifier: BSD-3-Clause
//
// Above the wings because it is the one place that combines them; the tools only call it and write what it returns.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "libpsg/events/registry.hpp"
#include "libpsg/staging/model.hpp"
#include "libpsg/staging/yasa_stager.hpp"
#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// A staging model with the digest of its text, for the provenance.
struct ChosenModel {
    std::variant<staging::Model, staging::YasaModel> model;
    std::string sha256;
};

/// The embedded model if `path` is empty, else the model of that file, which may be packed with gzip: one of psg-train, or
/// a LightGBM text over YASA's features. The digest is that of the unpacked text.
ChosenModel choose_model(const std::string& path);

/// Roles of the channels that stage() looks at with this model.
std::vector<Role> staging_roles(const ChosenModel& model);

/// Everything that is known of a night in the end.
struct ScoredNight {
    OpenedNight opened;                       ///< opened.night.hypnogram is filled
    std::vector<std::string> epoch_reasons;   ///< per epoch: why it is not scored; empty text if it is
    std::vector<std::string> staging_channels;  ///< labels
    std::string model_name, model_sha256;     ///< empty if a hypnogram was given
    std::string model_description;            ///< kind, features; may be empty
    events::DetectionRun detection;
    Findings findings;                        ///< of all steps, in their order
};

/// Stages the night into `night.opened.night.hypnogram`; does nothing but fill the reasons if a hypnogram was given.
void stage(ScoredNight& night, const ChosenModel& model, const StepObserver& done = {});

/// Opens a night with the signals of some roles (open_night()), and stages it. What staging with a model of psg-train needs of the EEG
/// is made in the pass that every recording gets.
ScoredNight stage_recording(const NightInputs& inputs, const ChosenModel& model, const std::vector<Role>& wanted, const StepObserver& done = {});

/// The same with all that is scored, and runs the detectors: what they make of whole channels is made in that pass, too, for which the
/// heart beats are found before, in a pass of the ECG alone.
ScoredNight score_recording(const NightInputs& inputs, const ChosenModel& model, const events::DetectorChoice& choice, const StepObserver& done = {});

/// Runs the detectors over a staged night, whose samples pass by for them.
void detect(ScoredNight& night, const events::DetectorChoice& choice, const StepObserver& done = {});

}  // namespace psg::workflow

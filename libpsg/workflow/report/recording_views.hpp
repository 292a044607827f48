// Views of signals for pages: amplitude over time, spectrogram, the samples around a moment.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

#include "libpsg/model/night.hpp"
#include "libpsg/report/night_report.hpp"

namespace psg::workflow {

/// "left leg", "chin", "EEG": how pages name a role.
std::string role_words(Role role);

/// Median and highest of the envelope in steps of a second, or of more so that there are 30,000 at most.
report::EnvelopeView envelope_view(const MuscleActivity& muscle, const RoleSignal& signal, Time duration);

/// Density by Welch's method (Hann, 4 s, half overlapping) of each 10 s, or of more so that there are 3,600 steps at most, in bins
/// of 0.5 Hz from 0.5 to 30 Hz or to what the rate allows. Steps that are not wholly recorded are NaN. Nothing below 8 Hz.
std::optional<report::SpectrogramView> spectrogram_view(const Signal& signal, Time duration);

/// The samples from `before` the onset to `after` it in 300 parts (fewer at low rates). EMG above 10 Hz, EEG and eyes from 0.3 to 35 Hz, ECG above 0.5 Hz, by
/// zero-phase Butterworth filters of order 2; what the rate does not allow is left as it is.
report::Trace trace_view(const RoleSignal& signal, Time onset, Time before, Time after);

}  // namespace psg::workflow

// Filters that the header of a recording names.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libpsg/model/finding.hpp"

namespace psg::staging {

/// The number after a word of EDF's prefiltering text, in Hz: `word` "HP" of "HP:0.3Hz LP:35Hz N:50Hz" is 0.3. Nothing if it does
/// not stand there, or not in Hz.
std::optional<double> prefilter_hz(std::string_view text, std::string_view word);

/// EEG_BAND_MISSING if the text of an EEG channel names filters that harm staging: a high-pass of 0.8 Hz or more, a low-pass of 25 Hz
/// or less (proposed; the kappas are in README.md beside this file). Soft filters do not show in spectra.
Findings prefilter_findings(std::string_view text, int channel, const std::string& label);

}  // namespace psg::staging

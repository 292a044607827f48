// Filters that the header of a recording names.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libpsg/model/finding.hpp"

namespace psg::staging {

/// Corner frequencies in Hz; nothing where none is named, or not so that it can mean one thing only.
struct NamedFilters {
    std::optional<double> high_pass_hz, low_pass_hz;
};

/// Reads EDF's prefiltering text: "HP:0.3Hz LP:35Hz N:50Hz", and as others write it: "TC:0.3s HF:35", "HPF 1,6 Hz", "BP:1-30Hz",
/// "Highpass 0.3". Upper or lower case, "." or ",", with blanks or without.
///   - HP, HPF, highpass, low cut; LP, LPF, lowpass, high cut; BP, BPF, bandpass with a range. Several of one kind: the strictest.
///   - A time constant (TC, or a high-pass in s or ms) is 1 / (2 pi tau). mHz are thousandths of a Hz, kHz thousands.
///   - LF and HF (low filter, high filter) are a high-pass and a low-pass, where both sides of a band are named, the lower first
///     in frequency; alone they may be either.
///   - Without a unit a number is Hz (of TC: s) where only that is plausible: a high-pass up to 10, a low-pass from 10 on, a time
///     constant up to 10.
///   - Notch filters, orders and everything else mean nothing; so does a high-pass that is not below the low-pass.
NamedFilters read_prefilter(std::string_view text);

/// EEG_BAND_MISSING if the text of an EEG channel names filters that harm staging: a high-pass of 0.8 Hz or more, a low-pass of 25 Hz
/// or less (proposed; the kappas are in README.md beside this file). Soft filters do not show in spectra.
Findings prefilter_findings(std::string_view text, int channel, const std::string& label);

}  // namespace psg::staging

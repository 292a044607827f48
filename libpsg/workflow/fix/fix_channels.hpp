// Channels as EDF+ and EDFlib can hold them: texts in ASCII, limits in range and in eight characters.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "libpsg/io/edf/edf_output_header.hpp"
#include "libpsg/io/edf/edf_reader.hpp"

namespace psg::workflow {

/// One channel on its way out. Samples are limited to [low, high] (what the reader does, too) and then written
/// unchanged.
struct FixedChannel {
    io::EdfSlot slot;             ///< where its samples lie in an input record
    io::EdfOutputChannel output;  ///< samples_per_record is filled in later
    std::int32_t low = 0, high = 0;
};

/// The channels to be written, in the order of the file: those with one of `labels` (all if empty; UsageError if a
/// label is that of no channel). Left out with a finding: channels without a calibration that can be written (kept with
/// a neutral one, one digital step = 1 without a unit, if `keep_uncalibrated`) and misspelt annotation channels, whose
/// annotations are written as such.
///
/// The calibration of a written channel is that of the reader to within one part in a million of the range, and the
/// same texts wherever EDFlib can write them; a channel that needs other limits is looked at once more for the range of
/// its samples. A reversed digital range becomes a reversed physical one, limits that do not fit are taken in another
/// unit of voltage, or further out on the same line.
std::vector<FixedChannel> fix_channels(const io::EdfReader& reader, const std::vector<std::string>& labels,
                                       bool keep_uncalibrated, Findings& findings);

/// Limits of a channel for EDF+ or BDF+ (16 or 24 bits).
struct Limits {
    double physical_min, physical_max;
    std::int32_t digital_min, digital_max;
};

/// Limits on the line through (d0, p0) and (d1, p1) that cover the digital values from `lowest` to `highest`, that
/// EDFlib can write, and that are right to within one part in a million of their range; nothing if none were found. d0
/// and d1 are taken if they are possible.
std::optional<Limits> fit_limits(double p0, double p1, std::int32_t d0, std::int32_t d1, std::int32_t lowest,
                                 std::int32_t highest, int sample_bytes);

}  // namespace psg::workflow

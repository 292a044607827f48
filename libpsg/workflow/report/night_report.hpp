// A night's page filled: from the tables of an HDF5 file, and from the recording where it is given.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

#include "libpsg/report/night_report.hpp"
#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// What is in a file of psg-export or psg-stage; what is not is told in `absent`. Texts that may name a person (start date,
/// free texts of the header) are left out even where the file has them. DataError if it is no such file or its tables
/// contradict each other.
report::NightReport read_night_report(const std::string& path, const std::string& title);

/// At most so many events are drawn in the gallery, spread evenly over the night's.
inline constexpr std::size_t gallery_limit = 60;

/// Adds what needs signals: EMG envelopes of legs and chin, the spectrogram of the first EEG, and the channels around the events of
/// `gallery_class`, with measures of the table `event_attributes`. `night_file` is the file of read_night_report(). DataError if the
/// recording is not the one that the file was made of (by its SHA-256), if its channels are chosen or changed in another way,
/// or if it cannot be read. UsageError if the file knows no such class; with "" it is hypnic_jerk, where the
/// file knows it.
void add_recording(report::NightReport& night, const std::string& night_file, const NightInputs& inputs, const std::string& gallery_class, const StepObserver& done = {});

/// What add_recording() would have added, told as absent.
void add_no_recording(report::NightReport& night);

/// A measure of an event in words, "peak_uv 12.5 uV", as the table event_attributes holds it; empty if there is neither text nor number.
std::string measure_words(const std::string& name, double value, const std::string& text, const std::string& unit);

}  // namespace psg::workflow

// Writes EDF+ and BDF+ files record by record, through EDFlib.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "libpsg/io/edf/edf_output_header.hpp"
#include "libpsg/model/time.hpp"

namespace psg::io {

/// Longest annotation text that EDFlib 1.23 writes; it cuts longer ones.
inline constexpr std::size_t max_edf_annotation_bytes = 40;

/// A file being written. It grows under a temporary name beside the target and takes the target's name in finish(),
/// synced to the disk, so that the target is always either absent (or the old file) or complete. The same calls give
/// the same bytes. Memory does not grow with the number of records.
///
/// Every failure is a DataError that names the file and the reason. Limits that come from EDFlib 1.23: 64 open files
/// per process, annotation texts of 40 bytes, onsets not before the start, times of annotations in steps of 100 us, one
/// annotation per record and annotation channel, at most 10 MB (EDF+) or 15 MB (BDF+) per record. One writer
/// belongs to one thread at a time; different writers may live in different threads.
class EdfWriter {
public:
    /// Creates the temporary file. `overwrite` false: an existing target is refused now and again in finish().
    EdfWriter(const std::string& path, EdfOutputHeader header, bool overwrite = false);
    /// Removes the temporary file if finish() was not reached.
    ~EdfWriter();
    EdfWriter(EdfWriter&&) noexcept;
    EdfWriter& operator=(EdfWriter&&) noexcept;

    /// Samples of one record: those of channel 0, then of channel 1, ... Digital values inside the channel's range.
    void write_record(std::span<const std::int32_t> samples);
    /// UTF-8 text without control characters; `duration` 0: none. The duration and the sum of the onset and the start's
    /// fraction of a second are rounded to 100 us. Any order, before or between records.
    void annotate(Time onset, Time duration, std::string_view text);
    /// Completes the file and gives it its name. At least one record must have been written; without channels, at least
    /// one annotation. `record_seconds` not empty: an EDF+D file, see put_gaps().
    void finish(std::span<const std::int64_t> record_seconds = {});

    /// Number of samples that write_record() expects.
    std::size_t record_samples() const;
    std::int64_t records() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace psg::io

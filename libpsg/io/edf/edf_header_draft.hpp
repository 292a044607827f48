// The parts that an EDF header is read in; for edf_header.cpp alone.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "libpsg/io/edf/edf_fields.hpp"
#include "libpsg/io/edf/edf_header.hpp"

namespace psg::io {

inline constexpr std::int64_t edf_fixed_bytes = 256;  ///< of the general part of the header, and of each signal's part

/// A header that is being read.
struct EdfHeaderDraft {
    std::span<const unsigned char> bytes;  ///< the header, as far as it is in memory
    std::int64_t file_size = 0;
    std::string name;  ///< of the file
    EdfHeader header = {};

    Findings& findings() { return header.recording.findings; }
    /// A field of the general part.
    EdfField field(const char* title, std::int64_t offset, std::size_t width) const;
    /// A field of one signal: the fields before it have `before` bytes in all.
    EdfField signal_field(const char* title, std::int64_t signals, int signal, std::int64_t before, std::size_t width,
                          const std::string& label) const;
    /// Throws EdfRefusal.
    [[noreturn]] void refuse(const EdfField& field, const std::string& what, const std::string& remedy = {}) const;
};

/// Patient, recording, start date and start time, with the subfields of EDF+.
void read_edf_identity(EdfHeaderDraft& draft);
/// Unit and calibration of the channel with this index among `signals`; a channel without a usable one is reported.
void read_edf_calibration(EdfHeaderDraft& draft, std::int64_t signals, Channel& channel);
/// Header byte count and record count against the size of the file.
void read_edf_sizes(EdfHeaderDraft& draft, std::int64_t signals);

}  // namespace psg::io

// Time-stamped annotation lists (TALs) of EDF+ and BDF+ files.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// Collects the TALs of a file, record by record (EDF+ 2.2.2 to 2.2.4). Onsets are seconds since the start time of the
/// header, as in the file.
class TalCollector {
public:
    /// The annotation bytes of one signal in one record; `offset` is where they stand in the file. `timekeeping` is true
    /// for the first annotation signal: the first TAL of it tells when the record begins. Returns that moment, if readable.
    std::optional<Time> add(std::span<const unsigned char> bytes, std::int64_t offset, bool timekeeping);

    std::vector<Annotation>& annotations() { return annotations_; }
    /// One finding per kind of defect, with the number of cases and the first place.
    Findings findings() const;

private:
    struct Defect {
        std::int64_t count = 0;
        std::int64_t first = 0;
        void note(std::int64_t offset) {
            if (count++ == 0) first = offset;
        }
    };
    std::vector<Annotation> annotations_;
    Defect unreadable_, latin1_;
};

}  // namespace psg::io

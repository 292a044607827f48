// Time-stamped annotation lists (TALs) of EDF+ and BDF+ files.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// When a data record begins, as its timekeeping TAL says.
struct RecordOnset {
    Time onset{0};            ///< since the start time of the header
    int decimals = 0;         ///< digits that were written after the point
    std::int64_t offset = 0;  ///< of the TAL in the file
};

/// Collects the TALs of a file, record by record (EDF+ 2.2.2 to 2.2.4). Onsets are seconds since the start time of the
/// header, as in the file. A TAL that cannot be read is skipped and counted.
class TalCollector {
public:
    /// Annotations beyond this number are counted and not kept, so that no file takes memory out of proportion.
    static constexpr std::size_t max_annotations = 2'000'000;

    /// The annotation bytes of one signal in one record; `offset` is where they stand in the file. `timekeeping` is
    /// true for the first annotation signal: its first TAL begins with an empty text and tells when the record begins.
    /// Returns that moment, if there is one.
    std::optional<RecordOnset> add(std::span<const unsigned char> bytes, std::int64_t offset, bool timekeeping);

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
    void keep(Time onset, Time duration, std::string_view text, std::int64_t offset);

    std::vector<Annotation> annotations_;
    Defect unreadable_, incomplete_, unclosed_, latin1_, control_, surplus_;
};

/// Does a signal hold TALs in a record? Nothing if all bytes are 0.
std::optional<bool> looks_like_annotations(std::span<const unsigned char> bytes);

}  // namespace psg::io

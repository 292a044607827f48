// Onsets of data records into uninterrupted segments.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libpsg/io/edf/edf_annotations.hpp"
#include "libpsg/io/edf/edf_header.hpp"

namespace psg::io {

/// A record (or a part of a recording) that begins within this time of where the one before ended follows it without a
/// gap: half a sample of the fastest channel, but at least 1 ms (onsets are often written in milliseconds) and at most
/// 10 ms.
Time follow_tolerance(const std::vector<Channel>& channels);

/// Where the data records of a file lie in time.
struct Timeline {
    Time origin{0};                           ///< of the first record, since the start time of the header
    std::vector<Interval> segments;           ///< relative to `origin`
    std::vector<std::int64_t> first_records;  ///< of each segment
    Findings findings;
    /// Onsets were taken to be rounded, and more than a tenth of all records (proposed) contradict that or each other.
    bool rounding_contradicted = false;
};

/// Takes the records of a file one after the other. A record begins where the one before ended if its onset is within
/// half a sample of that (at least 1 ms, at most 10 ms); in a file declared continuous also if that is as near as the
/// written decimals can tell, unless `rounded_onsets` is false. An onset that is missing, goes back, is alone among its neighbours, or lies over 30 days
/// after the start is a broken number: the record follows the one before.
class RecordClock {
public:
    /// More segments than this are refused (EdfRefusal): a night of 1-s records has 30,000 records.
    static constexpr std::size_t max_segments = 1'000'000;

    RecordClock(const Recording& recording, const EdfLayout& layout, std::string file, bool rounded_onsets = true);
    /// The next record's onset as its first annotation list tells it; `offset` is where that list should stand.
    void add(const std::optional<RecordOnset>& onset, std::int64_t offset);
    /// After the last record.
    Timeline finish();

private:
    struct Told {
        std::optional<RecordOnset> onset;
        std::int64_t offset = 0;
    };
    struct Defect {
        std::int64_t count = 0, first = 0;
        void note(std::int64_t offset) {
            if (count++ == 0) first = offset;
        }
    };
    void settle(const Told& record, const std::optional<RecordOnset>& next);
    void place(Time onset, bool follows, std::int64_t offset);
    Time length_of(std::int64_t records) const;
    bool is_near(Time told, Time expected) const { return std::chrono::abs(told - expected) <= tolerance_; }
    bool same(Time told, Time expected, int decimals) const;
    void report(FindingCode code, const Defect& defect, const std::string& message, const std::string& repair);

    const EdfLayout& layout_;
    std::string file_, format_;
    Time tolerance_;
    bool rounded_onsets_;
    Timeline timeline_;
    std::optional<Told> pending_;
    std::optional<Time> origin_;
    std::int64_t origin_offset_ = 0, record_ = 0, rounded_ = 0;  // records whose onset is taken to be rounded
    bool rounded_up_ = false;  // the origin, from a fraction finer than a microsecond
    Defect missing_, implausible_, backwards_, alone_, gaps_;
};

}  // namespace psg::io

// Data records that EDFlib can write, of a duration in which every channel keeps its exact rate.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libpsg/model/time.hpp"

namespace psg::workflow {

/// How the records of a stretch are cut anew. The smallest piece of time that holds whole samples of every channel is a
/// quantum; an input record has `in_quanta` of them, an output record `out_quanta`.
struct RecordPlan {
    Time duration{0};  ///< of an output record
    std::int64_t in_quanta = 1;
    std::int64_t out_quanta = 1;
    std::int64_t records = 0;         ///< output records of the stretch
    std::int64_t padding_quanta = 0;  ///< that fill the last record
    bool same() const { return in_quanta == out_quanta; }
};

/// `record_nanoseconds` and `samples` (per record, one a channel) are those of the input, `in_records` the length of
/// the stretch, `max_samples` the most samples that an output record may hold. The input's records are kept if EDFlib
/// can write them; else the records are the ones nearest to 1 s that divide the stretch, or pad it least. EDFlib's
/// steps are 10 us, its limits 1 ms and 60 s. DataError, naming `file`, if there are no such records.
RecordPlan plan_records(const std::string& file, std::int64_t record_nanoseconds,
                        const std::vector<std::int64_t>& samples, std::int64_t in_records, std::int64_t max_samples);

}  // namespace psg::workflow

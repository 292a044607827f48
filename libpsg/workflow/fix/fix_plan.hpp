// Which files a segment of a recording becomes: their names, channels, records and annotations.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/io/scored/annot_writer.hpp"
#include "libpsg/workflow/fix/fix_stream.hpp"

namespace psg::workflow {

/// The part of a name before its ending ".edf", ".bdf" or the like, and the ending.
std::pair<std::string, std::string> stem_and_ending(const std::string& path);

/// Names of the output: OUT.edf; OUT-1.edf, OUT-2.edf, ... of the segments of a recording with gaps; with a letter b,
/// c, ... behind for the channels that EDFlib cannot write into the first file; OUT.annot for the annotations that it
/// cannot write.
std::string fixed_file_name(const std::string& output, int segment, int part);
std::string annot_file_name(const std::string& output);

/// A segment as it is read.
struct SegmentInput {
    const std::string& output;  ///< as the user named it
    int number = 0;             ///< of the segment, from 1; 0: the recording has no gaps
    Interval extent;
    std::int64_t records = 0;
    std::vector<Annotation> annotations;  ///< for the file, onsets since the start of the segment
};

/// What becomes of one segment.
struct SegmentPlan {
    RecordPlan records;
    std::vector<OutputPart> parts;        ///< more than one where EDFlib's 640 signals are not enough
    std::vector<io::AnnotRow> elsewhere;  ///< annotations for which the records have no room
};

/// Plans a segment with channels; the first part takes the annotations, and one more where the last record is padded.
/// `header` is what all files have in common; its start must be that of the segment. DataError as plan_records().
SegmentPlan plan_segment_files(SegmentInput segment, const std::vector<FixedChannel>& channels,
                               const io::EdfLayout& layout, io::EdfOutputHeader header);

}  // namespace psg::workflow

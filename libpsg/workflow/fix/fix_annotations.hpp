// Which annotation goes into which file.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/io/scored/annot_writer.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::workflow {

/// Annotations of one output file, their onsets since its first sample.
struct PlacedAnnotations {
    std::vector<Annotation> in_file;
};

struct AnnotationPlan {
    std::vector<PlacedAnnotations> segments;  ///< one a segment; one if there is no segment
    std::vector<io::AnnotRow> elsewhere;      ///< for the .annot file; times since the start of the recording
};

/// Each annotation goes to the segment in which it begins (after the last one: to the last). To `elsewhere` go those
/// that begin before the recording or in a gap, longer than 40 bytes, with control characters, and, unless `round`,
/// those whose times are finer than EDFlib's 100 us. `starts`: time of day of each segment's first sample (EDFlib's
/// steps count from its whole second). Findings count each kind.
AnnotationPlan place_annotations(const std::vector<Annotation>& annotations, const std::vector<Interval>& segments,
                                 const std::vector<Time>& starts, bool round, Findings& findings);

}  // namespace psg::workflow

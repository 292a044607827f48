// The samples of one segment on their way into one or more output files.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/io/edf/edf_writer.hpp"
#include "libpsg/workflow/fix/fix_channels.hpp"
#include "libpsg/workflow/fix/fix_records.hpp"

namespace psg::workflow {

/// One output file of a segment: its channels [first, first + count) of all, and what went into it.
struct OutputPart {
    std::string path;
    io::EdfOutputHeader header;
    std::size_t first = 0, count = 0;
    std::vector<Annotation> annotations;
    std::vector<std::uint64_t> digests;  ///< of the digital values of each channel
};

/// Takes samples as they pass by, cuts them into records of the plan, and writes every part.
class FixStream {
public:
    FixStream(const std::vector<FixedChannel>& channels, const RecordPlan& plan, const io::EdfLayout& layout,
              std::vector<OutputPart>& parts, bool overwrite);
    /// All of `channels`, by place. `limited` counts the samples that were limited to their range, by channel.
    void add(const io::SlotBlock& block, std::vector<LimitedSamples>& limited);
    /// Fills the last record by repeating the last samples and completes the files.
    void finish();

private:
    struct Lane {
        std::vector<std::int32_t> samples;
        std::size_t written = 0, per_record = 0;
    };
    void write_records();

    const std::vector<FixedChannel>& channels_;
    const RecordPlan& plan_;
    const io::EdfLayout& layout_;
    std::vector<OutputPart>& parts_;
    std::vector<io::EdfWriter> writers_;
    std::vector<Lane> lanes_;
    std::vector<std::int32_t> values_, record_;
};

/// Reads a part back by EDFlib and by the reader; DataError (and the file is removed) if anything differs from what was
/// written.
void verify_part(const OutputPart& part, const std::vector<FixedChannel>& channels, bool exact_times);

}  // namespace psg::workflow

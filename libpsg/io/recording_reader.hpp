// Opens a recording: one file, or a night that is split over several files.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/edf/part_times.hpp"
#include "libpsg/io/edf/sample_stream.hpp"
#include "libpsg/model/recording.hpp"
#include "libpsg/model/signal.hpp"

namespace psg::io {

/// One file is read as EdfReader reads it. Several files are joined to one recording:
///
/// * Parts stand in order of their starts (place_parts() of part_times.hpp), the time between them is a gap between
///   segments; a part that goes on where the one before ended continues its segment.
/// * Channels are matched by label (the k-th of a label with the k-th); they must have the same rate and working unit
/// in
///   every part, and a calibration, which may differ. Others are left out with a finding.
/// * What describes a channel comes from the first part, its calibration from the part with the coarsest step.
/// * Annotations and findings of all parts are kept; fields of findings begin with "part N", in order of time.
/// * RECORDING_JOINED tells what was joined, with the gaps.
class RecordingReader {
public:
    /// DataError if a file cannot be read or the parts cannot be joined; UsageError without any path.
    explicit RecordingReader(const std::vector<std::string>& paths);

    const Recording& recording() const { return parts_.size() == 1 ? parts_[0].reader.recording() : joined_; }

    /// Number of signals in the (first) file, annotation channels included: indices from here on are free.
    std::size_t signals_in_file() const { return parts_[0].reader.layout().slots.size(); }

    /// The channels without their samples: what read_part() has of each stretch is told by its number.
    std::vector<Signal> describe(std::span<const int> channels) const;

    /// describe(), and all samples in memory. `sha256` receives the digest of each file, in order of time.
    std::vector<Signal> read(std::span<const int> channels, std::vector<std::string>* sha256 = nullptr) const;

    /// As stream_samples() of one file; segments are those of recording().
    void stream(std::span<const int> channels, const SampleConsumer& consume, bool with_limits = true, PassReport* report = nullptr, const StepObserver& done = {}) const;

    /// Samples from the `first` of a segment of recording() on, as many as `out` holds; they must be there.
    void read_part(int channel, std::size_t segment, std::int64_t first, std::span<float> out) const;

    /// As EdfReader::keep_if_packed(), for each file.
    void keep_if_packed(std::span<const int> channels);

private:
    struct Part {
        EdfReader reader;
        Time offset{0};
        bool follows = false;
        std::vector<int> channels;  // index of each channel of joined_
    };
    void place(const std::vector<std::string>& names);
    void match_channels();
    void join_segments();
    void keep_annotations_and_findings();
    int joined_index(const Part& part, int channel) const;
    std::vector<int> own_channels(const Part& part, std::span<const int> channels) const;

    std::vector<Part> parts_;
    Recording joined_;
};

}  // namespace psg::io

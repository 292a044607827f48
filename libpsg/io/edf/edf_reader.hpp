// Reader for EDF, EDF+C, EDF+D, BDF, BDF+C and BDF+D recordings: opens what can be opened and says what it did.
// SPDX-License-Identifier: BSD-3-Clause
//
// Own code and not EDFlib: EDFlib 1.23 needs 2.3 s of CPU for the samples of a 284-MB night where one pass of block
// reads needs 0.15 s, and it refuses most of the defects that archives have. The policy, row by row, stands in
// README.md here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "libpsg/io/edf/edf_header.hpp"
#include "libpsg/io/edf/edf_samples.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/model/recording.hpp"
#include "libpsg/model/signal.hpp"
#include "libpsg/model/step_observer.hpp"

namespace psg::io {

/// Samples of some channels from the same time: those of consecutive records of a segment, or of a part of one record that is
/// longer than a block.
struct SlotBlock {
    struct Slot {
        const unsigned char* bytes = nullptr;  ///< of the first record
        std::int64_t stride = 0;               ///< how far they are from those of the next one
        std::int64_t first = 0, samples = 0;   ///< in each record; channels of one rate have the same
        std::int64_t place = 0;                ///< of `bytes` in the file
    };
    std::vector<Slot> slots;  ///< by place among the channels
    std::int64_t first_record = 0;
    std::int64_t record_count = 0;
    std::size_t segment = 0;  ///< index in Recording::segments
};

/// EDF_SAMPLE_RANGE of a channel.
Finding sample_range_finding(const LimitedSamples& limited, int channel, const std::string& label);

class EdfReader {
public:
    /// Opens the file and reads header and annotations; samples are read later. DataError if the layout cannot be
    /// trusted.
    explicit EdfReader(const std::string& path);

    /// Annotation onsets are relative to the first sample, as all times of a Recording.
    const Recording& recording() const { return header_.recording; }
    const EdfLayout& layout() const { return header_.layout; }

    /// One pass over the samples of some channels, in blocks of a megabyte (or 3 kB a channel, if that is more) however long the
    /// records are; only of a packed file that keep_if_packed() did not keep a whole record is in memory. Of few bytes in large records, and of records longer than a
    /// block, no others are read. If `sha256` is given it receives the digest of the whole file, header and trailing bytes
    /// included: of the same pass, or, where records are longer than a block, of one before. `done` is told the pieces
    /// "read" and "hash".
    void for_each_block(std::span<const int> channels, const std::function<void(const SlotBlock&)>& consume,
                        std::string* sha256 = nullptr, const StepObserver& done = {}) const;

    /// Number of samples of a channel in a segment.
    std::int64_t samples_in(int channel, std::size_t segment) const;

    /// Samples of a calibrated channel from the `first` of a segment on, in its working unit.
    void read_part(int channel, std::size_t segment, std::int64_t first, std::span<float> out) const;

    /// A packed file cannot be read backwards: keeps the bytes of these channels in memory, in one pass. What is asked of them
    /// afterwards is answered from there; other channels cost another unpacking for each pass. Nothing for other files.
    void keep_if_packed(std::span<const int> channels);

    /// Samples of some channels in their working unit, in one pass. Channels are Channel::index values of this
    /// recording; one that is uncalibrated is a UsageError.
    std::vector<Signal> read(std::span<const int> channels, std::string* sha256 = nullptr) const;

    /// EDF_SAMPLE_RANGE for every calibrated channel with samples outside its declared digital range; one pass over the
    /// file that keeps nothing.
    Findings check_samples() const;

    /// Digital values of one channel, all segments one after the other.
    std::vector<std::int32_t> read_digital(int channel) const;

private:
    void settle_unsure_slots();
    void read_annotations();
    void for_each_annotation_signal(
        const std::vector<const EdfSlot*>& slots,
        const std::function<void(const EdfSlot&, std::span<const unsigned char>, std::int64_t)>& take) const;
    void start_at(Time origin);
    const EdfSlot& slot(int channel) const;
    std::int64_t record_start(std::int64_t record) const;
    bool keeps(std::span<const int> channels) const;
    /// The bytes of the file from one place to another, in their order, some at a time.
    void read_range(std::int64_t from, std::int64_t to, const std::function<void(std::int64_t, std::span<const unsigned char>)>& take) const;
    void read_slots(SlotBlock& block, std::vector<unsigned char>& bytes) const;
    std::int64_t segment_end(std::size_t segment) const;  // its records
    Outside outside(const unsigned char* bytes, const Calibration& calibration, std::size_t samples) const;

    InputFile file_;
    EdfHeader header_;
    std::vector<std::int64_t> segment_first_record_;  // parallel to recording().segments
    std::map<int, std::vector<unsigned char>> kept_;  // by channel: its bytes of all records
    std::string kept_sha256_;                         // empty: nothing was kept
};

}  // namespace psg::io

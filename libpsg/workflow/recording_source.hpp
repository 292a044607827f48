// The samples of a recording as the user has its channels: units and polarity changed, derived channels made.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "libpsg/io/recording_reader.hpp"
#include "libpsg/model/night.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/model/step_observer.hpp"

namespace psg::workflow {

/// Reads the files again whenever samples are wanted: memory does not grow with them. (mmap would end the process by SIGBUS if
/// a file became shorter.) A packed recording cannot be read backwards: its channels are kept in memory, as in the file.
/// Where a term of a derived channel had to be limited to its declared range, so often is the derived one.
class RecordingSource : public SampleSource, public std::enable_shared_from_this<RecordingSource> {
public:
    /// `recording`: the reader's with the user's changes and derived channels. To be made by std::make_shared.
    RecordingSource(io::RecordingReader reader, const Recording& recording);

    /// A channel, its samples to be had from here. UsageError if there is none or it is not calibrated.
    Signal signal(int channel) const;
    bool is_calibrated(int channel) const { return this->channel(channel).calibration.has_value(); }

    void read(int channel, std::size_t stretch, std::size_t first, std::span<float> out) const override;
    void stream(std::span<const int> channels, const Take& take) const override;

    /// One pass with more to be seen: where samples are at a limit (empty without `with_limits`), and a report. `done` is told the pieces
    /// "read", "hash" and "decode".
    using TakeAll = std::function<void(std::size_t place, std::size_t stretch, std::span<const float> samples, std::span<const std::uint8_t> at_limit)>;
    void stream(std::span<const int> channels, const TakeAll& take, bool with_limits, io::PassReport* report = nullptr, const StepObserver& done = {}) const;

    /// As EdfReader::keep_if_packed(): what is wanted of these channels is then to be had.
    void keep_if_packed(std::span<const int> channels);

private:
    const Channel& channel(int index) const;

    io::RecordingReader reader_;
    std::vector<Channel> channels_;
};

/// The channels of the wanted roles: those that were chosen, or the calibrated ones that were not.
std::vector<RoleSignal> role_signals(const RecordingSource& source, const std::vector<RoleAssignment>& roles, const std::vector<Role>& wanted, bool chosen = true);

}  // namespace psg::workflow

// A simulated night: its plan with the truth, its channels, and its samples record by record.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libpsg/simulate/lead_faults.hpp"
#include "libpsg/simulate/plan.hpp"
#include "libpsg/simulate/render.hpp"

namespace psg::simulate {

/// A channel as it goes into a file. Digital values are 16 bits: `physical_max` stands for 32767.
struct SimulatedChannel {
    std::string label;
    std::string unit;
    double physical_max = 0;  ///< of the symmetric range, in `unit`
    int rate_hz = 0;
};

/// The channels of the options' montage. Records last one second. Same options, same samples on every processor.
class SimulatedNight {
public:
    /// UsageError if an option is out of range.
    explicit SimulatedNight(const SimulationOptions& options);

    const Plan& plan() const { return *plan_; }
    const std::vector<SimulatedChannel>& channels() const { return channels_; }
    std::int64_t records() const { return plan_->duration.count() / 1'000'000; }
    std::size_t record_samples() const { return record_samples_; }

    /// The next record: digital values of channel 0, then of channel 1, ...; too large ones are clipped, as amplifiers
    /// do.
    void render_record(std::span<std::int32_t> digital);

private:
    void add(SimulatedChannel channel, std::unique_ptr<ChannelRenderer> renderer);

    std::unique_ptr<const Plan> plan_;
    std::vector<SimulatedChannel> channels_;
    std::vector<std::unique_ptr<ChannelRenderer>> renderers_;
    std::vector<LeadFaults> faults_;
    std::size_t record_samples_ = 0;
    std::int64_t next_second_ = 0;
    std::vector<double> samples_;
};

/// The truth as TSV: id, class, onset, duration, stage, channel, side, then every attribute that any class has.
std::string truth_tsv(const Plan& plan);
/// The hypnogram as TSV: epoch, onset, duration, stage.
std::string hypnogram_tsv(const Plan& plan);

}  // namespace psg::simulate

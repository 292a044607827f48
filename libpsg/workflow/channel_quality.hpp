// Quality of the channels of a recording: the table, and findings about amplitude and resolution.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "libpsg/events/detector.hpp"
#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/signal/channel_quality.hpp"
#include "libpsg/workflow/recording_source.hpp"

namespace psg::workflow {

/// By Channel::index.
using Qualities = std::map<int, signal::ChannelQuality>;

/// Finding::field of what quality_findings() says of steps.
inline constexpr std::string_view resolution_field = "resolution";

/// Meters of channels that pass by side by side, in memory that does not grow with them.
class QualityMeters {
public:
    /// Of those of `channels` that are calibrated.
    QualityMeters(const Recording& recording, const std::vector<int>& channels, bool amplitude_only);

    /// What is to pass by.
    const std::vector<int>& channels() const { return channels_; }
    /// Samples of `channels()[place]`.
    void add(std::size_t place, std::size_t stretch, std::span<const float> samples, std::span<const std::uint8_t> at_limit);
    /// To be called once.
    Qualities finish();

private:
    struct Metered {
        std::optional<std::size_t> stretch;
        signal::QualityMeter meter;
    };
    std::vector<int> channels_;
    std::vector<Metered> meters_;
};

/// Assesses all calibrated channels of `recording`, whose samples `source` has, in one pass.
Qualities assess_channels(const RecordingSource& source, const Recording& recording);

/// Sets ChannelQuality::unscorable_s of the channels that a detector told about.
void tell_unscorable(const events::Detection& detection, Qualities& qualities);
/// The same by the detector of leg movements with its defaults, for a night with no more than its legs loaded.
void tell_unscorable_legs(const Night& night, Qualities& qualities);

/// RESOLUTION_COARSE for every assigned channel of an EEG, EOG or EMG role with a step above 1 uV, and
/// AMPLITUDE_IMPLAUSIBLE for every assigned channel with an assessed amplitude beyond the limits of its role: median SD of
/// 30-s epochs, EEG 0.5 to 500 uV (reader's policy), EOG 0.5 to 1000, EMG 0.1 to 1000, ECG 5 to 10,000 uV (proposed). Nothing
/// is told of recordings shorter than one epoch, nor of channels below 10 Hz, which hold averages. With `chosen_only` alternatives are passed over.
Findings quality_findings(const Recording& recording, const std::vector<RoleAssignment>& roles, const Qualities& qualities,
                          bool chosen_only);

/// The same of one file with the roles that its labels tell: what psg-info --check adds to the reader's findings.
Findings quality_findings(const io::EdfReader& reader);

/// One row per channel: minutes recorded, flat, clipped, dominated by mains, lead off, unscorable; step, amplitude.
Table quality_table(const Recording& recording, const std::vector<RoleAssignment>& roles, const Qualities& qualities);

}  // namespace psg::workflow

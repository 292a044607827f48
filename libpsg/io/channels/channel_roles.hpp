// Which channel plays which role: the user's word first, then the laboratory's map, then what the labels say; never a guess.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libpsg/io/channels/channel_map.hpp"
#include "libpsg/model/channel.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// A role that the user gives to a channel.
struct ChannelChoice {
    Role role{};
    std::string label;  ///< as in the file, or in another case or punctuation, or "#N" for Channel::index N
};

/// Reads "ROLE=LABEL". UsageError for anything else; the message lists the roles.
ChannelChoice parse_channel_choice(std::string_view text);

/// The roles of a recording's channels, in the order of the roles, the preferred channel of each role first.
///
/// Rule of an assignment: "user", "map", or how read_label() understood the label ("alias", "derivation", "token"). A
/// channel that the map names plays the map's role or, if the map ignores it, none; what its label says no longer counts.
/// Left without a role: impedance channels and every unit in ohms; a channel whose known unit does not suit the role
/// (volts for the EEG, EOG, EMG and ECG roles; no volts for spo2; no beats or breaths per minute); ambiguous labels
/// (CHANNEL_AMBIGUOUS, among them electrode grids named A1..A32, B1.. whose A1, C3 or E1 are no 10-20 electrodes).
/// A channel without calibration is listed but never chosen (CHANNEL_UNUSABLE).
///
/// Chosen: if the user names channels for a role, exactly these. Otherwise, if the recording has a usable channel that the
/// map names for the role: the one whose line comes first in the map (none, and CHANNEL_AMBIGUOUS, if several channels fit
/// that line), for eeg with the next one beside it under the condition below. Otherwise one channel per role: a derived one
/// (see derivation.hpp) before those of the file, then the better reference
/// (see Reference; bipolar before one electrode), then steps of at most 1 uV before coarser ones, then the first in the
/// file; two EMG channels of a role whose labels differ in nothing but a number ("LAT1", "LAT2") are CHANNEL_AMBIGUOUS and
/// none is chosen. For trunk, beside that one, the first channel of each other muscle that the labels name (paraspinal, rectus
/// abdominis, intercostal), whose order in time says where a jerk began. A nasal pressure or unnamed airflow sensor goes before a thermistor. For eeg, one derivation per
/// electrode is a candidate and they are ordered by
///   1. reference: mastoid, then another named one, then none;
///   2. region: C4 and C3, Cz, then frontal and occipital, then others, then unnamed;
///   3. contralateral before ipsilateral mastoid, fine before coarse steps, even (right) before odd electrodes, file
///   order;
/// and the first is chosen, and beside it the first after it that is equally referenced (by 1.) and makes a pair with it: C3
/// with C4, or a frontal with a parietal or occipital one (see head_region()).
///
/// `findings` receives CHANNEL_AMBIGUOUS, CHANNEL_UNUSABLE and, for eeg, eog_left, eog_right, chin, leg_left, leg_right
/// and ecg, CHANNEL_NOT_FOUND. UsageError if the user names a channel that does not exist (the message lists those that
/// do), that several channels are called, that has no calibration, or two channels for a role other than eeg and trunk.
std::vector<RoleAssignment> assign_roles(const Recording& recording, const std::vector<ChannelChoice>& user,
                                         Findings& findings, const ChannelMap& map = {});

}  // namespace psg::io

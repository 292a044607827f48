// A channel as the file describes it, and the roles that a channel can play in a sleep study.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/rate.hpp"

namespace psg {

/// Linear map from digital values to the working unit: `scale * digital + offset`, after limiting them to the range that
/// the header declares (as EDFlib does; a range that is itself out of order does not limit).
struct Calibration {
    double scale = 1;   ///< one digital step in the working unit; negative for a reversed range
    double offset = 0;
    std::int32_t low = std::numeric_limits<std::int32_t>::min();
    std::int32_t high = std::numeric_limits<std::int32_t>::max();
    double physical(std::int32_t digital) const { return scale * std::clamp(digital, low, high) + offset; }
};

/// What the user made of a channel.
struct ChannelChange {
    std::string kind;    ///< "derived", "unit" or "inverted"
    std::string value;   ///< the expression, the unit that the header should have had, or ""
    std::string source;  ///< "given" (a command's option) or "map" (the laboratory's map file)
};

/// A channel of the file in the weighted sum that a derived channel is.
struct DerivedTerm {
    int channel = -1;   ///< Channel::index
    double factor = 1;
};

/// One ordinary signal of the file (annotation channels are not listed), or one that the user derived from them.
struct Channel {
    int index = 0;             ///< position among the file's signals, annotation channels included, from 0: its identity;
                               ///< derived channels follow
    std::string label;         ///< UTF-8, trimmed, otherwise as in the file
    std::string transducer;
    std::string prefilter;
    std::string unit_text;     ///< as in the header, UTF-8, trimmed
    bool one_header_unit = true;  ///< false: joined of parts whose headers have different units
    std::string unit;          ///< working unit: "uV" for voltages, the header's for others, "" if unknown
    std::string physical_min, physical_max;   ///< header texts, trimmed
    std::int32_t digital_min = 0, digital_max = 0;
    int samples_per_record = 0;
    SampleRate rate;
    std::optional<Calibration> calibration;   ///< nothing: uncalibrated, not used; `factor` is in it
    double factor = 1;         ///< the reader's values are multiplied with it: unit and polarity as the user says
    std::vector<DerivedTerm> terms;           ///< not empty: derived, the file does not hold it
    std::vector<ChannelChange> changes;       ///< empty: the channel is as in the file
};

/// "derived: C4-Ref - M1-Ref", "unit: mV (given); inverted (map)"; empty if the channel is as in the file.
std::string changes_text(const Channel& channel);

/// What a channel is for. The order is that of the tables.
#define PSG_ROLES(X)                                                                                  \
    X(eeg, "eeg", "scalp EEG derivation")                                                             \
    X(eog_left, "eog_left", "left eye movements")                                                     \
    X(eog_right, "eog_right", "right eye movements")                                                  \
    X(chin, "chin", "chin (mentalis, submentalis) EMG")                                               \
    X(masseter, "masseter", "masseter EMG")                                                           \
    X(neck, "neck", "neck EMG (sternocleidomastoid, trapezius, splenius)")                            \
    X(trunk, "trunk", "trunk EMG (intercostal, abdominal, paraspinal)")                               \
    X(arm_left, "arm_left", "left arm EMG")                                                           \
    X(arm_right, "arm_right", "right arm EMG")                                                        \
    X(leg_left, "leg_left", "left anterior tibialis EMG")                                             \
    X(leg_right, "leg_right", "right anterior tibialis EMG")                                          \
    X(ecg, "ecg", "electrocardiogram")                                                                \
    X(airflow, "airflow", "nasal pressure or airflow")                                                \
    X(thorax, "thorax", "thoracic effort")                                                            \
    X(abdomen, "abdomen", "abdominal effort")                                                         \
    X(snore, "snore", "snoring")                                                                      \
    X(spo2, "spo2", "oxygen saturation")                                                              \
    X(position, "position", "body position")

enum class Role {
#define PSG_ROLE_ENUM(id, name, meaning) id,
    PSG_ROLES(PSG_ROLE_ENUM)
#undef PSG_ROLE_ENUM
};

std::string_view role_name(Role role);
std::string_view role_meaning(Role role);
std::optional<Role> role_from_name(std::string_view name);
const std::vector<Role>& all_roles();

/// A role given to a channel, and why.
struct RoleAssignment {
    Role role{};
    int channel = -1;    ///< Channel::index
    std::string label;   ///< the channel's label
    std::string site;    ///< EEG electrode ("C3") or muscle, if the label tells; else empty
    std::string rule;    ///< how it was found: "user", "alias", "token", ...
    bool chosen = true;  ///< false: an alternative that the tools do not use by themselves
};

}  // namespace psg

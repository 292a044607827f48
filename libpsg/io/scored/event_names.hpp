// What the names in scorings mean: stages, events, marks, whatever the laboratory calls them.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "libpsg/model/event.hpp"

namespace psg::io {

/// stage: `stage` tells which; event: `event` is its class (obstructive_apnea, rera, arousal, leg_movement, a class of
/// psg-detect); position: `event` is the body position (supine, prone, left, right, upright; unknown ends one);
/// event_button: the sleeper pressed it; ignored:
/// known, and of no use here (desaturation, snoring, artefact, a note).
enum class NameKind { stage, event, position, event_button, lights_off, lights_on, ignored, unknown };

struct NameMeaning {
    NameKind kind = NameKind::unknown;
    Stage stage = Stage::unknown;
    std::string event;
    Side side = Side::none;  ///< of a movement, if the name tells
};

/// How stages in digits are meant where the format does not say: nobody told, Rechtschaffen and Kales (0 W, 1 to 4, 5
/// REM), or YASA and libpsg's codes (0 W, 1 N1, 2 N2, 3 N3, 4 REM).
enum class StageDigits { unknown, rk, yasa };

/// Names given by the user, by folded spelling (fold_label()).
using EventMap = std::map<std::string, NameMeaning>;

/// Reads a map of names: a line each of name, tab, meaning; '#' begins a comment; a first line "name<TAB>meaning" is
/// skipped. DataError with file and line: another number of fields, an empty name, an unknown meaning, a name twice
/// with two meanings. `classes` are further meanings (the classes of psg-detect).
EventMap read_event_map(std::string_view bytes, const std::string& file, const std::set<std::string>& classes);

/// A meaning by its name: W N1 N2 N3 R ?, the respiratory kinds, arousal, leg_movement, leg_movement_left,
/// leg_movement_right, position_supine (_prone, _left, _right, _upright, _unknown), event_button,
/// lights_off, lights_on, ignore. Nothing if it is none.
std::optional<NameMeaning> meaning_from_name(std::string_view name);
/// Those names, separated by blanks.
std::string_view meaning_names();

/// The apnoeas, hypopnoeas, RERAs and respiratory_event.
bool is_respiratory(std::string_view event_class);

/// What a name means, in this order: the user's map; the class names of psg-detect in `classes`; a spelling of the
/// table event_names.tsv; a spelling of stage_from_name() (digits and single letters that can mean other things only if
/// `stage_expected`); words (kind of breathing event, arousal, limb movement with its side; never a word beside
/// "desaturation" or "artefact"; a body position where the name says nothing else: "Position - Left", "lying on the back";
/// supine, prone and upright also by themselves, "Left" not, which may be a side of anything).
NameMeaning read_event_name(std::string_view name, const EventMap& map, const std::set<std::string>& classes,
                            bool stage_expected = false);

/// What an abbreviation that is left unknown could mean ("RLM": right, or respiratory-related); "" for any other name.
std::string_view ambiguity_of_name(std::string_view name);

}  // namespace psg::io

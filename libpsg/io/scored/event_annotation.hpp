// Events and stages as texts of EDF+ annotations.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/model/event.hpp"

namespace psg::io {

/// "Limb movement #12@@EMG LAT" for the event leg_movement-12 in channel EMG LAT: the readable name of the class (the
/// class itself with spaces where there is none), the number of the id, and the channel behind "@@" (EDF+ 2.2.4
/// standard texts, EDFbrowser's convention for channels). EDFlib's limit of 40 bytes shortens the channel, then leaves
/// it out, never the id; `shortened` tells. A side that the channel does not tell is not in the text.
std::string event_annotation_text(const Event& event, bool& shortened);

/// The text with "@@" and the channel behind it, shortened in the same way; a text that is longer than the limit by
/// itself keeps the whole channel.
std::string with_channel(std::string text, const std::string& channel, bool& shortened);

/// "Sleep stage N2"; "Sleep stage ?" for unknown.
std::string stage_annotation_text(Stage stage);

}  // namespace psg::io

// UTF-8 text into the printable ASCII that EDF headers allow.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace psg::io {

/// The nearest ASCII text: letters lose their accents ("Müller" -> "Muller", "ß" -> "ss"), micro signs become u, the
/// degree sign "deg", Greek Omega "Ohm", typographic quotes and dashes plain ones; every other character becomes '?'.
std::string to_ascii(std::string_view utf8);

/// A to Z as a to z, everything else as it is, whatever the locale.
std::string lower_case(std::string text);

bool is_printable_ascii(std::string_view text);

}  // namespace psg::io

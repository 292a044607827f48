// Text of unknown encoding into clean UTF-8.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace psg::io {

struct CleanText {
    std::string text;            ///< valid UTF-8, no control characters, trimmed at both ends
    bool was_non_ascii = false;  ///< bytes above 126
    bool was_latin1 = false;     ///< ... that were no valid UTF-8 and were read as Latin-1
    bool had_control = false;    ///< control characters or NUL bytes inside or as padding
    bool control_within = false;  ///< ... before the last other character, tabs and line ends apart: something may be lost
    bool had_leading_space = false;
};

/// Control characters become spaces, NUL padding and surrounding spaces are cut.
CleanText clean_text(std::string_view bytes);

/// A whole text file as UTF-8 without byte order mark.
struct DecodedText {
    std::string text;
    std::string encoding;  ///< "UTF-8", "UTF-16LE", "UTF-16BE" or "Latin-1"
};

/// Reads UTF-8 and UTF-16 by their byte order marks; without one UTF-16 is recognised by the zero bytes of ASCII
/// characters, UTF-8 by being valid, and everything else is Latin-1. DataError about `name`: UTF-16 that is cut or has
/// half a surrogate pair.
DecodedText decode_text(std::string_view bytes, const std::string& name);

}  // namespace psg::io

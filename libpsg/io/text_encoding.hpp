// Text of unknown encoding into clean UTF-8.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace psg::io {

struct CleanText {
    std::string text;             ///< valid UTF-8, no control characters, trimmed at both ends
    bool was_non_ascii = false;   ///< bytes above 126
    bool was_latin1 = false;      ///< ... that were no valid UTF-8 and were read as Latin-1
    bool had_control = false;     ///< control characters or NUL bytes inside or as padding
    bool had_leading_space = false;
};

/// Control characters become spaces, NUL padding and surrounding spaces are cut.
CleanText clean_text(std::string_view bytes);

}  // namespace psg::io

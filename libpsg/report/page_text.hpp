// Texts of unknown origin into pages: escaped for HTML and for JSON inside a script, numbers rounded, bytes as base64.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace psg::report {

/// Valid UTF-8: bytes that are none, and control characters but line feeds and tabs, become U+FFFD.
std::string valid_text(std::string_view bytes);

/// For the text of an element and for an attribute in quotes.
std::string escape_html(std::string_view text);

/// A JSON string in quotes that no parser of HTML can take for the end of a script: < > & and U+2028, U+2029 as \u....
std::string json_text(std::string_view text);

/// Rounded to `decimals` digits behind the point, without trailing zeros; "null" if it is not finite.
std::string json_number(double value, int decimals);

/// For readers: four significant digits at least, all of those before the point; "–" if it is NaN.
std::string number_text(double value);

/// For rates and amplitudes: one digit behind the point, below 1 two, from 100 none; "–" if it is NaN.
std::string rate_text(double value);

/// For the path of a link: everything but letters, digits and -._~ as %XX.
std::string escape_url(std::string_view text);

std::string base64(std::span<const unsigned char> bytes);
inline std::string base64(std::string_view bytes) {
    return base64(std::span(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

}  // namespace psg::report

// UTF-8 text into printable ASCII.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/text/ascii_text.hpp"

#include <algorithm>
#include <array>

namespace psg::io {

namespace {

// U+00A0 to U+00FF in order.
constexpr std::array<std::string_view, 96> latin1{
    " ",   "!",  "c", "L", "?", "Y", "|",  "S", "\"", "c", "a", "\"", "-",   "-",   "r",   "-",   //
    "deg", "+-", "2", "3", "'", "u", "P",  ".", ",",  "1", "o", "\"", "1/4", "1/2", "3/4", "?",   //
    "A",   "A",  "A", "A", "A", "A", "AE", "C", "E",  "E", "E", "E",  "I",   "I",   "I",   "I",   //
    "D",   "N",  "O", "O", "O", "O", "O",  "x", "O",  "U", "U", "U",  "U",   "Y",   "Th",  "ss",  //
    "a",   "a",  "a", "a", "a", "a", "ae", "c", "e",  "e", "e", "e",  "i",   "i",   "i",   "i",   //
    "d",   "n",  "o", "o", "o", "o", "o",  "/", "o",  "u", "u", "u",  "u",   "y",   "th",  "y"};

// U+0100 to U+017F: Latin Extended-A.
constexpr std::string_view extended_a =
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiJjJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUu"
    "UuWwYy"
    "YZzZzZzs";

std::string_view spelling(char32_t c) {
    if (c >= 0xA0 && c <= 0xFF) return latin1[c - 0xA0];
    if (c >= 0x100 && c <= 0x17F) return extended_a.substr(c - 0x100, 1);
    switch (c) {
        case 0x3BC:
            return "u";  // Greek mu
        case 0x3A9:
        case 0x2126:
            return "Ohm";  // omega, ohm sign
        case 0x394:
        case 0x2206:
            return "D";  // delta
        case 0x2010:
        case 0x2011:
        case 0x2012:
        case 0x2013:
        case 0x2014:
        case 0x2212:
            return "-";
        case 0x2018:
        case 0x2019:
        case 0x201A:
            return "'";
        case 0x201C:
        case 0x201D:
        case 0x201E:
            return "\"";
        case 0x2026:
            return "...";
        case 0x2082:
            return "2";  // as in SpO2
        default:
            return "?";
    }
}

}  // namespace

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool is_printable_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string to_ascii(std::string_view utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        if (lead < 0x80) {
            out += lead < 0x20 || lead == 0x7f ? ' ' : static_cast<char>(lead);
            ++i;
            continue;
        }
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        char32_t code = lead & (0x7Fu >> length);
        const std::size_t end = std::min(i + length, utf8.size());
        for (std::size_t k = i + 1; k < end; ++k) code = (code << 6) | (static_cast<unsigned char>(utf8[k]) & 0x3Fu);
        out += spelling(code);
        i = end;
    }
    return out;
}

}  // namespace psg::io

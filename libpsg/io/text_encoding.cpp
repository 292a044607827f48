// Text of unknown encoding into clean UTF-8.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/text_encoding.hpp"

namespace psg::io {

namespace {

// Length of the valid UTF-8 sequence (2 to 4 bytes) that starts at text[i]; 0 if there is none.
std::size_t utf8_sequence(std::string_view text, std::size_t i) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned char lead = byte(i);
    const std::size_t length = lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return 0;
    for (std::size_t k = 1; k < length; ++k)
        if ((byte(i + k) & 0xC0) != 0x80) return 0;
    if (lead == 0xE0 && byte(i + 1) < 0xA0) return 0;  // overlong
    if (lead == 0xED && byte(i + 1) > 0x9F) return 0;  // surrogates
    if (lead == 0xF0 && byte(i + 1) < 0x90) return 0;
    if (lead == 0xF4 && byte(i + 1) > 0x8F) return 0;
    return length;
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        if (static_cast<unsigned char>(text[i]) < 0x80) {
            ++i;
            continue;
        }
        const std::size_t n = utf8_sequence(text, i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

}  // namespace

CleanText clean_text(std::string_view bytes) {
    CleanText out;
    const bool utf8 = is_utf8(bytes);
    for (char c : bytes) {
        const auto u = static_cast<unsigned char>(c);
        if (u < 0x20 || u == 0x7F) {
            out.had_control = true;
            out.text += ' ';
        } else if (u < 0x80 || utf8) {
            out.was_non_ascii |= u >= 0x80;
            out.text += c;
        } else if (u < 0xA0) {  // C1 control codes of Latin-1 (often Windows-1252 punctuation)
            out.was_non_ascii = out.was_latin1 = out.had_control = true;
            out.text += ' ';
        } else {
            out.was_non_ascii = out.was_latin1 = true;
            out.text += static_cast<char>(0xC0 | (u >> 6));
            out.text += static_cast<char>(0x80 | (u & 0x3F));
        }
    }
    out.had_leading_space = !bytes.empty() && bytes.front() == ' ' && bytes.find_first_not_of(' ') != bytes.npos;
    const std::size_t first = out.text.find_first_not_of(' ');
    if (first == std::string::npos) {
        out.text.clear();
    } else {
        out.text.erase(out.text.find_last_not_of(' ') + 1);
        out.text.erase(0, first);
    }
    return out;
}

}  // namespace psg::io

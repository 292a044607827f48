// Text of unknown encoding into clean UTF-8.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/text/text_encoding.hpp"

#include <algorithm>
#include <cstdint>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

// Length of the valid UTF-8 sequence (2 to 4 bytes) that starts at text[i]; 0 if there is none.
std::size_t utf8_sequence(std::string_view text, std::size_t i) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned char lead = byte(i);
    const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
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

void append_utf8(std::string& text, std::uint32_t c) {
    const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
        text += static_cast<char>(c);
    } else if (c < 0x800) {
        text += static_cast<char>(0xC0 | (c >> 6));
        tail(0);
    } else if (c < 0x10000) {
        text += static_cast<char>(0xE0 | (c >> 12));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0 | (c >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string from_utf16(std::string_view bytes, bool little, const std::string& name) {
    if (bytes.size() % 2 != 0) throw DataError(name, "the UTF-16 text ends in half a character", "the file is cut");
    const auto unit = [&](std::size_t i) {
        const auto a = static_cast<unsigned char>(bytes[i]), b = static_cast<unsigned char>(bytes[i + 1]);
        return static_cast<std::uint32_t>(little ? a | b << 8 : a << 8 | b);
    };
    std::string text;
    text.reserve(bytes.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        std::uint32_t c = unit(i);
        if (c >= 0xD800 && c < 0xE000) {
            const std::uint32_t low = i + 2 < bytes.size() ? unit(i + 2) : 0;
            if (c >= 0xDC00 || low < 0xDC00 || low >= 0xE000)
                throw DataError(name + ", byte " + std::to_string(i), "is no valid UTF-16", "save the text as UTF-8");
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            i += 2;
        }
        append_utf8(text, c);
    }
    return text;
}

// UTF-16 without a byte order mark: most characters of a text file are ASCII and have their zero byte on one side.
char utf16_side(std::string_view bytes) {
    const std::size_t n = std::min<std::size_t>(bytes.size(), 4096) / 2 * 2;
    if (n < 8) return 0;
    std::size_t even = 0, odd = 0;
    for (std::size_t i = 0; i < n; i += 2) {
        even += bytes[i] == '\0';
        odd += bytes[i + 1] == '\0';
    }
    if (even == 0 && odd * 4 > n) return 'L';
    if (odd == 0 && even * 4 > n) return 'B';
    return 0;
}

}  // namespace

DecodedText decode_text(std::string_view bytes, const std::string& name) {
    if (bytes.starts_with("\xFF\xFE")) return {from_utf16(bytes.substr(2), true, name), "UTF-16LE"};
    if (bytes.starts_with("\xFE\xFF")) return {from_utf16(bytes.substr(2), false, name), "UTF-16BE"};
    if (const char side = utf16_side(bytes))
        return {from_utf16(bytes, side == 'L', name), side == 'L' ? "UTF-16LE" : "UTF-16BE"};
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (is_utf8(bytes)) return {std::string(bytes), "UTF-8"};
    DecodedText out{{}, "Latin-1"};
    out.text.reserve(bytes.size() + bytes.size() / 8);
    for (char c : bytes) append_utf8(out.text, static_cast<unsigned char>(c));
    return out;
}

CleanText clean_text(std::string_view bytes) {
    CleanText out;
    const bool utf8 = is_utf8(bytes);
    bool control = false;
    for (char c : bytes) {
        const auto u = static_cast<unsigned char>(c);
        if (u != ' ' && u != '\t' && u != '\n' && u != '\r') {
            const bool is_control = u < 0x20 || u == 0x7F || (u >= 0x80 && u < 0xA0 && !utf8);
            control |= is_control;
            out.control_within |= control && !is_control;
        }
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

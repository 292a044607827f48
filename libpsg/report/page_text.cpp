// Escapes texts and numbers for pages.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/page_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>

namespace psg::report {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Bytes of the UTF-8 character at the beginning of `s`; 0 if there is none (overlong, surrogate, cut, beyond U+10FFFF).
std::size_t character_bytes(std::string_view s) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || s.size() < bytes) return 0;
    for (std::size_t i = 1; i < bytes; ++i)
        if ((byte(i) & 0xC0) != 0x80) return 0;
    const unsigned char second = byte(1);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) || (first == 0xF0 && second < 0x90) ||
        (first == 0xF4 && second >= 0x90))
        return 0;
    return bytes;
}

}  // namespace

std::string valid_text(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t n = character_bytes(bytes.substr(i));
        const auto first = static_cast<unsigned char>(bytes[i]);
        const bool control = n == 1 && (first < 0x20 || first == 0x7F) && first != '\n' && first != '\t';
        if (n == 0 || control)
            text += replacement;
        else
            text += bytes.substr(i, n);
        i += std::max<std::size_t>(n, 1);
    }
    return text;
}

std::string escape_html(std::string_view text) {
    std::string html;
    html.reserve(text.size());
    for (const char c : valid_text(text)) {
        switch (c) {
            case '&': html += "&amp;"; break;
            case '<': html += "&lt;"; break;
            case '>': html += "&gt;"; break;
            case '"': html += "&quot;"; break;
            case '\'': html += "&#39;"; break;
            default: html += c;
        }
    }
    return html;
}

std::string json_text(std::string_view text) {
    const std::string valid = valid_text(text);
    std::string json = "\"";
    for (std::size_t i = 0; i < valid.size(); ++i) {
        const char c = valid[i];
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (c == '<' || c == '>' || c == '&' || c == '\n' || c == '\t')
            json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else if (valid.compare(i, 3, "\xE2\x80\xA8") == 0 || valid.compare(i, 3, "\xE2\x80\xA9") == 0) {
            json += valid[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else
            json += c;
    }
    return json + '"';
}

std::string json_number(double value, int decimals) {
    if (!std::isfinite(value)) return "null";
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

std::string number_text(double value) {
    if (std::isnan(value)) return "–";
    if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
    if (value != 0 && (std::abs(value) < 1e-3 || std::abs(value) >= 1e9)) return fmt::format("{:.3g}", value);
    const double digits_before = value == 0 ? 1 : std::floor(std::log10(std::abs(value))) + 1;
    return json_number(value, std::max(0, 4 - std::max(1, static_cast<int>(digits_before))));
}

std::string rate_text(double value) {
    return std::isfinite(value) ? json_number(value, std::abs(value) < 1 ? 2 : std::abs(value) < 100 ? 1 : 0) : number_text(value);
}

std::string escape_url(std::string_view text) {
    std::string url;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            url += c;
        else
            url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return url;
}

std::string base64(std::span<const unsigned char> bytes) {
    static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? bytes[i + k] : 0u);
        for (std::size_t k = 0; k < 4; ++k) text += k <= n ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

}  // namespace psg::report

// Single fields of an EDF header.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_fields.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "libpsg/io/text/text_encoding.hpp"

namespace psg::io {

Finding EdfField::finding(FindingCode code, std::string message, std::string repair) const {
    return {code, std::move(message), std::move(repair), name, channel, label, offset};
}

std::string read_text(const EdfField& field, Findings& findings) {
    CleanText clean = clean_text(field.bytes);
    std::string what, repair;
    const auto add = [](std::string& list, const char* item) {
        list += (list.empty() ? "" : ", ") + std::string(item);
    };
    if (clean.was_latin1) {
        add(what, "has bytes that are neither ASCII nor UTF-8");
        add(repair, "read as Latin-1");
    } else if (clean.was_non_ascii) {
        add(what, "is not plain ASCII");
        add(repair, "read as UTF-8");
    }
    if (clean.had_control) {
        add(what, "has control or NUL characters");
        add(repair, "these became spaces or were cut");
    }
    if (clean.had_leading_space) {
        add(what, "starts with a space");
        add(repair, "trimmed");
    }
    if (!what.empty()) findings.push_back(field.finding(FindingCode::EDF_TEXT_ENCODING, "the field " + what, repair));
    return std::move(clean.text);
}

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "1 234", "1,234": groups of three digits after one to three, as thousands are written. Not inlined: g++ 12 would warn of
// text that is not initialised.
[[gnu::noinline]] bool grouped_by(std::string_view number, char separator) {
    std::size_t i = !number.empty() && number[0] == '-' ? 1 : 0;
    std::size_t digits = 0, groups = 0;
    for (; i < number.size() && number[i] != '.'; ++i) {
        if (is_digit(number[i])) {
            ++digits;
        } else if (number[i] == separator && (groups == 0 ? digits >= 1 && digits <= 3 : digits == 3)) {
            digits = 0;
            ++groups;
        } else {
            return false;
        }
    }
    return groups > 0 && digits == 3;
}

// Turns the accepted oddities into a plain number text; sets `odd` if there were any.
std::string plain_number(std::string_view bytes, bool& odd) {
    const CleanText clean = clean_text(bytes);
    odd = clean.had_control || clean.had_leading_space || clean.was_non_ascii;
    if (clean.control_within) return {};  // it may have been a sign: a dash of Windows-1252 is a control code here
    std::string text = clean.text;
    if (text.starts_with('+')) {
        text.erase(0, 1);
        odd = true;
    }
    if (text.size() > 2 && text[0] == '-' && text[1] == ' ') {  // "- 500"
        text.erase(1, text.find_first_not_of(' ', 1) - 1);
        odd = true;
    }
    if (!clean.had_control && grouped_by(text, ' ')) {  // "-32 768"
        std::erase(text, ' ');
        odd = true;
    }
    if (const auto comma = text.find(','); comma != std::string::npos && text.find('.') == std::string::npos) {
        text[comma] = '.';
        odd = true;
    }
    if (text.find_first_of("eE") != std::string::npos) odd = true;
    return text;
}

std::optional<double> finite_value(std::string_view text) {
    if (text.empty() || !(is_digit(text[0]) || text[0] == '-' || text[0] == '.')) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

// The number without exponent, for messages.
std::string decimal_text(double value) {
    char buffer[400];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
    return error == std::errc{} ? std::string(buffer, end) : std::string();
}

}  // namespace

std::optional<std::string> read_decimal_text(const EdfField& field, Findings& findings) {
    bool odd = false;
    const std::string text = plain_number(field.bytes, odd);
    const auto value = finite_value(text);
    if (!value) return std::nullopt;
    const std::string written = clean_text(field.bytes).text;
    // policy: a comma is a decimal point; that it could group thousands must not go unsaid
    const bool ambiguous = grouped_by(written, ',');
    if (odd)
        findings.push_back(field.finding(FindingCode::EDF_NUMBER_FORMAT,
                                         "the number '" + written + "' is written unusually" +
                                             (ambiguous ? ": its comma could also group thousands" : ""),
                                         "read as " + decimal_text(*value)));
    return text;
}

std::optional<double> read_number(const EdfField& field, Findings& findings) {
    const auto text = read_decimal_text(field, findings);
    return text ? finite_value(*text) : std::nullopt;
}

std::optional<std::int64_t> read_integer(const EdfField& field, Findings& findings) {
    bool odd = false;
    const std::string text = plain_number(field.bytes, odd);
    const auto value = finite_value(text);
    if (!value || *value != std::floor(*value) || std::abs(*value) > 1e9) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(*value);
    if (text.find('.') != std::string::npos) {
        // "1.000" and "1,000" may be one or a thousand: no whole number is guessed from them
        std::string grouped = text;
        std::replace(grouped.begin(), grouped.end(), '.', ',');
        if (whole != 0 && grouped_by(grouped, ',')) return std::nullopt;
        odd = true;
    }
    if (odd)
        findings.push_back(field.finding(FindingCode::EDF_NUMBER_FORMAT,
                                         "the whole number '" + clean_text(field.bytes).text + "' is written unusually",
                                         "read as " + std::to_string(whole)));
    return whole;
}

bool is_valid_date(const Date& date) {
    if (date.month < 1 || date.day < 1) return false;
    return std::chrono::year_month_day(std::chrono::year(date.year),
                                       std::chrono::month(static_cast<unsigned>(date.month)),
                                       std::chrono::day(static_cast<unsigned>(date.day)))
        .ok();
}

namespace {

// Three two-digit numbers with points between: the form of both date and time. Nothing for any other form.
struct Triple {
    int a, b, c;
};
std::optional<Triple> dotted_triple(std::string_view t) {
    const auto two = [&](std::size_t i) { return (t[i] - '0') * 10 + (t[i + 1] - '0'); };
    if (t.size() != 8 || t[2] != '.' || t[5] != '.') return std::nullopt;
    for (std::size_t i : {0u, 1u, 3u, 4u, 6u, 7u})
        if (!is_digit(t[i])) return std::nullopt;
    return Triple{two(0), two(3), two(6)};
}

}  // namespace

std::optional<Date> parse_start_date(std::string_view text) {
    if (const auto t = dotted_triple(text)) {
        const Date date{t->c >= 85 ? 1900 + t->c : 2000 + t->c, t->b, t->a};
        if (is_valid_date(date)) return date;
    }
    return std::nullopt;
}

std::optional<Time> read_start_time(const EdfField& field, Findings& findings) {
    if (const auto t = dotted_triple(field.bytes); t && t->a < 24 && t->b < 60 && t->c < 60)
        return std::chrono::hours(t->a) + std::chrono::minutes(t->b) + std::chrono::seconds(t->c);
    findings.push_back(
        field.finding(FindingCode::EDF_START_TIME,
                      "the start time '" + clean_text(field.bytes).text + "' is no time of the form hh.mm.ss",
                      "the time of day is unknown"));
    return std::nullopt;
}

std::optional<Date> parse_edfplus_date(std::string_view text) {
    static constexpr std::string_view months = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    if (text.size() != 11 || text[2] != '-' || text[6] != '-') return std::nullopt;
    const std::size_t at = months.find(text.substr(3, 3));
    if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
    Date date{0, static_cast<int>(at / 3) + 1, 0};
    const auto number = [&](std::size_t from, std::size_t count, int& value) {
        const char* begin = text.data() + from;
        const auto [end, error] = std::from_chars(begin, begin + count, value);
        return is_digit(*begin) && error == std::errc{} && end == begin + count;
    };
    if (!number(0, 2, date.day) || !number(7, 4, date.year) || !is_valid_date(date)) return std::nullopt;
    return date;
}

}  // namespace psg::io

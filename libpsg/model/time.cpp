// Time on the recording's clock: exact conversion to and from text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/time.hpp"

#include <charconv>
#include <cmath>

#include "libpsg/model/error.hpp"

namespace psg {

using namespace std::chrono_literals;

Time from_seconds(double s) {
    if (!(std::abs(s) <= 1e12)) throw UsageError("a time of " + std::to_string(s) + " s is out of range");
    return Time(std::llround(s * 1e6));
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads "123.45e-2" into digits (no point) and the power of ten of the last digit.
struct Decimal {
    bool negative = false;
    std::string digits;
    int exponent = 0;
};

std::optional<Decimal> read_decimal(std::string_view text) {
    Decimal d;
    std::size_t i = 0;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) d.negative = text[i++] == '-';
    for (; i < text.size() && is_digit(text[i]); ++i) d.digits += text[i];
    if (i < text.size() && text[i] == '.')
        for (++i; i < text.size() && is_digit(text[i]); ++i) {
            d.digits += text[i];
            --d.exponent;
        }
    if (d.digits.empty() || d.digits.size() > 30) return std::nullopt;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        int e = 0;
        if (++i < text.size() && text[i] == '+') ++i;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), e);
        if (error != std::errc{} || e < -30 || e > 30) return std::nullopt;
        d.exponent += e;
        i = static_cast<std::size_t>(end - text.data());
    }
    if (i != text.size()) return std::nullopt;
    return d;
}

}  // namespace

std::optional<std::int64_t> parse_scaled_decimal(std::string_view text, int power) {
    auto d = read_decimal(text);
    if (!d) return std::nullopt;
    int shift = d->exponent + power;  // digits * 10^shift = the result
    bool round_up = false;
    while (shift < 0 && !d->digits.empty()) {
        round_up = d->digits.back() >= '5';
        d->digits.pop_back();
        ++shift;
    }
    if (shift < 0) round_up = false;
    std::int64_t value = 0;
    constexpr std::int64_t limit = 1'000'000'000'000'000'000;  // 1e12 s in microseconds
    for (char c : d->digits) {
        if (value > limit / 10) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    for (; shift > 0 && value != 0; --shift) {
        if (value > limit / 10) return std::nullopt;
        value *= 10;
    }
    value += round_up ? 1 : 0;
    if (value > limit) return std::nullopt;
    return d->negative ? -value : value;
}

std::optional<Time> parse_seconds(std::string_view text) {
    const auto us = parse_scaled_decimal(text, 6);
    return us ? std::optional<Time>(Time(*us)) : std::nullopt;
}

std::string format_seconds(Time t) {
    const std::int64_t us = t.count();
    const std::uint64_t magnitude = us < 0 ? 0 - static_cast<std::uint64_t>(us) : static_cast<std::uint64_t>(us);
    std::string text = (us < 0 ? "-" : "") + std::to_string(magnitude / 1'000'000);
    std::string fraction = std::to_string(magnitude % 1'000'000);
    fraction.insert(0, 6 - fraction.size(), '0');
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return fraction.empty() ? text : text + "." + fraction;
}

std::optional<Time> clock_time(const StartTime& start, Time t) {
    if (!start.time_of_day) return std::nullopt;
    const Time day = 24h;
    Time of_day = (*start.time_of_day + t) % day;
    if (of_day < 0us) of_day += day;
    return of_day;
}

std::optional<Time> at_clock(const StartTime& start, Time time_of_day) {
    if (!start.time_of_day) return std::nullopt;
    Time t = time_of_day - *start.time_of_day;
    if (t < 0us) t += 24h;
    return t;
}

std::optional<Time> parse_time_of_day(std::string_view text) {
    const std::size_t first = text.find(':');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second = text.find(':', first + 1);
    const std::string_view parts[3] = {
        text.substr(0, first),
        text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1),
        second == std::string_view::npos ? std::string_view("0") : text.substr(second + 1)};
    int whole[2];
    for (int k = 0; k < 2; ++k) {
        const auto& p = parts[k];
        if (p.empty() || p.size() > 2) return std::nullopt;
        const auto [end, error] = std::from_chars(p.data(), p.data() + p.size(), whole[k]);
        if (error != std::errc{} || end != p.data() + p.size() || whole[k] < 0) return std::nullopt;
    }
    if (parts[2].empty() || !is_digit(parts[2][0])) return std::nullopt;
    const auto sec = parse_seconds(parts[2]);
    if (!sec || *sec < 0us || *sec >= 60s || whole[0] > 23 || whole[1] > 59) return std::nullopt;
    return Time(std::chrono::hours(whole[0]) + std::chrono::minutes(whole[1])) + *sec;
}

}  // namespace psg

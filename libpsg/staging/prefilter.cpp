// Filters that the header of a recording names.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/prefilter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numbers>

namespace psg::staging {

namespace {

constexpr double least_high_pass = 0.8, most_low_pass = 25;
// Without a unit (proposed).
constexpr double most_plain_high_pass_hz = 10, least_plain_low_pass_hz = 10, most_plain_time_constant_s = 10;

enum class FilterWord { high_pass, low_pass, band_pass, time_constant, low_filter, high_filter, notch };
struct Spelling {
    std::string_view word;
    FilterWord means;
};
// Longer ones before those that they begin with.
constexpr std::array spellings{
    Spelling{"highpass", FilterWord::high_pass},         Spelling{"hipass", FilterWord::high_pass},
    Spelling{"hpf", FilterWord::high_pass},              Spelling{"hp", FilterWord::high_pass},
    Spelling{"lowcut", FilterWord::high_pass},           Spelling{"lowpass", FilterWord::low_pass},
    Spelling{"lpf", FilterWord::low_pass},               Spelling{"lp", FilterWord::low_pass},
    Spelling{"highcut", FilterWord::low_pass},           Spelling{"bandpass", FilterWord::band_pass},
    Spelling{"bpf", FilterWord::band_pass},              Spelling{"bp", FilterWord::band_pass},
    Spelling{"timeconstant", FilterWord::time_constant}, Spelling{"tc", FilterWord::time_constant},
    Spelling{"lowfilter", FilterWord::low_filter},       Spelling{"lff", FilterWord::low_filter},
    Spelling{"lf", FilterWord::low_filter},              Spelling{"highfilter", FilterWord::high_filter},
    Spelling{"hff", FilterWord::high_filter},            Spelling{"hf", FilterWord::high_filter},
    Spelling{"bandstop", FilterWord::notch},             Spelling{"notch", FilterWord::notch},
    Spelling{"bs", FilterWord::notch},                   Spelling{"nf", FilterWord::notch},
    Spelling{"n", FilterWord::notch}};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_one_of(char c, std::string_view list) { return list.find(c) != list.npos; }

void skip(std::string_view& text, std::string_view characters) {
    while (!text.empty() && is_one_of(text.front(), characters)) text.remove_prefix(1);
}

// Takes a word from the front of the text; "highpass" is also "high pass", "high-pass" and "high_pass".
bool take_word(std::string_view& text, std::string_view word) {
    std::string_view rest = text;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (i > 0 && word.size() > 4) skip(rest, " -_");
        if (rest.empty() || rest.front() != word[i]) return false;
        rest.remove_prefix(1);
    }
    if (!rest.empty() && is_letter(rest.front())) return false;
    text = rest;
    return true;
}

std::optional<FilterWord> take_filter_word(std::string_view& text) {
    for (const Spelling& s : spellings)
        if (take_word(text, s.word)) return s.means;
    return {};
}

// "0.3", ".3", "0,3"; nothing if none stands there.
std::optional<double> take_number(std::string_view& text) {
    std::string digits;
    std::size_t i = 0;
    for (bool fraction = false; i < text.size(); ++i) {
        const bool point = is_one_of(text[i], ".,") && i + 1 < text.size() && is_digit(text[i + 1]) && !fraction;
        if (!point && !is_digit(text[i])) break;
        fraction = fraction || point;
        digits += point ? '.' : text[i];
    }
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != digits.data() + digits.size()) return {};
    text.remove_prefix(i);
    return value;
}

enum class NumberUnit { none, hz, s, foreign };
// What stands after a number, and the factor to Hz or s.
std::pair<NumberUnit, double> take_unit(std::string_view& text) {
    struct Unit {
        std::string_view word;
        NumberUnit unit;
        double factor;
    };
    constexpr std::array units{Unit{"hz", NumberUnit::hz, 1},     Unit{"mhz", NumberUnit::hz, 1e-3}, Unit{"khz", NumberUnit::hz, 1e3},
                               Unit{"s", NumberUnit::s, 1},       Unit{"sec", NumberUnit::s, 1},     Unit{"ms", NumberUnit::s, 1e-3},
                               Unit{"msec", NumberUnit::s, 1e-3}};
    std::string_view rest = text;
    skip(rest, " ");
    for (const Unit& u : units)
        if (take_word(rest, u.word)) {
            text = rest;
            return {u.unit, u.factor};
        }
    // no unit: the text ends, or something else begins
    if (rest.empty() || is_one_of(rest.front(), ";])|[(")) return {NumberUnit::none, 1};
    if (is_one_of(rest.front(), ",/")) {
        rest.remove_prefix(1);
        skip(rest, " ");
    }
    return {rest.empty() || take_filter_word(rest) ? NumberUnit::none : NumberUnit::foreign, 1};
}

std::optional<double> positive(double hz) { return hz > 0 ? std::optional(hz) : std::nullopt; }

// One number with its unit, as a high-pass, low-pass or time constant.
std::optional<double> take_corner_hz(std::string_view& text, FilterWord word) {
    const auto number = take_number(text);
    if (!number) return {};
    const auto [unit, factor] = take_unit(text);
    const double value = *number * factor;
    const auto of_time_constant = [](double s) { return positive(s > 0 ? 1 / (2 * std::numbers::pi * s) : 0); };
    const bool of_low_pass = word == FilterWord::low_pass || word == FilterWord::high_filter;
    switch (unit) {
        case NumberUnit::hz: return word == FilterWord::time_constant ? std::nullopt : positive(value);
        case NumberUnit::s: return of_low_pass ? std::nullopt : of_time_constant(value);
        case NumberUnit::none:
            if (word == FilterWord::time_constant) return value <= most_plain_time_constant_s ? of_time_constant(value) : std::nullopt;
            if (of_low_pass ? value < least_plain_low_pass_hz : value > most_plain_high_pass_hz) return {};
            return positive(value);
        case NumberUnit::foreign: return {};
    }
    return {};
}

// "1-30Hz", "1 Hz - 30 Hz", "1 to 30": low and high.
std::optional<std::pair<double, double>> take_band_hz(std::string_view& text) {
    const auto low = take_number(text);
    std::string_view rest = text;
    auto [low_unit, low_factor] = take_unit(rest);
    if (low_unit == NumberUnit::hz) text = rest;
    skip(text, " ");
    if (!low || text.empty()) return {};
    if (text.front() == '-') text.remove_prefix(1);
    else if (!take_word(text, "to")) return {};
    skip(text, " ");
    const auto high = take_number(text);
    if (!high) return {};
    const auto [unit, factor] = take_unit(text);
    if (low_unit != NumberUnit::hz) low_factor = factor;  // the unit stands once, at the end
    if (unit != NumberUnit::hz && !(unit == NumberUnit::none && low_unit != NumberUnit::hz && *high >= least_plain_low_pass_hz)) return {};
    return std::pair(*low * low_factor, *high * factor);
}

std::string number_text(double x) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x, std::chars_format::general, 3).ptr;
    return {digits.data(), end};
}

}  // namespace

NamedFilters read_prefilter(std::string_view given) {
    std::string lower(given);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::optional<double> high_pass, low_pass, low_filter, high_filter;
    const auto raise = [](std::optional<double>& corner, std::optional<double> hz) {
        if (hz) corner = std::max(corner.value_or(*hz), *hz);
    };
    const auto lower_to = [](std::optional<double>& corner, std::optional<double> hz) {
        if (hz) corner = std::min(corner.value_or(*hz), *hz);
    };
    for (std::string_view text = lower; !text.empty();) {
        const auto word = take_filter_word(text);
        if (!word) {  // to the next place where a word may begin
            do text.remove_prefix(1);
            while (!text.empty() && is_letter(text.front()) && is_letter(text.data()[-1]));
            continue;
        }
        skip(text, " :=");
        if (take_word(text, "filter")) skip(text, " :=");
        if (*word == FilterWord::band_pass) {
            const auto band = take_band_hz(text);
            if (!band || band->first >= band->second) continue;
            raise(high_pass, positive(band->first));
            lower_to(low_pass, positive(band->second));
            continue;
        }
        const auto corner = take_corner_hz(text, *word);
        if (*word == FilterWord::high_pass || *word == FilterWord::time_constant) raise(high_pass, corner);
        if (*word == FilterWord::low_pass) lower_to(low_pass, corner);
        if (*word == FilterWord::low_filter) raise(low_filter, corner);
        if (*word == FilterWord::high_filter) lower_to(high_filter, corner);
    }
    const auto above = low_pass ? low_pass : high_filter, below = high_pass ? high_pass : low_filter;
    if (low_filter && above && *low_filter < *above) raise(high_pass, low_filter);
    if (high_filter && below && *below < *high_filter) lower_to(low_pass, high_filter);
    if (high_pass && low_pass && *high_pass >= *low_pass) return {};
    return {high_pass, low_pass};
}

Findings prefilter_findings(std::string_view text, int channel, const std::string& label) {
    Findings findings;
    const auto tell = [&](const std::string& what) {
        findings.push_back({.code = FindingCode::EEG_BAND_MISSING,
                            .message = "EEG channel '" + label + "': its header names " + what,
                            .repair = "staged all the same; take the EEG as it was recorded, or filtered to 0.3-35 Hz or wider",
                            .field = "prefilter",
                            .channel = channel,
                            .label = label});
    };
    const auto [high_pass, low_pass] = read_prefilter(text);
    if (high_pass && *high_pass >= least_high_pass)
        tell("a high-pass filter of " + number_text(*high_pass) + " Hz (0.8 Hz or more); slow waves, by which N3 is told, are weaker or "
             "missing, and on a real night kappa fell from 0.83 to 0.74 (1 Hz, first order) or less");
    if (low_pass && *low_pass <= most_low_pass)
        tell("a low-pass filter of " + number_text(*low_pass) + " Hz (25 Hz or less); fast activity, by which W, N1 and R are told, is weaker "
             "or missing, and on a real night kappa fell from 0.83 to between 0.81 (15 Hz, first order) and 0.34 (20 Hz, fourth order run "
             "both ways)");
    return findings;
}

}  // namespace psg::staging

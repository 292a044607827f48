// Filters that the header of a recording names.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/prefilter.hpp"

#include <charconv>

namespace psg::staging {

namespace {

constexpr double least_high_pass = 0.8, most_low_pass = 25;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool starts_with(std::string_view text, std::string_view word) {
    if (text.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (upper(text[i]) != upper(word[i])) return false;
    return true;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

}  // namespace

std::optional<double> prefilter_hz(std::string_view text, std::string_view word) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!starts_with(text.substr(i), word) || (i > 0 && is_letter(text[i - 1]))) continue;
        std::string_view rest = without_blanks(text.substr(i + word.size()));
        if (!rest.empty() && (rest.front() == ':' || rest.front() == '=')) rest = without_blanks(rest.substr(1));
        std::string number(rest);
        if (const auto comma = number.find(','); comma != number.npos) number[comma] = '.';
        double hz = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), hz, std::chars_format::fixed);
        if (error != std::errc() || !(hz > 0)) continue;
        const std::string_view unit = without_blanks(std::string_view(end, static_cast<std::size_t>(number.data() + number.size() - end)));
        if (starts_with(unit, "Hz")) return hz;
    }
    return {};
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
    const auto high_pass = prefilter_hz(text, "HP"), low_pass = prefilter_hz(text, "LP");
    if (high_pass && *high_pass >= least_high_pass)
        tell("a high-pass filter of 0.8 Hz or more; slow waves, by which N3 is told, are weaker or missing, and on a real night kappa fell "
             "from 0.83 to 0.74 (1 Hz, first order) or less");
    if (low_pass && *low_pass <= most_low_pass)
        tell("a low-pass filter of 25 Hz or less; fast activity, by which W, N1 and R are told, is weaker or missing, and on a real night "
             "kappa fell from 0.83 to between 0.81 (15 Hz, first order) and 0.34 (20 Hz, fourth order run both ways)");
    return findings;
}

}  // namespace psg::staging

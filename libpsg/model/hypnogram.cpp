// Sleep stages: names and spellings.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/hypnogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psg {

std::string_view stage_name(Stage stage) {
    switch (stage) {
        case Stage::W: return "W";
        case Stage::N1: return "N1";
        case Stage::N2: return "N2";
        case Stage::N3: return "N3";
        case Stage::R: return "R";
        case Stage::unknown: break;
    }
    return "?";
}

std::optional<Stage> stage_from_name(std::string_view text) {
    std::string folded;  // upper case, only letters, digits, '?' and '-'
    for (char c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '?' || c == '-') folded += c;
    }
    for (std::string_view prefix : {"SLEEPSTAGE", "STAGE"})
        if (folded.size() > prefix.size() && folded.starts_with(prefix)) {
            folded.erase(0, prefix.size());
            break;
        }
    static constexpr std::pair<std::string_view, Stage> names[] = {
        {"W", Stage::W},        {"WAKE", Stage::W},      {"AWAKE", Stage::W},    {"0", Stage::W},
        {"N1", Stage::N1},      {"S1", Stage::N1},       {"NREM1", Stage::N1},   {"1", Stage::N1},
        {"N2", Stage::N2},      {"S2", Stage::N2},       {"NREM2", Stage::N2},   {"2", Stage::N2},
        {"N3", Stage::N3},      {"S3", Stage::N3},       {"NREM3", Stage::N3},   {"3", Stage::N3},
        {"N4", Stage::N3},      {"S4", Stage::N3},       {"NREM4", Stage::N3},   {"4", Stage::N3},
        {"SWS", Stage::N3},     {"R", Stage::R},         {"REM", Stage::R},      {"5", Stage::R},
        {"?", Stage::unknown},  {"-1", Stage::unknown},  {"-2", Stage::unknown},
          {"MT", Stage::unknown}, {"M", Stage::unknown},
        {"MOVEMENT", Stage::unknown}, {"MOVEMENTTIME", Stage::unknown}, {"UNSCORED", Stage::unknown},
        {"UNKNOWN", Stage::unknown},  {"ART", Stage::unknown}, {"9", Stage::unknown}, {"6", Stage::unknown}};
    for (const auto& [name, stage] : names)
        if (folded == name) return stage;
    return std::nullopt;
}

Interval Hypnogram::scored_extent() const {
    const auto is_scored = [](Stage s) { return s != Stage::unknown; };
    const auto first = std::find_if(stages.begin(), stages.end(), is_scored);
    if (first == stages.end()) return extent();
    const auto end = std::find_if(stages.rbegin(), stages.rend(), is_scored).base();
    return {epoch_extent(static_cast<std::size_t>(first - stages.begin())).onset,
            epoch_extent(static_cast<std::size_t>(end - stages.begin()) - 1).offset};
}

Stage Hypnogram::at(Time t) const {
    if (t < start || epoch <= Time(0)) return Stage::unknown;
    const auto i = static_cast<std::size_t>((t - start) / epoch);
    return i < stages.size() ? stages[i] : Stage::unknown;
}

double Hypnogram::confidence(std::size_t i) const {
    if (i >= probabilities.size() || stages[i] == Stage::unknown) return std::numeric_limits<double>::quiet_NaN();
    return probabilities[i][static_cast<std::size_t>(stages[i])];
}

bool Hypnogram::unsure(std::size_t i) const {
    if (i < doubtful.size() && doubtful[i]) return stages[i] != Stage::unknown;
    return confidence(i) < unsure_below;
}

Stage Hypnogram::second(std::size_t i) const {
    if (!std::isfinite(confidence(i))) return Stage::unknown;
    Stage best = Stage::unknown;
    for (Stage s : scored_stages) {
        if (s == stages[i]) continue;
        const auto p = [&](Stage of) { return probabilities[i][static_cast<std::size_t>(of)]; };
        if (best == Stage::unknown || p(s) > p(best)) best = s;
    }
    return best;
}

}  // namespace psg

// Nights to learn from that are one night under two names.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/same_night.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "libpsg/signal/dot.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t fewest_epochs = 50;
constexpr double least_correlation = 0.3, least_standard_errors = 7;
constexpr float most_sd = 4;  // what is further out is an artefact, and counts as this

// Changes from epoch to epoch in standard deviations, 0 where one is not known; sums of squares and of known ones before each epoch.
struct Changes {
    std::vector<float> values;
    std::vector<double> squares{0}, known{0};
};

Changes changes_of(const ScoredNight& night) {
    std::vector<std::optional<float>> level(night.stages.size());
    for (std::size_t t = 0; t < level.size(); ++t) {
        double sum = 0;
        int channels = 0;
        for (const ChannelFeatures& c : night.channels)
            if (t < c.epochs.size() && c.epochs[t].obstacle == Obstacle::none && c.epochs[t].delta > 0 && c.epochs[t].beta > 0) {
                sum += std::log(c.epochs[t].delta / c.epochs[t].beta);
                ++channels;
            }
        if (channels > 0) level[t] = static_cast<float>(sum / channels);
    }
    Changes changes;
    changes.values.resize(level.size());
    std::vector<bool> known(level.size());
    double squares = 0, count = 0;
    for (std::size_t t = 1; t < level.size(); ++t)
        if (level[t] && level[t - 1]) {
            changes.values[t] = *level[t] - *level[t - 1];
            known[t] = true;
            squares += double(changes.values[t]) * double(changes.values[t]);
            ++count;
        }
    const auto sd = static_cast<float>(std::sqrt(squares / std::max(count, 1.0)));
    for (std::size_t t = 0; t < level.size(); ++t) {
        float& x = changes.values[t];
        if (sd > 0) x = std::clamp(x / sd, -most_sd, most_sd);
        changes.squares.push_back(changes.squares.back() + double(x) * double(x));
        changes.known.push_back(changes.known.back() + (known[t] ? 1 : 0));
    }
    return changes;
}

// The shift at which two nights are most alike; nothing if they are not.
std::optional<SameNight> best_shift(const Changes& a, const Changes& b) {
    std::optional<SameNight> best;
    const auto n = static_cast<std::ptrdiff_t>(a.values.size()), m = static_cast<std::ptrdiff_t>(b.values.size()),
               least = static_cast<std::ptrdiff_t>(fewest_epochs);
    for (std::ptrdiff_t shift = least - m; shift <= n - least; ++shift) {
        const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, -shift)), at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, shift));
        const std::size_t length = std::min(b.values.size() - from, a.values.size() - at);
        const double known = std::min(a.known[at + length] - a.known[at], b.known[from + length] - b.known[from]);
        if (known < double(fewest_epochs)) continue;
        const double both = (a.squares[at + length] - a.squares[at]) * (b.squares[from + length] - b.squares[from]);
        if (!(both > 0)) continue;
        const double r = signal::dot(std::span(a.values).subspan(at, length), std::span(b.values).subspan(from, length)) / std::sqrt(both);
        const double standard_errors = std::atanh(std::min(r, 0.999999)) * std::sqrt(known - 3);
        if (r < least_correlation || standard_errors < least_standard_errors || (best && best->correlation >= r)) continue;
        best = SameNight{0, 0, shift, r};
    }
    return best;
}

}  // namespace

std::vector<SameNight> same_nights(const std::vector<ScoredNight>& nights) {
    std::vector<Changes> changes;
    for (const ScoredNight& night : nights) changes.push_back(changes_of(night));
    std::vector<SameNight> same;
    for (std::size_t a = 0; a < nights.size(); ++a)
        for (std::size_t b = a + 1; b < nights.size(); ++b) {
            if (nights[a].person == nights[b].person) continue;
            if (auto found = best_shift(changes[a], changes[b])) {
                found->first = a;
                found->second = b;
                same.push_back(*found);
            }
        }
    return same;
}

}  // namespace psg::staging

// Agreement between scorers.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <tuple>

namespace psg::stats {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

double ratio(double part, double whole) { return whole > 0 ? part / whole : nan_value; }

double kappa_of(double observed, double by_chance) {
    return by_chance < 1 ? (observed - by_chance) / (1 - by_chance) : nan_value;
}

std::size_t index(Stage s) { return static_cast<std::size_t>(s); }

// A side that nobody told does not contradict.
bool same_side(Side a, Side b) { return a == b || a == Side::none || b == Side::none; }

}  // namespace

double quantile(std::span<const double> sorted, double fraction) {
    if (sorted.empty()) return nan_value;
    const double at = fraction * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Estimate quartiles(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return {quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75)};
}

Confusion confusion(std::span<const Stage> reference, std::span<const Stage> other) {
    Confusion c{};
    for (std::size_t i = 0; i < std::min(reference.size(), other.size()); ++i)
        if (reference[i] != Stage::unknown && other[i] != Stage::unknown) ++c[index(reference[i])][index(other[i])];
    return c;
}

StageAgreement stage_agreement(const Confusion& c) {
    StageAgreement a;
    std::array<double, 5> rows{}, columns{};
    double equal = 0;
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t k = 0; k < 5; ++k) {
            const auto n = static_cast<double>(c[r][k]);
            rows[r] += n;
            columns[k] += n;
            if (r == k) equal += n;
            a.epochs += c[r][k];
        }
    const auto n = static_cast<double>(a.epochs);
    double chance = 0;
    for (std::size_t s = 0; s < 5; ++s) chance += ratio(rows[s], n) * ratio(columns[s], n);
    a.accuracy = ratio(equal, n);
    a.kappa = kappa_of(a.accuracy, chance);
    for (std::size_t s = 0; s < 5; ++s) {
        const auto hits = static_cast<double>(c[s][s]);
        a.f1[s] = ratio(2 * hits, rows[s] + columns[s]);
        a.sensitivity[s] = ratio(hits, rows[s]);
        a.precision[s] = ratio(hits, columns[s]);
        const double p = ratio(rows[s], n), q = ratio(columns[s], n);
        a.stage_kappa[s] = kappa_of(1 - p - q + 2 * ratio(hits, n), p * q + (1 - p) * (1 - q));
    }
    return a;
}

double fleiss_kappa(std::span<const std::vector<Stage>> scorers) {
    const auto raters = static_cast<double>(scorers.size());
    if (scorers.size() < 2) return nan_value;
    std::array<double, 5> total{};
    double agreement = 0, epochs = 0;
    for (std::size_t i = 0; i < scorers[0].size(); ++i) {
        std::array<double, 5> votes{};
        bool complete = true;
        for (const auto& s : scorers) {
            complete = complete && s[i] != Stage::unknown;
            if (complete) votes[index(s[i])] += 1;
        }
        if (!complete) continue;
        ++epochs;
        for (std::size_t s = 0; s < 5; ++s) {
            total[s] += votes[s];
            agreement += votes[s] * (votes[s] - 1) / (raters * (raters - 1));
        }
    }
    double chance = 0;
    for (double t : total) chance += std::pow(ratio(t, epochs * raters), 2);
    return kappa_of(ratio(agreement, epochs), chance);
}

std::vector<Stage> consensus(std::span<const std::vector<Stage>> scorers) {
    const std::size_t n = scorers.size(), epochs = n ? scorers[0].size() : 0;
    std::vector<double> trust(n, 0);  // sum of kappas with the others
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b < n; ++b)
            if (a != b) {
                const double k = stage_agreement(confusion(scorers[a], scorers[b])).kappa;
                if (!std::isnan(k)) trust[a] += k;
            }
    std::vector<Stage> result(epochs, Stage::unknown);
    for (std::size_t i = 0; i < epochs; ++i) {
        std::array<int, 5> votes{};
        for (const auto& s : scorers)
            if (s[i] != Stage::unknown) ++votes[index(s[i])];
        const int most = *std::max_element(votes.begin(), votes.end());
        double best = -std::numeric_limits<double>::infinity();
        for (std::size_t a = 0; most > 0 && a < n; ++a)
            if (scorers[a][i] != Stage::unknown && votes[index(scorers[a][i])] == most && trust[a] > best) {
                best = trust[a];
                result[i] = scorers[a][i];
            }
    }
    return result;
}

std::vector<Estimate> block_bootstrap(std::size_t epochs, const Bootstrap& bootstrap, const FiguresOfDraw& figures) {
    return block_bootstrap(std::span(&epochs, 1), bootstrap, figures);
}

std::vector<Estimate> block_bootstrap(std::span<const std::size_t> nights, const Bootstrap& bootstrap,
                                      const FiguresOfDraw& figures) {
    std::vector<std::size_t> first(nights.size(), 0);  // epoch of each night
    for (std::size_t n = 1; n < nights.size(); ++n) first[n] = first[n - 1] + nights[n - 1];
    const std::size_t epochs = nights.empty() ? 0 : first.back() + nights.back();
    std::vector<std::size_t> drawn(epochs);
    std::iota(drawn.begin(), drawn.end(), std::size_t{0});
    std::vector<Estimate> estimates;
    for (double v : figures(drawn)) estimates.push_back({v, nan_value, nan_value});
    if (epochs == 0 || (nights.size() == 1 && bootstrap.block >= epochs)) return estimates;  // a turned night is the same night
    std::mt19937_64 dice(bootstrap.seed);  // its numbers are fixed by the standard, those of the distributions are not
    std::vector<std::vector<double>> samples(estimates.size());
    for (int draw = 0; draw < bootstrap.draws; ++draw) {
        drawn.clear();
        for (std::size_t k = 0; k < nights.size(); ++k) {
            const std::size_t night = nights.size() > 1 ? dice() % nights.size() : 0, length = nights[night];
            for (std::size_t i = 0; i < length;) {
                const std::size_t start = dice() % length;  // the bias of % is below 1e-15 here
                for (std::size_t j = 0; j < bootstrap.block && i < length; ++j, ++i)
                    drawn.push_back(first[night] + (start + j) % length);
            }
        }
        const auto values = figures(drawn);
        for (std::size_t f = 0; f < values.size(); ++f)
            if (!std::isnan(values[f])) samples[f].push_back(values[f]);
    }
    for (std::size_t f = 0; f < estimates.size(); ++f) {
        std::sort(samples[f].begin(), samples[f].end());
        estimates[f].low = quantile(samples[f], 0.025);
        estimates[f].high = quantile(samples[f], 0.975);
    }
    return estimates;
}

EventAgreement event_agreement(const EventList& reference, const EventList& other, double least_overlap) {
    struct Candidate {
        double overlap;
        std::size_t reference, other;
    };
    std::vector<std::size_t> order(other.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return other[a].extent.onset < other[b].extent.onset; });
    Time longest{0};
    for (const Event& e : other) longest = std::max(longest, e.extent.duration());

    std::vector<Candidate> candidates;
    for (std::size_t r = 0; r < reference.size(); ++r) {
        const Interval& x = reference[r].extent;
        auto at = std::lower_bound(order.begin(), order.end(), x.onset - longest,
                                   [&](std::size_t o, Time t) { return other[o].extent.onset < t; });
        for (; at != order.end() && other[*at].extent.onset < x.offset; ++at) {
            const Interval& y = other[*at].extent;
            const Time shared = std::min(x.offset, y.offset) - std::max(x.onset, y.onset);
            const Time both = std::max(x.offset, y.offset) - std::min(x.onset, y.onset);
            if (shared <= Time(0) || !same_side(reference[r].side, other[*at].side)) continue;
            const double overlap = seconds(shared) / seconds(both);
            if (overlap >= least_overlap) candidates.push_back({overlap, r, *at});
        }
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::tuple(-a.overlap, a.reference, a.other) < std::tuple(-b.overlap, b.reference, b.other);
    });

    EventAgreement result;
    std::vector<bool> used_reference(reference.size()), used_other(other.size());
    std::vector<double> onsets, offsets;
    for (const Candidate& c : candidates) {
        if (used_reference[c.reference] || used_other[c.other]) continue;
        used_reference[c.reference] = used_other[c.other] = true;
        result.pairs.push_back({c.reference, c.other});
        onsets.push_back(seconds(other[c.other].extent.onset - reference[c.reference].extent.onset));
        offsets.push_back(seconds(other[c.other].extent.offset - reference[c.reference].extent.offset));
    }
    result.reference_count = static_cast<int>(reference.size());
    result.other_count = static_cast<int>(other.size());
    const auto hits = static_cast<double>(result.pairs.size());
    result.sensitivity = ratio(hits, result.reference_count);
    result.precision = ratio(hits, result.other_count);
    result.f1 = ratio(2 * hits, result.reference_count + result.other_count);
    result.onset_error_s = quartiles(std::move(onsets));
    result.offset_error_s = quartiles(std::move(offsets));
    return result;
}

EventEstimates event_estimates(std::span<const MatchedNight> nights, const Bootstrap& bootstrap) {
    constexpr Time stretch = std::chrono::seconds(30);
    struct Counts {
        double reference = 0, other = 0, found = 0, right = 0;
    };
    std::vector<Counts> counts;
    std::vector<std::size_t> lengths;
    for (const MatchedNight& night : nights) {
        Time end{0};
        for (const EventList* list : {&night.reference, &night.other})
            for (const Event& e : *list) end = std::max(end, e.extent.onset);
        const std::size_t begin = counts.size();
        lengths.push_back(static_cast<std::size_t>(end / stretch) + 1);
        counts.resize(begin + lengths.back());
        const auto at = [&](const Event& e) -> Counts& {
            return counts[begin + static_cast<std::size_t>(std::max(e.extent.onset, Time(0)) / stretch)];
        };
        for (const Event& e : night.reference) ++at(e).reference;
        for (const Event& e : night.other) ++at(e).other;
        for (const EventAgreement::Pair& p : night.agreement.pairs) {
            ++at(night.reference[p.reference]).found;
            ++at(night.other[p.other]).right;
        }
    }
    const auto e = block_bootstrap(lengths, bootstrap, [&](std::span<const std::size_t> drawn) {
        Counts sum;
        for (const std::size_t i : drawn) {
            sum.reference += counts[i].reference;
            sum.other += counts[i].other;
            sum.found += counts[i].found;
            sum.right += counts[i].right;
        }
        return std::vector<double>{ratio(sum.found, sum.reference), ratio(sum.right, sum.other),
                                   ratio(sum.found + sum.right, sum.reference + sum.other)};
    });
    return {e[0], e[1], e[2]};
}

}  // namespace psg::stats

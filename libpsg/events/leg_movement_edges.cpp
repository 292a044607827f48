// Where a movement of a leg begins and ends.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_movement_edges.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "libpsg/signal/dot.hpp"

namespace psg::events {

namespace {

constexpr double rises_s[] = {0, 0.02, 0.045, 0.1};  // lengths of the rise of a movement (proposed)
constexpr double silence_uv = 0.05;                    // exact silence proves nothing

// Gain in log likelihood per sample if it belongs to a movement of `high` and not to rest of `low` (Gaussian).
struct Evidence {
    double per_square, constant;
    Evidence(double low, double high) {
        low = std::max(low, silence_uv);
        per_square = 0.5 * (1 / (low * low) - 1 / (high * high));
        constant = std::log(high / low);
    }
    double operator()(float x) const { return per_square * static_cast<double>(x) * static_cast<double>(x) - constant; }
};

}  // namespace

// The median of the change point's distribution under flat priors, over rises of several lengths from rest to the level
// of the first tenth of a second: the likeliest point under one level alone is early where a movement begins at once, or
// late where it takes some hundredths of a second.
std::size_t likely_onset(std::span<const float> x, signal::Run search, std::size_t here, double rate_hz, double rest_uv,
                         const LegMovementOptions& options) {
    const auto [begin, end] = search;
    if (begin >= end) return begin;
    const double low = std::max(rest_uv, silence_uv);
    double level = 0;  // square
    for (std::size_t i = here; i < end; ++i) level += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    level = std::max(level / static_cast<double>(std::max<std::size_t>(end - here, 1)) - low * low,
                     (low + options.offset_uv) * (low + options.onset_uv) - low * low);
    const std::size_t count = end - begin;
    std::vector<double> logs(std::size(rises_s) * (count + 1)), after(count + 1, 0.0);
    std::vector<float> squares(count), factors;
    for (std::size_t i = 0; i < count; ++i) squares[i] = x[begin + i] * x[begin + i];
    std::vector<double> constants;  // [j]: of the first j samples of the rise
    double most = -std::numeric_limits<double>::infinity();
    std::size_t next = 0;  // of logs
    for (const double rise_s : rises_s) {
        const auto length = static_cast<std::size_t>(std::lround(rise_s * rate_hz));
        factors.clear();
        constants.assign(1, 0.0);
        for (std::size_t j = 0; j < length; ++j) {
            const double part = (static_cast<double>(j) + 0.5) / static_cast<double>(length);
            const Evidence rising(low, std::sqrt(low * low + part * part * level));
            factors.push_back(static_cast<float>(rising.per_square));
            constants.push_back(constants.back() + rising.constant);
        }
        const Evidence risen(low, std::sqrt(low * low + level));
        for (std::size_t i = count; i-- > 0;) after[i] = after[i + 1] + risen(x[begin + i]);
        for (std::size_t i = 0; i <= count; ++i) {  // [i]: the movement begins with sample begin + i
            const std::size_t top = std::min(count, i + length);
            const auto rise = std::span<const float>(squares).subspan(i, top - i);
            const double sum = after[top] + static_cast<double>(signal::dot(rise, factors)) - constants[top - i];
            logs[next++] = sum;
            most = std::max(most, sum);
        }
    }
    std::vector<double> weights(count + 1, 0.0);
    double total = 0;
    constexpr double nothing = -60;  // adds no digit to a sum that is 1 or more
    for (std::size_t i = 0; i < logs.size(); ++i) {
        if (logs[i] - most < nothing) continue;
        const double w = std::exp(logs[i] - most);
        weights[i % (count + 1)] += w;
        total += w;
    }
    double below = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if ((below += weights[i]) >= 0.5 * total) return begin + i;
    return end;
}

// The movement level is the offset threshold, so that a slow decay is followed to its end.
std::size_t likely_offset(std::span<const float> x, signal::Run search, double rest_uv, const LegMovementOptions& options) {
    const Evidence evidence(rest_uv, std::max(rest_uv + options.offset_uv, 0.1));
    double sum = 0, most = 0;
    std::size_t at = search.begin;
    for (std::size_t i = search.begin; i < search.end; ++i) {
        sum += evidence(x[i]);
        if (sum <= most) continue;
        most = sum;
        at = i + 1;
    }
    return at;
}

}  // namespace psg::events

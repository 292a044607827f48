// Burst detection: band-pass, rectify, smooth, compare with the background before, refine the onset on the fast signal.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_bursts.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

constexpr double envelope_step_s = 0.004;   // of the smoothed signal, as close as the rate allows
constexpr double background_step_s = 0.08;  // of the samples from which the background is taken
constexpr double quiet_block_s = 1.5;  // blocks whose percentile is "quiet": each has a heart beat, few have a jerk;
constexpr int quiet_blocks = 40;       // the median of those of the last minute counts
// Onset in the fast signal (chosen on artificial bursts with edges of 0 to 20 ms at 200 to 1000 Hz):
constexpr float onset_ratio = 3.4F;           // single samples above this many times the background ...
constexpr float onset_peak_fraction = 0.05F;  // ... and this fraction of the burst's largest ...
constexpr double onset_quiet_s = 0.007;       // ... after none of them for this long
constexpr double onset_lead_s = 0.003;
constexpr double shortest_burst_s = 0.02;
constexpr double longest_burst_s = 10;  // twice the time after which a lasting change has become the background

// Smoothed, rectified signal at every `step`-th sample; value i belongs to sample i * step.
struct Envelope {
    std::vector<float> values;
    std::size_t step = 1;
    std::size_t half = 0;  // samples to either side in the mean
    double rate_hz = 1;
};

Envelope envelope_of(std::span<const float> band, double rate_hz, double smoothing_ms) {
    Envelope e;
    e.step = std::max<std::size_t>(1, static_cast<std::size_t>(rate_hz * envelope_step_s));
    e.half = static_cast<std::size_t>(std::max(0.0, std::round((smoothing_ms * 1e-3 * rate_hz - 1) / 2)));
    e.rate_hz = rate_hz / static_cast<double>(e.step);
    e.values.reserve(band.size() / e.step + 1);
    // Sums of whole windows are made for many places together, so that the compiler can take several at a time: the samples
    // of each phase of a step in a row of their own.
    constexpr std::size_t piece = 512;
    const std::size_t width = 2 * e.half + 1, longest = piece + width / e.step + 1;
    std::vector<float> rows(e.step * longest), sums(piece);
    for (std::size_t i = 0; i < band.size(); i += e.step) {
        if (i >= e.half && i + e.half + (piece + 1) * e.step < band.size()) {
            const float* x = band.data() + i - e.half;
            const auto fill_rows = [&](auto step) {  // a constant for the usual rates, for the compiler's sake
                for (std::size_t p = 0; p < std::min<std::size_t>(step, width); ++p)
                    for (std::size_t j = 0; j < piece + (width - 1 - p) / e.step; ++j) rows[p * longest + j] = std::abs(x[j * step + p]);
            };
            if (e.step == 1)
                fill_rows(std::integral_constant<std::size_t, 1>());
            else if (e.step == 2)
                fill_rows(std::integral_constant<std::size_t, 2>());
            else
                fill_rows(e.step);
            std::fill(sums.begin(), sums.end(), 0.0F);
            for (std::size_t k = 0; k < width; ++k) {
                const float* __restrict row = rows.data() + (k % e.step) * longest + k / e.step;
                float* __restrict sum = sums.data();
                for (std::size_t j = 0; j < piece; ++j) sum[j] += row[j];
            }
            for (float& s : sums) s /= static_cast<float>(width);
            e.values.insert(e.values.end(), sums.begin(), sums.end());
            i += (piece - 1) * e.step;
            continue;
        }
        const std::size_t first = i > e.half ? i - e.half : 0, end = std::min(band.size(), i + e.half + 1);
        float sum = 0;
        for (std::size_t k = first; k < end; ++k) sum += std::abs(band[k]);
        e.values.push_back(sum / static_cast<float>(end - first));
    }
    return e;
}

// Background before each place of a coarse grid. At the start of a stretch, where nothing is before, the first seconds
// stand for it.
struct Background {
    std::vector<float> median, quiet;
    std::size_t step = 1, block = 1;  // envelope values per entry
    float median_at(std::size_t i) const { return median[std::min(i / step, median.size() - 1)]; }
    float quiet_at(std::size_t i) const { return quiet[std::min(i / block, quiet.size() - 1)]; }
};

Background background_of(const Envelope& e, const BurstRules& rules) {
    Background b;
    b.step = std::max<std::size_t>(1, static_cast<std::size_t>(e.rate_hz * background_step_s));
    std::vector<float> coarse;
    for (std::size_t i = 0; i < e.values.size(); i += b.step) coarse.push_back(e.values[i]);
    const auto window =
        static_cast<std::size_t>(std::max(1.0, rules.background_s * e.rate_hz / static_cast<double>(b.step)));
    b.median = signal::sliding_percentile(coarse, window - 1, 0, 50);
    const std::size_t full = std::min(window, b.median.size()) - 1;
    std::fill_n(b.median.begin(), full, b.median[full]);

    b.block = std::max<std::size_t>(1, static_cast<std::size_t>(e.rate_hz * quiet_block_s));
    std::vector<float> blocks;
    for (std::size_t i = 0; i < e.values.size(); i += b.block) {
        const std::size_t count = std::min(b.block, e.values.size() - i);
        if (count < b.block && i > 0) break;  // the incomplete last block uses what is before it
        blocks.push_back(
            static_cast<float>(signal::percentile(std::span(e.values).subspan(i, count), rules.quiet_percentile)));
    }
    b.quiet = signal::sliding_percentile(blocks, quiet_blocks - 1, 0, 50);
    // a whole minute of history is not there yet: what follows in that minute serves as well
    const std::size_t whole = std::min<std::size_t>(quiet_blocks, b.quiet.size()) - 1;
    std::fill_n(b.quiet.begin(), whole, b.quiet[whole]);
    return b;
}

// The burst's beginning, to the sample. Neither the smoothed signal (its window reaches ahead) nor the zero-phase
// filter (which rings before a strong burst) can tell it, so it is looked for in the raw signal around `crossing`,
// high-passed forwards only: the last moment before which a few milliseconds stay below `level`, and a little earlier,
// since soft edges begin unseen.
std::size_t refined_onset(const SignalView& view, std::size_t crossing, const signal::BiquadCascade& high_pass,
                          float background) {
    const double rate_hz = view.rate.hz();
    const auto samples_in = [&](double s) { return static_cast<std::size_t>(std::round(s * rate_hz)); };
    const std::size_t first = crossing - std::min(crossing, samples_in(0.3));
    const std::size_t end = std::min(view.samples.size(), crossing + samples_in(0.05) + 1);
    std::vector<float> part(view.samples.begin() + static_cast<std::ptrdiff_t>(first),
                            view.samples.begin() + static_cast<std::ptrdiff_t>(end));
    signal::fill_nonfinite(part);
    signal::filter_causal(high_pass, part);
    for (float& x : part) x = std::abs(x);
    const std::size_t look = std::max<std::size_t>(3, samples_in(onset_quiet_s));
    const std::size_t middle = crossing - first, earliest = middle - std::min(middle, samples_in(0.06));
    const float top = *std::max_element(part.begin() + static_cast<std::ptrdiff_t>(middle), part.end());
    const float level = std::max(onset_ratio * background, onset_peak_fraction * top);
    std::size_t i = part.size() - 1;
    while (i > middle && part[i] < level) --i;
    for (; i > earliest; --i) {  // is the signal quiet before i?
        const std::size_t from = i - std::min(i, look);
        if (from == i || *std::max_element(part.begin() + static_cast<std::ptrdiff_t>(from),
                                           part.begin() + static_cast<std::ptrdiff_t>(i)) < level)
            break;
    }
    const std::size_t lead = samples_in(onset_lead_s);
    return first + i - std::min(first + i, lead);
}

void find_in_stretch(std::span<const float> band, const SignalView& view, const BurstRules& rules,
                     const signal::BiquadCascade& high_pass, std::vector<Burst>& bursts) {
    const double rate_hz = view.rate.hz();
    const Envelope e = envelope_of(band, rate_hz, rules.smoothing_ms);
    const Background background = background_of(e, rules);
    const auto off_count = static_cast<std::size_t>(std::max(1.0, std::ceil(rules.off_ms * 1e-3 * e.rate_hz)));
    const auto ratio = static_cast<float>(rules.on_ratio), least = static_cast<float>(rules.min_amplitude_uv);
    const auto off_ratio = static_cast<float>(rules.off_ratio);
    const auto peak_fraction = static_cast<float>(rules.off_peak_fraction);

    const std::size_t n = e.values.size();
    const auto longest = static_cast<std::size_t>(longest_burst_s * e.rate_hz);
    constexpr std::size_t many = 64;
    const auto all_low = [&](std::size_t i) {
        std::int32_t over = 0;
        for (std::size_t k = i; k < i + many; ++k) over += e.values[k] <= least ? 0 : 1;
        return over == 0;
    };
    for (std::size_t i = 0; i < n; ++i) {
        if (i % many == 0)
            while (i + many <= n && all_low(i)) i += many;
        if (i == n || e.values[i] <= least) continue;
        const float median = background.median_at(i), quiet = background.quiet_at(i);
        if (!(e.values[i] > std::max(ratio * median, quiet))) continue;
        Burst burst{{}, e.values[i], median, quiet};
        std::size_t below = 0, end = i + 1;  // [i, end): up to the last value that belonged to it
        std::size_t k = i + 1;
        for (; k < std::min(n, i + longest) && below < off_count; ++k) {
            burst.peak_uv = std::max(burst.peak_uv, e.values[k]);
            if (e.values[k] < std::max(off_ratio * median, peak_fraction * burst.peak_uv)) {
                ++below;
            } else {
                below = 0;
                end = k + 1;
            }
        }
        const bool complete = i > 0 && k < n;
        const std::size_t first = refined_onset(view, i * e.step, high_pass, median);
        // at the end the mean reaches half a window too far
        const std::size_t last = end * e.step - std::min(end * e.step, e.half);
        burst.extent = {view.time_of(first), view.time_of(std::max(last, first + 1))};
        if (complete && seconds(burst.extent.duration()) >= shortest_burst_s) bursts.push_back(burst);
        i = k - 1;
    }
}

// Whole seconds in which the samples are finite and not all the same. Returns whether all samples are finite.
bool add_usable(const SignalView& view, IntervalSet& usable) {
    const std::size_t n = view.samples.size();
    const auto second = static_cast<std::size_t>(std::max(1.0, view.rate.hz()));
    bool all = true;
    for (std::size_t i = 0; i < n; i += second) {
        const auto part = view.samples.subspan(i, std::min(second, n - i));
        const bool differ = std::any_of(part.begin(), part.end(), [&](float x) { return x != part[0]; });
        const bool finite = signal::all_finite(part);
        all = all && finite;
        if (differ && finite) usable.add({view.time_of(i), view.time_of(i + part.size())});
    }
    return all;
}

}  // namespace

ChannelBursts find_bursts(const Signal& signal, const BurstRules& rules) {
    ChannelBursts found;
    const double rate_hz = signal.rate.hz();
    const double top_hz = std::min(rules.low_pass_hz, 0.45 * rate_hz);
    const signal::BiquadCascade band_pass = signal::butterworth_band_pass(2, rules.high_pass_hz, top_hz, rate_hz);
    const signal::BiquadCascade high_pass = signal::butterworth_high_pass(2, rules.high_pass_hz, rate_hz);
    for (std::size_t s = 0; s < signal.stretches.size(); ++s) {
        const SignalView view = signal.view(s);
        if (view.samples.size() < static_cast<std::size_t>(rate_hz)) continue;  // under a second: no background
        IntervalSet usable;
        const bool finite = add_usable(view, usable);
        if (usable.empty()) continue;
        std::vector<float> band(view.samples.begin(), view.samples.end());
        if (!finite) signal::fill_nonfinite(band);
        signal::filter_zero_phase(band_pass, band);
        std::vector<Burst> bursts;
        find_in_stretch(band, view, rules, high_pass, bursts);
        // a second next to missing samples shows the filter's answer to the step
        for (const Burst& b : bursts)
            if (usable.covers({std::max(b.extent.onset - std::chrono::milliseconds(200), view.start),
                               std::min(b.extent.offset + std::chrono::milliseconds(200), view.extent().offset)}))
                found.bursts.push_back(b);
        for (const Interval& i : usable.intervals()) found.usable.add(i);
    }
    return found;
}

}  // namespace psg::events

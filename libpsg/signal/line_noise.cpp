// Mains hum: where it is, which frequencies it has, and their subtraction one after the other.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/line_noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/line_harmonic.hpp"
#include "libpsg/signal/mains.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/transpose.hpp"

namespace psg::signal {

namespace {

constexpr double block_s = 0.1;  // whole periods of both 50 and 60 Hz
constexpr double share_s = 0.4;  // line_share(): whole periods of both

// dot() of each block of `x` and as many samples of `y`, one block after the other in both, of eight samples or more. Four blocks at a
// time, and what is left over of a block with the last eight, so that the last digits are not those of dot().
template <std::size_t bytes>
void block_dots_by(const float* x, const float* y, std::size_t block, std::span<float> dots) {
    typedef float Vector __attribute__((vector_size(bytes)));
    constexpr std::size_t lanes = EightSums::lanes, each = bytes / sizeof(float), vectors = lanes / each, at_once = 4;
    float rest[lanes];
    for (std::size_t i = 0; i < lanes; ++i) rest[i] = i >= lanes - block % lanes ? 1.0F : 0.0F;
    std::size_t k = 0;
    for (; k + at_once <= dots.size(); k += at_once) {
        Vector sums[at_once][vectors] = {};
        const auto add = [&](std::size_t place, bool all) {
            for (std::size_t b = 0; b < at_once; ++b)
                for (std::size_t v = 0; v < vectors; ++v) {
                    Vector here, there, part;
                    std::memcpy(&here, x + (k + b) * block + place + v * each, sizeof here);
                    std::memcpy(&there, y + (k + b) * block + place + v * each, sizeof there);
                    std::memcpy(&part, rest + v * each, sizeof part);
                    sums[b][v] += all ? here * there : here * part * there;
                }
        };
        for (std::size_t i = 0; i + lanes <= block; i += lanes) add(i, true);
        if (block % lanes != 0) add(block - lanes, false);
        Four totals;
        totals_of_eight(sums, totals);
        std::memcpy(dots.data() + k, &totals, sizeof totals);
    }
    for (; k < dots.size(); ++k) dots[k] = dot({x + k * block, block}, {y + k * block, block});
}

// Means of the products of what is in blocks from the beginning of both on.
void block_products(std::span<const float> x, std::span<const float> y, std::size_t block, std::span<float> means) {
    if (block < EightSums::lanes)
        for (std::size_t k = 0; k < means.size(); ++k) means[k] = dot(x.subspan(k * block, block), y.subspan(k * block, block));
    else
        wide_by([=](auto bytes) { block_dots_by<bytes()>(x.data(), y.data(), block, means); });
    for (float& mean : means) mean /= static_cast<float>(block);
}

// Lag, 0.1 to 0.5 s, that is nearest to whole periods of 10 Hz and so of every harmonic of 50 and 60 Hz.
std::size_t hum_lag(double rate_hz) {
    std::size_t best = 0;
    double least = 1;
    for (double periods = 1; periods <= 5; ++periods) {
        const double exact = periods * rate_hz / 10, miss = std::fabs(exact - std::round(exact));
        if (miss > least - 1e-9) continue;
        least = miss;
        best = static_cast<std::size_t>(std::round(exact));
    }
    return best;
}

// 50 and 60 Hz and their harmonics up to half a block's period below the Nyquist frequency, beyond which a block cannot
// tell them from their images; then where the second to fifth lie if the recorder folded them back.
std::vector<double> mains_frequencies(double rate_hz) {
    const double highest = rate_hz / 2 - 0.5 / block_s;
    std::vector<double> frequencies;
    const auto add = [&](double f) {
        if (f >= 0.5 / block_s && f <= highest &&
            std::find(frequencies.begin(), frequencies.end(), f) == frequencies.end())
            frequencies.push_back(f);
    };
    for (const double mains_hz : {50.0, 60.0})
        for (double f = mains_hz; f <= highest; f += mains_hz) add(f);
    for (const double mains_hz : {50.0, 60.0})
        for (double f = 2 * mains_hz; f <= 5 * mains_hz; f += mains_hz)
            if (f > rate_hz / 2) add(std::fabs(std::remainder(f, rate_hz)));
    return frequencies;
}

// Does a harmonic of 50 or 60 Hz lie so near the Nyquist frequency that it is no sinusoid there but a beat?
bool beats_at_nyquist(double rate_hz) {
    const double nyquist = rate_hz / 2;
    return std::fabs(std::remainder(nyquist, 50.0)) < 0.5 / block_s ||
           std::fabs(std::remainder(nyquist, 60.0)) < 0.5 / block_s;
}

constexpr std::size_t alternation_reach = 30;  // samples
// Segments: of long hum those that are subtracted together, and those beside them that are fitted, too. A segment takes its neighbours
// along, and amplitudes are smoothed over a second.
constexpr std::size_t longest_part = 60, beside_part = 2;

// Takes away what alternates from sample to sample: a notch at the Nyquist frequency, 3 % of the rate wide, where a
// muscle's activity has been filtered away by the recorder. It rings for twenty samples.
void remove_alternation(std::span<float> x) {
    constexpr std::size_t reach = alternation_reach;
    std::vector<float> weight(2 * reach + 1), turned(x.size()), part(weight.size());
    double total = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
        const double distance = (static_cast<double>(i) - static_cast<double>(reach)) / 10;
        weight[i] = static_cast<float>(std::exp(-0.5 * distance * distance));
        total += static_cast<double>(weight[i]);
    }
    for (float& w : weight) w /= static_cast<float>(total);
    for (std::size_t i = 0; i < x.size(); ++i) turned[i] = i % 2 ? -x[i] : x[i];
    for (std::size_t i = reach; i + reach < x.size(); ++i) {
        const float mean = dot(std::span<const float>(turned).subspan(i - reach, weight.size()), weight);
        x[i] -= i % 2 ? -mean : mean;
    }
}

// The frequencies, the strongest kind of mains first: a strong hum looks like a weak one 10 Hz beside it. `power` is the mean square
// of each block.
std::vector<std::size_t> order(std::span<const float> x, std::span<const float> power, const std::vector<double>& frequencies, std::size_t block,
                               double rate_hz) {
    const Sinusoid fifty(50, rate_hz, block), sixty(60, rate_hz, block);
    const MainsSeries waves{fifty.cosine.data(), fifty.sine.data(), sixty.cosine.data(), sixty.sine.data()};
    double difference = 0;
    for (std::size_t k = 0; k < power.size(); ++k) {
        const auto part = x.subspan(k * block, block);
        const auto [a, b, c, d] = wide_by([&](auto bytes) { return mains_dots<decltype(bytes)::value>(part, waves); });
        difference += (std::norm(sixty.fit(c, d)) - std::norm(fifty.fit(a, b))) / std::max(static_cast<double>(power[k]), 0.01);
    }
    std::vector<std::size_t> places(frequencies.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    if (difference > 0)
        std::stable_partition(places.begin(), places.end(),
                              [&](std::size_t i) { return std::fmod(frequencies[i], 60.0) == 0; });  // 300 Hz too
    return places;
}

}  // namespace

LineShare::LineShare(double rate_hz)
    : rate_hz_(rate_hz), length_(static_cast<std::size_t>(std::lround(rate_hz * share_s))), whole_(sinusoids(rate_hz, length_)) {}

LineShare::Sinusoids LineShare::sinusoids(double rate_hz, std::size_t length) {
    Sinusoids all;
    for (const std::size_t kind : {0, 1}) {
        const double mains_hz = kind == 0 ? 50 : 60;
        for (const double f : mains_frequencies(rate_hz))
            for (double true_hz = mains_hz; true_hz <= std::max(5 * mains_hz, rate_hz / 2); true_hz += mains_hz)
                if (std::fabs(std::fabs(std::remainder(true_hz, rate_hz)) - f) < 1e-6) {
                    all[kind].emplace_back(f, rate_hz, length);
                    break;
                }
    }
    return all;
}

double LineShare::of(std::span<const float> samples) const {
    const std::size_t length = std::min(samples.size(), length_);
    if (length < 8) return 0;
    const Sinusoids shorter = length < length_ ? sinusoids(rate_hz_, length) : Sinusoids();
    double most = 0;
    for (const std::vector<Sinusoid>& tables : length < length_ ? shorter : whole_) {
        double explained = 0, total = 0;
        for (std::size_t begin = 0; begin + length <= samples.size(); begin += length) {
            const auto part = samples.subspan(begin, length);
            total += static_cast<double>(mean_square(part));
            for (const Sinusoid& table : tables) explained += 0.5 * std::norm(table.fit(part));
        }
        if (total > 0) most = std::max(most, explained / total);
    }
    return std::min(most, 1.0);
}

double line_share(std::span<const float> samples, double rate_hz) { return LineShare(rate_hz).of(samples); }

LineNoise::LineNoise(double rate_hz)
    : rate_hz_(rate_hz),
      block_(static_cast<std::size_t>(std::lround(rate_hz * block_s))),
      lag_(hum_lag(rate_hz)),
      frequencies_(mains_frequencies(rate_hz)) {}

void LineNoise::look(std::span<const float> window, std::size_t first) {
    if (block_ < 2) return;
    const std::size_t known = power_.end(), begin = known * block_ - first, blocks = (window.size() - std::min(window.size(), begin)) / block_;
    if (blocks == 0) return;
    block_products(window.subspan(begin), window.subspan(begin), block_, power_.extend(blocks));
    compare(window, first, false);
    power_.forget_before(next_);
}

// Hum of any harmonic may touch a segment if the signal resembles itself one lag later, by 10 % of its power or more (noise alone:
// 3 %). Compares the blocks whose later ones are known, or all.
void LineNoise::compare(std::span<const float> window, std::size_t first, bool all) {
    const std::size_t count = power_.end(), later_blocks = (lag_ + block_ - 1) / block_, end = first + window.size();
    const std::size_t last = std::min(count / segment_blocks * segment_blocks, all ? count : count - std::min(count, later_blocks));
    if (next_ >= last) return;
    // of those whose later samples are there
    likeness_.resize(std::min(last, std::max(next_, (end - std::min(end, lag_)) / block_)) - next_);
    const std::size_t begin = next_ * block_ - first;
    block_products(window.subspan(begin), window.subspan(std::min(window.size(), begin + lag_)), block_, likeness_);
    for (const std::size_t from = next_; next_ < last; ++next_) {
        if (power_[next_] > 0 && next_ - from < likeness_.size()) {
            // the stronger of the two blocks counts, so that a burst does not outweigh the rest
            const std::size_t later = std::min(next_ + later_blocks, count - 1);
            alike_ += static_cast<double>(likeness_[next_ - from]) / static_cast<double>(std::max(power_[next_], power_[later]));
            ++total_;
        }
        if ((next_ + 1) % segment_blocks != 0) continue;
        hums_.push_back(alike_ > 0.1 * total_);
        alike_ = total_ = 0;
    }
}

void LineNoise::finish(std::span<const float> window, std::size_t first) {
    look(window, first);
    compare(window, first, true);
    ended_ = true;
}

// A segment that hums takes both neighbours along.
std::optional<LineNoise::Part> LineNoise::next(std::size_t count) {
    const std::size_t length = segment_blocks * block_, segments = hums_.size(), known = ended_ ? segments : segments - std::min<std::size_t>(segments, 1);
    const std::size_t begin = length > 0 ? told_ / length : 0;
    if (begin >= known) {
        if (!ended_ || told_ >= count) return std::nullopt;
        return Part{{std::exchange(told_, count), count}, false};
    }
    const auto hums = [&](std::size_t s) { return hums_[s] || (s + 1 < segments && hums_[s + 1]) || (s > 0 && hums_[s - 1]); };
    const bool here = hums(begin);
    std::size_t end = begin;
    const std::size_t most = here ? begin + longest_part + beside_part : known;
    while (end < std::min(known, most) && hums(end) == here) ++end;
    Part part{{told_, end * length}, here, end * length};
    if (here && end == most)
        part.run.end = (begin + longest_part) * length;
    else if (here && end == known && !ended_)
        return std::nullopt;
    else if (here && end == segments && ended_)
        part.run.end = part.until = power_.end() * block_;  // blocks that make no whole segment, too
    told_ = part.run.end;
    return part;
}

void LineNoise::subtract(const Part& part, std::span<float> samples) {
    if (tables_.empty())
        for (const double frequency : frequencies_) tables_.emplace_back(frequency, rate_hz_, block_);
    const std::span<float> own = samples.first(part.run.size());
    std::vector<float> x = std::exchange(before_, {});  // what is beside the part is fitted, too
    const std::size_t before = x.size();
    x.insert(x.end(), samples.begin(), samples.end());
    if (part.until > part.run.end) before_.assign(own.end() - static_cast<std::ptrdiff_t>(part.until - part.run.end), own.end());
    std::vector<float> power(x.size() / block_);
    if (beats_at_nyquist(rate_hz_)) remove_alternation(x);
    block_products(x, x, block_, power);
    Subtracted& subtracted = subtracted_.emplace_back(Subtracted{part.run, part.run.begin - before, {}});
    for (const std::size_t i : order(x, power, frequencies_, block_, rate_hz_))
        for (HarmonicRun& run : subtract_harmonic(x, power, tables_[i])) subtracted.harmonics.emplace_back(i, std::move(run));
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(before), own.size(), own.begin());
}

std::size_t LineNoise::reach() const { return beats_at_nyquist(rate_hz_) ? alternation_reach : 0; }

void LineNoise::repeat(std::size_t first, std::span<float> samples) const {
    const auto within = [&](const Run& run) {
        const std::size_t begin = std::max(first, run.begin), end = std::min(first + samples.size(), run.end);
        return begin < end ? samples.subspan(begin - first, end - begin) : std::span<float>();
    };
    for (auto part = subtracted_.begin(); part != subtracted_.end();) {
        Run hum = part->run;  // with all parts that follow each other
        auto next = part;
        while (++next != subtracted_.end() && next->run.begin == hum.end) hum.end = next->run.end;
        if (const auto x = within(hum); !x.empty() && beats_at_nyquist(rate_hz_)) remove_alternation(x);
        for (; part != next; ++part)
            if (const auto x = within(part->run); !x.empty())
                for (const auto& [i, harmonic] : part->harmonics) subtract_again(harmonic, tables_[i], std::max(first, part->run.begin) - part->origin, x);
    }
}

std::vector<LineComponent> LineNoise::found() const {
    std::vector<double> blocks(frequencies_.size()), sums(frequencies_.size());
    for (const Subtracted& part : subtracted_)
        for (const auto& [i, run] : part.harmonics)
            for (std::size_t k = run.first_block; k < run.end_block(); ++k) {
                const std::size_t place = part.origin + k * block_;
                if (place < part.run.begin || place >= part.run.end) continue;  // beside the part
                ++blocks[i];
                sums[i] += static_cast<double>(std::abs(run.amplitudes[k - run.first_block + 1]));
            }
    std::vector<LineComponent> found;
    for (std::size_t i = 0; i < frequencies_.size(); ++i)
        if (blocks[i] > 0) found.push_back({frequencies_[i], blocks[i] * static_cast<double>(block_) / rate_hz_, sums[i] / blocks[i]});
    return found;
}

std::vector<LineComponent> remove_line_noise(std::span<float> samples, double rate_hz) {
    LineNoise noise(rate_hz);
    noise.finish(samples, 0);
    while (const auto part = noise.next(samples.size()))
        if (part->hums) noise.subtract(*part, samples.subspan(part->run.begin, part->until - part->run.begin));
    return noise.found();
}

}  // namespace psg::signal

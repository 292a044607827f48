// Heart beats in a muscle channel: lone spikes that look alike, and what looks like them within movements.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/heart_spikes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/medians_of_eight.hpp"
#include "libpsg/signal/samples_in.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

constexpr std::size_t second = 40, around = 8, beyond = 6;  // blocks: 1 s, 0.2 s, 0.15 s
constexpr std::size_t fewest_alike = 8;
constexpr double alike = 0.7;        // correlation of two spikes
constexpr double clear_square = 16;  // hidden beats stand out by four standard errors
constexpr double read_s = 60;        // of samples that are asked for together

// Whether two of the neighbours among `count` values and the one after them are together above `limit`.
bool any_pair_above(const float* x, std::size_t count, float limit) {
    return wide([=] {
        std::int32_t any = 0;
        for (std::size_t i = 0; i < count; ++i) any |= x[i] + x[i + 1] > limit ? 1 : 0;
        return any;
    }) != 0;
}

// dot() of `wave` and the samples from each place on, several places at a time.
template <std::size_t bytes>
void correlate_by(std::span<const float> x, std::span<const float> wave, std::span<float> dots) {
    typedef float Vector __attribute__((vector_size(bytes)));
    constexpr std::size_t each = bytes / sizeof(float), lanes = EightSums::lanes;
    std::size_t n = 0;
    for (; n + each <= dots.size(); n += each) {
        const float* const from = x.data() + n;
        Vector here, sums[lanes] = {};
        std::size_t i = 0;
        for (; i + lanes <= wave.size(); i += lanes)
            for (std::size_t k = 0; k < lanes; ++k) {
                std::memcpy(&here, from + i + k, sizeof here);
                sums[k] += here * wave[i + k];
            }
        Vector sum = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
        for (; i < wave.size(); ++i) {
            std::memcpy(&here, from + i, sizeof here);
            sum += here * wave[i];
        }
        std::memcpy(dots.data() + n, &sum, sizeof sum);
    }
    for (; n < dots.size(); ++n) dots[n] = dot(wave, x.subspan(n, wave.size()));
}

}  // namespace

SpikeFinder::SpikeFinder(double rate_hz, std::size_t block)
    : rate_hz_(rate_hz), block_(block), half_(samples_in(0.06, rate_hz)), next_(around), shapes_(alike) {}

// The first block of a second.
std::size_t SpikeFinder::start_of(std::size_t number) const { return around + number * second; }

void SpikeFinder::look(std::span<const float> window, std::size_t first, std::span<const float> power) {
    power_.add(power);
    const std::size_t end = power_.end(), ahead = around + 2 * second;  // blocks that are asked for
    if (end >= ahead) find_lone(window, first, (end - ahead) / second + 1, end);
    const std::size_t start = start_of(second_);
    power_.forget_before(start - std::min(start, second));
}

std::size_t SpikeFinder::first_needed() const {
    const std::size_t begin = (std::min(next_, start_of(second_)) - 1) * block_;
    return begin - std::min(begin, half_);
}

// In seconds before number `seconds`, and in blocks before `last`.
void SpikeFinder::find_lone(std::span<const float> window, std::size_t first, std::size_t seconds, std::size_t last) {
    if (second_ >= seconds) return;
    std::vector<float> rests(seconds - second_), list;
    MediansOfEight medians;
    const auto found = [&](std::size_t i, float median) { rests[i] = median; };
    for (std::size_t i = 0; i < rests.size(); ++i) {
        const std::size_t k = start_of(second_ + i);
        list.clear();
        for (std::size_t at = k - std::min(k, second); at < std::min(power_.end(), k + second); at += 2) list.push_back(power_[at]);
        medians.add(list, i, found);
    }
    medians.finish(found);
    for (const float rest : rests) {
        const std::size_t start = start_of(second_), end = std::min(start + second, last);
        if (next_ <= start) next_ = start, rest_ = rest;
        if (next_ < end && any_pair_above(power_.part(next_, end + 1).data(), end - next_, 2 * 4 * rest_))
            for (; next_ < end; ++next_) try_lone(window, first, rest_);
        next_ = std::max(next_, end);
        ++second_;
    }
}

// A lone peak at the next block: twice the rest's amplitude in two blocks, a quarter of their power 0.15 to 0.2 s before and behind.
void SpikeFinder::try_lone(std::span<const float> window, std::size_t first, float rest) {
    const std::size_t k = next_;
    const auto pair = [&](std::size_t i) { return power_[i] + power_[i + 1]; };
    const float peak = pair(k);
    if (!(peak > 2 * 4 * rest) || peak <= 0) return;
    for (std::size_t i = k - around; i <= k + around; ++i) {
        const std::size_t distance = i > k ? i - k : k - i;
        if (!(pair(i) <= peak && (distance < beyond || pair(i) < peak / 4))) return;
    }
    const std::size_t begin = (k - 1) * block_ - first, end = std::min(window.size(), (k + 3) * block_ - first);
    std::size_t at = begin;
    for (std::size_t i = begin; i < end; ++i)
        if (std::fabs(window[i]) > std::fabs(window[at])) at = i;
    if (first + at >= half_ && at + half_ <= window.size()) {
        const auto wave = window.subspan(at - half_, 2 * half_);
        lone_.push_back({{static_cast<double>(first + at), shapes_.shape_of(wave)}, lone_.size()});
        waves_.insert(waves_.end(), wave.begin(), wave.end());
    }
    next_ += around;
}

std::vector<HeartBeat> SpikeFinder::finish(std::span<const float> window, std::size_t first, const Read& read) {
    const std::size_t count = power_.end();
    if (count < 10 * second) return {};
    const std::size_t last = count - around - 1;  // block
    find_lone(window, first, (last - around + second - 1) / second, last);
    keep_alike();
    keep_company();
    std::vector<HeartBeat> beats;
    for (const Lone& one : lone_) beats.push_back(one.beat);
    add_hidden(beats, first + window.size(), read);
    return beats;
}

void SpikeFinder::keep_alike() {
    std::erase_if(lone_, [&](const Lone& one) { return shapes_.count(one.beat.shape) < fewest_alike; });
}

// Of the eleven intervals around a beat the typical one is that of a heart; a movement hides some.
void SpikeFinder::keep_company() {
    constexpr std::size_t reach = 5;
    std::vector<char> keep(lone_.size(), 0);
    std::vector<float> intervals;
    for (std::size_t b = 0; b < lone_.size(); ++b) {
        const std::size_t begin = b > reach ? b - reach : 0, end = std::min(lone_.size() - 1, b + reach + 1);
        if (end - begin < 5) continue;
        intervals.clear();
        for (std::size_t i = begin; i < end; ++i)
            intervals.push_back(static_cast<float>((lone_[i + 1].beat.place - lone_[i].beat.place) / rate_hz_));
        const double typical = median(intervals);
        keep[b] = typical >= 0.3 && typical <= 1.7;
    }
    std::size_t b = 0;
    std::erase_if(lone_, [&](const Lone&) { return !keep[b++]; });
}

std::map<int, SpikeFinder::Mean> SpikeFinder::means() const {
    std::map<int, Mean> means;
    for (const Lone& one : lone_) {
        Mean& mean = means[one.beat.shape];
        mean.wave.resize(2 * half_, 0.0F);
        const auto x = wave_of(one);
        for (std::size_t i = 0; i < x.size(); ++i) mean.wave[i] += x[i];
        ++mean.beats;
    }
    for (auto& [shape, mean] : means) {
        for (float& v : mean.wave) v /= static_cast<float>(mean.beats);
        mean.energy = static_cast<double>(dot(mean.wave, mean.wave));
    }
    return means;
}

// The place among `places` whose samples (`x` holds those of all, from `here` less half a wave on) stand out most as one of the means.
HeartBeat SpikeFinder::likest(std::span<const float> x, double here, std::size_t places, const std::map<int, Mean>& means) {
    std::vector<std::vector<float>> dots(means.size(), std::vector<float>(places));
    std::size_t number = 0;
    for (const auto& [shape, mean] : means)
        wide_by([x, wave = std::span(mean.wave), of_shape = std::span(dots[number++])](auto bytes) { correlate_by<bytes()>(x, wave, of_shape); });
    HeartBeat best;
    double most = clear_square;
    for (std::size_t n = 0; n < places; ++n) {
        double all = -1;  // power of the samples, where it is asked for
        number = 0;
        for (const auto& [shape, mean] : means) {
            const double gain = static_cast<double>(dots[number++][n]) / mean.energy;
            if (!(gain >= 0.5 && gain <= 2)) continue;
            const auto wave = x.subspan(n, mean.wave.size());
            if (all < 0) all = static_cast<double>(dot(wave, wave));
            const double beat = gain * gain * mean.energy, left = all - beat;
            const double square = beat / (left / static_cast<double>(wave.size()) + 1e-6);
            if (square > most) most = square, best = {here + static_cast<double>(n), shape};
        }
    }
    return best;
}

// Beats that a movement hides or touches, in the time between two that are more than an interval apart; `count` samples in all.
void SpikeFinder::add_hidden(std::vector<HeartBeat>& beats, std::size_t count, const Read& read) const {
    const std::map<int, Mean> all_means = means();
    const double apart = 0.2 * rate_hz_, longest = 20 * rate_hz_;
    std::span<const float> known;
    std::size_t known_first = 0;
    std::vector<HeartBeat> hidden;
    for (std::size_t b = 0; b + 1 < beats.size(); ++b) {
        const double from = beats[b].place + apart, to = beats[b + 1].place - apart;
        if (to < from || to - from > longest) continue;
        const std::size_t begin = static_cast<std::size_t>(from) - half_, end = static_cast<std::size_t>(to) + half_;
        if (begin < known_first || end > known_first + known.size()) {
            known_first = begin;
            known = read(begin, std::min(count, std::max(end, begin + samples_in(read_s, rate_hz_))));
        }
        double last = from - apart;
        // the best within 0.2 s, again and again
        for (double here = from; here <= to;) {
            const auto places = static_cast<std::size_t>(std::min(to, here + apart) - here) + 1;
            const auto x = known.subspan(static_cast<std::size_t>(here) - half_ - known_first, places + 2 * half_ - 1);
            const HeartBeat best = likest(x, here, places, all_means);
            if (best.place > last && best.place > 0) {
                hidden.push_back(best);
                last = best.place;
                here = best.place + apart;
            } else {
                here += apart;
            }
        }
    }
    beats.insert(beats.end(), hidden.begin(), hidden.end());
    std::sort(beats.begin(), beats.end(), [](const HeartBeat& a, const HeartBeat& b) { return a.place < b.place; });
}

std::vector<HeartBeat> find_spikes_like_beats(std::span<const float> emg, double rate_hz) {
    const std::size_t block = samples_in(0.025, rate_hz);
    SpikeFinder finder(rate_hz, block);
    finder.look(emg, 0, block_power(emg, block));
    return finder.finish(emg, 0, [&](std::size_t begin, std::size_t end) { return emg.subspan(begin, end - begin); });
}

}  // namespace psg::signal

// Heart beats in a muscle channel: lone spikes that look alike, and what looks like them within movements.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/heart_spikes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

constexpr std::size_t fewest_alike = 8;
constexpr double alike = 0.7;        // correlation of two spikes
constexpr double clear_square = 16;  // hidden beats stand out by four standard errors

std::size_t samples_in(double length_s, double rate_hz) {
    return static_cast<std::size_t>(std::max(1L, std::lround(length_s * rate_hz)));
}

class SpikeSearch {
public:
    SpikeSearch(std::span<const float> emg, double rate_hz, std::vector<float> power, std::size_t block)
        : emg_(emg), rate_hz_(rate_hz), block_(block), half_(samples_in(0.06, rate_hz)), power_(std::move(power)) {}

    std::vector<HeartBeat> beats() {
        find_lone();
        sort_by_shape();
        keep_company();
        add_hidden();
        return std::move(beats_);
    }

private:
    static constexpr std::size_t second = 40, around = 8, beyond = 6;  // blocks: 1 s, 0.2 s, 0.15 s

    std::span<const float> wave_at(double place) const {
        return emg_.subspan(static_cast<std::size_t>(place) - half_, 2 * half_);
    }

    // Lone peaks: twice the rest's amplitude in two blocks, a quarter of their power 0.15 to 0.2 s before and behind.
    void find_lone() {
        const std::size_t count = power_.size();
        if (count < 10 * second) return;
        std::vector<float> window;
        float rest = 0;
        for (std::size_t k = around; k + around + 1 < count; ++k) {
            if ((k - around) % second == 0) {
                window.clear();
                for (std::size_t i = k > second ? k - second : 0; i < std::min(count, k + second); i += 2)
                    window.push_back(power_[i]);
                const auto middle = window.begin() + static_cast<std::ptrdiff_t>(window.size() / 2);
                std::nth_element(window.begin(), middle, window.end());
                rest = *middle;
            }
            const auto pair = [&](std::size_t i) { return power_[i] + power_[i + 1]; };
            const float peak = pair(k);
            if (!(peak > 2 * 4 * rest) || peak <= 0) continue;
            bool alone = true;
            for (std::size_t i = k - around; i <= k + around && alone; ++i) {
                const std::size_t distance = i > k ? i - k : k - i;
                alone = pair(i) <= peak && (distance < beyond || pair(i) < peak / 4);
            }
            if (!alone) continue;
            const std::size_t begin = (k - 1) * block_, end = std::min(emg_.size(), (k + 3) * block_);
            std::size_t at = begin;
            for (std::size_t i = begin; i < end; ++i)
                if (std::fabs(emg_[i]) > std::fabs(emg_[at])) at = i;
            if (at >= half_ && at + half_ <= emg_.size()) beats_.push_back({static_cast<double>(at), 0});
            k += around;
        }
    }

    void sort_by_shape() {
        BeatShapes shapes(alike);
        for (HeartBeat& b : beats_) b.shape = shapes.shape_of(wave_at(b.place));
        std::erase_if(beats_, [&](const HeartBeat& b) { return shapes.count(b.shape) < fewest_alike; });
    }

    // Of the eleven intervals around a beat the typical one is that of a heart; a movement hides some.
    void keep_company() {
        constexpr std::size_t reach = 5;
        std::vector<char> keep(beats_.size(), 0);
        std::vector<float> intervals;
        for (std::size_t b = 0; b < beats_.size(); ++b) {
            const std::size_t begin = b > reach ? b - reach : 0, end = std::min(beats_.size() - 1, b + reach + 1);
            if (end - begin < 5) continue;
            intervals.clear();
            for (std::size_t i = begin; i < end; ++i)
                intervals.push_back(static_cast<float>((beats_[i + 1].place - beats_[i].place) / rate_hz_));
            const double typical = median(intervals);
            keep[b] = typical >= 0.3 && typical <= 1.7;
        }
        std::size_t b = 0;
        std::erase_if(beats_, [&](const HeartBeat&) { return !keep[b++]; });
    }

    struct Mean {
        std::vector<float> wave;
        double energy = 0;
        std::size_t beats = 0;
    };

    // Beats that a movement hides or touches, in the time between two that are more than an interval apart.
    void add_hidden() {
        std::map<int, Mean> means;
        for (const HeartBeat& b : beats_) {
            Mean& mean = means[b.shape];
            mean.wave.resize(2 * half_, 0.0F);
            const auto x = wave_at(b.place);
            for (std::size_t i = 0; i < x.size(); ++i) mean.wave[i] += x[i];
            ++mean.beats;
        }
        for (auto& [shape, mean] : means) {
            for (float& v : mean.wave) v /= static_cast<float>(mean.beats);
            mean.energy = static_cast<double>(dot(mean.wave, mean.wave));
        }
        const double apart = 0.2 * rate_hz_, longest = 20 * rate_hz_;
        std::vector<HeartBeat> hidden;
        for (std::size_t b = 0; b + 1 < beats_.size(); ++b) {
            const double from = beats_[b].place + apart, to = beats_[b + 1].place - apart;
            if (to - from > longest) continue;
            double last = from - apart;
            // the best within 0.2 s, again and again
            for (double here = from; here <= to;) {
                HeartBeat best;
                double most = clear_square;
                for (double t = here; t <= std::min(to, here + apart); ++t) {
                    const auto x = wave_at(t);
                    double all = -1;  // power of x, where it is asked for
                    for (const auto& [shape, mean] : means) {
                        const double gain = static_cast<double>(dot(x, mean.wave)) / mean.energy;
                        if (!(gain >= 0.5 && gain <= 2)) continue;
                        if (all < 0) all = static_cast<double>(dot(x, x));
                        const double beat = gain * gain * mean.energy, left = all - beat;
                        const double square = beat / (left / static_cast<double>(x.size()) + 1e-6);
                        if (square > most) most = square, best = {t, shape};
                    }
                }
                if (best.place > last && best.place > 0) {
                    hidden.push_back(best);
                    last = best.place;
                    here = best.place + apart;
                } else {
                    here += apart;
                }
            }
        }
        beats_.insert(beats_.end(), hidden.begin(), hidden.end());
        std::sort(beats_.begin(), beats_.end(),
                  [](const HeartBeat& a, const HeartBeat& b) { return a.place < b.place; });
    }

    std::span<const float> emg_;
    double rate_hz_;
    std::size_t block_, half_;
    std::vector<float> power_;
    std::vector<HeartBeat> beats_;
};

}  // namespace

std::vector<HeartBeat> find_spikes_like_beats(std::span<const float> emg, double rate_hz) {
    const std::size_t block = samples_in(0.025, rate_hz);
    return find_spikes_like_beats(emg, rate_hz, block_power(emg, block), block);
}

std::vector<HeartBeat> find_spikes_like_beats(std::span<const float> emg, double rate_hz, std::vector<float> power, std::size_t block) {
    return SpikeSearch(emg, rate_hz, std::move(power), block).beats();
}

}  // namespace psg::signal

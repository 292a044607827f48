// Heart beats in a muscle channel: spike-triggered averages.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/ecg_removal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/samples_in.hpp"

namespace psg::signal {

namespace {

constexpr std::size_t group_beats = 20, margin_beats = 10, fewest_beats = 8, gain_reach = 4;
constexpr double clear_enough = 4;
constexpr std::size_t none = static_cast<std::size_t>(-1);

double product(std::span<const float> a, std::span<const float> b) {
    return static_cast<double>(dot(a, b));
}

std::size_t groups_in(std::size_t beats) { return (beats + group_beats - 1) / group_beats; }

}  // namespace

BeatSubtraction::BeatSubtraction(double rate_hz, const BeatPlaces& beats, std::size_t grain, Use use, bool repeatable)
    : rate_hz_(rate_hz),
      before_(samples_in(0.1, rate_hz)),
      length_(before_ + samples_in(0.15, rate_hz)),
      fade_(samples_in(0.02, rate_hz)),
      grain_(grain),
      use_(std::move(use)),
      places_(beats),
      repeatable_(repeatable),
      faded_(length_) {
    for (std::size_t i = 0; i < length_; ++i) {
        const double edge = static_cast<double>(std::min(i, length_ - 1 - i)) / static_cast<double>(fade_);
        faded_[i] = edge < 1 ? 0.5 - 0.5 * std::cos(std::numbers::pi * edge) : 1;
    }
    std::vector<std::pair<std::size_t, std::size_t>> shapes;  // beats, shape
    for (const HeartBeat& b : places_.beats) {
        const auto shape = static_cast<std::size_t>(b.shape);
        while (shapes.size() <= shape) shapes.emplace_back(0, shapes.size());
        ++shapes[shape].first;
    }
    stage_of_shape_.assign(shapes.size(), none);
    // the most frequent first: the mean of a rare one must not hold what a neighbour leaves
    std::stable_sort(shapes.begin(), shapes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    while (!shapes.empty() && shapes.back().first < fewest_beats) shapes.pop_back();
    for (std::size_t s = 0; s < shapes.size(); ++s) stage_of_shape_[shapes[s].second] = s;
    stages_.resize(shapes.size());
}

// Makes room for the surroundings that begin before `end`.
void BeatSubtraction::meet_beats(std::size_t end) {
    for (; next_place_ < places_.size(); ++next_place_) {
        const auto middle = std::llround(places_.place(next_place_));
        const std::size_t stage = stage_of_shape_[static_cast<std::size_t>(places_.beats[next_place_].shape)];
        if (stage == none || middle < static_cast<long long>(before_)) continue;
        const std::size_t begin = static_cast<std::size_t>(middle) - before_;
        if (begin >= end) return;
        const std::size_t from = begin / grain_ * grain_, to = (begin + length_ + grain_ - 1) / grain_ * grain_;
        if (islands_.empty() || from >= islands_.back().end) {
            if (spare_.empty()) spare_.emplace_back();
            islands_.push_back(std::move(spare_.back()));
            spare_.pop_back();
            islands_.back().begin = from, islands_.back().end = to;
        }
        Island& here = islands_.back();
        here.end = std::max(here.end, to);
        here.members.push_back({stage, stages_[stage].count()});
        stages_[stage].beats.push_back({first_island_ + islands_.size() - 1, begin - here.begin, 0, 0});
    }
}

void BeatSubtraction::add(std::span<const float> samples) {
    const std::size_t end = at_ + samples.size();
    meet_beats(end);
    for (auto i = islands_.rbegin(); i != islands_.rend() && !i->used && i->begin + i->samples.size() < i->end; ++i) {
        // only the last ones can be incomplete: each begins where the samples of the one before it have ended
        const std::size_t from = std::max(at_, i->begin), to = std::min(end, i->end);
        if (from < to) i->samples.insert(i->samples.end(), samples.begin() + static_cast<std::ptrdiff_t>(from - at_), samples.begin() + static_cast<std::ptrdiff_t>(to - at_));
    }
    at_ = end;
    for (std::size_t s = 0; s < stages_.size(); ++s) advance(s);
    if (!done_in_.empty()) give_islands();
}

void BeatSubtraction::finish() {
    ended_ = true;
    // surroundings that the end cuts belong to no beat
    for (Island& i : islands_) {
        if (i.used) continue;
        i.end = std::min(i.end, at_);
        std::erase_if(i.members, [&](const Member& m) { return stages_[m.stage].beat(m.beat).offset + length_ > i.samples.size(); });
    }
    for (Stage& s : stages_)
        while (!s.beats.empty() && !s.beats.back().done && s.beats.back().offset + length_ > island(s.beats.back().island).samples.size()) s.beats.pop_back();
    for (std::size_t s = 0; s < stages_.size(); ++s) advance(s);
    give_islands();
}

// All samples are there, and nothing of a more frequent shape is left in them.
bool BeatSubtraction::is_ready(std::size_t stage, const Beat& b) {
    const Island& here = island(b.island);
    if (here.begin + here.samples.size() < here.end) return false;
    return std::all_of(here.members.begin(), here.members.end(), [&](const Member& m) { return m.stage >= stage || stages_[m.stage].is_done(m.beat); });
}

// Mean of a group and its margins, each beat weighted by the inverse square of its power, faded at both ends.
BeatSubtraction::Template BeatSubtraction::mean_of_group(Stage& stage, std::size_t group) {
    const std::size_t first = group * group_beats, begin = first - std::min(first, margin_beats);
    const std::size_t end = std::min(stage.count(), first + group_beats + margin_beats);
    Template t;
    if (end - begin < fewest_beats) return t;
    std::vector<float> mean(length_, 0.0F);
    double weights = 0, noise = 0;
    for (std::size_t k = begin; k < end; ++k) {
        const Beat& b = stage.beat(k);
        const double power = std::max(static_cast<double>(b.power), 1e-3), w = 1 / (power * power);
        weights += w;
        noise += w * w * power;
        const float* x = wave(b).data();
        wide([x, sum = mean.data(), weight = static_cast<float>(w), count = length_] {
            for (std::size_t i = 0; i < count; ++i) sum[i] += weight * x[i];
        });
    }
    for (std::size_t i = 0; i < length_; ++i) mean[i] *= static_cast<float>(faded_[i] / weights);
    t.energy = product(mean, mean);
    t.clearness = t.energy / (noise / (weights * weights) * static_cast<double>(length_));
    t.mean = std::make_shared<const std::vector<float>>(std::move(mean));
    return t;
}

// Where a pick-up begins or ends most of a group may be clean: the clearest mean of the neighbours serves both.
const BeatSubtraction::Template* BeatSubtraction::serving(const Stage& stage, std::size_t group) const {
    const auto& means = stage.means;
    const std::size_t own = group - stage.first_mean;
    const Template* best = &means[own];
    if (own > 0 && means[own - 1].clearness > best->clearness) best = &means[own - 1];
    if (own + 1 < means.size() && means[own + 1].clearness > best->clearness) best = &means[own + 1];
    return best->clearness >= clear_enough ? best : nullptr;
}

// Median of the gains of a beat and its neighbours, each with the weight of the inverse of its beat's remaining power; from 0 to 1.5.
float BeatSubtraction::typical_gain(Stage& stage, std::size_t beat) {
    std::array<std::pair<float, float>, 2 * gain_reach + 1> gains;
    std::size_t count = 0;
    float total = 0;
    for (std::size_t k = beat - std::min(beat, gain_reach); k < std::min(stage.count(), beat + gain_reach + 1); ++k) {
        const Beat& b = stage.beat(k);
        gains[count++] = {b.gain, 1 / std::max(b.power, 1e-2F)};
        total += gains[count - 1].second;
    }
    std::sort(gains.begin(), gains.begin() + static_cast<std::ptrdiff_t>(count));
    float below = 0;
    for (std::size_t i = 0; i < count; ++i)
        if ((below += gains[i].second) >= 0.5F * total) return std::clamp(gains[i].first, 0.0F, 1.5F);
    return 0;
}

// Subtracts `gain` times the mean, and its slope as far as the beat is shifted: up to a sample, with a prior standard
// deviation of a third of one. Returns how much of the slope.
float BeatSubtraction::subtract(std::span<float> x, const std::vector<float>& mean, float gain) {
    const std::size_t length = x.size();
    slope_.resize(length);
    const auto slope_at = [&](std::size_t i, std::size_t before, std::size_t after) {
        slope_[i] = 0.5F * gain * (mean[after] - mean[before]);
        x[i] -= gain * mean[i];
    };
    slope_at(0, 0, std::min<std::size_t>(1, length - 1));
    for (std::size_t i = 1; i + 1 < length; ++i) slope_at(i, i - 1, i + 1);
    if (length > 1) slope_at(length - 1, length - 2, length - 1);
    const double left = product(x, x) / static_cast<double>(length);
    const double shift = product(x, slope_) / (product(slope_, slope_) + left / 0.1 + 1e-9);
    const auto amount = static_cast<float>(std::clamp(shift, -1.0, 1.0));
    for (std::size_t i = 0; i < length; ++i) x[i] -= amount * slope_[i];
    return amount;
}

void BeatSubtraction::repeat(std::size_t first, std::span<float> samples) const {
    const std::size_t end = first + samples.size();
    for (const Stage& s : stages_) {
        auto one = std::partition_point(s.subtractions.begin(), s.subtractions.end(), [&](const Subtracted& x) { return x.begin + length_ <= first; });
        for (; one != s.subtractions.end() && one->begin < end; ++one) {
            const std::vector<float>& mean = *one->mean;
            for (std::size_t i = one->begin < first ? first - one->begin : 0; i < std::min(length_, end - one->begin); ++i) {
                float& x = samples[one->begin + i - first];
                x -= one->gain * mean[i];
                x -= one->amount * (0.5F * one->gain * (mean[std::min(i + 1, length_ - 1)] - mean[i > 0 ? i - 1 : 0]));
            }
        }
    }
}

// A group's gains need the mean of the group after it, and what is subtracted from it the gains of that one; so all that is
// computed sees samples from which nothing of this shape was subtracted yet.
void BeatSubtraction::advance(std::size_t number) {
    Stage& s = stages_[number];
    const std::size_t count = s.count(), groups = groups_in(count);
    for (; s.ready < count && is_ready(number, s.beat(s.ready)); ++s.ready) {
        Beat& b = s.beat(s.ready);
        b.power = static_cast<float>(product(wave(b), wave(b)) / static_cast<double>(length_));
    }
    const bool all = ended_ && s.ready == count;
    const auto beats_of = [&](std::size_t group, auto use) {
        for (std::size_t k = group * group_beats; k < std::min(count, (group + 1) * group_beats); ++k) use(k, s.beat(k));
    };
    while (true) {
        const std::size_t made = s.first_mean + s.means.size();
        if (made < groups && (all || (made + 1) * group_beats + margin_beats <= s.ready)) {
            s.means.push_back(mean_of_group(s, made));
        } else if (s.gained < groups && (s.gained + 1 < made || (all && made == groups))) {
            if (const Template* t = serving(s, s.gained))
                beats_of(s.gained, [&](std::size_t, Beat& b) {
                    const double gain = product(wave(b), *t->mean) / t->energy;
                    b.gain = static_cast<float>(gain);
                    // from here on the power of what is not the heart's
                    b.power -= static_cast<float>(gain * gain * t->energy / static_cast<double>(length_));
                });
            ++s.gained;
        } else if (s.subtracted < groups && (s.subtracted + 1 < s.gained || (all && s.gained == groups))) {
            const Template* t = serving(s, s.subtracted);
            beats_of(s.subtracted, [&](std::size_t k, Beat& b) {
                b.done = true;
                done_in_.push_back(b.island);
                if (!t) return;
                const float gain = typical_gain(s, k);
                const float amount = subtract(wave(b), *t->mean, gain);
                island(b.island).changed = true;
                if (repeatable_) s.subtractions.push_back({island(b.island).begin + b.offset, t->mean, gain, amount});
                ++subtracted_;
            });
            ++s.subtracted;
            if (s.subtracted > s.first_mean + 1) s.means.pop_front(), ++s.first_mean;
        } else {
            return;
        }
    }
}

// Those of the beats that were done since: a rare shape may wait for its mean for hours, and what comes meanwhile does not wait for it.
void BeatSubtraction::give_islands() {
    std::sort(done_in_.begin(), done_in_.end());
    done_in_.erase(std::unique(done_in_.begin(), done_in_.end()), done_in_.end());
    for (const std::size_t number : done_in_) {
        Island& i = island(number);
        if (!std::all_of(i.members.begin(), i.members.end(), [&](const Member& m) { return stages_[m.stage].is_done(m.beat); })) continue;
        if (i.changed) use_(i.begin, i.samples);
        i.samples.clear(), i.members.clear();
        Island empty;  // with memory that the next ones take
        empty.samples.swap(i.samples), empty.members.swap(i.members);
        spare_.push_back(std::move(empty));
        i.used = true;
    }
    done_in_.clear();
    forget();
}

// What is asked for no more.
void BeatSubtraction::forget() {
    while (!islands_.empty() && islands_.front().used) islands_.pop_front(), ++first_island_;
    for (Stage& s : stages_)
        while (!s.beats.empty() && s.beats.front().island < first_island_ && s.first_beat + group_beats < s.subtracted * group_beats)
            s.beats.pop_front(), ++s.first_beat;
}

std::size_t subtract_beats(std::span<float> emg, double rate_hz, std::span<const HeartBeat> beats) {
    BeatSubtraction subtraction(rate_hz, {beats}, 1, [&](std::size_t begin, std::span<const float> samples) {
        std::copy(samples.begin(), samples.end(), emg.begin() + static_cast<std::ptrdiff_t>(begin));
    });
    subtraction.add(emg);
    subtraction.finish();
    return subtraction.beats();
}

}  // namespace psg::signal

// Heart beats: slopes of an electrocardiogram.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/heart_beats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/sample_look.hpp"
#include "libpsg/signal/samples_in.hpp"

namespace psg::signal {

namespace {

constexpr double hop_s = 0.01;
constexpr std::size_t window = 200;                  // hops: 2 s, at least one beat
constexpr std::size_t around = 7;                    // windows to either side
constexpr std::size_t search = 10, refractory = 25;  // hops: 0.1 s, 0.25 s
constexpr std::size_t narrow = 2, wide = 4;          // hops: slopes over 20 ms and 40 ms
constexpr std::size_t first_wide = wide + 1;         // the first of them
constexpr std::size_t before_beat = 10, wave_hops = 30;  // of which a shape is made: -0.1 to 0.2 s
constexpr double alike = 0.85;                       // correlation of two beats of an electrocardiogram (proposed)

std::size_t minus(std::size_t a, std::size_t b) { return a - std::min(a, b); }

// A slope between means over 40 ms is a sum of those over 20 ms: here, and 20 ms before and behind.
float wide_of(float before, float here, float behind) { return 0.5F * (before + 2 * here + behind); }

// What is known by now of a sliding percentile, appended to what was before.
void take(std::optional<float> value, std::vector<float>& values) {
    if (value) values.push_back(*value);
}

}  // namespace

BeatFinder::Flank::Flank(float sign_) : sign(sign_), typical_of(around, around, 50), typical_size_of(around, around, 50), next_wide(first_wide), shapes(alike) {}

BeatFinder::BeatFinder(double rate_hz)
    : hop_(samples_in(hop_s, rate_hz)), hops_(hop_), flanks_{Flank(1), Flank(-1)}, wave_(wave_hops) {}

void BeatFinder::add(std::span<const float> ecg) {
    constexpr std::size_t at_once = 8192;  // a long piece is not copied as a whole
    for (; !ecg.empty(); ecg = ecg.subspan(std::min(ecg.size(), at_once))) {
        const auto piece = ecg.first(std::min(ecg.size(), at_once));
        samples_.add(piece);
        hops_.add(piece, [this](std::span<const float> whole) { add_hops(whole); });
        look(false);
    }
}

// A slope is that between the means of two hops before and two behind. A mean over 20 ms has no 50 Hz in it and a sixth of 60 Hz.
void BeatFinder::add_hops(std::span<const float> whole) {
    const std::size_t known = sums_.size(), count = whole.size() / hop_;
    sums_.resize(known + count);
    block_sums(whole, hop_, std::span(sums_).subspan(known));
    std::size_t k = 0;
    for (; k < count && count_ + k < 4; ++k)  // where it begins there is none
        if (count_ + k > 0) slopes_.extend(1)[0] = 0;
    count_ += count;
    if (k < count) {
        const std::span<float> slopes = slopes_.extend(count - k);
        const float* const sums = sums_.data() + known + k - 3;
        const auto length = static_cast<float>(narrow * hop_);
        for (std::size_t i = 0; i < slopes.size(); ++i) slopes[i] = (sums[i + 2] + sums[i + 3] - sums[i + 1] - sums[i]) / length;
    }
    sums_.erase(sums_.begin(), sums_.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, sums_.size())));
    while (slopes_.end() >= window_begin_ + window) end_window(window_begin_ + window);
}

void BeatFinder::end_window(std::size_t end) {
    const auto part = slopes_.part(window_begin_, end);
    const SampleLook look = look_at(part);  // of all but the last
    const float low = std::min(look.lowest, part.back()), high = std::max(look.highest, part.back());
    window_begin_ = end;
    for (Flank& flank : flanks_) {
        flank.steepest.push_back(flank.sign > 0 ? high : -low);
        take(flank.typical_of.add(flank.steepest.back()), flank.typical);
    }
}

void BeatFinder::look(bool ended) {
    std::size_t oldest = slopes_.end();
    for (Flank& flank : flanks_) {
        look_for_narrow(flank, ended);
        look_for_wide(flank, ended);
        sort_by_shape(flank, ended);
        oldest = std::min({oldest, flank.next, flank.next_wide});
        for (const std::vector<double>* waiting : {&flank.narrow, &flank.wide})
            if (!waiting->empty()) oldest = std::min(oldest, static_cast<std::size_t>(waiting->front()) / hop_);
    }
    slopes_.forget_before(minus(oldest, 2 * wide));
    samples_.forget_before(minus(oldest, 2 * before_beat) * hop_);
}

float BeatFinder::wide_slope(std::size_t k) const { return wide_of(slopes_[k - 2], slopes_[k], slopes_[k + 2]); }

// The sample of the steepest slope of one sign within 10 ms of hop k: the mean of the next `length` samples minus that of the last.
double BeatFinder::steepest_near(std::size_t k, std::size_t length, float sign, bool ended) const {
    std::size_t begin = std::max(length, (k - 1) * hop_), end = (k + 1) * hop_ + 1;
    if (ended) end = std::min(end, samples_.end() - length);
    if (begin >= end) return static_cast<double>(k * hop_);
    const std::span<const float> x = samples_.part(begin - length, end + length - 1);  // [length]: sample `begin`
    float before = 0, after = 0;
    for (std::size_t i = 0; i < length; ++i) {
        before += x[length - 1 - i];
        after += x[length + i];
    }
    float slope = (after - before) / static_cast<float>(length), steepest = sign * slope;
    std::size_t at = begin;
    for (std::size_t i = 0; begin + i + 1 < end; ++i) {
        slope += (x[i + 2 * length] - 2 * x[i + length] + x[i]) / static_cast<float>(length);
        if (sign * slope <= steepest) continue;
        steepest = sign * slope;
        at = begin + i + 1;
    }
    return static_cast<double>(at);
}

// On one flank only, or the place would jump between the two of the QRS complex.
void BeatFinder::look_for_narrow(Flank& f, bool ended) {
    const std::size_t count = slopes_.end(), last = minus(count, wide);
    while (f.next < count && f.next / window < f.typical.size()) {
        const float threshold = 0.5F * f.typical[f.next / window];
        const std::size_t end = std::min(count, (f.next / window + 1) * window);
        if (threshold > 0) {
            const std::span<const float> slopes = slopes_.part(f.next, end);
            f.next += psg::wide([=, sign = f.sign] { return first_where(0, slopes.size(), [=](std::size_t i) { return sign * slopes[i] > threshold; }); });
        } else {
            f.next = end;
        }
        if (f.next == end) continue;
        std::size_t k = f.next;
        for (std::size_t i = k; i < std::min(count, k + search); ++i)
            if (f.sign * slopes_[i] > f.sign * slopes_[k]) k = i;
        if (!ended && k + search > count) break;  // it may go on
        f.narrow.push_back(steepest_near(k, narrow * hop_, f.sign, ended));
        f.hops.push_back(k);
        f.sizes.resize(k / window + 1, std::numeric_limits<float>::quiet_NaN());
        for (std::size_t i = std::max(minus(k, wide), first_wide); i < std::min(k + wide + 1, last); ++i)
            if (const float size = std::fabs(wide_slope(i)); !(f.sizes.back() >= size)) f.sizes.back() = size;
        f.next = k + refractory + 1;
    }
    const std::size_t sized = ended ? f.steepest.size() : std::min(f.next / window, f.steepest.size());
    f.sizes.resize(std::max(f.sizes.size(), sized), std::numeric_limits<float>::quiet_NaN());
    for (; f.sized < sized; ++f.sized) take(f.typical_size_of.add(f.sizes[f.sized]), f.typical_size);
    if (!ended) return;
    while (const auto size = f.typical_size_of.finish()) f.typical_size.push_back(*size);
}

// Between the narrow ones wide beats, which come from a ventricle: on either flank. What is none makes a shape of its own.
void BeatFinder::look_for_wide(Flank& f, bool ended) {
    std::size_t hop = 0;
    for (bool done = false; !done; ++hop) {
        done = hop == f.hops.size();
        // the next beat is not known yet, or there is none
        const bool open = done && !ended;
        const std::size_t last = ended ? minus(slopes_.end(), wide) : slopes_.end();
        const std::size_t end = std::min(done ? (ended ? last : minus(f.next, refractory)) : minus(f.hops[hop], refractory), last);
        while (f.next_wide < end && f.next_wide / window < f.typical_size.size()) {
            const float threshold = 0.4F * f.typical_size[f.next_wide / window];
            const std::size_t to = std::min(end, (f.next_wide / window + 1) * window);
            if (threshold > 0) {
                const std::span<const float> slopes = slopes_.part(f.next_wide - 2, to + 2);
                f.next_wide += psg::wide([=] { return first_where(0, slopes.size() - 4, [=](std::size_t i) { return std::fabs(wide_of(slopes[i], slopes[i + 2], slopes[i + 4])) > threshold; }); });
            } else {
                f.next_wide = to;
            }
            if (f.next_wide == to) continue;
            std::size_t k = f.next_wide;
            for (std::size_t i = k; i < std::min(end, k + search); ++i)
                if (std::fabs(wide_slope(i)) > std::fabs(wide_slope(k))) k = i;
            if (open && k + search > end) break;  // it may go on
            f.wide.push_back(steepest_near(k, wide * hop_, wide_slope(k) > 0 ? 1.0F : -1.0F, ended));
            f.next_wide = k + refractory + 1;
        }
        if (f.next_wide < end || done) break;
        f.next_wide = std::max(f.hops[hop] + refractory, first_wide);
    }
    f.hops.erase(f.hops.begin(), f.hops.begin() + static_cast<std::ptrdiff_t>(hop));
}

// Beats in order of time, as far as none can come before them.
void BeatFinder::sort_by_shape(Flank& f, bool ended) {
    const std::size_t known = std::min({f.next, f.next_wide, minus(slopes_.end(), wave_hops)});
    const double limit = ended ? INFINITY : static_cast<double>(minus(known, 1) * hop_);
    std::size_t n = 0, w = 0;
    while (n < f.narrow.size() || w < f.wide.size()) {
        const bool is_narrow = w == f.wide.size() || (n < f.narrow.size() && f.narrow[n] < f.wide[w]);
        const double place = is_narrow ? f.narrow[n] : f.wide[w];
        if (place >= limit) break;
        (is_narrow ? n : w) += 1;
        const std::size_t at = minus(static_cast<std::size_t>(place), before_beat * hop_), whole = (std::min(samples_.end(), at + wave_hops * hop_) - at) / hop_;
        std::fill(wave_.begin(), wave_.end(), 0.0F);
        block_sums(samples_.part(at, at + whole * hop_), hop_, std::span(wave_).first(whole));
        if (whole < wave_hops)  // the end cuts one
            for (const float x : samples_.part(at + whole * hop_, samples_.end())) wave_[whole] += x;
        f.beats.push_back({place, f.shapes.shape_of(wave_)});
    }
    f.narrow.erase(f.narrow.begin(), f.narrow.begin() + static_cast<std::ptrdiff_t>(n));
    f.wide.erase(f.wide.begin(), f.wide.begin() + static_cast<std::ptrdiff_t>(w));
}

std::vector<HeartBeat> BeatFinder::finish() {
    if (samples_.end() < 4 * wide * hop_) return {};
    slopes_.extend(1)[0] = 0;  // the last hop has none
    if (window_begin_ < slopes_.end()) end_window(slopes_.end());
    for (Flank& flank : flanks_)
        while (const auto typical = flank.typical_of.finish()) flank.typical.push_back(*typical);
    const bool falling = median(flanks_[1].steepest) > median(flanks_[0].steepest);
    look(true);
    return std::move(flanks_[falling ? 1 : 0].beats);
}

std::vector<HeartBeat> find_beats(std::span<const float> ecg, double rate_hz) {
    BeatFinder finder(rate_hz);
    finder.add(ecg);
    return finder.finish();
}

}  // namespace psg::signal

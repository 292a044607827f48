// How good the samples of a channel are.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/channel_quality.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <type_traits>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::signal {

namespace {

const double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double epoch_s = 30;
constexpr double highest_share_of_rate = 0.48;  // a wave nearer to half the rate cannot be told
constexpr std::size_t bins = 1000;              // of shares: a median to 0.001 in constant memory

// How many marks are not 0: nearly always none, which is told of eight at a time.
std::size_t marked(std::span<const std::uint8_t> marks) {
    std::uint64_t any = 0, eight = 0;
    std::size_t i = 0;
    for (; i + sizeof eight <= marks.size(); i += sizeof eight) {
        std::memcpy(&eight, &marks[i], sizeof eight);
        any |= eight;
    }
    for (; i < marks.size(); ++i) any |= marks[i];
    return any == 0 ? 0 : static_cast<std::size_t>(std::count_if(marks.begin(), marks.end(), [](std::uint8_t m) { return m != 0; }));
}

bool same(float a, float b) { return a == b || !std::isfinite(a) || !std::isfinite(b); }

}  // namespace

QualityMeter::QualityMeter(SampleRate rate, bool volts, bool amplitude_only, const QualityOptions& options)
    : options_(options), rate_(rate), volts_(volts), amplitude_only_(amplitude_only) {
    const double hz = rate.hz();
    const bool countable = hz <= options.max_rate_hz;
    told_ = !amplitude_only && countable && hz >= options.min_rate_hz;
    const double window_s = hz >= options.min_rate_hz ? 1 : epoch_s;
    window_ = countable ? static_cast<std::size_t>(std::max(1.0, std::round(hz * window_s))) : 0;
    windows_per_epoch_ = static_cast<std::size_t>(epoch_s / window_s);
    if (!countable) return;
    period_ = mains_period(hz, window_);
    buffer_.reserve(window_);
    for (const double mains_hz : {50.0, 60.0}) {
        if (!told_ || mains_hz > highest_share_of_rate * hz) continue;
        waves_.push_back({mains_hz, MainsWave(mains_hz, hz, period_), 0, std::vector<std::int64_t>(bins, 0)});
    }
}

void QualityMeter::begin_stretch() {
    if (told_) {
        follow_flat_run(buffer_);
        end_flat_run();
    }
    buffer_.clear();
    at_limit_ = 0;
    first_ = true;
    epoch_windows_ = 0;
    epoch_mean_ = epoch_squares_ = epoch_samples_ = 0;
}

void QualityMeter::add(std::span<const float> samples, std::span<const std::uint8_t> at_limit) {
    samples_ += static_cast<std::int64_t>(samples.size());
    while (window_ > 0 && !samples.empty()) {
        const std::size_t count = std::min(samples.size(), window_ - buffer_.size());
        const auto part = samples.first(count);
        samples = samples.subspan(count);
        if (!at_limit.empty()) {
            at_limit_ += marked(at_limit.first(count));
            at_limit = at_limit.subspan(count);
        }
        if (count == window_) {  // nearly always
            end_window(part);
            continue;
        }
        buffer_.insert(buffer_.end(), part.begin(), part.end());
        if (buffer_.size() < window_) continue;
        end_window(buffer_);
        buffer_.clear();
    }
}

// Takes the mean off the window; sums of what is to be multiplied by the same value of the waves.
template <std::size_t bytes>
QualityMeter::Centred QualityMeter::centre(std::span<const float> window) {
    typedef float Vector __attribute__((vector_size(bytes)));
    constexpr std::size_t lanes = 32, each = bytes / sizeof(float), vectors = lanes / each;  // so many that no sum waits for another
    const auto total = [](const Vector (&sums)[vectors]) {
        Vector part[EightSums::lanes / each];
        for (std::size_t k = 0; k < std::size(part); ++k) part[k] = (sums[k] + sums[k + vectors / 2]) + (sums[k + vectors / 4] + sums[k + 3 * vectors / 4]);
        return total_of_eight(part);
    };
    const std::size_t count = window.size();
    const float* const x = window.data();
    Vector all[vectors] = {}, v;
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (std::size_t k = 0; k < vectors; ++k) {
            std::memcpy(&v, x + i + k * each, sizeof v);
            all[k] += v;
        }
    float sum = total(all);
    for (; i < count; ++i) sum += x[i];
    const float mean = sum / static_cast<float>(count);

    using Values = MainsValues<bytes>;
    Values left[2] = {}, squares[2] = {};
    const auto note = [&](const Values& centred, auto later) {
        for (std::size_t k = 0; k < Values::vectors; ++k) left[later].part[k] += centred.part[k], squares[later].part[k] += centred.part[k] * centred.part[k];
        return centred;
    };
    constexpr std::integral_constant<std::size_t, 0> first;
    const auto eight = [&](std::size_t from, auto later) {
        Values centred = Values::at(x + from);
        for (Vector& part : centred.part) part -= mean;
        return note(centred, later);
    };
    const auto last = [&](std::size_t from) {
        float rest[mains_at_once] = {};
        for (std::size_t k = from; k < count; ++k) rest[k - from] = x[k] - mean;
        return note(Values::at(rest), first);
    };
    Centred made{mean, 0, 0, {}};
    if (!waves_.empty()) {
        made.waves = mains_dots<bytes>(count, period_, mains_series(waves_.front().wave, waves_.back().wave), eight, last);
    } else {
        for (i = 0; i + mains_at_once <= count; i += mains_at_once) eight(i, first);
        if (i < count) last(i);
    }
    const auto both = [](const Values (&of)[2]) { return total_of_eight(of[0].part) + total_of_eight(of[1].part); };
    made.left = both(left);
    made.squares = both(squares);
    return made;
}

void QualityMeter::end_window(std::span<const float> window) {
    const auto n = static_cast<double>(window_);
    const auto [mean, left, squares_left, dots] = wide_by([this, window](auto bytes) { return centre<bytes()>(window); });
    const double rest = static_cast<double>(left) / n;  // what rounding left of the mean
    const double squares = std::max(0.0, static_cast<double>(squares_left) - rest * rest * n);

    if (told_) {
        ++windows_;
        bool mains = false, hum = false;
        for (std::size_t w = 0; w < waves_.size(); ++w) {
            Wave& wave = waves_[w];
            const double c = static_cast<double>(dots[2 * w]), s = static_cast<double>(dots[2 * w + 1]);
            const double power = c * c + s * s;
            double share = squares > 0 ? 2 * power / (n * squares) : 0;
            if (!(share <= 1)) share = std::isfinite(share) ? 1 : 0;
            wave.sum += share;
            ++wave.histogram[std::min(bins - 1, static_cast<std::size_t>(share * static_cast<double>(bins)))];
            if (share <= options_.mains_share) continue;
            mains = true;
            hum = hum || (volts_ && 2 * std::sqrt(power) / n > options_.lead_off_mains);
        }
        const auto limited = static_cast<double>(at_limit_);
        mains_ += mains;
        clipped_ += at_limit_ >= 2 && limited >= options_.clipped_share * n;
        const bool off = hum || limited > options_.lead_off_clipped * n;
        follow_flat_run(window);
        if (run_ >= static_cast<std::int64_t>(window_))
            run_off_ += off;  // counted when the run ends: a flat run counts as a whole
        else
            lead_off_ += off;
    }

    const double whole_mean = static_cast<double>(mean) + rest, before = epoch_samples_;
    const double shift = whole_mean - epoch_mean_;
    epoch_samples_ += n;
    epoch_mean_ += shift * n / epoch_samples_;
    epoch_squares_ += squares + shift * shift * before * n / epoch_samples_;
    if (++epoch_windows_ == windows_per_epoch_) end_epoch();
    at_limit_ = 0;
}

// Runs of equal samples that matter are longer than a window: only its ends need a look.
void QualityMeter::follow_flat_run(std::span<const float> window) {
    if (window.empty()) return;
    std::size_t lead = 0;
    if (first_) {
        run_ = 0;
        lead = 1;
        while (lead < window.size() && same(window[lead], window[lead - 1])) ++lead;
    } else {
        while (lead < window.size() && same(window[lead], lead == 0 ? last_ : window[lead - 1])) ++lead;
    }
    first_ = false;
    run_ += static_cast<std::int64_t>(lead);
    if (lead < window.size()) {
        end_flat_run();
        std::size_t tail = window.size() - 1;
        while (tail > lead && same(window[tail], window[tail - 1])) --tail;
        run_ = static_cast<std::int64_t>(window.size() - tail);
    }
    last_ = window.back();
}

void QualityMeter::end_flat_run() {
    if (static_cast<double>(run_) >= options_.flat_s * rate_.hz())
        flat_ += run_;
    else
        lead_off_ += run_off_;
    run_ = run_off_ = 0;
}

void QualityMeter::end_epoch() {
    if (epoch_samples_ >= 2) {
        const double sd = std::sqrt(epoch_squares_ / epoch_samples_);
        epoch_sd_.push_back(sd < 1e30 ? static_cast<float>(sd) : 1e30F);  // infinite samples: beyond every limit
    }
    epoch_windows_ = 0;
    epoch_mean_ = epoch_squares_ = epoch_samples_ = 0;
}

double QualityMeter::median_share(const Wave& wave) const {
    std::int64_t below = 0;
    for (std::size_t k = 0; k < bins; ++k)
        if (2 * (below += wave.histogram[k]) >= windows_) return (static_cast<double>(k) + 0.5) / static_cast<double>(bins);
    return nan_value;
}

ChannelQuality QualityMeter::finish() {
    begin_stretch();
    ChannelQuality q;
    const double hz = rate_.hz(), window_s = static_cast<double>(window_) / hz;
    q.recorded_s = static_cast<double>(samples_) / hz;
    q.median_epoch_sd = median(epoch_sd_);
    q.flat_s = q.clipped_s = q.mains_s = q.lead_off_s = q.mains_share = nan_value;
    if (!told_) return q;
    q.flat_s = static_cast<double>(flat_) / hz;
    q.clipped_s = static_cast<double>(clipped_) * window_s;
    q.lead_off_s = std::min(q.recorded_s, q.flat_s + static_cast<double>(lead_off_) * window_s);
    if (waves_.empty()) return q;
    q.mains_s = static_cast<double>(mains_) * window_s;
    const Wave& stronger = waves_.size() == 2 && waves_[1].sum > waves_[0].sum ? waves_[1] : waves_[0];
    q.mains_share = windows_ > 0 ? median_share(stronger) : nan_value;
    q.mains_hz = stronger.sum > 0 ? stronger.hz : 0;
    return q;
}

}  // namespace psg::signal

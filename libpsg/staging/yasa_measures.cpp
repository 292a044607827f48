// YASA's measures of one channel, epoch by epoch.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/complexity.hpp"
#include "libpsg/signal/filtering_resampler.hpp"
#include "libpsg/signal/fir.hpp"
#include "libpsg/signal/integrate.hpp"
#include "libpsg/signal/moments.hpp"
#include "libpsg/signal/spectrum.hpp"
#include "libpsg/staging/epoch_cutter.hpp"
#include "libpsg/staging/features.hpp"
#include "libpsg/staging/yasa_features.hpp"

namespace psg::staging {

namespace {

constexpr std::int64_t rate_hz = 100;
constexpr std::size_t piece_samples = 8192;
constexpr std::size_t window_samples = 5 * rate_hz;
constexpr signal::BandEdges band{0, 0.4, 30, 37.5};
constexpr std::size_t higuchi_k = 10;
constexpr double slowest_hz = 80;

// Bins of 0.2 Hz, both edges included.
struct Band {
    YasaMeasure measure;
    std::size_t first, last;
};
constexpr std::size_t broad_first = 2, broad_last = 150;
constexpr std::array<Band, 6> bands{{{YasaMeasure::sdelta, 2, 5},
                                     {YasaMeasure::fdelta, 5, 20},
                                     {YasaMeasure::theta, 20, 40},
                                     {YasaMeasure::alpha, 40, 60},
                                     {YasaMeasure::sigma, 60, 80},
                                     {YasaMeasure::beta, 80, 150}}};

// Quartiles as numpy's percentile gives them, NaN where a sample is not finite. The samples are counted into buckets of rising
// values first, of which only those with the quartiles are looked into: it is three times as fast as std::nth_element, which
// cannot guess where a sample goes.
class Quartiles {
public:
    double range(std::span<const float> x) {
        const auto [least, greatest] = std::minmax_element(x.begin(), x.end());
        const float low = *least, scale = static_cast<float>(buckets) / (*greatest - low);
        if (*greatest == low) return 0;
        if (!(scale > 0)) return std::numeric_limits<double>::quiet_NaN();
        counts_.fill(0);
        places_.resize(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            places_[i] = static_cast<std::uint16_t>(std::min(static_cast<int>((x[i] - low) * scale), buckets - 1));
            ++counts_[places_[i]];
        }
        const double last = static_cast<double>(x.size() - 1);
        return quantile(x, 0.75 * last) - quantile(x, 0.25 * last);
    }

private:
    static constexpr int buckets = 512;

    double quantile(std::span<const float> x, double place) {
        const auto below = static_cast<std::size_t>(place);
        std::size_t first = 0, begin = 0;  // bucket with the sample of that rank, and how many are in those before it
        while (begin + counts_[first] <= below) begin += counts_[first++];
        std::size_t end = first;
        for (std::size_t until = begin; until <= below + 1; ++end) until += counts_[end];  // the next one may be in a later one
        inside_.clear();
        for (std::size_t i = 0; i < x.size(); ++i)
            if (places_[i] >= first && places_[i] < end) inside_.push_back(x[i]);
        std::sort(inside_.begin(), inside_.end());
        const double value = inside_[below - begin], next = inside_[below - begin + 1];
        return value + (place - static_cast<double>(below)) * (next - value);
    }

    std::array<std::size_t, buckets> counts_{};
    std::vector<std::uint16_t> places_;
    std::vector<float> inside_;
};

class Measurer {
public:
    explicit Measurer(YasaChannel channel)
        : channel_(channel), welch_(window_samples, rate_hz, signal::Taper::hamming, signal::Average::median) {}

    std::array<double, yasa_measure_count> measure(std::span<const float> samples) {
        std::array<double, yasa_measure_count> values;
        values.fill(std::numeric_limits<double>::quiet_NaN());
        const auto put = [&](YasaMeasure measure, double value) { values[static_cast<std::size_t>(measure)] = value; };
        exact_.assign(samples.begin(), samples.end());
        const std::span<const double> x = exact_;
        const signal::Moments moments = signal::moments_of(x);
        put(YasaMeasure::std, moments.sd);
        put(YasaMeasure::skew, moments.skewness);
        put(YasaMeasure::kurt, moments.kurtosis);
        put(YasaMeasure::iqr, quartiles_.range(samples));
        put(YasaMeasure::nzc, static_cast<double>(signal::zero_crossings(x)));
        const signal::Hjorth hjorth = signal::hjorth_of(x);
        put(YasaMeasure::hmob, hjorth.mobility);
        put(YasaMeasure::hcomp, hjorth.complexity);
        put(YasaMeasure::perm, signal::permutation_entropy(x));
        put(YasaMeasure::higuchi, signal::higuchi_dimension(x, higuchi_k));
        put(YasaMeasure::petrosian, signal::petrosian_dimension(x));

        const std::vector<double> density = welch_.density(samples);
        const auto range = [&](std::size_t first, std::size_t last) {
            return std::span<const double>(density).subspan(first, last - first + 1);
        };
        put(YasaMeasure::abspow, signal::trapezoid(range(broad_first, broad_last), welch_.bin_hz()));
        if (channel_ == YasaChannel::emg) return values;
        const double total = signal::simpson(range(broad_first, broad_last), welch_.bin_hz());
        for (const Band& b : bands) put(b.measure, signal::simpson(range(b.first, b.last), welch_.bin_hz()) / total);
        if (channel_ == YasaChannel::eog) return values;
        const auto get = [&](YasaMeasure measure) { return values[static_cast<std::size_t>(measure)]; };
        const double delta = get(YasaMeasure::sdelta) + get(YasaMeasure::fdelta);
        put(YasaMeasure::dt, delta / get(YasaMeasure::theta));
        put(YasaMeasure::ds, delta / get(YasaMeasure::sigma));
        put(YasaMeasure::db, delta / get(YasaMeasure::beta));
        put(YasaMeasure::at, get(YasaMeasure::alpha) / get(YasaMeasure::theta));
        return values;
    }

private:
    YasaChannel channel_;
    signal::Welch welch_;
    std::vector<double> exact_;
    Quartiles quartiles_;
};

// Whether every measure that the channel has is a number.
bool defined(const std::array<double, yasa_measure_count>& values, YasaChannel channel) {
    const auto count = static_cast<std::size_t>(channel == YasaChannel::eeg   ? YasaMeasure::count
                                                : channel == YasaChannel::eog ? YasaMeasure::dt
                                                                              : YasaMeasure::sdelta);
    return std::all_of(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count),
                       [](double x) { return std::isfinite(x); });
}

bool has_nonfinite(std::span<const float> x) {
    return std::any_of(x.begin(), x.end(), [](float v) { return !std::isfinite(v); });
}

signal::FilteringResampler filter_from(SampleRate rate) {
    if (!(rate.hz() > slowest_hz)) throw UsageError("YASA's features need channels sampled at more than 80 Hz");
    return {rate, SampleRate::hertz(rate_hz), signal::hamming_band_pass(band, rate_hz)};
}

}  // namespace

struct YasaMeter::Parts {
    Parts(const Signal& signal, YasaChannel of, Time duration)
        : channel(of),
          rate(signal.rate),
          filter(filter_from(rate)),
          obstacles(rate, signal.step, duration, of == YasaChannel::eeg ? ObstacleFinder::Judge::eeg : ObstacleFinder::Judge::still),
          cutter(SampleRate::hertz(rate_hz), whole_epochs(duration)),
          measurer(of),
          no_number(whole_epochs(duration)) {
        if (of == YasaChannel::eeg) shapes.emplace(rate, duration);
        measures.label = signal.label;
        measures.epochs.resize(whole_epochs(duration));
    }

    void end_stretch();

    YasaChannel channel;
    SampleRate rate;
    signal::FilteringResampler filter;
    ObstacleFinder obstacles;
    EpochCutter cutter;
    Measurer measurer;
    std::optional<FeatureMeter> shapes;
    std::vector<bool> no_number;  // a sample of the epoch, filtered
    YasaMeasures measures;
    std::optional<Time> start;    // of the stretch
    std::int64_t samples = 0;     // of the stretch

    EpochCutter::Consume measure = [this](std::size_t epoch, std::span<const float> x) {
        measures.epochs[epoch] = measurer.measure(x);
        no_number[epoch] = has_nonfinite(x);
    };
    signal::FilteringResampler::Consume cut = [this](std::span<const float> filtered) { cutter.add(filtered, measure); };
};

void YasaMeter::Parts::end_stretch() {
    // a stretch without a whole epoch is not worth filtering (there may be one per data record)
    if (start && holds_epoch({*start, *start + rate.time_of(samples + 1)})) {
        filter.end_stretch(cut);
        cutter.end_stretch(measure);
    }
    start.reset();
}

YasaMeter::YasaMeter(const Signal& signal, YasaChannel channel, Time duration)
    : parts_(std::make_unique<Parts>(signal, channel, duration)) {}
YasaMeter::YasaMeter(YasaMeter&&) noexcept = default;
YasaMeter& YasaMeter::operator=(YasaMeter&&) noexcept = default;
YasaMeter::~YasaMeter() = default;

void YasaMeter::begin_stretch(Time start) {
    parts_->end_stretch();
    parts_->start = start;
    parts_->samples = 0;
    parts_->filter.begin_stretch();
    parts_->cutter.begin_stretch(start);
    parts_->obstacles.begin_stretch(start);
    if (parts_->shapes) parts_->shapes->begin_stretch(start);
}

void YasaMeter::add(std::span<const float> samples) {
    for (; !samples.empty(); samples = samples.subspan(std::min(samples.size(), piece_samples))) {
        const auto part = samples.first(std::min(samples.size(), piece_samples));  // all while it is in the cache
        parts_->samples += static_cast<std::int64_t>(part.size());
        parts_->obstacles.add(part);
        if (parts_->shapes) parts_->shapes->add(part);
        parts_->filter.add(part, parts_->cut);
    }
}

YasaMeasures YasaMeter::finish() {
    Parts& p = *parts_;
    p.end_stretch();
    YasaMeasures& m = p.measures;
    m.obstacles = p.obstacles.finish();
    if (p.shapes) m.doubts = doubts_about(p.shapes->finish(m.obstacles));
    for (std::size_t t = 0; t < m.epochs.size(); ++t) {
        Obstacle& obstacle = m.obstacles[t];
        if (obstacle == Obstacle::none && !defined(m.epochs[t], p.channel))
            obstacle = p.no_number[t] ? Obstacle::not_a_number : Obstacle::flat;
        if (obstacle != Obstacle::none) m.epochs[t].fill(std::numeric_limits<double>::quiet_NaN());
    }
    return std::move(m);
}

YasaMeasures yasa_measures(const Signal& signal, YasaChannel channel, Time duration) {
    YasaMeter meter(signal, channel, duration);
    for (const Signal::Stretch& stretch : signal.stretches) {
        meter.begin_stretch(stretch.start);
        meter.add(stretch.samples);
    }
    return meter.finish();
}

}  // namespace psg::staging

// YASA's measures of one channel, epoch by epoch.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/complexity.hpp"
#include "libpsg/signal/dot.hpp"
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
        const auto [low, high] = extremes(x);
        if (high == low) return 0;
        const float scale = static_cast<float>(buckets) / (high - low);
        if (!(scale > 0)) return std::numeric_limits<double>::quiet_NaN();
        places_.resize(x.size());
        for (std::size_t i = 0; i < x.size(); ++i)
            places_[i] = static_cast<std::uint16_t>(std::min(static_cast<std::int32_t>((x[i] - low) * scale), buckets - 1));
        counts_.fill(0);
        for (const std::uint16_t place : places_) ++counts_[place];
        const double last = static_cast<double>(x.size() - 1);
        const std::array<Rank, 2> ranks{Rank(counts_, 0.25 * last), Rank(counts_, 0.75 * last)};
        gather(x, ranks);
        return quantile(ranks[1], inside_[1]) - quantile(ranks[0], inside_[0]);
    }

private:
    static constexpr std::int32_t buckets = 512;
    using Counts = std::array<std::uint32_t, buckets>;

    // The samples of two ranks that follow each other, between which the quantile lies, are in these buckets.
    struct Rank {
        Rank(const Counts& counts, double at) : place(at), below(static_cast<std::size_t>(at)) {
            while (begin + counts[first] <= below) begin += counts[first++];
            end = first;
            for (std::size_t until = begin; until <= below + 1; ++end) until += counts[end];  // the next one may be in a later one
        }
        double place;
        std::size_t below;
        std::size_t first = 0, end = 0, begin = 0;  // begin: how many samples are in the buckets before
    };

    // Least and greatest; NaN for both if a sample is not finite.
    static std::pair<float, float> extremes(std::span<const float> x) {
        signal::Four least{x[0], x[0], x[0], x[0]}, greatest = least, rest{};
        std::size_t i = 0;
        for (; i + 4 <= x.size(); i += 4) {
            const signal::Four four = signal::four_at(&x[i]);
            least = four < least ? four : least;
            greatest = four > greatest ? four : greatest;
            rest += four * 0.f;
        }
        float low = x[0], high = x[0], no_number = (rest[0] + rest[1]) + (rest[2] + rest[3]);
        for (std::size_t lane = 0; lane < 4; ++lane) {
            low = std::min(low, least[lane]);
            high = std::max(high, greatest[lane]);
        }
        for (; i < x.size(); ++i) {
            low = std::min(low, x[i]);
            high = std::max(high, x[i]);
            no_number += x[i] * 0.f;
        }
        return {low + no_number, high + no_number};
    }

    // The samples in the buckets of both ranks; eight places are looked at together.
    void gather(std::span<const float> x, const std::array<Rank, 2>& ranks) {
        typedef std::uint16_t Eight __attribute__((vector_size(16)));
        for (auto& inside : inside_) inside.clear();
        const auto is_in = [&](auto place, const Rank& r) {
            return static_cast<decltype(place)>(place - static_cast<std::uint16_t>(r.first)) < static_cast<std::uint16_t>(r.end - r.first);
        };
        const auto take = [&](std::size_t i) {
            for (std::size_t r = 0; r < 2; ++r)
                if (is_in(places_[i], ranks[r])) inside_[r].push_back(x[i]);
        };
        std::size_t i = 0;
        for (; i + 8 <= x.size(); i += 8) {
            Eight places;
            std::memcpy(&places, &places_[i], sizeof places);
            const auto any = is_in(places, ranks[0]) | is_in(places, ranks[1]);
            std::uint64_t halves[2];
            std::memcpy(halves, &any, sizeof halves);
            if ((halves[0] | halves[1]) == 0) continue;
            for (std::size_t k = i; k < i + 8; ++k) take(k);
        }
        for (; i < x.size(); ++i) take(i);
    }

    static double quantile(const Rank& rank, std::vector<float>& inside) {
        std::sort(inside.begin(), inside.end());
        const double value = inside[rank.below - rank.begin], next = inside[rank.below - rank.begin + 1];
        return value + (rank.place - static_cast<double>(rank.below)) * (next - value);
    }

    Counts counts_{};
    std::vector<std::uint16_t> places_;
    std::array<std::vector<float>, 2> inside_;
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
        put(YasaMeasure::nzc, static_cast<double>(signal::zero_crossings(samples)));
        const signal::Hjorth hjorth = signal::hjorth_of(x);
        put(YasaMeasure::hmob, hjorth.mobility);
        put(YasaMeasure::hcomp, hjorth.complexity);
        put(YasaMeasure::perm, signal::permutation_entropy(samples));
        put(YasaMeasure::higuchi, signal::higuchi_dimension(samples, higuchi_k));
        put(YasaMeasure::petrosian, signal::petrosian_dimension(samples));

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

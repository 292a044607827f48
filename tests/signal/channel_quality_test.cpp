// Tests of flat, clipped and hum-ridden time, lead off, and amplitude, on signals made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/channel_quality.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

using namespace psg;
using signal::ChannelQuality;
using signal::QualityMeter;

namespace {

constexpr int hz = 200;

std::vector<float> noise(int seconds, float sd, unsigned seed = 1, int rate = hz) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal(0, sd);
    std::vector<float> x(static_cast<std::size_t>(seconds * rate));
    for (float& v : x) v = normal(engine);
    return x;
}
void add_wave(std::vector<float>& x, double frequency, double peak, int from_s, int to_s, int rate = hz) {
    for (int i = from_s * rate; i < to_s * rate; ++i)
        x[static_cast<std::size_t>(i)] += static_cast<float>(peak * std::sin(2 * std::numbers::pi * frequency * i / rate + 0.7));
}

// Fed in pieces of `piece` samples.
ChannelQuality measure(const std::vector<float>& x, std::size_t piece = 1000, SampleRate rate = SampleRate::hertz(hz),
                       const std::vector<std::uint8_t>& limits = {}, bool amplitude_only = false) {
    QualityMeter meter(rate, true, amplitude_only);
    for (std::size_t i = 0; i < x.size(); i += piece) {
        const std::size_t n = std::min(piece, x.size() - i);
        meter.add(std::span(x).subspan(i, n), limits.empty() ? std::span<const std::uint8_t>() : std::span(limits).subspan(i, n));
    }
    return meter.finish();
}

// SD of whole 30-s epochs by the textbook, their median.
double naive_median_sd(const std::vector<float>& x, int rate = hz) {
    std::vector<double> sds;
    const auto n = static_cast<std::size_t>(30 * rate);
    for (std::size_t e = 0; e + n <= x.size(); e += n) {
        double mean = 0, squares = 0;
        for (std::size_t i = e; i < e + n; ++i) mean += static_cast<double>(x[i]) / static_cast<double>(n);
        for (std::size_t i = e; i < e + n; ++i) squares += std::pow(static_cast<double>(x[i]) - mean, 2);
        sds.push_back(std::sqrt(squares / static_cast<double>(n)));
    }
    std::sort(sds.begin(), sds.end());
    const std::size_t m = sds.size() / 2;
    return sds.size() % 2 ? sds[m] : (sds[m - 1] + sds[m]) / 2;
}

}  // namespace

TEST_CASE("the median SD of epochs is that of the textbook, also on a large offset") {
    auto x = noise(150, 20);
    add_wave(x, 0.1, 300, 30, 60);
    for (int i = 0; i < 30 * hz; ++i) x[static_cast<std::size_t>(i)] *= 5;
    const auto q = measure(x);
    CHECK(q.median_epoch_sd == Approx(naive_median_sd(x)).epsilon(1e-4));
    CHECK(q.recorded_s == Approx(150));
    for (float& v : x) v += 50'000;
    CHECK(measure(x).median_epoch_sd == Approx(naive_median_sd(x)).epsilon(1e-3));
    const auto quick = measure(x, 77, SampleRate::hertz(hz), {}, true);
    CHECK(quick.median_epoch_sd == measure(x).median_epoch_sd);
    CHECK(std::isnan(quick.flat_s));
    CHECK(std::isnan(measure(noise(29, 20)).median_epoch_sd));  // no whole epoch
}

TEST_CASE("pieces do not matter, stretches do") {
    auto x = noise(95, 10);
    add_wave(x, 50, 80, 20, 40);
    std::fill(x.begin() + 50 * hz + 17, x.begin() + 58 * hz + 3, 4.0F);
    const auto whole = measure(x, x.size());
    for (const std::size_t piece : {1UL, 7UL, 199UL, 200UL, 201UL, 4096UL}) {
        const auto q = measure(x, piece);
        CHECK(q.flat_s == whole.flat_s);
        CHECK(q.mains_s == whole.mains_s);
        CHECK(q.median_epoch_sd == whole.median_epoch_sd);
    }
    QualityMeter meter(SampleRate::hertz(hz), true);
    const std::vector<float> three(static_cast<std::size_t>(3 * hz), 7.0F);
    for (int i = 0; i < 4; ++i) {
        meter.begin_stretch();
        meter.add(three);  // 3 s of the same value, four times, with gaps between
    }
    const auto q = meter.finish();
    CHECK(q.recorded_s == Approx(12));
    CHECK(q.flat_s == 0);
    CHECK(std::isnan(q.median_epoch_sd));
}

TEST_CASE("flat runs are counted to the sample from 5 s on") {
    auto x = noise(120, 10);
    std::fill(x.begin() + 1003, x.begin() + 1003 + 6 * hz, 0.0F);
    std::fill(x.begin() + 10'000, x.begin() + 10'000 + 5 * hz, -3.0F);
    std::fill(x.begin() + 15'000, x.begin() + 15'000 + 5 * hz - 1, -3.0F);  // too short
    auto q = measure(x);
    CHECK(q.flat_s == Approx(11));
    CHECK(q.lead_off_s == Approx(11));
    CHECK(q.clipped_s == 0);
    std::fill(x.begin(), x.begin() + 20'000, std::numeric_limits<float>::quiet_NaN());
    q = measure(x);
    CHECK(q.flat_s == Approx(100.005));  // no difference can be told to the sample behind, as leg movements take it
    q = measure(std::vector<float>(100 * hz, 2.0F));
    CHECK(q.flat_s == Approx(100));
    CHECK(q.lead_off_s == Approx(100));
    CHECK(q.mains_share == Approx(0.0005));
    CHECK(q.median_epoch_sd == 0);
    CHECK(measure(std::vector<float>(7 * hz + 11, 2.0F)).flat_s == Approx(7.055));  // the last, incomplete second, too
}

TEST_CASE("mains, and a hum so strong that the electrode is open") {
    auto x = noise(120, 10);
    add_wave(x, 50, 5, 0, 20);     // 5^2/2 against 100: not dominant
    add_wave(x, 50, 30, 20, 45);   // dominant
    add_wave(x, 60, 300, 60, 70);  // dominant and huge
    const auto q = measure(x);
    CHECK(q.mains_s == Approx(35));
    CHECK(q.lead_off_s == Approx(10));
    CHECK(q.mains_hz == 50);
    CHECK(q.mains_share < 0.05);
    auto all = noise(60, 10);
    add_wave(all, 60.1, 40, 0, 60);  // share 800 / 900, less what 0.1 Hz costs
    CHECK(measure(all).mains_share == Approx(0.86).margin(0.04));
    CHECK(measure(all).mains_hz == 60);
    CHECK(std::isnan(measure(noise(60, 10, 1, 100), 1000, SampleRate::hertz(100)).mains_s));
    CHECK(measure(noise(60, 10, 1, 110), 1000, SampleRate::hertz(110)).mains_hz == 50);  // 60 Hz cannot be seen
}

TEST_CASE("clipped seconds have 1 % or more, at least two, of their samples at a limit") {
    const auto x = noise(60, 10);
    std::vector<std::uint8_t> limits(x.size(), 0);
    limits[10] = 1;                                                        // one sample: the header's range is that of the data
    for (int i = 0; i < 2; ++i) limits[static_cast<std::size_t>(5 * hz + i)] = 1;
    for (int i = 0; i < hz / 2 + 1; ++i) limits[static_cast<std::size_t>(9 * hz + i)] = 1;
    const auto q = measure(x, 333, SampleRate::hertz(hz), limits);
    CHECK(q.clipped_s == Approx(2));
    CHECK(q.lead_off_s == Approx(1));
}

TEST_CASE("odd rates and hostile samples") {
    for (const SampleRate rate : {SampleRate(200, 700'000'000), SampleRate(1, 30'000'000'000), SampleRate::hertz(1), SampleRate::hertz(10),
                                  SampleRate(1, 1), SampleRate(1'000'000, 1), SampleRate(1, 86'400'000'000'000'000)}) {
        for (const float value : {0.0F, 1e38F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
            const std::vector<float> x(1000, value);
            const auto q = measure(x, 100, rate);
            CHECK(q.recorded_s == Approx(1000 / rate.hz()));
            CHECK_FALSE(q.flat_s > q.recorded_s * 1.000001);
            CHECK_FALSE(q.lead_off_s > q.recorded_s * 1.000001);
        }
    }
    CHECK(std::isnan(measure(noise(100, 1, 1, 1), 10, SampleRate::hertz(1)).flat_s));  // slow: constant by nature
    CHECK(measure(noise(100, 3, 1, 1), 10, SampleRate::hertz(1)).median_epoch_sd == Approx(3).margin(0.8));
    auto x = noise(60, 10);
    x[100] = std::numeric_limits<float>::infinity();
    CHECK(measure(x).median_epoch_sd > 1e6);  // beyond every limit, not lost
    const auto empty = measure({});
    CHECK(empty.recorded_s == 0);
    CHECK(std::isnan(empty.median_epoch_sd));
}

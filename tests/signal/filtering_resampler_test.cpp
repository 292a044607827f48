// Band-pass design, and resampling with filtering: against the definition, tones, and every kind of rate.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/filtering_resampler.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/fir.hpp"

using namespace psg;
using namespace psg::signal;

namespace {

const BandEdges sleep_band{0, 0.4, 30, 37.5};

double gain(const std::vector<double>& taps, double hz, double rate) {
    double sum = 0;
    const double half = double(taps.size() / 2);
    for (std::size_t i = 0; i < taps.size(); ++i)
        sum += taps[i] * std::cos(2 * std::numbers::pi * hz / rate * (double(i) - half));
    return sum;
}

std::vector<float> run(FilteringResampler& filter, const std::vector<float>& x) {
    std::vector<float> out;
    filter.run(x, [&](std::span<const float> piece) { out.insert(out.end(), piece.begin(), piece.end()); });
    return out;
}

}  // namespace

TEST_CASE("the band-pass has the length and edges of its design", "[signal]") {
    const std::vector<double> taps = hamming_band_pass(sleep_band, 100);
    CHECK(taps.size() == 825);
    CHECK(std::abs(gain(taps, 0, 100)) < 1e-12);
    CHECK(gain(taps, 0.2, 100) == Approx(0.5).margin(0.01));
    CHECK(gain(taps, 33.75, 100) == Approx(0.5).margin(0.01));
    for (double hz = 0.45; hz < 29.5; hz += 0.37) CHECK(gain(taps, hz, 100) == Approx(1).margin(0.004));
    for (double hz = 38; hz <= 50; hz += 0.37) CHECK(std::abs(gain(taps, hz, 100)) < 0.003);
    CHECK_THROWS_AS(hamming_band_pass({0, 0, 30, 37.5}, 100), UsageError);
    CHECK_THROWS_AS(hamming_band_pass({0, 0.4, 30, 50.1}, 100), UsageError);
    CHECK_THROWS_AS(hamming_band_pass({0, 1e-9, 30, 40}, 100), UsageError);
}

TEST_CASE("at one rate it is convolution, with mirrored ends", "[signal]") {
    const std::vector<double> taps = hamming_band_pass({1, 3, 20, 30}, 100);
    FilteringResampler filter(SampleRate::hertz(100), SampleRate::hertz(100), taps);
    std::vector<float> x;
    std::uint32_t seed = 3;
    for (int i = 0; i < 70000; ++i) x.push_back(1000.f + float((seed = seed * 1664525u + 1013904223u) >> 16) / 1000.f);
    const std::vector<float> y = run(filter, x);
    REQUIRE(y.size() == x.size());
    const auto n = std::int64_t(x.size()), half = std::int64_t(taps.size() / 2);
    const auto at = [&](std::int64_t i) {
        if (i < 0) return 2.0 * x[0] - x[std::size_t(-i)];
        return i < n ? double(x[std::size_t(i)]) : 2.0 * x.back() - x[std::size_t(2 * n - 2 - i)];
    };
    for (std::int64_t i = 0; i < n; i += i < 50 || i > n - 60 ? 1 : 997) {  // 997: through the seams of the blocks
        double sum = 0;
        for (std::int64_t j = -half; j <= half; ++j) sum += taps[std::size_t(j + half)] * at(i - j);
        INFO(i);
        CHECK(y[std::size_t(i)] == Approx(sum).margin(2e-4));
    }
}

TEST_CASE("a tone keeps its phase at every rate", "[signal]") {
    const std::vector<double> taps = hamming_band_pass(sleep_band, 100);
    for (const SampleRate from :
         {SampleRate::hertz(90), SampleRate::hertz(100), SampleRate::hertz(128), SampleRate::hertz(200),
          SampleRate::hertz(256), SampleRate::hertz(499), SampleRate(1999, 10'000'000'000), SampleRate::hertz(2048),
          SampleRate(1'000'003, 3'906'261'719)}) {
        FilteringResampler filter(from, SampleRate::hertz(100), taps);
        INFO(from.hz());
        std::vector<float> x;
        const double seconds = 95;
        for (int i = 0; i < int(seconds * from.hz()); ++i)
            x.push_back(static_cast<float>(40 + 10 * std::sin(2 * std::numbers::pi * 11.3 * i / from.hz())));
        const std::vector<float> y = run(filter, x);
        REQUIRE(std::abs(double(y.size()) - double(x.size()) / from.hz() * 100) <= 0.51);
        CHECK(y.size() == filter.output_size(x.size()));
        for (std::size_t n = 600; n + 600 < y.size(); n += 7)
            CHECK(y[n] == Approx(10 * std::sin(2 * std::numbers::pi * 11.3 * double(n) / 100)).margin(0.06));
    }
}

TEST_CASE("above half the lower rate nothing is folded back", "[signal]") {
    FilteringResampler filter(SampleRate::hertz(256), SampleRate::hertz(100), hamming_band_pass(sleep_band, 100));
    std::vector<float> x;
    for (int i = 0; i < 256 * 60; ++i)
        x.push_back(static_cast<float>(100 * std::sin(2 * std::numbers::pi * 90.3 * i / 256)));
    const std::vector<float> y = run(filter, x);
    for (std::size_t n = 600; n + 600 < y.size(); ++n) CHECK(std::abs(y[n]) < 0.02);
}

TEST_CASE("to a lower rate it is the transform of the whole stretch, cut at half the rate, then the filter", "[signal]") {
    // 500 s of noise with a strong band at the cut, in which every part of a cut that is less sharp would show
    const std::vector<double> taps = hamming_band_pass(sleep_band, 100);
    const std::size_t n = 128 * 500, padded = 1 << 16, left = (padded - n) / 2;
    std::vector<float> x;
    std::uint32_t seed = 8;
    for (std::size_t i = 0; i < n; ++i)
        x.push_back(static_cast<float>(double((seed = seed * 1664525u + 1013904223u) >> 16) / 3000 +
                                       50 * std::cos(2 * std::numbers::pi * (50 * double(i) / 128 + std::sin(double(i) / 700)))));
    std::vector<double> whole(padded);
    for (std::size_t i = 0; i < padded; ++i)
        whole[i] = i < left       ? 2.0 * double(x[0]) - double(x[left - i])
                   : i < left + n ? double(x[i - left])
                                  : 2.0 * double(x[n - 1]) - double(x[2 * n - 2 - (i - left)]);
    ExactFft in(padded), out(padded / 32 * 25);
    std::vector<std::complex<double>> spectrum(in.bins());
    in.forward(whole, spectrum);
    spectrum.resize(out.bins());
    spectrum.back() *= 2;
    std::vector<double> resampled(out.length());
    out.inverse(spectrum, resampled);
    FilteringResampler filter(SampleRate::hertz(128), SampleRate::hertz(100), taps);
    const std::vector<float> y = run(filter, x);
    REQUIRE(y.size() == 50000);
    REQUIRE(left % 32 == 0);
    const double* const z = &resampled[left / 32 * 25];
    const auto at = [&](std::ptrdiff_t i) {
        if (i < 0) return 2 * z[0] - z[-i];
        return i < 50000 ? z[i] : 2 * z[49999] - z[2 * 49999 - i];
    };
    double worst = 0;
    for (std::ptrdiff_t i = 0; i < 50000; i += i < 50 || i > 49950 ? 1 : 37) {
        double sum = 0;
        for (std::ptrdiff_t j = 0; j < 825; ++j) sum += taps[std::size_t(j)] * at(i + 412 - j) / double(padded);
        worst = std::max(worst, std::abs(double(y[std::size_t(i)]) - sum) / (i < 500 || i > 49500 ? 50 : 1));  // of 50 uV
    }
    CHECK(worst < 2e-5);
}

TEST_CASE("taps that are not symmetric are refused", "[signal]") {
    const SampleRate rate = SampleRate::hertz(100);
    CHECK_THROWS_AS(FilteringResampler(rate, rate, std::vector<double>{1, 2}), UsageError);
    CHECK_THROWS_AS(FilteringResampler(rate, rate, std::vector<double>{1, 2, 3}), UsageError);
    FilteringResampler filter(rate, rate, std::vector<double>{1});
    CHECK(run(filter, {}).empty());
    CHECK(run(filter, {3.f, 4.f}).size() == 2);
}

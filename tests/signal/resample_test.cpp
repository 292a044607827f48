// The rational resampler against SciPy's resample_poly and at awkward rates.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/resample.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "libpsg/model/error.hpp"

using psg::SampleRate;
using psg::signal::resample;

static std::vector<float> wave(int n) {
    std::vector<float> x;
    for (int i = 0; i < n; ++i)
        x.push_back(static_cast<float>(std::sin(0.7 * i) + 0.5 * std::cos(0.05 * i * i / n) + 0.25));
    return x;
}

static void check(const std::vector<float>& y, std::size_t size, std::size_t step,
                  const std::vector<double>& expected) {
    REQUIRE(y.size() == size);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(y[i * step] == Approx(expected[i]).margin(2e-6));
}

TEST_CASE("samples are those of SciPy's resample_poly", "[signal]") {
    check(resample(wave(40), SampleRate::hertz(128), SampleRate::hertz(100)), 32, 4,
          {0.7102416, 0.3172106, 1.5201097, -0.2433939, 1.6646202, -0.2109586, 0.9119799, 0.2060054});
    check(resample(wave(60), SampleRate(1998, 10'000'000'000), SampleRate::hertz(100)), 31, 3,  // 199.8 Hz
          {0.685238, -0.1090984, 1.6039459, 0.7532819, -0.18661, 1.4653845, 0.5288685, -0.5899015, 0.9264042,
           -0.0971184, -0.2580156});
    check(resample(wave(8), SampleRate::hertz(100), SampleRate::hertz(300)), 24, 3,
          {0.7504546, 1.3950531, 1.7363454, 1.613396, 1.0831464, 0.393364, -0.1342601, -0.2558722});
    check(resample(wave(40), SampleRate::hertz(500), SampleRate::hertz(100)), 8, 1,
          {0.9465174, 0.6220444, 0.8580759, 0.6201358, 0.8070392, 0.4733185, 0.6246416, 0.0506427});
}

TEST_CASE("the same rate changes nothing", "[signal]") {
    CHECK(resample(wave(50), SampleRate::hertz(100), SampleRate(200, 2'000'000'000)) == wave(50));
    CHECK(resample({}, SampleRate::hertz(256), SampleRate::hertz(100)).empty());
}

TEST_CASE("a slow sine passes, a fast one does not, at any rate", "[signal]") {
    // 16384 samples in 61.7 s (265.54 Hz), 333.3 Hz and 100,003.006 Hz have more phases than the table
    for (const SampleRate& rate :
         {SampleRate(16384, 61'700'000'000), SampleRate(1000, 3'000'000'000), SampleRate(997, 10'000'000'000),
          SampleRate(7, 700'000'000), SampleRate::hertz(20000), SampleRate(100'003, 999'999'937)}) {
        const double hz = rate.hz();
        const int n = static_cast<int>(hz * 4);
        std::vector<float> slow;
        for (int i = 0; i < n; ++i) slow.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * 3.0 * i / hz)));
        const std::vector<float> y = resample(slow, rate, SampleRate::hertz(100));
        REQUIRE(y.size() >= 396);
        double worst = 0;
        for (std::size_t m = 150; m < 250; ++m)
            worst = std::max(worst, std::abs(y[m] - std::sin(2 * std::numbers::pi * 3.0 * double(m) / 100)));
        INFO(hz << " Hz");
        CHECK(worst < (hz > 20 ? 2e-3 : 0.05));
        if (hz < 200) continue;
        std::vector<float> fast;
        for (int i = 0; i < n; ++i) fast.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * 70.0 * i / hz)));
        const std::vector<float> z = resample(fast, rate, SampleRate::hertz(100));
        for (std::size_t m = 150; m < 250; ++m) REQUIRE(std::abs(z[m]) < 0.01);
    }
}

TEST_CASE("how a stretch is cut changes no bit, and the next stretch knows nothing of it", "[signal]") {
    for (const SampleRate from : {SampleRate::hertz(256), SampleRate::hertz(64), SampleRate::hertz(1000), SampleRate(1998, 10'000'000'000)}) {
        psg::signal::Resampler resampler(from, SampleRate::hertz(100));
        const std::vector<float> x = wave(20011), whole = resample(x, from, SampleRate::hertz(100));
        for (const std::size_t piece : {1, 7, 300, 12345}) {
            std::vector<float> y;
            resampler.begin_stretch();
            for (std::size_t i = 0; i < x.size(); i += piece)
                resampler.add(std::span(x).subspan(i, std::min(piece, x.size() - i)), y);
            resampler.end_stretch(y);
            CHECK(y == whole);
        }
    }
}

TEST_CASE("absurd ratios are refused", "[signal]") {
    CHECK_THROWS_AS(resample(wave(9), SampleRate(2'000'000, 1'000'000'000), SampleRate::hertz(100)), psg::UsageError);
}

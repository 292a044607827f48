// The real Fourier transform against its definition.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/fft.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "libpsg/model/error.hpp"

using psg::signal::RealFft;

TEST_CASE("the transform is the defining sum", "[signal]") {
    for (std::size_t length : {2u, 6u, 30u, 256u}) {
        std::vector<float> in(length);
        for (std::size_t n = 0; n < length; ++n)
            in[n] = static_cast<float>(std::sin(0.7 * double(n * n)) + 0.1 * double(n % 5));
        RealFft fft(length);
        std::vector<std::complex<float>> out(fft.bins());
        fft.forward(in, out);
        for (std::size_t k = 0; k < out.size(); ++k) {
            std::complex<double> sum = 0;
            for (std::size_t n = 0; n < length; ++n)
                sum += std::polar(double(in[n]), -2 * std::numbers::pi * double(k * n) / double(length));
            CHECK(std::abs(std::complex<double>(out[k]) - sum) < 1e-5 * double(length));
        }
    }
}

TEST_CASE("the inverse gives the samples back, times the length", "[signal]") {
    for (std::size_t length : {2u, 6u, 30u, 256u}) {
        std::vector<float> in(length), back(length);
        for (std::size_t n = 0; n < length; ++n) in[n] = static_cast<float>(std::cos(0.3 * double(n * n)));
        RealFft fft(length);
        std::vector<std::complex<float>> spectrum(fft.bins());
        fft.forward(in, spectrum);
        fft.inverse(spectrum, back);
        for (std::size_t n = 0; n < length; ++n)
            CHECK(double(back[n]) == Approx(double(in[n]) * double(length)).margin(1e-5 * double(length)));
        CHECK_THROWS_AS(fft.inverse(spectrum, std::span(back).first(1)), psg::UsageError);
    }
}

TEST_CASE("impossible lengths are refused", "[signal]") {
    CHECK_THROWS_AS(RealFft(0), psg::UsageError);
    CHECK_THROWS_AS(RealFft(7), psg::UsageError);
    CHECK_THROWS_AS(RealFft((std::size_t(1) << 24) + 2), psg::UsageError);
    RealFft fft(4);
    std::vector<float> in(3);
    std::vector<std::complex<float>> out(3);
    CHECK_THROWS_AS(fft.forward(in, out), psg::UsageError);
}

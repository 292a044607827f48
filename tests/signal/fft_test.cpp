// The real Fourier transform against its definition.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/fft.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/signal/window_fft.hpp"

using psg::signal::ExactFft;
using psg::signal::RealFft;
using psg::signal::WindowFft;

namespace {

template <class Sample>
void check_sum(double tolerance) {
    for (std::size_t length : {2u, 4u, 6u, 30u, 154u, 256u}) {
        std::vector<Sample> in(length);
        for (std::size_t n = 0; n < length; ++n)
            in[n] = static_cast<Sample>(std::sin(0.7 * double(n * n)) + 0.1 * double(n % 5));
        psg::signal::RealFftOf<Sample> fft(length);
        std::vector<std::complex<Sample>> out(fft.bins());
        fft.forward(in, out);
        for (std::size_t k = 0; k < out.size(); ++k) {
            std::complex<double> sum = 0;
            for (std::size_t n = 0; n < length; ++n)
                sum += std::polar(double(in[n]), -2 * std::numbers::pi * double(k * n) / double(length));
            CHECK(std::abs(std::complex<double>(out[k]) - sum) < tolerance * double(length));
        }
    }
}

template <class Sample>
void check_inverse(double tolerance) {
    for (std::size_t length : {2u, 4u, 6u, 30u, 154u, 256u}) {
        std::vector<Sample> in(length), back(length);
        for (std::size_t n = 0; n < length; ++n) in[n] = static_cast<Sample>(std::cos(0.3 * double(n * n)));
        psg::signal::RealFftOf<Sample> fft(length);
        std::vector<std::complex<Sample>> spectrum(fft.bins());
        fft.forward(in, spectrum);
        spectrum.front() += std::complex<Sample>(0, 1);  // is not looked at
        spectrum.back() += std::complex<Sample>(0, 1);
        fft.inverse(spectrum, back);
        for (std::size_t n = 0; n < length; ++n)
            CHECK(double(back[n]) == Approx(double(in[n]) * double(length)).margin(tolerance * double(length)));
        CHECK_THROWS_AS(fft.inverse(spectrum, std::span(back).first(1)), psg::UsageError);
    }
}

}  // namespace

TEST_CASE("the transform is the defining sum", "[signal]") {
    check_sum<float>(1e-5);
    check_sum<double>(1e-13);
}

TEST_CASE("the inverse gives the samples back, times the length", "[signal]") {
    check_inverse<float>(1e-5);
    check_inverse<double>(1e-13);
}

TEST_CASE("impossible lengths are refused", "[signal]") {
    CHECK_THROWS_AS(RealFft(0), psg::UsageError);
    CHECK_THROWS_AS(RealFft(7), psg::UsageError);
    CHECK_THROWS_AS(ExactFft(7), psg::UsageError);
    CHECK_THROWS_AS(RealFft((std::size_t(1) << 24) + 2), psg::UsageError);
    RealFft fft(4);
    std::vector<float> in(3);
    std::vector<std::complex<float>> out(3);
    CHECK_THROWS_AS(fft.forward(in, out), psg::UsageError);
}

TEST_CASE("windows side by side are transformed as one after the other", "[signal]") {
    WindowFft windows{};
    std::uint32_t seed = 1;
    for (auto& sample : windows.samples)
        for (float& x : sample) x = static_cast<float>((seed = seed * 1664525U + 1013904223U) >> 8) / 8388608.F - 1;
    windows.forward();
    RealFft fft(WindowFft::length);
    for (std::size_t lane = 0; lane < WindowFft::lanes; ++lane) {
        std::vector<float> samples;
        for (const auto& sample : windows.samples) samples.push_back(sample[lane]);
        std::vector<std::complex<float>> spectrum(WindowFft::bins);
        fft.forward(samples, spectrum);
        for (std::size_t k = 0; k < WindowFft::bins; ++k) {
            CHECK(windows.real[k][lane] == Approx(spectrum[k].real()).margin(1e-5));
            CHECK(windows.imaginary[k][lane] == Approx(spectrum[k].imag()).margin(1e-5));
        }
    }
}

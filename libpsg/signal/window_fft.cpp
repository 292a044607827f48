// Fourier transforms of several short windows side by side: decimation in time with radix 4 and 2 (Cooley and Tukey 1965).
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/window_fft.hpp"

#include <cmath>
#include <cstring>
#include <numbers>

#include "libpsg/model/wide.hpp"

namespace psg::signal {

namespace {

constexpr std::size_t half = WindowFft::length / 2;  // two real samples make a complex one

struct Turn {
    float re, im;
};

struct Turns {
    std::array<Turn, half> of_half;        // exp(-2 pi i k / half)
    std::array<Turn, half / 2> of_whole;   // -i exp(-2 pi i (k + 1) / length)
    std::array<std::size_t, half> place;  // of each sample, before the first step
};

Turns make_turns() {
    const auto turn = [](double phase) { return Turn{static_cast<float>(std::cos(phase)), static_cast<float>(std::sin(phase))}; };
    Turns turns;
    for (std::size_t k = 0; k < half; ++k) turns.of_half[k] = turn(-2 * std::numbers::pi * static_cast<double>(k) / half);
    for (std::size_t k = 0; k < half / 2; ++k) turns.of_whole[k] = turn(-std::numbers::pi * (static_cast<double>(k + 1) / half + 0.5));
    for (std::size_t n = 0; n < half; ++n) {  // the digits of n to the bases 4, 4, 4, 2, turned around
        const std::size_t a = n % 4, b = n / 4 % 4, c = n / 16 % 4, d = n / 64;
        turns.place[n] = 32 * a + 8 * b + 2 * c + d;
    }
    return turns;
}

template <std::size_t bytes>
struct Complex {
    typedef float Vector __attribute__((vector_size(bytes)));
    Vector re, im;
    friend Complex operator+(const Complex& a, const Complex& b) { return {a.re + b.re, a.im + b.im}; }
    friend Complex operator-(const Complex& a, const Complex& b) { return {a.re - b.re, a.im - b.im}; }
    friend Complex operator*(const Complex& a, const Turn& b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
};

template <std::size_t bytes>
void step_of_two(Complex<bytes>* z) {
    for (std::size_t i = 0; i < half; i += 2) {
        const Complex<bytes> a = z[i], b = z[i + 1];
        z[i + 1] = a - b;
        z[i] = a + b;
    }
}

template <std::size_t bytes>
void step_of_four(Complex<bytes>* z, std::size_t m, const Turns& turns) {
    const std::size_t stride = half / (4 * m);
    for (std::size_t first = 0; first < half; first += 4 * m)
        for (std::size_t k = 0; k < m; ++k) {
            Complex<bytes>* const at = z + first + k;
            const Complex<bytes> b = at[m] * turns.of_half[k * stride], c = at[2 * m] * turns.of_half[2 * k * stride],
                                 d = at[3 * m] * turns.of_half[3 * k * stride];
            const Complex<bytes> even = at[0] + c, odd = at[0] - c, sum = b + d, difference = b - d;
            at[2 * m] = even - sum;
            at[0] = even + sum;
            at[m] = {odd.re + difference.im, odd.im - difference.re};
            at[3 * m] = {odd.re - difference.im, odd.im + difference.re};
        }
}

template <std::size_t bytes>
void transform(WindowFft& windows, const Turns& turns) {
    constexpr std::size_t each = bytes / sizeof(float);
    for (std::size_t lane = 0; lane < WindowFft::lanes; lane += each) {
        Complex<bytes> z[half];
        for (std::size_t n = 0; n < half; ++n) {
            Complex<bytes>& to = z[turns.place[n]];
            std::memcpy(&to.re, windows.samples[2 * n].data() + lane, bytes);
            std::memcpy(&to.im, windows.samples[2 * n + 1].data() + lane, bytes);
        }
        step_of_two<bytes>(z);
        for (std::size_t m = 2; m < half; m *= 4) step_of_four<bytes>(z, m, turns);
        const auto put = [&](std::size_t k, const Complex<bytes>& value) {
            std::memcpy(windows.real[k].data() + lane, &value.re, bytes);
            std::memcpy(windows.imaginary[k].data() + lane, &value.im, bytes);
        };
        const typename Complex<bytes>::Vector nothing{};
        put(0, {z[0].re + z[0].im, nothing});
        put(half, {z[0].re - z[0].im, nothing});
        for (std::size_t k = 1; k <= half / 2; ++k) {
            const Complex<bytes> low = z[k], high{z[half - k].re, -z[half - k].im}, sum = low + high, turned = (low - high) * turns.of_whole[k - 1];
            put(k, {(sum.re + turned.re) * 0.5F, (sum.im + turned.im) * 0.5F});
            put(half - k, {(sum.re - turned.re) * 0.5F, (turned.im - sum.im) * 0.5F});
        }
    }
}

}  // namespace

void WindowFft::forward() {
    static const Turns turns = make_turns();
    wide_by([this](auto bytes) { transform<bytes()>(*this, turns); });
}

}  // namespace psg::signal

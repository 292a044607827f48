// Fourier transform of real samples by KissFFT: its C library in single precision, its C++ template in double.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/fft.hpp"

#include <kiss_fftr.h>
#include <kissfft.hh>

#include <algorithm>
#include <new>
#include <numbers>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "libpsg/model/error.hpp"

namespace psg::signal {

static_assert(std::is_same_v<kiss_fft_scalar, float>);

template <>
struct RealFftOf<float>::Plan {
    explicit Plan(std::size_t length)
        : config(kiss_fftr_alloc(static_cast<int>(length), 0, nullptr, nullptr)), spectrum(length / 2 + 1) {
        if (config == nullptr) throw std::bad_alloc();
    }
    ~Plan() {
        kiss_fftr_free(config);
        kiss_fftr_free(inverse_config);
    }
    void forward(std::span<const float> in, std::span<std::complex<float>> out) {
        kiss_fftr(config, in.data(), spectrum.data());
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = {spectrum[k].r, spectrum[k].i};
    }
    void inverse(std::span<const std::complex<float>> in, std::span<float> out) {
        if (inverse_config == nullptr)
            inverse_config = kiss_fftr_alloc(static_cast<int>(out.size()), 1, nullptr, nullptr);
        if (inverse_config == nullptr) throw std::bad_alloc();
        for (std::size_t k = 0; k < in.size(); ++k) spectrum[k] = {in[k].real(), in[k].imag()};
        spectrum.front().i = spectrum.back().i = 0;
        kiss_fftri(inverse_config, spectrum.data(), out.data());
    }

    kiss_fftr_cfg config;
    kiss_fftr_cfg inverse_config = nullptr;  // null until the first use
    std::vector<kiss_fft_cpx> spectrum;
};

// The template transforms complex samples, and real ones forward only. Two real ones make a complex one: the even samples
// its real parts, the odd ones its imaginary parts.
template <>
struct RealFftOf<double>::Plan {
    using Complex = std::complex<double>;

    explicit Plan(std::size_t length) : transform(length / 2, false) {}

    void forward(std::span<const double> in, std::span<Complex> out) {
        transform.transform_real(in.data(), out.data());
        out.back() = out.front().imag();
        out.front() = out.front().real();
    }
    void inverse(std::span<const Complex> in, std::span<double> out) {
        const std::size_t half = out.size() / 2;
        if (!inverse_transform) {
            inverse_transform.emplace(half, true);
            packed.resize(half);
            for (std::size_t k = 0; 2 * k <= half; ++k)
                turns.push_back(std::polar(1.0, std::numbers::pi * static_cast<double>(k) / static_cast<double>(half)));
        }
        const auto put = [&](std::size_t k, Complex low, Complex high) {
            const Complex even = low + std::conj(high), odd = (low - std::conj(high)) * turns[k];
            packed[k] = {even.real() - odd.imag(), even.imag() + odd.real()};
            if (k > 0) packed[half - k] = {even.real() + odd.imag(), odd.real() - even.imag()};
        };
        put(0, in.front().real(), in.back().real());
        for (std::size_t k = 1; 2 * k <= half; ++k) put(k, in[k], in[half - k]);
        inverse_transform->transform(packed.data(), reinterpret_cast<Complex*>(out.data()));
    }

    kissfft<double> transform;
    std::optional<kissfft<double>> inverse_transform;  // none until the first use
    std::vector<Complex> packed, turns;
};

// Whether no prime factor of `n` is above `most`.
static bool factors_up_to(std::size_t most, std::size_t n) {
    for (std::size_t p = 2; p <= most; ++p)
        while (n % p == 0) n /= p;
    return n == 1;
}

bool small_factors(std::size_t n) { return factors_up_to(13, n); }

std::size_t transform_length(std::size_t length) {
    std::size_t n = std::max<std::size_t>(length + length % 2, 2);
    while (!factors_up_to(7, n)) n += 2;
    return n;
}

static void check_sizes(bool fine) {
    if (!fine) throw UsageError("samples or spectrum do not have the length of the Fourier transform");
}

template <class Sample>
RealFftOf<Sample>::RealFftOf(std::size_t length) : length_(length) {
    if (length < 2 || length % 2 != 0 || length > (std::size_t(1) << 24))
        throw UsageError("a Fourier transform of " + std::to_string(length) + " samples is not possible",
                         "take an even length from 2 to 16777216");
    plan_ = std::make_unique<Plan>(length);
}

template <class Sample>
RealFftOf<Sample>::~RealFftOf() = default;
template <class Sample>
RealFftOf<Sample>::RealFftOf(RealFftOf&&) noexcept = default;
template <class Sample>
RealFftOf<Sample>& RealFftOf<Sample>::operator=(RealFftOf&&) noexcept = default;

template <class Sample>
void RealFftOf<Sample>::forward(std::span<const Sample> in, std::span<std::complex<Sample>> out) {
    check_sizes(in.size() == length_ && out.size() == bins());
    plan_->forward(in, out);
}

template <class Sample>
void RealFftOf<Sample>::inverse(std::span<const std::complex<Sample>> in, std::span<Sample> out) {
    check_sizes(in.size() == bins() && out.size() == length_);
    plan_->inverse(in, out);
}

template class RealFftOf<float>;
template class RealFftOf<double>;

}  // namespace psg::signal

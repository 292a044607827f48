// Fourier transform of real samples by KissFFT (single precision: samples are 16 or 24 bits wide).
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/fft.hpp"

#include <kiss_fftr.h>

#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include "libpsg/model/error.hpp"

namespace psg::signal {

static_assert(std::is_same_v<kiss_fft_scalar, float>);

struct RealFft::Plan {
    kiss_fftr_cfg config;
    kiss_fftr_cfg inverse_config;  // null until the first use
    std::vector<kiss_fft_cpx> spectrum;
    ~Plan() {
        kiss_fftr_free(config);
        kiss_fftr_free(inverse_config);
    }
};

static void check_sizes(bool fine) {
    if (!fine) throw UsageError("samples or spectrum do not have the length of the Fourier transform");
}

RealFft::RealFft(std::size_t length) : length_(length) {
    if (length < 2 || length % 2 != 0 || length > (std::size_t(1) << 24))
        throw UsageError("a Fourier transform of " + std::to_string(length) + " samples is not possible",
                         "take an even length from 2 to 16777216");
    plan_.reset(new Plan{kiss_fftr_alloc(static_cast<int>(length), 0, nullptr, nullptr), nullptr, {}});
    if (plan_->config == nullptr) throw std::bad_alloc();
    plan_->spectrum.resize(bins());
}

RealFft::~RealFft() = default;
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;

void RealFft::forward(std::span<const float> in, std::span<std::complex<float>> out) {
    check_sizes(in.size() == length_ && out.size() == bins());
    kiss_fftr(plan_->config, in.data(), plan_->spectrum.data());
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = {plan_->spectrum[k].r, plan_->spectrum[k].i};
}

void RealFft::inverse(std::span<const std::complex<float>> in, std::span<float> out) {
    check_sizes(in.size() == bins() && out.size() == length_);
    if (plan_->inverse_config == nullptr)
        plan_->inverse_config = kiss_fftr_alloc(static_cast<int>(length_), 1, nullptr, nullptr);
    if (plan_->inverse_config == nullptr) throw std::bad_alloc();
    for (std::size_t k = 0; k < in.size(); ++k) plan_->spectrum[k] = {in[k].real(), in[k].imag()};
    plan_->spectrum.front().i = plan_->spectrum.back().i = 0;
    kiss_fftri(plan_->inverse_config, plan_->spectrum.data(), out.data());
}

}  // namespace psg::signal

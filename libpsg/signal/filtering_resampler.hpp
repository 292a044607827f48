// Resampling and zero-phase filtering in one: a product of spectra, block by block.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <complex>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "libpsg/model/rate.hpp"
#include "libpsg/signal/fft.hpp"

namespace psg::signal {

/// Resamples by the Fourier transform (the spectrum is cut, or continued by zeros, at half the lower rate: no
/// transition band) and filters with symmetric taps without delay. Before its beginning and after its end a stretch
/// goes on mirrored at its first and last sample, 2 x[0] - x[k] (at the end: those of the new rate). What MNE-Python's
/// resample() and filter_data() do one after the other with transforms of the whole night is done here in blocks of
/// about half an hour that overlap: what the filter leaves of frequencies within about 0.0005 Hz of half the lower rate
/// differs (1e-5 of the signal with YASA's filter, which is what upsets a turn or two of an EMG in a night). The filter
/// must weaken these, or the blocks leave traces. Where a mirror stands, a filter that passes no offset leaves exactly 0, not
/// a rounding error with a sign.
///
/// Rates whose ratio makes no block of small prime factors are first resampled by resample() to a multiple of 100 Hz.
class FilteringResampler {
public:
    /// `taps` at the rate `to`: an odd number, symmetric, at most 2^15. UsageError otherwise, or if the rates are
    /// further apart than resample() allows.
    FilteringResampler(SampleRate from, SampleRate to, std::span<const double> taps);

    /// Samples at the new rate of `count` samples: round(count * to / from).
    std::size_t output_size(std::size_t count) const;

    /// Hands the filtered stretch out piece by piece, in order; sample i of all lies at i / to after the first sample
    /// of `samples`. A sample that is not finite is taken as the one before it in its block (0 at the beginning).
    void run(std::span<const float> samples, const std::function<void(std::span<const float>)>& consume);

private:
    struct Block {
        std::size_t in, out;                // samples of a block at each rate
        std::size_t in_margin, out_margin;  // of these, at each end, for the filter
    };
    static std::optional<Block> block_for(SampleRate from, SampleRate to, std::size_t taps);
    void blocks(std::span<const float> samples, std::size_t count,
                const std::function<void(std::span<const float>)>& consume);

    void filter_spectrum(std::span<const std::complex<float>> spectrum, float scale);
    void mirror_end(std::size_t end);

    SampleRate given_, from_, to_;  // from_ is the multiple of 100 Hz where that is needed
    Block block_;
    bool passes_offset_ = true;
    RealFft in_fft_, out_fft_;
    std::vector<float> response_;  // of the filter at each bin, over the length of the transform
    std::vector<float> fade_;      // the ends of a block beyond the filter's reach
    std::vector<float> in_, out_;
    std::vector<std::complex<float>> in_spectrum_, out_spectrum_;
};

}  // namespace psg::signal

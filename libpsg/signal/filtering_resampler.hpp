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
#include "libpsg/signal/band_edge.hpp"
#include "libpsg/signal/fft.hpp"
#include "libpsg/signal/resample.hpp"

namespace psg::signal {

/// Resamples by the Fourier transform (the spectrum is cut, or continued by zeros, at half the lower rate: no
/// transition band) and filters with symmetric taps without delay, as the samples pass by. Before its beginning and after its end a stretch
/// goes on mirrored at its first and last sample of the new rate, 2 y[0] - y[k]. What MNE-Python's
/// resample() and filter_data() do one after the other with transforms of the whole night is done here in blocks of
/// about two minutes that overlap, in double precision, and comes within 1e-6 of it where the new rate is the lower one: what
/// lies around the cut is taken from the whole stretch (BandEdge). Where the new rate is the higher one, the cut is as sharp
/// as a block is long. Where a mirror stands, a filter that passes no offset leaves exactly 0, not a rounding error with a sign.
///
/// Rates whose ratio makes no block of small prime factors are first resampled by resample() to a multiple of 100 Hz.
class FilteringResampler {
public:
    /// `taps` at the rate `to`: an odd number, symmetric, at most 2^15. UsageError otherwise, or if the rates are
    /// further apart than resample() allows.
    FilteringResampler(SampleRate from, SampleRate to, std::span<const double> taps);

    /// Samples at the new rate of `count` samples: round(count * to / from).
    std::size_t output_size(std::size_t count) const;

    /// Gets the filtered stretch piece by piece, in order; sample i of all lies at i / to after the first sample added.
    using Consume = std::function<void(std::span<const float>)>;

    /// The next samples are those of another stretch.
    void begin_stretch();
    /// Samples that follow those before; how they are cut into pieces changes no bit. A sample that is not finite is taken as the
    /// one before it (at the beginning, as the first finite one). Where a BandEdge makes the cut nothing is handed out yet: what is
    /// filtered is held, and the last block or two of samples.
    void add(std::span<const float> samples, const Consume& consume);
    /// Hands out what remains of the stretch.
    void end_stretch(const Consume& consume);

    /// A stretch as a whole.
    void run(std::span<const float> samples, const Consume& consume);

private:
    // All lengths are whole units; a unit is a whole number of samples at each rate.
    struct Block {
        std::size_t in_unit, out_unit;
        std::size_t units, margin;  // of a block, and of these, at each end, for the filter
        bool has_edge;              // whether a BandEdge makes the cut
        std::size_t in() const { return units * in_unit; }
        std::size_t out() const { return units * out_unit; }
    };
    static std::optional<Block> block_for(SampleRate from, SampleRate to, std::size_t taps);

    void take(std::span<const float> samples, const Consume& consume);
    void hold(std::span<const float> samples);
    void filter_block(std::optional<std::size_t> count, const Consume& consume);
    void hand_out(std::vector<float> block, std::size_t done, std::optional<std::size_t> count, const Consume& consume) const;
    void fill();
    void add_edge(std::span<const double> edge, std::int64_t first_unit);
    void mirror_ends(std::size_t begin, std::size_t end);
    void respond(std::size_t done, std::optional<std::size_t> count);
    std::size_t step() const { return (block_.units - 2 * block_.margin) * block_.out_unit; }
    std::int64_t first_unit(std::size_t done) const;

    SampleRate given_, from_, to_;  // from_ is the multiple of 100 Hz where that is needed
    Block block_;
    std::size_t reach_;  // of the filter to each side, in samples of the new rate
    bool passes_offset_ = true;
    ExactFft in_fft_, out_fft_;
    std::optional<BandEdge> edge_;
    std::optional<ExactFft> edge_fft_;
    std::vector<double> kept_;      // of the spectrum before the filter, at each bin, over the length of the transform
    std::vector<double> response_;  // of the filter at each bin
    std::vector<double> fade_;      // the ends of a block beyond the reach of the filter, where the cut is made in it
    std::vector<double> in_, out_, edge_part_;
    std::vector<std::complex<double>> in_spectrum_, out_spectrum_, edge_spectrum_;

    // Of the stretch. Samples of `given_` so far; how many not finite ones it begins with; the last finite one.
    std::size_t given_samples_ = 0, unknown_ = 0;
    std::optional<float> last_;
    std::optional<Resampler> resampler_;  // where from_ is not given_
    std::vector<float> repaired_, resampled_;
    std::vector<float> held_;             // samples of from_ for the next block, from number held_from_ on
    std::size_t held_from_ = 0;
    std::size_t done_ = 0;                // filtered samples
    std::vector<std::vector<float>> waiting_;  // blocks for the BandEdge, which is known when the stretch ends
};

}  // namespace psg::signal

// Alpha and fast power of the EEG: a spectrum every quarter of a second.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/eeg_powers.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"

namespace psg::events {

namespace {

// Bins are hertz, and a window shares three quarters of a second with the next one.
// Its sinusoids turn by a multiple of a quarter from one quarter to the next, so that each sample is multiplied by them once, and
// by one of cosine and sine: eight times less than by a transform of each window; a Hann window is a half of each bin less a quarter of
// both neighbours. Where a quarter is no whole number of samples, some have one more, and their first sample comes late by a part of
// one, by which the sinusoids are turned: no length matters then, which may have a large prime factor, as 509 Hz has. Windows of
// small factors (at 250 Hz) alone are transformed.
struct Band {
    std::size_t lane, first_hz, last_hz;  // neighbours included
};
constexpr Band bands_hz[]{{0, 7, 12}, {6, 15, 33}};

}  // namespace

EegPowerMeter::EegPowerMeter(SampleRate rate)
    : rate_(rate),
      length_(2 * static_cast<std::size_t>(std::lround(EegPowers::window_s * rate.hz() / 2))),
      power_(length_),
      tapered_(length_),
      even_(length_ % 4 == 0 && rate == SampleRate::hertz(static_cast<std::int64_t>(length_))),
      quarter_(even_ ? length_ / 4 : static_cast<std::size_t>(std::max<std::int64_t>(rate.index_at(from_seconds(EegPowers::step_s)), 2) - 1)),
      quarters_(quarter_) {
    for (std::size_t i = 0; i < length_; ++i)
        hann_.push_back(static_cast<float>(0.5 - 0.5 * std::cos(2 * M_PI * static_cast<double>(i) / static_cast<double>(length_))));
    const double bin_hz = rate.hz() / static_cast<double>(length_);
    const auto bin = [&](double hz) { return std::min(power_.bins() - 1, static_cast<std::size_t>(std::lround(hz / bin_hz))); };
    bins_ = {{{bin(8), bin(11)}, {bin(16), bin(32)}}};
    if (even_ || signal::transform_length(length_) != length_) make_sinusoids();
}

void EegPowerMeter::make_sinusoids() {
    const std::size_t half = (quarter_ + 1) / 2;
    cosines_.assign(half * lanes, 0);
    sines_.assign(half * lanes, 0);
    for (const Band& band : bands_hz)
        for (std::size_t hz = band.first_hz; hz <= band.last_hz; ++hz) {
            const std::size_t lane = band.lane + hz - band.first_hz;
            constexpr float re[]{1, 0, -1, 0}, im[]{0, -1, 0, 1};
            turn_re_[lane] = re[hz % 4];
            turn_im_[lane] = im[hz % 4];
            half_turn_[lane] = hz % 2 ? -1.0F : 1.0F;
            // from the middle of the quarter to either side, where both sides have the same cosine, and sines of either sign
            const double turn = 2 * M_PI * static_cast<double>(hz) / rate_.hz(), middle = 0.5 * static_cast<double>(quarter_ - 1);
            for (std::size_t i = 0; i < half; ++i) {
                const double phase = turn * (static_cast<double>(i) - middle), sides = 2 * i + 1 == quarter_ ? 0.5 : 1;
                cosines_[i * lanes + lane] = static_cast<float>(sides * std::cos(phase));
                sines_[i * lanes + lane] = static_cast<float>(-std::sin(phase));
            }
            middle_re_[lane] = static_cast<float>(std::cos(turn * middle));
            middle_im_[lane] = static_cast<float>(-std::sin(turn * middle));
            for (std::size_t i = 0; i < rest_re_.size(); ++i) {
                rest_re_[i][lane] = static_cast<float>(std::cos(turn * static_cast<double>(quarter_ + i)));
                rest_im_[i][lane] = static_cast<float>(-std::sin(turn * static_cast<double>(quarter_ + i)));
            }
        }
}

void EegPowerMeter::begin_stretch(Time start) {
    made_.push_back({start, {}});
    recent_.clear();
    next_ = 0;
    quarters_.begin();
    quarter_count_ = 0;
}

void EegPowerMeter::add(std::span<const float> samples) {
    if (even_)
        return quarters_.add(samples, [this](std::span<const float> whole) {
            for (; !whole.empty(); whole = whole.subspan(quarter_)) add_quarter(whole.first(quarter_), 0);
        });
    constexpr std::size_t at_once = 4096;  // a long piece is not copied as a whole
    for (; !samples.empty(); samples = samples.subspan(std::min(samples.size(), at_once))) {
        recent_.add(samples.first(std::min(samples.size(), at_once)));
        if (cosines_.empty())
            while (next_ + length_ <= recent_.end()) add_window(recent_.part(next_, next_ + length_));
        else
            while (true) {
                const auto begins_s = [&](std::size_t quarter) { return EegPowers::step_s * static_cast<double>(quarter); };
                const auto end = static_cast<std::size_t>(rate_.index_at(from_seconds(begins_s(quarter_count_ + 1))));
                if (end > recent_.end()) break;
                add_quarter(recent_.part(next_, end), static_cast<double>(next_) / rate_.hz() - begins_s(quarter_count_));
                next_ = end;
            }
        recent_.forget_before(next_);
    }
}

void EegPowerMeter::add_window(std::span<const float> samples) {
    const float mean = static_cast<float>(signal::lane_sum(length_, [&](auto at) { return at(samples.data()); }) / static_cast<double>(length_));
    std::int32_t changes = 0;
    for (const float x : samples) changes |= x != samples[0] ? 1 : 0;
    const bool usable = std::isfinite(mean) && changes != 0;
    if (usable) {
        for (std::size_t i = 0; i < length_; ++i) tapered_[i] = (samples[i] - mean) * hann_[i];
        power_.transform(tapered_);
    }
    std::array<float, EegPowers::bands> powers{};
    for (std::size_t b = 0; b < EegPowers::bands; ++b)
        for (std::size_t i = bins_[b].first; i <= bins_[b].second; ++i) powers[b] += power_.at<float>(i);
    end_window(powers, usable);
    next_ = static_cast<std::size_t>(rate_.index_at(from_seconds(EegPowers::step_s * static_cast<double>(made_.back().band[0].size()))));
}

// What is not the same in all quarters: samples behind the others, and how late the first one comes.
void EegPowerMeter::add_uneven(Quarter& quarter, std::span<const float> rest, double late_s) const {
    for (std::size_t i = 0; i < rest.size(); ++i)
        for (std::size_t k = 0; k < lanes; ++k) {
            quarter.re[k] += (rest[i] - level_) * rest_re_[i][k];
            quarter.im[k] += (rest[i] - level_) * rest_im_[i][k];
        }
    const std::complex<double> hertz = std::polar(1.0, -2 * M_PI * late_s);
    for (const Band& band : bands_hz) {
        std::complex<double> turn = std::polar(1.0, -2 * M_PI * static_cast<double>(band.first_hz) * late_s);
        for (std::size_t k = band.lane; k <= band.lane + band.last_hz - band.first_hz; ++k, turn *= hertz) {
            const auto re = static_cast<float>(turn.real()), im = static_cast<float>(turn.imag()), before = quarter.re[k];
            quarter.re[k] = before * re - quarter.im[k] * im;
            quarter.im[k] = before * im + quarter.im[k] * re;
        }
    }
}

void EegPowerMeter::add_quarter(std::span<const float> samples, double late_s) {
    if (quarter_count_ == 0) level_ = std::isfinite(samples[0]) ? samples[0] : 0;
    Quarter& quarter = last_[quarter_count_ % 4];
    bool changes = wide([samples = samples.first(quarter_), level = level_, cosine = cosines_.data(), sine = sines_.data(), middle_re = &middle_re_, middle_im = &middle_im_, &quarter] {
        std::array<float, lanes> re{}, im{};
        std::int32_t differ = 0;
        for (const float x : samples) differ |= x != samples[0] ? 1 : 0;
        for (std::size_t i = 0, last = samples.size() - 1; 2 * i <= last; ++i) {
            const float before = samples[i] - level, behind = samples[last - i] - level;
            const float even = before + behind, odd = before - behind;
            for (std::size_t k = 0; k < lanes; ++k) {
                re[k] += even * cosine[i * lanes + k];
                im[k] += odd * sine[i * lanes + k];
            }
        }
        for (std::size_t k = 0; k < lanes; ++k) {  // counted from the first sample
            quarter.re[k] = re[k] * (*middle_re)[k] - im[k] * (*middle_im)[k];
            quarter.im[k] = re[k] * (*middle_im)[k] + im[k] * (*middle_re)[k];
        }
        return differ != 0;
    });
    if (!even_) {
        const std::span<const float> rest = samples.subspan(quarter_);
        for (const float x : rest) changes = changes || x != samples[0];
        add_uneven(quarter, rest, late_s);
    }
    quarter.finite = std::isfinite(quarter.re[0]);
    quarter.flat = !changes;
    quarter.first = samples[0];
    if (++quarter_count_ < 4) return;
    const Quarter &a = last_[quarter_count_ % 4], &b = last_[(quarter_count_ + 1) % 4], &c = last_[(quarter_count_ + 2) % 4], &d = quarter;
    // power of each bin under a Hann window
    std::array<float, lanes> bin;
    wide([&, half_turn = half_turn_.data(), turn_re = turn_re_.data(), turn_im = turn_im_.data()] {
        std::array<float, lanes> x, y;  // spectrum
        for (std::size_t i = 0; i < lanes; ++i) {
            x[i] = a.re[i] + half_turn[i] * c.re[i] + turn_re[i] * (b.re[i] + d.re[i]) - turn_im[i] * (b.im[i] - d.im[i]);
            y[i] = a.im[i] + half_turn[i] * c.im[i] + turn_re[i] * (b.im[i] + d.im[i]) + turn_im[i] * (b.re[i] - d.re[i]);
        }
        for (std::size_t i = 1; i + 1 < lanes; ++i) {
            const float re_hann = 0.5F * x[i] - 0.25F * (x[i - 1] + x[i + 1]), im_hann = 0.5F * y[i] - 0.25F * (y[i - 1] + y[i + 1]);
            bin[i] = re_hann * re_hann + im_hann * im_hann;
        }
    });
    std::array<float, EegPowers::bands> powers{};
    for (std::size_t k = 0; k < EegPowers::bands; ++k)
        for (std::size_t i = bands_hz[k].lane + 1; i < bands_hz[k].lane + bands_hz[k].last_hz - bands_hz[k].first_hz; ++i) powers[k] += bin[i];
    const bool finite = a.finite && b.finite && c.finite && d.finite;
    const bool flat = a.flat && b.flat && c.flat && d.flat && a.first == b.first && b.first == c.first && c.first == d.first;
    end_window(powers, finite && !flat);
}

void EegPowerMeter::end_window(const std::array<float, EegPowers::bands>& powers, bool usable) {
    for (std::size_t b = 0; b < EegPowers::bands; ++b) made_.back().band[b].push_back(usable ? powers[b] : std::numeric_limits<float>::quiet_NaN());
}

std::vector<EegPowers> EegPowerMeter::finish() { return std::move(made_); }

}  // namespace psg::events

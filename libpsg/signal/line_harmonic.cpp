// Hum at one frequency: block-wise demodulation, robust smoothing of the complex amplitude, subtraction.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/line_harmonic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/transpose.hpp"

namespace psg::signal {

float mean_square(std::span<const float> x) {
    return dot(x, x) / static_cast<float>(x.size());
}

Sinusoid::Sinusoid(double frequency_hz, double rate_hz, std::size_t length_)
    : length(length_), cosine((length + EightSums::lanes - 1) / EightSums::lanes * EightSums::lanes), sine(cosine.size()), count(length) {
    const double step = 2 * std::numbers::pi * frequency_hz / rate_hz;
    for (std::size_t i = 0; i < length; ++i) {
        count[i] = static_cast<float>(i);
        cosine[i] = static_cast<float>(std::cos(step * static_cast<double>(i)));
        sine[i] = static_cast<float>(-std::sin(step * static_cast<double>(i)));
    }
    advance_rad = step * static_cast<double>(length);
    const double c = static_cast<double>(dot(cosine, cosine)), s = static_cast<double>(dot(sine, sine)),
                 m = static_cast<double>(dot(cosine, sine)), determinant = c * s - m * m;
    cc = s / determinant;
    cs = -m / determinant;
    ss = c / determinant;
}

std::complex<double> Sinusoid::fit(std::span<const float> x) const {
    return fit(dot(x, cosine), dot(x, sine));
}

std::complex<double> Sinusoid::fit(float with_cosine, float with_sine) const {
    const auto c = static_cast<double>(with_cosine), s = static_cast<double>(with_sine);
    return {cc * c + cs * s, cs * c + ss * s};
}

std::complex<double> Sinusoid::start(std::size_t k) const {
    return std::polar(1.0, -std::remainder(advance_rad * static_cast<double>(k), 2 * std::numbers::pi));
}

namespace {

using Amplitude = std::complex<float>;

constexpr std::size_t reach_blocks = 10;  // +-1 s of smoothing
constexpr float strong_uv = 4;            // peak
constexpr double bent_if = 1.5;           // ratio of squares left: noise alone does that once in 200 times
constexpr double coherence_needed = 0.5;  // noise alone: exp(-50 * 0.25), 4 in a million segments
constexpr double widest_step_rad = 2 * std::numbers::pi * 0.1 * 0.6;  // 0.6 Hz off at most, in blocks of 0.1 s

// Product without the care for infinities that the standard takes, which costs five times as much.
template <class T>
std::complex<T> times(std::complex<T> a, std::complex<T> b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// Subtracts the harmonic from samples of one block, those from place `first` of it on. The amplitude runs linearly through the middles of
// the blocks: those before, here and after are at `amplitudes`; `back` is exp(j w t) at the beginning of the block.
void subtract_block(std::span<float> x, std::size_t first, const Sinusoid& table, Amplitude back, const Amplitude* amplitudes) {
    const std::size_t half = table.length / 2, end = first + x.size();
    const auto part = [&](std::size_t begin, std::size_t until, Amplitude from, Amplitude to, std::size_t middle) {
        const Amplitude slope = times(back, to - from) / static_cast<float>(table.length), base = times(back, from);
        const float* const count = table.count.data() + middle;
        for (std::size_t i = std::max(begin, first); i < std::min(until, end); ++i)
            x[i - first] -= (base.real() + slope.real() * count[i - begin]) * table.cosine[i] +
                            (base.imag() + slope.imag() * count[i - begin]) * table.sine[i];
    };
    part(0, half, amplitudes[0], amplitudes[1], table.length - half);
    part(half, table.length, amplitudes[1], amplitudes[2], 0);
}

class Harmonic {
public:
    Harmonic(std::span<float> samples, std::span<float> power, const Sinusoid& table)
        : x_(samples), power_(power), block_(table.length), table_(table) {
        const std::size_t padded = (power.size() + at_once - 1) / at_once * at_once;
        for (std::vector<float>* list : {&re_, &im_, &weight_, &root_}) list->resize(padded);
    }

    // The amplitude of each block, some blocks at a time, in vectors of `bytes`.
    template <std::size_t bytes>
    void fit() {
        typedef float Vector __attribute__((vector_size(bytes)));
        constexpr std::size_t each = bytes / sizeof(float), vectors = EightSums::lanes / each;
        const std::size_t length = table_.cosine.size();
        std::vector<float> last(at_once * length);
        Start start(table_);
        for (std::size_t k = 0; k < power_.size(); k += at_once) {
            const float* from[at_once];
            for (std::size_t b = 0; b < at_once; ++b) from[b] = block_at(std::min(k + b, power_.size() - 1), &last[b * length]);
            Vector cosines[at_once][vectors] = {}, sines[at_once][vectors] = {};
            for (std::size_t i = 0; i < length; i += EightSums::lanes)
                for (std::size_t v = 0; v < vectors; ++v) {
                    Vector c, s, x;
                    std::memcpy(&c, &table_.cosine[i + v * each], sizeof c);
                    std::memcpy(&s, &table_.sine[i + v * each], sizeof s);
                    for (std::size_t b = 0; b < at_once; ++b) {
                        std::memcpy(&x, from[b] + i + v * each, sizeof x);
                        cosines[b][v] += x * c;
                        sines[b][v] += x * s;
                    }
                }
            Four with_cosine, with_sine, power{};
            totals_of_eight(cosines, with_cosine);
            totals_of_eight(sines, with_sine);
            std::memcpy(&power, &power_[k], std::min(at_once, power_.size() - k) * sizeof(float));
            set_blocks(k, with_cosine, with_sine, power, start);
        }
    }

    // What was subtracted.
    std::vector<HarmonicRun> subtract() {
        std::vector<HarmonicRun> runs;
        find_segments();
        if (std::none_of(segments_.begin(), segments_.end(), [](const Segment& s) { return s.wanted; })) return runs;
        steady();
        for (std::size_t s = 0, begin = 0; begin < segments_.size(); begin = s) {
            while (s < segments_.size() && segments_[s].wanted) ++s;
            if (s == begin)
                ++s;
            else
                runs.push_back(subtract_segments(begin, s));
        }
        return runs;
    }

private:
    static constexpr std::size_t at_once = 4;  // blocks
    typedef double Doubles __attribute__((vector_size(at_once * sizeof(double))));

    // exp(-j w t) at the beginnings of some blocks.
    struct Start {
        Doubles re, im;
        double advance_re, advance_im;
        explicit Start(const Sinusoid& table) {
            for (std::size_t b = 0; b < at_once; ++b) {
                const std::complex<double> start = table.start(b);
                re[b] = start.real(), im[b] = start.imag();
            }
            const std::complex<double> advance = table.start(at_once);
            advance_re = advance.real(), advance_im = advance.imag();
        }
        void advance() {
            const Doubles turned = re * advance_re - im * advance_im;
            im = re * advance_im + im * advance_re;
            re = turned;
        }
    };
    struct Segment {
        bool wanted = false;
        double step_rad = 0;  // phase advance per block: how far the mains is off its nominal frequency
    };

    // The samples of a block and as many as a vector needs, in `copy` where there are no more.
    const float* block_at(std::size_t k, float* copy) const {
        const float* const from = x_.data() + k * block_;
        if (k * block_ + table_.cosine.size() <= x_.size()) return from;
        std::copy_n(from, block_, copy);
        return copy;
    }

    // Amplitudes and weights of blocks from k on by the sums of their products with cosine and sine.
    [[gnu::always_inline]] void set_blocks(std::size_t k, const Four& with_cosine, const Four& with_sine, const Four& power, Start& start) {
        const Doubles c = __builtin_convertvector(with_cosine, Doubles), s = __builtin_convertvector(with_sine, Doubles);
        const Doubles x = table_.cc * c + table_.cs * s, y = table_.cs * c + table_.ss * s;
        const Four re = __builtin_convertvector(start.re * x - start.im * y, Four), im = __builtin_convertvector(start.re * y + start.im * x, Four);
        start.advance();
        // What the sinusoid leaves of the block's power. A hundredth of it cannot be told from an imperfect fit,
        // nor can less than 0.1 uV rms.
        const Four left = power - 0.5F * (re * re + im * im), least = 0.01F * power, floor = Four{} + 0.01F;
        const Four higher = left > least ? left : least, weight = 1 / (higher > floor ? higher : floor);
        std::memcpy(&re_[k], &re, sizeof re);
        std::memcpy(&im_[k], &im, sizeof im);
        std::memcpy(&weight_[k], &weight, sizeof weight);
        for (std::size_t b = 0; b < at_once; ++b) root_[k + b] = std::sqrt(weight[b]);
    }

    std::size_t end_of(std::size_t s) const {
        return s + 1 == segments_.size() ? power_.size() : (s + 1) * segment_blocks;
    }

    // Whether neighbouring amplitudes of blocks [begin, end) cohere, and how far they turn from one to the next.
    bool coheres(std::size_t begin, std::size_t end, double& step_rad) const {
        Four re{}, im{}, total{};
        const auto add = [&](std::size_t k, std::size_t count) {
            const auto four = [count](const std::vector<float>& list, std::size_t at, Four& values) {
                values = Four{};
                std::memcpy(&values, &list[at], count * sizeof(float));
            };
            Four x, y, root, x0, y0, root0;
            four(re_, k, x), four(im_, k, y), four(root_, k, root);
            four(re_, k - 1, x0), four(im_, k - 1, y0), four(root_, k - 1, root0);
            const Four weight = root * root0;
            re += weight * (x * x0 + y * y0);
            im += weight * (y * x0 - x * y0);
            total += weight * 0.5F * ((x * x + y * y) + (x0 * x0 + y0 * y0));
        };
        std::size_t k = begin + 1;
        for (; k + 4 <= end; k += 4) add(k, 4);
        if (k < end) add(k, end - k);
        const auto sum = [](const Four& x) { return static_cast<double>((x[0] + x[1]) + (x[2] + x[3])); };
        step_rad = std::atan2(sum(im), sum(re));
        return std::hypot(sum(re), sum(im)) > coherence_needed * sum(total) && std::fabs(step_rad) < widest_step_rad;
    }

    void find_segments() {
        segments_.resize(power_.size() / segment_blocks);
        std::vector<char> present(segments_.size(), 0);
        for (std::size_t s = 0; s < segments_.size(); ++s) present[s] = coheres(s * segment_blocks, end_of(s), segments_[s].step_rad);
        // hum may begin or end in the neighbouring segment, too late or too early there to be seen
        for (std::size_t s = 0; s < segments_.size(); ++s) {
            segments_[s].wanted = present[s];
            for (const std::size_t other : {s - 1, s + 1}) {
                if (segments_[s].wanted || other >= segments_.size() || !present[other]) continue;
                segments_[s] = {true, segments_[other].step_rad};
            }
        }
    }

    // Turns the amplitudes so that they stand still where the mains is off its nominal frequency, and sums them up.
    void steady() {
        const std::size_t count = power_.size();
        turn_.resize(count);
        steady_.resize(count);
        sums_.assign(count + 1, {});
        double phase = 0;
        for (std::size_t s = 0; s < segments_.size(); ++s) {
            const double step = segments_[s].wanted ? segments_[s].step_rad : 0;
            const std::complex<double> advance = std::polar(1.0, step);
            std::complex<double> turn = std::polar(1.0, phase);
            for (std::size_t k = s * segment_blocks; k < end_of(s); ++k, turn = times(turn, advance)) {
                turn_[k] = Amplitude(turn);
                steady_[k] = times(Amplitude(re_[k], im_[k]), std::conj(turn_[k]));
                const double w = static_cast<double>(weight_[k]);
                sums_[k + 1] = {sums_[k].weight + w, sums_[k].re + w * static_cast<double>(steady_[k].real()),
                                sums_[k].im + w * static_cast<double>(steady_[k].imag())};
            }
            phase = std::remainder(phase + step * static_cast<double>(end_of(s) - s * segment_blocks), 2 * std::numbers::pi);
        }
    }

    Amplitude mean(std::size_t begin, std::size_t end) const {
        const double part = 1 / (sums_[end].weight - sums_[begin].weight);
        return {static_cast<float>((sums_[end].re - sums_[begin].re) * part), static_cast<float>((sums_[end].im - sums_[begin].im) * part)};
    }

    // Weighted mean of the amplitudes around block k: of both sides, or of the left or right one if it fits far better.
    Amplitude smoothed(std::size_t k) const {
        const std::size_t begin = k > reach_blocks ? k - reach_blocks : 0,
                          end = std::min(k + reach_blocks + 1, power_.size());
        const auto misfit = [&](Amplitude a) {
            float sum = 0;
            for (std::size_t i = k > 0 ? k - 1 : 0; i < std::min(k + 2, power_.size()); ++i)
                sum += weight_[i] * std::norm(steady_[i] - a);
            return sum;
        };
        Amplitude both = mean(begin, end), left = mean(begin, k + 1), right = mean(k, end);
        // a hum that moves by half must move by more than 2 uV to matter
        const auto is_strong = [](Amplitude a) { return std::norm(a) > strong_uv * strong_uv; };
        if (is_strong(both) || is_strong(left) || is_strong(right)) {
            const Moments here = moments(k, k, k + 1), before = moments(k, begin, k) + here, after = moments(k, k + 1, end);
            if (is_strong(both)) both = bent(before + after, both);
            if (is_strong(left)) left = bent(before, left);
            if (is_strong(right)) right = bent(here + after, right);
        }
        const float misfit_left = misfit(left), misfit_right = misfit(right);
        if (std::min(misfit_left, misfit_right) > 0.5F * misfit(both)) return times(both, turn_[k]);
        return times(misfit_left < misfit_right ? left : right, turn_[k]);
    }

    // Weighted sums over some blocks: powers of the distance from a block, alone and times the amplitudes' parts, and squares.
    struct Moments {
        std::size_t blocks = 0;
        std::array<double, 4> s{}, re{}, im{};  // of re and im the first three are asked for
        double fourth = 0, squares = 0;
        Moments operator+(const Moments& more) const {
            Moments sum{blocks + more.blocks, {}, {}, {}, fourth + more.fourth, squares + more.squares};
            for (std::size_t n = 0; n < 4; ++n) sum.s[n] = s[n] + more.s[n], sum.re[n] = re[n] + more.re[n], sum.im[n] = im[n] + more.im[n];
            return sum;
        }
    };

    // Powers of distances from a block, from that which is farthest before it on: up to the third, and the fourth.
    struct Distances {
        std::array<std::array<double, 4>, 2 * reach_blocks + 1> powers;
        std::array<double, 2 * reach_blocks + 1> fourth;
    };
    static constexpr Distances distances = [] {
        Distances d{};
        for (std::size_t i = 0; i <= 2 * reach_blocks; ++i) {
            const double t = (static_cast<double>(i) - static_cast<double>(reach_blocks)) / static_cast<double>(reach_blocks);
            d.powers[i] = {1, t, t * t, t * t * t};
            d.fourth[i] = t * t * t * t;
        }
        return d;
    }();

    // Of blocks [begin, end), by their distance from block k.
    Moments moments(std::size_t k, std::size_t begin, std::size_t end) const {
        Moments m;
        m.blocks = end - begin;
        Doubles s{}, re{}, im{}, powers;
        for (std::size_t i = begin; i < end; ++i) {
            const std::size_t distance = i + reach_blocks - k;
            const double w = static_cast<double>(weight_[i]), x = static_cast<double>(steady_[i].real()), y = static_cast<double>(steady_[i].imag());
            std::memcpy(&powers, distances.powers[distance].data(), sizeof powers);
            powers *= w;
            s += powers;
            re += powers * x;
            im += powers * y;
            m.fourth += w * distances.fourth[distance];
            m.squares += w * (x * x + y * y);
        }
        std::memcpy(m.s.data(), &s, sizeof s);
        std::memcpy(m.re.data(), &re, sizeof re);
        std::memcpy(m.im.data(), &im, sizeof im);
        return m;
    }

    // The weighted parabola through the amplitudes at the block of the moments if it fits clearly better than their mean, else the mean.
    static Amplitude bent(const Moments& m, Amplitude mean) {
        if (m.blocks <= reach_blocks / 2) return mean;
        const double x = static_cast<double>(mean.real()), y = static_cast<double>(mean.imag());
        const double s[5] = {m.s[0], m.s[1], m.s[2], m.s[3], m.fourth};
        // of the amplitudes less their mean
        const double re[3] = {m.re[0] - x * s[0], m.re[1] - x * s[1], m.re[2] - x * s[2]};
        const double im[3] = {m.im[0] - y * s[0], m.im[1] - y * s[1], m.im[2] - y * s[2]};
        const double misfit = m.squares - 2 * (x * m.re[0] + y * m.im[0]) + (x * x + y * y) * s[0];
        // the first row of the inverse of the matrix of moments gives the value at k
        const double a = s[2] * s[4] - s[3] * s[3], b = s[2] * s[3] - s[1] * s[4], c = s[1] * s[3] - s[2] * s[2],
                     determinant = s[0] * a + s[1] * b + s[2] * c;
        if (!(determinant > 1e-6 * s[0] * s[0] * s[0])) return mean;
        // and the other rows slope and curvature, for what remains
        const double d = s[0] * s[4] - s[2] * s[2], e = s[1] * s[2] - s[0] * s[3], f = s[0] * s[2] - s[1] * s[1];
        const auto explained = [&](const double* r) {
            const double v0 = a * r[0] + b * r[1] + c * r[2], v1 = b * r[0] + d * r[1] + e * r[2],
                         v2 = c * r[0] + e * r[1] + f * r[2];
            return (v0 * r[0] + v1 * r[1] + v2 * r[2]) / determinant;
        };
        const double left = misfit - explained(re) - explained(im);
        if (misfit < bent_if * left) return mean;
        return mean + Amplitude(static_cast<float>((a * re[0] + b * re[1] + c * re[2]) / determinant),
                                static_cast<float>((a * im[0] + b * im[1] + c * im[2]) / determinant));
    }

    // Of segments [begin, end), all of them wanted.
    HarmonicRun subtract_segments(std::size_t begin, std::size_t end) {
        const std::size_t first = begin * segment_blocks, last = end_of(end - 1);
        HarmonicRun run{first, {}};
        run.amplitudes.reserve(last - first + 2);
        run.amplitudes.push_back(smoothed(first > 0 ? first - 1 : 0));
        for (std::size_t k = first; k <= last; ++k) run.amplitudes.push_back(smoothed(std::min(k, power_.size() - 1)));
        const std::complex<double> advance = table_.start(1);
        for (std::size_t s = begin; s < end; ++s) {
            std::complex<double> start = table_.start(s * segment_blocks);
            for (std::size_t k = s * segment_blocks; k < end_of(s); ++k, start = times(start, advance)) {
                const std::span<float> x = x_.subspan(k * block_, block_);
                subtract_block(x, 0, table_, std::conj(Amplitude(start)), &run.amplitudes[k - first]);
                power_[k] = mean_square(x);
            }
        }
        return run;
    }

    struct Sum {
        double weight = 0, re = 0, im = 0;
    };

    std::span<float> x_, power_;
    std::size_t block_;
    const Sinusoid& table_;
    std::vector<float> re_, im_, weight_, root_;  // by block: amplitude, its weight and the root of that
    std::vector<Amplitude> turn_, steady_;
    std::vector<Sum> sums_;  // [k]: of all blocks before k
    std::vector<Segment> segments_;
};

}  // namespace

std::vector<HarmonicRun> subtract_harmonic(std::span<float> samples, std::span<float> power, const Sinusoid& table) {
    return wide_by([=, &table](auto bytes) {
        Harmonic harmonic(samples, power, table);
        harmonic.fit<bytes()>();
        return harmonic.subtract();
    });
}

void subtract_again(const HarmonicRun& run, const Sinusoid& table, std::size_t first, std::span<float> samples) {
    const std::size_t block = table.length, last = first + samples.size();
    for (std::size_t k = std::max(run.first_block, first / block); k < run.end_block() && k * block < last; ++k) {
        const std::size_t begin = std::max(first, k * block), end = std::min(last, (k + 1) * block);
        subtract_block(samples.subspan(begin - first, end - begin), begin - k * block, table, std::conj(Amplitude(table.start(k))), &run.amplitudes[k - run.first_block]);
    }
}

}  // namespace psg::signal

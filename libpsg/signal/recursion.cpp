// Recursive filters over pieces: direct form I, parts of a long piece side by side.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/recursion.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/transpose.hpp"

namespace psg::signal {

namespace {

constexpr std::size_t steps = 4;         // samples of each part that are loaded together
constexpr std::size_t side_by_side = 2;  // vectors of parts, so that one need not wait for the other

// What is computed together, and what it is loaded from.
template <class Number>
struct Vectors;
template <>
struct Vectors<float> {
    typedef Eight Values;
    typedef Eight Floats;
};
template <>
struct Vectors<double> {
    typedef double Values __attribute__((vector_size(32)));
    typedef Four Floats;
};
template <class Number>
constexpr std::size_t lanes_of = side_by_side * sizeof(typename Vectors<Number>::Values) / sizeof(Number);

// How much larger than a rounding error in each step is what they leave together in what a section gives: root of the energy of the
// response of its poles.
double error_gain(double a1, double a2) {
    const double energy = (1 + a2) / ((1 - a2) * (1 + a2 - a1) * (1 + a2 + a1));
    return energy > 0 ? std::sqrt(energy) : HUGE_VAL;
}
constexpr double most_error_gain = 20;  // single precision then leaves errors of about a millionth

}  // namespace

// N sections whose number and zeros are known to the compiler, so that it keeps what they remember in registers. `Value` is what parts
// side by side are computed in.
template <std::size_t N, Recursion::Zeros zeros, class Value>
class Recursion::Kernel {
    using Vector = typename Vectors<Value>::Values;
    using Floats = typename Vectors<Value>::Floats;
    template <class X>
    struct Last {
        X one, two;  // the last value and the one before
    };

public:
    static constexpr std::size_t lanes = lanes_of<Value>, width = lanes / side_by_side;

    Kernel(const Section* sections, double gain) : gain_(gain) { std::copy_n(sections, N, sections_); }

    template <bool ahead>
    void run(std::span<const float> piece, std::span<float> out, State* states) const {
        Last<double> s[N + 1];
        for (std::size_t k = 0; k <= N; ++k) s[k] = {states[k].one, states[k].two};
        for (std::size_t i = 0; i < piece.size(); ++i) {
            const std::size_t at = ahead ? i : piece.size() - 1 - i;
            double x = static_cast<double>(piece[at]);
            through<double>(x, s);
            out[at] = static_cast<float>(x);
        }
        for (std::size_t k = 0; k <= N; ++k) states[k] = {s[k].one, s[k].two};
    }

    // The parts of `piece`, each after `settle` samples (the first one in the direction goes on from the state, or settles over
    // those given), into `out`. What is left over at the end is for run().
    template <bool ahead>
    void run_parts(const float* piece, float* out, std::size_t part, std::size_t settle, const float* given, State* states) const {
        wide([=, this] { run_lanes<ahead>(piece, out, part, settle, given, states); });
    }

private:
    template <class Number, class X>
    [[gnu::always_inline]] void through(X& x, Last<X> (&s)[N + 1]) const {
        for (std::size_t k = 0; k < N; ++k) {
            const Section& q = sections_[k];
            X y;
            if constexpr (zeros == Zeros::both_ends)
                y = x - s[k].two;
            else if constexpr (zeros == Zeros::at_zero)
                y = (x - s[k].one) - (s[k].one - s[k].two);
            else
                y = (x + static_cast<Number>(q.b1) * s[k].one) + static_cast<Number>(q.b2) * s[k].two;
            if (k == 0) y *= static_cast<Number>(gain_);
            s[k] = {x, s[k].one};
            x = (y - static_cast<Number>(q.a2) * s[k + 1].two) - static_cast<Number>(q.a1) * s[k + 1].one;
        }
        s[N] = {x, s[N].one};
    }

    // `count` samples of each lane from `in`, a multiple of `steps`; written to `out` if `write`.
    template <bool ahead, bool write>
    [[gnu::always_inline]] void go(Last<Vector> (&states)[side_by_side][N + 1], const float* const* in, float* const* out, std::size_t count) const {
        Last<Vector> s[side_by_side][N + 1];
        std::memcpy(s, states, sizeof s);
        for (std::size_t done = 0; done < count; done += steps) {
            const std::size_t at = ahead ? done : count - steps - done;
            Floats block[side_by_side][steps];
            for (std::size_t v = 0; v < side_by_side; ++v) load(in + v * width, at, block[v]);
            for (std::size_t t = 0; t < steps; ++t)
                for (std::size_t v = 0; v < side_by_side; ++v) {
                    Floats& x = block[v][ahead ? t : steps - 1 - t];
                    Vector value = __builtin_convertvector(x, Vector);
                    through<Value>(value, s[v]);
                    x = __builtin_convertvector(value, Floats);
                }
            if constexpr (write)
                for (std::size_t v = 0; v < side_by_side; ++v) store(block[v], out + v * width, at);
        }
        std::memcpy(states, s, sizeof s);
    }

    template <bool ahead>
    [[gnu::always_inline]] void run_lanes(const float* piece, float* result, std::size_t part, std::size_t settle, const float* given, State* states) const {
        const float *in[lanes], *early[lanes];
        float* out[lanes];
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            in[lane] = piece + lane * part;
            out[lane] = result + lane * part;
            early[lane] = ahead ? in[lane] - settle : in[lane] + part;
        }
        constexpr std::size_t first = ahead ? 0 : lanes - 1, last = lanes - 1 - first;
        early[first] = given ? given : early[first + (ahead ? 1 : -1)];  // only read
        Last<Vector> s[side_by_side][N + 1];
        const auto set = [&](std::size_t lane, std::size_t k, double one, double two) {
            s[lane / width][k].one[lane % width] = static_cast<Value>(one);
            s[lane / width][k].two[lane % width] = static_cast<Value>(two);
        };
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            double x = static_cast<double>(early[lane][ahead ? 0 : settle - 1]);
            set(lane, 0, x, x);
            for (std::size_t k = 0; k < N; ++k) {
                x *= steady_gain(sections_[k]) * (k == 0 ? gain_ : 1);
                set(lane, k + 1, x, x);
            }
        }
        go<ahead, false>(s, early, out, settle);
        if (!given)
            for (std::size_t k = 0; k <= N; ++k) set(first, k, states[k].one, states[k].two);
        go<ahead, true>(s, in, out, part);
        for (std::size_t k = 0; k <= N; ++k) {
            const Last<Vector>& end = s[last / width][k];
            states[k] = {static_cast<double>(end.one[last % width]), static_cast<double>(end.two[last % width])};
        }
    }

    Section sections_[N];
    double gain_;
};

// What a section makes of a constant, but for the gain.
double Recursion::steady_gain(const Section& q) { return (1 + q.b1 + q.b2) / (1 + q.a1 + q.a2); }

Recursion::Recursion(const BiquadCascade& sections) {
    bool both_ends = true, at_zero = true;
    for (const Biquad& q : sections) {
        sections_.push_back({q.b1 / q.b0, q.b2 / q.b0, q.a1, q.a2});
        gain_ *= q.b0;
        both_ends = both_ends && q.b1 == 0 && q.b2 == -q.b0;
        at_zero = at_zero && q.b1 == -2 * q.b0 && q.b2 == q.b0;
        single_ = single_ && error_gain(q.a1, q.a2) <= most_error_gain;
    }
    zeros_ = both_ends ? Zeros::both_ends : at_zero ? Zeros::at_zero : Zeros::any;
    states_.resize(sections_.size() + groups());
    const std::size_t thousandth = settling_samples(sections);
    settling_ = steps * (((single_ ? 7 : 9) * thousandth / 3 + steps - 1) / steps);
    lanes_ = single_ ? lanes_of<float> : lanes_of<double>;
}

void Recursion::start(float value) {
    double x = static_cast<double>(value);
    for (std::size_t k = 0, at = 0; k < sections_.size(); ++k) {
        if (k % group == 0) states_[at++] = {x, x};
        x *= steady_gain(sections_[k]) * (k == 0 ? gain_ : 1);
        states_[at++] = {x, x};
    }
}

template <bool ahead, std::size_t N, Recursion::Zeros zeros, class Value>
void Recursion::run_kernel(std::size_t first, std::span<const float> piece, std::span<float> out, std::span<const float> settle) {
    using K = Kernel<N, zeros, Value>;
    const K kernel(&sections_[first], first == 0 ? gain_ : 1);
    State* const states = &states_[first + first / group];
    const std::size_t part = part_of(piece.size());
    if (part == 0) return kernel.template run<ahead>(piece, out, states);
    // what is left over lies at the end in this direction
    const std::size_t begin = ahead ? 0 : piece.size() - K::lanes * part;
    kernel.template run_parts<ahead>(piece.data() + begin, out.data() + begin, part, settling_, settle.empty() ? nullptr : settle.data(), states);
    const auto rest = [&](auto all) { return ahead ? all.subspan(K::lanes * part) : all.first(begin); };
    kernel.template run<ahead>(rest(piece), rest(out), states);
}

template <bool ahead>
void Recursion::run(std::span<const float> piece, std::span<float> out, std::span<const float> settle) {
    const auto some = [&]<std::size_t N>(std::size_t first, std::integral_constant<std::size_t, N>) {
        const std::span<const float> in = first == 0 ? piece : std::span<const float>(out);
        const auto by = [&]<Zeros zeros>(std::integral_constant<Zeros, zeros>) {
            single_ ? run_kernel<ahead, N, zeros, float>(first, in, out, settle) : run_kernel<ahead, N, zeros, double>(first, in, out, settle);
        };
        if (zeros_ == Zeros::both_ends)
            by(std::integral_constant<Zeros, Zeros::both_ends>());
        else if (zeros_ == Zeros::at_zero)
            by(std::integral_constant<Zeros, Zeros::at_zero>());
        else
            by(std::integral_constant<Zeros, Zeros::any>());
    };
    std::size_t k = 0;
    const std::size_t count = sections_.size();
    for (; k + group <= count; k += group) some(k, std::integral_constant<std::size_t, group>());
    if (count - k == 2) some(k, std::integral_constant<std::size_t, 2>());
    if (count - k == 1) some(k, std::integral_constant<std::size_t, 1>());
}

template void Recursion::run<true>(std::span<const float>, std::span<float>, std::span<const float>);
template void Recursion::run<false>(std::span<const float>, std::span<float>, std::span<const float>);

void Recursion::backwards(std::span<const float> piece, std::span<float> out, std::span<const float> ahead) {
    const bool parts = part_of(piece.size()) > 0 && sections_.size() <= group;
    if (!parts) {
        std::vector<float> settle(ahead.begin(), ahead.end());
        start(settle.back());
        backwards(settle);
    }
    run<false>(piece, out, parts ? ahead : std::span<const float>());
}

ZeroPhaseFilter::ZeroPhaseFilter(const BiquadCascade& sections)
    : ahead_(sections), back_(sections), pad_(settling_samples(sections)), block_(ahead_.block()) {}

void ZeroPhaseFilter::begin() {
    first_ = true;
    pending_.clear();
    tail_.clear();
}

// The reflected samples before the first one.
void ZeroPhaseFilter::lead_in(std::span<const float> block) {
    const std::size_t pad = std::min(pad_, block.size() - 1);
    std::vector<float> before(pad);
    for (std::size_t i = 0; i < pad; ++i) before[i] = 2 * block.front() - block[pad - i];
    ahead_.start(pad ? before.front() : block.front());
    ahead_.forwards(before);
    first_ = false;
}

std::span<const float> ZeroPhaseFilter::next(std::span<const float> block) {
    next(block, pending_);
    return done_;
}

void ZeroPhaseFilter::next(std::span<const float> block, std::span<float> out) {
    if (first_) lead_in(block);
    tail_.assign(block.end() - static_cast<std::ptrdiff_t>(std::min(block.size(), pad_ + 1)), block.end());
    done_.resize(block.size());
    ahead_.forwards(block, done_);
    if (!pending_.empty()) back_.backwards(pending_, out, std::span<const float>(done_).first(back_.settling()));
    done_.swap(pending_);
}

std::span<const float> ZeroPhaseFilter::finish(std::span<const float> rest) {
    if (first_ && rest.empty()) return {};
    if (first_) lead_in(rest);
    tail_.insert(tail_.end(), rest.begin(), rest.end());
    done_.resize(rest.size());
    ahead_.forwards(rest, done_);
    pending_.insert(pending_.end(), done_.begin(), done_.end());
    const std::size_t pad = std::min(pad_, tail_.size() - 1);
    std::vector<float> after(pad);
    for (std::size_t i = 0; i < pad; ++i) after[i] = 2 * tail_.back() - tail_[tail_.size() - 2 - i];
    ahead_.forwards(after);
    back_.start(pad ? after.back() : pending_.back());
    back_.backwards(after);
    back_.backwards(pending_);
    done_.swap(pending_);
    begin();
    return done_;
}

}  // namespace psg::signal

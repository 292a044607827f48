// Recursive filters over pieces: transposed direct form II, eight parts of a long piece side by side.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/recursion.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"

namespace psg::signal {

namespace {

constexpr std::size_t lanes = 8, steps = 4;  // parts; samples of each that are loaded together
typedef double Half __attribute__((vector_size(32)));  // of the lanes

struct Block4 {
    Four row[steps];
};

// Rows become columns.
[[gnu::always_inline]] inline Block4 turned(const Block4& b) {
    const Four low01 = __builtin_shufflevector(b.row[0], b.row[1], 0, 4, 1, 5), high01 = __builtin_shufflevector(b.row[0], b.row[1], 2, 6, 3, 7);
    const Four low23 = __builtin_shufflevector(b.row[2], b.row[3], 0, 4, 1, 5), high23 = __builtin_shufflevector(b.row[2], b.row[3], 2, 6, 3, 7);
    return {{__builtin_shufflevector(low01, low23, 0, 1, 4, 5), __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
             __builtin_shufflevector(high01, high23, 0, 1, 4, 5), __builtin_shufflevector(high01, high23, 2, 3, 6, 7)}};
}

}  // namespace

// N sections (states with their signs turned, which saves negations) whose number and zeros are known to the compiler, so that it keeps their states in registers.
template <std::size_t N, Recursion::Zeros zeros>
class Recursion::Kernel {
public:
    Kernel(const Section* sections, double gain) : gain_(gain) { std::copy_n(sections, N, sections_); }

    void take(const State* states) { std::copy_n(states, N, state_); }
    void give(State* states) const { std::copy_n(state_, N, states); }

    template <bool ahead>
    void run(std::span<const float> piece, std::span<float> out) {
        Kernel local = *this;
        for (std::size_t i = 0; i < piece.size(); ++i) {
            const std::size_t at = ahead ? i : piece.size() - 1 - i;
            double x = static_cast<double>(piece[at]);
            local.through(x, local.state_);
            out[at] = static_cast<float>(x);
        }
        std::copy_n(local.state_, N, state_);
    }

    // The parts of `piece`, each after `settle` samples (the first one in the direction goes on from the state, or settles over
    // those given), into `out`. What is left over at the end is for run().
    template <bool ahead>
    void run_parts(const float* piece, float* out, std::size_t part, std::size_t settle, const float* given) {
        wide([=, this] { run_lanes<ahead>(piece, out, part, settle, given); });
    }

private:
    template <class Value, class States>
    [[gnu::always_inline]] void through(Value& x, States& s) const {
        x *= gain_;
        for (std::size_t k = 0; k < N; ++k) {
            const Section& q = sections_[k];
            const Value y = x - s[k].s1;
            if constexpr (zeros == Zeros::both_ends) {
                s[k].s1 = s[k].s2 + q.a1 * y;
                s[k].s2 = x + q.a2 * y;
            } else if constexpr (zeros == Zeros::at_zero) {
                s[k].s1 = (s[k].s2 + (x + x)) + q.a1 * y;
                s[k].s2 = q.a2 * y - x;
            } else {
                s[k].s1 = (s[k].s2 - q.b1 * x) + q.a1 * y;
                s[k].s2 = q.a2 * y - q.b2 * x;
            }
            x = y;
        }
    }

    struct HalfState {
        Half s1, s2;
    };

    // `count` samples of each lane from `in`, a multiple of `steps`; written to `out` if `write`.
    template <bool ahead, bool write>
    [[gnu::always_inline]] void go(HalfState (&states)[2][N], const std::array<const float*, lanes>& in, const std::array<float*, lanes>& out, std::size_t count) const {
        HalfState s[2][N];
        std::memcpy(s, states, sizeof s);
        for (std::size_t done = 0; done < count; done += steps) {
            const std::size_t at = ahead ? done : count - steps - done;
            Block4 block[2];
            for (std::size_t h = 0; h < 2; ++h) {
                for (std::size_t i = 0; i < 4; ++i) std::memcpy(&block[h].row[i], in[4 * h + i] + at, sizeof(Four));
                block[h] = turned(block[h]);
            }
            for (std::size_t t = 0; t < steps; ++t)
                for (std::size_t h = 0; h < 2; ++h) {
                    Four& x = block[h].row[ahead ? t : steps - 1 - t];
                    Half wide = __builtin_convertvector(x, Half);
                    through(wide, s[h]);
                    x = __builtin_convertvector(wide, Four);
                }
            if constexpr (write)
                for (std::size_t h = 0; h < 2; ++h) {
                    block[h] = turned(block[h]);
                    for (std::size_t i = 0; i < 4; ++i) std::memcpy(out[4 * h + i] + at, &block[h].row[i], sizeof(Four));
                }
        }
        std::memcpy(states, s, sizeof s);
    }

    template <bool ahead>
    [[gnu::always_inline]] void run_lanes(const float* piece, float* result, std::size_t part, std::size_t settle, const float* given) {
        std::array<const float*, lanes> in, early;
        std::array<float*, lanes> out;
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            in[lane] = piece + lane * part;
            out[lane] = result + lane * part;
            early[lane] = ahead ? in[lane] - settle : in[lane] + part;
        }
        constexpr std::size_t first = ahead ? 0 : lanes - 1, last = lanes - 1 - first;
        early[first] = given ? given : early[first + (ahead ? 1 : -1)];  // only read
        HalfState states[2][N];
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            double x = gain_ * static_cast<double>(early[lane][ahead ? 0 : settle - 1]);
            for (std::size_t k = 0; k < N; ++k) {
                const State s = steady(sections_[k], x);
                states[lane / 4][k].s1[lane % 4] = s.s1;
                states[lane / 4][k].s2[lane % 4] = s.s2;
            }
        }
        go<ahead, false>(states, early, out, settle);
        if (!given)
            for (std::size_t k = 0; k < N; ++k) {
                states[first / 4][k].s1[first % 4] = state_[k].s1;
                states[first / 4][k].s2[first % 4] = state_[k].s2;
            }
        go<ahead, true>(states, in, out, part);
        for (std::size_t k = 0; k < N; ++k) state_[k] = {states[last / 4][k].s1[last % 4], states[last / 4][k].s2[last % 4]};
    }

    Section sections_[N];
    State state_[N];
    double gain_;
};

// The state in which a constant input gives a constant output; the input becomes the output.
Recursion::State Recursion::steady(const Section& q, double& x) {
    const double y = x * (1 + q.b1 + q.b2) / (1 + q.a1 + q.a2);
    const State s{x - y, q.a2 * y - q.b2 * x};
    x = y;
    return s;
}

Recursion::Recursion(const BiquadCascade& sections) : settling_(4 * ((3 * settling_samples(sections) + 3) / 4)) {
    bool both_ends = true, at_zero = true;
    for (const Biquad& q : sections) {
        sections_.push_back({q.b1 / q.b0, q.b2 / q.b0, q.a1, q.a2});
        gain_ *= q.b0;
        both_ends = both_ends && q.b1 == 0 && q.b2 == -q.b0;
        at_zero = at_zero && q.b1 == -2 * q.b0 && q.b2 == q.b0;
    }
    zeros_ = both_ends ? Zeros::both_ends : at_zero ? Zeros::at_zero : Zeros::any;
    states_.resize(sections_.size());
}

void Recursion::start(float value) {
    double x = gain_ * static_cast<double>(value);
    for (std::size_t k = 0; k < sections_.size(); ++k) states_[k] = steady(sections_[k], x);
}

template <bool ahead, std::size_t N, Recursion::Zeros zeros>
void Recursion::run_sections(std::size_t first, std::span<const float> piece, std::span<float> out, std::span<const float> settle) {
    Kernel<N, zeros> kernel(&sections_[first], first == 0 ? gain_ : 1);
    kernel.take(&states_[first]);
    const std::size_t part = piece.size() / lanes / steps * steps;
    if (part >= 2 * settling_) {
        // what is left over lies at the end in this direction
        const std::size_t begin = ahead ? 0 : piece.size() - lanes * part;
        kernel.template run_parts<ahead>(piece.data() + begin, out.data() + begin, part, settling_, settle.empty() ? nullptr : settle.data());
        const auto rest = [&](auto all) { return ahead ? all.subspan(lanes * part) : all.first(begin); };
        kernel.template run<ahead>(rest(piece), rest(out));
    } else {
        kernel.template run<ahead>(piece, out);
    }
    kernel.give(&states_[first]);
}

template <bool ahead>
void Recursion::run(std::span<const float> piece, std::span<float> out, std::span<const float> settle) {
    const auto some = [&]<std::size_t N>(std::size_t first, std::integral_constant<std::size_t, N>) {
        const std::span<const float> in = first == 0 ? piece : std::span<const float>(out);
        if (zeros_ == Zeros::both_ends)
            run_sections<ahead, N, Zeros::both_ends>(first, in, out, settle);
        else if (zeros_ == Zeros::at_zero)
            run_sections<ahead, N, Zeros::at_zero>(first, in, out, settle);
        else
            run_sections<ahead, N, Zeros::any>(first, in, out, settle);
    };
    std::size_t k = 0;
    const std::size_t count = sections_.size();
    for (; k + 3 <= count; k += 3) some(k, std::integral_constant<std::size_t, 3>());
    if (count - k == 2) some(k, std::integral_constant<std::size_t, 2>());
    if (count - k == 1) some(k, std::integral_constant<std::size_t, 1>());
}

template void Recursion::run<true>(std::span<const float>, std::span<float>, std::span<const float>);
template void Recursion::run<false>(std::span<const float>, std::span<float>, std::span<const float>);

void Recursion::backwards(std::span<float> piece, std::span<const float> ahead) {
    const bool parts = piece.size() / lanes / steps * steps >= 2 * settling_ && sections_.size() <= 3;
    if (!parts) {
        std::vector<float> settle(ahead.begin(), ahead.end());
        start(settle.back());
        backwards(settle);
    }
    run<false>(piece, piece, parts ? ahead : std::span<const float>());
}

ZeroPhaseFilter::ZeroPhaseFilter(const BiquadCascade& sections)
    : ahead_(sections), back_(sections), pad_(settling_samples(sections)), block_(lanes * 8 * ahead_.settling()) {}

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
    if (first_) lead_in(block);
    tail_.assign(block.end() - static_cast<std::ptrdiff_t>(std::min(block.size(), pad_ + 1)), block.end());
    coming_.resize(block.size());
    ahead_.forwards(block, coming_);
    if (!pending_.empty()) back_.backwards(pending_, std::span<const float>(coming_).first(back_.settling()));
    done_.swap(pending_);
    pending_.swap(coming_);
    return done_;
}

std::span<const float> ZeroPhaseFilter::finish(std::span<const float> rest) {
    if (first_ && rest.empty()) return {};
    if (first_) lead_in(rest);
    tail_.insert(tail_.end(), rest.begin(), rest.end());
    coming_.resize(rest.size());
    ahead_.forwards(rest, coming_);
    pending_.insert(pending_.end(), coming_.begin(), coming_.end());
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

// Second-order filter sections: transposed direct form II, started in the steady state of the first sample.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/biquad.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

namespace psg::signal {

namespace {

struct State {
    double s1 = 0, s2 = 0;
};

inline double step(const Biquad& q, State& s, double x) {
    const double y = q.b0 * x + s.s1;
    s.s1 = q.b1 * x - q.a1 * y + s.s2;
    s.s2 = q.b2 * x - q.a2 * y;
    return y;
}

// The states in which a constant input `x` gives constant outputs all along the cascade.
std::vector<State> steady_states(const BiquadCascade& sections, double x) {
    std::vector<State> states;
    for (const Biquad& q : sections) {
        const double y = x * (q.b0 + q.b1 + q.b2) / (1 + q.a1 + q.a2);
        states.push_back({y - q.b0 * x, q.b2 * x - q.a2 * y});
        x = y;
    }
    return states;
}

// The number of sections is a constant in each case, so that the compiler keeps all states in registers and the
// sections of neighbouring samples overlap: three sections cost little more than one.
template <std::size_t N, class Iterator>
void run_fixed(const Biquad* sections, State* states, Iterator begin, Iterator end) {
    std::array<State, N> local;
    std::array<Biquad, N> q;
    std::copy(states, states + N, local.begin());
    std::copy(sections, sections + N, q.begin());
    for (; begin != end; ++begin) {
        double x = static_cast<double>(*begin);
        for (std::size_t k = 0; k < N; ++k) x = step(q[k], local[k], x);
        *begin = static_cast<float>(x);
    }
    std::copy(local.begin(), local.end(), states);
}

// A recursion waits for itself most of the time, so long signals are run as eight parts side by side, several times as fast. A
// part starts `warm_up` samples early, by when its states are exact to 1e-9.
constexpr std::size_t lanes = 8;
typedef double Lanes __attribute__((vector_size(lanes * sizeof(double))));

template <std::size_t N>
struct LaneStates {
    Lanes s1[N], s2[N];
};

// Always inline: made for the processor of whoever calls it. `in` goes from a part's sample to that of the next one.
template <std::size_t N, class Iterator>
[[gnu::always_inline]] inline void run_lanes(const Biquad* sections, LaneStates<N>& states, Iterator begin, std::ptrdiff_t part) {
    LaneStates<N> local = states;
    std::array<Biquad, N> q;
    std::copy(sections, sections + N, q.begin());
    for (std::ptrdiff_t i = 0; i < part; ++i) {
        Lanes x;
        for (std::size_t lane = 0; lane < lanes; ++lane) x[lane] = static_cast<double>(begin[i + static_cast<std::ptrdiff_t>(lane) * part]);
        for (std::size_t k = 0; k < N; ++k) {
            const Lanes y = q[k].b0 * x + local.s1[k];
            local.s1[k] = q[k].b1 * x - q[k].a1 * y + local.s2[k];
            local.s2[k] = q[k].b2 * x - q[k].a2 * y;
            x = y;
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) begin[i + static_cast<std::ptrdiff_t>(lane) * part] = static_cast<float>(x[lane]);
    }
    states = local;
}

#if defined(__x86_64__)
// Four lanes at a time where the processor can: the same operations, so the same values.
template <std::size_t N, class Iterator>
[[gnu::target("avx2")]] void run_lanes_wide(const Biquad* sections, LaneStates<N>& states, Iterator begin, std::ptrdiff_t part) {
    run_lanes<N>(sections, states, begin, part);
}
#endif

template <std::size_t N, class Iterator>
void run_parts(const Biquad* sections, State* states, Iterator begin, Iterator end, std::ptrdiff_t warm_up) {
    const std::ptrdiff_t part = (end - begin) / static_cast<std::ptrdiff_t>(lanes);
    LaneStates<N> side_by_side;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        std::vector<State> start(states, states + N);
        if (lane > 0) {
            const Iterator here = begin + static_cast<std::ptrdiff_t>(lane) * part;
            std::vector<float> early(here - warm_up, here);
            start = steady_states({sections, sections + N}, static_cast<double>(early.front()));
            run_fixed<N>(sections, start.data(), early.begin(), early.end());
        }
        for (std::size_t k = 0; k < N; ++k) {
            side_by_side.s1[k][lane] = start[k].s1;
            side_by_side.s2[k][lane] = start[k].s2;
        }
    }
#if defined(__x86_64__)
    static const bool wide = __builtin_cpu_supports("avx2");
    if (wide)
        run_lanes_wide<N>(sections, side_by_side, begin, part);
    else
#endif
        run_lanes<N>(sections, side_by_side, begin, part);
    for (std::size_t k = 0; k < N; ++k) states[k] = {side_by_side.s1[k][lanes - 1], side_by_side.s2[k][lanes - 1]};
    run_fixed<N>(sections, states, begin + static_cast<std::ptrdiff_t>(lanes) * part, end);
}

template <std::size_t N, class Iterator>
void run_some(const Biquad* sections, State* states, Iterator begin, Iterator end, std::ptrdiff_t warm_up) {
    if (end - begin >= 32 * warm_up)
        run_parts<N>(sections, states, begin, end, warm_up);
    else
        run_fixed<N>(sections, states, begin, end);
}

template <class Iterator>
void run(const BiquadCascade& sections, std::vector<State>& states, Iterator begin, Iterator end) {
    const auto warm_up = static_cast<std::ptrdiff_t>(3 * settling_samples(sections));
    std::size_t k = 0;
    for (; k + 3 <= sections.size(); k += 3) run_some<3>(&sections[k], &states[k], begin, end, warm_up);
    if (sections.size() - k == 2) run_some<2>(&sections[k], &states[k], begin, end, warm_up);
    if (sections.size() - k == 1) run_some<1>(&sections[k], &states[k], begin, end, warm_up);
}

}  // namespace

double magnitude_at(const BiquadCascade& sections, double frequency_hz, double rate_hz) {
    const std::complex<double> z1 = std::polar(1.0, -2 * std::numbers::pi * frequency_hz / rate_hz);
    const std::complex<double> z2 = z1 * z1;
    double magnitude = 1;
    for (const Biquad& q : sections)
        magnitude *= std::abs((q.b0 + q.b1 * z1 + q.b2 * z2) / (1.0 + q.a1 * z1 + q.a2 * z2));
    return magnitude;
}

std::size_t settling_samples(const BiquadCascade& sections) {
    double radius = 0;
    for (const Biquad& q : sections) {
        const std::complex<double> root = std::sqrt(std::complex<double>(q.a1 * q.a1 - 4 * q.a2));
        radius = std::max({radius, std::abs((-q.a1 + root) / 2.0), std::abs((-q.a1 - root) / 2.0)});
    }
    if (radius <= 0) return 2;
    constexpr double longest = 1e7;  // a pole on the unit circle never settles
    if (radius >= 1) return static_cast<std::size_t>(longest);
    return static_cast<std::size_t>(std::clamp(std::ceil(std::log(1e-3) / std::log(radius)), 2.0, longest));
}

void filter_causal(const BiquadCascade& sections, std::span<float> samples) {
    if (samples.empty()) return;
    std::vector<State> states = steady_states(sections, static_cast<double>(samples.front()));
    run(sections, states, samples.begin(), samples.end());
}

void filter_zero_phase(const BiquadCascade& sections, std::span<float> samples) {
    if (samples.empty()) return;
    const std::size_t n = samples.size();
    const std::size_t pad = std::min(settling_samples(sections), n - 1);
    std::vector<float> before(pad), after(pad);
    for (std::size_t i = 0; i < pad; ++i) {
        before[i] = 2 * samples.front() - samples[pad - i];
        after[i] = 2 * samples.back() - samples[n - 2 - i];
    }
    const float first = pad ? before.front() : samples.front();
    std::vector<State> states = steady_states(sections, static_cast<double>(first));
    run(sections, states, before.begin(), before.end());
    run(sections, states, samples.begin(), samples.end());
    run(sections, states, after.begin(), after.end());
    const float last = pad ? after.back() : samples.back();
    states = steady_states(sections, static_cast<double>(last));
    run(sections, states, after.rbegin(), after.rend());
    run(sections, states, samples.rbegin(), samples.rend());
}

}  // namespace psg::signal

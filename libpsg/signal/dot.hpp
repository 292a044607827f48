// Long sums, several terms at a time.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace psg::signal {

typedef float Four __attribute__((vector_size(16)));

inline Four four_at(const float* x) {
    Four four;
    std::memcpy(&four, x, sizeof four);
    return four;
}

/// Eight partial sums, of every eighth term, which the processor's vector unit takes four at a time. The order of summation is
/// fixed; the compiler may not reorder floating-point sums by itself, and the plain loop is four times slower.
struct EightSums {
    static constexpr std::size_t lanes = 8;
    Four first{}, second{};
    /// Adds the next eight terms.
    void add(Four a, Four b) {
        first += a;
        second += b;
    }
    float total() const {
        const Four both = first + second;
        return (both[0] + both[2]) + (both[1] + both[3]);
    }
};

/// EightSums kept in `vectors` vectors of 16 or 32 bytes (see wide_by): the same total.
template <class Vector, std::size_t vectors>
float total_of_eight(const Vector (&parts)[vectors]) {
    static_assert(sizeof parts == EightSums::lanes * sizeof(float));
    Four eight[2];
    std::memcpy(eight, parts, sizeof eight);
    return EightSums{eight[0], eight[1]}.total();
}

/// Sum of a[i] * b[i] over the length of `a` (`b` must be as long), in eight partial sums.
inline float dot(std::span<const float> a, std::span<const float> b) {
    const float *const x = a.data(), *const y = b.data();
    EightSums sums;
    std::size_t i = 0;
    for (; i + EightSums::lanes <= a.size(); i += EightSums::lanes) sums.add(four_at(x + i) * four_at(y + i), four_at(x + i + 4) * four_at(y + i + 4));
    float sum = sums.total();
    for (; i < a.size(); ++i) sum += x[i] * y[i];
    return sum;
}

/// Sum over i < n of a term that looks at places i of series: term(at) computes with at(x), which is x[i] as double, or two
/// neighbours at once as a vector, for which `auto` must stand. The order is fixed, in eight partial sums of which none
/// waits for another.
template <class Term>
double lane_sum(std::size_t n, Term term) {
    typedef double Two __attribute__((vector_size(16)));
    typedef float TwoFloats __attribute__((vector_size(8)));
    struct Pairs {
        std::size_t i;
        Two operator()(const double* x) const {
            Two two;
            std::memcpy(&two, x + i, sizeof two);
            return two;
        }
        Two operator()(const float* x) const {
            TwoFloats two;
            std::memcpy(&two, x + i, sizeof two);
            return __builtin_convertvector(two, Two);
        }
    };
    Two part[4] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        part[0] += term(Pairs{i});
        part[1] += term(Pairs{i + 2});
        part[2] += term(Pairs{i + 4});
        part[3] += term(Pairs{i + 6});
    }
    const Two sums = (part[0] + part[1]) + (part[2] + part[3]);
    double sum = sums[0] + sums[1];
    for (; i < n; ++i) sum += term([i](const auto* x) { return static_cast<double>(x[i]); });
    return sum;
}

}  // namespace psg::signal

// The little linear algebra that Gaussians over the measures of an epoch need.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "libpsg/staging/portable_math.hpp"

namespace psg::staging {

inline constexpr std::size_t measure_count = 7;               ///< of one channel
inline constexpr std::size_t pair_count = 2 * measure_count;  ///< of a frontal and a posterior channel together

template <std::size_t N>
using Vector = std::array<double, N>;
template <std::size_t N>
using Matrix = std::array<Vector<N>, N>;  ///< square, by rows
using Measures = Vector<measure_count>;

template <std::size_t N>
double dot(const Vector<N>& a, const Vector<N>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) sum += a[i] * b[i];
    return sum;
}

template <std::size_t N>
Vector<N> product(const Matrix<N>& a, const Vector<N>& x) {
    Vector<N> y{};
    for (std::size_t i = 0; i < N; ++i) y[i] = dot<N>(a[i], x);
    return y;
}

template <std::size_t N>
Vector<N> difference(const Vector<N>& a, const Vector<N>& b) {
    Vector<N> d{};
    for (std::size_t i = 0; i < N; ++i) d[i] = a[i] - b[i];
    return d;
}

/// a += factor * b
template <std::size_t N>
void add_scaled(Vector<N>& a, double factor, const Vector<N>& b) {
    for (std::size_t i = 0; i < N; ++i) a[i] += factor * b[i];
}
template <std::size_t N>
void add_scaled(Matrix<N>& a, double factor, const Matrix<N>& b) {
    for (std::size_t i = 0; i < N; ++i) add_scaled<N>(a[i], factor, b[i]);
}

/// a += factor * x x'
template <std::size_t N>
void add_outer(Matrix<N>& a, double factor, const Vector<N>& x) {
    for (std::size_t i = 0; i < N; ++i) add_scaled<N>(a[i], factor * x[i], x);
}

/// Inverse and determinant of a symmetric positive definite matrix by its Cholesky factor.
/// (Own code: a few rows; Eigen would become a dependency of everybody's build for these lines.)
template <std::size_t N>
struct Inverse {
    Matrix<N> matrix{};
    double log_determinant = 0;  ///< of the matrix that was inverted
    bool exists = false;         ///< false: it was not positive definite
};

template <std::size_t N>
Inverse<N> inverse(const Matrix<N>& symmetric) {
    Matrix<N> lower{};  // symmetric = lower * lower'
    Inverse<N> result;
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = symmetric[i][j];
            for (std::size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
            if (i != j) {
                lower[i][j] = sum / lower[j][j];
            } else {
                if (!(sum > 0) || !std::isfinite(sum)) return result;
                lower[i][i] = std::sqrt(sum);
                result.log_determinant += portable::log(sum);
            }
        }
    for (std::size_t column = 0; column < N; ++column) {
        Vector<N> x{};
        for (std::size_t i = column; i < N; ++i) {  // lower * x = unit vector
            double sum = i == column ? 1 : 0;
            for (std::size_t k = column; k < i; ++k) sum -= lower[i][k] * x[k];
            x[i] = sum / lower[i][i];
        }
        for (std::size_t i = N; i-- > 0;) {  // lower' * y = x
            double sum = x[i];
            for (std::size_t k = i + 1; k < N; ++k) sum -= lower[k][i] * result.matrix[k][column];
            result.matrix[i][column] = sum / lower[i][i];
        }
    }
    result.exists = true;
    return result;
}

}  // namespace psg::staging

// Gaussians over the seven log measures of an epoch, and the little linear algebra that they need.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>

namespace psg::staging {

inline constexpr std::size_t measure_count = 7;

using Measures = std::array<double, measure_count>;
using Matrix = std::array<Measures, measure_count>;  ///< square, by rows

/// Inverse and determinant of a symmetric positive definite matrix by its Cholesky factor.
/// (Own code: seven rows; Eigen would become a dependency of everybody's build for these forty lines.)
struct Inverse {
    Matrix matrix{};
    double log_determinant = 0;  ///< of the matrix that was inverted
    bool exists = false;         ///< false: it was not positive definite
};
Inverse inverse(const Matrix& symmetric);

Measures product(const Matrix& a, const Measures& x);
double dot(const Measures& a, const Measures& b);
Measures difference(const Measures& a, const Measures& b);
/// a += factor * b
void add_scaled(Measures& a, double factor, const Measures& b);
void add_scaled(Matrix& a, double factor, const Matrix& b);
/// a += factor * x x'
void add_outer(Matrix& a, double factor, const Measures& x);

}  // namespace psg::staging

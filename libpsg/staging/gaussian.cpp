// Linear algebra of seven rows.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/gaussian.hpp"

#include <cmath>

namespace psg::staging {

static constexpr std::size_t n = measure_count;

Inverse inverse(const Matrix& symmetric) {
    Matrix lower{};  // symmetric = lower * lower'
    Inverse result;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = symmetric[i][j];
            for (std::size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
            if (i != j) {
                lower[i][j] = sum / lower[j][j];
            } else {
                if (!(sum > 0)) return result;
                lower[i][i] = std::sqrt(sum);
                result.log_determinant += std::log(sum);
            }
        }
    for (std::size_t column = 0; column < n; ++column) {
        Measures x{};
        for (std::size_t i = column; i < n; ++i) {  // lower * x = unit vector
            double sum = i == column ? 1 : 0;
            for (std::size_t k = column; k < i; ++k) sum -= lower[i][k] * x[k];
            x[i] = sum / lower[i][i];
        }
        for (std::size_t i = n; i-- > 0;) {  // lower' * y = x
            double sum = x[i];
            for (std::size_t k = i + 1; k < n; ++k) sum -= lower[k][i] * result.matrix[k][column];
            result.matrix[i][column] = sum / lower[i][i];
        }
    }
    result.exists = true;
    return result;
}

Measures product(const Matrix& a, const Measures& x) {
    Measures y{};
    for (std::size_t i = 0; i < n; ++i) y[i] = dot(a[i], x);
    return y;
}

double dot(const Measures& a, const Measures& b) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
    return sum;
}

Measures difference(const Measures& a, const Measures& b) {
    Measures d{};
    for (std::size_t i = 0; i < n; ++i) d[i] = a[i] - b[i];
    return d;
}

void add_scaled(Measures& a, double factor, const Measures& b) {
    for (std::size_t i = 0; i < n; ++i) a[i] += factor * b[i];
}

void add_scaled(Matrix& a, double factor, const Matrix& b) {
    for (std::size_t i = 0; i < n; ++i) add_scaled(a[i], factor, b[i]);
}

void add_outer(Matrix& a, double factor, const Measures& x) {
    for (std::size_t i = 0; i < n; ++i) add_scaled(a[i], factor * x[i], x);
}

}  // namespace psg::staging

// The resting level of block powers with known steps, ramps and movements.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/baseline.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace psg::signal;

namespace {

constexpr double blocks_per_s = 40;

// Powers like those of 25 ms of noise (five degrees of freedom) with the given level over time.
template <class Level>
std::vector<float> powers(double length_s, Level level) {
    std::mt19937 random(6);
    std::chi_squared_distribution<double> chi(5);
    std::vector<float> p(static_cast<std::size_t>(length_s * blocks_per_s));
    for (std::size_t k = 0; k < p.size(); ++k) {
        const double rms = level(static_cast<double>(k) / blocks_per_s);
        p[k] = static_cast<float>(rms * rms * chi(random) / 5);
    }
    return p;
}

float at(const std::vector<float>& rest, double t) {
    return rest[static_cast<std::size_t>(t * blocks_per_s)];
}

}  // namespace

TEST_CASE("The resting level of stationary noise is its root mean square", "[signal]") {
    const std::vector<float> rest = resting_level(powers(600, [](double) { return 3.0; }), blocks_per_s);
    for (double t = 0; t < 600; t += 7) CHECK(at(rest, t) == Approx(3).epsilon(0.08));
}

TEST_CASE("Movements of up to a minute do not raise it, not even many", "[signal]") {
    const std::vector<float> rest = resting_level(
        powers(600,
               [](double t) { return (t > 100 && t < 160)             ? 200.0
                                     : t > 200 && std::fmod(t, 6) < 4 ? 50.0
                                                                      : 2.0; }),
        blocks_per_s);
    for (double t = 0; t < 600; t += 7) CHECK(at(rest, t) == Approx(2).epsilon(0.12));
}

TEST_CASE("Steps are followed at once, ramps without lag", "[signal]") {
    const std::vector<float> steps =
        resting_level(powers(600, [](double t) { return t > 200 && t < 400 ? 10.0 : 2.0; }), blocks_per_s);
    for (const double t : {10.0, 150.0, 199.0, 401.5, 590.0}) CHECK(at(steps, t) == Approx(2).epsilon(0.12));
    for (const double t : {200.3, 201.0, 250.0, 399.7}) CHECK(at(steps, t) == Approx(10).epsilon(0.12));
    const std::vector<float> ramp = resting_level(powers(600, [](double t) { return 2 + t / 60; }), blocks_per_s);
    for (double t = 20; t < 580; t += 20) CHECK(at(ramp, t) == Approx(2 + t / 60).epsilon(0.12));
}

TEST_CASE("Unknown blocks are left out", "[signal]") {
    std::vector<float> p = powers(300, [](double) { return 2.0; });
    for (std::size_t k = 4000; k < 6000; ++k) p[k] = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> rest = resting_level(p, blocks_per_s);
    CHECK(at(rest, 50) == Approx(2).epsilon(0.1));
    CHECK(at(rest, 250) == Approx(2).epsilon(0.1));
    CHECK(resting_level({}, blocks_per_s).empty());
    const std::vector<float> none(400, std::numeric_limits<float>::quiet_NaN());
    for (const float r : resting_level(none, blocks_per_s)) CHECK(std::isnan(r));
    for (const float r : resting_level(std::vector<float>(400, 0.0F), blocks_per_s)) CHECK(r == 0);
}

TEST_CASE("Every block lies in the cell that is told for it") {
    for (const double blocks_per_cell : {20.0, 512.0 / 13 / 2, 0.5 * 200 / 5, 19.7}) {
        const RestingLevel level{{1, 2, 3, 4, 5}, blocks_per_cell};
        for (std::size_t block = 0; block < 130; ++block) {
            std::size_t cell = 0;
            while (std::ceil(static_cast<double>(cell + 1) * blocks_per_cell) <= static_cast<double>(block)) ++cell;
            const RestingLevel::Cell told = level.cell_at(block);
            INFO(blocks_per_cell << " blocks, block " << block);
            CHECK(static_cast<double>(told.begin) == std::ceil(static_cast<double>(cell) * blocks_per_cell));
            CHECK(static_cast<double>(told.end) == std::ceil(static_cast<double>(cell + 1) * blocks_per_cell));
            CHECK((cell < 5 ? told.level == static_cast<float>(cell + 1) : std::isnan(told.level)));
        }
    }
}

// Networks against a naive second evaluation and a problem that a straight line cannot solve; exp and log against libm.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/network.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/staging/portable_math.hpp"

using namespace psg;
using namespace psg::staging;

TEST_CASE("exp and log are those of libm", "[staging]") {
    for (double x = -690; x < 690; x += 0.731) CHECK(portable::exp(x) == Approx(std::exp(x)).epsilon(1e-13));
    for (double x = 1e-300; x < 1e300; x *= 3.7) CHECK(portable::log(x) == Approx(std::log(x)).epsilon(1e-14));
    CHECK(portable::log(1) == 0);
    CHECK(portable::log(1.0001) == Approx(std::log(1.0001)).epsilon(1e-12));
    CHECK(portable::exp(0) == 1);
    CHECK(portable::exp(-1e9) == 0);
    CHECK(std::isfinite(portable::exp(1e9)));
    CHECK(std::isnan(portable::exp(NAN)));
    CHECK(std::isinf(portable::log(0)));
}

namespace {

// Of one epoch, which stands in the last of several groups of epochs that are computed side by side.
StageProbabilities judged(const Network& network, const std::array<float, 2>& x) {
    constexpr std::size_t epochs = 2 * InputTable::lanes + 1;
    InputTable table(2, epochs);
    for (std::size_t i = 0; i < 2; ++i) table.column(i)[epochs - 1] = x[i];
    return log_probabilities({&network, 1}, table).back();
}

}  // namespace

TEST_CASE("a network is its formula", "[staging]") {
    Network network;
    network.inner.resize(3);  // two inputs and the constant
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k < network_lanes; ++k)
            network.inner[i][k] = static_cast<float>(std::sin(double(7 * i + 3 * k)));
    for (std::size_t j = 0; j < hidden_units; ++j)
        for (std::size_t s = 0; s < 5; ++s) network.outer[j][s] = static_cast<float>(std::cos(double(5 * j + s)));
    const std::array<float, 2> x{0.7f, -1.3f};
    std::array<double, 5> score{};
    double sum = 0;
    for (std::size_t s = 0; s < 5; ++s) {
        const auto into = [&](std::size_t lane) {
            return std::sin(3.0 * double(lane)) * 0.7 - std::sin(7 + 3.0 * double(lane)) * 1.3 +
                   std::sin(14 + 3.0 * double(lane));
        };
        score[s] = into(hidden_units + s);
        for (std::size_t j = 0; j < hidden_units; ++j) score[s] += std::max(into(j), 0.0) * std::cos(double(5 * j + s));
        sum += std::exp(score[s]);
    }
    const StageProbabilities p = judged(network, x);
    for (std::size_t s = 0; s < 5; ++s) CHECK(p[s] == Approx(score[s] - std::log(sum)).margin(1e-4));
}

TEST_CASE("a network learns what no straight line can, the same each time", "[staging]") {
    Examples examples;
    examples.columns = 2;
    std::uint32_t seed = 1;
    const auto uniform = [&] {
        seed = seed * 1664525u + 1013904223u;
        return static_cast<float>(seed >> 8) / 8388608.f - 1;
    };
    for (int i = 0; i < 40000; ++i) {  // quadrants: exclusive or
        const float a = uniform(), b = uniform();
        examples.inputs.insert(examples.inputs.end(), {a, b});
        examples.stages.push_back((a > 0) != (b > 0) ? 2 : 4);
    }
    const Network network = fit_network(examples, 3);
    for (float a : {-0.6f, 0.6f})
        for (float b : {-0.6f, 0.6f}) {
            const StageProbabilities p = judged(network, {a, b});
            CHECK(((a > 0) != (b > 0) ? p[2] : p[4]) > std::log(0.8));
        }
    const Network again = fit_network(examples, 3);
    CHECK(again.inner == network.inner);
    CHECK(again.outer == network.outer);
}

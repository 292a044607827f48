// Products with sinusoids of the mains, of samples that are folded by their period.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/mains.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <type_traits>

#include "tests/cuts.hpp"

using namespace psg;
using namespace psg::signal;

namespace {

template <std::size_t bytes>
void check_dots(double rate_hz, std::size_t count, const std::vector<float>& x) {
    CAPTURE(bytes, rate_hz, count);
    const std::size_t period = mains_period(rate_hz, static_cast<std::size_t>(std::lround(rate_hz)));
    CHECK((period % mains_at_once == 0 || period >= count));
    const MainsWave fifty(50, rate_hz, period), sixty(60, rate_hz, period);
    std::size_t asked = 0, later = 0;
    const auto dots = mains_dots<bytes>(
        count, period, mains_series(fifty, sixty),
        [&](std::size_t i, auto is_later) {
            asked += mains_at_once, later += is_later * mains_at_once;
            CHECK(is_later == (i >= period ? 1 : 0));
            return MainsValues<bytes>::at(&x[i]);
        },
        [&](std::size_t i) {
            std::vector<float> rest(x.begin() + static_cast<std::ptrdiff_t>(i), x.begin() + static_cast<std::ptrdiff_t>(count));
            asked += rest.size();
            rest.resize(mains_at_once);
            return MainsValues<bytes>::at(rest.data());
        });
    CHECK(asked == count);
    for (const std::size_t s : {0, 1, 2, 3}) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const double phase = 2 * M_PI * (s < 2 ? 50 : 60) * static_cast<double>(i) / rate_hz;
            sum += static_cast<double>(x[i]) * (s % 2 == 0 ? std::cos(phase) : std::sin(phase));
        }
        CHECK(static_cast<double>(dots[s]) == Approx(sum).margin(0.01));
    }
}

}  // namespace

TEST_CASE("Folded samples have the products with the mains that all of them have, at any rate", "[signal]") {
    for (const double rate_hz : {105.0, 110.0, 125.0, 128.0, 199.5, 200.0, 250.0, 256.0, 500.0, 512.0, 1000.0, 1024.0, 2000.0})
        for (const std::size_t less : {0, 1, 3}) {
            const std::size_t count = static_cast<std::size_t>(std::lround(rate_hz)) - less;
            const std::vector<float> x = test::noise_samples(count, 10, static_cast<unsigned>(rate_hz), 0);
            check_dots<16>(rate_hz, count, x);
            check_dots<32>(rate_hz, count, x);
        }
}

TEST_CASE("The mains come again after a period at the usual rates", "[signal]") {
    CHECK(mains_period(256, 256) == 128);
    CHECK(mains_period(512, 512) == 256);
    CHECK(mains_period(200, 200) == 40);
    CHECK(mains_period(1000, 1000) == 200);
    CHECK(mains_period(250, 250) == 250);    // 25 samples, but not in eights within a half
    CHECK(mains_period(199.5, 200) == 200);  // not within a second
}

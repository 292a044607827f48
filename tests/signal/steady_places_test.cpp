// Places of samples at a steady step: those that the rate gives, one by one.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/steady_places.hpp"

#include <catch2/catch.hpp>

using namespace psg;

TEST_CASE("steady places are those of single moments") {
    const SampleRate rates[]{SampleRate::hertz(256), SampleRate(777, 7'000'000'000), SampleRate(1, 30'000'000'000), SampleRate(499'999, 1'000'000'003), SampleRate(1001, 3'003'000'001)};
    for (const SampleRate rate : rates)
        for (const Time step : {Time(20'000), Time(250'000), Time(7), Time(333'333)}) {
            signal::SteadyPlaces places(rate, step);
            std::size_t differ = 0;
            for (int k = 0; k < 20'000; ++k) {
                const auto place = static_cast<std::int64_t>(places.next());
                // the first sample whose rounded time is the moment or later
                differ += place != rate.index_at(k * step) || rate.time_of(place) < k * step || rate.time_of(place - 1) >= k * step;
            }
            CHECK(differ == 0);
        }
}

// Many simulated two-leg nights: what the detector of leg movements makes of them, as a table by rate and noise.
// SPDX-License-Identifier: BSD-3-Clause
//
// leg_nights [SEEDS [HOURS [FIRST_SEED]]]: cmake --build build/ci --target leg_nights && build/ci/tests/leg_nights 5
#include "tests/events/leg_nights.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "libpsg/events/detector.hpp"

namespace psg::events {
extern const Detector leg_movements_detector;
}

int main(int argc, char** argv) {
    const int seeds = argc > 1 ? std::atoi(argv[1]) : 3;
    const double hours = argc > 2 ? std::atof(argv[2]) : 8;
    const int first = argc > 3 ? std::atoi(argv[3]) : 1;
    fmt::print(
        "rate  noise  nights  within  planted  found%  false/300  splits+merges  onset ms  offset ms  PLM/h off  nr "
        "off\n");
    std::string faults;
    int outside = 0;
    for (const int rate_hz : {200, 256, 500, 512, 1000})
        for (const double noise : {0.5, 1.0, 1.5, 2.0}) {
            int within = 0, planted = 0, found = 0, false_ones = 0, broken = 0;
            double onset = 0, offset = 0, plm = 0, plm_nr = 0;
            for (int seed = first; seed < first + seeds; ++seed) {
                psg::test::LegNightOptions options;
                options.seed =
                    static_cast<std::uint64_t>(1000 * seed + rate_hz) + static_cast<std::uint64_t>(10 * noise);
                options.hours = hours;
                options.rate_hz = rate_hz;
                options.noise = noise;
                options.with_ecg = seed % 2 == 0;
                options.wide_band = seed % 3 != 0;
                const psg::test::LegNight night = psg::test::make_leg_night(options);
                const auto c = compare(night, psg::events::leg_movements_detector.run(night.night, {}).events);
                within += c.within_limits();
                planted += c.planted;
                found += c.found;
                false_ones += c.false_ones;
                broken += c.splits + c.merges;
                const auto worst = [](double& a, double b) {
                    if (std::abs(b) > std::abs(a)) a = b;
                };
                worst(onset, c.onset_error_ms);
                worst(offset, c.offset_error_ms);
                worst(plm, c.plm_found - c.plm_planted);
                worst(plm_nr, c.plm_nr_found - c.plm_nr_planted);
                if (!c.faults.empty() || !c.within_limits())
                    faults += fmt::format("{} Hz, noise {}, seed {}{}{}: {} of {}{}\n{}", rate_hz, noise, seed,
                                          options.with_ecg ? "" : ", no ECG", options.wide_band ? "" : ", to 115 Hz",
                                          c.found, c.planted, c.within_limits() ? "" : " OUTSIDE", c.faults);
            }
            fmt::print("{:4}  {:5.1f}  {:6}  {:6}  {:7}  {:6.2f}  {:9.2f}  {:13}  {:8.1f}  {:9.1f}  {:9.2f}  {:6.2f}\n",
                       rate_hz, noise, seeds, within, planted, 100.0 * found / planted, 300.0 * false_ones / planted,
                       broken, onset, offset, plm, plm_nr);
            std::fflush(stdout);
            outside += seeds - within;
        }
    fmt::print("\n{}", faults);
    return outside > 0;
}

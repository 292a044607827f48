// How long the detectors take: leg movements and their series over a two-leg night of eight hours at 512 Hz.
// SPDX-License-Identifier: BSD-3-Clause
//
// cmake --build build/release --target bench_leg_movements && build/release/tests/bench_leg_movements
#include <benchmark/benchmark.h>

#include "libpsg/events/detector.hpp"
#include "tests/events/leg_nights.hpp"

namespace psg::events {
extern const Detector leg_movements_detector;
}

namespace {

// `hum` and heart beats are there or not: what has to be taken away costs more than what has not.
const psg::test::LegNight& night(bool hum, bool with_ecg) {
    static psg::test::LegNight nights[4];
    psg::test::LegNight& n = nights[2 * hum + with_ecg];
    if (n.night.signals.empty()) {
        psg::test::LegNightOptions options;
        options.rate_hz = 512;
        options.hum = hum;
        options.with_ecg = with_ecg;
        n = psg::test::make_leg_night(options);
    }
    return n;
}

void detect_legs(benchmark::State& state) {
    const psg::Night& n = night(state.range(0), state.range(1)).night;
    for (auto _ : state) benchmark::DoNotOptimize(psg::events::leg_movements_detector.run(n, {}));
}
BENCHMARK(detect_legs)
    ->ArgNames({"hum", "ecg"})
    ->ArgsProduct({{0, 1}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(2);

void score_series(benchmark::State& state) {
    const psg::Night& n = night(true, true).night;
    std::vector<psg::events::LegMovement> movements;
    for (const psg::Event& e : psg::events::leg_movements_detector.run(n, {}).events)
        if (e.kind != "leg_artefact") movements.push_back({e.extent, e.side});
    const psg::events::SeriesContext context{&n.hypnogram, &*n.respiratory, &*n.arousals, n.segments};
    for (auto _ : state) benchmark::DoNotOptimize(psg::events::score_series(movements, {}, context));
}
BENCHMARK(score_series)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();

// Plans the ongoing graphoelements of sleep and wake: spindles, K-complexes, vertex and sawtooth waves, eye movements.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

using Shape = Wave::Shape;
using Where = Wave::Where;

/// Adds waves of one kind to a stretch of time, at random, so and so many a minute.
struct WaveSower {
    Draft& draft;
    Random& random;
    const IntervalSet& kept_free;

    template <class Make>
    void sow(Interval extent, double per_minute, Make make) {
        for (Time at = extent.onset;;) {
            at += from_seconds(random.exponential() * 60 / per_minute);
            const Wave wave = make(at);
            if (wave.extent.offset > extent.offset) return;
            if (!kept_free.overlaps(wave.extent)) draft.waves.push_back(wave);
            at = wave.extent.offset;
        }
    }

    /// Length and amplitude in the given ranges, sign + or -.
    Wave wave(Time at, Shape shape, Where where, double low_s, double high_s, double low_uv, double high_uv,
              double frequency_hz = 0) {
        return {{at, at + random.time(low_s, high_s)}, shape, where, random.uniform(low_uv, high_uv), frequency_hz};
    }
};

}  // namespace

// Shapes and amplitudes as the AASM manual describes them (spindle 11-16 Hz and at least 0.5 s, K-complex at least 0.5
// s, sharp vertex wave below 0.5 s, sawtooth 2-6 Hz, rapid eye movement rising in under 0.5 s, slow ones over 0.5 s);
// densities are those of typical textbooks' nights.
void plan_sleep_waves(Draft& draft, Random& random) {
    IntervalSet kept_free = draft.quiet_eeg;
    for (const Acceleration& a : draft.accelerations) kept_free.add(a.extent);
    WaveSower sower{draft, random, kept_free};

    const auto spindle = [&](Time at) {
        return sower.wave(at, Shape::spindle, Where::scalp, 0.6, 1.5, 14, 30, random.uniform(12, 14.5));
    };
    const auto k_complex = [&](Time at) { return sower.wave(at, Shape::k_complex, Where::head, 0.9, 1.2, -130, -75); };
    const auto vertex = [&](Time at) { return sower.wave(at, Shape::vertex, Where::scalp, 0.4, 0.4, -95, -55); };
    const auto sawtooth = [&](Time at) {
        return sower.wave(at, Shape::sawtooth, Where::scalp, 2, 5, 15, 28, random.uniform(2.2, 4));
    };
    const auto blink = [&](Time at) { return sower.wave(at, Shape::blink, Where::eyes, 0.2, 0.35, 80, 180); };
    const auto slow_eye = [&](Time at) {
        return sower.wave(at, Shape::slow_eye, Where::eyes, 3, 7, 30, 80, random.uniform(0.2, 0.4));
    };
    const auto saccade = [&](Time at) {
        Wave w = sower.wave(at, Shape::saccade, Where::eyes, 2, 2, 40, 150);
        if (random.chance(0.5)) w.amplitude_uv = -w.amplitude_uv;
        return w;
    };
    /// Rapid eye movements come in bursts.
    const auto saccades = [&](Interval extent, double bursts_per_minute) {
        for (Time at = extent.onset;;) {
            at += from_seconds(random.exponential() * 60 / bursts_per_minute);
            for (int n = 1 + random.below(6); n > 0; --n, at += random.time(0.2, 0.9)) {
                if (at + 2s > extent.offset) return;
                draft.waves.push_back(saccade(at));
            }
        }
    };

    for (const StatePiece& piece : std::vector<StatePiece>(draft.states)) {
        const Interval e = piece.extent;
        switch (piece.stage) {
            case Stage::W:
                if (piece.eyes_open) {
                    sower.sow(e, 15, blink);
                    saccades(e, 6);
                } else {
                    sower.sow(e, 1, blink);
                    // drowsiness: the eyes drift in the last minute before sleep
                    if (is_sleep(draft.state_at(e.offset)))
                        sower.sow({std::max(e.onset, e.offset - 60s), e.offset}, 5, slow_eye);
                }
                break;
            case Stage::N1:
                sower.sow(e, 5, slow_eye);
                sower.sow({std::min(e.offset, e.onset + 30s), e.offset}, 1.5, vertex);
                break;
            case Stage::N2:
                sower.sow(e, 4, spindle);
                sower.sow(e, 1.5, k_complex);
                break;
            case Stage::N3:
                sower.sow(e, 1.5, spindle);
                break;
            case Stage::R:
                sower.sow(e, 1.5, sawtooth);
                saccades(e, 4);
                break;
            case Stage::unknown:
                break;
        }
    }
}

}  // namespace psg::simulate

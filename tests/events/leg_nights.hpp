// Simulated two-leg nights with planted movements, decoys and everything that misleads detectors; and their comparison.
// SPDX-License-Identifier: BSD-3-Clause
//
// Helper of leg_nights_test.cpp (a few short nights) and tests/bench/leg_nights.cpp (many long ones, as a table by rate
// and noise). Written from the description of what nights of the laboratory look like, apart from libpsg/simulate, so
// that the detector is not tested with signals of its own house.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libpsg/events/leg_movement_series.hpp"
#include "libpsg/model/night.hpp"

namespace psg::test {

struct LegNightOptions {
    std::uint64_t seed = 1;
    double hours = 8;
    int rate_hz = 256;
    double noise = 1;       ///< factor on the resting levels, which are 2 to 5 uV rms
    bool wide_band = true;  ///< EMG up to 0.45 of the rate; else up to 115 Hz (or 0.45 of the rate if that is less)
    bool with_ecg = true;   ///< is there an ECG channel? The pick-up is there anyway
    bool hum = true;        ///< stretches of 50 or 60 Hz with harmonics, 3 to 150 uV
    bool defects = true;    ///< a lead off, clipping, a gap
    double pick_up_uv = 0;  ///< more than 0: both legs pick up the heart all night, with this peak of the QRS complex
    double ectopic = 0;     ///< share of beats that are early and wide, with a pause after them; 0.5: bigeminy
    bool irregular = false; ///< intervals as in atrial fibrillation
};

/// One planted burst of EMG.
struct PlantedBurst {
    int leg = 0;  ///< 0 left, 1 right
    double onset_s = 0, offset_s = 0, rms_uv = 0;
    bool is_movement = true;  ///< false: a decoy, too short, too long or too small
    const char* kind = "";
};

struct LegNight {
    LegNightOptions options;
    Night night;                      ///< signals, segments, hypnogram, respiratory events, arousals
    std::vector<PlantedBurst> truth;  ///< by onset
};

LegNight make_leg_night(const LegNightOptions& options);

/// Detected against planted, as tests of detectors count: a planted movement is found if a detected one of the same leg
/// overlaps it; more on one are splits, one over several merges.
struct LegComparison {
    int planted = 0, found = 0, false_ones = 0, splits = 0, merges = 0;
    double onset_error_ms = 0, offset_error_ms = 0;  ///< medians, signed
    double plm_planted = 0, plm_found = 0;           ///< PLM per hour of sleep, WASM 2016
    double plm_nr_planted = 0, plm_nr_found = 0;     ///< without respiratory ones
    std::string faults;                              ///< one line per missed or false movement
    bool within_limits() const;
};

LegComparison compare(const LegNight& night, const EventList& detected);

}  // namespace psg::test

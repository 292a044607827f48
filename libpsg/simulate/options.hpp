// What a simulated night is to be like.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libpsg/model/options.hpp"

namespace psg::simulate {

/// Rates are planted events per hour of recording (where told: of wake or REM sleep), rounded up to a whole number; fewer
/// are planted where they do not fit. The same options give the same night.
struct SimulationOptions {
    std::uint64_t seed = 1;
    double hours = 8;          ///< 0.05 to 24, rounded to whole seconds
    double cycle_minutes = 0;  ///< length of a sleep cycle; 0: 90, or less so that a short night has one and a half
    int eeg_rate_hz = 256;     ///< EEG and EOG
    int emg_rate_hz = 512;
    int ecg_rate_hz = 256;
    /// standard: two EEG, two EOG, chin, arms, legs, ECG. minimal: one EEG, two EOG, chin, legs. full: standard and a frontal
    /// and an occipital EEG, masseter, neck, rectus abdominis and paraspinal muscles, airflow, belts, snoring, SpO2.
    std::string montage = "standard";
    /// default: shapes of the named sources. other: bursts with another envelope, spectrum and distribution of strengths, to
    /// check what was developed on the first.
    std::string style = "default";
    std::string missing;  ///< labels of leads of the montage that are not recorded, separated by commas
    bool lights = false;    ///< marks of lights off and on, as annotations
    bool annotate = false;  ///< the truth as annotations, too
    double gaps = 0;        ///< per hour: 5 to 120 s that were not recorded, where nothing is planted; EDF+D
    double noise = 1;    ///< factor on the noise of every channel and the resting activity of the limbs
    bool events = true;  ///< false: sleep only, nothing planted, no confusers

    double hypnic_jerks = 2;
    double plm_series = 1;
    double leg_movements = 4;        ///< isolated ones, outside series
    double arousals = 8;             ///< spontaneous ones
    double alternating_legs = 0.5;     ///< alternating leg muscle activation
    double foot_tremor = 0.5;          ///< hypnagogic, at sleep onset
    double high_frequency_legs = 0.5;  ///< high-frequency leg movements
    double tonic_legs = 0.25;          ///< one leg tense for more than 15 s
    double fragmentary_myoclonus = 8;  ///< sporadic potentials
    double myoclonus_stretches = 0;    ///< at least 25 min of excessive fragmentary myoclonus
    double large_movements = 1.5;        ///< large muscle group movements in sleep
    double rhythmic_movements = 0.25;
    double bruxism = 1;
    double neck_myoclonus = 2;          ///< per hour of REM sleep
    double propriospinal_myoclonus = 0;  ///< clusters of jerks as sleep comes
    double rem_phasic_activity = 20;    ///< per hour of REM sleep; some hundreds: REM sleep without atonia
    double rem_tonic_activity = 0.5;    ///< stretches of one to four epochs, per hour of REM sleep
    double apnoeas = 0;                 ///< and hypopnoeas, per hour of sleep outside N3
    double electrode_pops = 2;
    double leads_off = 0.25;
    double clipping = 0.25;
    double sweat = 0.25;
    double movement_artefacts = 0.5;  ///< swings of the head's leads without muscle activity
    double snoring = 0.25;            ///< confuser: stretches heard in the chin
    double twitches = 3;             ///< confuser: a short burst in one muscle
    double off_rhythms = 0.5;        ///< confuser: bursts of one leg too slow or too fast for any sequence
    double swallows = 2;             ///< confuser: a single burst of chin and masseter
    double speech = 1;               ///< confuser, in wake: syllables in the chin, per hour of wake
    double short_runs = 1;           ///< confuser: two or three bursts in one leg
    double cable_artefacts = 2;      ///< confuser: the same slow pulse in all channels
    double voluntary_movements = 6;  ///< confuser, per hour of wake
    double mains_hum = 0.5;          ///< confuser: stretches of 50 Hz in one EMG channel
    double ecg_pickup = 0.5;         ///< confuser: stretches with heart beats in one leg
};

/// Everything but seed, hours and events, for the command line.
const std::vector<OptionSpec<SimulationOptions>>& simulation_option_specs();

/// Throws UsageError if a value is out of its range.
void check(const SimulationOptions& options);

}  // namespace psg::simulate

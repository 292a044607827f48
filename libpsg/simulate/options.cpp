// What a simulated night is to be like: the options as users see them.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/options.hpp"

#include <cmath>
#include <string>

#include "libpsg/model/error.hpp"

namespace psg::simulate {

namespace {

OptionSpec<SimulationOptions> rate(const char* name, double SimulationOptions::*member, const char* text,
                                   double most = 120) {
    return {{name, "1/h", "", "proposed", text, {}, 0, most}, member};
}

OptionSpec<SimulationOptions> sampling(const char* name, int SimulationOptions::*member, const char* text) {
    return {{name, "Hz", "", "proposed", text, {}, 50, 4096}, member};
}

}  // namespace

const std::vector<OptionSpec<SimulationOptions>>& simulation_option_specs() {
    using S = SimulationOptions;
    static const std::vector<OptionSpec<S>> specs{
        {{"cycle_minutes",
          "min",
          "",
          "proposed",
          "length of a sleep cycle; 0: 90, less in nights under 2.25 h",
          {},
          0,
          240},
         &S::cycle_minutes},
        sampling("eeg_rate", &S::eeg_rate_hz, "sampling rate of EEG and EOG"),
        sampling("emg_rate", &S::emg_rate_hz, "sampling rate of the EMG"),
        sampling("ecg_rate", &S::ecg_rate_hz, "sampling rate of the ECG"),
        {{"montage",
          "",
          "",
          "proposed",
          "which leads: minimal, standard, full",
          {"minimal", "standard", "full"}},
         &S::montage},
        {{"style", "", "", "proposed", "shapes of bursts: default, other", {"default", "other"}}, &S::style},
        {{"missing", "", "", "proposed", "labels of leads that are not recorded, separated by commas"}, &S::missing},
        {{"lights", "", "", "proposed", "marks of lights off and on as annotations: yes, no"}, &S::lights},
        {{"annotate", "", "", "proposed", "the truth as annotations, too: yes, no"}, &S::annotate},
        rate("gaps", &S::gaps, "stretches that were not recorded; the file is EDF+D"),
        {{"noise", "", "", "proposed", "factor on the noise of all channels", {}, 0, 20}, &S::noise},
        rate("hypnic_jerks", &S::hypnic_jerks, "hypnic jerks"),
        rate("plm_series", &S::plm_series, "series of periodic leg movements"),
        rate("leg_movements", &S::leg_movements, "isolated leg movements"),
        rate("arousals", &S::arousals, "spontaneous arousals"),
        rate("alternating_legs", &S::alternating_legs, "alternating leg muscle activation"),
        rate("foot_tremor", &S::foot_tremor, "hypnagogic foot tremor"),
        rate("high_frequency_legs", &S::high_frequency_legs, "high-frequency leg movements"),
        rate("tonic_legs", &S::tonic_legs, "one leg tense for more than 15 s"),
        rate("fragmentary_myoclonus", &S::fragmentary_myoclonus, "potentials of fragmentary myoclonus", 600),
        rate("myoclonus_stretches", &S::myoclonus_stretches, "stretches of excessive fragmentary myoclonus", 2),
        rate("large_movements", &S::large_movements, "large muscle group movements in sleep"),
        rate("rhythmic_movements", &S::rhythmic_movements, "rhythmic movements of head or body"),
        rate("bruxism", &S::bruxism, "episodes of bruxism"),
        rate("neck_myoclonus", &S::neck_myoclonus, "neck myoclonus, per hour of REM sleep"),
        rate("propriospinal_myoclonus", &S::propriospinal_myoclonus, "clusters of propriospinal myoclonus", 6),
        rate("rem_phasic_activity", &S::rem_phasic_activity, "phasic bursts in REM sleep, per hour of it", 900),
        rate("rem_tonic_activity", &S::rem_tonic_activity, "tonic chin activity in REM sleep, per hour of it", 60),
        rate("apnoeas", &S::apnoeas, "apnoeas and hypopnoeas, per hour of sleep outside N3"),
        rate("electrode_pops", &S::electrode_pops, "electrode pops"),
        rate("leads_off", &S::leads_off, "leads that come off for a while"),
        rate("clipping", &S::clipping, "stretches of clipping in one lead"),
        rate("sweat", &S::sweat, "stretches of sweat artefact in the leads of the head"),
        rate("movement_artefacts", &S::movement_artefacts, "swings of the leads of the head without muscle activity"),
        rate("snoring", &S::snoring, "confuser: stretches of snoring heard in the chin"),
        rate("twitches", &S::twitches, "confuser: short bursts in a single muscle"),
        rate("off_rhythms", &S::off_rhythms, "confuser: bursts of one leg too slow or too fast for any sequence"),
        rate("swallows", &S::swallows, "confuser: single bursts of chin and masseter"),
        rate("speech", &S::speech, "confuser: syllables in the chin, per hour of wake"),
        rate("short_runs", &S::short_runs, "confuser: two or three bursts in one leg"),
        rate("cable_artefacts", &S::cable_artefacts, "confuser: slow pulses common to all channels"),
        rate("voluntary_movements", &S::voluntary_movements, "confuser: movements in wake, per hour of wake"),
        rate("mains_hum", &S::mains_hum, "confuser: stretches of 50 Hz in one EMG channel"),
        rate("ecg_pickup", &S::ecg_pickup, "confuser: stretches of heart beats in one leg channel"),
    };
    return specs;
}

void check(const SimulationOptions& options) {
    if (!(options.hours >= 0.05 && options.hours <= 24))
        throw UsageError("a simulated night has 0.05 to 24 hours", "give --hours in this range");
    for (const auto& spec : simulation_option_specs()) {
        if (spec.info.min == 0 && spec.info.max == 0) continue;  // texts and flags
        const double value = std::visit(
            [&](auto member) -> double {
                if constexpr (std::is_convertible_v<decltype(options.*member), double>)
                    return static_cast<double>(options.*member);
                else
                    return 0;
            },
            spec.member);
        if (!(value >= spec.info.min && value <= spec.info.max))
            throw UsageError("simulation option " + spec.info.name + " is out of range",
                             "it goes from " + option_text(spec.info.min) + " to " + option_text(spec.info.max));
    }
}

}  // namespace psg::simulate

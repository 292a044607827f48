// The list of what is planned into a simulated night, in the order of planning: the table of contents of this folder.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/simulate/plan.hpp"

namespace psg::simulate {

/// Lays the sleep itself; before all planners and always.
void plan_stages(Draft& draft, Random& random);
/// Spindles, K-complexes, eye movements and the like; after all planners and always.
void plan_sleep_waves(Draft& draft, Random& random);
/// Lights off and on, if they are to be marked.
void plan_lights(Draft& draft, Random& random);

// A new class of planted events is one file that defines `void plan_NAME(Draft&, Random&)` and one line here. A line
// added does not change the random numbers of the others, only the places that they find taken.
#define PSG_PLANNERS(X)        \
    X(hypnic_jerks)            \
    X(plm_series)              \
    X(leg_movements)           \
    X(voluntary_movements)     \
    X(arousals)                \
    X(twitches)                \
    X(cable_artefacts)         \
    X(interferences)           \
    X(alternating_legs)        \
    X(foot_tremor)             \
    X(high_frequency_legs)     \
    X(tonic_legs)              \
    X(off_rhythms)             \
    X(short_runs)              \
    X(large_movements)         \
    X(rhythmic_movements)      \
    X(bruxism)                 \
    X(neck_myoclonus)          \
    X(propriospinal_myoclonus) \
    X(swallows)                \
    X(speech)                  \
    X(apnoeas)                 \
    X(snoring)                 \
    X(electrode_pops)          \
    X(leads_off)               \
    X(clipping)                \
    X(sweat)                   \
    X(movement_artefacts)      \
    X(rem_tonic_activity)      \
    X(myoclonus_stretches)     \
    X(gaps)                    \
    X(fragmentary_myoclonus)   \
    X(rem_phasic_activity)

#define PSG_DECLARE_PLANNER(name) void plan_##name(Draft& draft, Random& random);
PSG_PLANNERS(PSG_DECLARE_PLANNER)
#undef PSG_DECLARE_PLANNER

}  // namespace psg::simulate

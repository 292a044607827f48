// What simultaneous bursts can be other than a jerk: heart beats, rhythms, movements, spreading, chance, artefacts.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/model/night.hpp"

namespace psg::events {

/// True if the burst is one of a train in its channel: at least four alike at 0.3 to 4 Hz whose intervals vary by no
/// more than `rhythm_cv` (rhythmic movements, foot tremor, heart beats), or at least three others alike that lie on
/// heart beats of the ECG (which may be null), as it does.
/// `least_cv`, if given, becomes the variation of the row's intervals where that is less (a row of four or more).
bool in_train(const Burst& burst, const std::vector<Burst>& bursts, const Signal* ecg, double rhythm_cv, double* least_cv = nullptr);

/// Takes heart beats out of the bursts of a muscle by its activity, from which beats were subtracted (all proposed).
/// What lies at a beat (of 60 ms before it to 120 ms after) and leaves less than `least_uv` or `on_ratio` times the
/// rest there goes; where beats were `told` in the channel and one begins the burst, its onset is where the muscle
/// begins, to 10 ms.
void take_off_heart_beats(std::vector<Burst>& bursts, const MuscleActivity& activity,
                          const std::vector<HeartBeat>& beats, const IntervalSet& told, double least_uv,
                          double on_ratio);

/// Activity of a channel that lasts `movement_s` or longer, bursts less than 0.5 s apart joined.
std::vector<Interval> movements_of(const std::vector<Burst>& bursts, double movement_s);

/// True if one of `movements` began more than `movement_s` before `t` and went on at least until 0.5 s before it.
bool moving(const std::vector<Interval>& movements, Time t, double movement_s);

/// True if the burst goes on with activity of its channel instead of beginning it, or is itself gone on with, no less
/// than half as strong, for more than 0.5 s: the beginning of a movement.
bool part_of_longer(const Burst& burst, const std::vector<Burst>& bursts);

/// Median over all pairs of muscles of the correlation (sign aside) of their waveforms above 20 Hz. Muscles are
/// independent of each other; a cable's movement is the same in all channels.
double common_waveform(const std::vector<JerkMember>& members, const Interval& extent,
                       const std::vector<MuscleChannel>& channels);

/// True if other muscles become active within the spread before or after the jerk's own onsets: any for loose jerks,
/// more than half as many as took part for others. Activity that travels along the body looks like this.
bool spreads_on(const Jerk& jerk, const std::vector<MuscleChannel>& channels, double max_spread_ms);

/// Coincidences of k muscles, as many as the jerk has, per minute that twitches independent of each other would make: the first
/// of k is followed by the others within the spread, so that each set of k channels makes k * spread^(k - 1) times the product
/// of their rates. The rates are those of the half minutes around. Two estimates, of which the smaller counts: over all sets of
/// channels; and as if all sets had the rates of the jerk's own channels (a quarter of their weight is that of the mean), since
/// twitches elsewhere explain little. `twitches` holds the onsets of bursts without company, by channel, all inside `segment`: of
/// the half minutes only the recorded part counts (but ten seconds at least: proposed).
double chance_per_minute(const Jerk& jerk, const std::vector<std::vector<Time>>& twitches, const Interval& segment,
                         double max_spread_ms);

/// The head's muscles alone, among more than two other bursts of theirs within 1.5 s to either side, each a third as strong or
/// stronger than the jerk in that muscle, or than its weakest (proposed, as for fragmentary myoclonus): words of speech, or bites.
bool is_of_speech(const Jerk& jerk, const std::vector<MuscleChannel>& channels);

/// Trunk and head alone, the trunk first by 10 ms or more (or, where it is no part of the jerk, active since up to 0.3
/// s before the head): those who cough, sneeze or have hiccups breathe first, while jerks of the brain stem reach the
/// head before the trunk (Brown 1991). Both at once are hiccups where the trunk does so twice more within 6 s. So are leads of
/// the trunk alone. All proposed.
bool is_cough(const Jerk& jerk, const std::vector<MuscleChannel>& channels);

}  // namespace psg::events

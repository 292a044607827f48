// The course in time of single deflections, trains, bursts of activity and heart beats.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "libpsg/simulate/plan.hpp"

namespace psg::simulate {

/// Value at `t_s` seconds after the wave's onset, for a peak of 1; 0 outside 0 .. `length_s`.
double wave_value(Wave::Shape shape, double t_s, double length_s, double frequency_hz);

/// Envelope of a burst, 0 to 1, with raised-cosine edges of the given lengths (shortened if the burst is shorter).
double burst_value(double t_s, double length_s, double rise_s, double fall_s);

/// The same in the other style: a quarter of the length up to the peak, then half of it lost by the end. Edges as above.
double other_burst_value(double t_s, double length_s, double rise_s, double fall_s);

/// Vibration of a snorer's throat, a tone of 55 Hz with its harmonics; about 1 at its peaks.
double snore_value(double t_s);

/// The heart-rate course of a HeartRise: 0 at the onset, 1 at 4 s, below 0.1 after 20 s.
double heart_rise_value(double t_s);

/// One heart beat in mV, `t_s` seconds from the R wave; 0 beyond -0.3 .. 0.5 s.
double heart_beat_mv(double t_s);
/// The QRS complex alone, peak 1, as it reaches an EMG electrode.
double qrs_value(double t_s);

}  // namespace psg::simulate

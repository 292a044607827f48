// Draws the figures of a night: what stands on paper, in pictures and beside the interactive plots.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/report/canvas.hpp"
#include "libpsg/report/night_report.hpp"

namespace psg::report {

/// The plots over time, one below the other on one axis: stages, their probabilities, events, EMG, spectrogram. What
/// the night does not have is left out.
double overview_height(const NightReport& night);
void draw_overview(Canvas& canvas, const NightReport& night, const Box& box);

/// Histogram of the inter-movement intervals with the band from 10 to 90 s.
void draw_intervals(Canvas& canvas, const NightReport& night, const Box& box);

/// An event of the gallery with all its channels.
double excerpt_height(const Excerpt& excerpt);
void draw_excerpt(Canvas& canvas, const Excerpt& excerpt, const Box& box);

inline constexpr double overview_width = 520, excerpt_width = 250;

/// All figures: pages of A4 as PDF, one tall sheet as SVG or PNG.
std::string night_picture(const NightReport& night, PictureFormat format);

}  // namespace psg::report

// The page of a night.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/report/night_report.hpp"

namespace psg::report {

/// One HTML file that needs nothing else: interactive plots over time, the same figures for paper and for readers without
/// scripts, and every number as a table. The same night gives the same bytes where the same fonts are installed.
std::string night_html(const NightReport& night);

/// The numbers of the interactive plots as JSON that is safe inside a script element.
std::string night_data(const NightReport& night);

}  // namespace psg::report

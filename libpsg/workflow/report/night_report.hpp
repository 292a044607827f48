// A night's page filled: from the tables of an HDF5 file.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "libpsg/report/night_report.hpp"

namespace psg::workflow {

/// What is in a file of psg-export or psg-stage; what is not is told in `absent`. Texts that may name a person (start date,
/// free texts of the header) are left out even where the file has them. DataError if it is no such file or its tables
/// contradict each other.
report::NightReport read_night_report(const std::string& path, const std::string& title);

}  // namespace psg::workflow

// Reads back what psg-export wrote: the staged night of an HDF5 file.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

#include "libpsg/model/time.hpp"
#include "libpsg/workflow/tables/sleep_tables.hpp"

namespace psg::workflow {

/// True if the file begins as HDF5 files do; false also if it cannot be read.
bool is_night_file(const std::string& path);

/// What an HDF5 file of psg-export or psg-stage tells of sleep.
struct NightFile {
    StagedNight staged;
    StartTime start;   ///< the time of day alone; the date is never stored with it
    Time duration{0};  ///< of the recording
    std::optional<Time> lights_off, lights_on;
};

/// DataError if it is no such file, of another format version, or its tables contradict each other.
NightFile read_night_file(const std::string& path);

}  // namespace psg::workflow

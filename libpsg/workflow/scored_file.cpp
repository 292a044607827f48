// A scoring by itself.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/scored_file.hpp"

#include <algorithm>
#include <filesystem>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/io/recording_reader.hpp"
#include "libpsg/workflow/tables/event_export.hpp"
#include "libpsg/workflow/tables/night_file.hpp"

namespace psg::workflow {

Recording recording_of(const std::string& path) {
    if (path.empty()) return {};
    return io::RecordingReader({path}).recording();
}

static io::Scoring read_night(const std::string& path, io::ScoringUse use) {
    const auto wants = [&](io::ScoringUse what) { return use == what || use == io::ScoringUse::everything; };
    io::Scoring scoring;
    scoring.format = "HDF5 of libpsg";
    const NightFile night = read_night_file(path);
    if (wants(io::ScoringUse::hypnogram)) scoring.hypnogram = night.staged.hypnogram;
    scoring.simulated = night.staged.simulated;
    if (night.lights_off) scoring.lights_off = night.lights_off;
    if (night.lights_on) scoring.lights_on = night.lights_on;
    const auto tables = exports::hdf5_table_names(path);
    if (!wants(io::ScoringUse::movements) || std::find(tables.begin(), tables.end(), "events") == tables.end()) return scoring;
    scoring.movements = events_of_table(exports::read_hdf5_table(path, "events"), std::filesystem::path(path).filename());
    return scoring;
}

io::Scoring read_scoring(const std::string& path, const Recording& recording, const io::ScoringOptions& options,
                         Findings& findings) {
    if (path != "-" && is_night_file(path)) return read_night(path, options.use);
    return io::understand(io::read_scored_file(path, recording, options.use), recording, options, findings);
}

}  // namespace psg::workflow

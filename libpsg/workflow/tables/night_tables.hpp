// A scored night as tables: the rows and columns of every output.
// SPDX-License-Identifier: BSD-3-Clause
//
// Times are seconds since the start of the recording. The whole format is described in libpsg/export/README.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/table.hpp"
#include "libpsg/stats/movement_summary.hpp"
#include "libpsg/workflow/score_night.hpp"
#include "libpsg/workflow/tables/sleep_tables.hpp"

namespace psg::workflow {

/// Version of the tables' layout, in every file.
inline constexpr int table_format_version = 1;

/// One row about the recording. Person, start date and free texts stay empty unless `keep_identity`.
Table recording_table(const ScoredNight& night, bool keep_identity);
/// One row per channel of the file, with its role. Free texts of the header stay empty unless `keep_identity`.
Table channels_table(const Recording& recording, const std::vector<RoleAssignment>& roles, bool keep_identity);
Table segments_table(const Recording& recording);
/// One row per epoch: stage, probabilities, reason.
Table epochs_table(const ScoredNight& night);
/// One row per event, without measures.
Table events_table(const ScoredNight& night);
/// One row per event and measure.
Table event_attributes_table(const ScoredNight& night);
/// The wanted classes that were looked for, and when one could have been found.
std::vector<stats::ClassAtRisk> classes_at_risk(const ScoredNight& night);
/// One row per class and stage: count, minutes, rate, mean duration.
Table summary_table(const ScoredNight& night);
/// The stages and lights alone, for the tables of sleep_tables.hpp.
StagedNight staged_night(const ScoredNight& night);
/// Versions, digests of the inputs and the model, every parameter, every finding. No paths, hosts or times of running.
Table provenance_table(const ScoredNight& night);

/// All of the above.
std::vector<Table> night_tables(const ScoredNight& night, bool keep_identity);

/// Attributes of the HDF5 file: who wrote it, format version, simulated.
std::vector<std::pair<std::string, std::string>> file_attributes(const ScoredNight& night);

/// What psg-detect prints: one row per event with its measures as columns, those of the classes present in `night`.
Table event_list_table(const ScoredNight& night);
/// What psg-stage prints: epoch, onset, duration, stage, probabilities, reason.
Table hypnogram_table(const ScoredNight& night);
/// Findings, one a row.
Table findings_table(const Findings& findings);

}  // namespace psg::workflow

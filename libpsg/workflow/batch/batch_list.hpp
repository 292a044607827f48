// The recordings of a batch: a folder, names with wildcards, or a manifest.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/workflow/cohort/cohort_names.hpp"
#include "libpsg/workflow/open_night.hpp"

namespace psg::workflow {

/// One night of a batch.
struct BatchNight {
    std::string id;      ///< unique; the name of its results
    NightInputs inputs;  ///< its own files and lights alone; the rest is as for every night
    std::string person, night, visit;  ///< of a manifest; empty if not told
};

/// Nights of a folder (every recording below it: .edf .bdf .rec, also with .gz; hidden files and folders are left out), of wildcards
/// (glob(7)) or single recordings, or of a manifest (.tsv .csv .txt): a table with columns `id` and `path` (or `recording`) and any of hypnogram,
/// respiratory, arousals, movements, original, scoring, lights_off, lights_on, person, night, visit. Several parts of a night stand in one
/// `path`, parted by " + ". Paths of a manifest begin at its folder. The id of a file is its place below the folder with - for /, without its
/// ending. Sorted by id. DataError, with the line: two nights of one id, an id that is no file name, a column that is not known.
/// UsageError: nothing there.
std::vector<BatchNight> batch_nights(const std::vector<std::string>& sources);

/// Every `shards`-th night, beginning with number `shard` (from 1).
std::vector<BatchNight> shard_of(const std::vector<BatchNight>& nights, int shard, int shards);

}  // namespace psg::workflow

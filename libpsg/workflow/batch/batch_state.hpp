// What a batch remembers of each night: how its result was made, so that it is made once and made again when anything changed.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/workflow/batch/batch_list.hpp"

namespace psg::workflow {

/// How a result is made: names and values in a fixed order; that of options is their own. Two results of equal makings are equal.
using Making = std::vector<std::pair<std::string, std::string>>;

/// Kind, path (no links in it), size and time of change of every input of a night, companions included, behind `common`: versions, model, parameters. DataError if
/// an input is not there.
Making making_of(const NightInputs& inputs, const Making& common);

/// The record of a finished night.
struct DoneNight {
    Making making;
    std::string result_sha256;
    std::vector<std::pair<std::string, std::string>> inputs_sha256;  ///< by kind of input, as in the table provenance
    std::string seconds, host, warnings;                             ///< of the run; warnings: codes, each once
};

/// Files of a batch in its folder.
std::string result_path(const std::string& folder, const std::string& id);
std::string done_path(const std::string& folder, const std::string& id);

/// Written last, by rename. DataError if it cannot be written.
void write_done(const std::string& path, const DoneNight& done);
/// Nothing if there is none or it is damaged.
std::optional<DoneNight> read_done(const std::string& path);

/// SHA-256 of a whole file, as it lies on the disk. DataError if it cannot be read.
std::string sha256_of_file(const std::string& path);

/// Why a night is to be run: "new", "NAME changed", "the result is missing", "the result is damaged"; empty if its result is as it
/// would be made again. `verify` reads the inputs and compares their digests, too.
std::string why_run(const std::string& folder, const std::string& id, const NightInputs& inputs, const Making& making, bool verify);

/// Why a file is not the result of this night of a manifest: its inputs changed since or it is not what its record tells
/// (DIR/done/ID.tsv for DIR/nights/ID.h5) or, without a record, it was made of other recordings (by SHA-256, which reads them). Empty if it is.
std::string why_foreign(const std::string& result, const BatchNight& night);

/// Removes what interrupted runs left of these nights, and of these files of the folder itself; returns how many files.
std::size_t sweep_temporaries(const std::string& folder, const std::vector<BatchNight>& nights, const std::vector<std::string>& files);

}  // namespace psg::workflow

// A conformant EDF+ or BDF+ of the same samples and annotations, whatever the input was.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/workflow/fix/deidentify.hpp"

namespace psg::workflow {

struct FixOptions {
    std::vector<std::string> channels;    ///< labels to keep; empty: all
    std::vector<Annotation> annotations;  ///< to be written with those of the recording
    Findings annotation_findings;         ///< of reading them; reported with the others
    DeidentifyOptions deidentify;
    bool keep_uncalibrated = false;  ///< write uncalibrated channels as digital values without a unit
    bool round_annotations = false;  ///< to EDFlib's 100 us, in place of moving finer ones to the .annot file
    bool overwrite = false;
    std::function<void(double)> progress;  ///< fraction done, now and then; may be empty
};

/// One file that was written.
struct FixedFile {
    std::string path;
    std::string kind;            ///< "EDF+C", "BDF+C" or "annot"
    int segment = 0;             ///< from 1; 0: of the whole recording
    Time onset{0}, duration{0};  ///< of its samples, since the start of the recording
    int channels = 0;
    std::int64_t records = 0;
    std::int64_t annotations = 0;
};

struct FixResult {
    std::vector<FixedFile> files;
    Findings findings;  ///< of the reader, then of what was changed; de-identified like the files
};

/// Writes `output` and its like, through EDFlib, in one pass over the samples with bounded memory. Digital values are
/// unchanged but for those outside the range that the header declares, which are limited to it (as the reader does).
/// Every file is read back, by EDFlib and by the reader, and compared with what was to be written.
/// DataError if nothing can be written, a target exists, or a file reads back differently (it is removed then).
FixResult fix_recording(const io::EdfReader& reader, const std::string& output, const FixOptions& options);

}  // namespace psg::workflow

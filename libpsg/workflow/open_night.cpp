// Opening a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/open_night.hpp"

#include "libpsg/io/recording_reader.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/night_gaps.hpp"
#include "libpsg/workflow/night_signals.hpp"
#include "libpsg/workflow/scored_inputs.hpp"

namespace psg::workflow {

namespace {

// Findings about what was read, not about what is missing.
void refuse_findings(const Findings& findings) {
    for (const Finding& f : findings) {
        const std::string_view code = code_name(f.code);
        const bool of_input = code.starts_with("EDF_") || code.starts_with("HYPNOGRAM_") || code.starts_with("EVENTS_") ||
                              f.code == FindingCode::RECORDING_PLACE_ASSUMED || f.code == FindingCode::RECORDING_PARTS_DIFFER;
        if (of_input)
            throw DataError(f.field, std::string(code) + " (" + f.message + "), and --strict refuses every finding about an input");
    }
}

}  // namespace

OpenedNight open_night(const NightInputs& inputs, const std::vector<Role>& wanted) {
    const io::RecordingReader reader(inputs.recordings);
    OpenedNight opened;
    opened.recording = reader.recording();
    opened.findings = opened.recording.findings;
    if (inputs.strict) refuse_findings(opened.findings);
    opened.roles = set_up_channels(inputs.channels, reader.signals_in_file(), opened.recording, opened.digests, opened.findings);
    load_signals(reader, wanted, opened);

    opened.night.segments = opened.recording.segments;
    read_scored_inputs(inputs, opened);
    check_gaps(opened.night, opened.findings);
    if (inputs.strict) refuse_findings(opened.findings);
    return opened;
}

}  // namespace psg::workflow

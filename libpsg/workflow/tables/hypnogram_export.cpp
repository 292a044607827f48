// The stages of a night in the forms of other programs.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/hypnogram_export.hpp"

#include "libpsg/model/error.hpp"
#include "libpsg/workflow/tables/event_export.hpp"

namespace psg::workflow {

std::string stage_lines(const Hypnogram& hypnogram) {
    if (hypnogram.start != Time(0))
        throw UsageError("the epochs begin " + format_seconds(hypnogram.start) +
                             " s after the recording, and a list of stages cannot tell that",
                         "write tsv, json, hdf5 or edf");
    std::string text;
    for (const Stage s : hypnogram.stages) text.append(stage_name(s)) += '\n';
    return text;
}

void write_stage_annotations(const std::string& path, const ScoredNight& night) {
    const Recording& recording = night.opened.recording;
    const Hypnogram& hypnogram = night.opened.night.hypnogram;
    if (hypnogram.stages.empty()) throw DataError(path, "there is no whole epoch of 30 s to write");
    const OpenedNight& opened = night.opened;
    write_annotations(path, "psg-stage", recording.start, recording.simulated, hypnogram, light_marks(opened.night.lights_off, opened.night.lights_on, opened.periods_in_bed), {});
}

std::vector<Table> staging_tables(const ScoredNight& night) {
    return {recording_table(night, false),
            channels_table(night.opened.recording, night.opened.roles, false),
            segments_table(night.opened.recording),
            epochs_table(night),
            sleep_table(staged_night(night)),
            provenance_table(night)};
}

}  // namespace psg::workflow

// Opening a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/open_night.hpp"

#include <algorithm>
#include <filesystem>

#include "libpsg/io/input_file.hpp"
#include "libpsg/io/recording_reader.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/body_positions.hpp"
#include "libpsg/workflow/night_gaps.hpp"
#include "libpsg/workflow/night_signals.hpp"
#include "libpsg/workflow/scored_inputs.hpp"

namespace psg::workflow {

namespace {

constexpr Time longest_night = std::chrono::days(30);  // proposed, as for the onsets of records: more is no night

// The files that a finding is about: the scoring that it names, every scoring, or the recording's.
std::string files_of(const Finding& f, const NightInputs& inputs, const std::vector<ScoredSource>& sources) {
    const std::string_view code = code_name(f.code);
    const bool of_scoring = code.starts_with("HYPNOGRAM_") || code.starts_with("EVENTS_");
    std::string all, named;
    if (of_scoring)
        for (const ScoredSource& s : sources) {
            all += (all.empty() ? "" : ", ") + s.name;
            if (s.kind == f.field) named = s.name;
        }
    if (all.empty())
        for (const std::string& path : inputs.recordings)
            all += (all.empty() ? "" : ", ") + std::filesystem::path(path).filename().string();
    return named.empty() ? all : named;
}

// Findings about what was read, not about what is missing.
void refuse_findings(const NightInputs& inputs, const OpenedNight& opened) {
    for (const Finding& f : opened.findings) {
        const std::string_view code = code_name(f.code);
        const bool of_input = code.starts_with("EDF_") || code.starts_with("HYPNOGRAM_") || (code.starts_with("EVENTS_") && f.code != FindingCode::EVENTS_CHANGED) ||
                              f.code == FindingCode::RECORDING_PLACE_ASSUMED || f.code == FindingCode::RECORDING_PARTS_DIFFER ||
                              f.code == FindingCode::RESOLUTION_COARSE || f.code == FindingCode::AMPLITUDE_IMPLAUSIBLE;
        if (of_input)
            throw DataError(files_of(f, inputs, opened.sources) + ", " + f.field, std::string(code) + " (" + f.message + "), and --strict refuses every finding about an input");
    }
}

bool any_packed(const std::vector<std::string>& recordings) {
    return std::any_of(recordings.begin(), recordings.end(), [](const std::string& path) { return io::is_gzip_file(path); });
}

}  // namespace

OpenedNight open_night(const NightInputs& inputs, const std::vector<Role>& wanted, const ChannelUse& use,
                       const StepObserver& done) {
    const io::RecordingReader reader(inputs.recordings);
    OpenedNight opened;
    opened.recording = reader.recording();
    opened.findings = opened.recording.findings;
    if (opened.recording.duration() > longest_night)
        throw DataError(inputs.recordings.front(),
                        "the recording lasts " + format_seconds(opened.recording.duration()) + " s, more than 30 days: it is no night",
                        "check the record duration in its header (psg-info); cut longer recordings into nights");
    if (inputs.strict) refuse_findings(inputs, opened);
    opened.roles = set_up_channels(inputs.channels, reader.signals_in_file(), opened.recording, opened.digests, opened.findings);
    tell_step(done, "open");
    const Time duration = opened.recording.duration();
    const auto visit = [&](RoleSignal& s) {
        if (!inputs.assess_all) opened.qualities[s.signal.channel] = assess_amplitude(s.signal);
        if (!use) return;
        use(s, duration);
        for (Signal::Stretch& stretch : s.signal.stretches) std::vector<float>().swap(stretch.samples);  // = {} would keep the memory
    };
    load_signals(reader, wanted, opened, visit, use && !any_packed(inputs.recordings));
    tell_step(done, "read and hash");
    opened.all_assessed = inputs.assess_all;
    if (inputs.assess_all) opened.qualities = assess_channels(reader, opened.recording);
    tell_step(done, "quality");
    for (Finding& f : quality_findings(opened.recording, opened.roles, opened.qualities, !inputs.assess_all))
        opened.findings.push_back(std::move(f));

    opened.night.segments = opened.recording.segments;
    read_scored_inputs(inputs, opened);
    set_positions(inputs.position_codes, opened);
    check_gaps(opened.night, opened.findings);
    if (inputs.strict) refuse_findings(inputs, opened);
    tell_step(done, "scorings");
    return opened;
}

}  // namespace psg::workflow

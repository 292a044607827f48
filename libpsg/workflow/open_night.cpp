// Opening a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/open_night.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "libpsg/io/recording_reader.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/body_positions.hpp"
#include "libpsg/workflow/night_gaps.hpp"
#include "libpsg/workflow/recording_source.hpp"
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

// The pass over all samples that every recording gets: digests, qualities, what had to be limited, and what others hear.
void read_once(RecordingSource& source, bool assess_all, OpenedNight& opened, const FirstListeners& listeners, const StepObserver& done) {
    std::vector<int> channels;
    if (assess_all)
        for (const Channel& c : opened.recording.channels) channels.push_back(c.index);
    for (const RoleSignal& s : opened.night.signals)
        if (!assess_all) channels.push_back(s.signal.channel);
    QualityMeters meters(opened.recording, channels, !assess_all);
    std::vector<int> kept = meters.channels();
    for (const RoleSignal& s : opened.night.others) kept.push_back(s.signal.channel);
    source.keep_if_packed(kept);
    tell_piece(done, "unpack");
    Audience audience(listeners ? listeners(opened) : std::vector<Listener>(), done);
    std::vector<int> passing = meters.channels();
    std::vector<std::optional<std::size_t>> heard(passing.size());  // by place in `passing`: that in the audience
    for (std::size_t i = 0; i < audience.channels().size(); ++i) {
        const auto at = static_cast<std::size_t>(std::find(passing.begin(), passing.end(), audience.channels()[i]) - passing.begin());
        if (at == passing.size()) {
            passing.push_back(audience.channels()[i]);
            heard.emplace_back();
        }
        heard[at] = i;
    }
    io::PassReport report;
    const auto take = [&](auto place, auto stretch, auto samples, auto at_limit) {
        if (place < meters.channels().size()) meters.add(place, stretch, samples, at_limit);
        tell_piece(done, "quality");
        if (heard[place]) audience.tell(*heard[place], stretch, samples);
    };
    source.stream(passing, take, assess_all, &report, done);
    opened.qualities = meters.finish();
    opened.all_assessed = assess_all;
    for (std::size_t i = 0; i < report.sha256.size(); ++i)
        opened.digests[i == 0 ? "recording" : "recording " + std::to_string(i + 1)] = report.sha256[i];
    for (RoleSignal& s : opened.night.signals) {
        const auto at = std::find(meters.channels().begin(), meters.channels().end(), s.signal.channel);
        s.signal.limited = report.limited[static_cast<std::size_t>(at - meters.channels().begin())];
        for (const LimitedSamples& limited : s.signal.limited) {
            Finding f = io::sample_range_finding(limited, s.signal.channel, s.signal.label);
            if (report.sha256.size() > 1) f.field = "part " + std::to_string(limited.part + 1) + ", " + f.field;
            opened.findings.push_back(std::move(f));
        }
    }
}

}  // namespace

const std::vector<Role>& scored_roles() {
    static const std::vector<Role> roles{Role::eeg,      Role::eog_left, Role::eog_right, Role::chin,
                                         Role::masseter, Role::neck,     Role::trunk,     Role::arm_left,
                                         Role::arm_right, Role::leg_left, Role::leg_right, Role::ecg,
                                         Role::position};
    return roles;
}

OpenedNight open_night(const NightInputs& inputs, const std::vector<Role>& wanted, const StepObserver& done) {
    OpenedNight opened;
    open_night(opened, inputs, wanted, done, {});
    return opened;
}

void open_night(OpenedNight& opened, const NightInputs& inputs, const std::vector<Role>& wanted, const StepObserver& done, const FirstListeners& listeners) {
    io::RecordingReader reader(inputs.recordings);
    opened.recording = reader.recording();
    opened.findings = opened.recording.findings;
    if (opened.recording.duration() > longest_night)
        throw DataError(inputs.recordings.front(),
                        "the recording lasts " + format_seconds(opened.recording.duration()) + " s, more than 30 days: it is no night",
                        "check the record duration in its header (psg-info); cut longer recordings into nights");
    if (inputs.strict) refuse_findings(inputs, opened);
    opened.roles = set_up_channels(inputs.channels, reader.signals_in_file(), opened.recording, opened.digests, opened.findings);
    const auto source = std::make_shared<RecordingSource>(std::move(reader), opened.recording);
    opened.night.signals = role_signals(*source, opened.roles, wanted);
    if (wanted == scored_roles()) opened.night.others = role_signals(*source, opened.roles, wanted, false);
    tell_step(done, "open");
    opened.night.segments = opened.recording.segments;
    Findings of_recording = std::move(opened.findings);
    opened.findings.clear();
    read_scored_inputs(inputs, opened);
    Findings of_scorings = std::exchange(opened.findings, std::move(of_recording));
    tell_step(done, "scorings");
    read_once(*source, inputs.assess_all, opened, listeners, done);
    for (Finding& f : quality_findings(opened.recording, opened.roles, opened.qualities, !inputs.assess_all))
        opened.findings.push_back(std::move(f));
    std::move(of_scorings.begin(), of_scorings.end(), std::back_inserter(opened.findings));
    set_positions(inputs.position_codes, opened);
    check_gaps(opened.night, opened.findings);
    if (inputs.strict) refuse_findings(inputs, opened);
    tell_step(done, "samples");
}

}  // namespace psg::workflow

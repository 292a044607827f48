// Opening a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/open_night.hpp"

#include <algorithm>
#include <filesystem>

#include "libpsg/io/edf_reader.hpp"
#include "libpsg/io/event_reader.hpp"
#include "libpsg/io/hypnogram_reader.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace {

std::string display_name(const std::string& path) {
    return path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
}

void refuse_second_stdin(const NightInputs& inputs) {
    const std::string* paths[] = {&inputs.hypnogram, &inputs.respiratory, &inputs.arousals, &inputs.movements};
    if (std::count_if(std::begin(paths), std::end(paths), [](const std::string* p) { return *p == "-"; }) > 1)
        throw UsageError("standard input (-) can be given for one input only");
}

// Findings about what was read, not about what is missing.
void refuse_findings(const Findings& findings) {
    for (const Finding& f : findings) {
        const std::string_view code = code_name(f.code);
        if (code.starts_with("EDF_") || code.starts_with("HYPNOGRAM_") || code.starts_with("EVENTS_"))
            throw DataError(f.field, std::string(code) + " (" + f.message + "), and --strict refuses every finding about an input");
    }
}

// Signals of the chosen channels, and findings about their samples.
void load_signals(const io::EdfReader& reader, const std::vector<Role>& wanted, OpenedNight& opened) {
    std::vector<RoleAssignment> loaded;
    for (const RoleAssignment& a : opened.roles)
        if (a.chosen && std::find(wanted.begin(), wanted.end(), a.role) != wanted.end()) loaded.push_back(a);
    std::vector<int> channels;
    for (const RoleAssignment& a : loaded) channels.push_back(a.channel);
    auto signals = reader.read(channels, &opened.digests["recording"]);
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        if (signals[i].limited > 0)
            opened.findings.push_back({FindingCode::EDF_SAMPLE_RANGE,
                                       std::to_string(signals[i].limited) + " samples lie outside the digital range",
                                       "limited to the range", "samples", loaded[i].channel, loaded[i].label});
        opened.night.signals.push_back({loaded[i].role, loaded[i].site, std::move(signals[i])});
    }
}

}  // namespace

const std::vector<Role>& scored_roles() {
    static const std::vector<Role> roles{Role::eeg,      Role::eog_left, Role::eog_right, Role::chin,
                                         Role::masseter, Role::neck,     Role::trunk,     Role::arm_left,
                                         Role::arm_right, Role::leg_left, Role::leg_right, Role::ecg};
    return roles;
}

Time parse_moment(const std::string& text, const std::string& option, const StartTime& start, Time duration) {
    if (const auto t = parse_seconds(text)) return *t;
    const auto of_day = parse_time_of_day(text);
    if (!of_day) throw UsageError("'" + text + "' is no moment for " + option, "give seconds since the start, or HH:MM:SS");
    const auto t = at_clock(start, *of_day);
    if (!t)
        throw UsageError("the recording does not tell its start time, so " + option + " " + text + " has no place in it",
                         "give seconds since the start");
    // the clock shows each time once a day: the one in the recording is meant, else the nearer one before or after it
    const Time day = std::chrono::hours(24), before = *t - day;
    return *t < duration || *t - duration <= -before ? *t : before;
}

OpenedNight open_night(const NightInputs& inputs, const std::vector<Role>& wanted) {
    refuse_second_stdin(inputs);
    const io::EdfReader reader(inputs.recording);
    OpenedNight opened;
    opened.recording = reader.recording();
    opened.findings = opened.recording.findings;
    if (inputs.strict) refuse_findings(opened.findings);
    opened.roles = io::assign_roles(opened.recording, inputs.channels, opened.findings);
    load_signals(reader, wanted, opened);

    Night& night = opened.night;
    night.segments = opened.recording.segments;
    const auto read_input = [&](const std::string& kind, const std::string& path) {
        std::string text = io::read_text_file(path);
        opened.digests[kind] = io::sha256_of(text);
        return text;
    };
    const auto events = [&](const std::string& kind, const std::string& path, io::EventUse use) {
        auto list = io::read_events(read_input(kind, path), display_name(path), use, opened.findings);
        const IntervalSet recorded(opened.recording.segments);
        const auto outside = std::count_if(list.begin(), list.end(), [&](const Event& e) { return !recorded.contains(e.extent.onset); });
        if (outside > 0)
            opened.findings.push_back({FindingCode::EVENTS_OUTSIDE,
                                       std::to_string(outside) + " " + kind + " begin outside the recording or in a gap of it", "", kind});
        return list;
    };
    if (!inputs.hypnogram.empty()) {
        night.hypnogram = io::read_hypnogram(read_input("hypnogram", inputs.hypnogram), display_name(inputs.hypnogram),
                                             opened.recording, opened.findings);
        opened.hypnogram_given = true;
    }
    if (!inputs.respiratory.empty())
        night.respiratory = events("respiratory", inputs.respiratory, io::EventUse::respiratory);
    if (!inputs.arousals.empty()) night.arousals = events("arousals", inputs.arousals, io::EventUse::arousals);
    if (!inputs.movements.empty()) {
        night.events = events("movements", inputs.movements, io::EventUse::movements);
        sort_events(night.events);
        night.at_risk["leg_movement"] = IntervalSet(night.segments);
    }
    const StartTime& start = opened.recording.start;
    const Time duration = opened.recording.duration();
    if (!inputs.lights_off.empty()) night.lights_off = parse_moment(inputs.lights_off, "--lights-off", start, duration);
    if (!inputs.lights_on.empty()) night.lights_on = parse_moment(inputs.lights_on, "--lights-on", start, duration);
    if (night.lights_off && night.lights_on && *night.lights_on <= *night.lights_off)
        throw UsageError("--lights-on comes before --lights-off");
    if ((night.lights_off && *night.lights_off >= duration) || (night.lights_on && *night.lights_on <= Time(0)))
        throw UsageError("the recording lies outside lights off to lights on", "it lasts " + format_seconds(duration) + " s");
    if (inputs.strict) refuse_findings(opened.findings);
    return opened;
}

}  // namespace psg::workflow

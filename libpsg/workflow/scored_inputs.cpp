// Everything scored that is given beside a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/scored_inputs.hpp"

#include <algorithm>
#include <filesystem>

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
    const std::string* paths[] = {&inputs.hypnogram, &inputs.respiratory, &inputs.arousals, &inputs.movements, &inputs.channels.map};
    if (std::count_if(std::begin(paths), std::end(paths), [](const std::string* p) { return *p == "-"; }) > 1)
        throw UsageError("standard input (-) can be given for one input only");
}

}  // namespace

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

void read_scored_inputs(const NightInputs& inputs, OpenedNight& opened) {
    refuse_second_stdin(inputs);
    Night& night = opened.night;
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
}

}  // namespace psg::workflow

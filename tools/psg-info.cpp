// psg-info: what a recording is, which channel plays which role, and what is odd about it.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "libpsg/io/edf/edf_verdict.hpp"
#include "libpsg/io/recording_reader.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/check_recordings.hpp"
#include "libpsg/workflow/recording_source.hpp"
#include "libpsg/workflow/tables/check_tables.hpp"
#include "libpsg/workflow/tables/night_file.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

static Table annotations_table(const Recording& recording) {
    std::vector<double> onset, duration;
    std::vector<std::string> text;
    for (const Annotation& a : recording.annotations) {
        onset.push_back(seconds(a.onset));
        duration.push_back(seconds(a.duration));
        text.push_back(a.text);
    }
    Table t{"annotations", "annotations of the recording"};
    t.add("onset", "s", "", onset).add("duration", "s", "", duration).add("text", "", "", text);
    return t;
}

// Every file by itself: an archive in one call.
static int check(const cli::Arguments& arguments, const std::vector<std::string>& files) {
    if (arguments.has("table")) throw UsageError("--check prints its own table", "leave out --table");
    std::vector<workflow::CheckedFile> checked;
    std::size_t readable = 0;
    for (const std::string& file : files) {
        const bool tables = workflow::is_night_file(file);
        const auto& c = checked.emplace_back(tables ? workflow::check_tables(file) : workflow::check_recording(file, arguments.has("strict")));
        readable += c.readable;
        if (!c.readable) cli::print_words("psg-info: " + c.reason + "\n");
        if (tables)
            cli::say(arguments, fmt::format("{}: tables, {}", c.file, c.readable ? "nothing is wrong" : fmt::format("{} faults", c.rows.size())));
        else
            cli::say(arguments, fmt::format("{}: EDFlib: {}; libpsg: {}, {} findings", c.file, c.edflib,
                                            c.readable ? "readable" : "refused", c.rows.size() - !c.readable));
    }
    cli::write_table(arguments, workflow::check_table(checked), files);
    return readable == files.size() ? cli::exit_fine : readable == 0 ? cli::exit_data : cli::exit_partial;
}

static int run(const cli::Arguments& arguments) {
    const auto files = arguments.texts("recording");
    if (files.empty()) throw UsageError("no recording was given");
    if (arguments.has("check")) {
        for (const char* option : {"quality", "channel", "channel-map", "derive", "unit", "invert"})
            if (arguments.has(option)) throw UsageError("--check looks at the files as they are", std::string("leave out --") + option);
        return check(arguments, files);
    }
    io::RecordingReader reader(files);
    workflow::ScoredNight night;
    Recording& recording = night.opened.recording;
    recording = reader.recording();
    const workflow::ChannelInputs channels = cli::channel_inputs(arguments);
    std::vector<std::string> inputs = files;
    inputs.push_back(channels.map);
    Findings findings = recording.findings;
    const bool quality = arguments.has("quality") || arguments.text("table") == "quality";
    if (arguments.has("quality") && arguments.has("table") && arguments.text("table") != "quality")
        throw UsageError("--quality prints its own table", "leave out --table");
    night.opened.roles = workflow::set_up_channels(channels, reader.signals_in_file(), recording, night.opened.digests, findings);
    const auto source = std::make_shared<workflow::RecordingSource>(std::move(reader), recording);
    if (quality) {
        night.opened.night.signals = workflow::role_signals(*source, night.opened.roles, {Role::leg_left, Role::leg_right, Role::ecg});  // as the main job looks at legs
        std::vector<int> looked_at;
        for (const RoleSignal& s : night.opened.night.signals) looked_at.push_back(s.signal.channel);
        source->keep_if_packed(looked_at);
    }
    if (quality || arguments.text("table") == "findings") night.opened.qualities = workflow::assess_channels(*source, recording);
    if (quality) {
        workflow::tell_unscorable_legs(night.opened.night, night.opened.qualities);
    }
    const Findings of_samples = workflow::quality_findings(recording, night.opened.roles, night.opened.qualities, false);
    findings.insert(findings.end(), of_samples.begin(), of_samples.end());
    for (const Finding& f : findings)
        if (arguments.has("strict") && !code_name(f.code).starts_with("CHANNEL_") && f.code != FindingCode::SIMULATED && f.code != FindingCode::RECORDING_JOINED)
            throw DataError(files.front(), std::string(code_name(f.code)) + " (" + f.message + "), and --strict refuses every finding");

    const std::string table = quality ? "quality" : arguments.has("table") ? arguments.text("table") : "channels";
    cli::say_findings(arguments, findings);
    if (table == "findings" && files.size() == 1)
        cli::say(arguments, "EDFlib: " + io::edflib_verdict(files.front()) +
                                fmt::format("; libpsg: readable, {} findings", findings.size()));
    else
        cli::say(arguments, fmt::format("{}, {} channels, {} segments, {} s recorded in {} s", recording.format,
                                        recording.channels.size(), recording.segments.size(),
                                        format_seconds(recording.recorded()), format_seconds(recording.duration())));
    const bool keep = arguments.has("keep-identity");
    if (table == "channels")
        cli::write_table(arguments, workflow::channels_table(recording, night.opened.roles, keep), inputs);
    else if (table == "recording")
        cli::write_table(arguments, workflow::recording_table(night, keep), inputs);
    else if (table == "segments")
        cli::write_table(arguments, workflow::segments_table(recording), inputs);
    else if (table == "annotations")
        cli::write_table(arguments, annotations_table(recording), inputs);
    else if (table == "findings")
        cli::write_table(arguments, workflow::findings_table(findings), inputs);
    else if (table == "quality")
        cli::write_table(arguments, workflow::quality_table(recording, night.opened.roles, night.opened.qualities), inputs);
    else
        throw UsageError("there is no table '" + table + "'", "give channels, recording, segments, annotations, findings or quality");
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-info";
    tool.summary = "tells what is in a recording: channels and their roles, segments, annotations, findings";
    tool.usage = "psg-info [OPTIONS] RECORDING...";
    tool.notes = "Several recordings are the parts of one night, joined by their start times. A recording may be packed with gzip.";
    tool.example = "psg-info sample_data/night.edf";
    tool.positional = "recording";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()("table", cli::po::value<std::string>()->value_name("NAME"),
                               "channels (default), recording, segments, annotations, findings, quality")(
        "quality", "print the quality of each channel: minutes flat, clipped, mains, lead off; step, amplitude, unscorable")(
        "check", "print what is odd about each file, with EDFlib's verdict beside ours; every file is looked at by itself;\nof HDF5 files of the tools: what is wrong in their tables")(
        "strict", "refuse a recording about which there is any finding (with --check: call it refused)")(
        "keep-identity", "print patient, start date and free header texts, too");
    cli::add_channel_options(tool.options);
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}

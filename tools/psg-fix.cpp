// psg-fix: a conformant EDF+ of the same samples and annotations, whatever the recording was.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>

#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/options.hpp"
#include "libpsg/workflow/annotation_inputs.hpp"
#include "libpsg/workflow/fix/fix_plan.hpp"
#include "libpsg/workflow/fix/fix_recording.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "libpsg/workflow/scoring_options.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

static Table files_table(const workflow::FixResult& result) {
    std::vector<std::string> path, kind;
    std::vector<std::int32_t> segment, channels, records, annotations;
    std::vector<double> onset, duration;
    for (const workflow::FixedFile& f : result.files) {
        path.push_back(f.path);
        kind.push_back(f.kind);
        segment.push_back(f.segment);
        onset.push_back(seconds(f.onset));
        duration.push_back(seconds(f.duration));
        channels.push_back(f.channels);
        records.push_back(static_cast<std::int32_t>(f.records));
        annotations.push_back(static_cast<std::int32_t>(f.annotations));
    }
    Table t{"files", "files that were written"};
    t.add("file", "", "", path)
        .add("format", "", "", kind)
        .add("segment", "", "", segment)
        .add("onset", "s", "", onset);
    t.add("duration", "s", "", duration).add("channels", "", "", channels).add("records", "", "", records);
    t.add("annotations", "", "", annotations);
    return t;
}

static std::vector<std::string> list_of(const std::string& text) {
    std::vector<std::string> items;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        if (comma > from) items.push_back(text.substr(from, comma - from));
        from = comma + 1;
    }
    return items;
}

// De-identified runs quote nothing that stands in a file.
static void refuse_findings(const std::string& file, const Findings& findings, bool deidentify) {
    for (const Finding& f : findings)
        if (f.code != FindingCode::SIMULATED)
            throw DataError(file, fmt::format("{} ({}), and --strict refuses every finding", code_name(f.code),
                                              deidentify ? std::string(code_meaning(f.code)) : f.message));
}

static io::EdfReader open_recording(const std::string& input, bool deidentify) {
    try {
        return io::EdfReader(input);
    } catch (const io::EdfRefusal& e) {
        if (!deidentify) throw;
        throw DataError(fmt::format("{}, byte {}, {}", input, e.place().byte_offset.value_or(0), e.place().field),
                        "cannot be read, for a reason that may quote the person's texts", "without --deidentify it is told");
    }
}

static void read_scorings(const cli::Arguments& arguments, const Recording& recording, workflow::FixOptions& options) {
    const auto names = workflow::scoring_options(arguments.text("event-map"), arguments.text("stage-digits"));
    for (const std::string& file : arguments.texts("annotations")) {
        Findings findings;
        try {
            auto list = workflow::read_annotation_input(file, recording, names, findings);
            options.annotations.insert(options.annotations.end(), list.begin(), list.end());
        } catch (const DataError&) {
            if (!options.deidentify.on) throw;
            throw DataError(file, "is not read as a scoring, for a reason that may quote the person's texts",
                            "without --deidentify it is told");
        }
        if (arguments.has("strict")) refuse_findings(file, findings, options.deidentify.on);
        options.annotation_findings.insert(options.annotation_findings.end(), findings.begin(), findings.end());
    }
}

static workflow::FixOptions fix_options(const cli::Arguments& arguments) {
    workflow::FixOptions options;
    for (const std::string& list : arguments.texts("channels"))
        for (std::string& label : list_of(list)) options.channels.push_back(std::move(label));
    options.keep_uncalibrated = arguments.has("keep-uncalibrated");
    options.round_annotations = arguments.has("round-annotations");
    options.overwrite = arguments.has("force");
    options.deidentify.on = arguments.has("deidentify");
    for (const char* name : {"shift-days", "keep-time", "scrub"})
        if (arguments.has(name) && !options.deidentify.on)
            throw UsageError(fmt::format("--{} belongs to --deidentify", name));
    if (arguments.has("shift-days"))
        options.deidentify.shift_days = parse_whole_number(
            OptionInfo{"--shift-days", "d", "", "", "", {}, -20000, 20000}, arguments.text("shift-days"));
    options.deidentify.keep_time = arguments.has("keep-time");
    options.deidentify.scrub = arguments.texts("scrub");
    options.progress = cli::progress(arguments);
    return options;
}

static int run(const cli::Arguments& arguments) {
    const auto files = arguments.texts("files");
    if (files.size() != 2)
        throw UsageError("a recording and the name of the output are needed", "write psg-fix IN OUT");
    const std::string &input = files[0], &output = files[1];
    const std::string table = arguments.has("table") ? arguments.text("table") : "files";
    if (table != "files" && table != "findings")
        throw UsageError("there is no table '" + table + "'", "tables are files and findings");
    workflow::FixOptions options = fix_options(arguments);
    std::vector<std::string> inputs = arguments.texts("annotations");
    if (arguments.has("event-map")) inputs.push_back(arguments.text("event-map"));
    if (std::count(inputs.begin(), inputs.end(), "-") > 1)
        throw UsageError("standard input (-) can be given for one input only");
    inputs.push_back(input);
    for (const std::string& name : {output, workflow::annot_file_name(output), workflow::fixed_file_name(output, 1, 0)})
        for (const std::string& read : inputs)
            if (io::same_file(read, name))
                throw UsageError("the output " + name + " is the input " + read, "give another name");

    const io::EdfReader reader = open_recording(input, options.deidentify.on);
    if (arguments.has("strict")) refuse_findings(input, reader.recording().findings, options.deidentify.on);
    read_scorings(arguments, reader.recording(), options);
    const workflow::FixResult result = workflow::fix_recording(reader, output, options);
    cli::say_findings(arguments, result.findings);
    inputs.push_back(output);
    cli::write_table(arguments, table == "findings" ? workflow::findings_table(result.findings) : files_table(result), inputs);
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-fix";
    tool.summary = "writes a conformant EDF+ (BDF+) of the same samples and annotations";
    tool.usage = "psg-fix [OPTIONS] RECORDING OUT.edf";
    tool.notes =
        std::string(
            "A recording with gaps becomes OUT-1.edf, OUT-2.edf, ...; what EDFlib cannot write goes to OUT.annot. The "
            "files\n"
            "written are listed on stdout; every oddity and every repair is told on stderr.\n"
            "--deidentify removes what the header tells of the person, and words, dates and numbers from annotations; "
            "it\n"
            "cannot know a name that the header does not tell: look at the annotations before you share a file.\n") +
        cli::scoring_notes();
    tool.example = "psg-fix --deidentify sample_data/night.edf clean.edf";
    tool.positional = "files";
    tool.positional_limit = 2;
    tool.run = run;
    const auto several = [](const char* name) {
        return cli::po::value<std::vector<std::string>>()->composing()->value_name(name);
    };
    tool.options.add_options()("channels", several("LABEL,..."), "keep only these channels")(
        "annotations", several("FILE"),
        "stages, events and marks to embed as annotations, of any format below; may be repeated")(
        "event-map", cli::po::value<std::string>()->value_name("FILE"),
        "names of a laboratory in them: lines of NAME, tab, MEANING (meanings below)")(
        "stage-digits", cli::po::value<std::string>()->value_name("CODING"),
        "stages in digits: rk (4 is stage 4, 5 REM) or yasa (4 is REM)")(
        "deidentify", "leave out name, birth date, codes, date and time; clean the texts of annotations and channels")(
        "shift-days", cli::po::value<std::string>()->value_name("N"),
        "with --deidentify: move the start date by N days in place of removing it")(
        "keep-time", "with --deidentify: keep the time of day")(
        "scrub", several("REGEX"), "with --deidentify: replace what matches in annotations, too; may be repeated")(
        "keep-uncalibrated", "write channels without a calibration as bare digital values")(
        "round-annotations", "round times to the 100 us that EDFlib writes; without it finer ones go to OUT.annot")(
        "table", cli::po::value<std::string>()->value_name("NAME"), "files (default) or findings")(
        "strict", "refuse a recording or a scoring about which there is any finding");
    cli::add_output_options(tool.options, "write the table here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}

// psg-detect: movements of a night, one line per event with its measures.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/tables/event_export.hpp"
#include "libpsg/workflow/tables/movement_basis.hpp"
#include "libpsg/workflow/tables/movement_tables.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

// Every detector with its classes, measures and parameters, as one table.
static Table list_of_detectors() {
    std::vector<std::string> detector, kind, name, value, unit, source, text;
    const auto add = [&](const events::Detector& d, const char* what, const std::string& n, const std::string& v,
                         const std::string& u, const std::string& s, const std::string& t) {
        detector.push_back(d.name);
        kind.push_back(what);
        name.push_back(n);
        value.push_back(v);
        unit.push_back(u);
        source.push_back(s);
        text.push_back(t);
    };
    for (const events::Detector* d : events::all_detectors()) {
        add(*d, "detector", d->name, "", "", d->reference, d->text + "; needs " + d->needs);
        for (const events::EventClass& c : d->classes) {
            add(*d, "class", c.name, "", "", "", c.text);
            for (const MeasureInfo& m : c.measures) add(*d, "measure", c.name + "." + m.name, "", m.unit, "", m.text);
        }
        for (const OptionInfo& o : d->options) {
            std::string choices;
            for (const std::string& c : o.choices) choices += (choices.empty() ? " (" : ", ") + c;
            add(*d, "parameter", d->name + "." + o.name, o.fallback, o.unit, o.source, o.text + (choices.empty() ? "" : choices + ")"));
        }
    }
    Table t{"detectors", "detectors, their classes, measures and parameters"};
    t.add("detector", "", "", detector).add("kind", "", "", kind).add("name", "", "", name).add("default", "", "", value);
    t.add("unit", "", "", unit).add("source", "", "", source).add("text", "", "", text);
    return t;
}

// One line per rule: verdict, rule, value, limit, words.
static std::string in_words(const std::vector<events::ExplainedRule>& rules) {
    std::string text, event;
    for (const events::ExplainedRule& r : rules) {
        if (r.event != event) text += (text.empty() ? "" : "\n") + r.event + "\n";
        event = r.event;
        const std::string value = r.value.empty() || r.unit.empty() ? r.value : r.value + " " + r.unit;
        const std::string limit = r.limit.empty() ? "" : "(" + r.limit + ")";
        std::string line = fmt::format("  {:<10} {:<37} {:<24} {:<28} {}", r.verdict, r.rule, value, limit, r.text);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

// `--explain ID`: every class is wanted, so that the ids are those of the list whatever it was cut to.
static int explain(const cli::Arguments& arguments, const std::vector<std::string>& inputs,
                   const workflow::ScoredNight& night) {
    const auto rules = events::explain(arguments.text("explain"), night.opened.night, night.detection);
    if (arguments.json())
        cli::write_table(arguments, workflow::explanation_table(rules), inputs);
    else if (arguments.has("output"))
        cli::write_file(arguments.text("output"), arguments.has("force"), inputs,
                        [&](const std::string& temporary) { io::write_text_file(temporary, in_words(rules), true); });
    else
        cli::print(in_words(rules));
    return cli::exit_fine;
}

static int run(const cli::Arguments& arguments) {
    if (arguments.has("explain"))
        for (const char* other : {"list", "format"})
            if (arguments.has(other) && !(other[0] == 'f' && arguments.text(other) == "tsv"))
                throw UsageError(std::string("--explain and --") + other + " do not go together",
                                 "the rules are written as words, or with --json as a table");
    if (arguments.has("list")) {
        cli::write_table(arguments, list_of_detectors(), {});
        return cli::exit_fine;
    }
    const std::string format = arguments.has("format") ? arguments.text("format") : "tsv";
    if (format != "tsv" && format != "annot") throw UsageError("'" + format + "' is no output format", "give tsv or annot");
    auto inputs = cli::night_inputs(arguments);
    inputs.companion = !arguments.has("no-companion");
    auto choice = cli::detector_choice(arguments);
    if (arguments.has("explain")) choice.only.clear();
    const StepObserver done = cli::step_progress(arguments);
    const workflow::ScoredNight night = workflow::score_recording(inputs, workflow::choose_model(arguments.text("model")), choice, done);
    cli::say_findings(arguments, night.findings);
    cli::say_sources(arguments, night.opened);
    cli::say(arguments, workflow::basis_sentence(night));
    if (arguments.has("explain")) return explain(arguments, cli::input_files(inputs), night);
    if (format == "annot")
        cli::write_text(arguments, workflow::events_annot(night.detection.events), cli::input_files(inputs));
    else
        cli::write_table(arguments, workflow::event_list_table(night), cli::input_files(inputs));
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-detect";
    tool.summary = "detects movements in a recording: leg movements, their periodic series, hypnic jerks";
    tool.usage = "psg-detect [OPTIONS] RECORDING...\n       psg-detect --explain ID [OPTIONS] RECORDING\n       psg-detect --list";
    tool.notes = "Several recordings are the parts of one night, joined by their start times. A recording may be packed with gzip.\n"
                 "Movements: proposed rule, checked on simulated signals (leg movements and their series: WASM 2016, checked on\n"
                 "simulated signals). The column 'basis' of every table says which. No diagnosis.\n"
                 "Without --hypnogram the recording is staged first.";
    tool.notes += "\nA scoring beside the recording (night.xml, night.annot, night.hypnogram.tsv, ...; man page) or among its\n"
                  "annotations is used, and named on stderr, unless --no-companion.\n" +
                  cli::scoring_notes();
    tool.example = "psg-stage sample_data/night.edf | psg-detect sample_data/night.edf --hypnogram - | head";
    tool.positional = "recording";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()("list", "list every detector with its classes, measures and parameters")(
        "explain", cli::po::value<std::string>()->value_name("ID"),
        "why the event of this id is what it is: each rule with its value, passed or failed")(
        "format", cli::po::value<std::string>()->value_name("NAME"),
        "tsv (default), or annot: Luna's annotations, which viewers read and --movements reads back");
    cli::add_night_options(tool.options);
    cli::add_companion_option(tool.options);
    cli::add_detector_options(tool.options);
    cli::add_model_option(tool.options);
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}

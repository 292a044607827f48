// The inputs and choices that tools share.
// SPDX-License-Identifier: BSD-3-Clause
#include "tools/cli/night_options.hpp"

#include <algorithm>

#include "libpsg/io/scored/event_names.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/body_positions.hpp"
#include "libpsg/workflow/scored_inputs.hpp"
#include "tools/cli/exit_codes.hpp"
#include "tools/cli/output.hpp"

namespace psg::cli {

static auto file() { return po::value<std::string>()->value_name("FILE"); }
static auto several(const char* name) { return po::value<std::vector<std::string>>()->composing()->value_name(name); }

void add_night_options(po::options_description& options) {
    options.add_options()("scoring", file(), "one file with stages, respiratory events, arousals and lights; formats below")(
        "hypnogram", file(), "scored stages, of any format below; - is stdin")(
        "respiratory", file(), "scored respiratory events, of any format below")(
        "arousals", file(), "scored arousals, of any format below")(
        "movements", file(), "scored or edited movements, in place of detected ones, of any format below")(
        "original", file(), "the same movements before they were edited (psg-detect's output, psg-export's table events): tells what changed");
    add_common_night_options(options);
}

void add_common_night_options(po::options_description& options) {
    options.add_options()("event-map", file(), "names of a laboratory: lines of NAME, tab, MEANING (meanings below)")(
        "stage-digits", po::value<std::string>()->value_name("CODING"), "stages in digits: rk (4 is stage 4, 5 REM) or yasa (4 is REM)")(
        "lights-off", po::value<std::string>()->value_name("T"), "seconds since the start, or time of day HH:MM[:SS]")(
        "lights-on", po::value<std::string>()->value_name("T"), "the same for the end of the night")(
        "position", several("CODE=NAME"), "what a value of the position channel means: supine, prone, left, right, upright or unknown; may be repeated")(
        "strict", "refuse inputs with any finding of their own (files, scorings; not signals)");
    add_channel_options(options);
}

void add_channel_options(po::options_description& options) {
    options.add_options()("channel", several("ROLE=LABEL"), "channel for a role, in place of what the labels say; may be repeated")(
        "channel-map", file(), "map of a laboratory's labels: lines LABEL, ROLE or ignore, UNIT, POLARITY, tab-separated")(
        "derive", several("NAME=EXPR"), "make a channel, as in \"C4-M1=C4-Ref - M1-Ref\" or \"EMG LAT='LAT1'-'LAT2'\"; may be repeated")(
        "unit", several("LABEL=UNIT"), "the header's unit should have been uV, mV or V; may be repeated")(
        "invert", several("LABEL"), "turn a channel upside down; may be repeated");
}

workflow::ChannelInputs channel_inputs(const Arguments& a) {
    workflow::ChannelInputs in;
    in.map = a.text("channel-map");
    for (const std::string& u : a.texts("unit")) in.units.push_back(io::parse_unit_choice(u));
    in.inverted = a.texts("invert");
    for (const std::string& d : a.texts("derive")) in.derivations.push_back(io::parse_derivation(d));
    for (const std::string& c : a.texts("channel")) in.roles.push_back(io::parse_channel_choice(c));
    return in;
}

std::string scoring_notes() {
    return "Scorings are read from EDF+ annotations, Profusion and NSRR XML, Luna .annot and .eannot, BIDS events.tsv, tables\n"
           "(onset, duration, stage or event), one stage per line (YASA, others), and from text exports of RemLogic, Noxturnal\n"
           "and SOMNOmedics (untested on a real export). The content tells which; it is named on stderr.\n"
           "Meanings of --event-map: " +
           std::string(io::meaning_names()) + ",\nand the classes of psg-detect.";
}

void add_companion_option(po::options_description& options) {
    options.add_options()("no-companion", "use no scoring that is found beside the recording or among its annotations");
}

void say_sources(const Arguments& a, const workflow::OpenedNight& night) {
    for (const workflow::ScoredSource& s : night.sources)
        say(a, s.kind + (s.kind == "companion" ? " found beside the recording: " : ": ") + s.name + " (" + s.format + "): " + s.contents);
    const auto lights = [&](const char* what, const std::optional<Time>& t, const std::string& from) {
        if (t && from != "given") say(a, std::string(what) + " at " + format_seconds(*t) + " s, marked in the " + from);
    };
    lights("lights off", night.night.lights_off, night.lights_off_from);
    lights("lights on", night.night.lights_on, night.lights_on_from);
}

int exit_of_staging(const std::string& tool, const workflow::ScoredNight& night) {
    const auto& stages = night.opened.night.hypnogram.stages;
    if (night.opened.hypnogram_given || std::any_of(stages.begin(), stages.end(), [](Stage s) { return s != Stage::unknown; })) return exit_fine;
    std::string why = "sleep was not staged";
    for (const Finding& f : night.findings)
        if (f.code == FindingCode::STAGING_NOT_RUN) why = f.message;
    print_words(tool + ": " + why + "; no epoch has a stage\n");
    return exit_partial;
}

workflow::NightInputs common_night_inputs(const Arguments& a) {
    workflow::NightInputs in;
    in.event_map = a.text("event-map");
    in.stage_digits = a.text("stage-digits");
    in.lights_off = a.text("lights-off");
    in.lights_on = a.text("lights-on");
    in.position_codes = workflow::parse_position_codes(a.texts("position"));
    in.strict = a.has("strict");
    in.channels = channel_inputs(a);
    return in;
}

workflow::NightInputs night_inputs(const Arguments& a) {
    const auto recordings = a.texts("recording");
    if (recordings.empty()) throw UsageError("no recording was given");
    workflow::NightInputs in = common_night_inputs(a);
    in.recordings = recordings;
    in.hypnogram = a.text("hypnogram");
    in.respiratory = a.text("respiratory");
    in.arousals = a.text("arousals");
    in.movements = a.text("movements");
    in.original = a.text("original");
    in.scoring = a.text("scoring");
    return in;
}

std::vector<std::string> input_files(const workflow::NightInputs& in) {
    std::vector<std::string> files;
    for (const workflow::NightFileOf& f : workflow::night_files(in)) files.push_back(f.path);
    for (const std::string& f : {in.event_map, in.channels.map})
        if (!f.empty()) files.push_back(f);
    return files;
}

void add_detector_options(po::options_description& options) {
    options.add_options()("only", several("CLASS,..."), "keep only these classes of events (see psg-detect --list)")(
        "standard", po::value<std::string>()->value_name("NAME"),
        "rules of leg movement series: wasm2016 (default), wasm2006, aasm, plmscore, somas, splmad")(
        "set", several("DETECTOR.PARAMETER=VALUE"), "a parameter of a detector (see psg-detect --list); may be repeated");
}

events::DetectorChoice detector_choice(const Arguments& a) {
    events::DetectorChoice choice;
    for (const std::string& list : a.texts("only"))
        for (std::size_t from = 0; from <= list.size();) {
            const std::size_t comma = std::min(list.find(',', from), list.size());
            if (comma > from) choice.only.insert(list.substr(from, comma - from));
            from = comma + 1;
        }
    if (a.has("standard"))
        for (const char* detector : {"leg_movements", "plm_series"})
            choice.parameters[detector]["standard"] = a.text("standard");
    for (const std::string& setting : a.texts("set")) {
        const std::size_t equals = setting.find('='), dot = setting.find('.');
        if (equals == std::string::npos || dot == std::string::npos || dot > equals)
            throw UsageError("'" + setting + "' is no setting", "write --set DETECTOR.PARAMETER=VALUE");
        if (a.has("standard") && setting.substr(dot + 1, equals - dot - 1) == "standard" &&
            setting.substr(equals + 1) != a.text("standard"))
            throw UsageError("--standard " + a.text("standard") + " and --set " + setting + " contradict each other",
                             "give one of both");
        choice.parameters[setting.substr(0, dot)][setting.substr(dot + 1, equals - dot - 1)] = setting.substr(equals + 1);
    }
    events::check_choice(choice);
    return choice;
}

void add_model_option(po::options_description& options) {
    options.add_options()("model", file(), "staging model in place of the built-in one: of psg-train, or YASA's as LightGBM text; may be packed with gzip");
}

}  // namespace psg::cli

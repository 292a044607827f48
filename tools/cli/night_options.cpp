// The inputs and choices that tools share.
// SPDX-License-Identifier: BSD-3-Clause
#include "tools/cli/night_options.hpp"

#include "libpsg/model/error.hpp"

namespace psg::cli {

static auto file() { return po::value<std::string>()->value_name("FILE"); }
static auto several(const char* name) { return po::value<std::vector<std::string>>()->composing()->value_name(name); }

void add_night_options(po::options_description& options) {
    options.add_options()("hypnogram", file(), "scored stages (psg-stage output, table, or one stage per line); - is stdin")(
        "respiratory", file(), "scored respiratory events: table with onset, duration, type")(
        "arousals", file(), "scored arousals: table with onset, duration")(
        "movements", file(), "scored leg movements, in place of detected ones: table with onset, duration, leg")(
        "lights-off", po::value<std::string>()->value_name("T"), "seconds since the start, or time of day HH:MM[:SS]")(
        "lights-on", po::value<std::string>()->value_name("T"), "the same for the end of the night")(
        "strict", "refuse inputs about which there is any finding");
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

workflow::NightInputs night_inputs(const Arguments& a) {
    const auto recordings = a.texts("recording");
    if (recordings.empty()) throw UsageError("no recording was given");
    workflow::NightInputs in;
    in.recordings = recordings;
    in.hypnogram = a.text("hypnogram");
    in.respiratory = a.text("respiratory");
    in.arousals = a.text("arousals");
    in.movements = a.text("movements");
    in.lights_off = a.text("lights-off");
    in.lights_on = a.text("lights-on");
    in.strict = a.has("strict");
    in.channels = channel_inputs(a);
    return in;
}

std::vector<std::string> input_files(const workflow::NightInputs& in) {
    std::vector<std::string> files = in.recordings;
    files.insert(files.end(), {in.hypnogram, in.respiratory, in.arousals, in.movements, in.channels.map});
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
        choice.parameters[setting.substr(0, dot)][setting.substr(dot + 1, equals - dot - 1)] = setting.substr(equals + 1);
    }
    return choice;
}

void add_model_option(po::options_description& options) {
    options.add_options()("model", file(), "staging model in place of the built-in one: of psg-train, or YASA's as LightGBM text; may be packed with gzip");
}

}  // namespace psg::cli

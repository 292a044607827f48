// psg-simulate: a seeded night with planted movements, and the truth about it beside the recording.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <charconv>

#include "libpsg/model/error.hpp"
#include "libpsg/simulate/options.hpp"
#include "libpsg/workflow/write_simulation.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

/// The option's name on the command line: "plm-series" for plm_series.
static std::string dashed(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

static std::uint64_t parse_seed(const std::string& text) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        throw UsageError("--seed '" + text + "' is not a whole number from 0 to 2^64 - 1");
    return seed;
}

static int run(const cli::Arguments& arguments) {
    OptionValues values;
    for (const auto& spec : simulate::simulation_option_specs())
        if (arguments.has(dashed(spec.info.name))) values[spec.info.name] = arguments.text(dashed(spec.info.name));
    simulate::SimulationOptions options = parse_options(simulate::simulation_option_specs(), values);
    if (arguments.has("seed")) options.seed = parse_seed(arguments.text("seed"));
    options.hours = arguments.number("hours", options.hours);
    options.events = !arguments.has("no-events");

    const std::string path = arguments.text("output");
    if (path.empty() || path == "-") throw UsageError("three files are written", "name the recording with -o FILE.edf");
    const auto files = workflow::write_simulation(options, path, arguments.has("force"));
    cli::say(arguments, "simulated night in " + files.recording);
    cli::say(arguments, "truth in " + files.truth + " and " + files.hypnogram);
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    cli::Tool tool;
    tool.name = "psg-simulate";
    tool.summary = "simulates a night with planted movements and writes the truth beside it";
    tool.usage = "psg-simulate [OPTIONS] -o FILE.edf";
    tool.notes =
        "Writes FILE.edf (EDF+, the leads of --montage), FILE.truth.tsv (every planted event) and\n"
        "FILE.hypnogram.tsv. The same options give the same bytes on every amd64 machine. Rates are events per hour,\n"
        "rounded up; fewer are planted where they do not fit. Nothing here is a person's data.";
    tool.example = "psg-simulate --seed 7 --hours 2 -o night.edf";
    tool.run = run;
    const auto text = [] { return cli::po::value<std::string>(); };
    tool.options.add_options()("seed", text()->value_name("N"), "another number, another night (default 1)")(
        "hours", text()->value_name("H"), "length, 0.05 to 24 (default 8)")(
        "no-events", "sleep only: no movements, no arousals, no artefacts");
    for (const OptionInfo& info : describe(simulate::simulation_option_specs())) {
        const std::string unit = info.unit.empty() ? "" : " " + info.unit;
        const std::string fallback = info.fallback.empty() ? "none" : info.fallback + unit;
        tool.options.add_options()(dashed(info.name).c_str(), text()->value_name("X"),
                                   (info.text + " (default " + fallback + ")").c_str());
    }
    cli::add_output_options(tool.options, "the recording; the truth goes beside it");
    return cli::main_of(std::move(tool), argc, argv);
}

// psg-stats: sleep statistics of a night, event statistics of a night or a cohort.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include <fmt/format.h>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/stats/sleep_architecture.hpp"
#include "libpsg/workflow/cohort/cohort_tables.hpp"
#include "libpsg/workflow/tables/night_file.hpp"
#include "libpsg/workflow/open_night.hpp"
#include "libpsg/workflow/scored_file.hpp"
#include "libpsg/workflow/scoring_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

// A night of psg-export or psg-stage, or a hypnogram of any other program.
static workflow::NightFile read_night(const cli::Arguments& arguments, const std::string& path) {
    if (path != "-" && workflow::is_night_file(path)) return workflow::read_night_file(path);
    workflow::NightFile night;
    Findings findings;
    io::ScoringOptions options = workflow::scoring_options(arguments.text("event-map"), arguments.text("stage-digits"));
    options.use = io::ScoringUse::hypnogram;
    const io::Scoring scoring = workflow::read_scoring(path, Recording{}, options, findings);
    night.staged.hypnogram = *scoring.hypnogram;
    night.staged.simulated = scoring.simulated;
    const Interval scored = night.staged.hypnogram.scored_extent();
    night.staged.in_bed = {scoring.lights_off.value_or(scored.onset), scoring.lights_on.value_or(scored.offset)};
    night.staged.periods_in_bed = scoring.periods_in_bed;
    night.duration = night.staged.hypnogram.extent().offset;
    cli::say_findings(arguments, findings);
    return night;
}

// Lights that were given or marked must leave an epoch between them, and do not reach beyond what was scored.
static void keep_to_scoring(const cli::Arguments& arguments, workflow::NightFile& night) {
    Interval& in_bed = night.staged.in_bed;
    const Hypnogram& h = night.staged.hypnogram;
    if (h.stages.empty()) return;
    if (in_bed.offset < in_bed.onset) throw UsageError("lights on come before lights off");
    const Time end = std::max(h.extent().offset, night.duration);
    const Interval inside{std::clamp(in_bed.onset, Time(0), end), std::clamp(in_bed.offset, Time(0), end)};
    if (inside.onset != in_bed.onset || inside.offset != in_bed.offset)
        cli::say_findings(arguments, {{.code = FindingCode::EVENTS_LIGHTS,
                                       .message = "lights off or on (" + format_seconds(in_bed.onset) + " to " +
                                                  format_seconds(in_bed.offset) + " s) lie outside the recording",
                                       .repair = "time in bed is " + format_seconds(inside.onset) + " to " +
                                                 format_seconds(inside.offset) + " s",
                                       .field = "lights"}});
    in_bed = inside;
    if (arguments.has("lights-off") || arguments.has("lights-on")) night.staged.periods_in_bed.clear();
    for (Interval& period : night.staged.periods_in_bed)
        period = {std::clamp(period.onset, Time(0), end), std::clamp(period.offset, Time(0), end)};
    const bool given = arguments.has("lights-off") || arguments.has("lights-on");
    if (given && in_bed.duration() < h.epoch)
        throw UsageError("less than an epoch lies between lights off and lights on",
                         "the recording lasts " + format_seconds(end) + " s");
}

// `--severity`: the tables that psg-export made, as they are.
static int print_severity(const cli::Arguments& arguments, const std::vector<std::string>& files) {
    for (const char* other : {"lights-off", "lights-on", "event-map", "stage-digits"})
        if (arguments.has(other))
            throw UsageError(std::string("--severity and --") + other + " do not go together", "give it to psg-export");
    const std::string table = arguments.has("table") ? arguments.text("table") : "severity";
    if (table != "severity" && table != "norms") throw UsageError("there is no table '" + table + "' of severity", "give severity or norms");
    if (!workflow::is_night_file(files.front()))
        throw DataError(files.front(), "is no night of psg-export: severity is made of events and signals", "write it with psg-export");
    cli::write_table(arguments, exports::read_hdf5_table(files.front(), table == "norms" ? "severity_norms" : "severity"), files);
    cli::say(arguments, "rules of movements are proposed and were checked on simulated signals (column basis); nothing here is a diagnosis");
    return cli::exit_fine;
}

static Table event_statistics(const cli::Arguments& arguments, const workflow::Cohort& cohort) {
    const std::string table = arguments.has("table") ? arguments.text("table") : "rates";
    const auto by = [&] {
        if (!arguments.has("by")) throw UsageError("--table " + table + " needs a covariate", "give --covariates FILE --by COLUMN");
        return arguments.text("by");
    };
    if (table == "rates") return workflow::rates_table(cohort);
    if (table == "wide") return workflow::wide_table(cohort);
    if (table == "prevalence") return workflow::prevalence_table(cohort);
    if (table == "distribution") return workflow::distribution_table(cohort);
    if (table == "reliability") return workflow::reliability_table(cohort);
    if (table == "groups") return workflow::groups_table(cohort, by());
    if (table == "paired") return workflow::paired_table(cohort, by());
    throw UsageError("there is no table '" + table + "'", "give rates, wide, prevalence, distribution, reliability, groups or paired");
}

static int run_events(const cli::Arguments& arguments, const std::vector<std::string>& files) {
    workflow::Cohort cohort = workflow::read_cohort(files.front());
    Findings findings;
    std::vector<std::string> inputs = files;
    if (arguments.has("covariates")) {
        workflow::join_covariates(cohort, arguments.text("covariates"), findings);
        inputs.push_back(arguments.text("covariates"));
    }
    cli::say_findings(arguments, findings);
    if (cohort.simulated) cli::say(arguments, "signals of this file are simulated, and the table says so");
    cli::write_table(arguments, event_statistics(arguments, cohort), inputs);
    return cli::exit_fine;
}

static int run(const cli::Arguments& arguments) {
    const auto files = arguments.texts("night");
    if (files.empty()) throw UsageError("no night was given");
    const int asked = arguments.has("sleep") + arguments.has("severity") + arguments.has("events");
    if (asked != 1) throw UsageError(asked == 0 ? "nothing was asked for" : "several things were asked for", "give --sleep, --severity or --events");
    for (const char* option : {"covariates", "by"})
        if (arguments.has(option) && !arguments.has("events")) throw UsageError(std::string("--") + option + " belongs to --events");
    if (arguments.has("severity")) return print_severity(arguments, files);
    if (arguments.has("events")) {
        for (const char* option : {"lights-off", "lights-on", "event-map", "stage-digits"})
            if (arguments.has(option)) throw UsageError(std::string("--") + option + " belongs to --sleep");
        return run_events(arguments, files);
    }
    workflow::NightFile night = read_night(arguments, files.front());
    Interval& in_bed = night.staged.in_bed;
    const auto moment = [&](const std::string& option) {
        return workflow::parse_moment(arguments.text(option), "--" + option, night.start, night.duration);
    };
    if (arguments.has("lights-off")) in_bed.onset = moment("lights-off");
    if (arguments.has("lights-on")) in_bed.offset = moment("lights-on");
    keep_to_scoring(arguments, night);
    const auto in_bed_epochs = stats::bouts(night.staged.hypnogram, in_bed);
    if (std::all_of(in_bed_epochs.begin(), in_bed_epochs.end(), [](const stats::Bout& b) { return b.stage == Stage::unknown; }))
        cli::say(arguments, "no epoch between lights off and lights on is scored: nothing is known of this sleep");
    const double outside_min = stats::sleep_architecture(night.staged.hypnogram, in_bed).unscored_outside;
    const Interval scored = night.staged.hypnogram.scored_extent();
    if (outside_min > 0 && in_bed.onset == scored.onset && in_bed.offset == scored.offset)
        cli::say_findings(arguments, {{.code = FindingCode::HYPNOGRAM_LENGTH,
                                       .message = fmt::format("nobody scored {:g} min at the ends of the hypnogram, and no lights are marked", outside_min),
                                       .repair = "time in bed is the first to the end of the last scored epoch; give --lights-off and --lights-on where it is not",
                                       .field = "hypnogram"}});

    const std::string table = arguments.has("table") ? arguments.text("table") : "sleep";
    if (table == "sleep")
        cli::write_table(arguments, workflow::sleep_table(night.staged), files);
    else if (table == "transitions")
        cli::write_table(arguments, workflow::transitions_table(night.staged), files);
    else if (table == "bouts")
        cli::write_table(arguments, workflow::bouts_table(night.staged), files);
    else if (table == "cycles")
        cli::write_table(arguments, workflow::cycles_table(night.staged), files);
    else
        throw UsageError("there is no table '" + table + "'", "give sleep, transitions, bouts or cycles");
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-stats";
    tool.summary = "statistics of a night (sleep, severity of movements) or of a cohort of psg-merge (events)";
    tool.usage = "psg-stats --sleep [OPTIONS] NIGHT.h5|HYPNOGRAM\n       psg-stats --severity [OPTIONS] NIGHT.h5\n       psg-stats --events [OPTIONS] COHORT.h5|NIGHT.h5";
    tool.notes = "Movements: proposed rule, checked on simulated signals. Nothing here is a diagnosis.\n"
                 "Of a cohort: rates with exact Poisson intervals, prevalence with Wilson's, night-to-night reliability, groups and differences\n"
                 "inside persons by a covariate. Tests and models belong to R or Python.";
    tool.example = "psg-stage sample_data/night.edf | psg-stats --sleep -";
    tool.positional = "night";
    tool.run = run;
    tool.options.add_options()("sleep", "sleep architecture")(
        "severity", "movements by class and stage: how often, how strong, how long, how clustered, with what consequence; beside published norms")(
        "events", "movements and other events of a cohort or of one night")(
        "table", value<std::string>()->value_name("NAME"), "--sleep: sleep (default), transitions, bouts, cycles; --severity: severity (default), norms; "
        "--events: rates (default), wide, prevalence, distribution, reliability, groups, paired")(
        "covariates", value<std::string>()->value_name("FILE"), "table by id, or by person (and night, visit): its other columns are joined")(
        "by", value<std::string>()->value_name("COLUMN"), "covariate for groups and paired")(
        "lights-off", value<std::string>()->value_name("T"), "seconds since the start of the recording, or HH:MM[:SS]")(
        "lights-on", value<std::string>()->value_name("T"), "the same for the end of the night")(
        "event-map", value<std::string>()->value_name("FILE"), "names of a laboratory: lines of NAME, tab, MEANING (see psg-stage)")(
        "stage-digits", value<std::string>()->value_name("CODING"), "stages in digits: rk or yasa (see psg-stage)");
    cli::add_output_options(tool.options, "write here and not to stdout");
    return cli::main_of(std::move(tool), argc, argv);
}

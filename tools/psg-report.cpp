// psg-report: a night or a cohort on one page, as HTML that needs nothing else, or as PDF, PNG or SVG.
// SPDX-License-Identifier: BSD-3-Clause
#include <filesystem>
#include <map>
#include <optional>

#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/report/night_figures.hpp"
#include "libpsg/report/night_html.hpp"
#include "libpsg/workflow/report/cohort_report.hpp"
#include "libpsg/workflow/report/night_report.hpp"
#include "libpsg/workflow/tables/night_file.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

static const std::map<std::string, std::optional<report::PictureFormat>> endings{{".html", {}},
                                                                                 {".pdf", report::PictureFormat::pdf},
                                                                                 {".svg", report::PictureFormat::svg},
                                                                                 {".png", report::PictureFormat::png}};

// The night of `files.front()`, with its recording if that follows.
static report::NightReport read_night(const cli::Arguments& arguments, const std::vector<std::string>& files, const std::string& title) {
    report::NightReport night = workflow::read_night_report(files.front(), title);
    workflow::NightInputs inputs;
    inputs.recordings.assign(files.begin() + 1, files.end());
    inputs.channels = cli::channel_inputs(arguments);
    if (inputs.recordings.empty())
        workflow::add_no_recording(night);
    else
        workflow::add_recording(night, files.front(), inputs, arguments.text("gallery"), cli::step_progress(arguments));
    for (const std::string& line : night.absent) cli::say(arguments, line);
    if (night.simulated) cli::say(arguments, "the recording is simulated, and the page says so");
    return night;
}

static std::string cohort_page(const cli::Arguments& arguments, const std::vector<std::string>& files, const std::string& title, std::optional<report::PictureFormat> format) {
    for (const char* option : {"gallery", "channel", "channel-map", "derive", "unit", "invert"})
        if (arguments.has(option)) throw UsageError(std::string("--") + option + " belongs to a night");
    if (files.size() > 1) throw UsageError("a cohort is shown without recordings", "give COHORT.h5 alone");
    const report::CohortReport cohort = workflow::read_cohort_report(files.front(), title);
    if (cohort.simulated) cli::say(arguments, "signals of some nights are simulated, and the page says so");
    return format ? report::cohort_picture(cohort, *format) : report::cohort_html(cohort);
}

static int run(const cli::Arguments& arguments) {
    const auto files = arguments.texts("file");
    if (files.empty()) throw UsageError("no file was given", "give NIGHT.h5 or COHORT.h5");
    const std::string output = arguments.text("output");
    if (output.empty()) throw UsageError("no output was given", "write -o NIGHT.html");
    const auto ending = endings.find(std::filesystem::path(output).extension().string());
    if (ending == endings.end()) throw UsageError("'" + output + "' has an ending that is not known", "end it in .html, .pdf, .png or .svg");
    const std::string& file = files.front();
    if (!workflow::is_night_file(file)) throw DataError(file, "is no HDF5 file", "give a file of psg-export first, then its recording");
    const std::string title = arguments.has("title") ? arguments.text("title") : std::filesystem::path(file).stem().string();
    std::vector<std::string> inputs = files;
    if (arguments.has("channel-map")) inputs.push_back(arguments.text("channel-map"));
    cli::write_file(output, arguments.has("force"), inputs, [&](const std::string& temporary) {
        std::string bytes;
        if (workflow::is_cohort_file(file))
            bytes = cohort_page(arguments, files, title, ending->second);
        else {
            const report::NightReport night = read_night(arguments, files, title);
            bytes = ending->second ? report::night_picture(night, *ending->second) : report::night_html(night);
        }
        io::write_text_file(temporary, bytes, true);
    });
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-report";
    tool.summary = "shows a night of psg-export, or a cohort of psg-merge, on one page";
    tool.usage = "psg-report [OPTIONS] NIGHT.h5 [RECORDING...] -o NIGHT.html|.pdf|.png|.svg\n       psg-report [OPTIONS] COHORT.h5 -o COHORT.html|.pdf|.png|.svg";
    tool.notes = "With the recording that the night was made of: amplitudes of legs and chin, a spectrogram, and signals around hypnic jerks, too.\n"
                 "The HTML file needs no network and nothing beside it. Movements: proposed rule, checked on simulated signals.\nNothing here is a diagnosis.";
    tool.example = "psg-export sample_data/night.edf -o night.h5 && psg-report night.h5 sample_data/night.edf -o night.html";
    tool.positional = "file";
    tool.positional_limit = -1;
    tool.run = run;
    cli::add_output_options(tool.options, "file to write; its ending tells the format");
    tool.options.add_options()("title", value<std::string>()->value_name("TEXT"), "heading (default: the name of the HDF5 file without its ending)")(
        "gallery", value<std::string>()->value_name("CLASS"), "events whose signals are shown (default: hypnic_jerk), 60 at most");
    cli::add_channel_options(tool.options);
    return cli::main_of(std::move(tool), argc, argv);
}

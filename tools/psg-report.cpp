// psg-report: a night on one page, as HTML that needs nothing else, or as PDF, PNG or SVG.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "libpsg/model/error.hpp"
#include "libpsg/report/night_figures.hpp"
#include "libpsg/report/night_html.hpp"
#include "libpsg/workflow/report/night_report.hpp"
#include "libpsg/workflow/tables/night_file.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

static std::string picture_or_page(const report::NightReport& night, const std::string& ending) {
    if (ending == ".pdf") return report::night_picture(night, report::PictureFormat::pdf);
    if (ending == ".svg") return report::night_picture(night, report::PictureFormat::svg);
    if (ending == ".png") return report::night_picture(night, report::PictureFormat::png);
    return report::night_html(night);
}

static int run(const cli::Arguments& arguments) {
    const auto files = arguments.texts("file");
    if (files.empty()) throw UsageError("no file was given", "give NIGHT.h5");
    const std::string output = arguments.text("output"), ending = std::filesystem::path(output).extension().string();
    if (output.empty()) throw UsageError("no output was given", "write -o NIGHT.html");
    if (ending != ".html" && ending != ".htm" && ending != ".pdf" && ending != ".png" && ending != ".svg")
        throw UsageError("'" + output + "' has an ending that is not known", "end it in .html, .pdf, .png or .svg");
    const std::string& file = files.front();
    if (!workflow::is_night_file(file)) throw DataError(file, "is no HDF5 file", "give a file of psg-export first, then its recording");
    const std::string title = arguments.has("title") ? arguments.text("title") : std::filesystem::path(file).stem().string();
    report::NightReport night = workflow::read_night_report(file, title);
    workflow::NightInputs inputs;
    inputs.recordings.assign(files.begin() + 1, files.end());
    inputs.channels = cli::channel_inputs(arguments);
    std::vector<std::string> all_files = files;
    if (arguments.has("channel-map")) all_files.push_back(arguments.text("channel-map"));
    cli::write_file(output, arguments.has("force"), all_files, [&](const std::string& temporary) {
        if (inputs.recordings.empty())
            workflow::add_no_recording(night);
        else
            workflow::add_recording(night, file, inputs, arguments.has("gallery") ? arguments.text("gallery") : "hypnic_jerk");
        const std::string bytes = picture_or_page(night, ending);
        std::ofstream out(temporary, std::ios::binary);
        if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) throw DataError(output, "cannot be written");
    });
    for (const std::string& line : night.absent) cli::say(arguments, line);
    if (night.simulated) cli::say(arguments, "the recording is simulated, and the page says so");
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-report";
    tool.summary = "shows a night of psg-export on one page";
    tool.usage = "psg-report [OPTIONS] NIGHT.h5 [RECORDING...] -o NIGHT.html|.pdf|.png|.svg";
    tool.notes = "With the recording that the night was made of: amplitudes of legs and chin, a spectrogram, and signals around hypnic jerks, too.\n"
                 "The HTML file needs no network and nothing beside it. Movements: proposed rule, checked on simulated signals.\nNothing here is a diagnosis.";
    tool.example = "psg-export sample_data/night.edf -o night.h5 && psg-report night.h5 sample_data/night.edf -o night.html";
    tool.positional = "file";
    tool.positional_limit = -1;
    tool.run = run;
    cli::add_output_options(tool.options, "file to write; its ending tells the format");
    tool.options.add_options()("title", value<std::string>()->value_name("TEXT"), "heading (default: the name of NIGHT.h5 without its ending)")(
        "gallery", value<std::string>()->value_name("CLASS"), "events whose signals are shown (default: hypnic_jerk), 60 at most");
    cli::add_channel_options(tool.options);
    return cli::main_of(std::move(tool), argc, argv);
}

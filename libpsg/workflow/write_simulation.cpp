// Writes a simulated night as EDF+ with its truth and hypnogram beside it.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/write_simulation.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "libpsg/io/edf/edf_writer.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/recording.hpp"
#include "libpsg/simulate/night.hpp"

namespace psg::workflow {

namespace {

io::EdfOutputHeader header_of(const simulate::SimulatedNight& night) {
    io::EdfOutputHeader header;
    header.start_date = {2001, 1, 1};
    header.start_time_of_day = std::chrono::hours(23);
    header.equipment = "psg-simulate";
    // one annotation fits into a record of a channel of them: the mark, the lights, the truth
    const auto truth = night.plan().options.annotate ? static_cast<std::int64_t>(night.plan().truth.size()) : 0;
    header.annotation_channels =
        static_cast<int>(std::min<std::int64_t>(64, 1 + (truth + 3) / std::max<std::int64_t>(1, night.records() / 2)));
    for (const simulate::SimulatedChannel& c : night.channels()) {
        io::EdfOutputChannel channel;
        channel.label = c.label;
        channel.unit = c.unit;
        channel.physical_min = -c.physical_max;
        channel.physical_max = c.physical_max;
        channel.digital_min = -32767;
        channel.digital_max = 32767;
        channel.samples_per_record = c.rate_hz;
        channel.transducer = "simulated";
        header.channels.push_back(channel);
    }
    return header;
}

}  // namespace

SimulationFiles simulation_files(const std::string& recording) {
    std::string stem = recording;
    if (stem.size() > 4) {
        const std::string_view end = std::string_view(stem).substr(stem.size() - 4);
        if (end == ".edf" || end == ".EDF" || end == ".Edf") stem.resize(stem.size() - 4);
    }
    return {recording, stem + ".truth.tsv", stem + ".hypnogram.tsv"};
}

SimulationFiles write_simulation(const simulate::SimulationOptions& options, const std::string& recording,
                                 bool overwrite, const std::function<void(double)>& progress) {
    const SimulationFiles files = simulation_files(recording);
    simulate::SimulatedNight night(options);
    io::EdfWriter writer(files.recording, header_of(night), overwrite);
    // refused before the work and not after it
    struct stat status {};
    for (const std::string& name : {files.truth, files.hypnogram})
        if (!overwrite && ::stat(name.c_str(), &status) == 0)
            throw DataError(name, "exists already", "give --force to replace it");

    writer.annotate(Time(0), Time(0), std::string(simulated_marker) + " by psg-simulate");
    for (const Event& mark : night.plan().marks) writer.annotate(mark.extent.onset, Time(0), mark.kind);
    if (options.annotate)
        for (const Event& event : night.plan().truth)
            writer.annotate(event.extent.onset, event.extent.duration(), event.kind);
    std::vector<std::int32_t> record(night.record_samples());
    std::vector<std::int64_t> recorded;  // seconds
    for (std::int64_t i = 0; i < night.records(); ++i) {
        night.render_record(record);
        if (!night.plan().gaps.contains(std::chrono::seconds(i))) {
            recorded.push_back(i);
            writer.write_record(record);
        }
        if (progress && i % 600 == 0) progress(static_cast<double>(i) / static_cast<double>(night.records()));
    }
    // the recording comes last: where it is, its truth is too
    io::write_text_file(files.truth, simulate::truth_tsv(night.plan()), overwrite);
    io::write_text_file(files.hypnogram, simulate::hypnogram_tsv(night.plan()), overwrite);
    if (night.plan().gaps.empty()) recorded.clear();
    writer.finish(recorded);
    return files;
}

}  // namespace psg::workflow

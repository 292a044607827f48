// Reads back what psg-export wrote.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/night_file.hpp"

#include <array>
#include <cmath>
#include <fstream>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/io/scored/scored_marks.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"
#include "libpsg/workflow/tables/stored_column.hpp"

namespace psg::workflow {

bool is_night_file(const std::string& path) {
    std::array<char, 8> head{};
    std::ifstream file(path, std::ios::binary);
    return file.read(head.data(), head.size()) && std::string_view(head.data(), 8) == "\x89HDF\r\n\x1a\n";
}

NightFile read_night_file(const std::string& path) {
    if (exports::hdf5_attribute(path, "format") != "libpsg night" ||
        exports::hdf5_attribute(path, "format_version") != std::to_string(table_format_version))
        throw DataError(path, "is no night of format " + std::to_string(table_format_version), "write it with psg-export");
    const Table recording = exports::read_hdf5_table(path, "recording"), epochs = exports::read_hdf5_table(path, "epochs");
    if (recording.rows() != 1) throw DataError(path, "table recording has not one row");
    const auto number = [&](const char* name) { return values_of<double>(path, recording, name)[0]; };
    const auto time = [&](double s) {
        if (!(std::abs(s) <= 1e9)) throw DataError(path, "has a time that is out of range or missing", "write it again with psg-export");
        return from_seconds(s);
    };
    const auto moment = [&](double s) { return std::isnan(s) ? std::nullopt : std::optional<Time>(time(s)); };

    NightFile night;
    night.duration = moment(number("duration")).value_or(Time(0));
    night.start.time_of_day = moment(number("start_clock"));
    Hypnogram& h = night.staged.hypnogram;
    const auto& codes = values_of<std::int8_t>(path, epochs, "stage_code");
    const auto& onsets = values_of<double>(path, epochs, "onset");
    const auto& durations = values_of<double>(path, epochs, "duration");
    for (std::size_t i = 0; i < codes.size(); ++i) {
        if (i == 0) {
            h.start = time(onsets[0]);
            h.epoch = time(durations[0]);
        }
        const bool known = codes[i] >= -1 && codes[i] <= 4;
        if (!known || h.epoch <= Time(0) || time(onsets[i]) != h.epoch_extent(i).onset)
            throw DataError(path, "epoch " + std::to_string(i) + " of table epochs is out of order or has an unknown stage");
        h.stages.push_back(static_cast<Stage>(codes[i]));
    }
    h.source = values_of<std::string>(path, recording, "hypnogram")[0];
    night.staged.simulated = values_of<std::int8_t>(path, recording, "simulated")[0] != 0;
    night.lights_off = moment(number("lights_off"));
    night.lights_on = moment(number("lights_on"));
    std::vector<Time> off, on;
    for (const auto& [column, marks] : {std::pair("lights_off", &off), std::pair("lights_on", &on)})
        if (epochs.find(column))
            for (const double s : values_of<double>(path, epochs, column))
                if (const auto t = moment(s)) marks->push_back(*t);
    Findings known;
    if (off.size() > 1 || on.size() > 1) night.staged.periods_in_bed = io::lights_of(off, on, night.duration, known).periods;
    night.staged.in_bed = {night.lights_off.value_or(h.scored_extent().onset),
                           night.lights_on.value_or(h.scored_extent().offset)};
    return night;
}

}  // namespace psg::workflow

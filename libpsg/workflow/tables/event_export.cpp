// Events of a scored night for viewers and editors of annotations.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/event_export.hpp"

#include <algorithm>

#include "libpsg/events/registry.hpp"
#include "libpsg/io/edf/edf_writer.hpp"
#include "libpsg/io/scored/annot_writer.hpp"
#include "libpsg/io/scored/event_annotation.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/recording.hpp"
#include "libpsg/model/version.hpp"

namespace psg::workflow {

std::map<std::string, std::string> class_descriptions() {
    std::map<std::string, std::string> descriptions;
    for (const events::Detector* d : events::all_detectors())
        for (const events::EventClass& c : d->classes) descriptions[c.name] = c.text;
    return descriptions;
}

std::string events_annot(const EventList& events) {
    std::vector<io::AnnotRow> rows;
    for (const Event& e : events) rows.push_back(io::annot_row(e));
    return io::annot_text(rows, class_descriptions());
}

// Without signals EDFlib writes a record for each annotation: its duration, so that together they are as long as what is annotated.
static Time record_duration(Time end, std::size_t annotations) {
    constexpr Time step{10}, longest{60'000'000}, shortest{1'000};
    const auto records = static_cast<std::int64_t>(std::max<std::size_t>(annotations, 1));
    Time each = (end + records * step - Time(1)) / (records * step) * step;
    each = std::clamp(each, shortest, longest);
    while (each < longest && !io::edflib_writes_duration(each)) each += step;
    return each;
}

std::size_t write_annotations(const std::string& path, const std::string& tool, const StartTime& start, bool simulated, const Hypnogram& h, const LightMarks& lights,
                              const EventList& events) {
    io::EdfOutputHeader header;
    Time end = h.stages.empty() ? Time(0) : h.extent().offset;
    for (const Event& e : events) end = std::max(end, e.extent.offset);
    header.record_duration = record_duration(end, (simulated ? 1 : 0) + h.stages.size() + lights.off.size() + lights.on.size() + events.size());
    header.start_time_of_day = start.time_of_day.value_or(Time(0));
    header.equipment = tool + " " + std::string(version());
    io::EdfWriter writer(path, header, true);
    if (simulated) writer.annotate(Time(0), Time(0), simulated_marker);
    for (std::size_t i = 0; i < h.stages.size(); ++i) writer.annotate(h.epoch_extent(i).onset, h.epoch, io::stage_annotation_text(h.stages[i]));
    for (const Time t : lights.off) writer.annotate(std::max(t, Time(0)), Time(0), "Lights off");
    for (const Time t : lights.on) writer.annotate(std::max(t, Time(0)), Time(0), "Lights on");
    std::size_t shortened = 0;
    for (const Event& e : events) {
        bool cut = false;
        writer.annotate(e.extent.onset, e.extent.duration(), io::event_annotation_text(e, cut));
        shortened += cut;
    }
    if (h.stages.empty() && events.empty()) throw DataError(path, "there is neither an epoch nor an event to write");
    writer.finish();
    return shortened;
}

EventList events_of_table(const Table& table, const std::string& name) {
    const auto column = [&](const char* wanted) -> const Column& {
        const Column* c = table.find(wanted);
        if (!c) throw DataError(name, std::string("the table has no column '") + wanted + "'", "give the table 'events'");
        return *c;
    };
    const Column &id = column("id"), &kind = column("class"), &channel = column("channel"), &side = column("side");
    const auto* onset = std::get_if<std::vector<double>>(&column("onset").values);
    const auto* duration = std::get_if<std::vector<double>>(&column("duration").values);
    if (!onset || !duration) throw DataError(name, "onsets and durations are no numbers", "give the table 'events'");
    EventList events;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        Event e;
        e.id = cell_text(id, row);
        e.kind = cell_text(kind, row);
        e.extent.onset = from_seconds((*onset)[row]);
        e.extent.offset = e.extent.onset + from_seconds((*duration)[row]);
        e.channel = cell_text(channel, row);
        e.side = side_from_name(cell_text(side, row));
        events.push_back(std::move(e));
    }
    return events;
}

}  // namespace psg::workflow

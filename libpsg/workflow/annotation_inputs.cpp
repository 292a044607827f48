// Scorings to be embedded into a recording as annotations.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/annotation_inputs.hpp"

#include <filesystem>

#include "libpsg/io/event_annotation.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/text_table.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

std::vector<Annotation> read_annotation_input(const std::string& path, const Recording&, Findings& findings) {
    const std::string name = path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
    const io::TextTable table(io::read_text_file(path), name);
    const auto onset = table.onset_column(), duration = table.duration_column(), offset = table.offset_column();
    const auto stage = table.find({"stage", "sleep_stage"});
    const auto type =
        table.find({"class", "type", "event", "event_type", "trial_type", "description", "annotation", "name"});
    const auto channel = table.find({"channel", "channels"});
    const auto id = table.find({"id", "instance"});
    if (!onset || (!type && !stage))
        throw DataError(name, "has no columns of onsets and of names", "name them 'onset' and 'class' or 'stage'");
    std::vector<Annotation> list;
    std::int64_t shortened = 0;
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        Annotation a;
        a.onset = table.seconds(row, *onset);
        a.duration = duration ? table.seconds(row, *duration)
                     : offset ? table.seconds(row, *offset) - a.onset
                              : Time(0);
        if (a.duration < Time(0)) table.fail(row, "it ends before it begins");
        if (type) {
            Event e;
            e.kind = table.text(row, *type);
            if (channel && table.text(row, *channel) != ".") e.channel = table.text(row, *channel);
            if (id && table.text(row, *id).starts_with(e.kind + "-")) e.id = table.text(row, *id);
            bool cut = false;
            a.text = !e.id.empty() || !e.channel.empty() ? io::event_annotation_text(e, cut) : e.kind;
            shortened += cut;
        } else {
            const auto s = stage_from_name(table.text(row, *stage));
            if (!s) table.fail(row, "'" + table.text(row, *stage) + "' is no sleep stage");
            a.text = io::stage_annotation_text(*s);
        }
        list.push_back(std::move(a));
    }
    if (shortened > 0)
        findings.push_back(
            {FindingCode::FIX_ANNOTATION,
             "the channels of " + std::to_string(shortened) + " events do not fit into the 40 bytes that EDFlib writes",
             "shortened in the annotation; class and number are whole", "annotations"});
    return list;
}

}  // namespace psg::workflow

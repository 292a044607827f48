// Which files a segment of a recording becomes.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_plan.hpp"

#include <algorithm>
#include <filesystem>

namespace psg::workflow {

namespace {

constexpr std::size_t most_signals = 640;  // EDFlib, annotation channels included
constexpr std::size_t most_annotation_channels = 64;

// Samples of a record for which there is room when every annotation channel is there.
std::int64_t max_samples(io::EdfOutputFormat format, int sample_bytes) {
    const std::size_t bytes = io::max_record_bytes(format) - most_annotation_channels * io::edf_annotation_bytes;
    return static_cast<std::int64_t>(bytes / static_cast<std::size_t>(sample_bytes));
}

// Tells where the last record only repeats the last sample.
Annotation padding_annotation(const RecordPlan& plan, Time length, Time start_time_of_day) {
    const Time end = plan.duration * plan.records;
    const Time tick(100), fraction = start_time_of_day % std::chrono::seconds(1);
    return {length - (length + fraction) % tick, (end - length) / tick * tick, "Padding: no data"};
}

}  // namespace

std::pair<std::string, std::string> stem_and_ending(const std::string& path) {
    const std::string ending = std::filesystem::path(path).extension().string();
    return {path.substr(0, path.size() - ending.size()), ending};
}

std::string fixed_file_name(const std::string& output, int segment, int part) {
    const auto [stem, ending] = stem_and_ending(output);
    std::string suffix;
    if (segment > 0) suffix = "-" + std::to_string(segment);
    if (part > 0) suffix += (segment > 0 ? "" : "-") + std::string(1, static_cast<char>('a' + part));
    return stem + suffix + ending;
}

std::string annot_file_name(const std::string& output) {
    return stem_and_ending(output).first + ".annot";
}

SegmentPlan plan_segment_files(SegmentInput segment, const std::vector<FixedChannel>& channels,
                               const io::EdfLayout& layout, io::EdfOutputHeader header) {
    SegmentPlan plan;
    std::vector<std::int64_t> samples;
    for (const FixedChannel& c : channels) samples.push_back(c.slot.samples);
    plan.records = plan_records(segment.output, layout.record_nanoseconds, samples, segment.records,
                                max_samples(header.format, layout.sample_bytes));
    std::vector<Annotation>& in_file = segment.annotations;
    if (plan.records.padding_quanta > 0)
        in_file.push_back(padding_annotation(plan.records, segment.extent.duration(), header.start_time_of_day));
    const std::size_t most_channels =
        channels.size() < most_signals ? most_signals - 1 : most_signals - most_annotation_channels;
    const auto records = static_cast<std::size_t>(plan.records.records);
    const std::size_t room =
        records * std::min(most_annotation_channels, most_signals - std::min(channels.size(), most_channels));
    for (std::size_t i = room; i < in_file.size(); ++i) {
        in_file[i].onset += segment.extent.onset;
        plan.elsewhere.push_back(io::annot_row(in_file[i]));
    }
    in_file.resize(std::min(room, in_file.size()));

    header.record_duration = plan.records.duration;
    for (std::size_t first = 0; first < channels.size(); first += most_channels) {
        OutputPart part{fixed_file_name(segment.output, segment.number, static_cast<int>(plan.parts.size())),
                        header,
                        first,
                        std::min(most_channels, channels.size() - first),
                        {},
                        {}};
        if (first == 0) part.annotations = std::move(in_file);
        part.header.annotation_channels =
            static_cast<int>(std::max<std::size_t>(1, (part.annotations.size() + records - 1) / records));
        for (std::size_t i = first; i < first + part.count; ++i) {
            part.header.channels.push_back(channels[i].output);
            part.header.channels.back().samples_per_record =
                static_cast<int>(channels[i].slot.samples / plan.records.in_quanta * plan.records.out_quanta);
        }
        plan.parts.push_back(std::move(part));
    }
    return plan;
}

}  // namespace psg::workflow

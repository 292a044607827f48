// Reader for EDF and BDF recordings: header, segments and annotations; edf_samples.cpp reads the samples.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_reader.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "libpsg/io/edf/edf_annotations.hpp"
#include "libpsg/io/edf/edf_timekeeping.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

constexpr std::int64_t block_bytes = 1 << 20;

EdfHeader read_header(const InputFile& file) {
    std::vector<unsigned char> bytes(256);
    const std::size_t got = file.read_up_to(0, bytes);
    bytes.resize(got);
    // a packed file is unpacked to its end, to learn its size, only if it begins like a recording
    edf_header_size(bytes, got < 256 ? static_cast<std::int64_t>(got) : std::numeric_limits<std::int64_t>::max(),
                    file.name());
    bytes.resize(static_cast<std::size_t>(edf_header_size(bytes, file.size(), file.name())));
    file.read_at(0, bytes);
    return parse_edf_header(bytes, file.size(), file.name());
}

Date days_after(const Date& date, std::chrono::days count) {
    using namespace std::chrono;
    const year_month_day moved = sys_days(year(date.year) / date.month / date.day) + count;
    return {int(moved.year()), static_cast<int>(unsigned(moved.month())), static_cast<int>(unsigned(moved.day()))};
}

}  // namespace

EdfReader::EdfReader(const std::string& path) : file_(path), header_(read_header(file_)) {
    if (const auto padding = file_.padding()) header_.recording.findings.push_back(padding_finding(*padding));
    settle_unsure_slots();
    read_annotations();
}

// A channel that is called nearly like an annotation channel, or exactly so in a plain file, is one if it holds
// annotations.
void EdfReader::settle_unsure_slots() {
    EdfLayout& layout = header_.layout;
    Recording& r = header_.recording;
    constexpr std::int64_t looked_at = 64;  // records: annotations are rare, but timekeeping ones are in each
    std::vector<unsigned char> bytes;
    std::map<int, bool> found;  // by index of the signal; looked for in the order of the file, which may be packed
    for (std::int64_t record = 0; record < std::min(layout.records, looked_at); ++record)
        for (const EdfSlot& s : layout.slots) {
            if (!s.unsure || s.samples == 0 || found.count(s.index)) continue;
            bytes.resize(static_cast<std::size_t>(s.samples * layout.sample_bytes));
            file_.read_at(layout.header_bytes + record * layout.record_bytes + s.offset, bytes);
            if (const auto looks = looks_like_annotations(bytes)) found[s.index] = *looks;
        }
    for (EdfSlot& s : layout.slots) {
        if (!s.unsure || s.samples == 0) continue;
        s.annotations = found.count(s.index) && found[s.index];
        const Channel* channel = r.channel(s.index);
        Finding f{
            FindingCode::EDF_ANNOTATION_CHANNEL,
            layout.plus ? "the label is nearly that of an annotation channel"
                        : "the label is that of an annotation channel, in a file that is not declared EDF+ or BDF+",
            s.annotations ? "it holds annotations, which are read" : "it holds no annotations and is kept as a channel",
            "label",
            s.index,
            channel->label};
        f.byte_offset = 256 + 16 * s.index;
        if (s.annotations) {  // what was odd about it as a channel does not matter
            std::erase_if(r.findings, [&](const Finding& other) {
                return other.channel == s.index &&
                       (other.field != "label" || other.code == FindingCode::EDF_LABEL_DUPLICATE) &&
                       other.field != "samples per record";
            });
            std::erase_if(r.channels, [&](const Channel& c) { return c.index == s.index; });
        } else if (layout.record_nanoseconds == 0) {
            Finding place{{}, {}, {}, "record duration"};
            place.byte_offset = 244;
            throw EdfRefusal(file_.name(), place, "a record duration of 0 with signals gives no sampling rate");
        }
        r.findings.push_back(std::move(f));
    }
}

void EdfReader::read_annotations() {
    const EdfLayout& layout = header_.layout;
    Recording& r = header_.recording;
    std::vector<const EdfSlot*> slots;
    for (const EdfSlot& s : layout.slots)
        if (s.annotations && s.samples > 0) slots.push_back(&s);
    // the first proper annotation channel keeps the time, a misspelt one only if there is no other
    std::stable_partition(slots.begin(), slots.end(), [](const EdfSlot* s) { return !s->unsure; });
    if (slots.empty() && layout.plus) {
        Finding f{
            FindingCode::EDF_ANNOTATION_CHANNEL, "the file is declared " + r.format + " but has no annotation channel",
            layout.discontinuous ? "read as one continuous stretch: gaps cannot be known" : "read without annotations",
            "reserved"};
        if (std::any_of(layout.slots.begin(), layout.slots.end(), [](const EdfSlot& s) { return s.annotations; }))
            f.message = "the file is declared " + r.format + " but its annotation channel has no samples";
        f.byte_offset = 192;
        r.findings.push_back(std::move(f));
    }
    const bool timed = !slots.empty() && layout.record_nanoseconds > 0;
    TalCollector tals;
    std::optional<RecordOnset> first_onset;
    const auto read_times = [&](bool rounded_onsets) {
        RecordClock clock(r, layout, file_.name(), rounded_onsets);
        tals = {};
        for_each_annotation_signal(
            slots, [&](const EdfSlot& s, std::span<const unsigned char> bytes, std::int64_t offset) {
                const auto onset = tals.add(bytes, offset, &s == slots.front());
                if (&s != slots.front()) return;
                if (timed) clock.add(onset, offset);
                if (!first_onset) first_onset = onset;
            });
        return clock.finish();
    };
    Timeline timeline = read_times(true);
    if (timeline.rounding_contradicted) timeline = read_times(false);
    if (!timed && layout.records > 0) {  // a plain file or one of annotations only: one stretch
        const Time length =
            layout.record_nanoseconds > 0 ? SampleRate(1, layout.record_nanoseconds).time_of(layout.records) : Time(0);
        timeline.segments = {{Time(0), length}};
        timeline.first_records = {0};
        timeline.origin = first_onset ? first_onset->onset : Time(0);
    }
    for (const Findings& list : {tals.findings(), timeline.findings})
        r.findings.insert(r.findings.end(), list.begin(), list.end());
    r.annotations = std::move(tals.annotations());
    r.segments = std::move(timeline.segments);
    segment_first_record_ = std::move(timeline.first_records);
    start_at(timeline.origin);
}

// Calls `take` for every annotation signal of every record, in the order of `slots` within a record.
void EdfReader::for_each_annotation_signal(
    const std::vector<const EdfSlot*>& slots,
    const std::function<void(const EdfSlot&, std::span<const unsigned char>, std::int64_t)>& take) const {
    if (slots.empty()) return;
    const EdfLayout& layout = header_.layout;
    // Small records are read in blocks, of large ones only the annotation bytes: in the order of the file, which may
    // be packed.
    const bool whole = layout.record_bytes <= 4096 || (slots.size() > 16 && layout.record_bytes <= block_bytes);
    const std::int64_t per_block = whole ? std::max<std::int64_t>(1, block_bytes / layout.record_bytes) : 1;
    std::vector<const EdfSlot*> in_file_order = slots;
    std::sort(in_file_order.begin(), in_file_order.end(),
              [](const EdfSlot* a, const EdfSlot* b) { return a->offset < b->offset; });
    std::vector<unsigned char> bytes;
    std::map<const EdfSlot*, std::vector<unsigned char>> parts;
    const auto size_of = [&](const EdfSlot* s) { return static_cast<std::size_t>(s->samples * layout.sample_bytes); };
    for (std::int64_t first = 0; first < layout.records; first += per_block) {
        const std::int64_t count = std::min(per_block, layout.records - first);
        const std::int64_t start = layout.header_bytes + first * layout.record_bytes;
        if (whole) {
            bytes.resize(static_cast<std::size_t>(count * layout.record_bytes));
            file_.read_at(start, bytes);
        } else {
            for (const EdfSlot* s : in_file_order) {
                parts[s].resize(size_of(s));
                file_.read_at(start + s->offset, parts[s]);
            }
        }
        for (std::int64_t k = 0; k < count; ++k)
            for (const EdfSlot* s : slots) {
                const std::int64_t at = k * layout.record_bytes + s->offset;
                if (whole)
                    take(*s, std::span(bytes).subspan(static_cast<std::size_t>(at), size_of(s)), start + at);
                else
                    take(*s, parts[s], start + at);
            }
    }
}

// Moves the zero of all times to the first sample.
void EdfReader::start_at(Time origin) {
    Recording& r = header_.recording;
    if (r.start.time_of_day) {
        using std::chrono::days;
        const Time first = *r.start.time_of_day + origin;
        const days later = std::chrono::floor<days>(first);  // the first sample may lie on another day
        r.start.time_of_day = first - later;
        if (r.start.date) r.start.date = days_after(*r.start.date, later);
    }
    for (Annotation& a : r.annotations) {
        a.onset -= origin;
        r.simulated = r.simulated || a.text.starts_with(simulated_marker);
    }
    std::stable_sort(r.annotations.begin(), r.annotations.end(),
                     [](const Annotation& a, const Annotation& b) { return a.onset < b.onset; });
    if (r.simulated)
        r.findings.push_back({FindingCode::SIMULATED, "the recording says that it is simulated", "", "annotations"});
}

}  // namespace psg::io

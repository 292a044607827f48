// Reader for EDF and BDF recordings: segments, annotations and samples.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf_reader.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "libpsg/io/edf_annotations.hpp"
#include "libpsg/io/edf_samples.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

constexpr std::int64_t block_bytes = 1 << 20;

EdfHeader read_header(const InputFile& file) {
    std::vector<unsigned char> bytes(256);
    const std::size_t got = file.read_up_to(0, bytes);
    bytes.resize(got);
    // a packed file is unpacked to its end, to learn its size, only if it begins like a recording
    edf_header_size(bytes, got < 256 ? static_cast<std::int64_t>(got) : std::numeric_limits<std::int64_t>::max(), file.name());
    bytes.resize(static_cast<std::size_t>(edf_header_size(bytes, file.size(), file.name())));
    file.read_at(0, bytes);
    return parse_edf_header(bytes, file.size(), file.name());
}

// Moment of the start of record `n` of a segment, exact to the microsecond.
Time record_time(const EdfLayout& layout, std::int64_t n) {
    if (layout.record_nanoseconds == 0) return Time(0);
    return SampleRate(1, layout.record_nanoseconds).time_of(n);
}

Date days_after(const Date& date, std::chrono::days count) {
    using namespace std::chrono;
    const year_month_day moved = sys_days(year(date.year) / date.month / date.day) + count;
    return {int(moved.year()), static_cast<int>(unsigned(moved.month())), static_cast<int>(unsigned(moved.day()))};
}

}  // namespace

Time follow_tolerance(const std::vector<Channel>& channels) {
    Time tolerance(1000);
    if (channels.empty()) return tolerance;
    SampleRate fastest = channels.front().rate;
    for (const Channel& c : channels)
        if (c.rate.hz() > fastest.hz()) fastest = c.rate;
    return std::max(tolerance, fastest.time_of(1) / 2);
}

EdfReader::EdfReader(const std::string& path) : file_(path), header_(read_header(file_)) { read_annotations(); }

void EdfReader::read_annotations() {
    const EdfLayout& layout = header_.layout;
    std::vector<const EdfSlot*> slots;
    for (const EdfSlot& s : layout.slots)
        if (s.annotations && s.samples > 0) slots.push_back(&s);
    // the first proper annotation channel keeps the time, a misspelt one only if there is no other
    std::stable_partition(slots.begin(), slots.end(), [](const EdfSlot* s) { return !s->samples_channel; });
    std::vector<std::optional<Time>> onsets;
    if (!slots.empty()) {
        TalCollector tals;
        const auto add = [&](const EdfSlot& s, std::span<const unsigned char> bytes, std::int64_t offset) {
            const auto onset = tals.add(bytes, offset, &s == slots.front());
            if (&s == slots.front()) onsets.push_back(onset);
        };
        // Small records are read in blocks, of large ones only the annotation bytes: in the order of the file, which may
        // be packed.
        const bool whole = layout.record_bytes <= 4096;
        const std::int64_t per_block = whole ? std::max<std::int64_t>(1, block_bytes / layout.record_bytes) : 1;
        std::vector<const EdfSlot*> in_file_order = slots;
        std::sort(in_file_order.begin(), in_file_order.end(),
                  [](const EdfSlot* a, const EdfSlot* b) { return a->offset < b->offset; });
        std::vector<unsigned char> bytes;
        std::map<const EdfSlot*, std::vector<unsigned char>> parts;
        for (std::int64_t first = 0; first < layout.records; first += per_block) {
            const std::int64_t count = std::min(per_block, layout.records - first);
            const std::int64_t start = layout.header_bytes + first * layout.record_bytes;
            const auto size_of = [&](const EdfSlot* s) { return static_cast<std::size_t>(s->samples * layout.sample_bytes); };
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
                        add(*s, std::span(bytes).subspan(static_cast<std::size_t>(at), size_of(s)), start + at);
                    else
                        add(*s, parts[s], start + at);
                }
        }
        Recording& r = header_.recording;
        r.annotations = std::move(tals.annotations());
        for (Finding& f : tals.findings()) r.findings.push_back(std::move(f));
    }
    build_segments(onsets);
}

// Record onsets to segments. A plain EDF file and a file of annotations only have none: one stretch from 0.
void EdfReader::build_segments(const std::vector<std::optional<Time>>& onsets) {
    const EdfLayout& layout = header_.layout;
    Recording& r = header_.recording;
    const bool timed = layout.plus && !onsets.empty() && layout.record_nanoseconds > 0;
    segment_first_record_.clear();
    if (!timed && layout.records > 0) {
        r.segments = {{Time(0), record_time(layout, layout.records)}};
        segment_first_record_ = {0};
    }

    const Time tolerance = follow_tolerance(r.channels);
    const Time origin = !onsets.empty() && onsets.front() ? *onsets.front() : Time(0);
    constexpr Time longest_recording = std::chrono::days(30);  // proposed: a later onset is a broken number
    std::int64_t missing = 0, backwards = 0, implausible = 0;
    std::vector<Interval> segments;
    for (std::int64_t record = 0; timed && record < layout.records; ++record) {
        const auto in_segment = segments.empty() ? 0 : record - segment_first_record_.back();
        const Time expected = segments.empty() ? Time(0) : segments.back().onset + record_time(layout, in_segment);
        const auto& told = onsets[static_cast<std::size_t>(record)];
        Time onset = expected;
        if (!told)
            ++missing;
        else if (*told - origin > longest_recording)
            ++implausible;
        else if (*told - origin < expected - tolerance)
            ++backwards;
        else if (*told - origin > expected + tolerance)
            onset = *told - origin;
        if (segments.empty() || onset != expected) {
            segments.push_back({onset, onset});
            segment_first_record_.push_back(record);
        }
        segments.back().offset = segments.back().onset + record_time(layout, record + 1 - segment_first_record_.back());
    }
    if (timed) r.segments = std::move(segments);

    const auto report = [&](FindingCode code, const std::string& message, const std::string& repair) {
        r.findings.push_back({code, message, repair, "timekeeping"});
    };
    if (missing > 0)
        report(FindingCode::EDF_TIMEKEEPING, std::to_string(missing) + " data records have no readable onset",
               "taken to follow the record before");
    if (implausible > 0)
        report(FindingCode::EDF_TIMEKEEPING,
               std::to_string(implausible) + " data records claim to begin more than 30 days after the start",
               "taken to follow the record before");
    if (backwards > 0)
        report(FindingCode::EDF_TIMEKEEPING, std::to_string(backwards) + " data records begin before the one before ends",
               "taken to follow the record before");
    if (!layout.discontinuous && r.segments.size() > 1)
        report(FindingCode::EDF_GAP_IN_CONTINUOUS,
               "the file is declared continuous but has " + std::to_string(r.segments.size() - 1) + " gaps",
               "read as " + std::to_string(r.segments.size()) + " segments");
    if (timed && (origin >= std::chrono::seconds(1) || origin < Time(0)))
        report(FindingCode::EDF_START_OFFSET, "the first data record begins at " + format_seconds(origin) + " s",
               "kept as the start of the recording");
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
    if (r.simulated) r.findings.push_back({FindingCode::SIMULATED, "the recording says that it is simulated", "", "annotations"});
}

void EdfReader::for_each_block(const std::function<void(const RecordBlock&)>& consume, std::string* sha256) const {
    const EdfLayout& layout = header_.layout;
    std::optional<Sha256> sum;
    std::vector<unsigned char> bytes;
    // Bytes that hold no records are only hashed.
    const auto hash_range = [&](std::int64_t from, std::int64_t to) {
        while (sum && from < to) {
            bytes.resize(static_cast<std::size_t>(std::min(block_bytes, to - from)));
            file_.read_at(from, bytes);
            sum->update(bytes);
            from += static_cast<std::int64_t>(bytes.size());
        }
    };
    if (sha256) sum.emplace();
    hash_range(0, layout.header_bytes);
    const std::int64_t per_block = std::max<std::int64_t>(1, block_bytes / std::max<std::int64_t>(1, layout.record_bytes));
    for (std::size_t s = 0; s < segment_first_record_.size(); ++s) {
        const std::int64_t end = s + 1 < segment_first_record_.size() ? segment_first_record_[s + 1] : layout.records;
        for (std::int64_t record = segment_first_record_[s]; record < end; record += per_block) {
            const std::int64_t count = std::min(per_block, end - record);
            bytes.resize(static_cast<std::size_t>(count * layout.record_bytes));
            file_.read_at(layout.header_bytes + record * layout.record_bytes, bytes);
            if (sum) sum->update(bytes);
            consume({bytes, record, count, s});
        }
    }
    hash_range(layout.header_bytes + layout.records * layout.record_bytes, file_.size());
    if (sum) *sha256 = sum->finish();
}

const EdfSlot& EdfReader::slot(int channel) const {
    for (const EdfSlot& s : header_.layout.slots)
        if (s.index == channel && s.samples_channel) return s;
    throw UsageError(file_.name() + " has no channel with index " + std::to_string(channel));
}

std::vector<Signal> EdfReader::read(std::span<const int> channels, std::string* sha256) const {
    const EdfLayout& layout = header_.layout;
    const auto& segments = header_.recording.segments;
    std::vector<Signal> signals;
    std::vector<const EdfSlot*> slots;
    std::vector<Calibration> calibrations;
    for (int index : channels) {
        const Channel* c = header_.recording.channel(index);
        if (!c) throw UsageError(file_.name() + " has no channel with index " + std::to_string(index));
        if (!c->calibration) throw UsageError("channel '" + c->label + "' of " + file_.name() + " is not calibrated");
        slots.push_back(&slot(index));
        calibrations.push_back(*c->calibration);
        Signal signal{index, c->label, c->unit, c->rate, std::abs(c->calibration->scale), 0, {}};
        for (std::size_t s = 0; s < segments.size(); ++s) {
            const std::int64_t end = s + 1 < segments.size() ? segment_first_record_[s + 1] : layout.records;
            Signal::Stretch stretch{segments[s].onset, {}};
            stretch.samples.resize(static_cast<std::size_t>((end - segment_first_record_[s]) * slots.back()->samples));
            signal.stretches.push_back(std::move(stretch));
        }
        signals.push_back(std::move(signal));
    }
    for_each_block(
        [&](const RecordBlock& block) {
            for (std::size_t k = 0; k < signals.size(); ++k) {
                const auto per_record = static_cast<std::size_t>(slots[k]->samples);
                const std::int64_t first = block.first_record - segment_first_record_[block.segment];
                float* out = signals[k].stretches[block.segment].samples.data() + static_cast<std::size_t>(first) * per_record;
                const unsigned char* in = block.bytes.data() + slots[k]->offset;
                for (std::int64_t r = 0; r < block.record_count; ++r, out += per_record, in += layout.record_bytes)
                    signals[k].limited += layout.sample_bytes == 2
                                              ? decode_physical<2>(in, calibrations[k], {out, per_record})
                                              : decode_physical<3>(in, calibrations[k], {out, per_record});
            }
        },
        sha256);
    return signals;
}

std::vector<std::int32_t> EdfReader::read_digital(int channel) const {
    const EdfSlot& s = slot(channel);
    const auto per_record = static_cast<std::size_t>(s.samples);
    std::vector<std::int32_t> values(static_cast<std::size_t>(header_.layout.records) * per_record);
    for_each_block([&](const RecordBlock& block) {
        const unsigned char* in = block.bytes.data() + s.offset;
        std::span out(values.data() + static_cast<std::size_t>(block.first_record) * per_record, per_record);
        for (std::int64_t r = 0; r < block.record_count; ++r, in += header_.layout.record_bytes) {
            if (header_.layout.sample_bytes == 2)
                decode_digital<2>(in, out);
            else
                decode_digital<3>(in, out);
            out = {out.data() + per_record, per_record};
        }
    });
    return values;
}

}  // namespace psg::io

// Onsets of data records into uninterrupted segments.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_timekeeping.hpp"

#include <algorithm>

namespace psg::io {

namespace {

constexpr Time longest_recording = std::chrono::days(30);       // proposed: a later onset is a broken number
constexpr Time onset_precision = std::chrono::milliseconds(1);  // proposed: many recorders write milliseconds
constexpr Time smallest_gap = std::chrono::milliseconds(10);    // proposed: larger ones are never closed

std::string records_text(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " data record" : " data records");
}

}  // namespace

Time follow_tolerance(const std::vector<Channel>& channels) {
    if (channels.empty()) return onset_precision;
    SampleRate fastest = channels.front().rate;
    for (const Channel& c : channels)
        if (c.rate.hz() > fastest.hz()) fastest = c.rate;
    return std::clamp(fastest.time_of(1) / 2, onset_precision, smallest_gap);
}

RecordClock::RecordClock(const Recording& recording, const EdfLayout& layout, std::string file, bool rounded_onsets)
    : layout_(layout),
      file_(std::move(file)),
      format_(recording.format),
      tolerance_(follow_tolerance(recording.channels)),
      rounded_onsets_(rounded_onsets) {}

void RecordClock::add(const std::optional<RecordOnset>& onset, std::int64_t offset) {
    if (pending_) settle(*pending_, onset);
    pending_ = Told{onset, offset};
}

Time RecordClock::length_of(std::int64_t records) const {
    return layout_.record_nanoseconds == 0 ? Time(0) : SampleRate(1, layout_.record_nanoseconds).time_of(records);
}

// Is `told`, written with that many decimals, the `expected` moment?
bool RecordClock::same(Time told, Time expected, int decimals) const {
    if (is_near(told, expected)) return true;
    if (layout_.discontinuous || !rounded_onsets_) return false;
    Time unit = std::chrono::seconds(1);  // 0.7-s records with onsets in whole seconds and the like
    for (int i = 0; i < decimals && i < 6; ++i) unit /= 10;
    return std::chrono::abs(told - expected) < unit && layout_.record_nanoseconds % (unit.count() * 1000) != 0;
}

void RecordClock::settle(const Told& record, const std::optional<RecordOnset>& next) {
    auto& segments = timeline_.segments;
    const Time expected = segments.empty() ? Time(0) : segments.back().offset;
    const auto follow = [&](Defect& why) {
        why.note(record.onset ? record.onset->offset : record.offset);
        place(expected, true, record.offset);
    };
    if (!record.onset) return follow(missing_);
    const Time told = record.onset->onset;
    if (!origin_) {  // records before this one have no onset: they are taken to lie without a gap before it
        origin_ = told >= Time(0) ? std::max(Time(0), told - length_of(record_)) : told;
        origin_offset_ = record.onset->offset;
        rounded_up_ = told == std::chrono::seconds(1) && record.onset->decimals > 6;  // 0.9999999 s lie in the first
    }
    const Time at = told - *origin_;
    if (same(at, expected, record.onset->decimals)) {
        rounded_ += !is_near(at, expected);
        return place(expected, true, record.offset);
    }
    if (at > longest_recording) return follow(implausible_);
    if (at < expected) return follow(backwards_);
    // an onset that the next record contradicts by following without a gap from the one before
    if (next && same(next->onset - *origin_, expected + length_of(1), next->decimals)) return follow(alone_);
    gaps_.note(record.onset->offset);
    place(at, false, record.offset);
}

void RecordClock::place(Time onset, bool follows, std::int64_t offset) {
    auto& segments = timeline_.segments;
    if (segments.empty() || !follows) {
        if (segments.size() == max_segments) {
            Finding where{{}, {}, {}, "timekeeping"};
            where.byte_offset = offset;
            throw EdfRefusal(file_, where, "the recording has more than a million gaps",
                             "the onsets of its data records are no times");
        }
        segments.push_back({onset, onset});
        timeline_.first_records.push_back(record_);
    }
    ++record_;
    segments.back().offset = segments.back().onset + length_of(record_ - timeline_.first_records.back());
}

void RecordClock::report(FindingCode code, const Defect& defect, const std::string& message,
                         const std::string& repair) {
    if (defect.count == 0) return;
    Finding f{code, message, repair, "timekeeping"};
    f.byte_offset = defect.first;
    timeline_.findings.push_back(std::move(f));
}

Timeline RecordClock::finish() {
    if (pending_) settle(*pending_, std::nullopt);
    pending_.reset();
    timeline_.origin = origin_.value_or(Time(0));
    const auto broken = [&](const Defect& d, const std::string& what) {
        report(FindingCode::EDF_TIMEKEEPING, d, records_text(d.count) + what, "taken to follow the record before");
    };
    broken(missing_, missing_.count == record_ && layout_.discontinuous
                         ? " of a discontinuous file, all, have no timekeeping annotation list: gaps cannot be known"
                         : " without a readable timekeeping annotation list");
    broken(implausible_, " with an onset more than 30 days after the start");
    broken(backwards_, " with an onset before the end of the record before");
    broken(alone_, " with an onset that the next record contradicts");
    if (!layout_.discontinuous)
        report(FindingCode::EDF_GAP_IN_CONTINUOUS, gaps_,
               "the file is declared continuous but has " + std::to_string(gaps_.count) +
                   (gaps_.count == 1 ? " gap" : " gaps") +
                   (2 * gaps_.count >= record_ && gaps_.count > 1
                        ? ", one after nearly every record: the record duration or the onsets of the records are wrong"
                        : ""),
               "read as " + std::to_string(gaps_.count + 1) + " segments");
    if (origin_ && ((*origin_ >= std::chrono::seconds(1) && !rounded_up_) || *origin_ < Time(0))) {
        Defect start;
        start.note(origin_offset_);
        report(FindingCode::EDF_START_OFFSET, start,
               "the first data record begins at " + format_seconds(*origin_) + " s",
               "kept as the start of the recording");
    }
    timeline_.rounding_contradicted = rounded_ > 0 && 10 * (gaps_.count + backwards_.count + alone_.count) > record_;
    return std::move(timeline_);
}

}  // namespace psg::io

// Time-stamped annotation lists (TALs).
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_annotations.hpp"

#include <algorithm>

#include "libpsg/io/text/text_encoding.hpp"

namespace psg::io {

namespace {

constexpr char end_of_text = '\x14';
constexpr char before_duration = '\x15';
constexpr Time longest = std::chrono::days(3660);  // ten years, as in the header: a longer time is a broken number

// "1.5": digits, and digits after a point if there is one (EDF+ 2.2.2).
std::optional<Time> plain_seconds(std::string_view text) {
    const std::size_t point = text.find('.');
    if (text.empty() || text.front() == '.' || text.back() == '.') return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i != point && (text[i] < '0' || text[i] > '9')) return std::nullopt;
    const auto time = parse_seconds(text);
    return time && *time <= longest ? time : std::nullopt;
}

// The sign is demanded.
std::optional<Time> onset_of(std::string_view text) {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const auto time = plain_seconds(text.substr(1));
    return time && text[0] == '-' ? std::optional<Time>(-*time) : time;
}

std::string_view as_text(std::span<const unsigned char> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<RecordOnset> TalCollector::add(std::span<const unsigned char> bytes, std::int64_t offset,
                                             bool timekeeping) {
    const std::string_view all = as_text(bytes);
    std::optional<RecordOnset> record_onset;
    bool first = true;
    for (std::size_t at = 0; at < all.size();) {
        if (all[at] == '\0') {  // padding between and after TALs
            ++at;
            continue;
        }
        const std::size_t end = std::min(all.find('\0', at), all.size());
        const std::string_view tal = all.substr(at, end - at);
        const std::int64_t where = offset + static_cast<std::int64_t>(at);
        at = end + 1;
        const bool keeps_time = timekeeping && first;
        first = false;

        const std::size_t stamp_end = tal.find(end_of_text);
        const std::string_view stamp = tal.substr(0, stamp_end);
        const std::size_t separator = stamp.find(before_duration);
        const std::string_view onset_text = stamp.substr(0, separator);
        const auto onset = onset_of(onset_text);
        const auto duration = separator == std::string_view::npos ? std::optional<Time>(Time(0))
                                                                  : plain_seconds(stamp.substr(separator + 1));
        if (stamp_end == std::string_view::npos || tal.back() != end_of_text || !onset || !duration) {
            unreadable_.note(where);
            continue;
        }
        if (end == all.size()) unclosed_.note(where);
        std::size_t text_at = stamp_end + 1;
        if (text_at == tal.size()) incomplete_.note(where);  // "+5 0x14" and no text, not even an empty one
        if (keeps_time && (text_at == tal.size() || tal[text_at] == end_of_text)) {
            const std::size_t point = onset_text.find('.');
            const std::size_t decimals = point == std::string_view::npos ? 0 : onset_text.size() - point - 1;
            record_onset = RecordOnset{*onset, static_cast<int>(decimals), where};
        }
        while (text_at < tal.size()) {  // the texts, each ended by 0x14
            const std::size_t text_end = tal.find(end_of_text, text_at);
            keep(*onset, *duration, tal.substr(text_at, text_end - text_at), where);
            text_at = text_end + 1;
        }
    }
    return record_onset;
}

void TalCollector::keep(Time onset, Time duration, std::string_view text, std::int64_t offset) {
    CleanText clean = clean_text(text);
    if (clean.was_latin1) latin1_.note(offset);
    const auto forbidden = [](char c) {  // EDF+ 2.2.2 allows tabs and line ends
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
    };
    if (std::any_of(text.begin(), text.end(), forbidden)) control_.note(offset);
    if (clean.text.empty()) return;
    if (annotations_.size() == max_annotations) return surplus_.note(offset);
    annotations_.push_back({onset, duration, std::move(clean.text)});
}

Findings TalCollector::findings() const {
    Findings list;
    const auto report = [&](const Defect& defect, FindingCode code, const std::string& what,
                            const std::string& repair) {
        if (defect.count == 0) return;
        Finding f{code, std::to_string(defect.count) + " annotation list" + (defect.count == 1 ? " " : "s ") + what,
                  repair, "annotations"};
        f.byte_offset = defect.first;
        list.push_back(std::move(f));
    };
    report(unreadable_, FindingCode::EDF_ANNOTATION, "cannot be read", "skipped");
    report(incomplete_, FindingCode::EDF_ANNOTATION, "without any text", "an onset of a data record is used");
    report(unclosed_, FindingCode::EDF_ANNOTATION, "not ended by a NUL byte", "read as they stand");
    report(latin1_, FindingCode::EDF_TEXT_ENCODING, "with bytes that are not UTF-8", "read as Latin-1");
    report(control_, FindingCode::EDF_TEXT_ENCODING, "with control characters", "these became spaces or were cut");
    report(surplus_, FindingCode::EDF_ANNOTATION, "beyond the first " + std::to_string(max_annotations) + " texts",
           "not kept");
    return list;
}

std::optional<bool> looks_like_annotations(std::span<const unsigned char> bytes) {
    const std::string_view all = as_text(bytes);
    const std::size_t at = all.find_first_not_of('\0');
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view tal = all.substr(at, all.find('\0', at) - at);
    return tal.size() > 2 && (tal[0] == '+' || tal[0] == '-') && tal[1] >= '0' && tal[1] <= '9' &&
           tal.find(end_of_text) != std::string_view::npos;
}

}  // namespace psg::io

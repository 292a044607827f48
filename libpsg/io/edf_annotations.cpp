// Time-stamped annotation lists (TALs).
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf_annotations.hpp"

#include <string_view>

#include "libpsg/io/text_encoding.hpp"

namespace psg::io {

namespace {

constexpr char end_of_text = '\x14';
constexpr char before_duration = '\x15';

// "+1.5" or "-0.25": EDF+ demands the sign and a plain decimal.
std::optional<Time> onset_of(std::string_view text) {
    if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    if (text.find_first_not_of("0123456789.", 1) != std::string_view::npos) return std::nullopt;
    return parse_seconds(text);
}

std::optional<Time> duration_of(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
    return parse_seconds(text);
}

}  // namespace

std::optional<Time> TalCollector::add(std::span<const unsigned char> bytes, std::int64_t offset, bool timekeeping) {
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::optional<Time> record_onset;
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
        const auto onset = onset_of(stamp.substr(0, separator));
        const auto duration = separator == std::string_view::npos ? std::optional<Time>(Time(0))
                                                                  : duration_of(stamp.substr(separator + 1));
        if (stamp_end == std::string_view::npos || tal.back() != end_of_text || !onset || !duration) {
            unreadable_.note(where);
            continue;
        }
        if (keeps_time) record_onset = onset;
        // the texts, each ended by 0x14; the timekeeping TAL's first one is empty
        std::size_t text_at = stamp_end + 1;
        while (text_at < tal.size()) {
            const std::size_t text_end = tal.find(end_of_text, text_at);
            const CleanText clean = clean_text(tal.substr(text_at, text_end - text_at));
            text_at = text_end + 1;
            if (clean.was_latin1) latin1_.note(where);
            if (!clean.text.empty()) annotations_.push_back({*onset, *duration, clean.text});
        }
    }
    return record_onset;
}

Findings TalCollector::findings() const {
    Findings list;
    const auto report = [&](const Defect& defect, FindingCode code, const std::string& what, const std::string& repair) {
        if (defect.count == 0) return;
        Finding f{code, std::to_string(defect.count) + " annotation list" + (defect.count == 1 ? " " : "s ") + what, repair,
                  "annotations"};
        f.byte_offset = defect.first;
        list.push_back(std::move(f));
    };
    report(unreadable_, FindingCode::EDF_ANNOTATION, "cannot be read", "skipped");
    report(latin1_, FindingCode::EDF_TEXT_ENCODING, "with bytes that are not UTF-8", "read as Latin-1");
    return list;
}

}  // namespace psg::io

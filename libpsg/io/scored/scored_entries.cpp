// Scorings of every format: which one it is.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/scored_entries.hpp"

#include <algorithm>
#include <filesystem>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/scored/scored_formats.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_text_bytes = 256 << 20;  // unpacked

// The names of binary formats that people mistake for scorings.
const char* binary_format(std::string_view bytes) {
    if (bytes.starts_with("PK\x03\x04")) return "a zip archive or spreadsheet (save it as CSV)";
    if (bytes.starts_with("\x89HDF")) return "HDF5 (print a table of it with psg-export FILE --to tsv --table events, or epochs)";
    if (bytes.starts_with("%PDF")) return "PDF";
    if (bytes.starts_with("SQLite format 3")) return "an SQLite database (export the events as text)";
    if (bytes.starts_with("\x1F\x8B")) return "packed with gzip (unpack it)";
    return nullptr;
}

bool is_edf(std::string_view bytes) {
    return bytes.starts_with("0       ") || bytes.starts_with(
                                                "\xFF"
                                                "BIOSEMI");
}

bool declares_utf16(std::string_view xml) {
    const std::string head = lower_case(std::string(xml.substr(0, xml.substr(0, 200).find("?>"))));
    return head.starts_with("<?xml") && head.find("utf-16") != head.npos;
}

// How far the clock of one file is ahead of the other's, and whether their dates allow it.
struct ClockDifference {
    Time shift{0};
    bool known = false, dates_disagree = false;
};

ClockDifference difference(const StartTime& scoring, const StartTime& recording) {
    ClockDifference d;
    if (!scoring.time_of_day || !recording.time_of_day) return d;
    d.known = true;
    const Time day = 24h, half = 12h;
    d.shift = *scoring.time_of_day - *recording.time_of_day;
    if (d.shift >= half) d.shift -= day;
    if (d.shift < -half) d.shift += day;
    constexpr Date not_told{1985, 1, 1};  // what EDF+ has for it
    if (scoring.date && recording.date && *scoring.date != not_told && *recording.date != not_told) {
        const auto days = [](const Date& x) {
            return std::chrono::sys_days(std::chrono::year(x.year) / x.month / x.day);
        };
        const Time exact =
            (days(*scoring.date) - days(*recording.date)) + *scoring.time_of_day - *recording.time_of_day;
        d.dates_disagree = exact != d.shift;
    }
    return d;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// "12"; "leg_movement-12" where it is the number of another class than the text names.
bool is_event_number(std::string_view text) {
    const std::size_t dash = text.rfind('-');
    if (dash == text.npos) return is_number(text);
    return dash > 0 && text.substr(0, dash).find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == text.npos &&
           is_number(text.substr(dash + 1));
}

}  // namespace

bool is_event_id(std::string_view id, std::string_view event_class) {
    const std::size_t dash = id.rfind('-');
    if (dash == id.npos || !is_number(id.substr(dash + 1))) return false;
    const std::string own = "_" + std::string(id.substr(0, dash)), name = "_" + std::string(event_class);
    return own.ends_with(name) || name.ends_with(own);
}

std::string ScoredFile::where(const ScoredEntry& entry) const {
    if (entry.line > 0) return name + " line " + std::to_string(entry.line);
    return name + (entry.onset ? ", annotation at " + format_seconds(*entry.onset) + " s" : "");
}

void ScoredFile::fail(const ScoredEntry& entry, const std::string& what, const std::string& remedy) const {
    throw DataError(where(entry), what, remedy);
}

void cut_annotation(const std::string& text, ScoredEntry& e) {
    e.name = text;
    if (const std::size_t mark = e.name.find("@@"); mark != std::string::npos) {
        e.channel = clean_text(std::string_view(e.name).substr(mark + 2)).text;
        e.name.resize(mark);
    }
    const std::size_t number = e.name.rfind(" #");
    if (number != std::string::npos && is_event_number(std::string_view(e.name).substr(number + 2))) {
        const bool plain = e.name.find('-', number) == std::string::npos;
        e.id = e.name.substr(number + (plain ? 1 : 2));
        e.name.resize(number);
    }
    e.name = clean_text(e.name).text;
}

ScoredFile read_scored_text(std::string_view bytes, const std::string& name, const Recording& recording,
                            ScoringUse use) {
    if (bytes.empty()) throw DataError(name, "the file of scorings is empty");
    if (const char* format = binary_format(bytes)) throw DataError(name, std::string("is no scoring but ") + format);
    if (is_edf(bytes)) throw DataError(name, "an EDF+ file cannot be read from a stream", "give it by its name");
    DecodedText decoded = decode_text(bytes, name);
    const std::string_view text = decoded.text;
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != text.npos && text[first] == '<') {
        // UTF-16 is decoded already, and a text that was read as bytes is none, though it may say so (.NET writes
        // that); all else Expat decodes as the document says
        const bool is_utf8 = decoded.encoding.starts_with("UTF-16") || declares_utf16(text);
        ScoredFile file = read_scored_xml(is_utf8 ? text : bytes, name, recording, is_utf8);
        file.encoding = decoded.encoding;
        return file;
    }
    const auto lines = text_lines(text, name);
    ScoredFile file;
    if (!lines.empty() && lines[0].text.starts_with('{'))
        file = read_scored_table(read_json_lines(lines, name), recording, use);
    else if (auto vendor = read_scored_export(lines, name, recording))
        file = std::move(*vendor);
    else if (is_luna_annotations(text, lines, name))
        file = read_luna_annotations(text, name, recording);
    else if (lines.empty())
        throw DataError(name, "the file of scorings is empty", "a table's first line must name the columns");
    else if (stage_from_name(lines[0].text) || name.ends_with(".eannot"))
        file = read_stage_lines(lines, name);
    else
        file = read_scored_table(TextTable(text, name), recording, use);
    file.encoding = decoded.encoding;
    return file;
}

ScoredFile scored_annotations(const Recording& scoring, const std::string& name, const Recording& recording) {
    ScoredFile file;
    file.name = name;
    file.format = scoring.format + " annotations";
    file.in_order = false;
    file.simulated = scoring.simulated;
    file.moments = true;
    const ClockDifference clock = difference(scoring.start, recording.start);
    const bool itself = &scoring == &recording;
    if (!itself && (!clock.known || clock.dates_disagree))
        file.findings.push_back(
            {.code = FindingCode::EVENTS_DATE,
             .message = clock.known ? "the date of the scoring is not that of the recording"
                                    : "the scoring or the recording does not tell its start time",
             .repair = clock.known ? "the times of day were used" : "onsets are taken since the start of the recording",
             .field = "scoring"});
    for (const Annotation& a : scoring.annotations) {
        ScoredEntry e;
        e.onset = a.onset + (itself ? Time(0) : clock.shift);
        if (a.duration > 0s) e.duration = a.duration;
        cut_annotation(a.text, e);
        if (!e.name.empty()) file.entries.push_back(std::move(e));
    }
    return file;
}

ScoredFile read_scored_file(const std::string& path, const Recording& recording, ScoringUse use, std::string* sha256) {
    const std::string name = path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
    const std::string packed = read_text_file(path);
    if (sha256) *sha256 = sha256_of(packed);
    Findings packing;
    const std::string bytes = unpacked(packed, name, most_text_bytes, &packing);
    if (path == "-" || !is_edf(bytes)) {
        ScoredFile file = read_scored_text(bytes, name, recording, use);
        file.findings.insert(file.findings.begin(), packing.begin(), packing.end());
        return file;
    }
    const EdfReader reader(path);
    ScoredFile file = scored_annotations(reader.recording(), name, recording);
    file.findings.insert(file.findings.begin(), reader.recording().findings.begin(), reader.recording().findings.end());
    return file;
}

}  // namespace psg::io

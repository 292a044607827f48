// Luna's annotation files: .annot with intervals, .eannot with a label per epoch.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <charconv>

#include "libpsg/io/scored/scored_formats.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr Time epoch_length = 30s;  // of e:N, Luna's default

using Fields = std::vector<std::string>;

Fields fields_of(std::string_view line) {
    const bool tabs = line.find('\t') != line.npos;
    Fields fields;
    for (;;) {
        if (!tabs) line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
        if (!tabs && line.empty()) return fields;
        const std::size_t end = std::min(line.size(), line.find(tabs ? '\t' : ' '));
        fields.push_back(clean_text(line.substr(0, end)).text);
        if (end == line.size()) return fields;
        line.remove_prefix(end + 1);
    }
}

bool is_heading(const Fields& f) {
    return f.size() >= 5 && f[0] == "class" && std::find(f.begin(), f.end(), "start") != f.end() &&
           std::find(f.begin(), f.end(), "stop") != f.end();
}

// The number N of "e:N", from 1; 0 if it is none.
std::int64_t epoch_number(std::string_view text) {
    std::int64_t n = 0;
    if (!text.starts_with("e:") || text.size() > 9) return 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), n);
    return error == std::errc{} && end == text.data() + text.size() && n > 0 ? n : 0;
}

bool looks_like_start(std::string_view text) {
    return scored_seconds(text) || epoch_number(text) > 0 || text.starts_with("0+") || parse_luna_clock(text);
}
bool looks_like_stop(std::string_view text) {
    return text == "..." || text == "." || text.starts_with("+") || looks_like_start(text);
}

// Where the fields of a row stand; -1: not there.
struct Layout {
    int name = 0, instance = -1, channel = -1, start = -1, stop = -1, meta = -1;
};

class AnnotReader {
public:
    AnnotReader(std::string_view text, const std::string& name, const Recording& recording)
        : recording_(recording), clock_(recording), lines_(text_lines(text, name)) {
        file_.name = name;
        file_.format = "Luna .annot";
        file_.in_order = false;
        file_.moments = true;
    }

    ScoredFile read() {
        for (const TextLine& line : lines_) {
            line_ = line.number;
            const Fields fields = fields_of(line.text);
            if (is_heading(fields)) {
                if (heading_ || !file_.entries.empty()) fail("a second line of column names");
                read_heading(fields);
            } else {
                read_row(fields);
            }
        }
        if (open_end_) close_entry(recording_.duration());
        auto dates = clock_.findings("scoring");
        file_.findings.insert(file_.findings.end(), dates.begin(), dates.end());
        return std::move(file_);
    }

private:
    [[noreturn]] void fail(const std::string& what, const std::string& remedy = {}) const {
        throw DataError(file_.name + " line " + std::to_string(line_), what, remedy);
    }

    void read_heading(const Fields& fields) {
        heading_ = Layout{};
        columns_ = fields.size();
        const auto at = [&](const char* n) {
            const auto found = std::find(fields.begin(), fields.end(), n);
            return found == fields.end() ? -1 : static_cast<int>(found - fields.begin());
        };
        *heading_ = {at("class"), at("instance"), at("channel"), at("start"), at("stop"), at("meta")};
    }

    // Without a heading the times tell where they are.
    Layout layout_of(const Fields& f) const {
        if (heading_) {
            if (f.size() > columns_ || f.size() + 1 < columns_)  // an empty meta at the end may be left out
                fail(std::to_string(f.size()) + " fields where the heading has " + std::to_string(columns_));
            return *heading_;
        }
        const bool old = f.size() >= 4 && looks_like_start(f[2]) && looks_like_stop(f[3]);
        const bool full = f.size() >= 5 && looks_like_start(f[3]) && looks_like_stop(f[4]);
        if (old && full && f.size() != 4)
            fail("it is not clear which fields are the start and the stop",
                 "add a line class, instance, channel, start, stop, meta");
        if (full) return {0, 1, 2, 3, 4, f.size() > 5 ? 5 : -1};
        if (old) return {0, 1, -1, 2, 3, f.size() > 4 ? 4 : -1};
        if (f.size() == 3 && epoch_number(f[2]) > 0) return {0, 1, -1, 2, -1, -1};
        fail("is no row of class, instance, channel, start, stop, meta",
             "fields are separated by tabs; times are seconds, hh:mm:ss, dd-mm-yy-hh:mm:ss, 0+hh:mm:ss or e:N");
    }

    Time start_time(const std::string& text) {
        if (const auto t = scored_seconds(text)) return *t;
        if (const std::int64_t n = epoch_number(text)) return epoch_length * (n - 1);
        if (text.starts_with("0+")) {
            if (const auto t = parse_length(std::string_view(text).substr(2))) return *t;
        } else if (const auto reading = parse_luna_clock(text)) {
            if (const auto t = clock_.place(*reading)) return *t;
            fail(clock_.reason(), "write seconds since the start");
        }
        fail("'" + text + "' is no time", "times are seconds, hh:mm:ss, dd-mm-yy-hh:mm:ss, 0+hh:mm:ss or e:N");
    }

    void read_row(const Fields& f) {
        const Layout at = layout_of(f);
        const auto field = [&](int i) {
            return i < 0 || i >= static_cast<int>(f.size()) || f[static_cast<std::size_t>(i)] == "."
                       ? std::string()
                       : f[static_cast<std::size_t>(i)];
        };
        ScoredEntry e;
        e.line = line_;
        e.name = field(at.name);
        if (e.name.empty()) fail("the class is empty");
        if (e.name == "L") e.name = "?", e.is_stage = true;  // Luna's stage for lights on
        const std::string instance = field(at.instance);
        if (is_event_id(instance, e.name)) e.id = instance;
        e.channel = field(at.channel);
        e.onset = start_time(field(at.start));
        if (open_end_) close_entry(*e.onset);
        read_meta(field(at.meta), e);
        file_.entries.push_back(e);
        read_stop(field(at.stop), field(at.start), at.stop >= 0 ? f[static_cast<std::size_t>(at.stop)] : "");
    }

    void read_stop(const std::string& stop, const std::string& start, const std::string& as_written) {
        ScoredEntry& e = file_.entries.back();
        if (as_written == "...") {
            open_end_ = true;
        } else if (const std::int64_t n = epoch_number(stop.empty() ? start : stop)) {
            e.duration = epoch_length * n - *e.onset;
        } else if (stop.empty()) {
            return;
        } else if (stop.starts_with("+")) {
            const auto length = scored_seconds(std::string_view(stop).substr(1));
            if (!length) fail("'" + stop + "' is no duration");
            e.duration = *length;
        } else {
            e.duration = start_time(stop) - *e.onset;
        }
        if (e.duration && *e.duration < 0s) fail("the annotation stops before it starts");
    }

    void close_entry(Time end) {
        open_end_ = false;
        ScoredEntry& e = file_.entries.back();
        if (end < *e.onset)
            file_.fail(e, "lasts until the next annotation, which starts before it", "give it a stop time");
        e.duration = end - *e.onset;
    }

    void read_meta(std::string_view meta, ScoredEntry& e) const {
        std::optional<Time> onset, duration;
        while (!meta.empty()) {
            const std::string_view pair = meta.substr(0, meta.find_first_of(";|"));
            meta.remove_prefix(std::min(meta.size(), pair.size() + 1));
            const std::size_t equals = pair.find('=');
            if (equals == pair.npos) continue;
            const std::string key = clean_text(pair.substr(0, equals)).text;
            const std::string value = clean_text(pair.substr(equals + 1)).text;
            if (key == "side") e.side = side_from_name(value);
            if (key == "onset") onset = scored_seconds(value);
            if (key == "duration") duration = scored_seconds(value);
        }
        if (onset && duration && *duration >= 0s && !e.id.empty()) e.original = Interval{*onset, *onset + *duration};
    }

    const Recording& recording_;
    RecordingClock clock_;
    std::vector<TextLine> lines_;
    ScoredFile file_;
    std::optional<Layout> heading_;
    std::size_t columns_ = 0;
    int line_ = 0;
    bool open_end_ = false;
};

}  // namespace

bool is_luna_annotations(std::string_view text, const std::vector<TextLine>& lines, const std::string& name) {
    if (!lines.empty() && is_heading(fields_of(lines[0].text))) return true;
    if (name.ends_with(".annot")) return true;
    // "# class | description" above the first row
    const std::size_t above =
        lines.empty() ? text.size() : static_cast<std::size_t>(lines[0].text.data() - text.data());
    std::string_view heading = text.substr(0, above);
    while (!heading.empty()) {
        const std::string_view line = heading.substr(0, heading.find('\n'));
        heading.remove_prefix(std::min(heading.size(), line.size() + 1));
        if (line.starts_with('#') && line.find('|') != line.npos)
            return !lines.empty() && fields_of(lines[0].text).size() >= 3;
    }
    return false;
}

ScoredFile read_luna_annotations(std::string_view text, const std::string& name, const Recording& recording) {
    return AnnotReader(text, name, recording).read();
}

}  // namespace psg::io

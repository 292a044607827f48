// Text exports of RemLogic, Noxturnal and SOMNOmedics, by a map of column names. Untested on real exports.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <map>
#include <utility>

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/io/scored/scored_formats.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::embedded {
extern const std::string_view export_columns;
}

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_heading = 60;  // lines above the names of the columns

// field by spelling, by system
using ColumnMap = std::map<std::string, std::map<std::string, std::string>>;

const ColumnMap& column_map() {
    static const ColumnMap map = [] {
        ColumnMap all;
        const TextTable rows(embedded::export_columns, "export_columns.tsv");
        for (std::size_t i = 0; i < rows.row_count(); ++i) all[rows.text(i, 0)][rows.text(i, 2)] = rows.text(i, 1);
        return all;
    }();
    return map;
}

// Where the columns of an export are.
struct Heading {
    std::string system;
    char separator = '\t';
    std::map<std::string, std::size_t> field;  // "onset", "end", "duration", "name", "channel"
    std::size_t columns = 0;
    bool tells_time_of_day = true;  // "start time", not only "start"
};

std::optional<Heading> read_heading(const TextLine& line, const std::string& system, const std::string& name) {
    for (char separator : {'\t', ';', ','}) {
        if (line.text.find(separator) == line.text.npos) continue;
        const auto cells = cut_line(line, separator, name);
        Heading h{system, separator, {}, cells.size()};
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto known = column_map().at(system).find(fold_label(cells[i]));
            if (known != column_map().at(system).end()) h.field.emplace(known->second, i);
        }
        if (const auto onset = h.field.find("onset"); onset != h.field.end()) {
            const std::string title = fold_label(cells[onset->second]);
            h.tells_time_of_day = false;
            for (const char* word : {"time", "zeit", "heure", "hora", "tijd", "tid"})
                h.tells_time_of_day = h.tells_time_of_day || title.find(word) != title.npos;
        }
        if (h.field.count("onset") && h.field.count("name") && (h.field.count("end") || h.field.count("duration")))
            return h;
    }
    return std::nullopt;
}

class ExportReader {
public:
    ExportReader(const std::string& name, const std::string& format, const Recording& recording) : clock_(recording) {
        file_.name = name;
        file_.format = format;
        file_.in_order = false;
        file_.digits_are_rk = false;
    }

    ScoredFile finish() {
        std::string now;  // a position holds until a later row tells another
        for (auto& [onset, position] : positions_)
            if (std::exchange(now, position.name) != position.name) file_.entries.push_back(position);
        auto dates = clock_.findings("scoring");
        file_.findings.insert(file_.findings.end(), dates.begin(), dates.end());
        return std::move(file_);
    }

    void read_rows(const Heading& h, const std::vector<TextLine>& lines, std::size_t first) {
        std::vector<std::string> starts;
        for (std::size_t i = first; i < lines.size(); ++i) {
            line_ = lines[i].number;
            auto cells = cut_line(lines[i], h.separator, file_.name);
            // empty cells at the end of a row are often left out
            const auto needed = std::max(h.field.at("onset"), h.field.at("name"));
            if (cells.size() > h.columns + 1 || cells.size() <= needed)
                fail(std::to_string(cells.size()) + " fields where the line of column names has " +
                     std::to_string(h.columns));
            cells.resize(std::max(cells.size(), h.columns));
            ScoredEntry e;
            e.line = line_;
            e.name = cells[h.field.at("name")];
            if (e.name.empty()) fail("the event has no name");
            e.onset = moment(cells[h.field.at("onset")]);
            starts.push_back(cells[h.field.at("onset")]);
            if (const auto c = h.field.find("channel"); c != h.field.end()) e.channel = cells[c->second];
            if (const auto p = h.field.find("position"); p != h.field.end() && !cells[p->second].empty()) {
                ScoredEntry& position = positions_[*e.onset];
                position.line = line_;
                position.onset = e.onset;
                position.name = "Position " + cells[p->second];
            }
            const auto end = h.field.find("end"), duration = h.field.find("duration");
            if (end != h.field.end() && !cells[end->second].empty())
                e.duration = moment(cells[end->second]) - *e.onset;
            else if (duration != h.field.end() && !cells[duration->second].empty())
                e.duration = length(cells[duration->second]);
            add(std::move(e));
        }
        if (!h.tells_time_of_day && clock_.could_be_elapsed(starts)) {
            line_ = lines[first].number;
            fail("'" + starts[0] + "' could be a time of day or a time since the start of the recording",
                 std::string(elapsed_remedy));
        }
    }

    // "22:00:00,000; N2" each epoch, or "23:05:10,500-23:05:25,300; 14;Hypopnea; N2".
    void read_somnomedics(const std::vector<TextLine>& lines) {
        std::optional<Time> rate;
        bool data = false;
        for (const TextLine& line : lines) {
            line_ = line.number;
            const auto cells = cut_line(line, ';', file_.name);
            const std::size_t dash = cells[0].find('-');
            const bool is_row = cells.size() >= 2 && parse_clock(cells[0].substr(0, dash)).has_value();
            if (!is_row) {
                if (data) fail("is no row of a time of day and an event");
                const std::string_view text = line.text;
                if (text.starts_with("Rate:")) {
                    const std::string value = clean_text(text.substr(5)).text;
                    if (value.ends_with(" s")) rate = scored_seconds(value.substr(0, value.size() - 2));
                    if (!rate || *rate <= 0s || *rate > 10min) fail("the rate '" + value + "' is no number of seconds");
                }
                continue;
            }
            data = true;
            ScoredEntry e;
            e.line = line_;
            e.onset = moment(cells[0].substr(0, dash));
            if (dash == std::string::npos) {
                if (!rate) fail("stages without a line 'Rate: 30 s' above them");
                e.name = cells[1];
                e.duration = *rate;
                e.is_stage = true;
            } else {
                if (cells.size() < 3) fail("an event without a name");
                e.name = cells[2];
                e.duration = moment(cells[0].substr(dash + 1)) - *e.onset;
                const auto told = scored_seconds(cells[1]);
                if (!told) fail("'" + cells[1] + "' is no duration in seconds");
                const Time off = *told > *e.duration ? *told - *e.duration : *e.duration - *told;
                if (off > 1s) fail("the duration of " + cells[1] + " s is not that between the two times");
            }
            if (e.name.empty()) fail("the event has no name");
            add(std::move(e));
        }
    }

private:
    [[noreturn]] void fail(const std::string& what, const std::string& remedy = {}) const {
        throw DataError(file_.name + " line " + std::to_string(line_), what, remedy);
    }
    Time moment(const std::string& text) {
        const auto reading = parse_clock(text);
        if (!reading) fail("'" + text + "' is no time of day HH:MM:SS");
        const auto t = clock_.place(*reading);
        if (!t) fail(clock_.reason());
        return *t;
    }
    // Seconds, with a decimal comma (no number of seconds has thousands here), or HH:MM:SS.
    Time length(std::string text) const {
        if (std::count(text.begin(), text.end(), ',') == 1 && text.find('.') == text.npos) text[text.find(',')] = '.';
        if (const auto length = parse_length(text)) return *length;
        const auto t = scored_seconds(text);
        if (!t) fail("'" + text + "' is no duration in seconds");
        return *t;
    }
    void add(ScoredEntry e) {
        if (e.duration && *e.duration < 0s) fail("the event ends before it begins");
        file_.entries.push_back(std::move(e));
    }

    RecordingClock clock_;
    ScoredFile file_;
    std::map<Time, ScoredEntry> positions_;
    int line_ = 0;
};

// A start that is a time of day tells these exports from tables in seconds.
bool starts_with_clock(const std::vector<TextLine>& lines, std::size_t row, const Heading& h, const std::string& name) {
    if (row >= lines.size()) return false;
    const auto cells = cut_line(lines[row], h.separator, name);
    return cells.size() > h.field.at("onset") && parse_clock(cells[h.field.at("onset")]);
}

}  // namespace

std::optional<ScoredFile> read_scored_export(const std::vector<TextLine>& lines, const std::string& name,
                                             const Recording& recording) {
    if (!lines.empty() && lines[0].text.starts_with("Signal ID:")) {
        ExportReader reader(name, "SOMNOmedics export", recording);
        reader.read_somnomedics(lines);
        return reader.finish();
    }
    for (const char* system : {"RemLogic", "Noxturnal"})
        for (std::size_t i = 0; i < std::min(lines.size(), longest_heading); ++i) {
            const auto heading = read_heading(lines[i], system, name);
            if (!heading || !starts_with_clock(lines, i + 1, *heading, name)) continue;
            ExportReader reader(name, std::string(system) + " export", recording);
            reader.read_rows(*heading, lines, i + 1);
            return reader.finish();
        }
    return std::nullopt;
}

}  // namespace psg::io

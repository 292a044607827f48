// Scorings in tables with column names, and one stage per line.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <charconv>
#include <set>

#include "libpsg/io/scored/scored_columns.hpp"
#include "libpsg/io/scored/scored_formats.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_epochs = 30 * 24 * 120;  // a month

class ScoredTable {
public:
    ScoredTable(TextTable table, const Recording& recording, ScoringUse use)
        : table_(std::move(table)), clock_(recording), use_(use), c_(find_scored_columns(table_, recording, use)) {
        file_.name = table_.name();
        name_format();
    }

    ScoredFile read() {
        file_.entries.reserve(table_.row_count());
        for (std::size_t row = 0; row < table_.row_count(); ++row) read_row(row);
        refuse_hypnogram();
        if (const auto mark = table_.find({"simulated"})) {  // of our own outputs
            for (std::size_t row = 0; row < table_.row_count(); ++row) file_.simulated |= table_.text(row, *mark) == "1";
            read_lights();
        }
        auto dates = clock_.findings("scoring");
        file_.findings.insert(file_.findings.end(), dates.begin(), dates.end());
        return std::move(file_);
    }

private:
    void name_format() {
        const char separator = table_.separator();
        if (c_.from_libpsg)
            file_.format = "events of psg-detect";
        else if (c_.bids)
            file_.format = "BIDS events.tsv";
        else
            file_.format = std::string(c_.annotations ? "table of annotations"
                                       : c_.stages    ? "table of stages"
                                                      : "table of events") +
                           (separator == '\t'  ? ", tabs"
                            : separator == ';' ? ", semicolons"
                            : separator == ',' ? ", commas"
                            : separator == ' ' ? ", blanks"
                            : separator == '{' ? ", JSON lines"
                                               : "");
        if (c_.from_libpsg && separator == '{') file_.format += ", JSON lines";
        file_.from_libpsg = c_.from_libpsg;
        file_.moments = c_.annotations;
    }

    Time clock_time(std::size_t row, std::size_t column) {
        const std::string& text = table_.text(row, column);
        const auto reading = parse_clock(text);
        if (!reading)
            table_.fail(row, "'" + text + "' in column '" + table_.columns()[column] + "' is no time of day HH:MM:SS",
                        "give a column 'onset' in seconds since the start of the recording");
        const auto t = clock_.place(*reading);
        if (!t)
            table_.fail(row,
                        "the entries are placed by clock times in column '" + table_.columns()[column] + "', and " +
                            clock_.reason(),
                        "give a column 'onset' in seconds since the start of the recording");
        return *t;
    }

    void read_row(std::size_t row) {
        ScoredEntry e;
        e.line = table_.line(row);
        e.is_stage = c_.stages;
        if (c_.name) {
            e.name = table_.text(row, *c_.name);
            if (e.name == "n/a" && !c_.stages) return;  // BIDS: nothing was scored here
            if (e.name == "n/a") e.name = "?";
            if (c_.annotations) cut_annotation(std::string(e.name), e);
            if (e.name.empty() && !c_.stages) table_.fail(row, "the type of the event is empty");
        }
        place(row, e);
        if (c_.channel && !table_.text(row, *c_.channel).empty()) e.channel = table_.text(row, *c_.channel);
        if (c_.side && !is_missing(table_.text(row, *c_.side))) {
            e.side = side_from_name(table_.text(row, *c_.side));
            if (e.side == Side::none && use_ == ScoringUse::movements)
                table_.fail(row, "'" + table_.text(row, *c_.side) + "' is no side", "sides are L, R or B");
        }
        if (c_.id) {
            e.id = table_.text(row, *c_.id);
            if (!e.id.empty() && !ids_.insert(e.id).second) table_.fail(row, "id '" + e.id + "' was given above");
        }
        if (!c_.probabilities.empty()) {
            e.probabilities.emplace();
            for (std::size_t i = 0; i < c_.probabilities.size(); ++i)
                (*e.probabilities)[i] = table_.number(row, c_.probabilities[i]);
        }
        file_.entries.push_back(std::move(e));
    }

    // Without names anything that lasts is an event of the kind that is asked for; epochs, each of which begins where the last one ends, are none.
    void refuse_hypnogram() const {
        const std::vector<ScoredEntry>& entries = file_.entries;
        if (c_.name || entries.size() < 3) return;
        const auto apart = [](const ScoredEntry& a, const ScoredEntry& b) {
            return !a.onset || !b.onset || !a.duration || *a.duration <= 0s || *a.onset + *a.duration != *b.onset;
        };
        if (std::adjacent_find(entries.begin(), entries.end(), apart) == entries.end())
            throw DataError(file_.name, "each entry begins where the one before ends: a hypnogram, and no events",
                            "give a list of events, with a column 'event' that names them");
    }

    // Stages of libpsg tell marks of lights in columns of their own, each beside the nearest epoch.
    void read_lights() {
        for (const char* name : {"lights_off", "lights_on"}) {
            const auto column = table_.find({name});
            if (!column || !c_.stages) continue;
            for (std::size_t row = 0; row < table_.row_count(); ++row) {
                const std::string& text = table_.text(row, *column);
                if (is_missing(text) || text == "NaN") continue;
                ScoredEntry e;
                e.name = name;
                e.onset = table_.seconds(row, *column);
                e.line = table_.line(row);
                file_.entries.push_back(std::move(e));
            }
        }
    }

    Time moment(std::size_t row, const TimeColumn& column) {
        return column.by_clock ? clock_time(row, column.index) : table_.seconds(row, column.index);
    }

    // The number of an epoch places stages only where no time does; of an event it would be no onset.
    void place(std::size_t row, ScoredEntry& e) {
        const bool placed = c_.onset && !(c_.onset->by_clock && c_.stages && c_.epoch && !clock_.known());
        if (placed)
            e.onset = moment(row, *c_.onset);
        else if (c_.stages && c_.epoch && !c_.duration)
            e.onset = Time(30s) * (epoch_number(row) - first_epoch());
        if (placed && c_.onset->by_clock && c_.stages && c_.epoch && !c_.duration && !c_.end)
            refuse_contradiction(row, *e.onset);
        read_duration(row, e);
        if (c_.stages && c_.epoch && c_.duration && !placed) refuse_missing_rows(row, e.duration.value_or(Time(0)));
        if (c_.end && placed && !is_missing(table_.text(row, c_.end->index))) {
            const Time until_end = moment(row, *c_.end) - *e.onset;
            const Time off = e.duration ? std::chrono::abs(until_end - *e.duration) : Time(0);
            if (off > 1s)  // proposed: one of the two may be in whole seconds
                table_.fail(row,
                            "the duration of " + format_seconds(*e.duration) + " s and the end in column '" +
                                table_.columns()[c_.end->index] + "' contradict each other",
                            "leave out the column that is wrong");
            if (!e.duration) e.duration = until_end;
        }
        if (e.duration && *e.duration < 0s)
            table_.fail(row, "the event lasts " + format_seconds(*e.duration) + " s", "durations are at least 0");
        if (c_.annotations && e.duration == Time(0)) e.duration.reset();  // as in EDF+: it was not told
    }

    void read_duration(std::size_t row, ScoredEntry& e) const {
        if (!c_.duration) return;
        const std::string& text = table_.text(row, *c_.duration);
        if (text == "n/a" || (is_missing(text) && (c_.end || c_.annotations))) return;
        const auto length = parse_length(text);
        e.duration = length ? *length : table_.seconds(row, *c_.duration);
    }

    // Epochs of 30 s whose numbers and times run apart: one of the two is wrong.
    void refuse_contradiction(std::size_t row, Time onset) {
        if (!first_onset_) {
            first_onset_ = onset;
            first_number_ = epoch_number(row);
        }
        const Time by_number = *first_onset_ + Time(30s) * (epoch_number(row) - first_number_);
        if (onset - by_number >= 1s || by_number - onset >= 1s)
            table_.fail(row, "the epoch's number and its time contradict each other",
                        "leave out the column of which one is wrong; epochs last 30 s");
    }

    // Stretches one after the other, numbered by their first epochs or as they come: none may be missing between them.
    void refuse_missing_rows(std::size_t row, Time duration) {
        const std::int64_t number = epoch_number(row) - first_epoch();
        by_time_ &= laid_out_ == Time(30s) * number;
        by_row_ &= number == static_cast<std::int64_t>(row);
        laid_out_ += duration;
        if (!by_time_ && !by_row_)
            table_.fail(row, "epoch " + table_.text(row, *c_.epoch) + " does not follow from the durations above it",
                        "give a column 'onset' in seconds since the start of the recording");
    }

    std::int64_t first_epoch() {
        if (!first_epoch_) {
            first_epoch_ = epoch_number(0);
            if (*first_epoch_ > 1)
                table_.fail(0, "the first epoch is " + table_.text(0, *c_.epoch), "count epochs from 0 or 1");
        }
        return *first_epoch_;
    }
    std::int64_t epoch_number(std::size_t row) const {
        const std::string& s = table_.text(row, *c_.epoch);
        std::int64_t n = -1;
        const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
        if (error != std::errc{} || end != s.data() + s.size() || n < 0 || n > most_epochs)
            table_.fail(row, "'" + s + "' is no number of an epoch");
        return n;
    }

    TextTable table_;
    RecordingClock clock_;
    ScoringUse use_;
    ScoredFile file_;
    ScoredColumns c_;
    std::set<std::string> ids_;
    std::optional<std::int64_t> first_epoch_;
    std::optional<Time> first_onset_;  // by the clock, and the number of that epoch
    std::int64_t first_number_ = 0;
    Time laid_out_{0};  // durations so far
    bool by_time_ = true, by_row_ = true;
};

}  // namespace

ScoredFile read_stage_lines(const std::vector<TextLine>& lines, const std::string& name) {
    ScoredFile file;
    file.name = name;
    file.format = name.ends_with(".eannot") ? "Luna .eannot" : "one stage per line";
    for (const TextLine& line : lines) {
        // a line that is left out would move all later epochs
        if (!file.entries.empty() && line.number != lines.front().number + static_cast<int>(file.entries.size()))
            throw DataError(name + " line " + std::to_string(line.number - 1), "is blank or a comment between stages",
                            "write ? for an epoch that is not scored");
        ScoredEntry e;
        e.name = clean_text(line.text).text;
        if (e.name == "L" && file.format == "Luna .eannot") e.name = "?";  // lights on
        e.line = line.number;
        e.is_stage = true;
        file.entries.push_back(std::move(e));
    }
    return file;
}

ScoredFile read_scored_table(TextTable table, const Recording& recording, ScoringUse use) {
    return ScoredTable(std::move(table), recording, use).read();
}

}  // namespace psg::io

// Scorings in tables with column names, and one stage per line.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <charconv>
#include <set>

#include "libpsg/io/channel_label.hpp"
#include "libpsg/io/scored_formats.hpp"
#include "libpsg/io/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_epochs = 30 * 24 * 120;  // a month

bool is_missing(std::string_view text) {
    return text.empty() || text == "n/a" || text == "N/A" || text == "nan" || text == "NaN";
}

class ScoredTable {
public:
    ScoredTable(std::string_view text, const std::string& name, const Recording& recording, ScoringUse use)
        : table_(text, name), clock_(recording), use_(use) {
        file_.name = name;
        find_columns();
        name_format();
    }

    ScoredFile read() {
        file_.entries.reserve(table_.row_count());
        for (std::size_t row = 0; row < table_.row_count(); ++row) read_row(row);
        auto dates = clock_.findings("scoring");
        file_.findings.insert(file_.findings.end(), dates.begin(), dates.end());
        return std::move(file_);
    }

private:
    void find_columns() {
        onset_ = table_.onset_column();
        duration_ = table_.duration_column();
        offset_ = table_.offset_column();
        epoch_ = table_.find({"epoch", "epoch_number", "epoch_index"});
        clock_onset_ =
            table_.find({"time", "clock_time", "time_of_day", "start_time", "datetime", "date_time", "clock"});
        clock_end_ = table_.find({"end_time", "stop_time"});
        side_ = table_.find({"leg", "side", "limb"});
        channel_ = table_.find({"channel", "channels", "signal"});
        id_ = table_.find({"id"});
        const auto stage =
            table_.find({"stage", "sleep_stage", "sleepstage", "stages", "stage_name", "hypnogram", "hypno"});
        const auto names =
            table_.find({"class", "type", "event", "event_type", "trial_type", "description", "kind", "label"});
        file_.from_libpsg = table_.find({"class"}) && side_ && channel_ && id_;
        const bool stages_only = !file_.from_libpsg && stage && (use_ == ScoringUse::hypnogram || !names);
        const bool events_only =
            use_ == ScoringUse::respiratory || use_ == ScoringUse::arousals || use_ == ScoringUse::movements;
        name_ = stages_only && !events_only ? stage : names;
        stages_ = stages_only && !events_only;
        if (stages_)
            for (std::string_view p : {"p_w", "p_n1", "p_n2", "p_n3", "p_r"})
                if (const auto c = table_.find({p})) probabilities_.push_back(*c);
        if (probabilities_.size() != scored_stages.size()) probabilities_.clear();
        refuse_missing_columns(events_only);
    }

    void refuse_missing_columns(bool events_only) const {
        const std::string among = " among " + table_.column_list();
        if (!name_ && !events_only)
            throw DataError(table_.name(),
                            use_ == ScoringUse::hypnogram ? "no column of sleep stages" + among
                                                          : "no column of stages or names of events" + among,
                            "name it 'stage' or 'event', or write one stage per line");
        if (stages_ || (use_ == ScoringUse::hypnogram && !file_.from_libpsg)) return;
        if (!onset_ && !clock_onset_)
            throw DataError(table_.name(), "no column of onsets" + among, "name it 'onset' (seconds)");
        if (!duration_ && !offset_ && !clock_end_)
            throw DataError(table_.name(), "no column of durations or ends" + among, "name it 'duration' (seconds)");
    }

    void name_format() {
        const char separator = table_.separator();
        if (file_.from_libpsg)
            file_.format = "events of psg-detect";
        else if (separator == '\t' && table_.find({"onset"}) && table_.find({"duration"}) &&
                 table_.find({"trial_type"}))
            file_.format = "BIDS events.tsv";
        else
            file_.format =
                std::string(stages_ ? "table of stages" : "table of events") + (separator == '\t'  ? ", tabs"
                                                                                : separator == ';' ? ", semicolons"
                                                                                : separator == ',' ? ", commas"
                                                                                : separator == ' ' ? ", blanks"
                                                                                                   : "");
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
        e.is_stage = stages_;
        if (name_) {
            e.name = table_.text(row, *name_);
            if (e.name == "n/a" && !stages_) return;  // BIDS: nothing was scored here
            if (e.name == "n/a") e.name = "?";
            if (e.name.empty() && !stages_) table_.fail(row, "the type of the event is empty");
        }
        place(row, e);
        if (channel_) e.channel = table_.text(row, *channel_);
        if (side_ && !is_missing(table_.text(row, *side_))) {
            e.side = side_from_name(table_.text(row, *side_));
            if (e.side == Side::none && use_ == ScoringUse::movements)
                table_.fail(row, "'" + table_.text(row, *side_) + "' is no side", "sides are L, R or B");
        }
        if (id_) {
            e.id = table_.text(row, *id_);
            if (!e.id.empty() && !ids_.insert(e.id).second) table_.fail(row, "id '" + e.id + "' was given above");
        }
        if (!probabilities_.empty()) {
            e.probabilities.emplace();
            for (std::size_t i = 0; i < probabilities_.size(); ++i)
                (*e.probabilities)[i] = table_.number(row, probabilities_[i]);
        }
        file_.entries.push_back(std::move(e));
    }

    // The number of an epoch places stages only where no time does; of an event it would be no onset.
    void place(std::size_t row, ScoredEntry& e) {
        const bool by_clock = clock_onset_ && !(stages_ && epoch_ && !clock_.known());
        if (onset_)
            e.onset = table_.seconds(row, *onset_);
        else if (by_clock)
            e.onset = clock_time(row, *clock_onset_);
        else if (stages_ && epoch_ && !duration_)
            e.onset = Time(30s) * (epoch_number(row) - first_epoch());
        if (by_clock && !onset_ && stages_ && epoch_ && !duration_ && !clock_end_) refuse_contradiction(row, *e.onset);
        if (duration_) {
            if (table_.text(row, *duration_) != "n/a") e.duration = table_.seconds(row, *duration_);
        } else if (offset_ && onset_) {
            e.duration = table_.seconds(row, *offset_) - *e.onset;
        } else if (clock_end_ && e.onset && (by_clock || onset_)) {
            const auto end = parse_seconds(table_.text(row, *clock_end_));
            e.duration = (onset_ && end ? *end : clock_time(row, *clock_end_)) - *e.onset;
        }
        if (e.duration && *e.duration < 0s)
            table_.fail(row, "the event lasts " + format_seconds(*e.duration) + " s", "durations are at least 0");
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

    std::int64_t first_epoch() {
        if (!first_epoch_) {
            first_epoch_ = epoch_number(0);
            if (*first_epoch_ > 1)
                table_.fail(0, "the first epoch is " + table_.text(0, *epoch_), "count epochs from 0 or 1");
        }
        return *first_epoch_;
    }
    std::int64_t epoch_number(std::size_t row) const {
        const std::string& s = table_.text(row, *epoch_);
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
    std::optional<std::size_t> onset_, duration_, offset_, epoch_, clock_onset_, clock_end_, side_, channel_, id_,
        name_;
    bool stages_ = false;  // the column of names holds stages and nothing else
    std::vector<std::size_t> probabilities_;
    std::set<std::string> ids_;
    std::optional<std::int64_t> first_epoch_;
    std::optional<Time> first_onset_;  // by the clock, and the number of that epoch
    std::int64_t first_number_ = 0;
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

ScoredFile read_scored_table(std::string_view text, const std::string& name, const Recording& recording,
                             ScoringUse use) {
    return ScoredTable(text, name, recording, use).read();
}

}  // namespace psg::io

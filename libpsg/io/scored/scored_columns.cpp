// Which column of a plain table of scorings holds what.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/scored_columns.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "libpsg/io/scored/event_names.hpp"
#include "libpsg/io/scored/scored_clock.hpp"
#include "libpsg/io/scored/untold_times.hpp"
#include "libpsg/model/error.hpp"

namespace psg::embedded {
extern const std::string_view table_columns;
}

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr Time rounding = 1s;  // proposed: columns of whole seconds beside finer ones are no contradiction

// Names by field, in the order of preference.
const std::map<std::string, std::vector<std::string>>& names_of_fields() {
    static const std::map<std::string, std::vector<std::string>> fields = [] {
        std::map<std::string, std::vector<std::string>> all;
        const TextTable rows(embedded::table_columns, "table_columns.tsv");
        for (std::size_t i = 0; i < rows.row_count(); ++i) all[rows.text(i, 0)].push_back(rows.text(i, 1));
        return all;
    }();
    return fields;
}

// "onset_s", "dauer_sek", "time_hh_mm_ss" without what tells the unit. Other units stay, so that nothing in minutes or
// samples is taken for seconds.
std::string without_unit(const std::string& column) {
    for (std::string_view unit :
         {"_s", "_sec", "_secs", "_second", "_seconds", "_sek", "_sekunden", "_secondes", "_segundos", "_secondi",
          "_seconden", "_hh_mm_ss", "_hh_mm_ss_xxx"})
        if (column.size() > unit.size() && column.ends_with(unit)) {
            std::string stem = column.substr(0, column.size() - unit.size());
            return stem.ends_with("_in") ? stem.substr(0, stem.size() - 3) : stem;
        }
    return column;
}

class Finder {
public:
    Finder(const TextTable& table, const Recording& recording, ScoringUse use)
        : table_(table), recording_(recording), use_(use) {
        for (const std::string& column : table.columns()) stems_.push_back(without_unit(column));
    }

    ScoredColumns find() {
        c_.epoch = first("epoch");
        c_.channel = first("channel");
        c_.side = first("side");
        c_.id = table_.find({"id"});
        c_.duration = first("duration");
        c_.from_libpsg = table_.find({"class"}) && c_.side && c_.channel && c_.id;
        c_.bids = table_.separator() == '\t' && table_.find({"onset"}) && table_.find({"duration"}) &&
                  table_.find({"trial_type"});
        find_times();
        find_names();
        return std::move(c_);
    }

private:
    std::vector<std::size_t> all(const char* field) const {
        std::vector<std::size_t> found;
        for (const std::string& name : names_of_fields().at(field))
            for (std::size_t i = 0; i < table_.columns().size(); ++i)
                if (table_.columns()[i] == name || stems_[i] == name) found.push_back(i);
        return found;
    }
    std::optional<std::size_t> first(const char* field) const {
        const auto found = all(field);
        return found.empty() ? std::nullopt : std::optional(found.front());
    }
    const std::string& title(std::size_t column) const { return table_.columns()[column]; }

    // True if what stands in a column are times of day, as its first entry tells.
    bool is_clock(std::size_t column) const {
        for (std::size_t row = 0; row < table_.row_count(); ++row)
            if (const std::string& text = table_.text(row, column); !is_missing(text))
                return !scored_seconds(text) && parse_clock(text);
        return false;
    }

    void find_times() {
        const auto numbers = [&](const char* plain, const char* time) {
            std::vector<std::size_t> list = all(plain), more = all(time);
            list.insert(list.end(), more.begin(), more.end());
            std::erase_if(list, [&](std::size_t i) { return is_clock(i); });
            return list;
        };
        const auto clocks = [&](std::initializer_list<const char*> fields) {
            std::vector<std::size_t> list;
            for (const char* field : fields)
                for (const std::size_t i : all(field))
                    if (is_clock(i)) list.push_back(i);
            return list;
        };
        const auto onsets = numbers("onset", "start_time"), ends = numbers("end", "end_time");
        refuse_difference(onsets);
        refuse_difference(ends);
        const auto clock_onsets = clocks({"clock", "start_time", "onset"}), clock_ends = clocks({"end_time", "end"});
        if (!onsets.empty())
            c_.onset = TimeColumn{onsets.front(), false};
        else if (!clock_onsets.empty())
            c_.onset = TimeColumn{clock_onsets.front(), true};
        else if (const auto clock = first("clock"); clock && !c_.epoch)  // no times of day, which will be refused
            c_.onset = TimeColumn{*clock, true};
        if (c_.onset && c_.onset->by_clock && is_in(c_.onset->index, "onset")) refuse_elapsed(c_.onset->index);
        if (!ends.empty())
            c_.end = TimeColumn{ends.front(), false};
        else if (!clock_ends.empty())
            c_.end = TimeColumn{clock_ends.front(), true};
        if (c_.end && c_.end->by_clock && c_.onset && !c_.onset->by_clock && is_in(c_.end->index, "end"))
            refuse_elapsed(c_.end->index);
    }
    bool is_in(std::size_t column, const char* field) const {
        const auto list = all(field);
        return std::find(list.begin(), list.end(), column) != list.end();
    }

    // Two columns of onsets, or of ends, must say the same.
    void refuse_difference(const std::vector<std::size_t>& columns) const {
        for (std::size_t k = 1; k < columns.size(); ++k)
            for (std::size_t row = 0; row < table_.row_count(); ++row) {
                const auto a = scored_seconds(table_.text(row, columns[0])),
                           b = scored_seconds(table_.text(row, columns[k]));
                if (a && b && (*a - *b > rounding || *b - *a > rounding))
                    table_.fail(row, "columns '" + title(columns[0]) + "' and '" + title(columns[k]) + "' differ",
                                "leave out the one that holds no times of events");
            }
    }

    // A column that only says "start" may hold times since the start, too: it must be impossible that it does.
    void refuse_elapsed(std::size_t column) const {
        std::vector<std::string> texts;
        for (std::size_t row = 0; row < table_.row_count(); ++row) texts.push_back(table_.text(row, column));
        if (!RecordingClock(recording_).could_be_elapsed(texts)) return;
        table_.fail(0,
                    "'" + texts[0] + "' in column '" + title(column) +
                        "' could be a time of day or a time since the start of the recording",
                    std::string(elapsed_remedy));
    }

    void find_names() {
        const auto stage = first("stage");
        auto names = all("name");
        if (names.empty() && !stage) names = all("remark");
        const bool stages_only =
            !c_.from_libpsg && stage && (use_ == ScoringUse::hypnogram || names.empty());
        const bool events_only = use_ == ScoringUse::respiratory || use_ == ScoringUse::arousals ||
                                 use_ == ScoringUse::movements;
        c_.stages = stages_only && !events_only;
        if (c_.stages) {
            c_.name = stage;
            refuse_other_stages(*stage);
        }
        else if (!names.empty())
            c_.name = c_.from_libpsg ? table_.find({"class"}) : c_.bids ? table_.find({"trial_type"}) : choose(names);
        if (c_.stages)
            for (std::string_view p : {"p_w", "p_n1", "p_n2", "p_n3", "p_r"})
                if (const auto column = table_.find({p})) c_.probabilities.push_back(*column);
        if (c_.probabilities.size() != scored_stages.size()) c_.probabilities.clear();
        if (c_.name && !c_.from_libpsg)
            c_.annotations = title(*c_.name) == "text" || title(*c_.name).starts_with("annotation");
        refuse_missing(events_only);
        if (c_.stages && !c_.onset && !c_.duration && !c_.epoch) refuse_untold_times(table_, *c_.name);
    }

    // "stage_manual", "expert_stage", "hypnogram" beside "stage".
    bool is_called_stage(std::size_t column) const {
        for (const std::string& name : names_of_fields().at("stage"))
            if (stems_[column] == name || stems_[column].starts_with(name + "_") || stems_[column].ends_with("_" + name))
                return true;
        return false;
    }

    // Two columns of stages must say the same: which of them is meant nobody knows.
    void refuse_other_stages(std::size_t stage) const {
        for (std::size_t other = 0; other < table_.columns().size(); ++other)
            if (other != stage && is_called_stage(other) && holds_stages(other))
                if (const auto row = first_difference(stage, other))
                    table_.fail(*row, "columns '" + title(stage) + "' and '" + title(other) + "' hold different stages",
                                "leave out the one that is not meant");
    }
    bool holds_stages(std::size_t column) const {
        for (std::size_t row = 0; row < table_.row_count(); ++row)
            if (const std::string& s = table_.text(row, column); !is_missing(s) && !stage_from_name(s)) return false;
        return true;
    }
    // The first row where neither reading of digits (4 is stage 4, or REM) makes the two columns equal.
    std::optional<std::size_t> first_difference(std::size_t a, std::size_t b) const {
        std::optional<std::size_t> at;
        for (const bool four_is_rem : {true, false}) {
            const auto stage = [&](std::size_t row, std::size_t column) {
                const std::string& s = table_.text(row, column);
                return four_is_rem && s == "4" ? std::optional(Stage::R) : stage_from_name(s);
            };
            std::size_t row = 0;
            const auto differ = [&] {
                return !is_missing(table_.text(row, a)) && !is_missing(table_.text(row, b)) && stage(row, a) != stage(row, b);
            };
            while (row < table_.row_count() && !differ()) ++row;
            if (row == table_.row_count()) return std::nullopt;
            at = std::max(at.value_or(0), row);
        }
        return at;
    }

    // Of several columns of names the one whose names are understood most often, if no other contradicts it.
    std::size_t choose(const std::vector<std::size_t>& names) const {
        if (names.size() == 1) return names[0];
        struct Seen {
            std::size_t understood = 0;
            std::set<std::string> texts;
        };
        std::vector<Seen> seen(names.size());
        std::map<std::pair<std::size_t, std::size_t>, std::size_t> conflicts;  // the first row, by columns
        const auto is_breathing = [](const NameMeaning& m) {
            return m.kind == NameKind::event && is_respiratory(m.event);
        };
        for (std::size_t row = 0; row < table_.row_count(); ++row) {
            std::vector<std::pair<std::size_t, NameMeaning>> meanings;
            for (std::size_t k = 0; k < names.size(); ++k) {
                const std::string& text = table_.text(row, names[k]);
                NameMeaning m = read_event_name(text, {}, {});
                if (m.kind == NameKind::unknown || m.kind == NameKind::ignored) continue;
                ++seen[k].understood;
                seen[k].texts.insert(text);
                for (const auto& [other, o] : meanings)
                    if ((m.kind != o.kind || m.stage != o.stage || m.event != o.event) &&
                        !(is_breathing(m) && is_breathing(o)))  // one may be more exact than the other
                        conflicts.emplace(std::pair(other, k), row);
                meanings.emplace_back(k, std::move(m));
            }
        }
        std::size_t best = 0;
        for (std::size_t k = 1; k < names.size(); ++k)
            if (seen[k].understood > seen[best].understood ||
                (seen[k].understood == seen[best].understood && seen[k].texts.size() > seen[best].texts.size()))
                best = k;
        for (const auto& [columns, row] : conflicts)
            if (columns.first == best || columns.second == best)
                table_.fail(row,
                            "columns '" + title(names[columns.first]) + "' and '" + title(names[columns.second]) +
                                "' name different things",
                            "leave out one of them");
        return names[best];
    }

    void refuse_missing(bool events_only) const {
        const std::string among = " among " + table_.column_list();
        if (!c_.name && !events_only)
            throw DataError(table_.name(),
                            use_ == ScoringUse::hypnogram ? "no column of sleep stages" + among
                                                          : "no column of stages or names of events" + among,
                            "name it 'stage' or 'event', or write one stage per line");
        if (c_.stages || (use_ == ScoringUse::hypnogram && !c_.from_libpsg)) return;
        if (!c_.onset) throw DataError(table_.name(), "no column of onsets" + among, "name it 'onset' (seconds)");
        if (!c_.duration && !c_.end && !c_.annotations)
            throw DataError(table_.name(), "no column of durations or ends" + among, "name it 'duration' (seconds)");
    }

    const TextTable& table_;
    const Recording& recording_;
    const ScoringUse use_;
    std::vector<std::string> stems_;
    ScoredColumns c_;
};

}  // namespace

bool is_missing(std::string_view text) {
    return text.empty() || text == "n/a" || text == "N/A" || text == "nan" || text == "NaN";
}

ScoredColumns find_scored_columns(const TextTable& table, const Recording& recording, ScoringUse use) {
    return Finder(table, recording, use).find();
}

}  // namespace psg::io

// The check of files of tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/check_tables.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/cohort/merge_nights.hpp"
#include "libpsg/workflow/tables/compare_tables.hpp"
#include "libpsg/workflow/tables/counts_again.hpp"
#include "libpsg/workflow/tables/hypnogram_export.hpp"
#include "libpsg/workflow/tables/night_tables.hpp"

namespace psg::workflow {

namespace {

constexpr std::size_t rows_a_piece = 50'000;
const std::set<std::string> stage_words{"W", "N1", "N2", "N3", "R", "?"};
const std::set<std::string> onset_groups{"wake_before_sleep", "sleep_onset"};  // of severity

// What every version of this format holds: the tables of a night that has nothing in it.
std::map<std::string, Table> schema(bool cohort) {
    ScoredNight nothing;
    nothing.opened.all_assessed = true;
    std::map<std::string, Table> tables;
    for (Table& t : night_tables(nothing, false)) {
        if (cohort) t.columns.insert(t.columns.begin(), Column{"recording", "", "", std::vector<std::int32_t>()});
        tables.emplace(t.name, std::move(t));
    }
    if (cohort) {
        Table nights{"nights", ""};
        nights.add("recording", "", "", std::vector<std::int32_t>());
        for (const char* name : {"id", "person", "night", "visit"}) nights.add(name, "", "", std::vector<std::string>());
        tables.emplace("nights", std::move(nights));
    }
    return tables;
}

class TableCheck {
public:
    explicit TableCheck(const std::string& path) : path_(path) { out_.file = std::filesystem::path(path).filename().string(); }

    CheckedFile run() {
        try {
            look();
        } catch (const Error& e) {
            fault("TABLES_UNREADABLE", "", e.what());
        }
        out_.readable = out_.rows.empty();
        if (!out_.readable) out_.reason = out_.file + ": " + out_.rows.front().finding.message;
        return std::move(out_);
    }

private:
    void fault(const std::string& code, const std::string& field, const std::string& message) {
        Finding f{{}, message};
        f.field = field;
        out_.rows.push_back({code, f});
    }

    void look() {
        const std::string format = exports::hdf5_attribute(path_, "format"), version = exports::hdf5_attribute(path_, "format_version");
        cohort_ = format == "libpsg cohort";
        if (!cohort_ && format != "libpsg night")
            return fault("TABLES_FOREIGN", "format", format.empty() ? "the file does not say that libpsg wrote it" : "is of the format '" + format + "'");
        const int known = cohort_ ? cohort_format_version : table_format_version;
        if (version != std::to_string(known))
            return fault("TABLES_FOREIGN", "format_version", "is of version '" + version + "', and this program knows version " + std::to_string(known));
        const auto expected = schema(cohort_);
        const auto names = exports::hdf5_table_names(path_);
        const std::set<std::string> present(names.begin(), names.end());
        std::set<std::string> needed;
        for (const auto& [name, table] : expected)
            if (name != "quality") needed.insert(name);  // written by psg-export alone, and only of whole recordings
        if (!present.count("events")) {                  // psg-stage writes no events
            needed = {"nights"};
            for (const Table& t : staging_tables({})) needed.insert(t.name);
            if (!cohort_) needed.erase("nights");
        }
        for (const std::string& name : needed)
            if (!present.count(name)) fault("TABLE_MISSING", name, "there is no table " + name);
        std::vector<std::string> order{"nights"};  // the others point to it
        for (const std::string& name : names)
            if (name != "nights") order.push_back(name);
        if (!present.count("nights")) order.erase(order.begin());
        NightRanges whole;  // of tables without a fault
        for (const std::string& name : order) {
            const auto known_table = expected.find(name);
            if (known_table == expected.end()) {
                fault("TABLE_UNKNOWN", name, "libpsg writes no table " + name);
                continue;
            }
            const std::size_t before = out_.rows.size();
            try {
                if (same_columns(known_table->second, exports::read_hdf5_shape(path_, name).columns)) rows_of(name);
            } catch (const Error& e) {
                fault("TABLES_UNREADABLE", name, e.what());
            }
            if (out_.rows.size() == before && name != "nights") whole[name] = cohort_ ? std::move(ranges_) : std::vector<RowRange>{{0, row_}};
        }
        if (!std::all_of(std::begin(source_tables), std::end(source_tables), [&](const char* source) { return whole.count(source) == 1; })) return;
        told_.clear();
        compare_tables(path_, whole, [&](const std::string& table, const std::string& column, std::uint64_t row, const std::string& message) {
            tell_first(table, column, row, message);
        });
    }

    bool same_columns(const Table& want, const Table& have) {
        const std::size_t before = out_.rows.size();
        for (const Column& c : want.columns) {
            const Column* mine = have.find(c.name);
            const std::string field = want.name + "." + c.name;
            if (!mine) fault("TABLE_COLUMNS", field, "there is no column " + c.name);
            else if (mine->values.index() != c.values.index()) fault("TABLE_COLUMNS", field, "the column is of another type");
            else if (mine->unit != c.unit) fault("TABLE_COLUMNS", field, "the unit is '" + mine->unit + "' and not '" + c.unit + "'");
        }
        for (const Column& c : have.columns)
            if (!want.find(c.name)) fault("TABLE_COLUMNS", want.name + "." + c.name, "libpsg writes no such column");
        return out_.rows.size() == before;
    }

    void rows_of(const std::string& name) {
        told_.clear();
        row_ = 0;
        recording_ = -1;
        ranges_.assign(nights_, {});
        exports::read_hdf5_pieces(path_, name, rows_a_piece, [&](const Table& piece) {
            piece_ = &piece;
            for (std::size_t i = 0; i < piece.rows(); ++i, ++row_) check_row(name, i);
        });
        if (name == "recording" && !cohort_ && row_ != 1) fault("TABLE_VALUES", name, "the table has not one row");
        if (name == "nights") nights_ = row_;
    }

    // The first of each kind of fault in a table, with its row.
    void expect(bool fine, const std::string& column, const std::string& message) {
        if (!fine) tell_first(piece_->name, column, row_, message);
    }

    void tell_first(const std::string& table, const std::string& column, std::uint64_t row, const std::string& message) {
        if (told_.insert(table + "." + column + message).second) fault("TABLE_VALUES", table + "." + column, "row " + std::to_string(row) + ": " + message);
    }

    template <class V>
    V value(const char* column, std::size_t i) const { return std::get<std::vector<V>>(piece_->find(column)->values)[i]; }
    double number(const char* column, std::size_t i) const { return value<double>(column, i); }
    std::string text(const char* column, std::size_t i) const { return value<std::string>(column, i); }

    void check_row(const std::string& name, std::size_t i) {
        if (cohort_) recording_of(name, i);
        for (const Column& c : piece_->columns)
            if (c.name == "simulated") {
                const auto flag = value<std::int8_t>("simulated", i);
                expect(flag == 0 || flag == 1, c.name, "is neither 0 nor 1");
            } else if (c.name == "clock") {
                const double clock = number("clock", i);
                expect(std::isnan(clock) || (clock >= 0 && clock < 86400), c.name, "is no time of day");
            }
        if (name == "recording") recording(i);
        if (name == "epochs") epoch(i);
        if (name == "events") event(i);
        if (name == "segments" || name == "night_parts" || name == "at_risk") expect(number("duration", i) > 0 && std::isfinite(number("onset", i)), "duration", "is not above 0");
        if (name == "summary" || name == "severity" || name == "summary_parts") rate(i);
        if (name == "severity" || name == "summary_parts") shares(i);
        if (name == "summary" || name == "severity" || name == "summary_parts") {
            const std::string group = text("stage", i);
            expect(stage_groups.count(group) == 1 || (name == "severity" && onset_groups.count(group) == 1), "stage", "'" + group + "' is no stage or group of stages");
        }
        if (name == "provenance" && text("kind", i) == "version" && text("name", i) == "table_format" )
            expect(text("value", i) == std::to_string(table_format_version), "value", "tells another version of the format");
    }

    void recording_of(const std::string& name, std::size_t i) {
        const auto recording = value<std::int32_t>("recording", i);
        if (name == "nights") return expect(recording == static_cast<std::int32_t>(row_), "recording", "is not the row");
        const bool merging = name == "provenance" && recording == -1;
        expect(merging || (recording >= 0 && static_cast<std::size_t>(recording) < nights_), "recording", "there is no such night");
        expect(merging || recording >= recording_, "recording", "is out of order");
        if (recording != recording_) epoch_ = 0, ids_.clear(), last_onset_ = -INFINITY;
        recording_ = recording;
        if (recording < 0 || static_cast<std::size_t>(recording) >= nights_) return;
        RowRange& range = ranges_[static_cast<std::size_t>(recording)];
        if (range.count++ == 0) range.first = row_;
    }

    void recording(std::size_t i) {
        const double duration = number("duration", i);
        expect(duration >= 0 && number("recorded", i) <= duration + 1e-6, "duration", "is shorter than what was recorded, or none");
    }

    void epoch(std::size_t i) {
        expect(value<std::int32_t>("epoch", i) == static_cast<std::int32_t>(epoch_), "epoch", "is not the next one");
        const double onset = number("onset", i), duration = number("duration", i);
        if (epoch_ == 0) first_onset_ = onset;
        expect(duration > 0 && std::abs(onset - first_onset_ - static_cast<double>(epoch_) * duration) < 1e-3, "onset", "the epoch does not follow the one before");
        ++epoch_;
        stage(i);
        double sum = 0, largest = 0;
        for (const char* p : {"p_w", "p_n1", "p_n2", "p_n3", "p_r"}) {
            sum += number(p, i);
            expect(std::isnan(number(p, i)) || (number(p, i) >= 0 && number(p, i) <= 1), p, "is no probability");
            largest = std::max(largest, number(p, i));
        }
        expect(std::isnan(sum) || std::abs(sum - 1) < 1e-3, "p_w", "the probabilities do not add up to 1");
        expect(std::isnan(number("confidence", i)) || number("confidence", i) <= largest + 1e-9, "confidence", "is above every probability");
    }

    void stage(std::size_t i) {
        const std::string word = text("stage", i);
        expect(stage_words.count(word) == 1, "stage", "'" + word + "' is no stage");
        const auto code = value<std::int8_t>("stage_code", i);
        expect(code >= -1 && code <= 4 && stage_name(static_cast<Stage>(code)) == word, "stage_code", "is not that of the stage");
    }

    void event(std::size_t i) {
        const double onset = number("onset", i), duration = number("duration", i);
        expect(!text("id", i).empty() && ids_.insert(text("id", i)).second, "id", "'" + text("id", i) + "' is empty or occurs twice");
        expect(!text("class", i).empty(), "class", "is empty");
        expect(duration >= 0 && std::isfinite(duration), "duration", "is no length of time");
        expect(std::isfinite(onset) && onset >= last_onset_, "onset", "is out of order");
        last_onset_ = onset;
        stage(i);
    }

    void shares(std::size_t i) {
        for (const char* share : {"clustered", "woke", "aroused", "respiratory"})
            expect(std::isnan(number(share, i)) || (number(share, i) >= 0 && number(share, i) <= 1), share, "is no share");
        for (const std::string of : {"ratio", "uv", "length", "burst"}) {
            const double q1 = number((of + "_q1").c_str(), i), median = number((of + "_median").c_str(), i), q3 = number((of + "_q3").c_str(), i);
            expect((std::isnan(q1) && std::isnan(median) && std::isnan(q3)) || (q1 <= median && median <= q3), of + "_median", "the quartiles are out of order");
        }
    }

    void rate(std::size_t i) {
        const auto count = value<std::int32_t>("count", i);
        const double minutes = number("minutes", i), rate = number("rate", i);
        expect(count >= 0, "count", "is negative");
        expect(minutes >= 0 && std::isfinite(minutes), "minutes", "is no length of time");
        const bool fine = minutes > 0 ? std::abs(rate - 60 * count / minutes) <= 1e-9 * std::max(1.0, rate) : std::isnan(rate);
        expect(fine, "rate", "is not 60 * count / minutes");
        expect(!(minutes > 0) || (number("rate_low", i) <= rate && rate <= number("rate_high", i)), "rate_low", "the interval does not hold the rate");
    }

    std::string path_;
    CheckedFile out_;
    bool cohort_ = false;
    std::size_t nights_ = 0;
    std::set<std::string> ids_;
    // of the table at hand
    const Table* piece_ = nullptr;
    std::set<std::string> told_;
    std::size_t row_ = 0, epoch_ = 0;
    std::int32_t recording_ = -1;
    std::vector<RowRange> ranges_;  // of the nights of a cohort
    double first_onset_ = 0, last_onset_ = -INFINITY;
};

}  // namespace

CheckedFile check_tables(const std::string& path) { return TableCheck(path).run(); }

}  // namespace psg::workflow

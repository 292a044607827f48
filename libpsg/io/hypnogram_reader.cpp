// Scored or staged hypnograms from text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/hypnogram_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "libpsg/io/text_encoding.hpp"
#include "libpsg/io/text_table.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr Time epoch_length = 30s;                   // AASM manual; Rechtschaffen & Kales 1968
constexpr std::int64_t most_epochs = 30 * 24 * 120;  // a month
constexpr StageProbabilities no_probabilities{
    std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(),
    std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(),
    std::numeric_limits<double>::quiet_NaN()};

// Watches for the two codings in digits: R&K has 4 for stage 4 and 5 for REM, others have 4 for REM.
class DigitCoding {
public:
    void see(std::string_view stage) {
        if (stage == "5")
            five_ = true;
        else if (stage == "4")
            four_ = true;
        else if (stage.find_first_not_of("-0123456789?") != std::string_view::npos)
            names_ = true;
    }
    bool is_ambiguous() const { return four_ && !five_ && !names_; }

private:
    bool four_ = false, five_ = false, names_ = false;
};

void refuse_ambiguous_digits(const DigitCoding& coding, const std::string& name) {
    if (coding.is_ambiguous())
        throw DataError(name, "the stages are digits with 4 but without 5: 4 can be stage 4 or REM",
                        "write the stages as W, N1, N2, N3, R");
}

// A stretch of epochs of one stage.
struct Bout {
    std::int64_t first = 0;
    std::int64_t count = 1;
    Stage stage = Stage::unknown;
    StageProbabilities probabilities = no_probabilities;
};

std::vector<Bout> read_plain(const std::vector<TextLine>& lines, const std::string& name) {
    std::vector<Bout> bouts;
    DigitCoding coding;
    for (const TextLine& line : lines) {
        // a line that is left out would move all later epochs
        if (!bouts.empty() && line.number != lines.front().number + static_cast<int>(bouts.size()))
            throw DataError(name + " line " + std::to_string(line.number - 1), "is blank or a comment between stages",
                            "write ? for an epoch that is not scored");
        const std::string text = clean_text(line.text).text;
        const auto stage = stage_from_name(text);
        if (!stage)
            throw DataError(name + " line " + std::to_string(line.number), "'" + text + "' is no sleep stage",
                            "stages are W, N1, N2, N3, R or ?");
        coding.see(text);
        bouts.push_back({static_cast<std::int64_t>(bouts.size()), 1, *stage, no_probabilities});
    }
    refuse_ambiguous_digits(coding, name);
    return bouts;
}

// Whole number of epochs in a time, or an error with the reason.
std::int64_t whole_epochs(const TextTable& table, std::size_t row, Time t, const std::string& what) {
    if (t % epoch_length != 0us || t < 0us || t / epoch_length > most_epochs)
        table.fail(
            row, what + " of " + format_seconds(t) + " s is not on the grid of 30-s epochs from the recording's start",
            "score in 30-s epochs that start with the recording");
    return t / epoch_length;
}

class TableReader {
public:
    explicit TableReader(const TextTable& table)
        : table_(table),
          onset_(table.onset_column()),
          duration_(table.duration_column()),
          offset_(table.offset_column()),
          epoch_(table.find({"epoch", "epoch_number", "epoch_index"})) {
        const auto stage = table.find({"stage", "sleep_stage", "stages", "stage_name", "hypnogram", "description",
                                       "trial_type", "label", "event"});
        if (!stage) {
            std::string names;
            for (const auto& c : table.columns()) names += (names.empty() ? "" : ", ") + c;
            throw DataError(table.name(), "no column of sleep stages among " + names,
                            "name it 'stage', or write one stage per line");
        }
        stage_ = *stage;
        const auto clock = table.find({"time", "clock_time", "time_of_day", "start_time", "datetime", "date_time"});
        if (clock && !onset_ && !epoch_)
            throw DataError(table.name(), "the epochs are placed by clock times in column '" + table.columns()[*clock] + "'",
                            "give a column 'onset' in seconds since the start of the recording");
        for (std::string_view p : {"p_w", "p_n1", "p_n2", "p_n3", "p_r"})
            if (const auto c = table.find({p})) probabilities_.push_back(*c);
        if (probabilities_.size() != scored_stages.size()) probabilities_.clear();
    }

    std::vector<Bout> read() const {
        std::vector<Bout> bouts;
        DigitCoding coding;
        for (std::size_t row = 0; row < table_.row_count(); ++row) {
            const std::string& text = table_.text(row, stage_);
            const auto stage = stage_from_name(text);
            if (!stage) table_.fail(row, "'" + text + "' is no sleep stage", "stages are W, N1, N2, N3, R or ?");
            coding.see(text);
            Bout bout = place(row, bouts);
            bout.stage = *stage;
            for (std::size_t i = 0; i < probabilities_.size(); ++i)
                bout.probabilities[i] = table_.number(row, probabilities_[i]);
            bouts.push_back(bout);
        }
        refuse_ambiguous_digits(coding, table_.name());
        refuse_long_epochs(bouts);
        return bouts;
    }
    bool has_probabilities() const { return !probabilities_.empty(); }

private:
    // Where a row's epochs lie.
    Bout place(std::size_t row, const std::vector<Bout>& before) const {
        const std::int64_t next = before.empty() ? 0 : before.back().first + before.back().count;
        Bout bout;
        bout.first = next;
        if (onset_) {
            const Time onset = table_.seconds(row, *onset_);
            bout.first = whole_epochs(table_, row, onset, "the onset");
            if (duration_)
                bout.count = whole_epochs(table_, row, table_.seconds(row, *duration_), "the duration");
            else if (offset_)
                bout.count = whole_epochs(table_, row, table_.seconds(row, *offset_) - onset, "the duration");
        } else if (duration_) {
            bout.count = whole_epochs(table_, row, table_.seconds(row, *duration_), "the duration");
        } else if (epoch_) {
            bout.first = epoch_number(row) - epoch_number(0);
            if (before.empty() && epoch_number(0) > 1)
                table_.fail(row, "the first epoch is " + table_.text(row, *epoch_), "count epochs from 0 or 1");
        }
        if (bout.count == 0) table_.fail(row, "the epoch has no duration");
        if (bout.first < next) table_.fail(row, "the epoch begins before the one above it ends");
        if (bout.first + bout.count > most_epochs) table_.fail(row, "the epoch ends more than a month after the start");
        return bout;
    }

    std::int64_t epoch_number(std::size_t row) const {
        const std::string& s = table_.text(row, *epoch_);
        std::int64_t n = -1;
        const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
        if (error != std::errc{} || end != s.data() + s.size() || n < 0 || n > most_epochs)
            table_.fail(row, "'" + s + "' is no number of an epoch");
        return n;
    }

    // Without durations, onsets that are never 30 s apart show longer epochs.
    void refuse_long_epochs(const std::vector<Bout>& bouts) const {
        if (!onset_ || duration_ || offset_ || bouts.size() < 2) return;
        std::int64_t shortest = most_epochs;
        for (std::size_t i = 1; i < bouts.size(); ++i)
            shortest = std::min(shortest, bouts[i].first - bouts[i - 1].first);
        if (shortest > 1)
            table_.fail(1,
                        "the epochs last " + std::to_string(shortest * 30) + " s by their onsets and 30 s are needed",
                        "add a column of durations if the rows are stretches of one stage");
    }

    const TextTable& table_;
    std::optional<std::size_t> onset_, duration_, offset_, epoch_;
    std::size_t stage_ = 0;
    std::vector<std::size_t> probabilities_;
};

void report(Findings& findings, std::string message, std::string repair) {
    findings.push_back({.code = FindingCode::HYPNOGRAM_LENGTH,
                        .message = std::move(message),
                        .repair = std::move(repair),
                        .field = "hypnogram"});
}

// Makes the hypnogram as long as the recording.
void fit(Hypnogram& h, Time duration, Findings& findings) {
    const std::int64_t whole = duration / epoch_length;
    const std::int64_t begun = whole + (duration % epoch_length != 0us);
    const auto have = static_cast<std::int64_t>(h.stages.size());
    if (duration <= 0us || (have >= whole && have <= begun)) return;
    const std::string counts = std::to_string(have) + " epochs where the recording has " + std::to_string(begun);
    if (have > begun)
        report(findings, "the hypnogram has " + counts, "later epochs are left out");
    else
        report(findings, "the hypnogram has only " + counts, "missing epochs are unknown");
    const auto wanted = static_cast<std::size_t>(have > begun ? begun : whole);
    h.stages.resize(wanted, Stage::unknown);
    if (!h.probabilities.empty()) h.probabilities.resize(wanted, no_probabilities);
}

}  // namespace

Hypnogram read_hypnogram(std::string_view text, const std::string& name, const Recording& recording,
                         Findings& findings) {
    const auto lines = text_lines(text, name);
    if (lines.empty()) throw DataError(name, "the hypnogram is empty");

    std::vector<Bout> bouts;
    bool probabilities = false;
    if (stage_from_name(lines[0].text)) {
        bouts = read_plain(lines, name);
    } else {
        const TextTable table(text, name);
        const TableReader reader(table);
        bouts = reader.read();
        probabilities = reader.has_probabilities();
        if (bouts.empty()) throw DataError(name, "the hypnogram has no epochs");
    }

    Hypnogram h;
    h.epoch = epoch_length;
    h.source = probabilities ? "model" : "scored";
    std::int64_t missing = 0;
    for (const Bout& bout : bouts) {
        const auto first = static_cast<std::size_t>(bout.first),
                   end = static_cast<std::size_t>(bout.first + bout.count);
        missing += bout.first - static_cast<std::int64_t>(h.stages.size());
        h.stages.resize(first, Stage::unknown);
        h.stages.resize(end, bout.stage);
        if (probabilities) {
            h.probabilities.resize(first, no_probabilities);
            h.probabilities.resize(end, bout.probabilities);
        }
    }
    if (missing > 0)
        report(findings, "the hypnogram leaves out " + std::to_string(missing) + " epochs", "they are unknown");
    fit(h, recording.duration(), findings);
    return h;
}

}  // namespace psg::io

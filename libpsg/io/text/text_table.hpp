// Small text tables of events and stages: tab, comma, semicolon or blank separated, as people and programs write them.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/time.hpp"

namespace psg::io {

/// A line that holds something: no comment, not blank, without its line end.
struct TextLine {
    int number = 0;  ///< from 1, as editors count
    std::string_view text;
};

/// The line's fields at a separator (tab, ';' or ','), trimmed, quotes understood. DataError "NAME line N" for a quote
/// that is not closed.
std::vector<std::string> cut_line(const TextLine& line, char separator, const std::string& name);

/// parse_seconds() within 30 years around the start, so that sums cannot overflow.
std::optional<Time> scored_seconds(std::string_view text);

/// Lower case, accents dropped, everything but letters and digits turned into '_': "Onset [s]" -> "onset_s".
std::string column_name(std::string_view field);

/// What a line is that begins with '#'.
enum class Hash { comment, text };

/// The lines of a UTF-8 text (a byte order mark is skipped; LF, CRLF and CR end a line; comments and
/// blank lines are left out). DataError with the line: a NUL byte, UTF-16, a line beyond 65536 bytes, more than 2
/// million lines.
std::vector<TextLine> text_lines(std::string_view text, const std::string& name, Hash hash = Hash::comment);

/// One row of a table.
struct TableRow {
    int line = 0;  ///< from 1
    std::vector<std::string> fields;
};

/// A table with named columns. The first line names them; the separator is the tab if that line has one, else the
/// semicolon, else the comma, else runs of blanks; a single name means one column whose text is not cut. Fields may be
/// quoted ("a, b", "" inside for a quote); others are trimmed.
class TextTable {
public:
    /// `name` is the file's name for messages. DataError with line and reason: no line at all, a row with more or fewer
    /// fields than the first line, two columns of one name, a quote that is not closed, and what text_lines() refuses.
    TextTable(std::string_view text, std::string name, Hash hash = Hash::comment);
    /// A table that was read in another way; every row has as many fields as there are columns. DataError for two columns
    /// of one name.
    TextTable(const std::vector<std::string>& columns, std::vector<TableRow> rows, char separator, std::string name);

    std::size_t row_count() const { return rows_.size(); }
    /// As column_name() makes them.
    const std::vector<std::string>& columns() const { return columns_; }
    /// The first of these names that the table has.
    std::optional<std::size_t> find(std::initializer_list<std::string_view> names) const;
    /// All names for messages, joined by ", ".
    std::string column_list() const;

    const std::string& text(std::size_t row, std::size_t column) const { return rows_[row].fields[column]; }
    /// A decimal number of seconds, read exactly and within 30 years; DataError if it is none. A comma is a decimal
    /// sign in tables separated by semicolons or tabs if no number of the column has a point and at least one shows
    /// that the comma groups no thousands (semicolons show it by themselves).
    Time seconds(std::size_t row, std::size_t column) const;
    /// A number; NaN for "", "nan" and "n/a"; DataError if it is none or infinite.
    double number(std::size_t row, std::size_t column) const;

    /// Throws DataError "NAME line N: what; remedy" for a row.
    [[noreturn]] void fail(std::size_t row, const std::string& what, const std::string& remedy = {}) const;
    const std::string& name() const { return name_; }
    /// Of a row, from 1.
    int line(std::size_t row) const { return rows_[row].line; }
    /// Tab, ';', ',', ' ', 0 for a single column, '{' for JSON lines.
    char separator() const { return separator_; }

private:
    // What the numbers of a column look like.
    struct Numbers {
        bool commas = false, points = false, decimals_shown = false;
    };
    void name_columns(const std::vector<std::string>& fields, int line);
    void look_at_numbers();

    std::string name_;
    char separator_ = 0;
    std::vector<Numbers> numbers_;
    std::vector<std::string> columns_;
    std::vector<TableRow> rows_;
};

}  // namespace psg::io

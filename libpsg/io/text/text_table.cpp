// Small text tables of events and stages.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/text/text_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

constexpr std::size_t most_line_bytes = 65536;
constexpr std::size_t most_lines = 2'000'000;
constexpr char one_column = '\0';

[[noreturn]] void fail_line(const std::string& name, int line, const std::string& what,
                            const std::string& remedy = {}) {
    throw DataError(name + " line " + std::to_string(line), what, remedy);
}

std::string_view trimmed(std::string_view s) {
    const std::size_t first = s.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return s.substr(first, s.find_last_not_of(" \t") - first + 1);
}

std::string_view without_leading_blanks(std::string_view s) {
    return s.substr(std::min(s.size(), s.find_first_not_of(' ')));
}

char separator_of(std::string_view header) {
    for (char c : {'\t', ';', ','})
        if (header.find(c) != std::string_view::npos) return c;
    return trimmed(header).find(' ') != std::string_view::npos ? ' ' : one_column;
}

// Cuts a line into fields. `fail` gets the reason if a quote is misplaced.
template <class Fail>
std::vector<std::string> cut(std::string_view line, char separator, const Fail& fail) {
    std::vector<std::string> fields;
    if (separator == one_column || separator == ' ') line = trimmed(line);
    for (;;) {
        const std::string_view rest = without_leading_blanks(line);
        if (rest.starts_with('"')) {
            std::string field;
            std::size_t i = 1;
            for (; i < rest.size(); ++i) {
                if (rest[i] == '"' && (i + 1 == rest.size() || rest[i + 1] != '"')) break;
                if (rest[i] == '"') ++i;  // a doubled quote
                field += rest[i];
            }
            if (i >= rest.size()) fail("a quoted field is not closed");
            line = rest.substr(i + 1);
            if (separator != ' ') line = without_leading_blanks(line);
            if (!line.empty() && line[0] != separator) fail("text follows the closing quote of a field");
            fields.push_back(clean_text(field).text);
        } else {
            const std::size_t end = separator == one_column ? line.size() : std::min(line.size(), line.find(separator));
            fields.push_back(clean_text(line.substr(0, end)).text);
            line.remove_prefix(end);
        }
        if (line.empty()) return fields;
        line.remove_prefix(1);
        if (separator == ' ') line = without_leading_blanks(line);
    }
}

}  // namespace

std::vector<std::string> cut_line(const TextLine& line, char separator, const std::string& name) {
    return cut(line.text, separator, [&](const char* what) { fail_line(name, line.number, what); });
}

std::optional<Time> scored_seconds(std::string_view text) {
    constexpr Time most = std::chrono::hours(30 * 366 * 24);
    const auto t = parse_seconds(text);
    return t && *t <= most && *t >= -most ? t : std::nullopt;
}

std::string column_name(std::string_view field) {
    std::string name;
    for (const char c : lower_case(to_ascii(field))) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    while (!name.empty() && name.back() == '_') name.pop_back();
    return name;
}

std::vector<TextLine> text_lines(std::string_view text, const std::string& name, Hash hash) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        throw DataError(name, "the text is UTF-16", "save it as UTF-8");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<TextLine> lines;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.size(), text.find_first_of("\r\n"));
        const std::string_view line = text.substr(0, end);
        const bool crlf = text.substr(end).starts_with("\r\n");
        text.remove_prefix(std::min(text.size(), end + (crlf ? 2 : 1)));
        if (line.size() > most_line_bytes) fail_line(name, number, "the line is longer than 65536 bytes");
        if (line.find('\0') != std::string_view::npos) fail_line(name, number, "a NUL byte: this is no text");
        if (trimmed(line).empty() || (hash == Hash::comment && trimmed(line).starts_with('#'))) continue;
        if (lines.size() == most_lines) fail_line(name, number, "more than 2 million lines");
        lines.push_back({number, line});
    }
    return lines;
}

TextTable::TextTable(std::string_view text, std::string name, Hash hash) : name_(std::move(name)) {
    const auto lines = text_lines(text, name_, hash);
    if (lines.empty()) throw DataError(name_, "the table is empty", "its first line must name the columns");
    const char separator = separator_ = separator_of(lines[0].text);
    for (const TextLine& line : lines) {
        auto fields = cut(line.text, separator, [&](const char* what) { fail_line(name_, line.number, what); });
        if (columns_.empty()) {
            name_columns(fields, line.number);
            continue;
        }
        if (fields.size() != columns_.size())
            fail_line(name_, line.number,
                      std::to_string(fields.size()) + " field(s) where the first line has " +
                          std::to_string(columns_.size()));
        rows_.push_back({line.number, std::move(fields)});
    }
    look_at_numbers();
}

TextTable::TextTable(const std::vector<std::string>& columns, std::vector<TableRow> rows, char separator,
                     std::string name)
    : name_(std::move(name)), separator_(separator), rows_(std::move(rows)) {
    name_columns(columns, rows_.empty() ? 1 : rows_.front().line);
    look_at_numbers();
}

void TextTable::name_columns(const std::vector<std::string>& fields, int line) {
    for (const std::string& f : fields) columns_.push_back(column_name(f));
    for (const std::string& c : columns_)
        if (!c.empty() && std::count(columns_.begin(), columns_.end(), c) > 1)
            fail_line(name_, line, "two columns are named '" + c + "'");
}

void TextTable::look_at_numbers() {
    numbers_.resize(columns_.size());
    const auto digits = [](std::string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == s.npos; };
    for (const TableRow& row : rows_)
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            std::string_view s = row.fields[c];
            if (s.starts_with('-') || s.starts_with('+')) s.remove_prefix(1);
            const std::size_t mark = s.find_first_of(",.");
            if (mark == s.npos || !digits(s.substr(0, mark)) || !digits(s.substr(mark + 1))) continue;
            Numbers& n = numbers_[c];
            (s[mark] == ',' ? n.commas : n.points) = true;
            if (s[mark] == ',' && (separator_ == ';' || s.size() - mark - 1 != 3 || mark > 3 || s[0] == '0'))
                n.decimals_shown = true;
        }
}

std::string TextTable::column_list() const {
    std::string names;
    for (const std::string& c : columns_) names += (names.empty() ? "" : ", ") + c;
    return names;
}

std::optional<std::size_t> TextTable::find(std::initializer_list<std::string_view> names) const {
    for (std::string_view name : names) {
        const auto found = std::find(columns_.begin(), columns_.end(), name);
        if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
    }
    return std::nullopt;
}

Time TextTable::seconds(std::size_t row, std::size_t column) const {
    const Numbers& n = numbers_[column];
    if (n.commas && (separator_ == ';' || separator_ == '\t')) {
        if (n.points)
            fail(row, "column '" + columns_[column] + "' has numbers with points and with commas",
                 "write decimal points");
        if (!n.decimals_shown)
            fail(row, "the commas in column '" + columns_[column] + "' could stand for decimals or for thousands",
                 "write decimal points");
        std::string number = text(row, column);
        if (const std::size_t comma = number.find(','); comma != std::string::npos) number[comma] = '.';
        if (const auto t = scored_seconds(number)) return *t;
    } else if (const auto t = scored_seconds(text(row, column))) {
        return *t;
    }
    fail(row, "'" + text(row, column) + "' in column '" + columns_[column] + "' is no number of seconds",
         "write seconds since the start of the recording with a decimal point");
}

double TextTable::number(std::size_t row, std::size_t column) const {
    const std::string& s = text(row, column);
    const std::string folded = column_name(s);
    if (s.empty() || folded == "nan" || folded == "n_a" || folded == "na")
        return std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    if (error != std::errc{} || end != s.data() + s.size() || !std::isfinite(value))
        fail(row, "'" + s + "' in column '" + columns_[column] + "' is no number");
    return value;
}

void TextTable::fail(std::size_t row, const std::string& what, const std::string& remedy) const {
    fail_line(name_, rows_[row].line, what, remedy);
}

}  // namespace psg::io

// Tables as text in columns: tabs, commas, and BIDS's flavour of tabs.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "libpsg/export/text_rows.hpp"

namespace psg::exports {

namespace {

std::string escaped(const std::string& text) {
    std::string out;
    for (char c : text) switch (c) {
            case '\t': out += "\\t"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\\': out += "\\\\"; break;
            default: out += c;
        }
    return out;
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

// One line: what `cell` makes of each column.
template <class F>
std::string line_of(const Table& table, char separator, F cell) {
    std::string line;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i > 0) line += separator;
        line += cell(table.columns[i]);
    }
    return line + "\n";
}

}  // namespace

std::string tsv_header(const Table& table) {
    return line_of(table, '\t', [](const Column& c) { return escaped(c.name); });
}

std::string tsv_row(const Table& table, std::size_t row) {
    return line_of(table, '\t', [&](const Column& c) { return escaped(cell_text(c, row)); });
}

std::string to_tsv(const Table& table) {
    std::string text = tsv_header(table);
    for (std::size_t row = 0; row < table.rows(); ++row) text += tsv_row(table, row);
    return text;
}

std::string csv_header(const Table& table) {
    return line_of(table, ',', [](const Column& c) { return quoted(c.name); });
}

std::string csv_row(const Table& table, std::size_t row) {
    return line_of(table, ',', [&](const Column& c) {
        const std::string cell = cell_text(c, row);
        if (std::holds_alternative<std::vector<std::string>>(c.values)) return quoted(cell);
        return cell == "NaN" ? std::string() : cell;
    });
}

std::string bids_row(const Table& table, std::size_t row) {
    return line_of(table, '\t', [&](const Column& c) {
        std::string cell = cell_text(c, row);
        std::replace_if(cell.begin(), cell.end(), [](char x) { return x == '\t' || x == '\n' || x == '\r'; }, ' ');
        return cell.empty() || cell == "NaN" ? std::string("n/a") : cell;
    });
}

}  // namespace psg::exports

// Tables as comma-separated text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/export/text_rows.hpp"

namespace psg::exports {

static std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

std::string csv_header(const Table& table) {
    std::string line;
    for (const Column& c : table.columns) line += (line.empty() ? "" : ",") + quoted(c.name);
    return line + "\n";
}

std::string csv_row(const Table& table, std::size_t row) {
    std::string line;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        const std::string cell = cell_text(column, row);
        const bool text = std::holds_alternative<std::vector<std::string>>(column.values);
        line += (i > 0 ? "," : "") + (text ? quoted(cell) : cell == "NaN" ? std::string() : cell);
    }
    return line + "\n";
}

}  // namespace psg::exports

// Tables as tab-separated text.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/export/text_rows.hpp"

namespace psg::exports {

static std::string escaped(const std::string& text) {
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

std::string tsv_header(const Table& table) {
    std::string line;
    for (const Column& c : table.columns) line += (line.empty() ? "" : "\t") + escaped(c.name);
    return line + "\n";
}

std::string tsv_row(const Table& table, std::size_t row) {
    std::string line;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i > 0) line += '\t';
        line += escaped(cell_text(table.columns[i], row));
    }
    return line + "\n";
}

std::string to_tsv(const Table& table) {
    std::string text = tsv_header(table);
    for (std::size_t row = 0; row < table.rows(); ++row) text += tsv_row(table, row);
    return text;
}

}  // namespace psg::exports

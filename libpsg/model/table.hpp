// Table: the waist of the hourglass. Every measure becomes a Table, every output takes one.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace psg {

/// A typed column. Missing values are NaN in numbers and "" in texts; integers have no missing value.
struct Column {
    using Values = std::variant<std::vector<double>, std::vector<float>, std::vector<std::int32_t>,
                                std::vector<std::int8_t>, std::vector<std::string>>;
    std::string name;  ///< snake_case
    std::string unit;  ///< "" if none
    std::string text;  ///< one sentence for the documentation and the files
    Values values;

    std::size_t size() const;
};

/// Named columns of one length.
struct Table {
    std::string name;   ///< snake_case: "events"
    std::string title;  ///< one sentence
    std::vector<Column> columns = {};
    std::vector<std::pair<std::string, std::string>> attributes = {};  ///< name and text, for the file formats that have them

    std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
    /// Adds a column; a length other than that of the columns before is a programming error (std::logic_error).
    template <class V>
    Table& add(std::string column, std::string unit, std::string text, std::vector<V> values) {
        append({std::move(column), std::move(unit), std::move(text), std::move(values)});
        return *this;
    }
    void append(Column column);
    /// Null if there is no such column.
    const Column* find(std::string_view column) const;
};

/// One cell as text: the shortest decimal that reads back to the same value, "NaN" for NaN.
std::string cell_text(const Column& column, std::size_t row);

}  // namespace psg

// Table: columns and cells.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/table.hpp"

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace psg {

std::size_t Column::size() const {
    return std::visit([](const auto& v) { return v.size(); }, values);
}

void Table::append(Column column) {
    if (!columns.empty() && column.size() != rows())
        throw std::logic_error("table " + name + ": column " + column.name + " has another length");
    columns.push_back(std::move(column));
}

const Column* Table::find(std::string_view column) const {
    for (const Column& c : columns)
        if (c.name == column) return &c;
    return nullptr;
}

std::string cell_text(const Column& column, std::size_t row) {
    return std::visit(
        [row](const auto& v) -> std::string {
            const auto& value = v[row];
            using V = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<V, std::string>) {
                return value;
            } else if constexpr (std::is_floating_point_v<V>) {
                if (std::isnan(value)) return "NaN";
                char buffer[32];
                return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
            } else {
                return std::to_string(static_cast<int>(value));
            }
        },
        column.values);
}

}  // namespace psg

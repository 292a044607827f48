// Tables as JSON lines, and the sidecar of BIDS (the door to nlohmann-json).
// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <nlohmann/json.hpp>

#include "libpsg/export/text_rows.hpp"

namespace psg::exports {

std::string json_row(const Table& table, std::size_t row) {
    nlohmann::ordered_json object;
    for (const Column& column : table.columns)
        std::visit(
            [&](const auto& v) {
                using V = typename std::decay_t<decltype(v)>::value_type;
                auto& cell = object[column.name];
                if constexpr (std::is_same_v<V, std::string>)
                    cell = v[row];
                else if constexpr (std::is_floating_point_v<V>)
                    cell = std::isfinite(v[row]) ? nlohmann::ordered_json(v[row]) : nlohmann::ordered_json(nullptr);
                else
                    cell = static_cast<int>(v[row]);
            },
            column.values);
    // texts are UTF-8 by construction; should a stray byte slip in, it is replaced
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string bids_sidecar(const Table& table, const std::vector<std::pair<std::string, std::string>>& levels) {
    nlohmann::ordered_json file;
    for (const Column& column : table.columns) {
        auto& about = file[column.name];
        about["Description"] = column.text;
        if (!column.unit.empty()) about["Units"] = column.unit;
        if (column.name == "trial_type")
            for (const auto& [value, text] : levels) about["Levels"][value] = text;
    }
    return file.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace psg::exports

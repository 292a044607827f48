// Columns of tables that were read back from HDF5 files of the tools.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/model/table.hpp"

namespace psg::workflow {

/// The values of a column of the file at `path`. DataError that names file, table and column if there is none of this name and type.
template <class V>
const std::vector<V>& values_of(const std::string& path, const Table& table, const std::string& name) {
    const Column* column = table.find(name);
    const auto* values = column ? std::get_if<std::vector<V>>(&column->values) : nullptr;
    if (!values || values->size() != table.rows())
        throw DataError(path, "table " + table.name + " has no column '" + name + "' of the known type",
                        "write it again with psg-export or psg-merge");
    return *values;
}

}  // namespace psg::workflow

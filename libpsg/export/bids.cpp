// Tables as events of BIDS, the Brain Imaging Data Structure (version 1.8, "Task events").
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/export/text_rows.hpp"
#include "libpsg/model/error.hpp"

namespace psg::exports {

Table bids_events(const Table& table) {
    Table out{table.name, table.title};
    const char* kind = table.find("class") ? "class" : "stage";
    for (const char* name : {"onset", "duration", kind}) {
        const Column* column = table.find(name);
        if (!column) throw UsageError("the table '" + table.name + "' has no onset, duration and class or stage", "give the table events or epochs");
        out.append(*column);
    }
    out.columns.back().name = "trial_type";
    if (table.find("class")) out.columns.back().text = "class of movement or event";
    for (const Column& column : table.columns)
        if (column.name != "onset" && column.name != "duration" && column.name != kind) out.append(column);
    return out;
}

}  // namespace psg::exports

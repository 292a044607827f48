// An HDF5 file of tables whose rows come in pieces.
// SPDX-License-Identifier: BSD-3-Clause
//
// H5TBmake_table() is not used: it fixes deflate 6 without shuffle and stamps modification times, so that two runs differ
// in bytes. The layout and the attributes are those that it writes.
#include "libpsg/export/hdf5_writer.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <stdexcept>

#include "libpsg/export/hdf5_parts.hpp"

namespace psg::exports {

namespace {

constexpr hsize_t max_chunk_rows = 4096;
constexpr hsize_t max_chunk_bytes = 1 << 18;  // a reader holds one of each table

void write_table_attributes(hid_t dataset, const Table& table, const RowLayout& layout) {
    write_text_attribute(dataset, "CLASS", "TABLE");
    write_text_attribute(dataset, "VERSION", "3.0");
    write_text_attribute(dataset, "TITLE", table.title);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        const std::string prefix = "FIELD_" + std::to_string(i) + "_";
        write_text_attribute(dataset, prefix + "NAME", column.name);
        write_text_attribute(dataset, prefix + "UNITS", column.unit);
        write_text_attribute(dataset, prefix + "TEXT", column.text);
        std::vector<unsigned char> fill(layout.fields[i].bytes, 0);
        const double nan64 = std::numeric_limits<double>::quiet_NaN();
        const float nan32 = std::numeric_limits<float>::quiet_NaN();
        if (std::holds_alternative<std::vector<double>>(column.values)) std::memcpy(fill.data(), &nan64, sizeof nan64);
        if (std::holds_alternative<std::vector<float>>(column.values)) std::memcpy(fill.data(), &nan32, sizeof nan32);
        write_attribute(dataset, prefix + "FILL", cell_type(column, layout.fields[i].bytes), fill.data());
    }
    for (const auto& [name, text] : table.attributes) write_text_attribute(dataset, name, text);
}

// A table that is being filled: rows wait until a chunk is full, so that no chunk is packed twice.
struct GrowingTable {
    std::string name;
    RowLayout layout;
    Hdf5Handle type, dataset;
    hsize_t rows, chunk, written = 0;
    std::vector<unsigned char> waiting;

    hsize_t waiting_rows() const { return waiting.size() / layout.bytes; }

    void write(hsize_t count) {
        if (count == 0) return;
        const Hdf5Handle file_space(H5Dget_space(dataset), H5Sclose, "placing rows of " + name);
        check_hdf5(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &written, nullptr, &count, nullptr), "placing rows of " + name);
        const Hdf5Handle memory_space(H5Screate_simple(1, &count, nullptr), H5Sclose, "counting rows of " + name);
        check_hdf5(H5Dwrite(dataset, type, memory_space, file_space, H5P_DEFAULT, waiting.data()), "writing table " + name);
        written += count;
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count * layout.bytes));
    }
};

GrowingTable make_table(hid_t file, const TableShape& shape) {
    const Table& table = shape.columns;
    const RowLayout layout = row_layout(table, shape.text_bytes);
    const hsize_t rows = shape.rows, unlimited = H5S_UNLIMITED;
    const hsize_t fitting = std::clamp<hsize_t>(max_chunk_bytes / std::max<std::size_t>(layout.bytes, 1), 1, max_chunk_rows);
    const hsize_t chunk = std::clamp<hsize_t>(rows, 1, fitting);
    const bool any_text = std::any_of(table.columns.begin(), table.columns.end(), [](const Column& c) {
        return std::holds_alternative<std::vector<std::string>>(c.values);
    });
    Hdf5Handle type = row_type(table, layout);
    const Hdf5Handle space(H5Screate_simple(1, &rows, &unlimited), H5Sclose, "sizing table " + table.name);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "making dataset properties");
    check_hdf5(H5Pset_obj_track_times(properties, false), "leaving out times");
    check_hdf5(H5Pset_chunk(properties, 1, &chunk), "setting the chunk size");
    if (!any_text) check_hdf5(H5Pset_shuffle(properties), "setting shuffle");
    check_hdf5(H5Pset_deflate(properties, 1), "setting compression");
    // Chunks are written whole and once: a cache of them would only hold memory, for each table.
    const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "making dataset properties");
    check_hdf5(H5Pset_chunk_cache(access, 0, 0, 1), "leaving out the cache");
    Hdf5Handle dataset(H5Dcreate2(file, table.name.c_str(), type, space, H5P_DEFAULT, properties, access), H5Dclose,
                       "making table " + table.name);
    write_table_attributes(dataset, table, layout);
    return {table.name, layout, std::move(type), std::move(dataset), rows, chunk, 0, {}};
}

}  // namespace

struct Hdf5Writer::State {
    QuietHdf5 quiet;
    std::string path;
    Hdf5Handle file;
    std::map<std::string, GrowingTable> tables;  // closed before the file

    explicit State(const std::string& p)
        : path(p), file(H5Fcreate(p.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "making " + p) {}
};

Hdf5Writer::Hdf5Writer(const std::string& path, const FileAttributes& attributes) : state_(std::make_unique<State>(path)) {
    const Hdf5Handle root(H5Gopen2(state_->file, "/", H5P_DEFAULT), H5Gclose, "opening the root group");
    for (const auto& [name, text] : attributes) write_text_attribute(root, name, text);
}

Hdf5Writer::~Hdf5Writer() = default;

void Hdf5Writer::make(const TableShape& shape) {
    state_->tables.emplace(shape.columns.name, make_table(state_->file, shape));
}

void Hdf5Writer::add(const Table& rows) {
    const auto found = state_->tables.find(rows.name);
    if (found == state_->tables.end()) throw std::logic_error("Hdf5Writer: there is no table " + rows.name);
    GrowingTable& table = found->second;
    if (rows.columns.size() != table.layout.fields.size() || table.written + table.waiting_rows() + rows.rows() > table.rows)
        throw std::logic_error("Hdf5Writer: rows do not fit table " + rows.name);
    const auto bytes = packed_rows(rows, table.layout);
    table.waiting.insert(table.waiting.end(), bytes.begin(), bytes.end());
    table.write(table.waiting_rows() / table.chunk * table.chunk);
}

void Hdf5Writer::close() {
    for (auto& [name, table] : state_->tables) {
        table.write(table.waiting_rows());
        if (table.written != table.rows) throw std::logic_error("Hdf5Writer: rows are missing in table " + name);
        table.dataset.close("writing table " + name);
    }
    state_->file.close("writing " + state_->path + " (is the disk full?)");
}

}  // namespace psg::exports

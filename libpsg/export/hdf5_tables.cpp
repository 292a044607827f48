// Tables in HDF5 files, whole: the one door to the HDF5 library is this folder.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/export/hdf5_tables.hpp"

#include <algorithm>

#include "libpsg/export/hdf5_parts.hpp"
#include "libpsg/export/hdf5_writer.hpp"

namespace psg::exports {

namespace {

constexpr std::size_t max_rows = std::size_t(1) << 31;

Hdf5Handle open_file(const std::string& path) {
    const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    if (id < 0) throw DataError(path, "is no readable HDF5 file", "give a file written by psg-export");
    return Hdf5Handle(id, H5Fclose, "opening");
}

// An open table of a file, with what its rows look like.
struct OpenTable {
    Hdf5Handle file, dataset, type;
    TableShape shape;
    RowLayout layout;  // as in the file
};

// An empty column of the type of a cell; false if it is a type that libpsg does not write.
bool set_cell_type(hid_t cell, Column& column) {
    const auto is = [&](hid_t t) { return H5Tequal(cell, t) > 0; };
    if (H5Tget_class(cell) == H5T_STRING && H5Tis_variable_str(cell) == 0) column.values = std::vector<std::string>();
    else if (is(H5T_IEEE_F64LE)) column.values = std::vector<double>();
    else if (is(H5T_IEEE_F32LE)) column.values = std::vector<float>();
    else if (is(H5T_STD_I32LE)) column.values = std::vector<std::int32_t>();
    else if (is(H5T_STD_I8LE)) column.values = std::vector<std::int8_t>();
    else return false;
    return true;
}

// Text attributes of a table that are not part of its layout: those that libpsg writes, asked for by name, because listing
// the attributes of a damaged file makes libhdf5 1.10.8 crash (H5A__close).
std::vector<std::pair<std::string, std::string>> own_attributes(hid_t dataset) {
    std::vector<std::pair<std::string, std::string>> own;
    for (const char* name : {"note", "stage_codes"})
        if (std::string text = read_text_attribute(dataset, name); !text.empty()) own.emplace_back(name, std::move(text));
    return own;
}

OpenTable open_table(const std::string& path, const std::string& name) {
    Hdf5Handle file = open_file(path);
    if (name.empty() || name.find('/') != std::string::npos || H5Lexists(file, name.c_str(), H5P_DEFAULT) <= 0)
        throw DataError(path, "has no table '" + name + "'", "list its tables with --table list");
    const auto foreign = [&](const std::string& why) {
        return DataError(path, "table '" + name + "' " + why, "give a file written by psg-export");
    };
    const hid_t dataset_id = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
    if (dataset_id < 0) throw foreign("is no dataset");
    Hdf5Handle dataset(dataset_id, H5Dclose, "opening table " + name);
    Hdf5Handle type(H5Dget_type(dataset), H5Tclose, "reading the row type");
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "reading the size");
    if (H5Tget_class(type) != H5T_COMPOUND || H5Sget_simple_extent_ndims(space) != 1)
        throw foreign("is not laid out in rows");
    const hssize_t rows = H5Sget_simple_extent_npoints(space);
    const std::size_t row_bytes = H5Tget_size(type);
    if (rows < 0 || static_cast<std::size_t>(rows) > max_rows || row_bytes == 0 || row_bytes > (1 << 20)) throw foreign("has an implausible size");
    // deflate packs at most 1032 : 1, so a table that claims more than it can have stored is damaged
    if (static_cast<std::uint64_t>(rows) * row_bytes / 2000 > H5Dget_storage_size(dataset))
        throw foreign("claims more rows than it stores");

    TableShape shape{{name, read_text_attribute(dataset, "TITLE"), {}, own_attributes(dataset)}, {}, static_cast<std::uint64_t>(rows)};
    RowLayout layout{{}, row_bytes};
    const int members = H5Tget_nmembers(type);
    for (int i = 0; i < members; ++i) {
        const auto member = static_cast<unsigned>(i);
        char* raw_name = H5Tget_member_name(type, member);
        Column column;
        column.name = raw_name ? raw_name : "";
        H5free_memory(raw_name);
        const Hdf5Handle cell(H5Tget_member_type(type, member), H5Tclose, "reading a column type");
        const std::string prefix = "FIELD_" + std::to_string(i) + "_";
        column.unit = read_text_attribute(dataset, prefix + "UNITS");
        column.text = read_text_attribute(dataset, prefix + "TEXT");
        if (!set_cell_type(cell, column)) throw foreign("has a column type that libpsg does not write (" + column.name + ")");
        layout.fields.push_back({H5Tget_member_offset(type, member), H5Tget_size(cell)});
        const auto& [offset, bytes] = layout.fields.back();
        if (bytes > row_bytes || offset > row_bytes - bytes) throw foreign("has a column beyond the end of its rows");
        shape.text_bytes.push_back(std::holds_alternative<std::vector<std::string>>(column.values) ? layout.fields.back().bytes : 0);
        shape.columns.append(std::move(column));
    }
    return {std::move(file), std::move(dataset), std::move(type), std::move(shape), std::move(layout)};
}

}  // namespace

TableShape shape_of(const Table& table) {
    TableShape shape{{table.name, table.title, {}, table.attributes}, {}, table.rows()};
    for (const Column& c : table.columns) {
        shape.text_bytes.push_back(text_bytes(c));
        Column empty = c;
        std::visit([](auto& v) { v = {}; }, empty.values);
        shape.columns.append(std::move(empty));
    }
    return shape;
}

void write_hdf5(const std::string& path, const std::vector<Table>& tables, const FileAttributes& attributes) {
    Hdf5Writer writer(path, attributes);
    for (const Table& table : tables) {
        writer.make(shape_of(table));
        writer.add(table);
    }
    writer.close();
}

void no_hdf5_exit_handler() { H5dont_atexit(); }

std::vector<std::string> hdf5_table_names(const std::string& path) {
    const QuietHdf5 quiet;
    const Hdf5Handle file = open_file(path);
    std::vector<std::string> names;
    H5G_info_t info{};
    check_hdf5(H5Gget_info(file, &info), "listing " + path);
    for (hsize_t i = 0; i < info.nlinks; ++i) {
        const ssize_t length = H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT);
        if (length < 0) throw DataError(path, "its list of tables cannot be read");
        std::string name(static_cast<std::size_t>(length) + 1, '\0');
        H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(), H5P_DEFAULT);
        name.pop_back();
        names.push_back(std::move(name));
    }
    return names;
}

std::string hdf5_attribute(const std::string& path, const std::string& name) {
    const QuietHdf5 quiet;
    return read_text_attribute(open_file(path), name);
}

TableShape read_hdf5_shape(const std::string& path, const std::string& name) {
    const QuietHdf5 quiet;
    return open_table(path, name).shape;
}

Table read_hdf5_table(const std::string& path, const std::string& name) {
    Table table;
    read_hdf5_pieces(path, name, max_rows, [&](const Table& all) { table = all; });
    return table;
}

// Fills the columns of `table`; `bytes` is room that is used again.
static void read_rows(const std::string& path, const OpenTable& open, std::uint64_t first, std::size_t count, std::vector<unsigned char>& bytes, Table& table) {
    const hsize_t start = first, rows = count;
    bytes.resize(count * open.layout.bytes);
    if (count > 0) {
        const Hdf5Handle from(H5Dget_space(open.dataset), H5Sclose, "reading the size");
        const Hdf5Handle to(H5Screate_simple(1, &rows, nullptr), H5Sclose, "making room");
        if (H5Sselect_hyperslab(from, H5S_SELECT_SET, &start, nullptr, &rows, nullptr) < 0 ||
            H5Dread(open.dataset, open.type, to, from, H5P_DEFAULT, bytes.data()) < 0)
            throw DataError(path, "table '" + table.name + "' cannot be read", "give a file written by psg-export");
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        unpack_column(bytes, open.layout.bytes, open.layout.fields[i], table.columns[i]);
}

void read_hdf5_pieces(const std::string& path, const std::string& name, std::size_t rows, const std::function<void(const Table&)>& take) {
    const QuietHdf5 quiet;
    const OpenTable open = open_table(path, name);
    const auto all = static_cast<std::size_t>(open.shape.rows);
    std::vector<unsigned char> bytes;
    Table table = open.shape.columns;
    for (std::size_t first = 0; first == 0 || first < all; first += rows) {
        read_rows(path, open, first, std::min(rows, all - first), bytes, table);
        take(table);
    }
}

Table read_hdf5_rows(const std::string& path, const std::string& name, std::uint64_t first, std::size_t count) {
    const QuietHdf5 quiet;
    const OpenTable open = open_table(path, name);
    if (first > open.shape.rows || count > open.shape.rows - first) throw DataError(path, "table '" + name + "' has not that many rows");
    std::vector<unsigned char> bytes;
    Table table = open.shape.columns;
    read_rows(path, open, first, count, bytes, table);
    return table;
}

}  // namespace psg::exports

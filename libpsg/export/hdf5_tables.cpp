// Tables in HDF5 files: the one door to the HDF5 library.
// SPDX-License-Identifier: BSD-3-Clause
//
// H5TBmake_table() is not used: it fixes deflate 6 without shuffle and stamps modification times, so that two runs differ
// in bytes. The layout and the attributes are those that it writes.
#include "libpsg/export/hdf5_tables.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "libpsg/export/hdf5_handle.hpp"

namespace psg::exports {

namespace {

constexpr hsize_t max_chunk_rows = 4096;
constexpr std::size_t max_text_bytes = 65535;
constexpr hssize_t max_rows = hssize_t(1) << 31;

Hdf5Handle text_type(std::size_t bytes) {
    Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "making a text type");
    check_hdf5(H5Tset_size(type, bytes), "sizing a text type");
    check_hdf5(H5Tset_cset(type, H5T_CSET_UTF8), "making a text type UTF-8");
    return type;
}

void write_attribute(hid_t object, const std::string& name, hid_t type, const void* value) {
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose, "making an attribute space");
    const Hdf5Handle attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                               "making attribute " + name);
    check_hdf5(H5Awrite(attribute, type, value), "writing attribute " + name);
}

void write_text_attribute(hid_t object, const std::string& name, const std::string& text) {
    write_attribute(object, name, text_type(text.size() + 1), text.c_str());
}

std::string read_text_attribute(hid_t object, const std::string& name) {
    if (H5Aexists(object, name.c_str()) <= 0) return {};
    const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "opening attribute " + name);
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose, "reading attribute " + name);
    if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0) return {};
    const std::size_t size = H5Tget_size(type);
    if (size == 0 || size > max_text_bytes || H5Aget_storage_size(attribute) != size) return {};
    std::string text(size, '\0');
    check_hdf5(H5Aread(attribute, type, text.data()), "reading attribute " + name);
    text.resize(std::min(text.find('\0'), text.size()));
    return text;
}

// How one column lies in a row.
struct Field {
    std::size_t offset = 0, bytes = 0;
};

std::size_t column_bytes(const Column& column) {
    return std::visit(
        [](const auto& v) -> std::size_t {
            using V = typename std::decay_t<decltype(v)>::value_type;
            if constexpr (std::is_same_v<V, std::string>) {
                std::size_t widest = 1;
                for (const std::string& s : v) widest = std::max(widest, std::min(s.size(), max_text_bytes));
                return widest;
            } else {
                return sizeof(V);
            }
        },
        column.values);
}

Hdf5Handle column_type(const Column& column, std::size_t bytes) {
    const hid_t number = std::visit(
        [](const auto& v) -> hid_t {
            using V = typename std::decay_t<decltype(v)>::value_type;
            if constexpr (std::is_same_v<V, double>) return H5T_IEEE_F64LE;
            if constexpr (std::is_same_v<V, float>) return H5T_IEEE_F32LE;
            if constexpr (std::is_same_v<V, std::int32_t>) return H5T_STD_I32LE;
            if constexpr (std::is_same_v<V, std::int8_t>) return H5T_STD_I8LE;
            return -1;
        },
        column.values);
    if (number < 0) return text_type(bytes);
    return Hdf5Handle(H5Tcopy(number), H5Tclose, "making a number type");
}

// Length of `text` cut to at most `bytes` without splitting a UTF-8 character.
std::size_t cut_length(const std::string& text, std::size_t bytes) {
    std::size_t n = std::min(text.size(), bytes);
    if (n < text.size())
        while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
    return n;
}

void put_value(const Column& column, std::size_t row, unsigned char* cell, std::size_t bytes) {
    std::visit(
        [&](const auto& v) {
            using V = typename std::decay_t<decltype(v)>::value_type;
            if constexpr (std::is_same_v<V, std::string>)
                std::memcpy(cell, v[row].data(), cut_length(v[row], bytes));  // the rest stays zero
            else
                std::memcpy(cell, &v[row], sizeof(V));
        },
        column.values);
}

void write_table_attributes(hid_t dataset, const Table& table, const std::vector<Field>& fields) {
    write_text_attribute(dataset, "CLASS", "TABLE");
    write_text_attribute(dataset, "VERSION", "3.0");
    write_text_attribute(dataset, "TITLE", table.title);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        const std::string prefix = "FIELD_" + std::to_string(i) + "_";
        write_text_attribute(dataset, prefix + "NAME", column.name);
        write_text_attribute(dataset, prefix + "UNITS", column.unit);
        write_text_attribute(dataset, prefix + "TEXT", column.text);
        std::vector<unsigned char> fill(fields[i].bytes, 0);
        const double nan64 = std::numeric_limits<double>::quiet_NaN();
        const float nan32 = std::numeric_limits<float>::quiet_NaN();
        if (std::holds_alternative<std::vector<double>>(column.values)) std::memcpy(fill.data(), &nan64, sizeof nan64);
        if (std::holds_alternative<std::vector<float>>(column.values)) std::memcpy(fill.data(), &nan32, sizeof nan32);
        write_attribute(dataset, prefix + "FILL", column_type(column, fields[i].bytes), fill.data());
    }
    for (const auto& [name, text] : table.attributes) write_text_attribute(dataset, name, text);
}

void write_table(hid_t file, const Table& table) {
    std::vector<Field> fields;
    std::size_t row_bytes = 0;
    bool any_text = false;
    for (const Column& column : table.columns) {
        fields.push_back({row_bytes, column_bytes(column)});
        row_bytes += fields.back().bytes;
        any_text = any_text || std::holds_alternative<std::vector<std::string>>(column.values);
    }
    const Hdf5Handle type(H5Tcreate(H5T_COMPOUND, row_bytes), H5Tclose, "making the row type of " + table.name);
    for (std::size_t i = 0; i < fields.size(); ++i)
        check_hdf5(H5Tinsert(type, table.columns[i].name.c_str(), fields[i].offset,
                             column_type(table.columns[i], fields[i].bytes)),
                   "adding column " + table.columns[i].name);

    const hsize_t rows = table.rows();
    const hsize_t unlimited = H5S_UNLIMITED;
    const hsize_t chunk = std::clamp<hsize_t>(rows, 1, max_chunk_rows);
    const Hdf5Handle space(H5Screate_simple(1, &rows, &unlimited), H5Sclose, "sizing table " + table.name);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "making dataset properties");
    check_hdf5(H5Pset_obj_track_times(properties, false), "leaving out times");
    check_hdf5(H5Pset_chunk(properties, 1, &chunk), "setting the chunk size");
    if (!any_text) check_hdf5(H5Pset_shuffle(properties), "setting shuffle");
    check_hdf5(H5Pset_deflate(properties, 4), "setting compression");
    Hdf5Handle dataset(H5Dcreate2(file, table.name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose,
                       "making table " + table.name);
    std::vector<unsigned char> bytes(static_cast<std::size_t>(rows) * row_bytes, 0);
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t i = 0; i < fields.size(); ++i)
            put_value(table.columns[i], row, bytes.data() + row * row_bytes + fields[i].offset, fields[i].bytes);
    if (rows > 0)
        check_hdf5(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), "writing table " + table.name);
    write_table_attributes(dataset, table, fields);
    dataset.close("writing table " + table.name);
}

Hdf5Handle open_file(const std::string& path) {
    const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    if (id < 0) throw DataError(path, "is no readable HDF5 file", "give a file written by psg-export");
    return Hdf5Handle(id, H5Fclose, "opening");
}

// One column out of the packed rows.
template <class V>
std::vector<V> column_values(const std::vector<unsigned char>& bytes, std::size_t row_bytes, const Field& field) {
    std::vector<V> values(bytes.size() / row_bytes);
    for (std::size_t row = 0; row < values.size(); ++row) {
        const unsigned char* cell = bytes.data() + row * row_bytes + field.offset;
        if constexpr (std::is_same_v<V, std::string>) {
            const char* text = reinterpret_cast<const char*>(cell);
            values[row].assign(text, std::find(text, text + field.bytes, '\0'));
        } else {
            std::memcpy(&values[row], cell, sizeof(V));
        }
    }
    return values;
}

}  // namespace

void write_hdf5(const std::string& path, const std::vector<Table>& tables, const FileAttributes& attributes) {
    const QuietHdf5 quiet;
    Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "making " + path);
    {
        const Hdf5Handle root(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, "opening the root group");
        for (const auto& [name, text] : attributes) write_text_attribute(root, name, text);
    }
    for (const Table& table : tables) write_table(file, table);
    file.close("writing " + path + " (is the disk full?)");
}

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

Table read_hdf5_table(const std::string& path, const std::string& name) {
    const QuietHdf5 quiet;
    const Hdf5Handle file = open_file(path);
    const auto foreign = [&](const std::string& why) {
        return DataError(path, "table '" + name + "' " + why, "give a file written by psg-export");
    };
    if (name.empty() || name.find('/') != std::string::npos || H5Lexists(file, name.c_str(), H5P_DEFAULT) <= 0)
        throw DataError(path, "has no table '" + name + "'", "list its tables with --table list");
    const hid_t dataset_id = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
    if (dataset_id < 0) throw foreign("is no dataset");
    const Hdf5Handle dataset(dataset_id, H5Dclose, "opening table " + name);
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose, "reading the row type");
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "reading the size");
    if (H5Tget_class(type) != H5T_COMPOUND || H5Sget_simple_extent_ndims(space) != 1)
        throw foreign("is not laid out in rows");
    const hssize_t rows = H5Sget_simple_extent_npoints(space);
    const std::size_t row_bytes = H5Tget_size(type);
    if (rows < 0 || rows > max_rows || row_bytes == 0 || row_bytes > (1 << 20)) throw foreign("has an implausible size");
    // deflate packs at most 1032 : 1, so a table that claims more than it can have stored is damaged
    const auto wanted = static_cast<std::uint64_t>(rows) * row_bytes;
    if (wanted / 2000 > H5Dget_storage_size(dataset)) throw foreign("claims more rows than it stores");
    std::vector<unsigned char> bytes(static_cast<std::size_t>(wanted));
    if (rows > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) throw foreign("cannot be read");

    Table table;
    table.name = name;
    table.title = read_text_attribute(dataset, "TITLE");
    const int members = H5Tget_nmembers(type);
    for (int i = 0; i < members; ++i) {
        const auto member = static_cast<unsigned>(i);
        char* raw_name = H5Tget_member_name(type, member);
        Column column;
        column.name = raw_name ? raw_name : "";
        H5free_memory(raw_name);
        const Hdf5Handle cell(H5Tget_member_type(type, member), H5Tclose, "reading a column type");
        const Field field{H5Tget_member_offset(type, member), H5Tget_size(cell)};
        const std::string prefix = "FIELD_" + std::to_string(i) + "_";
        column.unit = read_text_attribute(dataset, prefix + "UNITS");
        column.text = read_text_attribute(dataset, prefix + "TEXT");
        const auto is = [&](hid_t t) { return H5Tequal(cell, t) > 0; };
        if (H5Tget_class(cell) == H5T_STRING && H5Tis_variable_str(cell) == 0)
            column.values = column_values<std::string>(bytes, row_bytes, field);
        else if (is(H5T_IEEE_F64LE))
            column.values = column_values<double>(bytes, row_bytes, field);
        else if (is(H5T_IEEE_F32LE))
            column.values = column_values<float>(bytes, row_bytes, field);
        else if (is(H5T_STD_I32LE))
            column.values = column_values<std::int32_t>(bytes, row_bytes, field);
        else if (is(H5T_STD_I8LE))
            column.values = column_values<std::int8_t>(bytes, row_bytes, field);
        else
            throw foreign("has a column type that libpsg does not write (" + column.name + ")");
        table.append(std::move(column));
    }
    return table;
}

}  // namespace psg::exports

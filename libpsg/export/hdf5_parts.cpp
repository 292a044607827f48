// Pieces that writing and reading of HDF5 tables share.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/export/hdf5_parts.hpp"

#include <algorithm>
#include <cstring>

namespace psg::exports {

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

std::size_t text_bytes(const Column& column) {
    const auto* texts = std::get_if<std::vector<std::string>>(&column.values);
    if (!texts) return 0;
    std::size_t widest = 1;
    for (const std::string& s : *texts) widest = std::max(widest, std::min(s.size() + 1, max_text_bytes));
    return widest;
}

RowLayout row_layout(const Table& table, const std::vector<std::size_t>& text_bytes) {
    RowLayout layout;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::size_t bytes = std::visit(
            [&](const auto& v) -> std::size_t {
                using V = typename std::decay_t<decltype(v)>::value_type;
                if constexpr (std::is_same_v<V, std::string>) return std::max<std::size_t>(text_bytes[i], 1);
                return sizeof(V);
            },
            table.columns[i].values);
        layout.fields.push_back({layout.bytes, bytes});
        layout.bytes += bytes;
    }
    return layout;
}

Hdf5Handle cell_type(const Column& column, std::size_t bytes) {
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

Hdf5Handle row_type(const Table& table, const RowLayout& layout) {
    Hdf5Handle type(H5Tcreate(H5T_COMPOUND, layout.bytes), H5Tclose, "making the row type of " + table.name);
    for (std::size_t i = 0; i < layout.fields.size(); ++i)
        check_hdf5(H5Tinsert(type, table.columns[i].name.c_str(), layout.fields[i].offset,
                             cell_type(table.columns[i], layout.fields[i].bytes)),
                   "adding column " + table.columns[i].name);
    return type;
}

namespace {

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

}  // namespace

std::vector<unsigned char> packed_rows(const Table& table, const RowLayout& layout) {
    std::vector<unsigned char> bytes(table.rows() * layout.bytes, 0);
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t i = 0; i < layout.fields.size(); ++i)
            put_value(table.columns[i], row, bytes.data() + row * layout.bytes + layout.fields[i].offset, layout.fields[i].bytes);
    return bytes;
}

void unpack_column(const std::vector<unsigned char>& rows, std::size_t row_bytes, const Field& field, Column& column) {
    std::visit(
        [&](auto& values) {
            using V = typename std::decay_t<decltype(values)>::value_type;
            values.resize(rows.size() / row_bytes);
            for (std::size_t row = 0; row < values.size(); ++row) {
                const unsigned char* cell = rows.data() + row * row_bytes + field.offset;
                if constexpr (std::is_same_v<V, std::string>) {
                    const char* text = reinterpret_cast<const char*>(cell);
                    values[row].assign(text, std::find(text, text + field.bytes, '\0'));
                } else {
                    std::memcpy(&values[row], cell, sizeof(V));
                }
            }
        },
        column.values);
}

}  // namespace psg::exports

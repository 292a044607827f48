// Pieces that writing and reading of HDF5 tables share (private to this folder).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libpsg/export/hdf5_handle.hpp"
#include "libpsg/model/table.hpp"

namespace psg::exports {

/// No text of a table or attribute is longer; what is longer is cut at a whole character.
inline constexpr std::size_t max_text_bytes = 65535;

/// A fixed-length UTF-8 text.
Hdf5Handle text_type(std::size_t bytes);

void write_attribute(hid_t object, const std::string& name, hid_t type, const void* value);
void write_text_attribute(hid_t object, const std::string& name, const std::string& text);
/// Empty if there is none of this name, or it is no text of fixed length.
std::string read_text_attribute(hid_t object, const std::string& name);

/// Where one column lies in a packed row.
struct Field {
    std::size_t offset = 0, bytes = 0;
};

/// How the columns of a table lie in a packed row: in their order, without padding.
struct RowLayout {
    std::vector<Field> fields;
    std::size_t bytes = 0;
};

/// Bytes of the longest text of a column and of the NUL that ends it, at least 1 and at most max_text_bytes; 0 for numbers.
/// Programs that write a table back cut texts that fill a null-terminated field.
std::size_t text_bytes(const Column& column);
/// `text_bytes` are the widths of the texts, one for each column (ignored for numbers).
RowLayout row_layout(const Table& table, const std::vector<std::size_t>& text_bytes);
Hdf5Handle cell_type(const Column& column, std::size_t bytes);
Hdf5Handle row_type(const Table& table, const RowLayout& layout);

/// All rows of a table, packed.
std::vector<unsigned char> packed_rows(const Table& table, const RowLayout& layout);
/// The values of one column of packed rows, for a column of the same type.
void unpack_column(const std::vector<unsigned char>& rows, std::size_t row_bytes, const Field& field, Column& column);

}  // namespace psg::exports

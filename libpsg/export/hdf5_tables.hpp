// Tables in HDF5 files that h5py, PyTables, pandas and R read without help. The format is described in README.md here.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "libpsg/model/table.hpp"

namespace psg::exports {

/// Text attributes of the file's root group.
using FileAttributes = std::vector<std::pair<std::string, std::string>>;

/// What a table looks like without its rows.
struct TableShape {
    Table columns;                        ///< name, title, attributes and columns without values
    std::vector<std::size_t> text_bytes;  ///< width of each column's texts; ignored for numbers
    std::uint64_t rows = 0;
};

TableShape shape_of(const Table& table);

/// Writes a new file with one compound dataset per table (HDF5 table layout 3.0, fixed UTF-8 strings, gzip 4). The same
/// tables give the same bytes. The caller gives a temporary path and renames: a writer killed midway leaves an unreadable
/// file. DataError if it cannot be written.
void write_hdf5(const std::string& path, const std::vector<Table>& tables, const FileAttributes& attributes);

/// Names of the tables in a file written by write_hdf5(), in alphabetical order. DataError if it is no such file.
std::vector<std::string> hdf5_table_names(const std::string& path);

/// Reads one table back with its units, descriptions and the attributes `note` and `stage_codes`. DataError if there is none of this
/// name or its layout is foreign.
Table read_hdf5_table(const std::string& path, const std::string& name);

/// The same in pieces of at most `rows` rows, in order, so that memory does not grow with the table; `take` is called at least once.
void read_hdf5_pieces(const std::string& path, const std::string& name, std::size_t rows, const std::function<void(const Table&)>& take);

/// `count` rows from the row `first` on, all of which there must be.
Table read_hdf5_rows(const std::string& path, const std::string& name, std::uint64_t first, std::size_t count);

/// Its columns, widths and number of rows, without reading the rows. DataError as above.
TableShape read_hdf5_shape(const std::string& path, const std::string& name);

/// For a program whose HDF5 files are all of libpsg, before anything else: libhdf5 does nothing when the program ends. It would
/// close what is open, and crashes there if a file could not be closed because the disk was full.
void no_hdf5_exit_handler();

/// Text attribute of the root group; empty if there is none.
std::string hdf5_attribute(const std::string& path, const std::string& name);

}  // namespace psg::exports

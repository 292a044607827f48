// An HDF5 file of tables whose rows come in pieces, so that memory does not grow with their number.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libpsg/export/hdf5_tables.hpp"

namespace psg::exports {

/// Writes tables of known shape. The same calls give the same bytes. The caller
/// gives a temporary path and renames: a writer killed midway leaves an unreadable file. Every function: DataError if it
/// cannot be written.
class Hdf5Writer {
public:
    Hdf5Writer(const std::string& path, const FileAttributes& attributes);
    ~Hdf5Writer();
    Hdf5Writer(const Hdf5Writer&) = delete;
    Hdf5Writer& operator=(const Hdf5Writer&) = delete;

    /// Makes a table of `shape.rows` rows; add() fills it.
    void make(const TableShape& shape);
    /// The next rows of the table of this name. Texts that are wider than the shape says are cut. std::logic_error if there is
    /// no such table, its columns differ, or it would get more rows than its shape said.
    void add(const Table& rows);
    /// Closes the file; std::logic_error if a table has not got all its rows.
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace psg::exports

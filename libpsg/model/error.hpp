// Failures that end a call: what went wrong, where, and what the caller can do about it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdexcept>
#include <string>

namespace psg {

/// Base of every exception that libpsg throws on purpose. `what()` reads "WHERE: WHAT; REMEDY".
/// `where` names the file and, if known, channel, byte offset or line; it and `remedy` may be empty.
class Error : public std::runtime_error {
public:
    Error(const std::string& where, const std::string& what, const std::string& remedy);
};

/// The caller asked for something impossible (unknown option, value out of range). Tools exit with 2.
class UsageError : public Error {
public:
    explicit UsageError(const std::string& what, const std::string& remedy = {}) : Error({}, what, remedy) {}
};

/// The data or the file system did not allow it (not an EDF file, disk full). Tools exit with 1.
class DataError : public Error {
public:
    DataError(const std::string& where, const std::string& what, const std::string& remedy = {})
        : Error(where, what, remedy) {}
};

}  // namespace psg

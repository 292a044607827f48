// One lock around EDFlib's global table of open files, shared by every door to that library.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <mutex>

namespace psg::io {

/// Hold it around every EDFlib call that opens or closes a file: those race on a global table (crashes measured with
/// libedf 1.23). Reading and writing through different handles needs no lock.
std::mutex& edflib_table_lock();

}  // namespace psg::io

// Texts packed with gzip: the only door to Boost.Iostreams.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace psg::io {

/// `bytes` as they are or, if they begin like a gzip file, unpacked. Damaged or truncated data, and more than `limit`
/// unpacked bytes, are a DataError about `name`.
std::string unpacked(std::string_view bytes, const std::string& name, std::int64_t limit = 256 << 20);

}  // namespace psg::io

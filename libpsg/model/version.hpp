// Version of the library.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace psg {

/// "MAJOR.MINOR.PATCH", as in the project's CMakeLists.txt.
std::string_view version();

}  // namespace psg

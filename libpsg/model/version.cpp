// Version of the library.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/version.hpp"

namespace psg {

std::string_view version() { return PSG_VERSION; }

}  // namespace psg

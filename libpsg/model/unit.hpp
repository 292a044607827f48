// Physical units as recorders spell them, and the one unit per quantity that libpsg works in.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace psg {

/// What a header's unit text means. Voltages become "uV" (factor to multiply with, e.g. 1000 for "mV"); every other
/// known unit keeps its value (factor 1) and gets its usual ASCII name. `text` is UTF-8, already trimmed.
struct Unit {
    std::string name;        ///< "uV", "%", "bpm", ...; the trimmed text itself if not recognised; "" if blank
    double factor = 1;       ///< multiplies header values to get `name`
    bool recognised = false;
    bool is_voltage() const { return name == "uV"; }
};

Unit parse_unit(std::string_view text);

}  // namespace psg

// Where on the head an electrode lies.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace psg {

enum class HeadRegion { frontal, central, posterior, other };

/// Region of an electrode of the 10-10 system by its name, capitals or not: the frontal ones before the line of Cz that sleep is
/// recorded from, C3 and C4, and the parietal and occipital ones. `other` for all else, Cz and unknown names too.
HeadRegion head_region(std::string_view electrode);

}  // namespace psg

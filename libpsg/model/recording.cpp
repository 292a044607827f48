// A recording without its samples.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/recording.hpp"

namespace psg {

const Channel* Recording::channel(int index) const {
    for (const Channel& c : channels)
        if (c.index == index) return &c;
    return nullptr;
}

}  // namespace psg

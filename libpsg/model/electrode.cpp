// Where on the head an electrode lies.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/electrode.hpp"

#include <algorithm>
#include <string>

namespace psg {

HeadRegion head_region(std::string_view electrode) {
    std::string lower;
    for (const char c : electrode) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), lower) != names.end();
    };
    if (is_one_of({"fpz", "fp1", "fp2", "fz", "f3", "f4", "f7", "f8", "afz", "af3", "af4"})) return HeadRegion::frontal;
    if (is_one_of({"c3", "c4"})) return HeadRegion::central;
    if (is_one_of({"pz", "p3", "p4", "oz", "o1", "o2", "poz", "po3", "po4"})) return HeadRegion::posterior;
    return HeadRegion::other;
}

}  // namespace psg

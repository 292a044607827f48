// What the results about movements are worth.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/movement_basis.hpp"

#include <algorithm>

#include "libpsg/workflow/tables/night_tables.hpp"

namespace psg::workflow {

std::string basis_of_class(const std::string& name) {
    for (const events::Detector* d : events::all_detectors())
        for (const events::EventClass& c : d->classes)
            if (c.name == name) return events::basis_of(*d);
    return {};
}

std::string basis_sentence(const ScoredNight& night) {
    std::vector<std::pair<std::string, std::string>> by_basis;  // in the order of the detectors
    for (const stats::ClassAtRisk& c : classes_at_risk(night)) {
        const std::string basis = basis_of_class(c.name);
        const auto same = std::find_if(by_basis.begin(), by_basis.end(), [&](const auto& b) { return b.first == basis; });
        if (same == by_basis.end())
            by_basis.emplace_back(basis, c.name);
        else
            same->second += ", " + c.name;
    }
    std::string text;
    for (const auto& [basis, names] : by_basis) text += (text.empty() ? "" : "; ") + basis + ": " + names;
    return text.empty() ? "no movements were looked for" : text;
}

}  // namespace psg::workflow

// Published figures that help to read indices of leg movements.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/movement_indices.hpp"
#include "libpsg/stats/norms.hpp"

namespace psg::stats {

const std::vector<InterpretationAid>& interpretation_aids() {
    static const std::string rls = "doi 10.1016/j.sleep.2015.11.018 (107 people with restless legs, 48 controls)";
    static const std::vector<InterpretationAid> others{
        {"plm", "sleep", "restless legs are best told from controls at 15 to 16/h (13/h by alternative rules)", rls},
        {"pi", "sleep", "restless legs are best told from controls at 0.5", rls},
        {"imi_geometric_mean", "sleep",
         "in restless legs intervals peak at 15 to 30 s, most lie in 10 to 90 s; a separate mode below 8 s",
         "Ferri et al., Sleep 2006;29:759-769"},
        {"plm", "W",
         "told restless legs with 87 % sensitivity, 80 % specificity; the cut-off was not in what was read "
         "(unverified)",
         "Michaud et al., Eur Neurol 2002;48:108-113"}};
    static const std::vector<InterpretationAid> aids = [] {
        std::vector<InterpretationAid> all;
        for (const Norm& n : norms())
            if (n.kind == "periodic_leg_movement" && n.of == "rate") all.push_back({"plm", n.stage, n.text, n.source + " (" + n.population + ")"});
        all.insert(all.end(), others.begin(), others.end());
        return all;
    }();
    return aids;
}

}  // namespace psg::stats

// Norms are about classes and indices that exist.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <set>

#include "libpsg/events/registry.hpp"
#include "libpsg/stats/norms.hpp"

using namespace psg;

TEST_CASE("Norms are about classes of the registry, and every detector says what its results are worth", "[severity]") {
    std::set<std::string> classes;
    for (const events::Detector* d : events::all_detectors()) {
        INFO(d->name);
        const bool proposed = events::basis_of(*d) == "proposed rule, checked on simulated signals";
        for (const events::EventClass& c : d->classes) {
            classes.insert(c.name);
            CHECK((!proposed || c.text.find("checked on simulated signals") != std::string::npos));
        }
        CHECK(events::basis_of(*d).find("checked on simulated signals") != std::string::npos);
        const bool standard = d->name == "leg_movements" || d->name == "plm_series";
        CHECK((events::basis_of(*d) == "proposed rule, checked on simulated signals") != standard);
    }
    std::set<std::string> with_percentiles;
    for (const stats::Norm& n : stats::norms()) {
        INFO(n.kind);
        CHECK(classes.count(n.kind) == 1);
        if (!n.percentiles.empty()) {  // the row of a class and stage tells one percentile, of the frequency
            CHECK(n.aspect == "frequency");
            CHECK(with_percentiles.insert(n.kind + " " + n.stage).second);
        }
    }
}

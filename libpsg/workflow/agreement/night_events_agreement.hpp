// Agreement of scorers on the events of several nights.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/finding.hpp"
#include "libpsg/model/table.hpp"
#include "libpsg/stats/agreement.hpp"
#include "libpsg/workflow/night_list.hpp"

namespace psg::workflow {

/// Events of every pair of scorers of the list (columns reference_scorer and other_scorer before those of event_agreement_table()).
/// Classes that the reference scorer has in no night are left out: nobody knows that they were looked for. `failures`:
/// as NightsTogether::failures(); what failed is one row with its reason. `doubts`: as NightsTogether::doubts(), and scorers without
/// any event.
Table event_agreement_of_nights(const NightList& list, const io::ScoringOptions& options, double least_overlap,
                                const stats::Bootstrap& bootstrap, Findings& findings, std::vector<std::string>& doubts,
                                std::vector<std::string>& failures);

}  // namespace psg::workflow

// Why an event is what it is: each rule with its value, passed or failed.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libpsg/events/registry.hpp"

namespace psg::events {

/// One rule that an event met or did not meet.
struct ExplainedRule {
    std::string event;  ///< id of the event that the rule is about: a leg movement brings the movement it is part of
    std::string rule;   ///< "onset", "interval to the movement before", ...
    std::string value;  ///< a number in `unit`, a text, or empty
    std::string unit;
    std::string limit;    ///< what the rule asks for; empty if it asks for nothing
    std::string verdict;  ///< "passed", "failed", "yes", "no", "not tested", or empty
    std::string text;     ///< one sentence
};

/// The rules of leg movements and their series; for any other class its measures beside the parameters that limit them (limits
/// in explanation_classes.cpp), and its other parameters. `night` is what the detectors saw,
/// `run` what they found with every class wanted. UsageError that names the ids there are if there is no event `id`.
std::vector<ExplainedRule> explain(const std::string& id, const Night& night, const DetectionRun& run);

}  // namespace psg::events

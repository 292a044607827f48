// The troubles of one lead, done to its finished samples.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>

#include "libpsg/simulate/render.hpp"

namespace psg::simulate {

/// The faults of one lead of one night, from the first second on.
class LeadFaults {
public:
    LeadFaults(const Plan& plan, std::string label) : label_(std::move(label)), faults_(plan.faults) {}
    void apply(std::int64_t second, std::span<double> samples);

private:
    std::string label_;
    ActiveActions<Fault> faults_;
};

}  // namespace psg::simulate

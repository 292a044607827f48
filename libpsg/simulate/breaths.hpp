// The breaths: rate and depth by stage, and what disturbances make of them.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>

#include "libpsg/simulate/random.hpp"
#include "libpsg/simulate/render.hpp"

namespace psg::simulate {

struct Breath {
    double onset_s = 0;  ///< from the start of the second that was asked for
    double length_s = 0;
    double flow = 0;      ///< depth of the airflow; about 1 at rest
    double effort = 0;    ///< depth of the movement of chest and belly
    bool paradox = false; ///< chest and belly against each other

    /// Airflow at `t_s` from the start of the second: positive while breathing in (two fifths of the breath).
    double flow_at(double t_s) const;
    /// Volume at `t_s`, 0 to 1 and back.
    double volume_at(double t_s) const;
    /// 0 to 1 and back within the time of breathing in, else 0: when a snorer snores.
    double snore_at(double t_s) const;
};

/// Every copy of one night gives the same breaths, so that the belts, the airflow and the snoring in the chin agree.
class Breaths {
public:
    explicit Breaths(const Plan& plan);
    /// The breaths that reach into `second`, which must not go back.
    const std::vector<Breath>& in(std::int64_t second);

private:
    void next();

    const Plan& plan_;
    StateCursor states_;
    Random random_;
    double end_ = 0;  ///< of the last breath, in seconds since the start of the night
    std::deque<Breath> breaths_;
    std::vector<Breath> in_;
};

}  // namespace psg::simulate

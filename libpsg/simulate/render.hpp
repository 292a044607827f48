// Turns the plan of a simulated night into the samples of single channels, second by second.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libpsg/simulate/plan.hpp"

namespace psg::simulate {

/// One channel of one night. Must be asked for second 0, 1, 2, ... in order; memory does not grow with the night.
class ChannelRenderer {
public:
    virtual ~ChannelRenderer() = default;
    /// Adds the samples of second `second` to `samples` (one per 1 / rate), in microvolts.
    virtual void render(std::int64_t second, std::span<double> samples) = 0;
};

// Each keeps a reference to `plan`.
/// EEG: `eye_gain` small. EOG: half of the brain's activity, eye movements with opposite signs left and right.
std::unique_ptr<ChannelRenderer> render_head(const Plan& plan, const std::string& label, double brain_gain,
                                             double eye_gain);
std::unique_ptr<ChannelRenderer> render_muscle(const Plan& plan, Muscle muscle);
std::unique_ptr<ChannelRenderer> render_ecg(const Plan& plan, const std::string& label);
/// Airflow, belts and snoring in microvolts; SpO2 in per cent.
std::unique_ptr<ChannelRenderer> render_breathing(const Plan& plan, const Lead& lead);

// ---- shared by the renderers ----

inline Interval whole_second(std::int64_t second) {
    return {std::chrono::seconds(second), std::chrono::seconds(second + 1)};
}

/// The actions (sorted by onset) that reach into the present second.
template <class Action>
class ActiveActions {
public:
    explicit ActiveActions(const std::vector<Action>& all) : all_(all) {}
    const std::vector<const Action*>& in(Interval now) {
        std::erase_if(active_, [&](const Action* a) { return a->extent.offset <= now.onset; });
        for (; next_ < all_.size() && all_[next_].extent.onset < now.offset; ++next_) active_.push_back(&all_[next_]);
        return active_;
    }

private:
    const std::vector<Action>& all_;
    std::size_t next_ = 0;
    std::vector<const Action*> active_;
};

/// The state at moments that only go forward.
class StateCursor {
public:
    explicit StateCursor(const std::vector<StatePiece>& states) : states_(states) {}
    const StatePiece& at(Time t) {
        while (at_ + 1 < states_.size() && states_[at_].extent.offset <= t) ++at_;
        return states_[at_];
    }

private:
    const std::vector<StatePiece>& states_;
    std::size_t at_ = 0;
};

/// Calls `use(index, seconds since extent.onset)` for the samples of this second that lie inside `extent`.
template <class Use>
void for_samples_in(Interval extent, std::int64_t second, std::size_t rate, Use use) {
    const double onset = seconds(extent.onset - std::chrono::seconds(second));  // relative to this second
    const double length = seconds(extent.duration()), step = 1 / static_cast<double>(rate);
    auto i = static_cast<std::size_t>(std::max(0.0, onset * static_cast<double>(rate)));
    for (; i < rate; ++i) {
        const double t = static_cast<double>(i) * step - onset;
        if (t < 0) continue;
        if (t >= length) break;
        use(i, t);
    }
}

/// Adds those deflections that reach every channel alike, with the channel's own gain.
void add_common_waves(const std::vector<const Wave*>& active, std::int64_t second, double gain,
                      std::span<double> samples);
/// The channel's gain for them: electrodes differ.
double common_gain(const Plan& plan, const std::string& label);

}  // namespace psg::simulate

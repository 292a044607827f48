// Counts and minutes at risk made again from stored tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/counts_again.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpsg/stats/movement_summary.hpp"

namespace psg::workflow {

namespace {

constexpr double half_a_microsecond = 5e-7;  // times are whole microseconds; their sums as binary numbers are not

bool begins_in(double moment, double onset, double duration) {
    return moment > onset - half_a_microsecond && moment < onset + duration - half_a_microsecond;
}

bool stage_is_in(const std::string& stage, const std::string& group) {
    return stats::is_in_group(stage_from_name(stage).value_or(Stage::unknown), group);
}

}  // namespace

const std::string* CountsAgain::stage_of_epoch(int epoch) const {
    return epoch >= 0 && static_cast<std::size_t>(epoch) < epochs_.size() ? &epochs_[static_cast<std::size_t>(epoch)].stage : nullptr;
}

bool CountsAgain::holds(int epoch, double onset_s) const {
    if (!stage_of_epoch(epoch)) return false;
    const Epoch& e = epochs_[static_cast<std::size_t>(epoch)];
    return begins_in(onset_s, e.onset_s, e.duration_s);
}

CountsAgain::MinutesByStage CountsAgain::minutes_of(const std::string& event_class, const PartOfNight& part) {
    MinutesByStage minutes;
    for (const Stretch& p : parts_[part])
        for (const Stretch& s : at_risk_[event_class]) {
            const double onset = std::max(s.onset_s, p.onset_s), end = std::min(s.onset_s + s.duration_s, p.onset_s + p.duration_s);
            auto e = std::partition_point(epochs_.begin(), epochs_.end(), [&](const Epoch& x) { return x.onset_s + x.duration_s <= onset; });
            for (; e != epochs_.end() && e->onset_s < end; ++e)
                minutes[e->stage] += (std::min(end, e->onset_s + e->duration_s) - std::max(onset, e->onset_s)) / 60;
        }
    return minutes;
}

CountsAgain::Figures CountsAgain::figures(const std::string& event_class, const std::string& stage, const PartOfNight& part) {
    Figures f;
    const std::vector<Stretch>& when = parts_[part];
    const auto inside = [&](double onset_s) {
        return std::any_of(when.begin(), when.end(), [&](const Stretch& w) { return begins_in(onset_s, w.onset_s, w.duration_s); });
    };
    double sum = 0;
    for (const StoredEvent& e : events_)
        if (e.event_class == event_class && stage_is_in(e.stage, stage) && !left_out_.count(e.id) && inside(e.onset_s)) {
            ++f.count;
            sum += e.duration_s;
        }
    f.mean_duration_s = f.count > 0 ? sum / f.count : std::numeric_limits<double>::quiet_NaN();
    const auto [place, fresh] = minutes_.try_emplace({event_class, part});
    if (fresh) place->second = minutes_of(event_class, part);
    for (const auto& [of_epoch, minutes] : place->second)
        if (stage_is_in(of_epoch, stage)) f.minutes += minutes;
    return f;
}

}  // namespace psg::workflow

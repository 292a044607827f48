// Counts and minutes at risk of a night made again from its stored events, epochs and stretches at risk.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace psg::workflow {

/// The groups of stages that a row of `summary` may be about.
inline const std::set<std::string> stage_groups{"W", "N1", "N2", "N3", "R", "NREM", "sleep", "all"};

/// A row of `night_parts`: its division and part. The first is the analysis window.
using PartOfNight = std::pair<std::string, std::string>;
inline const PartOfNight whole_night{"night", "window"};

/// Filled row by row from the tables of one night, in the order of their rows; then asked for what `summary` holds.
class CountsAgain {
public:
    void add_epoch(double onset_s, double duration_s, const std::string& stage) { epochs_.push_back({onset_s, duration_s, stage}); }
    void add_event(const std::string& id, const std::string& event_class, const std::string& stage, double onset_s, double duration_s) {
        events_.push_back({id, event_class, stage, onset_s, duration_s});
    }
    /// An event that the rules passed over (measure `scored` is 0).
    void leave_out(const std::string& id) { left_out_.insert(id); }
    void add_part(const PartOfNight& part, double onset_s, double duration_s) { parts_[part].push_back({onset_s, duration_s}); }
    void add_at_risk(const std::string& event_class, double onset_s, double duration_s) { at_risk_[event_class].push_back({onset_s, duration_s}); }

    const std::string* stage_of_epoch(int epoch) const;
    /// Whether the epoch holds this moment, to a microsecond.
    bool holds(int epoch, double onset_s) const;

    struct Figures {
        int count = 0;
        double minutes = 0, mean_duration_s = 0;  ///< NaN without events
    };
    /// Of a class in a group of stages and a part of the night.
    Figures figures(const std::string& event_class, const std::string& stage, const PartOfNight& part = whole_night);

private:
    struct Stretch {
        double onset_s, duration_s;
    };
    struct Epoch {
        double onset_s, duration_s;
        std::string stage;
    };
    struct StoredEvent {
        std::string id, event_class, stage;
        double onset_s, duration_s;
    };
    using MinutesByStage = std::map<std::string, double>;
    MinutesByStage minutes_of(const std::string& event_class, const PartOfNight& part);

    std::vector<Epoch> epochs_;
    std::vector<StoredEvent> events_;
    std::map<PartOfNight, std::vector<Stretch>> parts_;
    std::map<std::string, std::vector<Stretch>> at_risk_;
    std::set<std::string> left_out_;
    std::map<std::pair<std::string, PartOfNight>, MinutesByStage> minutes_;  // of a class in a part
};

}  // namespace psg::workflow

// Counts and minutes at risk of a night made again from its stored events, epochs and stretches at risk.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace psg::workflow {

/// Filled row by row from the tables of one night, in the order of their rows; then asked for what `summary` holds.
class CountsAgain {
public:
    void add_epoch(double onset_s, double duration_s, const std::string& stage) { epochs_.push_back({onset_s, duration_s, stage}); }
    void add_event(const std::string& id, const std::string& event_class, const std::string& stage, double onset_s, double duration_s) {
        events_.push_back({id, event_class, stage, onset_s, duration_s});
    }
    /// An event that the rules passed over (measure `scored` is 0).
    void leave_out(const std::string& id) { left_out_.insert(id); }
    void add_window(double onset_s, double duration_s) { window_.push_back({onset_s, duration_s}); }
    void add_at_risk(const std::string& event_class, double onset_s, double duration_s) { at_risk_[event_class].push_back({onset_s, duration_s}); }

    const std::string* stage_of_epoch(int epoch) const;
    /// Whether the epoch holds this moment, to a microsecond.
    bool holds(int epoch, double onset_s) const;

    struct Figures {
        int count = 0;
        double minutes = 0, mean_duration_s = 0;  ///< NaN without events
    };
    /// Of a class in a stage or group of stages of `summary`.
    Figures figures(const std::string& event_class, const std::string& stage);

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
    bool in_window(double onset_s) const;

    std::vector<Epoch> epochs_;
    std::vector<StoredEvent> events_;
    std::vector<Stretch> window_;
    std::map<std::string, std::vector<Stretch>> at_risk_;
    std::set<std::string> left_out_;
    std::map<std::string, std::map<std::string, double>> minutes_;  // by class and stage of the epochs
};

}  // namespace psg::workflow

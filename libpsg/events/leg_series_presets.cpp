// Named sets of series rules.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_movement_series.hpp"
#include "libpsg/model/error.hpp"

namespace psg::events {

const std::vector<std::string>& series_preset_names() {
    static const std::vector<std::string> names{"wasm2016", "wasm2006", "aasm", "plmscore", "somas", "splmad"};
    return names;
}

SeriesRules series_preset(const std::string& name) {
    SeriesRules r;  // WASM 2016
    if (name == "wasm2016") return r;
    if (name == "plmscore") {  // Fulda's PLMScoRe: WASM 2016, arousal gap closed, apnoeas and hypopnoeas only
        r.arousal_gap_inclusive = true;
        r.respiratory_arousals = false;
        return r;
    }
    if (name == "somas") {  // Cesari's SOMAS as its rules stand (not its defects): no join, IMI < 90 s, no restart
        r.join_gap_s = 0;
        r.max_interval_inclusive = false;
        r.short_interval = "end";
        r.arousal_gap_inclusive = true;
        return r;
    }
    r.min_interval_s = 5;
    r.short_interval = "skip";
    r.noncandidates_break = false;
    r.max_members = 0;
    r.respiratory = "around";
    r.respiratory_before_s = r.respiratory_after_s = 0.5;
    if (name == "wasm2006") return r;
    if (name == "aasm") {
        r.long_movements = "drop";
        r.combine = "onset";
        r.combine_gap_s = 5;
        r.max_bilateral_s = 10;
        r.sleep_only = true;
        return r;
    }
    if (name == "splmad") {  // Moore 2014, series rules only: one channel of both legs, merged within 2 s; 5 s on every interval
        r.join_gap_s = r.combine_gap_s = 2;
        r.min_duration_s = 0.75;
        r.max_bilateral_s = 10;
        r.short_interval = "restart";
        r.respiratory_before_s = r.respiratory_after_s = 5;
        return r;
    }
    throw UsageError("there is no standard '" + name + "'", "choose wasm2016, wasm2006, aasm, plmscore, somas or splmad");
}

}  // namespace psg::events

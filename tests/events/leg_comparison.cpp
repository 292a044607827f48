// Detected leg movements against planted ones.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/events/leg_nights.hpp"

namespace psg::test {

namespace {

double middle(std::vector<double> v) {
    if (v.empty()) return 0;
    std::sort(v.begin(), v.end());
    return v[v.size() / 2];
}

// PLM per hour of sleep, with and without respiratory movements.
std::pair<double, double> plm_index(const std::vector<events::LegMovement>& movements, const Night& night) {
    const events::SeriesContext context{&night.hypnogram, &*night.respiratory, &*night.arousals, night.segments};
    int plm = 0, plm_nr = 0;
    for (const events::CombinedMovement& m :
         events::score_series(movements, events::series_preset("wasm2016"), context)) {
        plm += m.series > 0 && is_sleep(m.stage);
        plm_nr += m.series_nr > 0 && is_sleep(m.stage);
    }
    const double sleep_h = hours(night.hypnogram.where(is_sleep).intersected(IntervalSet(night.segments)).total());
    return {plm / sleep_h, plm_nr / sleep_h};
}

}  // namespace

bool LegComparison::within_limits() const {
    return 100 * found >= 98 * planted && 300 * false_ones <= 2 * std::max(planted, 150) && splits + merges <= 5 &&
           std::fabs(onset_error_ms) <= 10 && std::fabs(offset_error_ms) <= 30 &&
           std::fabs(plm_found - plm_planted) <= 0.5 && std::fabs(plm_nr_found - plm_nr_planted) <= 0.5;
}

LegComparison compare(const LegNight& night, const EventList& detected) {
    struct Found {
        double onset, offset;
        int leg;
    };
    std::vector<Found> found;
    std::vector<events::LegMovement> detected_all, planted_all;
    for (const Event& e : detected) {
        if (e.kind == "leg_movement")
            found.push_back({seconds(e.extent.onset), seconds(e.extent.offset), e.side == Side::right});
        if (e.kind == "leg_movement" || e.kind == "long_leg_movement") detected_all.push_back({e.extent, e.side});
    }
    LegComparison c;
    std::vector<double> onsets, offsets;
    const auto overlap = [](const PlantedBurst& b, const Found& f) {
        return b.leg == f.leg && b.onset_s < f.offset && f.onset < b.offset_s;
    };
    for (const PlantedBurst& b : night.truth) {
        const double length = b.offset_s - b.onset_s;
        const std::string_view kind = b.kind;
        if (b.is_movement || kind == "too long")
            planted_all.push_back(
                {{from_seconds(b.onset_s), from_seconds(b.offset_s)}, b.leg ? Side::right : Side::left});
        if (!b.is_movement) continue;
        ++c.planted;
        const Found *first = nullptr, *last = nullptr;
        int hits = 0;
        for (const Found& f : found)
            if (overlap(b, f)) {
                if (!first) first = &f;
                last = &f;
                ++hits;
            }
        if (!first) {
            c.faults += fmt::format("  missed {} {} at {:.2f} s, {:.2f} s long, {:.1f} uV\n", kind, b.leg ? "R" : "L",
                                    b.onset_s, length, b.rms_uv);
            continue;
        }
        ++c.found;
        if (hits > 1)
            c.faults += fmt::format("  split {} {} at {:.2f} s, {:.2f} s long, {:.1f} uV\n", kind, b.leg ? "R" : "L",
                                    b.onset_s, length, b.rms_uv);
        c.splits += hits - 1;
        onsets.push_back(1000 * (first->onset - b.onset_s));
        offsets.push_back(1000 * (last->offset - b.offset_s));
    }
    for (const Found& f : found) {
        int movements = 0;
        const char* on = "nothing";
        for (const PlantedBurst& b : night.truth)
            if (overlap(b, f)) {
                movements += b.is_movement;
                on = b.kind;
            }
        if (movements > 1) {
            c.merges += movements - 1;
            c.faults += fmt::format("  merged {} at {:.2f} to {:.2f} s\n", f.leg ? "R" : "L", f.onset, f.offset);
        }
        if (movements > 0) continue;
        ++c.false_ones;
        c.faults += fmt::format("  false {} on {} at {:.2f} s, {:.2f} s long\n", f.leg ? "R" : "L", on, f.onset,
                                f.offset - f.onset);
    }
    c.onset_error_ms = middle(onsets);
    c.offset_error_ms = middle(offsets);
    std::tie(c.plm_planted, c.plm_nr_planted) = plm_index(planted_all, night.night);
    std::tie(c.plm_found, c.plm_nr_found) = plm_index(detected_all, night.night);
    return c;
}

}  // namespace psg::test

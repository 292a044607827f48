// Common waveforms: moments at which channels rise together, then correlation without lag of what they show there.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/common_artefacts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>
#include <span>

#include "libpsg/events/jerk_excerpts.hpp"
#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/signal/paired_sums.hpp"
#include "libpsg/signal/runs.hpp"

namespace psg::events {

using namespace std::chrono_literals;

namespace {

constexpr float on_ratio = 4, off_ratio = 2, off_peak_fraction = 0.15F;
constexpr Time together = 30ms, margin = 10ms, longest = 500ms, looked_at = 120ms;
constexpr double difference_s = 0.005;  // the change in this time keeps 20 Hz and more, and does not ring as a filter does

struct Rise {
    Time at{0};
    std::size_t muscle = 0;
};

// Where a muscle's envelope rises above its resting level. Nearly everywhere it is too low for that, which the bounds of its codes tell.
void add_rises(const MuscleActivity& muscle, std::size_t number, const CommonArtefactRules& rules, std::vector<Rise>& rises) {
    constexpr std::size_t at_once = CodeSeries::row;
    const auto least = static_cast<float>(rules.common_uv);
    const int low = amplitude_code(least) - 1;  // what has a lower code is lower
    std::array<float, at_once> amplitudes;
    for (std::size_t s = 0; s < muscle.envelope.stretches.size(); ++s) {
        const CodeSeries& codes = muscle.envelope.stretches[s].codes;
        bool high = false;
        for (std::size_t first = 0; first < codes.size(); first += at_once) {
            if (codes.bounds(first).highest < low) {
                high = false;
                continue;
            }
            const auto x = std::span(amplitudes).first(std::min(at_once, codes.size() - first));
            read_amplitudes(codes, first, x);
            for (std::size_t i = 0; i < x.size(); ++i) {
                if (!(x[i] >= least)) {
                    high = false;
                    continue;
                }
                const Time t = muscle.envelope.time_of(s, first + i);
                const bool over = x[i] >= on_ratio * rest_at(muscle, t);
                if (over && !high) rises.push_back({t, number});
                high = over;
            }
        }
    }
}

// To where the envelope stays down for 30 ms; nothing that goes on for longer than half a second.
Time end_of(const MuscleActivity& muscle, Time onset) {
    const std::vector<float> x = amplitude_in(muscle, {onset, onset + longest + 100ms});
    const float rest = off_ratio * rest_at(muscle, onset);
    float peak = 0;
    std::size_t end = 0;
    for (std::size_t i = 0; i < x.size() && i < end + 4; ++i) {
        peak = std::max(peak, x[i]);
        if (x[i] >= std::max(rest, off_peak_fraction * peak)) end = i + 1;
    }
    return onset + from_seconds(static_cast<double>(end) / muscle.envelope.rate.hz());
}

// The change of a channel within 5 ms, at `rate_hz` (that of the slowest) from `extent.onset` on; its mean taken away. Faster channels
// are averaged to that rate. Empty if it was not recorded.
std::vector<float> changes(const Signal& signal, const Interval& extent, double rate_hz) {
    const Excerpt part = excerpt(signal, extent.onset, {extent.onset - 20ms, extent.offset + 20ms});
    std::vector<float> list;
    const double own_hz = part.rate.hz(), back = std::max(1.0, std::round(difference_s * rate_hz)) / rate_hz * own_hz;
    const double begin = seconds(extent.onset - part.start) * own_hz, half = own_hz / rate_hz / 2;
    const double last = static_cast<double>(part.samples.size()) - 2 - half;
    const auto at = [&](double place) {
        const auto i = static_cast<std::size_t>(place);
        return part.samples[i] + static_cast<float>(place - std::floor(place)) * (part.samples[i + 1] - part.samples[i]);
    };
    const auto value = [&](double place) {
        if (half < 0.75) return at(place);
        float sum = 0;
        int count = 0;
        for (double p = std::max(0.0, place - half); p <= place + half; p += 1, ++count) sum += at(p);
        return sum / static_cast<float>(count);
    };
    double sum = 0;
    for (double t = 0; t < seconds(extent.duration()); t += 1 / rate_hz) {
        const double place = begin + t * own_hz;
        if (place < back || place > last) return {};
        list.push_back(value(place) - value(place - back));
        sum += static_cast<double>(list.back());
    }
    for (float& x : list) x -= static_cast<float>(sum / static_cast<double>(list.size()));
    return list;
}

// The muscles whose channels show the waveform of one of them, and how much at least; empty if there are too few.
struct Group {
    std::vector<std::size_t> muscles;
    double least_r = 1;
};
Group alike(const Night& night, const Interval& extent, const CommonArtefactRules& rules) {
    double rate_hz = INFINITY;
    for (const MuscleActivity& m : night.activity) rate_hz = std::min(rate_hz, night.signals[m.signal].signal.rate.hz());
    std::vector<std::vector<float>> waves;
    for (const MuscleActivity& m : night.activity) waves.push_back(changes(night.signals[m.signal].signal, extent, rate_hz));
    const auto region = [&](std::size_t m) { return *region_of(night.signals[night.activity[m].signal].role); };
    Group best;
    for (std::size_t a = 0; a < waves.size(); ++a) {
        Group group;
        bool enough = false;  // two regions, of which a pair must be more alike
        std::set<Region> regions;
        for (std::size_t b = 0; b < waves.size(); ++b) {
            const double r = a == b ? 1 : std::abs(signal::paired_sums<float>(waves[a], waves[b]).likeness());
            if (r < rules.common_correlation) continue;
            group.muscles.push_back(b);
            group.least_r = std::min(group.least_r, r);
            regions.insert(region(b));
            enough = enough || (r >= rules.pair_correlation && region(a) != region(b));
        }
        enough = enough || (group.muscles.size() >= static_cast<std::size_t>(rules.common_channels) && regions.size() >= 2);
        if (enough && group.muscles.size() > best.muscles.size()) best = std::move(group);
    }
    return best;
}

}  // namespace

std::vector<CommonArtefact> common_artefacts(const Night& night, const CommonArtefactRules& rules) {
    std::vector<CommonArtefact> found;
    const auto& muscles = night.activity;
    std::vector<Rise> rises;
    for (std::size_t m = 0; m < muscles.size(); ++m) add_rises(muscles[m], m, rules, rises);
    std::stable_sort(rises.begin(), rises.end(), [](const Rise& a, const Rise& b) { return a.at < b.at; });
    Time last = Time::min() / 2;
    for (std::size_t i = 0; i < rises.size(); ++i) {
        if (rises[i].at < last) continue;
        std::set<std::size_t> rising;
        for (std::size_t k = i; k < rises.size() && rises[k].at < rises[i].at + together; ++k) rising.insert(rises[k].muscle);
        if (rising.size() < 2) continue;
        Time end = rises[i].at + 20ms;
        for (const std::size_t m : rising) end = std::max(end, end_of(muscles[m], rises[i].at));
        const Interval extent{rises[i].at - margin, std::min(end, rises[i].at + longest) + margin};
        const Group group = alike(night, {extent.onset, std::min(extent.offset, extent.onset + looked_at)}, rules);
        if (group.muscles.empty()) continue;
        last = extent.offset;
        CommonArtefact artefact{extent, "", group.least_r};
        for (const std::size_t m : group.muscles) artefact.channels += (artefact.channels.empty() ? "" : "+") + night.signals[muscles[m].signal].signal.label;
        found.push_back(std::move(artefact));
    }
    return found;
}

}  // namespace psg::events

// Detector of fragmentary myoclonus: brief potentials of one muscle at a time, their index, and whether they are excessive.
// SPDX-License-Identifier: BSD-3-Clause
//
// Potentials of 75 to 150 ms above 50 uV, multifocal and asynchronous (Frauscher 2014, doi 10.5665/sleep.3586); excessive
// (EFM): 5 or more a minute in 20 minutes or more of NREM sleep (AASM through ATS Quick Hits). FMI (Lins 1993): 3-s
// mini-epochs with a potential per hour. Not said in what was read: whether the 20 minutes are contiguous, and whether
// channels are counted together. Both readings of each are told.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/events/regions_active.hpp"
#include "libpsg/events/stage_groups.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options {
    double min_burst_ms = 75, max_burst_ms = 150, edge_ms = 20;
    double min_amplitude_uv = 50;
    std::string amplitude = "peak";
    double on_ratio = 4;
    double alone_ms = 200;
    int max_near = 2;
    double near_s = 1.5;
    int min_phases = 4;
    int per_minute = 5;
    double excessive_min = 20;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string frauscher = "Frauscher 2014", proposed = "proposed", aasm = "AASM (ATS Quick Hits)";
    static const std::vector<OptionSpec<O>> list{
        {{"min_burst_ms", "ms", "", frauscher, "shortest potential", {}, 20, 1000}, &O::min_burst_ms},
        {{"max_burst_ms", "ms", "", frauscher + ", AASM", "longest potential", {}, 20, 1000}, &O::max_burst_ms},
        {{"edge_ms", "ms", "", proposed, "lengths are known to this: a potential may be so much shorter or longer", {}, 0, 100}, &O::edge_ms},
        {{"min_amplitude_uv", "uV", "", frauscher + "; FMI25: 25", "a potential exceeds this", {}, 1, 1000}, &O::min_amplitude_uv},
        {{"amplitude", "", "", proposed, "amplitude is the largest sample, or from the lowest to the highest", {"peak", "peak_to_peak"}}, &O::amplitude},
        {{"on_ratio", "", "", proposed, "a potential rises to this many times the resting level (rms)", {}, 1, 100}, &O::on_ratio},
        {{"alone_ms", "ms", "", proposed, "no other activity of the muscle is this near", {}, 0, 5000}, &O::alone_ms},
        {{"max_near", "", "", proposed, "more other bursts of the muscle (of head and trunk: of all their muscles), a third as strong or stronger, than this near a potential make it a part of something longer, as words are of speech", {}, 0, 100}, &O::max_near},
        {{"near_s", "s", "", proposed, "... within this to either side", {}, 0, 60}, &O::near_s},
        {{"min_phases", "", "", proposed, "what swings less often than this and is shorter than a potential is a spike: of its swings above 20 Hz those of a tenth of the largest count", {}, 0, 100}, &O::min_phases},
        {{"per_minute", "", "", aasm, "potentials that make a minute positive", {}, 1, 1000}, &O::per_minute},
        {{"excessive_min", "min", "", aasm, "positive minutes of NREM sleep that are excessive", {}, 1, 600}, &O::excessive_min}};
    return list;
}

std::vector<MuscleBurst> bursts_in(const Muscles::Muscle& m, const Options& options) {
    BurstLimits limits;
    limits.on_ratio = options.on_ratio;
    limits.on_uv = options.min_amplitude_uv / 5;  // the root mean square of 50 ms of so high a potential is no less
    limits.off_ratio = 2;
    limits.off_peak_fraction = 0.15;
    limits.smoothing_ms = 30;
    return bursts_of(*m.activity, limits);
}

bool is_axial(Role role) { return *region_of(role) == Region::axial; }

// Are other muscles of head and trunk active, too, or were they until 0.1 s before?
bool others_work(const Muscles& muscles, const std::vector<std::vector<MuscleBurst>>& bursts, std::size_t place, const Interval& potential) {
    for (std::size_t m = 0; m < bursts.size(); ++m) {
        if (m == place || !is_axial(muscles.all()[m].role)) continue;
        const auto b = std::partition_point(bursts[m].begin(), bursts[m].end(), [&](const MuscleBurst& x) { return x.extent.offset <= potential.onset - 100ms; });
        if (b != bursts[m].end() && b->extent.onset < potential.offset) return true;
    }
    return false;
}

// Is it one of four or more twitches of the trunk in a row, a third as strong or stronger, that keep time as hiccups do: every 2 to
// 6 s, the longest interval no more than 1.5 times the shortest (proposed)? Frequent potentials of myoclonus have no rhythm.
bool hiccups(const std::vector<MuscleBurst>& bursts, std::size_t place) {
    constexpr std::ptrdiff_t row = 4;
    std::vector<Time> onsets;
    std::ptrdiff_t own = 0;
    const Time onset = bursts[place].extent.onset, reach = 6s * (row - 1);
    for (const MuscleBurst& b : bursts) {
        if (b.extent.onset < onset - reach || b.extent.onset > onset + reach || 3 * b.peak_uv < bursts[place].peak_uv) continue;
        if (b.extent.onset == onset) own = static_cast<std::ptrdiff_t>(onsets.size());
        onsets.push_back(b.extent.onset);
    }
    const auto count = static_cast<std::ptrdiff_t>(onsets.size());
    for (std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, own - row + 1); first <= own && first + row <= count; ++first) {
        Time shortest = Time::max(), longest{0};
        for (std::ptrdiff_t k = first + 1; k < first + row; ++k) {
            const Time interval = onsets[static_cast<std::size_t>(k)] - onsets[static_cast<std::size_t>(k - 1)];
            shortest = std::min(shortest, interval);
            longest = std::max(longest, interval);
        }
        if (shortest >= 2s && longest <= 6s && 2 * longest <= 3 * shortest) return true;
    }
    return false;
}

std::vector<Event> potentials(const Muscles& muscles, const std::vector<std::vector<MuscleBurst>>& of_all, std::size_t place, const IntervalSet& seen, const IntervalSet& taken, const Options& options) {
    const Muscles::Muscle& m = muscles.all()[place];
    const std::vector<MuscleBurst>& bursts = of_all[place];
    const Time alone = from_seconds(options.alone_ms * 1e-3);
    std::vector<Event> list;
    for (std::size_t i = 0; i < bursts.size(); ++i) {
        const Interval& extent = bursts[i].extent;
        const double ms = seconds(extent.duration()) * 1e3;
        if (ms < options.min_burst_ms - options.edge_ms || ms > options.max_burst_ms + options.edge_ms) continue;
        if (i > 0 && extent.onset - bursts[i - 1].extent.offset < alone) continue;
        if (i + 1 < bursts.size() && bursts[i + 1].extent.onset - extent.offset < alone) continue;
        const Interval around{extent.onset - from_seconds(options.near_s), extent.offset + from_seconds(options.near_s)};
        int near = -1;  // the potential itself
        for (std::size_t k = 0; k < of_all.size(); ++k)
            if (k == place || (is_axial(m.role) && is_axial(muscles.all()[k].role)))
                for (auto b = std::partition_point(of_all[k].begin(), of_all[k].end(), [&](const MuscleBurst& x) { return x.extent.offset <= around.onset; });
                     b != of_all[k].end() && b->extent.onset < around.offset; ++b)
                    near += 3 * b->peak_uv >= bursts[i].peak_uv;
        if (near > options.max_near || (m.role == Role::trunk && hiccups(bursts, i))) continue;
        if (taken.overlaps(extent) || !seen.covers(extent)) continue;
        const Peaks peaks = peaks_of(*m.signal, extent);
        const double uv = options.amplitude == "peak" ? peaks.peak_uv : peaks.peak_to_peak_uv;
        if (!(uv > options.min_amplitude_uv)) continue;
        if (peaks.phases < options.min_phases && peaks.span < from_seconds(options.min_burst_ms * 1e-3)) continue;
        if (is_axial(m.role) && others_work(muscles, of_all, place, extent)) continue;
        if (on_the_move(muscles, extent, true)) continue;
        Event e;
        e.kind = "fragmentary_myoclonus";
        e.extent = extent;
        e.channel = m.signal->label;
        e.side = side_of(m.role);
        const auto shown = [](double x) { return std::round(x * 100) / 100; };
        e.measures = {{"peak_uv", shown(peaks.peak_uv)},
                      {"strength_ratio", shown(static_cast<double>(bursts[i].peak_uv / bursts[i].rest_uv))}};
        list.push_back(std::move(e));
    }
    return list;
}

// When a potential could be seen: no artefact of its channel hides it.
IntervalSet seen_in(const Muscles::Muscle& m, const Night& night) {
    std::vector<Interval> hidden = hidden_in(night, m.signal->label).intervals();
    for (Interval& i : hidden) i = {i.onset - 50ms, i.offset + 50ms};
    return m.activity->visible.without(IntervalSet(std::move(hidden)));
}

// Movements that are something else: no potential lies in them. What legs do for a while alone hides no other muscle.
IntervalSet movements_beside(bool leg, const Night& night) {
    static const std::set<std::string> of_legs{"alternating_leg_muscle_activation", "hypnagogic_foot_tremor",
                                               "high_frequency_leg_movements", "tonic_leg_activity"};
    std::vector<Interval> list;
    for (const Event& e : night.events)
        if (e.kind != "arousal" && e.kind != "awakening" && !e.kind.ends_with("artefact") &&
            (leg || !of_legs.contains(e.kind)))
            list.push_back({e.extent.onset - 50ms, e.extent.offset + 50ms});
    return IntervalSet(std::move(list));
}

std::vector<Time> onsets_of(const EventList& events, const std::string& channel) {
    std::vector<Time> onsets;
    for (const Event& e : events)
        if (channel == "all" || e.channel == channel) onsets.push_back(e.extent.onset);
    std::sort(onsets.begin(), onsets.end());
    return onsets;
}

int count_in(const std::vector<Time>& onsets, const Interval& i) {
    return static_cast<int>(std::lower_bound(onsets.begin(), onsets.end(), i.offset) -
                            std::lower_bound(onsets.begin(), onsets.end(), i.onset));
}

// Whole pieces of a state, those of which more than half could be seen (proposed): a pop of the electrode costs no minute.
std::vector<Interval> pieces_seen(const IntervalSet& seen, const IntervalSet& state, Time length) {
    std::vector<Interval> pieces = whole_pieces(state, length);
    auto from = seen.intervals().begin();
    std::erase_if(pieces, [&](const Interval& p) {
        while (from != seen.intervals().end() && from->offset <= p.onset) ++from;
        Time sum{0};
        for (auto i = from; i != seen.intervals().end() && i->onset < p.offset; ++i)
            sum += std::min(i->offset, p.offset) - std::max(i->onset, p.onset);
        return 2 * sum <= length;
    });
    return pieces;
}

void measure(const std::string& channel, const IntervalSet& seen, const Night& night, const Options& options, Detection& found) {
    const std::vector<Time> onsets = onsets_of(found.events, channel);
    const IntervalSet time = seen.intersected(night.analysis_window());
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const auto& [stage, when] : stage_groups(night.hypnogram)) {
        const auto pieces = pieces_seen(time, when, 3s);
        double holding = 0;
        for (const Interval& p : pieces) holding += count_in(onsets, p) > 0;
        const double hours = static_cast<double>(pieces.size()) / 1200, index = hours > 0 ? holding / hours : nan;
        found.measures.push_back({"fmi", channel, stage, index, "1/h", "", "3-s mini-epochs with a potential per hour", "Lins 1993 (from memory)"});
    }
    const auto minutes = pieces_seen(time, night.hypnogram.where(is_nrem), 60s);
    double positive = 0, longest = 0, run = 0;
    Time end = Time::min();
    for (const Interval& m : minutes) {
        const bool enough = count_in(onsets, m) >= options.per_minute;
        run = !enough ? 0 : m.onset == end ? run + 1 : 1;
        end = m.offset;
        positive += enough;
        longest = std::max(longest, run);
    }
    const auto add = [&](const char* name, double value, const char* unit, const std::string& verdict, const char* text) {
        found.measures.push_back({name, channel, "NREM", minutes.empty() ? nan : value, unit, minutes.empty() ? "" : verdict, text,
                                  "AASM (ATS Quick Hits); coding proposed"});
    };
    const auto verdict = [&](double value) {
        return std::string(value >= options.excessive_min ? "excessive" : "not excessive");
    };
    add("positive_minutes", positive, "min", "", "whole minutes of NREM sleep with 5 potentials or more");
    add("efm_summed", positive >= options.excessive_min, "", verdict(positive), "1: 20 or more positive minutes in all");
    add("efm_contiguous", longest >= options.excessive_min, "", verdict(longest), "1: 20 or more positive minutes in a row");
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    const Muscles muscles(night, {Role::chin, Role::masseter, Role::neck, Role::trunk, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right},
                          "fragmentary myoclonus", found.findings);
    std::erase_if(found.findings, [](const Finding& f) {  // any muscle will do
        return f.code == FindingCode::CHANNEL_NOT_FOUND;
    });
    std::vector<IntervalSet> seen;
    for (const Muscles::Muscle& m : muscles.all()) {
        seen.push_back(seen_in(m, night));
        found.at_risk = found.at_risk.united(seen.back());
    }
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "fragmentary myoclonus: no EMG channel has a signal" + muscles.lacked()});
        return found;
    }
    std::vector<std::vector<MuscleBurst>> bursts;
    for (const Muscles::Muscle& m : muscles.all()) bursts.push_back(bursts_in(m, options));
    const IntervalSet beside_legs = movements_beside(true, night), beside_others = movements_beside(false, night);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const IntervalSet& taken = is_leg(part_of(muscles.all()[i].role)) ? beside_legs : beside_others;
        for (Event& e : potentials(muscles, bursts, i, seen[i], taken, options)) found.events.push_back(std::move(e));
    }
    for (std::size_t i = 0; i < seen.size(); ++i) measure(muscles.all()[i].signal->label, seen[i], night, options, found);
    measure("all", found.at_risk, night, options, found);
    return found;
}

}  // namespace

extern const Detector fragmentary_myoclonus_detector;
const Detector fragmentary_myoclonus_detector{
    "fragmentary_myoclonus",
    "brief potentials of single muscles, their index (FMI), and whether they are excessive (EFM)",
    "Frauscher 2014, Lins 1993 and AASM through others; proposed rule, checked on simulated signals",
    "EMG of any muscle in uV; hypnogram for the indices",
    {{"fragmentary_myoclonus", "one potential of 75 to 150 ms in one muscle (proposed rule, checked on simulated signals)",
      {{"peak_uv", "uV", "largest sample above 20 Hz"},
       {"strength_ratio", "", "highest amplitude (rms of 30 ms) over the resting level"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run};

}  // namespace psg::events

// Detector of propriospinal-like myoclonus: jerks that begin in the trunk and travel along the cord at 3 to 16 m/s.
// SPDX-License-Identifier: BSD-3-Clause
//
// Montagna 1997, Vetrugno 2001, 2005, Ramos 2023: bursts of 0.2 to 2 s that start in thoracic or lumbar muscles and spread
// up and down, in relaxed wake. The test is proposed: over five jerks or more, latencies regressed on the distance of the
// muscle from the trunk; r of 0.8 or more and a velocity of 3 to 16 m/s. Distances are proposed averages, by two readings
// of what travels slowly, since the papers leave it open: all the way to the muscle, or the way along the cord alone, with
// nerves at 50 m/s. Where neither makes a line, since generator and leads lie elsewhere, it is enough that every muscle
// follows the trunk by a delay of its own in all jerks, but for one factor of the jerk (hypnic jerks know no fixed order).
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/events/regions_active.hpp"
#include "libpsg/signal/paired_sums.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using namespace std::chrono_literals;

struct Options {
    double min_burst_ms = 200, max_burst_ms = 2000, edge_ms = 30;
    double max_spread_ms = 500;
    int min_muscles = 3, min_jerks = 5;
    double min_r = 0.8, min_velocity_m_s = 2.4, max_velocity_m_s = 20, velocity_factor = 1.75, min_r_of_one = 0.7, max_unsteady = 0.25;
    double on_ratio = 4, on_uv = 10;
};

const std::vector<OptionSpec<Options>>& specs() {
    using O = Options;
    static const std::string proposed = "proposed", ramos = "Ramos 2023 (0.5 to 1.9 s), others (0.2 to 2 s)", montagna = "Montagna 1997 (3 to 16 m/s), a quarter wider since distances are averages";
    static const std::vector<OptionSpec<O>> list{
        {{"min_burst_ms", "ms", "", ramos, "shortest burst of the trunk", {}, 20, 5000}, &O::min_burst_ms},
        {{"max_burst_ms", "ms", "", ramos, "longest burst", {}, 20, 5000}, &O::max_burst_ms},
        {{"edge_ms", "ms", "", proposed, "lengths are known to this", {}, 0, 500}, &O::edge_ms},
        {{"max_spread_ms", "ms", "", proposed, "every muscle begins within this of the trunk", {}, 10, 2000}, &O::max_spread_ms},
        {{"min_muscles", "", "", proposed, "fewest muscles in a jerk, the trunk included, all of whose leads count as one: a cough has no more than the neck beside them", {}, 3, 20}, &O::min_muscles},
        {{"min_jerks", "", "", proposed, "fewest jerks in a night that can be told", {}, 2, 1000}, &O::min_jerks},
        {{"min_r", "", "", proposed, "least correlation of latency and distance over all jerks", {}, 0, 1}, &O::min_r},
        {{"min_velocity_m_s", "m/s", "", montagna, "slowest spread", {}, 0.1, 100}, &O::min_velocity_m_s},
        {{"max_velocity_m_s", "m/s", "", montagna, "fastest spread", {}, 0.1, 100}, &O::max_velocity_m_s},
        {{"velocity_factor", "", "", proposed, "the fastest jerk over the slowest", {}, 1, 10}, &O::velocity_factor},
        {{"min_r_of_one", "", "", proposed, "least correlation of latency and distance in one jerk", {}, 0, 1}, &O::min_r_of_one},
        {{"max_unsteady", "", "", proposed, "where distances make no line: delays differ from the muscles' own by this part of them (rms)", {}, 0, 1}, &O::max_unsteady},
        {{"on_ratio", "", "", proposed, "a burst rises to this many times the resting level (rms)", {}, 1, 100}, &O::on_ratio},
        {{"on_uv", "uV", "", proposed, "... and to this", {}, 0, 1000}, &O::on_uv}};
    return list;
}

// From the trunk's muscles to others.
struct Path {
    double slow_m = 0;  // at the jerk's velocity
    double nerve_m = 0;  // at that of motor nerves
};
constexpr double nerve_m_s = 50;
enum class Reading { whole_way, cord_alone };
constexpr Reading readings[]{Reading::whole_way, Reading::cord_alone};

Path path_to(Role role, Reading reading) {
    const bool whole = reading == Reading::whole_way;
    switch (role) {
        case Role::trunk: return {};
        case Role::neck: return whole ? Path{0.35, 0} : Path{0.3, 0.1};
        case Role::arm_left:
        case Role::arm_right: return whole ? Path{0.65, 0} : Path{0.25, 0.45};
        default: return whole ? Path{0.95, 0} : Path{0.15, 0.85};
    }
}

struct Member {
    std::size_t muscle;
    MuscleBurst burst;
};
using Candidate = std::vector<Member>;  // the trunk first

struct Line {
    double r = 0, velocity_m_s = 0;
};

Time latency(const Candidate& jerk, const Member& m) { return m.burst.extent.onset - jerk.front().burst.extent.onset; }

// Least squares of latency on distance.
std::optional<Line> regress(const std::vector<const Candidate*>& jerks, const Muscles& muscles, Reading reading) {
    signal::PairedSums sums;
    for (const Candidate* jerk : jerks)
        for (const Member& m : *jerk) {
            const Role role = muscles.all()[m.muscle].role;
            if (role == Role::trunk && &m != &jerk->front()) continue;  // near the generator, nobody knows how far
            const Path path = path_to(role, reading);
            sums.add(path.slow_m, seconds(latency(*jerk, m)) - path.nerve_m / nerve_m_s);
        }
    if (!(sums.sxx() > 0 && sums.syy() > 0 && sums.sxy() > 0)) return std::nullopt;
    return Line{sums.correlation(), sums.sxx() / sums.sxy()};
}

std::vector<Candidate> candidates(const Muscles& muscles, const Options& options) {
    BurstLimits limits;
    limits.on_ratio = options.on_ratio;
    limits.on_uv = options.on_uv;
    limits.off_ratio = 2;
    limits.off_peak_fraction = 0.1;
    limits.join_ms = 80;
    limits.smoothing_ms = 30;
    limits.min_ms = 75;
    std::vector<std::vector<MuscleBurst>> bursts;
    for (const Muscles::Muscle& m : muscles.all()) bursts.push_back(bursts_of(*m.activity, limits));
    const Time spread = from_seconds(options.max_spread_ms * 1e-3), back = 15ms;
    std::vector<Candidate> all;
    for (std::size_t t = 0; t < bursts.size(); ++t) {
        if (muscles.all()[t].role != Role::trunk) continue;
        for (const MuscleBurst& b : bursts[t]) {
            const double ms = seconds(b.extent.duration()) * 1e3;
            if (ms < options.min_burst_ms - options.edge_ms || ms > options.max_burst_ms + options.edge_ms) continue;
            Candidate jerk{{t, b}};
            bool first = true;
            for (std::size_t m = 0; m < bursts.size() && first; ++m) {
                if (m == t) continue;
                auto k = std::partition_point(bursts[m].begin(), bursts[m].end(), [&](const MuscleBurst& o) { return o.extent.offset <= b.extent.onset - back; });
                if (k == bursts[m].end() || k->extent.onset > b.extent.onset + spread) continue;
                const bool trunk = muscles.all()[m].role == Role::trunk;
                first = k->extent.onset >= b.extent.onset - back || (trunk && k->extent.onset >= b.extent.onset - 100ms);
                if (trunk && k->extent.onset < b.extent.onset) first = false;  // that channel leads: it makes the candidate
                jerk.push_back({m, *k});
            }
            std::set<std::size_t> apart;  // from each other: the trunk is one
            for (const Member& m : jerk) apart.insert(muscles.all()[m.muscle].role == Role::trunk ? t : m.muscle);
            if (first && apart.size() >= static_cast<std::size_t>(options.min_muscles)) all.push_back(std::move(jerk));
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a[0].burst.extent.onset < b[0].burst.extent.onset; });
    // two trunk channels that begin at once make one jerk
    all.erase(std::unique(all.begin(), all.end(), [&](const Candidate& a, const Candidate& b) { return b[0].burst.extent.onset - a[0].burst.extent.onset < spread; }), all.end());
    return all;
}

// The jerks that spread in order and at nearly one velocity, as those of one generator do: the largest group whose velocities
// lie within a factor. Other movements that happen to begin in the trunk spread at any velocity.
std::vector<const Candidate*> most_alike(const std::vector<Candidate>& all, const Muscles& muscles, Reading reading, const Options& options) {
    std::vector<std::pair<double, const Candidate*>> by_velocity;
    for (const Candidate& c : all) {
        const auto line = regress({&c}, muscles, reading);
        if (line && line->r >= options.min_r_of_one && line->velocity_m_s > options.min_velocity_m_s / 1.6 &&
            line->velocity_m_s < 1.6 * options.max_velocity_m_s)
            by_velocity.emplace_back(line->velocity_m_s, &c);
    }
    std::sort(by_velocity.begin(), by_velocity.end());
    std::size_t first = 0, count = 0;
    for (std::size_t i = 0, k = 0; i < by_velocity.size(); ++i) {
        while (k < by_velocity.size() && by_velocity[k].first <= options.velocity_factor * by_velocity[i].first) ++k;
        if (k - i > count) first = i, count = k - i;
    }
    std::vector<const Candidate*> group;
    for (std::size_t i = first; i < first + count; ++i) group.push_back(by_velocity[i].second);
    return group;
}

// Jerks in which every muscle follows the trunk by a delay of its own, but for one factor of the jerk.
std::vector<const Candidate*> same_delays(const std::vector<Candidate>& all, const Options& options) {
    std::vector<const Candidate*> jerks;
    for (const Candidate& c : all) jerks.push_back(&c);
    for (int round = 0; round < 3; ++round) {
        std::map<std::size_t, std::vector<float>> delays;
        for (const Candidate* jerk : jerks)
            for (const Member& m : *jerk) delays[m.muscle].push_back(static_cast<float>(seconds(latency(*jerk, m))));
        std::map<std::size_t, double> usual;
        for (const auto& [muscle, list] : delays) usual[muscle] = static_cast<double>(signal::median(list));
        // of as many delays as a jerk has one goes into its factor
        std::erase_if(jerks, [&](const Candidate* jerk) {
            double tt = 0, tu = 0, uu = 0, n = 0;
            for (const Member& m : *jerk) {
                const double t = seconds(latency(*jerk, m)), u = usual[m.muscle];
                tt += t * t, tu += t * u, uu += u * u, n += u > 0;
            }
            if (!(tu > 0) || n < 2) return true;
            const double factor = tu / uu, left = std::max(0.0, tt - tu * tu / uu) / (n - 1);
            return left > options.max_unsteady * options.max_unsteady * tt / n || factor > options.velocity_factor || factor * options.velocity_factor < 1;
        });
    }
    return jerks;
}

// The jerks that one generator explains, with the line of them all.
struct Propriospinal {
    std::vector<const Candidate*> jerks;
    Reading reading = Reading::whole_way;
    Line line;
};

Propriospinal propriospinal(const std::vector<Candidate>& all, const Muscles& muscles, const Options& options) {
    Propriospinal best;
    const auto take = [&](std::vector<const Candidate*> jerks, Reading reading, double min_r) {
        if (jerks.size() < std::max<std::size_t>(static_cast<std::size_t>(options.min_jerks), best.jerks.size() + 1)) return;
        const auto line = regress(jerks, muscles, reading);
        if (line && line->r >= min_r && line->velocity_m_s >= options.min_velocity_m_s && line->velocity_m_s <= options.max_velocity_m_s)
            best = {std::move(jerks), reading, *line};
    };
    for (const Reading reading : readings) take(most_alike(all, muscles, reading, options), reading, options.min_r);
    if (best.jerks.empty())
        for (const Reading reading : readings) take(same_delays(all, options), reading, 0);
    return best;
}

Detection run(const Night& night, const OptionValues& values) {
    const Options options = parse_options(specs(), values);
    Detection found;
    Findings about;
    const Muscles muscles(night, {Role::trunk, Role::neck, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right}, "propriospinal myoclonus", about);
    IntervalSet trunk, other;
    for (const Muscles::Muscle& m : muscles.all()) {
        IntervalSet& set = m.role == Role::trunk ? trunk : other;
        set = set.united(m.activity->visible);
    }
    for (Finding& f : about)
        if (f.code != FindingCode::CHANNEL_NOT_FOUND || f.field == role_name(Role::trunk)) found.findings.push_back(std::move(f));
    found.at_risk = trunk.intersected(other);
    found.ran = !found.at_risk.empty();
    if (!found.ran) {
        found.findings.push_back({FindingCode::DETECTOR_NOT_RUN, "propriospinal myoclonus: EMG of the trunk and of neck, arms or legs is needed" + muscles.lacked()});
        return found;
    }
    IntervalSet rhythms;  // of the body: the muscles of each swing keep their order, too
    for (const Event& e : night.events)
        if (e.kind == "rhythmic_movement") rhythms.add(e.extent);
    std::vector<Candidate> all = candidates(muscles, options);
    std::erase_if(all, [&](const Candidate& c) { return rhythms.overlaps(c.front().burst.extent) || on_the_move(muscles, c.front().burst.extent, true); });
    const auto [fitting, reading, line] = propriospinal(all, muscles, options);
    for (const Candidate* jerk : fitting) {
        Event e;
        e.kind = "propriospinal_myoclonus";
        e.extent = jerk->front().burst.extent;
        Time last = e.extent.onset;
        float peak = 0;
        for (const Member& m : *jerk) {
            e.channel += (e.channel.empty() ? "" : "+") + muscles.all()[m.muscle].signal->label;
            e.extent.onset = std::min(e.extent.onset, m.burst.extent.onset);
            e.extent.offset = std::max(e.extent.offset, m.burst.extent.offset);
            last = std::max(last, m.burst.extent.onset);
            peak = std::max(peak, m.burst.peak_uv);
        }
        const auto shown = [](double x) { return std::round(x * 100) / 100; };
        const auto own = regress({jerk}, muscles, reading);
        e.measures = {{"muscles", static_cast<double>(jerk->size())},
                      {"onset_spread_ms", shown(seconds(last - e.extent.onset) * 1e3)},
                      {"velocity_m_s", own ? shown(own->velocity_m_s) : std::nan("")},
                      {"night_velocity_m_s", shown(line.velocity_m_s)},
                      {"night_r", shown(line.r)},
                      {"night_jerks", static_cast<double>(fitting.size())},
                      {"peak_uv", shown(static_cast<double>(peak))}};
        found.events.push_back(std::move(e));
    }
    return found;
}

}  // namespace

extern const Detector propriospinal_myoclonus_detector;
const Detector propriospinal_myoclonus_detector{
    "propriospinal_myoclonus",
    "jerks that begin in the trunk and spread slowly to neck, arms and legs (propriospinal-like)",
    "Montagna 1997, Ramos 2023; proposed rule, checked on simulated signals",
    "EMG of the trunk and of at least two of neck, arms, legs, in uV",
    {{"propriospinal_myoclonus",
      "jerk that begins in the trunk and spreads at 3 to 16 m/s (proposed rule, checked on simulated signals)",
      {{"muscles", "", "muscles that took part"},
       {"onset_spread_ms", "ms", "from the first to the last muscle's onset"},
       {"velocity_m_s", "m/s", "of this jerk, from proposed average distances"},
       {"night_velocity_m_s", "m/s", "of all jerks of the night"},
       {"night_r", "", "correlation of latency and distance over all jerks of the night"},
       {"night_jerks", "", "jerks of the night that one generator explains"},
       {"peak_uv", "uV", "highest amplitude (rms of 30 ms above 20 Hz)"}}}},
    describe(specs()),
    [](const OptionValues& values) { return option_values(specs(), parse_options(specs(), values)); },
    run};

}  // namespace psg::events

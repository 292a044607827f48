// Every detector of the list on recordings without a signal, without channels, with gaps: clean, and with names of what lacks.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <set>

#include "libpsg/events/registry.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();

// White noise of a few uV, the same on every machine; different in every channel.
std::vector<float> noise(std::size_t n, std::uint64_t seed) {
    std::vector<float> x(n);
    std::uint64_t state = seed * 0x9e3779b97f4a7c15 + 1;
    for (float& v : x) {
        state = state * 6364136223846793005 + 1442695040888963407;
        v = static_cast<float>(static_cast<double>(state >> 40) / 16777216.0 - 0.5) * 8;
    }
    return x;
}

// A night with every role but `without`, of all stages; `value` in every sample, or noise where there is none.
Night night_of(std::optional<float> value, const std::vector<Interval>& segments, const std::set<Role>& without = {}) {
    Night night;
    night.segments = segments;
    for (const Role role : all_roles()) {
        if (without.count(role)) continue;
        Signal s;
        s.channel = static_cast<int>(role);
        s.label = "the " + std::string(role_name(role));
        s.unit = "uV";
        s.rate = SampleRate::hertz(256);
        s.step = 0.1;
        for (const Interval& i : segments) {
            const auto n = static_cast<std::size_t>(s.rate.samples_in(i.duration()));
            s.stretches.push_back({i.onset, value ? std::vector<float>(n, *value) : noise(n, static_cast<std::uint64_t>(role))});
        }
        night.signals.push_back({role, role == Role::eeg ? "C3" : "", s});
    }
    const Stage cycle[] = {Stage::W, Stage::N1, Stage::N2, Stage::N3, Stage::R};
    if (!segments.empty())
        for (Time t{0}; t + 30s <= segments.back().offset; t += 30s) night.hypnogram.stages.push_back(cycle[(t / 30s) % 5]);
    return night;
}

std::set<Role> all() { return {all_roles().begin(), all_roles().end()}; }

// All that a detector said.
std::string said_by(const DetectorRun& run) {
    std::string text;
    for (const Finding& f : run.detection.findings) text += f.message + " [" + f.field + "] '" + f.label + "'\n";
    return text;
}

bool names_one_of(const std::string& text, const std::set<Role>& roles) {
    return std::any_of(roles.begin(), roles.end(), [&](Role r) { return text.find(role_name(r)) != std::string::npos; });
}

}  // namespace

TEST_CASE("Every detector runs clean where there is no signal, and names the channel that it lacked", "[clean]") {
    const std::vector<Interval> short_night{{0s, 150s}}, gapped{{0s, 70s}, {75s, 75s + 4ms}, {100s, 190s}};
    struct Recording {
        const char* name;
        Night night;
    };
    Recording recordings[] = {{"no recording", Night{}},
                                    {"no channels", night_of(0, short_night, all())},
                                    {"no time", night_of(0, {})},
                                    {"empty stretches", night_of(0, {{0s, 0s}, {5s, 5s}})},
                                    {"flat", night_of(0, short_night)},
                                    {"flat with an offset", night_of(37.3F, short_night)},
                                    {"flat with gaps", night_of(-12, gapped)},
                                    {"no numbers", night_of(nan_f, short_night)},
                                    {"infinite", night_of(std::numeric_limits<float>::infinity(), short_night)}};
    for (Recording& r : recordings) {
        const DetectionRun run = run_detectors(r.night, {});
        REQUIRE(run.by_detector.size() == all_detectors().size());
        for (const Event& e : run.events) CHECK(e.kind == "artefact");  // a flat channel is one
        for (const DetectorRun& d : run.by_detector) {
            INFO(r.name << ", " << d.detector->name << "\n" << said_by(d));
            // only a flat channel can be looked at for artefacts; everything else lacks a signal
            if (d.detection.ran) CHECK(d.detector->name == "artefacts");
            if (d.detection.ran) continue;
            CHECK(d.detection.at_risk.empty());
            CHECK(std::any_of(d.detection.findings.begin(), d.detection.findings.end(),
                              [](const Finding& f) { return f.code == FindingCode::DETECTOR_NOT_RUN; }));
            CHECK((names_one_of(said_by(d), all()) || said_by(d).find("no epoch is") != std::string::npos));
        }
    }
}

TEST_CASE("A detector that stops running for want of channels names one of them", "[clean]") {
    const std::vector<Interval> minutes{{0s, 300s}};
    std::map<std::string, bool> ran;
    Night whole = night_of({}, minutes);
    for (const DetectorRun& d : run_detectors(whole, {}).by_detector) ran[d.detector->name] = d.detection.ran;
    for (const auto& [name, did] : ran) CHECK(did);
    std::vector<std::set<Role>> cuts;
    for (const Role role : all_roles()) cuts.push_back({role});
    cuts.push_back({Role::leg_left, Role::leg_right});
    cuts.push_back({Role::chin, Role::masseter});
    cuts.push_back({Role::eeg, Role::eog_left, Role::eog_right});
    cuts.push_back({Role::arm_left, Role::arm_right, Role::neck, Role::trunk, Role::chin, Role::masseter});
    cuts.push_back({Role::arm_left, Role::arm_right, Role::neck, Role::trunk, Role::chin, Role::masseter, Role::leg_left, Role::leg_right});
    std::set<std::string> stopped;
    for (const std::set<Role>& cut : cuts) {
        Night night = night_of({}, minutes, cut);
        for (const DetectorRun& d : run_detectors(night, {}).by_detector) {
            if (d.detection.ran) continue;
            stopped.insert(d.detector->name);
            INFO(d.detector->name << " without " << role_name(*cut.begin()) << "\n" << said_by(d));
            CHECK(names_one_of(said_by(d), cut));
        }
    }
    CHECK(stopped.size() > 8);
}

TEST_CASE("Gapped noise gives every detector time at risk inside the recording alone", "[clean]") {
    const std::vector<Interval> segments{{0s, 100s}, {103s, 103s + 40ms}, {140s, 390s}};
    const IntervalSet recorded(segments);
    Night night = night_of({}, segments);
    for (const DetectorRun& d : run_detectors(night, {}).by_detector) {
        INFO(d.detector->name << "\n" << said_by(d));
        CHECK(d.detection.ran);
        CHECK_FALSE(d.detection.at_risk.empty());
        CHECK(d.detection.at_risk.without(recorded).total() <= 50ms);  // the last window may reach over the end by a block
        for (const NightMeasure& m : d.detection.measures) CHECK_FALSE(std::isinf(m.value));
    }
}

TEST_CASE("A step too coarse for muscles is told, and no ratio is made of it", "[clean]") {
    Night night = night_of({}, {{0s, 300s}});
    for (RoleSignal& s : night.signals) {
        s.signal.step = 31.25;
        for (Signal::Stretch& t : s.signal.stretches)
            for (float& v : t.samples) v = 31.25F * std::round(10 * v / 31.25F);  // mostly zero, now and then one step
    }
    const DetectionRun run = run_detectors(night, {});
    for (const DetectorRun& d : run.by_detector) {
        INFO(d.detector->name << "\n" << said_by(d));
        if (d.detector->name == "artefacts" || d.detector->needs.find("EMG") == std::string::npos || d.detector->needs.find("EEG") != std::string::npos) continue;
        CHECK((d.detection.ran == false && names_one_of(said_by(d), all())));
    }
    for (const Event& e : run.events) {
        INFO(e.kind);
        CHECK_FALSE(e.number("strength_ratio") > 1e6);
    }
}

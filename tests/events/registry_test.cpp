// Every detector of the list, on nights that have nothing to find, and the running of them all.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/registry.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <set>

#include "libpsg/events/explanation.hpp"
#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

// A night of all roles with a constant value; `stretches` as given.
Night night_of(float value, const std::vector<Interval>& segments) {
    Night night;
    night.segments = segments;
    for (Role role : all_roles()) {
        Signal s;
        s.label = std::string(role_name(role));
        s.unit = "uV";
        s.rate = SampleRate::hertz(256);
        s.step = 0.1;
        for (const Interval& i : segments)
            s.stretches.push_back({i.onset, std::vector<float>(static_cast<std::size_t>(s.rate.samples_in(i.duration())), value)});
        night.signals.push_back({role, "", s});
    }
    if (!segments.empty())
        night.hypnogram.stages.assign(static_cast<std::size_t>(segments.back().offset / 30s), Stage::N2);
    return night;
}

}  // namespace

TEST_CASE("every detector is described in full") {
    std::set<std::string> names, classes;
    for (const Detector* d : all_detectors()) {
        INFO(d->name);
        CHECK(names.insert(d->name).second);
        CHECK_FALSE(d->text.empty());
        CHECK_FALSE(d->reference.empty());
        CHECK_FALSE(d->needs.empty());
        REQUIRE_FALSE(d->classes.empty());
        for (const EventClass& c : d->classes) CHECK(classes.insert(c.name).second);
        const auto values = d->resolve({});
        for (const OptionInfo& o : d->options) {
            INFO(o.name);
            CHECK_FALSE(o.source.empty());
            CHECK_FALSE(o.text.empty());
            CHECK(values.at(o.name) == o.fallback);
            CHECK_NOTHROW(d->resolve({{o.name, o.fallback}}));
        }
        CHECK_THROWS_AS(d->resolve({{"no_such_parameter", "1"}}), UsageError);
    }
}

TEST_CASE("nights with nothing to find give no events and no crash") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<Interval> gapped{{0s, 40s}, {45s, 45s + 4ms}, {100s, 190s}};
    const std::vector<Interval> empty_first{{0s, 0s}, {5s, 5s + 20ms}, {40s, 100s}};
    for (Night night : {night_of(0, {}), night_of(0, empty_first), night_of(0, {{0s, 120s}}), night_of(nan, {{0s, 120s}}), night_of(7, gapped),
                               night_of(std::numeric_limits<float>::infinity(), {{0s, 60s}}), Night{}}) {
        const DetectionRun run = run_detectors(night, {});
        for (const Event& e : run.events) CHECK(e.kind == "artefact");  // a flat channel is one
        CHECK(run.by_detector.size() == all_detectors().size());
        for (const DetectorRun& d : run.by_detector)
            if (!d.detection.ran) CHECK_FALSE(d.detection.findings.empty());  // and says why
    }
}

TEST_CASE("imported movements take the place of the detector") {
    Night night = night_of(0, {{0s, 300s}});
    for (int i = 0; i < 5; ++i) {
        Event e;
        e.kind = "leg_movement";
        e.side = Side::left;
        e.id = "mine-" + std::to_string(i);
        e.extent = {20s * i, 20s * i + 2s};
        night.events.push_back(e);
    }
    night.at_risk["leg_movement"] = IntervalSet(night.segments);
    const DetectionRun run = run_detectors(night, {{"leg_movement", "periodic_leg_movement"}, {}});
    REQUIRE(run.events.size() == 10);
    CHECK(run.events[0].id.starts_with("mine-"));
    int periodic = 0;
    for (const Event& e : run.events) {
        CHECK(e.stage == Stage::N2);
        periodic += e.kind == "periodic_leg_movement";
    }
    CHECK(periodic == 5);
}

TEST_CASE("given movements that begin outside the recording are in no series") {
    Night night = night_of(0, {{0s, 300s}});
    for (const Time onset : {Time(-20s), Time(10s), Time(30s), Time(50s), Time(300s)}) {
        Event e;
        e.kind = "leg_movement";
        e.side = Side::left;
        e.extent = {onset, onset + 2s};
        night.events.push_back(e);
    }
    night.at_risk["leg_movement"] = IntervalSet(night.segments);
    const DetectionRun run = run_detectors(night, {});
    CHECK(std::count_if(run.events.begin(), run.events.end(),
                        [](const Event& e) { return e.kind == "nonperiodic_leg_movement"; }) == 3);
    CHECK(std::none_of(run.events.begin(), run.events.end(),
                       [](const Event& e) { return e.kind == "periodic_leg_movement"; }));
    for (const Event& e : run.events)
        if (e.extent.onset == 300s) {
            const auto rules = explain(e.id, night, run);
            CHECK(rules.back().verdict == "no");
            CHECK(rules.back().text.find("outside the recording") != std::string::npos);
        }
}

TEST_CASE("rules that score sleep only are not applied where no epoch is staged") {
    Night night = night_of(0, {{0s, 300s}});
    for (Stage& s : night.hypnogram.stages) s = Stage::unknown;
    night.at_risk["leg_movement"] = IntervalSet(night.segments);
    const DetectorChoice aasm{{}, {{"plm_series", {{"standard", "aasm"}}}}};
    const auto series = [&] {
        for (const DetectorRun& d : run_detectors(night, aasm).by_detector)
            if (d.detector->name == "plm_series") return d.detection;
        throw std::logic_error("no series");
    };
    CHECK_FALSE(series().ran);
    REQUIRE(series().findings.size() == 1);
    CHECK(series().findings[0].code == FindingCode::DETECTOR_NOT_RUN);
    night.hypnogram.stages[0] = Stage::W;
    night.hypnogram.stages[1] = Stage::N2;
    CHECK(series().ran);
    CHECK(series().at_risk == IntervalSet({{30s, 60s}}));
}

TEST_CASE("unknown classes, detectors and parameters are refused") {
    Night night;
    CHECK_THROWS_AS(run_detectors(night, {{"leg_movment"}, {}}), UsageError);
    CHECK_THROWS_AS(run_detectors(night, {{}, {{"nobody", {{"x", "1"}}}}}), UsageError);
    CHECK_THROWS_AS(run_detectors(night, {{}, {{"plm_series", {{"nothing", "1"}}}}}), UsageError);
    CHECK_THROWS_AS(run_detectors(night, {{}, {{"plm_series", {{"standard", "aasm2050"}}}}}), UsageError);
}

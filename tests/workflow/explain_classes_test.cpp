// A simulated night with every class of movement, explained: each rule has its value and limit, no detected event failed one.
// SPDX-License-Identifier: BSD-3-Clause
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "libpsg/events/explanation.hpp"
#include "libpsg/workflow/score_night.hpp"
#include "libpsg/workflow/write_simulation.hpp"

using namespace psg;
namespace fs = std::filesystem;

namespace {

// Two hours with every class, scored with the true hypnogram.
workflow::ScoredNight full_night() {
    std::string folder = (fs::temp_directory_path() / "psg-explain-XXXXXX").string();
    if (!::mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
    simulate::SimulationOptions options;
    options.seed = 4;
    options.hours = 2;
    options.eeg_rate_hz = 128;
    options.emg_rate_hz = 256;
    options.ecg_rate_hz = 128;
    options.montage = "full";
    options.hypnic_jerks = 6;
    options.alternating_legs = options.foot_tremor = options.high_frequency_legs = options.rhythmic_movements = 2;
    options.tonic_legs = options.bruxism = options.large_movements = options.propriospinal_myoclonus = 2;
    options.neck_myoclonus = 10;
    options.fragmentary_myoclonus = 20;
    options.rem_tonic_activity = 4;
    const auto files = workflow::write_simulation(options, folder + "/n.edf", false);
    workflow::NightInputs inputs;
    inputs.recordings = {files.recording};
    inputs.hypnogram = files.hypnogram;
    workflow::ScoredNight night;
    night.opened = workflow::open_night(inputs, workflow::scored_roles());
    workflow::stage(night, workflow::choose_model(""));
    workflow::detect(night, {});
    fs::remove_all(folder);
    return night;
}

}  // namespace

TEST_CASE("Every class is explained by its rules", "[explain]") {
    const workflow::ScoredNight night = full_night();
    std::map<std::string, int> seen, limited;
    int outside = 0;  // begin in the epoch before or after the time in which their rule looks
    for (const Event& e : night.detection.events) {
        const auto rules = events::explain(e.id, night.opened.night, night.detection);
        INFO(e.id);
        REQUIRE(rules.size() > 5);
        ++seen[e.kind];
        if (e.kind.ends_with("leg_movement") || e.kind == "leg_artefact") continue;  // explain_test.py
        CHECK(std::any_of(rules.begin(), rules.end(), [](const auto& r) { return r.rule == "basis" && r.text == "proposed rule, checked on simulated signals"; }));
        const auto met = [&](const char* name) {
            return std::any_of(rules.begin(), rules.end(), [&](const auto& r) { return r.rule == name && r.verdict == "passed"; });
        };
        outside += !met("signal");
        CHECK((met("signal") || !met("time")));
        for (const events::ExplainedRule& r : rules) {
            INFO(r.rule << " " << r.value << " " << r.limit << " " << r.text);
            CHECK(r.verdict != "failed");
            if (r.limit.empty()) continue;
            CHECK(r.limit.find_first_of("0123456789") != std::string::npos);  // a limit that is a number
            CHECK(r.limit.back() != ' ');
            for (const std::string& text : {r.value, r.limit})  // 0.055 and not 0.05499999999999999
                CHECK((text.find("99999999") == std::string::npos && text.find("00000000") == std::string::npos));
            CHECK((r.value.empty() == (r.verdict == "not tested")));
            CHECK(r.text.find("; ") != std::string::npos);  // the parameter in words
            ++limited[e.kind];
        }
        if (e.kind == "hypnic_jerk")
            for (const char* name : {"chance_per_min", "waveform_r", "interval_cv"})  // what else they could be, beside its limit
                CHECK(std::any_of(rules.begin(), rules.end(), [&](const auto& r) { return r.rule == name && !r.limit.empty(); }));
        for (const Measure& m : e.measures)  // none is left out
            if (m.name != "alternatives" && m.name != "part_of")
                CHECK(std::any_of(rules.begin(), rules.end(), [&](const auto& r) { return r.rule == m.name; }));
    }
    std::set<std::string> without_limit{"artefact", "heart_beat_artefact", "leg_artefact", "rem_tonic_activity"};  // what decides is no measure of the event
    for (const events::Detector* d : events::all_detectors())
        for (const events::EventClass& c : d->classes) {
            if (!seen.count(c.name)) {
                WARN("no " << c.name << " in this night");
                continue;
            }
            INFO(c.name);
            if (c.name.ends_with("leg_movement") || without_limit.count(c.name)) continue;
            CHECK(limited[c.name] >= seen[c.name]);
        }
    CHECK(seen.size() >= 17);
    CHECK(outside <= 4);
}

TEST_CASE("A limit that an event does not meet fails", "[explain]") {
    workflow::ScoredNight night;
    Night& n = night.opened.night;
    n.segments = {{Time(0), from_seconds(300)}};
    n.hypnogram.stages.assign(10, Stage::W);
    Event e;
    e.kind = "fragmentary_myoclonus";
    e.extent = {from_seconds(100), from_seconds(100.5)};  // given, too long, and without measures
    n.events = {e};
    n.at_risk["fragmentary_myoclonus"] = IntervalSet(n.segments);
    e.kind = "large_muscle_group_movement";
    e.extent = {from_seconds(200), from_seconds(210)};
    n.events.push_back(e);
    n.at_risk["large_muscle_group_movement"] = IntervalSet(n.segments);
    night.detection = events::run_detectors(n, {});
    const auto verdict = [&](const char* id, const std::string& rule) {
        for (const auto& r : events::explain(id, n, night.detection))
            if (r.rule == rule) return r.verdict;
        return std::string("absent");
    };
    CHECK(verdict("fragmentary_myoclonus-1", "duration") == "failed");
    CHECK(verdict("fragmentary_myoclonus-1", "peak_uv") == "not tested");
    CHECK(verdict("large_muscle_group_movement-1", "duration") == "passed");
    CHECK(verdict("large_muscle_group_movement-1", "time") == "failed");  // it begins in wake
}

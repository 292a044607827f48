// A night whose samples stay in the file gives what it gives in memory.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <algorithm>

#include "libpsg/events/registry.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/workflow/open_night.hpp"
#include "libpsg/workflow/score_night.hpp"
#include "tests/reference.hpp"

using namespace psg;

static std::vector<std::string> told(const EventList& events) {
    std::vector<std::string> all;
    for (const Event& e : events) {
        std::string text = e.id + " " + e.channel + " " + format_seconds(e.extent.onset) + " " + format_seconds(e.extent.offset);
        for (const Measure& m : e.measures) text += " " + m.name + (std::holds_alternative<double>(m.value) ? std::to_string(std::get<double>(m.value)) : std::get<std::string>(m.value));
        all.push_back(text);
    }
    return all;
}

TEST_CASE("detectors find the same in a file, in memory, and each by itself", "[workflow]") {
    workflow::NightInputs inputs;
    inputs.recordings = {test::source_path("sample_data/night.edf")};
    inputs.companion = true;
    Night night = workflow::open_night(inputs, workflow::scored_roles()).night;
    Night in_memory = night;
    for (RoleSignal& s : in_memory.signals) s.signal = *WholeSignal(s.signal);
    CHECK(in_memory.signals[0].signal.source == nullptr);
    const auto run = events::run_detectors(night, {}), other = events::run_detectors(in_memory, {});
    CHECK(run.events.size() > 30);
    CHECK(told(run.events) == told(other.events));
    CHECK(night.activity.empty());  // lent
    for (std::size_t i = 0; i < run.by_detector.size(); ++i) {
        const events::Detector& d = *run.by_detector[i].detector;
        INFO(d.name);
        CHECK(run.by_detector[i].detection.at_risk == other.by_detector[i].detection.at_risk);
        if (d.scan && d.name != "hypnic_jerks" && d.name != "artefacts")  // those look at what others made
            CHECK(d.run(night, {}).at_risk == run.by_detector[i].detection.at_risk);
    }
}

TEST_CASE("one pass for stages and movements finds what a pass for each does", "[workflow]") {
    workflow::NightInputs inputs;
    inputs.recordings = {test::source_path("sample_data/night.edf")};
    const workflow::ChosenModel model = workflow::choose_model("");
    std::vector<std::string> steps, pieces;
    const workflow::ScoredNight once = workflow::score_recording(
        inputs, model, {}, {[&](std::string_view step) { steps.emplace_back(step); }, [&](std::string_view step) { pieces.emplace_back(step); }});
    workflow::ScoredNight apart = workflow::stage_recording(inputs, model, workflow::scored_roles());
    workflow::detect(apart, {});
    CHECK(once.opened.night.hypnogram.stages == apart.opened.night.hypnogram.stages);
    CHECK(once.detection.events.size() > 30);
    CHECK(told(once.detection.events) == told(apart.detection.events));
    CHECK(once.opened.digests == apart.opened.digests);
    REQUIRE(once.findings.size() == apart.findings.size());
    for (std::size_t i = 0; i < once.findings.size(); ++i) CHECK(once.findings[i].message == apart.findings[i].message);
    CHECK(once.opened.night.activity.empty());
    CHECK(std::count(steps.begin(), steps.end(), "samples") == 1);
    // what happens as samples pass by is told by who does it, in turn
    const std::vector<std::string> of_file{"read", "hash", "read", "hash", "read", "hash"};
    CHECK(std::search(pieces.begin(), pieces.end(), of_file.begin(), of_file.end()) != pieces.end());
    for (const char* piece : {"decode", "quality", "resample", "features", "artefacts", "arousals", "leg_movements", "hypnic_jerks", "muscle activity", "head motion"}) {
        INFO(piece);
        CHECK(std::count(pieces.begin(), pieces.end(), piece) > 1);
    }
    CHECK(std::count(pieces.begin(), pieces.end(), "") == 0);
    // what is given is not looked for, and what is wrong with the choice is told before the samples pass by
    inputs.hypnogram = test::source_path("sample_data/night.hypnogram.tsv");
    CHECK(told(workflow::score_recording(inputs, model, {}).detection.events).size() > 30);
    CHECK_THROWS_AS(workflow::score_recording(inputs, model, {{}, {{"leg_movements", {{"onset", "8"}}}}}), UsageError);
}

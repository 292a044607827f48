// Movements of trunk, neck and jaw: what is planted keeps the rules of its class, in the signal as in the truth.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>

#include "libpsg/model/error.hpp"
#include "tests/simulate/rendered_night.hpp"

using namespace psg;
using namespace psg::simulate;
using namespace std::chrono_literals;

TEST_CASE("Large movements last 3 to 45 s in at least two muscles, and some wake the sleeper", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.large_movements = 4;
    options.voluntary_movements = 10;
    options.hours = 4;
    options.montage = "full";
    options.seed = 51;
    SimulatedNight night(options);
    auto channels = render(night);
    std::size_t planted = 0, woke = 0, aroused = 0;
    for (const Event& e : of_class(night.plan(), "large_muscle_group_movement")) {
        CAPTURE(e.id);
        CHECK(e.extent.duration() > 3s);
        CHECK(e.extent.duration() < 45s);
        int active = 0;
        for (const std::string& label : labels_of(e)) {
            const bool head = label.find("-M") != std::string::npos;
            active += rms(channels[label], e.extent, head ? options.eeg_rate_hz : options.emg_rate_hz) > 12;
        }
        CHECK(active >= 2);
        if (e.text("first_muscle").empty()) continue;  // a voluntary one
        // two regions, not both legs, work together for clearly more than 3 s
        Time together{0};
        const std::vector<Burst> bursts = bursts_of(night.plan(), e);
        for (const Burst& a : bursts)
            for (const Burst& b : bursts) {
                const int ra = muscle_region(a.muscle), rb = muscle_region(b.muscle);
                if (ra >= rb || ra >= 3) continue;
                together = std::max(together, std::min(a.extent.offset, b.extent.offset) - std::max(a.extent.onset, b.extent.onset));
            }
        CHECK(together >= 4s);
        ++planted;
        aroused += e.number("aroused") == 1;
        if (e.number("woke") != 1) continue;
        ++woke;
        const Time awake = e.extent.onset + from_seconds(e.number("wake_latency_s"));
        for (const StatePiece& p : night.plan().states)
            if (p.extent.overlaps({awake + 1us, awake + 15s})) CHECK(p.stage == Stage::W);
    }
    CHECK(planted >= 12);
    CHECK(woke >= 2);
    CHECK(aroused >= 2);
}

TEST_CASE("Rhythmic movements swing at their frequency", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.rhythmic_movements = 3;
    options.hours = 3;
    options.montage = "full";
    options.seed = 52;
    SimulatedNight night(options);
    auto channels = render(night);
    const auto found = of_class(night.plan(), "rhythmic_movement");
    CHECK(found.size() >= 6);
    for (const Event& e : found) {
        CAPTURE(e.id, e.number("frequency_hz"));
        CHECK(e.number("count") >= 4);
        CHECK(e.number("frequency_hz") >= 0.5);
        CHECK(e.number("frequency_hz") <= 2);
        CHECK(rms(channels["C3-M2"], e.extent, options.eeg_rate_hz) > 0.5 * e.number("swing_uv"));
        const double before = rms(channels["Neck"], {e.extent.onset - 5s, e.extent.onset}, options.emg_rate_hz);
        CHECK(rms(channels["Neck"], e.extent, options.emg_rate_hz) > 2 * before);
    }
}

TEST_CASE("Neck myoclonus is a stripe over the head in REM sleep, seen without a neck lead as well", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.neck_myoclonus = 12;
    options.hours = 4;
    options.seed = 53;
    for (const char* montage : {"full", "standard"}) {
        options.montage = montage;
        SimulatedNight night(options);
        auto channels = render(night);
        const auto found = of_class(night.plan(), "neck_myoclonus");
        CHECK(found.size() >= 6);
        for (const Event& e : found) {
            CAPTURE(e.id, montage);
            CHECK(e.text("state") == "R");
            CHECK(e.extent.duration() >= 300ms);
            CHECK(e.extent.duration() <= 700ms);
            for (const char* label : {"C3-M2", "C4-M1"})
                CHECK(rms(channels[label], e.extent, options.eeg_rate_hz) > 0.3 * e.number("peak_uv"));
            CHECK((e.channel.find("Neck") != std::string::npos) == (options.montage == "full"));
            CHECK((e.number("missing_leads") >= 1) == (options.montage != "full"));
        }
    }
}

TEST_CASE("Propriospinal jerks spread from the trunk at their velocity", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.propriospinal_myoclonus = 1;
    options.montage = "full";
    std::size_t jerks = 0;
    for (options.seed = 54; options.seed < 57; ++options.seed) {
        const Plan plan = make_plan(options);
        for (const Event& e : of_class(plan, "propriospinal_myoclonus")) {
            ++jerks;
            CAPTURE(options.seed, e.id);
            CHECK(e.text("first_muscle") == "Rectus abdominis");
            CHECK(e.number("velocity_m_s") >= 2);
            CHECK(e.number("velocity_m_s") <= 16);
            const std::vector<Burst> bursts = bursts_of(plan, e);
            for (const Burst& b : bursts) {
                CHECK(b.extent.duration() >= 200ms);
                CHECK(b.extent.duration() <= 2s);
                const double lag = seconds(b.extent.onset - e.extent.onset);
                if (b.muscle == Muscle::leg_left) CHECK(lag == Approx(0.95 / e.number("velocity_m_s")).margin(0.007));
                if (b.muscle == Muscle::neck) CHECK(lag == Approx(0.4 / e.number("velocity_m_s")).margin(0.007));
            }
        }
    }
    CHECK(jerks >= 20);
}

TEST_CASE("Bruxism is phasic, tonic or mixed, in chin and masseter", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.bruxism = 6;
    options.swallows = options.speech = 6;
    options.hours = 5;
    options.montage = "full";
    options.seed = 55;
    SimulatedNight night(options);
    auto channels = render(night);
    std::map<std::string, int> types;
    for (const Event& e : of_class(night.plan(), "bruxism")) {
        CAPTURE(e.id, e.text("type"));
        ++types[e.text("type")];
        int longer = 0, brief = 0;
        std::vector<Burst> bursts = bursts_of(night.plan(), e);
        std::erase_if(bursts, [](const Burst& b) { return b.muscle != Muscle::masseter; });
        CHECK(static_cast<double>(bursts.size()) == e.number("count"));
        for (const Burst& b : bursts) {
            (b.extent.duration() > 2s ? longer : brief) += 1;
            CHECK(b.extent.duration() > 250ms);
            CHECK(rms(channels["Masseter"], b.extent, options.emg_rate_hz) > 0.5 * b.rms_uv);
            CHECK(rms(channels["Chin"], b.extent, options.emg_rate_hz) > 8);
        }
        CHECK((longer >= 1) == (e.text("type") != "phasic"));
        CHECK((brief >= 3) == (e.text("type") != "tonic"));
        CHECK(rms(channels["Masseter"], {e.extent.onset - 3s, e.extent.onset}, options.emg_rate_hz) < 4);
    }
    CHECK(types["phasic"] >= 5);
    CHECK(types["tonic"] >= 2);
    CHECK(types["mixed"] >= 2);
    CHECK_FALSE(of_class(night.plan(), "swallow").empty());
    for (const Event& e : of_class(night.plan(), "speech"))
        for (const Burst& b : bursts_of(night.plan(), e)) CHECK(b.extent.duration() < 200ms);
}

TEST_CASE("The montage decides what is recorded and not what the sleeper does", "[simulate]") {
    SimulationOptions options;
    options.hours = 2;
    options.seed = 56;
    const Plan standard = make_plan(options);
    options.montage = "full";
    const Plan full = make_plan(options);
    CHECK(standard.bursts.size() == full.bursts.size());
    CHECK(standard.hypnogram.stages == full.hypnogram.stages);
    CHECK(full.leads.size() == standard.leads.size() + 11);
    options.montage = "standard";
    options.missing = "Arm L,Arm R,Leg R";
    const Plan fewer = make_plan(options);
    CHECK(fewer.bursts.size() == full.bursts.size());
    CHECK(fewer.leads.size() == 7);
    std::size_t jerks = 0;
    for (const Event& e : fewer.truth) {
        CHECK(e.channel.find("Arm") == std::string::npos);
        CHECK(e.channel.find("Leg R") == std::string::npos);
        jerks += e.kind == "hypnic_jerk";
    }
    CHECK(jerks > 0);
    options.missing = "Leg X";
    CHECK_THROWS_AS(make_plan(options), UsageError);
}

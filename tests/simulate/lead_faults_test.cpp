// Troubles of leads, activity in REM sleep and breathing: truth and signal agree.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/simulate/rendered_night.hpp"

using namespace psg;
using namespace psg::simulate;
using namespace std::chrono_literals;

namespace {

double rate_of(const SimulatedNight& night, const std::string& label) {
    for (const SimulatedChannel& c : night.channels())
        if (c.label == label) return c.rate_hz;
    return 0;
}

std::vector<float> part_of(const std::vector<float>& x, Interval extent, double rate_hz) {
    return {x.begin() + static_cast<std::ptrdiff_t>(std::ceil(seconds(extent.onset) * rate_hz)),
            x.begin() + static_cast<std::ptrdiff_t>(seconds(extent.offset) * rate_hz)};
}

}  // namespace

TEST_CASE("Each artefact is in its leads and looks like its reason", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.electrode_pops = options.leads_off = options.clipping = options.sweat = options.movement_artefacts = 3;
    options.hours = 3;
    options.seed = 61;
    SimulatedNight night(options);
    auto channels = render(night);
    std::map<std::string, int> found;
    for (const Event& e : of_class(night.plan(), "artefact")) {
        const std::string reason = e.text("reason");
        CAPTURE(e.id, reason, e.channel);
        ++found[reason];
        for (const std::string& label : labels_of(e)) {
            const double rate = rate_of(night, label);
            const std::vector<float> x = part_of(channels[label], e.extent, rate);
            const auto [low, high] = std::minmax_element(x.begin(), x.end());
            const auto at_limit = std::count_if(x.begin(), x.end(), [](float v) { return std::fabs(v) > 3276; });
            const double peak = e.number("peak_uv");
            if (reason == "electrode_pop") CHECK(std::max(*high, -*low) > 0.5 * peak);
            if (reason == "clipping") CHECK(static_cast<double>(at_limit) > 0.3 * static_cast<double>(x.size()));
            if (reason != "clipping") CHECK(at_limit == 0);
            if (reason == "lead_off" && peak == 0) CHECK(*low == *high);
            if (reason == "lead_off" && peak > 0) CHECK(rms(x, 0, x.size()) > 0.4 * peak);
            if (reason == "sweat" || reason == "movement") CHECK(rms(x, 0, x.size()) > 0.15 * peak);
        }
        for (const char* other : {"Leg L", "Leg R"})
            if (e.channel.find(other) == std::string::npos)
                CHECK(rms(channels[other], e.extent, options.emg_rate_hz) < 5);
    }
    for (const char* reason : {"electrode_pop", "lead_off", "clipping", "sweat", "movement"}) CHECK(found[reason] >= 6);
}

TEST_CASE("Tonic activity fills epochs of REM sleep, phasic activity is brief", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.rem_tonic_activity = 6;
    options.rem_phasic_activity = 200;
    options.hours = 4;
    options.seed = 62;
    SimulatedNight night(options);
    auto channels = render(night);
    const double rate = options.emg_rate_hz;
    const auto tonic = of_class(night.plan(), "rem_tonic_activity");
    CHECK(tonic.size() >= 3);
    for (const Event& e : tonic) {
        CAPTURE(e.id);
        CHECK(e.stage == Stage::R);
        CHECK(e.extent.duration() > 15s);
        CHECK(rms(channels["Chin"], e.extent, rate) > 2 * 1.2);
        CHECK(rms(channels["Chin"], {e.extent.onset + 2s, e.extent.offset - 2s}, rate) == Approx(e.number("rms_uv")).epsilon(0.15));
    }
    const auto phasic = of_class(night.plan(), "rem_phasic_activity");
    CHECK(phasic.size() >= 60);
    for (const Event& e : phasic) {
        CAPTURE(e.id, e.channel);
        CHECK(e.extent.duration() >= 100ms);
        CHECK(e.extent.duration() <= 5s);
        if (e.channel.starts_with("Leg")) CHECK(e.extent.duration() < 450ms);
        CHECK(rms(channels[e.channel], e.extent, rate) > 0.4 * e.number("rms_uv"));
        for (const StatePiece& p : night.plan().states)
            if (p.extent.contains(e.extent.onset)) CHECK(p.stage == Stage::R);
    }
}

TEST_CASE("The sleeper breathes, and stops for apnoeas that desaturate", "[simulate]") {
    SimulationOptions options = nothing_planted();
    options.apnoeas = 15;
    options.snoring = 2;
    options.hours = 2;
    options.montage = "full";
    options.seed = 63;
    SimulatedNight night(options);
    auto channels = render(night);
    const std::vector<float>& flow = channels["Airflow"];
    std::size_t breaths = 0;
    double smooth = 0;
    bool in = false;
    for (const float v : flow) {
        smooth += 0.2 * (v - smooth);
        if (!in && smooth > 0.2) in = true, ++breaths;
        if (in && smooth < -0.1) in = false;
    }
    CHECK(static_cast<double>(breaths) / 120 > 11);  // a minute
    CHECK(static_cast<double>(breaths) / 120 < 17);
    std::size_t apnoeas = 0, kicks = 0, dreamt = 0;
    for (const Event& e : night.plan().truth) {
        CAPTURE(e.id);
        kicks += e.kind == "leg_movement" && e.number("respiratory") == 1;
        if (e.kind == "arousal" && night.plan().hypnogram.at(e.extent.onset) == Stage::R) {  // by its rule with the chin
            ++dreamt;
            CHECK(std::any_of(night.plan().bursts.begin(), night.plan().bursts.end(), [&](const Burst& b) {
                return b.muscle == Muscle::chin && b.extent.overlaps(e.extent) && b.extent.duration() > 1s;
            }));
        }
        if (e.kind == "snoring") {
            const double before = rms(channels["Snore"], {e.extent.onset - 5s, e.extent.onset}, 256);
            CHECK(rms(channels["Snore"], e.extent, 256) > 5 * before);
        }
        if (e.kind != "obstructive_apnea" && e.kind != "central_apnea") continue;
        ++apnoeas;
        // a breath that has begun is breathed to its end
        const Interval still{e.extent.onset + 7s, e.extent.offset};
        CHECK(rms(flow, still, 32) < 0.3 * rms(flow, {e.extent.onset - 10s, e.extent.onset}, 32));
        const std::vector<float> after = part_of(channels["SpO2"], {e.extent.offset, e.extent.offset + 25s}, 4);
        CHECK(*std::min_element(after.begin(), after.end()) < 98 - e.number("desaturation"));
    }
    CHECK(apnoeas >= 5);
    CHECK(kicks >= 2);
    CHECK(dreamt >= 1);
}

TEST_CASE("The other style plants the same classes in other shapes", "[simulate]") {
    SimulationOptions options;
    options.hours = 1;
    options.seed = 64;
    const Plan usual = make_plan(options);
    options.style = "other";
    SimulatedNight night(options);
    CHECK(night.plan().hypnogram.stages.size() == usual.hypnogram.stages.size());
    CHECK_FALSE(of_class(night.plan(), "hypnic_jerk").empty());
    auto channels = render(night);
    for (const Event& e : of_class(night.plan(), "leg_movement"))
        CHECK(rms(channels[e.channel], e.extent, options.emg_rate_hz) > 0.4 * e.number("rms_uv"));
}

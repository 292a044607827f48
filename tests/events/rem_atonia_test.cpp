// REM sleep without atonia: percentages and index of a body made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "libpsg/events/detector.hpp"
#include "libpsg/events/rem_atonia_index.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace psg::events {
extern const Detector rem_atonia_detector;
}

namespace {

double measure(const Detection& d, const std::string& name, const std::string& channel) {
    for (const NightMeasure& m : d.measures)
        if (m.name == name && m.channel == channel) return m.value;
    throw std::logic_error("no measure " + name + " of " + channel);
}

// Ten minutes of N2, ten of REM sleep; the chin rests at 1 uV.
Body dreamer() {
    Body body({Role::chin, Role::arm_left, Role::leg_left}, 1200, 256, 1);
    body.night.hypnogram.stages.assign(40, Stage::N2);
    for (std::size_t i = 20; i < 40; ++i) body.night.hypnogram.stages[i] = Stage::R;
    return body;
}

}  // namespace

TEST_CASE("quiet REM sleep has atonia") {
    const Detection d = rem_atonia_detector.run(dreamer().night, {});
    CHECK(d.ran);
    CHECK(d.events.empty());
    CHECK(d.at_risk == IntervalSet({{600s, 1200s}}));
    for (const char* name : {"sinbar_phasic", "sinbar_tonic", "sinbar_any", "aasm_phasic"}) CHECK(measure(d, name, "chin") == 0);
    CHECK(measure(d, "rem_atonia_index", "chin") == 1);
    CHECK(measure(d, "sinbar_chin_any_arms_phasic", "all") == 0);
}

TEST_CASE("phasic mini-epochs and tonic epochs are counted") {
    Body body = dreamer();
    // 200 mini-epochs of REM: 20 phasic in the chin, 10 others in the arm, five a weak one in NREM that does not count
    for (int i = 0; i < 20; ++i) body.burst(Role::chin, 601 + 3.0 * i, 0.5, 15);
    for (int i = 0; i < 10; ++i) body.burst(Role::arm_left, 701 + 3.0 * i, 0.5, 15);
    for (int i = 0; i < 5; ++i) body.burst(Role::chin, 101 + 30 * i, 0.5, 15);
    body.burst(Role::chin, 900, 58, 8);  // two tonic epochs
    const Detection d = rem_atonia_detector.run(body.night, {});
    CHECK(measure(d, "sinbar_phasic", "chin") == Approx(10).margin(0.6));
    CHECK(measure(d, "sinbar_tonic", "chin") == Approx(10));
    CHECK(measure(d, "sinbar_any", "chin") == Approx(20).margin(0.6));
    CHECK(measure(d, "sinbar_phasic", "arm_left") == Approx(5).margin(0.6));
    CHECK(measure(d, "sinbar_chin_any_arms_phasic", "all") == Approx(25).margin(1.1));
    CHECK(measure(d, "aasm_phasic", "chin") == Approx(10));
    CHECK(measure(d, "aasm_tonic", "chin") == Approx(10));
    CHECK(measure(d, "rem_atonia_index", "chin") < 0.92);
    int phasic = 0, tonic = 0;
    for (const Event& e : d.events) {
        phasic += e.kind == "rem_phasic_activity";
        tonic += e.kind == "rem_tonic_activity";
    }
    CHECK(phasic == 30);
    CHECK(tonic == 1);
}

TEST_CASE("a tone that drifts within seconds is no phasic activity, bursts on it are") {
    const double part = GENERATE(0.1, 0.2, 0.3);  // amplitude of the drift
    CAPTURE(part);
    Body body = dreamer();
    for (RoleSignal& s : body.night.signals) {
        std::vector<float>& x = s.signal.stretches[0].samples;
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] *= static_cast<float>(std::exp(part * std::sin(2 * M_PI * static_cast<double>(i) / 256 / 20)));
    }
    for (int i = 0; i < 20; ++i) body.burst(Role::arm_left, 607 + 29.0 * i, 0.15 + 0.1 * (i % 10), 6);
    const Detection d = rem_atonia_detector.run(body.night, {});
    CHECK(d.events.size() >= (part < 0.3 ? 20 : 19));  // a brief one on a steep slope can pass for a heart, without an ECG
    CHECK(d.events.size() <= 20);
    for (const Event& e : d.events) CHECK(e.channel == "arm_left");
    CHECK(measure(d, "sinbar_any", "chin") == 0);
}

TEST_CASE(
    "tone of the neighbouring stage that falls within the first epoch of REM sleep, or rises in the last, is not "
    "tonic") {
    Body body = dreamer();
    for (std::size_t i = 35; i < 40; ++i) body.night.hypnogram.stages[i] = Stage::W;
    const auto tonic = [&](const Body& b) {
        std::vector<double> onsets;
        for (const Event& e : rem_atonia_detector.run(b.night, {}).events)
            if (e.kind == "rem_tonic_activity") onsets.push_back(seconds(e.extent.onset));
        return onsets;
    };
    Body beside = body, whole = body;
    beside.burst(Role::chin, 480, 138, 4);   // to 18 s after the first epoch began
    beside.burst(Role::chin, 1032, 168, 4);  // from 12 s after the last one did
    CHECK(tonic(beside).empty());
    whole.burst(Role::chin, 480, 720, 4);  // no atonia at all
    CHECK(tonic(whole) == std::vector<double>{600});
    Body inside = body;
    inside.burst(Role::chin, 600, 60, 4);  // begins with the epoch
    CHECK(tonic(inside) == std::vector<double>{600});
}

TEST_CASE("arousals and artefacts are left out of REM sleep without atonia") {
    Body body = dreamer();
    for (int i = 0; i < 20; ++i) body.burst(Role::chin, 601 + 3.0 * i, 0.5, 15);
    Event e;
    e.kind = "arousal";
    e.extent = {600s, 630s};
    body.night.arousals = EventList{e};
    e.kind = "artefact";
    e.channel = "chin";
    e.extent = {630s, 660s};
    body.night.events = {e};
    const Detection d = rem_atonia_detector.run(body.night, {});
    CHECK(measure(d, "sinbar_phasic", "chin") == 0);
    body.night.events[0].measures = {{"reason", std::string("weak_mains")}};  // hides the like of it, and no other movement
    CHECK(measure(rem_atonia_detector.run(body.night, {}), "sinbar_phasic", "chin") == 0);
    const Detection all = rem_atonia_detector.run(body.night, {{"exclude_arousals", "no"}});
    CHECK(measure(all, "sinbar_phasic", "chin") > 5);
}

TEST_CASE("heart beats in a muscle are no activity, with an ECG or without; bursts between them are") {
    const bool ecg = GENERATE(true, false);
    CAPTURE(ecg);
    Body body({Role::chin, Role::ecg}, 1200, 256, 1);
    body.night.hypnogram.stages.assign(40, Stage::R);
    std::vector<double> beats;
    for (double t = 1; t < 1199; t += 0.92 + 0.03 * std::sin(t)) beats.push_back(t);
    const auto bump = [&](Role role, double at, double uv) {
        for (int i = -20; i <= 20; ++i)
            body.of(role).stretches[0].samples.at(static_cast<std::size_t>(std::lround(at * 256) + i)) += static_cast<float>(uv * std::exp(-i * i / 8.0));
    };
    for (const double t : beats) {
        bump(Role::ecg, t, 1000);
        bump(Role::chin, t + 0.01, 12);
    }
    for (std::size_t i = 50; i < 1000; i += 100) body.burst(Role::chin, beats[i] + 0.25, 0.6, 15);
    body.burst(Role::chin, beats[1050] + 0.3, 0.2, 15);  // as long as a beat: told from one by the ECG alone
    if (!ecg) body.night.signals.pop_back();
    Event told;
    told.kind = "heart_beat_artefact";
    told.channel = "chin";
    told.extent = {0s, 1200s};
    if (ecg) body.night.events = {told};
    const Detection d = rem_atonia_detector.run(body.night, {});
    CHECK(d.events.size() == (ecg ? 11 : 10));
    for (const Event& e : d.events) CHECK(e.extent.duration() >= (ecg ? 150ms : 450ms));
    CHECK(measure(d, "sinbar_any", "chin") < 5);
    CHECK(d.at_risk == IntervalSet({{0s, 1200s}}));
}

TEST_CASE("what exceeds twice the background for less than a tenth of a second is no phasic activity") {
    Body body = dreamer();
    for (int i = 0; i < 10; ++i) {
        body.burst(Role::chin, 601 + 30.0 * i, 0.03, 6);
        body.burst(Role::chin, 611 + 30.0 * i, 0.3, 6);
    }
    CHECK(rem_atonia_detector.run(body.night, {}).events.size() == 10);
}

TEST_CASE("the REM atonia index follows its formula") {
    Signal chin;
    chin.unit = "uV";
    chin.rate = SampleRate::hertz(200);
    chin.stretches.push_back({0s, {}});
    // a 30-Hz tone of 1.5 uV mean rectified for 60 s, silence for 60 s, one of 10 uV for 30 s, silence
    for (int i = 0; i < 200 * 200; ++i) {
        const double t = i / 200.0, mean = t < 60 ? 1.5 : t >= 120 && t < 150 ? 10 : 0;
        chin.stretches[0].samples.push_back(static_cast<float>(mean * M_PI / 2 * std::sin(2 * M_PI * 30 * t)));
    }
    // within 30 s of a silent second nothing is subtracted: 30 of the first 60 s count as 1 to 2 uV, 30 as silent
    const AtoniaIndex one = rem_atonia_index(chin, IntervalSet({{0s, 120s}}), 1);
    CHECK(one.seconds == 120);
    CHECK(one.value == Approx(90.0 / (120 - 30)).margin(0.03));
    const AtoniaIndex loud = rem_atonia_index(chin, IntervalSet({{100s, 200s}}), 1);
    CHECK(loud.value == Approx(0.7).margin(0.03));
    const AtoniaIndex doubled = rem_atonia_index(chin, IntervalSet({{0s, 120s}}), 2);
    CHECK(doubled.value == Approx(90.0 / 120).margin(0.03));
    CHECK(std::isnan(rem_atonia_index(chin, {}, 1).value));
}

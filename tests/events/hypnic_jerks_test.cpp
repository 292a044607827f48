// Hypnic jerks: planted bursts are found where they are, look-alikes are not, and poor recordings do no harm.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "libpsg/events/jerk_bursts.hpp"
#include "libpsg/events/registry.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace psg::events {
extern const Detector hypnic_jerks_detector;
}

namespace {

constexpr float nan_sample = std::numeric_limits<float>::quiet_NaN();

struct Sleeper : Body {
    using Body::Body;
    Detection detect(const OptionValues& options = {}) const { return hypnic_jerks_detector.run(night, options); }
};

const std::vector<Role> five{Role::chin, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right};

bool has(const Detection& d, FindingCode code) {
    for (const Finding& f : d.findings)
        if (f.code == code) return true;
    return false;
}

}  // namespace

TEST_CASE("a whole-body jerk is found with its muscles, onset and length") {
    for (const int rate_hz : {200, 256, 512, 1000, 2000}) {
        CAPTURE(rate_hz);
        Sleeper body(five, 120, rate_hz);
        body.burst(Role::arm_left, 60.25, 0.15, 120);
        body.burst(Role::chin, 60.27, 0.12, 60);
        body.burst(Role::arm_right, 60.28, 0.15, 100);
        body.burst(Role::leg_left, 60.30, 0.2, 200);
        body.burst(Role::leg_right, 60.32, 0.2, 200);
        const Detection d = body.detect();
        REQUIRE(d.ran);
        REQUIRE(d.events.size() == 1);
        const Event& e = d.events[0];
        CHECK(std::abs(seconds(e.extent.onset) - 60.25) < 0.010);
        CHECK(std::abs(seconds(e.extent.offset) - 60.52) < 0.030);
        CHECK(e.text("extent_class") == "whole_body");
        CHECK(e.text("regions") == "axial+arm_left+arm_right+leg_left+leg_right");
        CHECK(e.text("first_muscle") == "arm_left");
        CHECK(e.number("muscles") == 5);
        CHECK(e.number("onset_spread_ms") == Approx(70).margin(12));
        CHECK(e.number("burst_length_ms") == Approx(150).margin(25));
        CHECK(e.number("loose") == 0);
        CHECK(e.number("strength_ratio") > 10);
        CHECK(e.side == Side::both);
        CHECK(std::isnan(e.number("woke")));
        CHECK(std::isnan(e.number("plm")));
        CHECK(std::isnan(e.number("respiratory")));
        CHECK(seconds(d.at_risk.total()) == Approx(120));
    }
}

TEST_CASE("two muscles make a local jerk, both legs a leg jerk that is at most possible without support") {
    Sleeper body(five, 200);
    body.burst(Role::chin, 60, 0.15, 100);
    body.burst(Role::arm_right, 60.03, 0.15, 100);
    body.burst(Role::leg_left, 140, 0.15, 100);
    body.burst(Role::leg_right, 140.05, 0.15, 100);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 2);
    CHECK(d.events[0].text("extent_class") == "local");
    CHECK(d.events[0].side == Side::right);
    CHECK(d.events[0].channel == "chin+arm_right");
    CHECK(d.events[1].text("extent_class") == "leg");
    CHECK(d.events[1].text("grade") == "possible");
}

TEST_CASE("single twitches of its own muscles nearby make a local jerk no coincidence") {
    Sleeper body({Role::chin, Role::masseter, Role::neck, Role::trunk, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right}, 200);
    for (const Role role : {Role::arm_right, Role::leg_right}) body.burst(role, 100, 0.15, 100);
    body.burst(Role::arm_right, 78, 0.1, 90);
    body.burst(Role::leg_right, 121, 0.1, 90);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(d.events[0].text("extent_class") == "local");
}

TEST_CASE("in N1 a jerk has core context, without EEG it is never definite") {
    Sleeper body(five, 180);
    body.night.hypnogram.stages = {Stage::W, Stage::W, Stage::N1, Stage::N1, Stage::W, Stage::W};
    for (const Role role : five) body.burst(role, 115, 0.15, 100);  // the next epoch is wake
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(d.events[0].text("context") == "core");
    CHECK(d.events[0].number("support") == 1);
    CHECK(d.events[0].text("grade") == "probable");
    CHECK(d.events[0].text("reasons") == "core,wake,no_eeg");
}

TEST_CASE("respiratory events and PLM series lower the grade and are told") {
    Sleeper body(five, 180);
    body.night.hypnogram.stages.assign(6, Stage::N1);
    for (const Role role : five) body.burst(role, 100, 0.15, 100);
    body.night.respiratory = EventList{};
    Event apnoea;
    apnoea.kind = "apnoea_obstructive";
    apnoea.extent = {70s, 95s};
    body.night.respiratory->push_back(apnoea);
    for (const Time onset : {50s, 120s}) {
        Event e;
        e.kind = "periodic_leg_movement";
        e.extent = {onset, onset + 2s};
        e.measures = {{"series", 1.0}};
        body.night.events.push_back(e);
    }
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(d.events[0].number("respiratory") == 1);
    CHECK(d.events[0].number("plm") == 1);
    CHECK(d.events[0].text("grade") == "possible");
}

TEST_CASE("marks near a jerk are told, the sleeper's button first") {
    Sleeper body(five, 180);
    for (const Role role : five) body.burst(role, 100, 0.15, 100);
    const auto jerk = [&](std::vector<Mark> marks) {
        body.night.marks = std::move(marks);
        const Detection d = body.detect();
        REQUIRE(d.events.size() == 1);
        return d.events[0];
    };
    CHECK(jerk({{97s, "note"}, {161s, "event_button"}}).text("mark").empty());
    CHECK(std::isnan(jerk({}).number("mark_distance_s")));
    CHECK(jerk({{99s, "note"}, {103s, "note"}}).number("mark_distance_s") == Approx(-1).margin(0.01));
    const Event e = jerk({{101s, "note"}, {130s, "event_button"}, {140s, "event_button"}});
    CHECK(e.text("mark") == "event_button");
    CHECK(e.number("mark_distance_s") == Approx(30).margin(0.01));
    CHECK(e.text("grade") == jerk({}).text("grade"));
}

TEST_CASE("what is no jerk is not called one") {
    Sleeper body(five, 200);
    SECTION("a twitch of one muscle") {
        body.burst(Role::arm_left, 100, 0.15, 200);
    }
    SECTION("a movement that starts at once in all muscles and lasts") {
        for (const Role role : five) body.burst(role, 100, 2, 100);
    }
    SECTION("muscles one after the other") {
        body.burst(Role::leg_left, 100, 0.15, 100);
        body.burst(Role::leg_right, 100.2, 0.15, 100);
        body.burst(Role::arm_left, 100.4, 0.15, 100);
    }
    SECTION("the same slow pulse in all channels") {
        body.everywhere(100, 1.0, [](double t) { return 400 * std::pow(std::sin(M_PI * t), 2); });
    }
    SECTION("the same sharp pulse in all channels") {
        body.everywhere(100, 0.12, [](double t) { return 300 * std::sin(2 * M_PI * 40 * t); });
    }
    SECTION("heart beats in all channels") {
        for (double beat = 2; beat < 198; beat += 0.9 + 0.05 * std::sin(beat))
            body.everywhere(beat, 0.08,
                            [](double t) { return 150 * std::sin(M_PI * t / 0.08) * std::sin(2 * M_PI * 25 * t); });
    }
    SECTION("heart beats for a while") {
        for (double beat = 90; beat < 110; beat += 0.9 + 0.05 * std::sin(beat))
            for (const Role role : {Role::leg_left, Role::leg_right}) body.burst(role, beat, 0.08, 100);
    }
    SECTION("activity that travels along the body") {
        double t = 100;
        for (const Role role : five) body.burst(role, t += 0.06, 0.4, 100);
    }
    SECTION("short movements of both legs") {
        for (const Role role : {Role::leg_left, Role::leg_right}) body.burst(role, 100, 0.4, 100);
    }
    SECTION("a rhythm of both legs") {
        for (double t = 100; t < 106; t += 0.6)
            for (const Role role : {Role::leg_left, Role::leg_right}) body.burst(role, t, 0.2, 100);
    }
    SECTION("a burst within a large movement") {
        for (const Role role : five) body.burst(role, 98, 1.8, 60);
        for (const Role role : five) body.burst(role, 100, 0.15, 300);
    }
    SECTION("twitches everywhere, some at once by chance") {
        Noise noise(7);
        for (double t = 10; t < 190; t += 0.35)
            body.burst(five[static_cast<std::size_t>(std::abs(noise.next()) * 1000) % 5], t + 0.1 * noise.next(), 0.1,
                       80);
    }
    const Detection d = body.detect();
    CHECK(d.ran);
    CHECK(d.events.empty());
}

TEST_CASE("jaw and neck together make a jerk, among others a word") {
    Sleeper body({Role::chin, Role::neck, Role::arm_left, Role::leg_left}, 300);
    for (const Role role : {Role::chin, Role::neck}) {
        body.burst(role, 60, 0.12, 100);
        for (const double t : {158.9, 159.3, 160.5, 161.1}) body.burst(role, t, 0.2, 100);
        body.burst(role, 160, 0.12, 100);
    }
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(seconds(d.events[0].extent.onset) == Approx(60).margin(0.02));
}

TEST_CASE(
    "what begins in the trunk and goes on to the head alone is a cough, with a limb or from the head it is a jerk") {
    const auto jerks = [](std::vector<std::pair<Role, double>> order, double length_s) {
        Sleeper body({Role::chin, Role::neck, Role::trunk, Role::arm_left, Role::leg_left}, 120);
        for (const auto& [role, ms] : order) body.burst(role, 60 + ms * 1e-3, length_s, 80);
        return body.detect().events.size();
    };
    for (const double length_s : {0.1, 0.15, 0.24}) {
        CAPTURE(length_s);
        CHECK(jerks({{Role::trunk, 0}, {Role::neck, 40}, {Role::chin, 50}}, length_s) == 0);
        CHECK(jerks({{Role::trunk, 0}, {Role::chin, 45}}, length_s) == 0);
        CHECK(jerks({{Role::trunk, -130}, {Role::neck, 0}, {Role::chin, 5}}, length_s) == 0);
        CHECK(jerks({{Role::trunk, 0}, {Role::neck, 40}, {Role::chin, 50}, {Role::arm_left, 20}}, length_s) == 1);
        CHECK(jerks({{Role::neck, 0}, {Role::chin, 20}, {Role::trunk, 40}}, length_s) == 1);
        CHECK(jerks({{Role::neck, 0}, {Role::chin, 20}}, length_s) == 1);
    }
}

TEST_CASE("two leads of the trunk that work alone are a cough, with an arm a jerk") {
    Sleeper body({Role::chin, Role::trunk, Role::trunk, Role::arm_left, Role::leg_left}, 300);
    body.night.signals[2].site = "paraspinal";
    const auto burst = [&](std::size_t lead, double onset_s) {
        for (std::size_t i = 0; i < 77; ++i)
            body.night.signals[lead].signal.stretches[0].samples[static_cast<std::size_t>(onset_s * 512) + i] += static_cast<float>(80 * body.noise.next());
    };
    burst(1, 60), burst(2, 60.03);
    burst(1, 200), burst(2, 200.03), burst(3, 200.05);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(seconds(d.events[0].extent.onset) == Approx(200).margin(0.02));
}

TEST_CASE("a real jerk next to heart beats in the EMG is still found") {
    Sleeper body(five, 200);
    for (double beat = 2; beat < 198; beat += 0.9 + 0.05 * std::sin(beat))
        body.everywhere(beat, 0.06,
                        [](double t) { return 25 * std::sin(M_PI * t / 0.06) * std::sin(2 * M_PI * 30 * t); });
    for (const Role role : five) body.burst(role, 100.3, 0.15, 150);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(std::abs(seconds(d.events[0].extent.onset) - 100.3) < 0.010);
}

TEST_CASE("heart beats of 60 uV in the trunk hide no jerk of two muscles and begin none") {
    Sleeper body({Role::ecg, Role::chin, Role::trunk, Role::arm_left, Role::leg_right}, 400);
    std::vector<double> beats;
    Noise pause(7);
    for (double beat = 2; beat < 398; beat += std::clamp(0.95 + 0.12 * pause.next(), 0.6, 1.4)) beats.push_back(beat);
    const auto wave = [&](Role role, double at, double uv) {
        auto& samples = body.of(role).stretches[0].samples;
        for (int i = static_cast<int>((at - 0.05) * 512); i < static_cast<int>((at + 0.08) * 512); ++i) {
            const double t = i / 512.0 - at;
            samples[static_cast<std::size_t>(i)] += static_cast<float>(
                uv * (std::exp(-std::pow(t / 0.009, 2)) - 0.4 * std::exp(-std::pow((t - 0.02) / 0.01, 2))));
        }
    };
    for (const double beat : beats) wave(Role::ecg, beat, 900), wave(Role::trunk, beat, 60);
    std::vector<double> jerks;
    for (std::size_t i = 40; i + 40 < beats.size(); i += 40) {  // at all places between beats
        jerks.push_back(beats[i] + 0.1 * static_cast<double>(i / 40));
        body.burst(Role::arm_left, jerks.back(), 0.15, 60);
        body.burst(Role::leg_right, jerks.back() + 0.03, 0.15, 60);
    }
    const double first_of_trunk = beats[20] + 0.06;  // the trunk works as a beat ends
    body.burst(Role::trunk, first_of_trunk, 0.15, 120);
    body.burst(Role::arm_left, first_of_trunk + 0.03, 0.15, 60);
    jerks.insert(jerks.begin(), first_of_trunk);
    const EventList found = run_detectors(body.night, {{"hypnic_jerk"}, {}}).events;
    REQUIRE(found.size() == jerks.size());
    for (std::size_t i = 0; i < jerks.size(); ++i) {
        CAPTURE(i, jerks[i], found[i].text("order"));
        CHECK(std::abs(seconds(found[i].extent.onset) - jerks[i]) <= 0.010);
        CHECK(found[i].text("first_muscle") == (i == 0 ? "trunk" : "arm_left"));
    }
}

TEST_CASE("jerks in brief succession make a cluster, at 5 to 90 s a series") {
    Sleeper body(five, 300);
    for (const double t : {30.0, 31.1, 34.9})
        for (const Role role : five) body.burst(role, t, 0.15, 100);
    for (const double t : {200.0, 215.0, 240.0, 252.0})
        for (const Role role : five) body.burst(role, t, 0.15, 100);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 7);
    for (std::size_t i = 0; i < 7; ++i) {
        CHECK(d.events[i].number("cluster_size") == (i < 3 ? 3 : 1));
        CHECK(d.events[i].number("in_series") == (i < 3 ? 0 : 1));
    }
}

TEST_CASE("bursts outside the usual lengths are loose, and left out by the strict tier") {
    Sleeper body(five, 120);
    for (const Role role : five) body.burst(role, 60, 0.4, 100);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(d.events[0].number("loose") == 1);
    CHECK(body.detect({{"tier", "strict"}}).events.empty());
}

TEST_CASE("fewer than two regions: not run, with the reason; two legs alone: reduced") {
    for (const std::vector<Role>& roles : {std::vector<Role>{}, {Role::leg_left}, {Role::chin, Role::neck}}) {
        const Detection d = Sleeper(roles, 60).detect();
        CHECK_FALSE(d.ran);
        CHECK(has(d, FindingCode::DETECTOR_NOT_RUN));
        CHECK(d.at_risk.empty());
    }
    const Detection d = Sleeper({Role::leg_left, Role::leg_right}, 60).detect();
    CHECK(d.ran);
    CHECK(has(d, FindingCode::DETECTOR_REDUCED));
}

TEST_CASE("channels that cannot show bursts are left out and named") {
    Sleeper body(five, 60);
    body.of(Role::chin).unit = "V/s";
    body.of(Role::arm_left).step = 31;
    body.of(Role::arm_right).rate = SampleRate::hertz(50);
    const Detection d = body.detect();
    CHECK(d.ran);
    int unusable = 0;
    for (const Finding& f : d.findings) unusable += f.code == FindingCode::CHANNEL_UNUSABLE;
    CHECK(unusable == 2);
    CHECK(has(d, FindingCode::RESOLUTION_COARSE));
}

TEST_CASE("poor recordings do no harm") {
    SECTION("flat") {
        Sleeper body(five, 120, 512, 0);
        const Detection d = body.detect();
        CHECK_FALSE(d.ran);  // as every detector without a signal: no row of none found, but the reason
        CHECK(has(d, FindingCode::DETECTOR_NOT_RUN));
        CHECK(d.events.empty());
        CHECK(d.at_risk.empty());
    }
    SECTION("no samples at all") {
        Sleeper body(five, 0);
        CHECK(body.detect().events.empty());
        for (RoleSignal& s : body.night.signals) s.signal.stretches.clear();
        CHECK(body.detect().events.empty());
    }
    SECTION("no numbers") {
        Sleeper body(five, 60);
        for (RoleSignal& s : body.night.signals)
            for (float& x : s.signal.stretches[0].samples) x = nan_sample;
        const Detection d = body.detect();
        CHECK(d.events.empty());
        CHECK(d.at_risk.empty());
    }
    SECTION("some samples missing, the rest is used") {
        Sleeper body(five, 120);
        for (RoleSignal& s : body.night.signals) {
            std::fill_n(s.signal.stretches[0].samples.begin() + 40 * 512, 512, nan_sample);
            for (std::size_t i = 0; i < 40 * 512; ++i)
                s.signal.stretches[0].samples[i] += 2000;  // a step to find nothing at
        }
        for (const Role role : five) body.burst(role, 80, 0.15, 100);
        const Detection d = body.detect();
        REQUIRE(d.events.size() == 1);
        CHECK(seconds(d.events[0].extent.onset) == Approx(80).margin(0.01));
        CHECK(seconds(d.at_risk.total()) == Approx(119));
    }
    SECTION("two minutes with every kind of channel") {
        std::vector<Role> roles = all_roles();
        Sleeper body(roles, 120);
        body.night.hypnogram.stages.assign(4, Stage::N1);
        for (const Role role : five) body.burst(role, 100, 0.15, 100);
        const Detection d = body.detect();
        REQUIRE(d.events.size() == 1);
        CHECK(std::isnan(d.events[0].number("woke")));
        CHECK_FALSE(std::isnan(d.events[0].number("wave")));
    }
}

TEST_CASE("no event spans a gap") {
    Sleeper body(five, 120);
    for (const Role role : five) {
        body.burst(role, 59.9, 0.2, 100);  // over the border
        body.burst(role, 90, 0.15, 100);
    }
    for (RoleSignal& s : body.night.signals) {  // cut at 60 s, the rest ten minutes later
        auto& stretches = s.signal.stretches;
        Signal::Stretch rest{660s, {stretches[0].samples.begin() + 60 * 512, stretches[0].samples.end()}};
        stretches[0].samples.resize(60 * 512);
        stretches.push_back(std::move(rest));
    }
    body.night.segments = {{0s, 60s}, {660s, 720s}};
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(seconds(d.events[0].extent.onset) == Approx(690).margin(0.01));
    CHECK(seconds(d.at_risk.total()) == Approx(120));
}

TEST_CASE("no cluster, series or company reaches across a gap") {
    // jerks every 12 s; after 60 s, a gap of a quarter of a second
    Sleeper body(five, 120);
    for (int t = 12; t < 120; t += 12)
        for (const Role role : five) body.burst(role, t + 0.3, 0.15, 100);
    const auto series = [&] {
        int count = 0;
        for (const Event& e : body.detect().events) count += e.number("in_series") == 1;
        return count;
    };
    CHECK(body.detect().events.size() == 9);
    CHECK(series() == 9);
    for (RoleSignal& s : body.night.signals) {
        auto& stretches = s.signal.stretches;
        const auto cut = stretches[0].samples.begin() + 40 * 512;
        Signal::Stretch rest{40s + 250ms, {cut, stretches[0].samples.end()}};
        stretches[0].samples.resize(40 * 512);
        stretches.push_back(std::move(rest));
    }
    body.night.segments = {{0s, 40s}, {40s + 250ms, 120s + 250ms}};
    CHECK(body.detect().events.size() == 9);
    CHECK(series() == 6);  // three before the gap are too few
    for (RoleSignal& s : body.night.signals) s.signal.stretches.pop_back();  // only three jerks are left, all recorded
    body.night.segments.pop_back();
    CHECK(body.detect().events.size() == 3);
    CHECK(series() == 0);
}

TEST_CASE("rates may differ between channels") {
    Sleeper body({Role::chin, Role::leg_left}, 120, 256);
    Body fast({Role::arm_left}, 120, 1000);
    fast.burst(Role::arm_left, 60.02, 0.15, 100);
    body.burst(Role::chin, 60, 0.15, 100);
    body.burst(Role::leg_left, 60.01, 0.15, 100);
    body.night.signals.push_back(fast.night.signals[0]);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    CHECK(d.events[0].number("muscles") == 3);
    CHECK(d.events[0].text("extent_class") == "whole_body");
}

TEST_CASE("awakening after a jerk is seen in the EEG, with its latency") {
    // 20 min: wake with alpha, then slow sleep, a jerk at 900 s, alpha again from 902 s on, or not
    for (const bool wakes : {true, false}) {
        CAPTURE(wakes);
        Sleeper body({Role::chin, Role::arm_left, Role::leg_right}, 1200);
        RoleSignal eeg{Role::eeg, "C3", {}};
        eeg.signal.unit = "uV";
        eeg.signal.label = "C3-M2";
        eeg.signal.rate = SampleRate::hertz(128);
        eeg.signal.stretches.push_back({Time(0), {}});
        Noise noise(3);
        double slow = 0;
        for (int i = 0; i < 1200 * 128; ++i) {
            const double t = i / 128.0;
            const bool awake = t < 400 || (wakes && t >= 902 && t < 960);
            slow = 0.95 * slow + 6 * noise.next();
            eeg.signal.stretches[0].samples.push_back(
                static_cast<float>(2 * noise.next() + (awake ? 0.3 * slow + 30 * std::sin(2 * M_PI * 10 * t) : slow)));
        }
        body.night.signals.push_back(eeg);
        body.night.hypnogram.stages.assign(13, Stage::W);
        body.night.hypnogram.stages.resize(40, Stage::N1);
        for (const Role role : {Role::chin, Role::arm_left, Role::leg_right}) body.burst(role, 900, 0.15, 100);
        const Detection d = body.detect();
        REQUIRE(d.events.size() == 1);
        const Event& e = d.events[0];
        CHECK(e.number("woke") == (wakes ? 1 : 0));
        CHECK(e.number("acceleration") == (wakes ? 1 : 0));
        CHECK(e.text("grade") == (wakes ? "definite" : "probable"));
        if (wakes)
            CHECK(e.number("wake_latency_s") == Approx(2).margin(0.15));
        else
            CHECK(std::isnan(e.number("wake_latency_s")));
    }
}

TEST_CASE("every measure of an event is declared") {
    Sleeper body(five, 120);
    for (const Role role : five) body.burst(role, 60, 0.15, 100);
    const Detection d = body.detect();
    REQUIRE(d.events.size() == 1);
    const auto& declared = hypnic_jerks_detector.classes.at(0).measures;
    REQUIRE(d.events[0].measures.size() == declared.size());
    for (std::size_t i = 0; i < declared.size(); ++i) CHECK(d.events[0].measures[i].name == declared[i].name);
    CHECK_THROWS(body.detect({{"on_ratio", "0"}}));
    CHECK_THROWS(body.detect({{"no_such", "1"}}));
}

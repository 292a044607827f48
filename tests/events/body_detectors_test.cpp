// Neck myoclonus, rhythmic, large and propriospinal-like movements, and heart beats in the EMG, on a body made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>

#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/events/registry.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace psg::events {
extern const Detector neck_myoclonus_detector, rhythmic_movement_detector, large_muscle_group_movement_detector,
    propriospinal_myoclonus_detector, artefacts_detector, arousals_detector, bruxism_detector;
}

namespace {

constexpr double turn = 2 * M_PI;

Body body_of(std::vector<Role> roles, double length_s, Stage stage, int rate_hz = 256) {
    Body body(std::move(roles), length_s, rate_hz);
    body.night.hypnogram.stages.assign(static_cast<std::size_t>(body.night.segments.back().offset / 30s), stage);
    return body;
}

template <class Shape>
void add(Body& body, Role role, double onset_s, double length_s, Shape shape) {
    Signal& s = body.of(role);
    const double rate_hz = s.rate.hz();
    for (auto i = static_cast<std::size_t>(onset_s * rate_hz); i < static_cast<std::size_t>((onset_s + length_s) * rate_hz); ++i)
        s.stretches[0].samples.at(i) += static_cast<float>(shape(static_cast<double>(i) / rate_hz - onset_s));
}

EventList found(const Detector& d, const Body& body) { return d.run(body.night, {}).events; }

const std::vector<Role> head{Role::eeg, Role::eog_left, Role::eog_right};

}  // namespace

TEST_CASE("a stripe of the head with a twitch of the neck, whatever its shape") {
    Body body = body_of({Role::eeg, Role::eog_left, Role::eog_right, Role::neck}, 300, Stage::R);
    const auto everywhere = [&](double onset_s, double length_s, auto shape) {
        for (const Role r : head) add(body, r, onset_s, length_s, shape);
    };
    everywhere(60, 0.4, [](double t) { return 120 * std::sin(M_PI * t / 0.4) * std::cos(turn * 2 * (t / 0.4 - 0.5)); });  // to and fro
    everywhere(120, 0.4, [](double t) { return 120 * std::sin(M_PI * t / 0.4); });                                       // a hump
    for (const double t : {60.0, 120.0}) body.burst(Role::neck, t, 0.2, 60);
    everywhere(180, 0.4, [](double t) { return 120 * std::sin(M_PI * t / 0.4); });  // the neck is quiet
    add(body, Role::eog_left, 240, 0.4, [](double t) { return 150 * std::sin(M_PI * t / 0.4); });  // an eye movement
    add(body, Role::eog_right, 240, 0.4, [](double t) { return -150 * std::sin(M_PI * t / 0.4); });
    body.burst(Role::neck, 240, 0.2, 60);
    const EventList events = found(neck_myoclonus_detector, body);
    REQUIRE(events.size() == 2);
    CHECK(seconds(events[0].extent.onset) == Approx(60).margin(0.08));
    CHECK(seconds(events[1].extent.onset) == Approx(120).margin(0.08));
}

TEST_CASE("a stripe beside an eye movement counts with the neck, one beside the trunk does not") {
    Body body = body_of({Role::eeg, Role::eog_left, Role::eog_right, Role::neck, Role::trunk}, 300, Stage::R);
    for (const double t : {60.0, 120.0}) {
        for (const Role r : head) add(body, r, t, 0.4, [](double x) { return 120 * std::sin(M_PI * x / 0.4); });
        body.burst(Role::neck, t, 0.2, 60);
    }
    add(body, Role::eog_left, 60, 0.4, [](double x) { return -140 * std::sin(M_PI * x / 0.4); });
    add(body, Role::eog_right, 60, 0.4, [](double x) { return 140 * std::sin(M_PI * x / 0.4); });
    body.burst(Role::trunk, 120, 0.3, 60);  // a cough
    const EventList events = found(neck_myoclonus_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(seconds(events[0].extent.onset) == Approx(60).margin(0.08));
}

TEST_CASE("without the neck's EMG a stripe counts that is not part of something longer") {
    Body body = body_of({Role::eeg, Role::eog_left, Role::eog_right, Role::chin}, 300, Stage::R);
    const auto stripe = [&](double t) {
        for (const Role r : head) add(body, r, t, 0.4, [](double x) { return 120 * std::sin(M_PI * x / 0.4); });
    };
    for (const double t : {60.0, 120.0, 180.0, 183.0}) stripe(t);
    body.burst(Role::chin, 59.9, 0.3, 60);  // with it
    body.burst(Role::chin, 118, 1, 60);     // long before
    Event arousal;
    arousal.kind = "arousal";
    arousal.extent = {180s, 186s};  // begins with one
    body.night.arousals = EventList{arousal};
    const EventList events = found(neck_myoclonus_detector, body);
    REQUIRE(events.size() == 2);
    CHECK(seconds(events[0].extent.onset) == Approx(60).margin(0.08));
    CHECK(seconds(events[1].extent.onset) == Approx(180).margin(0.08));
}

TEST_CASE("alpha that comes and goes by itself is no arousal beside one that stands out") {
    Body body({Role::chin, Role::eeg}, 1800, 128, 6);
    body.night.hypnogram.stages.assign(60, Stage::N2);
    Signal& eeg = body.of(Role::eeg);
    double size = 0;
    Noise noise(3);
    for (std::size_t i = 0; i < eeg.stretches[0].samples.size(); ++i) {
        const double t = static_cast<double>(i) / 128;
        if (i % 512 == 0) size = 8 * std::exp(0.5 * noise.next());
        const double arousal = t >= 900 && t < 907 ? 60 : 0;
        eeg.stretches[0].samples[i] += static_cast<float>((size + arousal) * std::sin(turn * 9.5 * t));
    }
    const EventList usual = arousals_detector.run(body.night, {{"spread", "0"}}).events, events = found(arousals_detector, body);
    CHECK(usual.size() > 5);
    REQUIRE(events.size() <= 2);
    CHECK(std::any_of(events.begin(), events.end(), [](const Event& e) { return std::abs(seconds(e.extent.onset) - 900) < 1; }));
}

TEST_CASE("arousals last 3 s or more; beside the chin less of the EEG is enough in REM sleep") {
    Body body({Role::chin, Role::eeg}, 1200, 128, 1);
    body.night.hypnogram.stages.assign(20, Stage::R);
    body.night.hypnogram.stages.resize(40, Stage::N2);
    const auto alpha_with_chin = [&](double from_s, double length_s, double times) {  // of power
        for (std::size_t i = 0; i < static_cast<std::size_t>(length_s * 128); ++i)
            body.of(Role::eeg).stretches[0].samples[static_cast<std::size_t>(from_s * 128) + i] +=
                static_cast<float>(10 * (std::sqrt(times) - 1) * std::sin(turn * 9.5 * (from_s + static_cast<double>(i) / 128)));
        body.burst(Role::chin, from_s, length_s, 10);
    };
    Signal& eeg = body.of(Role::eeg);
    for (std::size_t i = 0; i < eeg.stretches[0].samples.size(); ++i)
        eeg.stretches[0].samples[i] += static_cast<float>(10 * std::sin(turn * 9.5 * static_cast<double>(i) / 128));
    SECTION("twice and a quarter") {
        for (const double t : {300.0, 900.0}) alpha_with_chin(t, 6, 2.25);
        const EventList events = found(arousals_detector, body);
        REQUIRE(events.size() == 1);
        CHECK(seconds(events[0].extent.onset) == Approx(300).margin(0.5));
    }
    SECTION("any length") {
        for (int i = 0; i < 17; ++i) alpha_with_chin(620 + 30 * i, 2 + 0.1 * i, 6);
        const EventList events = found(arousals_detector, body);
        CHECK(events.size() > 6);
        CHECK(events.size() < 17);
        for (const Event& e : events) CHECK((e.number("lasted_s") >= 3 && e.extent.duration() >= 3s));
    }
}

TEST_CASE("the head rolls in a rhythm; a shaken head, a wave and a voluntary movement have none") {
    Body body = body_of({Role::eeg, Role::eog_left, Role::eog_right, Role::arm_left, Role::leg_left}, 600, Stage::N1);
    const auto everywhere = [&](double onset_s, double length_s, auto shape) {
        for (const Role r : head) add(body, r, onset_s, length_s, shape);
    };
    const auto roll = [](double t) { return 120 * std::sin(turn * 0.9 * t); };
    everywhere(60, 12, roll);
    double at = 200;  // as irregular as a shaken head
    for (const double gap : {0.5, 1.6, 0.6, 1.9, 0.8, 1.4, 0.5, 1.7}) {
        everywhere(at, 0.7, [](double t) { return 200 * std::sin(M_PI * t / 0.7); });
        at += gap;
    }
    everywhere(300, 2, roll);                              // two swings
    add(body, Role::eeg, 400, 12, roll);                   // slow waves of one lead
    everywhere(500, 8, roll);                              // while arm and leg work
    body.burst(Role::arm_left, 499, 10, 60);
    body.burst(Role::leg_left, 499, 10, 60);
    const EventList events = found(rhythmic_movement_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(seconds(events[0].extent.onset) == Approx(60).margin(1));
    CHECK(seconds(events[0].extent.offset) == Approx(72).margin(1.5));
}

TEST_CASE("leads that swing while the neck rests, or with a cable, are no rhythm of the head") {
    Body body = body_of({Role::eeg, Role::eog_left, Role::eog_right, Role::neck}, 600, Stage::N1);
    for (const double from : {60.0, 200.0, 400.0})
        for (const Role r : head) add(body, r, from, 12, [](double t) { return 120 * std::sin(turn * 0.9 * t); });
    for (const double from : {60.0, 400.0}) body.burst(Role::neck, from, 12, 20);
    Event cable;
    cable.kind = "artefact";
    cable.extent = {400s, 412s};
    cable.measures = {{"reason", std::string("cable")}};
    body.night.events = {cable};
    const EventList events = found(rhythmic_movement_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(seconds(events[0].extent.onset) == Approx(60).margin(1));
}

TEST_CASE("a large movement reaches from its first muscle to its last") {
    Body body = body_of({Role::chin, Role::arm_left, Role::leg_left, Role::leg_right}, 600, Stage::N2);
    body.burst(Role::arm_left, 100, 6, 60);
    body.burst(Role::leg_left, 101.5, 6, 60);
    body.burst(Role::leg_left, 200, 6, 60);  // a leg movement with an arousal's chin
    body.burst(Role::chin, 200.5, 1.5, 30);
    body.burst(Role::leg_left, 300, 6, 60);  // legs alone
    body.burst(Role::leg_right, 300, 6, 60);
    body.burst(Role::arm_left, 400, 6, 60);  // the sleeper wakes, and the chin stays tense
    body.burst(Role::leg_left, 400, 6, 60);
    body.burst(Role::chin, 400, 40, 30);
    const EventList events = found(large_muscle_group_movement_detector, body);
    REQUIRE(events.size() == 2);
    CHECK(seconds(events[1].extent.onset) == Approx(400).margin(0.1));
    CHECK(seconds(events[1].extent.offset) == Approx(406).margin(0.2));
    CHECK(seconds(events[0].extent.onset) == Approx(100).margin(0.1));
    CHECK(seconds(events[0].extent.offset) == Approx(107.5).margin(0.2));
}

TEST_CASE("fast propriospinal-like jerks are found among movements that begin in the trunk, too") {
    Body body = body_of({Role::trunk, Role::neck, Role::arm_left, Role::leg_left}, 900, Stage::W, 512);
    const auto jerk = [&](double t, double velocity_m_s) {
        body.burst(Role::trunk, t, 0.6, 80);
        body.burst(Role::neck, t + 0.35 / velocity_m_s, 0.5, 80);
        body.burst(Role::arm_left, t + 0.65 / velocity_m_s, 0.4, 80);
        body.burst(Role::leg_left, t + 0.95 / velocity_m_s, 0.4, 80);
    };
    for (int i = 0; i < 7; ++i) jerk(100 + 17 * i, 14);
    for (int i = 0; i < 5; ++i) jerk(400 + 40 * i, 2.5 + 0.3 * (i % 2));
    const EventList events = found(propriospinal_myoclonus_detector, body);
    REQUIRE(events.size() == 7);
    CHECK(events[0].number("night_velocity_m_s") == Approx(14).epsilon(0.2));
}

TEST_CASE(
    "propriospinal-like jerks of half a second that come every 23 s keep their name and make no periodic leg "
    "movements") {
    Body body =
        body_of({Role::trunk, Role::neck, Role::arm_left, Role::leg_left, Role::leg_right}, 400, Stage::N1, 512);
    for (int i = 0; i < 8; ++i) {
        const double t = 60 + 23 * i;
        body.burst(Role::trunk, t, 0.6, 80);
        body.burst(Role::neck, t + 0.05, 0.6, 80);
        body.burst(Role::leg_left, t + 0.14, 0.7, 80);
        if (i % 2) body.burst(Role::leg_right, t + 0.14, 0.7, 80);
    }
    body.burst(Role::leg_left, 300, 1, 80);
    const EventList events = run_detectors(body.night, {{}, {}}).events;
    const auto count = [&](const char* kind) {
        return std::count_if(events.begin(), events.end(), [&](const Event& e) { return e.kind == kind; });
    };
    CHECK(count("propriospinal_myoclonus") == 8);
    CHECK(count("periodic_leg_movement") == 0);
    CHECK(count("nonperiodic_leg_movement") == 1);
    for (const Event& e : events)
        if (e.kind == "leg_movement" && e.extent.onset < 290s) CHECK(e.text("part_of") == "propriospinal_myoclonus");
}

TEST_CASE("leads that nobody chose have their artefacts told, and nothing else is told of them") {
    Body body = body_of({Role::eeg, Role::chin}, 300, Stage::N2), more = body_of({Role::eeg, Role::trunk}, 300, Stage::N2);
    add(more, Role::eeg, 100, 1, [](double t) { return 500 * std::exp(-5 * t); });
    add(more, Role::trunk, 150, 0.2, [](double t) { return 500 * std::exp(-60 * t); });
    more.burst(Role::trunk, 200, 3, 100);
    for (RoleSignal& s : more.night.signals) s.signal.label += " 2";
    body.night.others = more.night.signals;
    EventList events = run_detectors(body.night, {}).events;
    REQUIRE(events.size() == 2);
    for (const Event& e : events) CHECK(e.text("reason") == "electrode_pop");
    CHECK((events[0].channel == "eeg 2" && events[1].channel == "trunk 2"));
    CHECK(seconds(events[1].extent.onset) == Approx(150).margin(0.03));
}

TEST_CASE("alpha that the occipital lead alone shows is an arousal") {
    Body body = body_of({Role::eeg, Role::chin}, 300, Stage::N2), more = body_of({Role::eeg}, 300, Stage::N2);
    body.night.signals[0].site = "C4";
    add(body, Role::eeg, 0, 300, [](double t) { return 20 * std::sin(turn * 2 * t); });
    add(more, Role::eeg, 150, 6, [](double t) { return 40 * std::sin(turn * 9.5 * t); });
    CHECK(found(arousals_detector, body).empty());
    body.night.others = more.night.signals;
    body.night.others[0].site = "F4";
    CHECK(found(arousals_detector, body).empty());
    body.night.others[0].site = "O2";
    const EventList events = found(arousals_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(seconds(events[0].extent.onset) == Approx(150).margin(1));
}

TEST_CASE("an arousal begins where the EEG becomes faster, not with what wavers before") {
    Body body = body_of({Role::eeg, Role::chin}, 300, Stage::N2);
    add(body, Role::eeg, 0, 300, [](double t) { return 20 * std::sin(turn * 2 * t); });
    for (int i = 0; i < 12; ++i) add(body, Role::eeg, 130 + 1.5 * i, 0.8, [](double t) { return 0.8 * std::sin(turn * 9.5 * t); });
    add(body, Role::eeg, 150, 5, [](double t) { return 25 * std::sin(turn * 9.5 * t); });
    const EventList events = found(arousals_detector, body);
    REQUIRE(events.size() == 1);
    CHECK(seconds(events[0].extent.onset) == Approx(150).margin(1.2));
}

TEST_CASE("eyes that roll slowly are no sweat, one lead that drifts is") {
    Body body = body_of({Role::eog_left, Role::eog_right, Role::chin}, 300, Stage::N1);
    for (const Role role : {Role::eog_left, Role::eog_right}) {
        const double sign = role == Role::eog_left ? 1 : -1;
        add(body, role, 60, 60, [sign](double t) { return sign * 150 * std::sin(turn * 0.25 * t); });
    }
    add(body, Role::eog_left, 200, 60, [](double t) { return 150 * std::sin(turn * 0.2 * t); });
    body.night.activity = muscle_activity(body.night);
    EventList events = found(artefacts_detector, body);
    std::erase_if(events, [](const Event& e) { return e.text("reason") != "sweat"; });
    REQUIRE(events.size() == 1);
    CHECK(events[0].channel == "eog_left");
    CHECK(seconds(events[0].extent.onset) == Approx(200).margin(10));
}

TEST_CASE("an awakening in the first half of an epoch of wake is one") {
    for (const double at : {50.0, 70.0, 73.0, 80.0}) {  // the epoch of wake begins at 60 s
        CAPTURE(at);
        Body body({Role::chin, Role::eeg}, 300, 256, 10);
        body.night.hypnogram.stages.assign(10, Stage::N2);
        body.night.hypnogram.stages[2] = body.night.hypnogram.stages[3] = Stage::W;
        Signal& eeg = body.of(Role::eeg);
        for (auto i = static_cast<std::size_t>(at * 256); i < 100 * 256; ++i)
            eeg.stretches[0].samples[i] += static_cast<float>(40 * std::sin(2 * M_PI * 9.5 * static_cast<double>(i) / 256));
        const EventList events = arousals_detector.run(body.night, {}).events;
        REQUIRE(events.size() == (at < 75 ? 1 : 0));  // later the epoch would be sleep
        if (!events.empty()) CHECK(events[0].kind == "awakening");
        if (!events.empty()) CHECK(seconds(events[0].extent.onset) == Approx(at).margin(4));
    }
}

TEST_CASE("what is repeated at will by the whole body is no rhythm, no fast leg movement, no jerk and no tense leg") {
    const std::vector<Role> roles{Role::eeg, Role::chin, Role::neck, Role::trunk, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right};
    Body body = body_of(roles, 900, Stage::W);
    std::mt19937 random(5);
    const auto uniform = [&](double low, double high) { return low + (high - low) * static_cast<double>(random()) / 4294967296.0; };
    for (double from : {60.0, 160.0, 260.0, 360.0, 460.0, 560.0})  // pushes about every 1.2 s for 18 s
        for (double t = from; t < from + 18; t += uniform(0.95, 1.45))
            for (const Role role : roles)
                if (role != Role::eeg && uniform(0, 1) < 0.85) body.burst(role, t + uniform(0, 0.25), uniform(0.25, 0.55), uniform(20, 90));
    for (double t = 700; t < 718; t += uniform(1.15, 1.25))  // the same muscles in a rhythm
        for (const Role role : {Role::neck, Role::trunk, Role::arm_left}) body.burst(role, t, 0.5, 60);
    for (double t = 800; t < 812; t += 0.8) body.burst(Role::leg_left, t, 0.12, 80);  // a leg alone
    const DetectionRun all = run_detectors(body.night, {});
    std::map<std::string, std::vector<double>> onsets;
    for (const Event& e : all.events) onsets[e.kind].push_back(seconds(e.extent.onset));
    CHECK(onsets["hypnic_jerk"].empty());
    CHECK(onsets["tonic_leg_activity"].empty());
    CHECK(onsets["propriospinal_myoclonus"].empty());
    CHECK(onsets["hypnagogic_foot_tremor"].empty());
    REQUIRE(onsets["rhythmic_movement"].size() == 1);
    CHECK(onsets["rhythmic_movement"][0] == Approx(700).margin(1));
    REQUIRE(onsets["high_frequency_leg_movements"].size() == 1);
    CHECK(onsets["high_frequency_leg_movements"][0] == Approx(800).margin(0.1));
}

TEST_CASE("heart beats are told from the muscle's own bursts") {
    Body body = body_of({Role::ecg, Role::leg_left, Role::leg_right}, 300, Stage::N2);
    const auto r_wave = [](double uv) { return [uv](double t) { return uv * std::exp(-std::pow((t - 0.04) / 0.012, 2)); }; };
    for (double t = 1; t < 299; t += 0.9) {
        add(body, Role::ecg, t, 0.08, r_wave(1000));
        if (t > 100 && t < 200) add(body, Role::leg_left, t, 0.08, r_wave(25));
    }
    for (const double t : {50.04, 150.02, 250.06}) body.burst(Role::leg_right, t, 0.12, 100);
    body.night.activity = muscle_activity(body.night);
    EventList beats = found(artefacts_detector, body);
    std::erase_if(beats, [](const Event& e) { return e.kind != "heart_beat_artefact"; });
    REQUIRE(beats.size() == 1);
    CHECK(beats[0].channel == "leg_left");
    CHECK(seconds(beats[0].extent.onset) == Approx(100).margin(11));
    CHECK(seconds(beats[0].extent.offset) == Approx(200).margin(11));
}

TEST_CASE("coughs in two leads of the trunk and the neck are no jerks that begin in the trunk, beside which these are found") {
    Body body = body_of({Role::trunk, Role::trunk, Role::neck, Role::arm_left, Role::leg_left}, 900, Stage::N2, 512);
    body.night.signals[1].signal.label = "trunk 2";
    const auto burst = [&](std::size_t lead, double onset_s) {
        Signal& s = body.night.signals[lead].signal;
        for (int i = 0; i < 205; ++i) s.stretches[0].samples[static_cast<std::size_t>(onset_s * 512) + static_cast<std::size_t>(i)] += static_cast<float>(60 * body.noise.next());
    };
    for (int i = 0; i < 12; ++i) {
        const double t = 20 + 13.7 * i + 0.31 * (i % 3);
        burst(0, t), burst(1, t + 0.03), burst(2, t + 0.07);  // they spread as fast as jerks do
    }
    CHECK(found(propriospinal_myoclonus_detector, body).empty());
    for (int i = 0; i < 6; ++i) {
        const double t = 300 + 41.3 * i + 3.1 * (i % 4);
        burst(0, t), burst(1, t + 0.02), burst(2, t + 0.07), burst(3, t + 0.13), burst(4, t + 0.19);
    }
    CHECK(found(propriospinal_myoclonus_detector, body).size() == 6);
}

TEST_CASE("coughs in a rhythm are no rhythmic movement, rocking is one") {
    Body body = body_of({Role::chin, Role::neck, Role::trunk}, 300, Stage::N2, 512);
    for (int i = 0; i < 5; ++i) {
        body.burst(Role::trunk, 60 + 0.8 * i, 0.3, 60);
        body.burst(Role::neck, 60.05 + 0.8 * i, 0.3, 60);
        body.burst(Role::chin, 60.06 + 0.8 * i, 0.25, 60);
    }
    CHECK(found(rhythmic_movement_detector, body).empty());
    for (int i = 0; i < 8; ++i)
        for (const Role r : {Role::trunk, Role::neck}) body.burst(r, 200 + 0.8 * i, 0.35, 60);
    CHECK(found(rhythmic_movement_detector, body).size() == 1);
}

TEST_CASE("a leg beside a chin that hardly rises is no large movement") {
    Body body = body_of({Role::chin, Role::leg_left}, 300, Stage::N2, 256);
    body.burst(Role::leg_left, 100, 20, 30);
    for (int i = 0; i < 15; ++i) body.burst(Role::chin, 100 + 1.3 * i, 0.6, 6), body.burst(Role::chin, 100 + 1.3 * i, 0.1, 9);
    CHECK(found(large_muscle_group_movement_detector, body).empty());
    body.burst(Role::chin, 100, 20, 12);
    CHECK(found(large_muscle_group_movement_detector, body).size() == 1);
}

TEST_CASE("a chin that is tense for long after waking is no bruxism") {
    Body body(std::vector<Role>{Role::chin, Role::leg_left}, 300, 512, 3);
    body.night.hypnogram.stages.assign(10, Stage::N2);
    body.night.arousals = EventList();
    for (int i = 0; i < 6; ++i) body.burst(Role::chin, 100 + i, 0.5, 20);
    CHECK(found(bruxism_detector, body).size() == 1);
    Event awakening;
    awakening.extent = {98s, 113s};
    for (const double lasted_s : {20.0, 5.0}) {
        awakening.kind = "arousal";
        awakening.measures = {{"lasted_s", lasted_s}};
        body.night.arousals = EventList{awakening};
        CHECK(found(bruxism_detector, body).size() == (lasted_s > 15 ? 0 : 1));
    }
    awakening.kind = "awakening";
    body.night.arousals = EventList{awakening};
    CHECK(found(bruxism_detector, body).empty());
    awakening.extent = {78s, 93s};
    body.night.arousals = EventList{awakening};
    CHECK(found(bruxism_detector, body).size() == 1);  // later, and strong
}

TEST_CASE("a weak clench that the chin alone shows counts where nothing else happens") {
    Body body(std::vector<Role>{Role::chin, Role::leg_left}, 300, 512, 1.7);
    body.night.hypnogram.stages.assign(10, Stage::N2);
    body.night.arousals = EventList();
    body.burst(Role::chin, 100, 4, 12);
    const auto count = [&] { return found(bruxism_detector, body).size(); };
    CHECK(count() == 1);
    SECTION("not beside an arousal") {
        Event arousal;
        arousal.kind = "arousal";
        arousal.extent = {109s, 113s};
        body.night.arousals = EventList{arousal};
        CHECK(count() == 0);
    }
    SECTION("not beside another burst") {
        body.burst(Role::chin, 110, 0.5, 12);
        CHECK(count() == 0);
    }
    SECTION("not in REM sleep, whose tone may come back") {
        body.night.hypnogram.stages.assign(10, Stage::R);
        CHECK(count() == 0);
    }
    SECTION("not where nobody looked for arousals") {
        body.night.arousals.reset();
        CHECK(count() == 0);
    }
}

TEST_CASE("jaws clench by their own background; coughs, words and the tone of wake are no bruxism") {
    Body body(std::vector<Role>{Role::chin, Role::masseter, Role::trunk}, 300, 512, 1.7);
    body.night.hypnogram.stages.assign(10, Stage::N2);
    const auto jaw = [&](double t, double length_s, double uv) {
        for (const Role r : {Role::chin, Role::masseter}) body.burst(r, t, length_s, uv);
    };
    const auto found_types = [&] {
        std::vector<std::string> types;
        for (const Event& e : found(bruxism_detector, body)) types.push_back(e.text("type"));
        return types;
    };
    SECTION("tonic at seven times a quiet background") {
        jaw(100, 4, 12);
        CHECK(found_types() == std::vector<std::string>{"tonic"});
    }
    SECTION("phasic, with a breath in the trunk") {
        for (int i = 0; i < 6; ++i) jaw(100 + i, 0.5, 20);
        body.burst(Role::trunk, 102, 0.4, 20);
        CHECK(found_types() == std::vector<std::string>{"phasic"});
    }
    SECTION("three coughs") {
        for (int i = 0; i < 3; ++i) jaw(100 + 0.8 * i, 0.4, 20), body.burst(Role::trunk, 100 + 0.8 * i - 0.03, 0.4, 30);
        CHECK(found_types().empty());
    }
    SECTION("words") {
        for (int i = 0; i < 20; ++i) jaw(100 + 0.36 * i, i % 2 ? 0.26 : 0.2, 25);
        CHECK(found_types().empty());
    }
    SECTION("tone of wake that begins in the last epoch of sleep") {
        body.night.hypnogram.stages[4] = Stage::W;
        jaw(115, 30, 10);
        CHECK(found_types().empty());
    }
}

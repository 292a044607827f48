// One waveform in several muscles, and heart beats in one: what they hide and what they do not, on a body made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include "libpsg/events/common_artefacts.hpp"
#include "libpsg/events/detector.hpp"
#include "libpsg/events/muscle_activity.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace psg::events {
extern const Detector artefacts_detector, fragmentary_myoclonus_detector, rem_atonia_detector;
}

namespace {

Body sleeper(std::vector<Role> roles, double length_s, Stage stage, int rate_hz = 512) {
    Body body(std::move(roles), length_s, rate_hz);
    body.night.hypnogram.stages.assign(static_cast<std::size_t>(length_s / 30), stage);
    return body;
}

// A damped oscillation of the recording, in the given muscles.
void ring(Body& body, const std::vector<Role>& roles, double onset_s, double hz, double decay_s) {
    double uv = 80;
    for (const Role role : roles) {
        Signal& s = body.of(role);
        const double rate_hz = s.rate.hz();
        for (int i = 0; i < static_cast<int>(5 * decay_s * rate_hz); ++i)
            s.stretches[0].samples.at(static_cast<std::size_t>(onset_s * rate_hz) + static_cast<std::size_t>(i)) +=
                static_cast<float>(uv * std::exp(-i / rate_hz / decay_s) * std::sin(2 * M_PI * hz * i / rate_hz));
        uv *= -1.4;  // another size and sign in each
    }
}

void look_for_artefacts(Body& body) {
    body.night.activity = muscle_activity(body.night);
    body.night.events = artefacts_detector.run(body.night, {}).events;
    sort_events(body.night.events);
}

EventList of_reason(const Body& body, const std::string& reason) {
    EventList list;
    for (const Event& e : body.night.events)
        if (e.text("reason") == reason) list.push_back(e);
    return list;
}

const std::vector<Role> everything{Role::chin, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right};

}  // namespace

TEST_CASE("a ringing common to all muscles is electrical and no potential, at any rate") {
    for (const int rate_hz : {200, 512, 1000, 0}) {  // 0: the chin and an arm at half of the legs' rate
        Body body = sleeper(everything, 120, Stage::N2, rate_hz > 0 ? rate_hz : 512);
        for (const Role role : {Role::chin, Role::arm_right})
            if (rate_hz == 0) {
                Signal slow = Body({role}, 120, 256).of(role);
                slow.channel = body.of(role).channel;
                body.of(role) = std::move(slow);
            }
        for (int k = 0; k < 8; ++k) ring(body, everything, 10 + 9 * k, 30 + 8 * k, 0.03);
        body.night.activity = muscle_activity(body.night);
        const std::size_t before = fragmentary_myoclonus_detector.run(body.night, {}).events.size();
        CHECK(before >= 8);  // what it would be taken for
        look_for_artefacts(body);
        const EventList told = of_reason(body, "electrical");
        REQUIRE(told.size() == 8);
        CHECK(told[0].channel == "chin+arm_left+arm_right+leg_left+leg_right");
        CHECK(seconds(told[0].extent.onset) == Approx(10).margin(0.02));
        const Detection potentials = fragmentary_myoclonus_detector.run(body.night, {});
        CHECK(potentials.events.empty());
        CHECK(potentials.at_risk.total() < 119500ms);  // hidden time is not at risk
        CHECK(potentials.at_risk.total() > 117s);
    }
}

TEST_CASE("muscles that begin at once have waveforms of their own, neighbours that hear each other are one region") {
    Body body = sleeper({Role::chin, Role::masseter, Role::neck, Role::arm_left, Role::leg_left, Role::leg_right}, 300, Stage::N1);
    for (int k = 0; k < 20; ++k)
        for (const Role role : {Role::neck, Role::arm_left, Role::leg_left, Role::leg_right}) body.burst(role, 10.0 + 8 * k, 0.12, 90);
    for (int k = 0; k < 5; ++k) ring(body, {Role::chin, Role::masseter, Role::neck}, 200 + 8.0 * k, 60, 0.03);
    look_for_artefacts(body);
    CHECK(of_reason(body, "electrical").empty());
}

TEST_CASE("of two legs alone both must show it") {
    Body body = sleeper({Role::leg_left, Role::leg_right}, 60, Stage::N2);
    ring(body, {Role::leg_left, Role::leg_right}, 20, 50, 0.03);
    ring(body, {Role::leg_left}, 40, 50, 0.03);
    for (const double t : {50.0, 52.0, 54.0}) body.burst(Role::leg_left, t, 0.1, 90), body.burst(Role::leg_right, t, 0.1, 90);
    look_for_artefacts(body);
    CHECK(of_reason(body, "electrical").size() == 1);
}

TEST_CASE("heart beats that were subtracted hide no potential, those that were not take their time with them") {
    const auto night = [](bool steady) {
        Body body = sleeper({Role::ecg, Role::leg_left, Role::leg_right}, 600, Stage::N2);
        std::mt19937 random(3);
        const auto beat = [&](Role role, double t, double uv) {
            Signal& s = body.of(role);
            for (int i = -20; i <= 20; ++i)
                s.stretches[0].samples.at(static_cast<std::size_t>(t * 512 + i)) += static_cast<float>(uv * std::exp(-std::pow(i / 6.0, 2)));
        };
        for (double t = 1; t < 599; t += 0.9) {
            beat(Role::ecg, t, 1000);
            beat(Role::leg_left, t, steady ? 12 : 100 + static_cast<double>(random() % 160));  // no mean fits beats that differ so much
        }
        for (int k = 0; k < 20; ++k) body.burst(Role::leg_left, 20.35 + 27 * k, 0.11, 80);
        look_for_artefacts(body);
        return body;
    };
    const auto minutes = [](const Detection& d) {
        for (const NightMeasure& m : d.measures)
            if (m.name == "positive_minutes" && m.channel == "leg_left") return m.value;
        throw std::logic_error("no measure");
    };
    const Body weak = night(true);
    CHECK(weak.night.events_of("artefact").empty());
    CHECK_FALSE(weak.night.events_of("heart_beat_artefact").empty());
    const Detection seen = fragmentary_myoclonus_detector.run(weak.night, {});
    CHECK(seen.events.size() == 20);
    CHECK(minutes(seen) == 0);  // they are minutes, though none is positive
    Body twitching = night(true);  // in time with the heart, for a while
    for (int k = 0; k < 12; ++k) twitching.burst(Role::leg_left, 300.97 + 0.9 * k, 0.1, 90);
    look_for_artefacts(twitching);
    CHECK(twitching.night.events_of("artefact").empty());
    const Body strong = night(false);
    CHECK(strong.night.events_of("artefact").size() >= 1);
    const Detection hidden = fragmentary_myoclonus_detector.run(strong.night, {});
    CHECK(hidden.events.size() <= 2);
    CHECK(std::isnan(minutes(hidden)));  // no minute of that leg could be judged
}

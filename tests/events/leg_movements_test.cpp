// Leg movements planted in small simulated signals, and the simulated reference night.
// SPDX-License-Identifier: BSD-3-Clause
#include <fstream>
#include <limits>
#include <numbers>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/model/error.hpp"
#include "tests/events/leg_signals.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::test;
using namespace std::chrono_literals;

TEST_CASE("Leg movements are found at every usual rate and noise", "[events]") {
    for (const double rate_hz : {200.0, 256.0, 500.0, 512.0, 1000.0})
        for (const double rest_uv : {0.5, 2.0, 4.0}) {
            INFO(rate_hz << " Hz, rest " << rest_uv << " uV");
            check_finds(Leg(rate_hz, 130, rest_uv, some), some, 0.1);
        }
}

TEST_CASE("Onsets are where movements begin, at once or slowly", "[events]") {
    for (const double rate_hz : {200.0, 256.0, 500.0})
        for (const double rise_s : {0.0, 0.045, 0.1}) {
            std::mt19937 random(7);
            std::uniform_real_distribution<double> part(0, 1);
            std::vector<float> x = emg_noise(static_cast<std::size_t>(1500 * rate_hz), rate_hz, 1);
            const std::vector<float> activity = emg_noise(x.size(), rate_hz, 51);
            for (float& v : x) v *= 3;
            std::vector<double> onsets, errors;
            for (double t = 20; t < 1480; t += 6 + 4 * part(random)) {
                const double rms_uv = 15.4 * std::pow(7, part(random)), length_s = 0.6 + 2 * part(random);
                onsets.push_back(t);
                for (auto i = static_cast<std::size_t>(std::ceil(t * rate_hz));
                     i < static_cast<std::size_t>((t + length_s) * rate_hz); ++i) {
                    const double since_s = static_cast<double>(i) / rate_hz - t;
                    x[i] += activity[i] * static_cast<float>(rms_uv * (since_s < rise_s ? since_s / rise_s : 1));
                }
            }
            Leg leg(rate_hz, 1, 1, {});
            leg.x = std::move(x);
            const EventList found = detect(night_of(leg)).events;
            REQUIRE(found.size() == onsets.size());
            for (std::size_t i = 0; i < found.size(); ++i) errors.push_back(seconds(found[i].extent.onset) - onsets[i]);
            std::sort(errors.begin(), errors.end());
            INFO(rate_hz << " Hz, a rise of " << rise_s << " s");
            CHECK(1000 * std::fabs(errors[errors.size() / 2]) <= 9);
        }
}

TEST_CASE("An event carries leg, channel and measures", "[events]") {
    const events::Detection found =
        detect(night_of(Leg(256, 60, 2, {{20, 22, 50}}), Leg(256, 60, 3, {{40, 43, 30}}, 2)));
    REQUIRE(found.events.size() == 2);
    CHECK(found.ran);
    CHECK(found.findings.empty());
    CHECK(found.at_risk.total() == 60s);
    CHECK(found.partly_at_risk.empty());
    const Event &left = found.events[0], &right = found.events[1];
    CHECK(left.kind == "leg_movement");
    CHECK(left.side == Side::left);
    CHECK(left.channel == "LEG/L");
    CHECK(right.side == Side::right);
    CHECK(left.number("resting_uv") == Approx(2).epsilon(0.1));
    CHECK(right.number("resting_uv") == Approx(3).epsilon(0.1));
    CHECK(left.number("amplitude_uv") == Approx(48).epsilon(0.15));
    CHECK(right.number("amplitude_uv") == Approx(27).epsilon(0.15));
    CHECK(left.number("rise_uv") > left.number("amplitude_uv"));
    CHECK(left.number("peak_uv") > 100);
    CHECK(left.number("sustained_uv") > 30);
}

TEST_CASE("The rules on amplitude, duration, pauses and length hold", "[events]") {
    SECTION("too short, too small") {
        check_finds(Leg(256, 130, 2, {{20, 20.35, 50}, {40, 43, 4}, {80, 81, 40}}), {{80, 81, 40}});
    }
    SECTION("a pause of less than half a second belongs to the movement") {
        check_finds(Leg(256, 60, 2, {{20, 21, 40}, {21.3, 22, 40}}), {{20, 22, 40}});
    }
    SECTION("a longer one parts two") {
        const std::vector<Burst> two{{20, 21, 40}, {21.8, 23, 40}};
        check_finds(Leg(256, 60, 2, two), two);
    }
    SECTION("more than ten seconds are a long leg movement") {
        const EventList events = detect(night_of(Leg(256, 120, 2, {{20, 29.5, 40}, {60, 71, 40}}))).events;
        REQUIRE(events.size() == 2);
        CHECK(events[0].kind == "leg_movement");
        CHECK(events[1].kind == "long_leg_movement");
        CHECK(detect(night_of(Leg(256, 120, 2, {{60, 71, 40}})), {{"max_duration_s", "15"}}).events[0].kind ==
              "leg_movement");
    }
    SECTION("short twitches that a pause joins lack the morphology") {
        const Leg leg(256, 60, 2, {{20, 20.1, 40}, {20.4, 20.5, 40}, {20.8, 20.9, 40}});
        CHECK(detect(night_of(leg)).events.empty());
        CHECK(detect(night_of(leg), {{"standard", "aasm"}}).events.size() == 1);  // that has no such rule
        CHECK(detect(night_of(leg), {{"standard", "aasm"}, {"morphology", "yes"}}).events.empty());
    }
    SECTION("thresholds are options") {
        CHECK(detect(night_of(Leg(256, 60, 2, {{20, 22, 6}}))).events.empty());
        CHECK(detect(night_of(Leg(256, 60, 2, {{20, 22, 6}})), {{"onset_uv", "3"}}).events.size() == 1);
    }
}

TEST_CASE("Channels that cannot be used are named", "[events]") {
    const Leg leg(256, 60, 2, {{20, 22, 40}});
    Night night = night_of(leg, leg);
    SECTION("coarse steps") {
        night.signals[0].signal.step = 31.25;
        const events::Detection one = detect(night);
        CHECK(one.ran);
        CHECK(one.events.size() == 1);
        REQUIRE(has(one.findings, FindingCode::RESOLUTION_COARSE));
        CHECK(one.findings[0].message.find("LEG/L") != std::string::npos);
        CHECK(one.findings[0].message.find("31.25 uV") != std::string::npos);
        CHECK(one.findings[0].channel == 0);
        night.signals[1].signal.step = 31.25;
        const events::Detection none = detect(night);
        CHECK_FALSE(none.ran);
        CHECK(none.at_risk.empty());
        CHECK(has(none.findings, FindingCode::DETECTOR_NOT_RUN));
        CHECK(detect(night, {{"max_step_uv", "50"}}).ran);
    }
    SECTION("unknown unit") {
        night.signals[0].signal.unit = "mmHg";
        night.signals[1].signal.unit = "";
        CHECK_FALSE(detect(night).ran);
        CHECK(has(detect(night).findings, FindingCode::CHANNEL_UNUSABLE));
    }
    SECTION("low rate") {
        night.signals[0].signal.rate = SampleRate::hertz(64);
        CHECK(has(detect(night).findings, FindingCode::CHANNEL_UNUSABLE));
    }
    SECTION("no legs at all") {
        const events::Detection found = detect(Night{});
        CHECK_FALSE(found.ran);
        CHECK(found.findings.size() == 3);
    }
}

TEST_CASE("Strange signals are taken without complaint", "[events]") {
    const auto run = [](std::vector<float> x, double rate_hz = 256) {
        Leg leg(rate_hz, 1, 1, {});
        leg.x = std::move(x);
        return detect(night_of(leg));
    };
    CHECK(run(std::vector<float>(256 * 120, NAN)).at_risk.empty());
    CHECK(run(std::vector<float>(256 * 120, 0.0F)).at_risk.empty());
    CHECK(run(std::vector<float>(256 * 120, -3276.7F)).events.empty());
    for (const std::size_t n : {0U, 1U, 2U, 100U, 255U, 256U, 2559U, 2560U, 2561U, 5000U})
        CHECK(run(std::vector<float>(n, 1.0F)).events.empty());
    for (const double rate_hz : {100.0, 200.0, 16000.0})
        CHECK(run(emg_noise(3000, rate_hz, 1), rate_hz).events.empty());
    std::vector<float> wild = emg_noise(256 * 60, 256, 5);
    for (std::size_t i = 0; i < wild.size(); i += 97) wild[i] = i % 2 ? INFINITY : -1e30F;
    run(wild);
    std::vector<float> mixed = Leg(256, 120, 2, {{20, 22, 40}, {100, 102, 40}}).x;
    for (std::size_t i = 256 * 50; i < 256 * 70; ++i) mixed[i] = NAN;
    mixed[30] = NAN;
    const events::Detection found = run(mixed);
    CHECK(found.events.size() == 2);
    CHECK(seconds(found.at_risk.total()) == Approx(100).margin(1));
}

TEST_CASE("Options are checked", "[events]") {
    const Night night = night_of(Leg(256, 20, 2, {}));
    CHECK_THROWS_AS(detect(night, {{"onset", "8"}}), UsageError);
    CHECK_THROWS_AS(detect(night, {{"onset_uv", "eight"}}), UsageError);
    CHECK_THROWS_AS(detect(night, {{"high_pass_hz", "90"}}), UsageError);
    CHECK(events::leg_movements_detector.options.size() == 19);
    for (const OptionInfo& info : events::leg_movements_detector.options) {
        CHECK_FALSE(info.source.empty());
        CHECK_FALSE(info.text.empty());
    }
}

TEST_CASE("The simulated reference night is scored as planted", "[events][reference]") {
    PSG_REFERENCE_OR_SKIP(folder, "movements/main256");
    const io::EdfReader reader(folder + "/emg.edf");
    std::vector<Signal> signals = reader.read(std::vector<int>{0, 1, 2});
    Night night;
    night.signals = {{Role::leg_left, "", signals[0]}, {Role::leg_right, "", signals[1]}, {Role::ecg, "", signals[2]}};
    const EventList events = detect(night).events;

    // truth_events.csv: id, leg, onset_s, offset_s, ..., is_lm
    std::ifstream truth(folder + "/truth_events.csv");
    std::string line;
    std::getline(truth, line);
    int planted = 0, found = 0;
    std::vector<double> onset_errors, offset_errors;
    std::vector<char> matched(events.size(), 0);
    while (std::getline(truth, line)) {
        std::vector<std::string> fields(1);
        for (const char c : line)
            if (c == ',')
                fields.emplace_back();
            else if (c != '\r')
                fields.back() += c;
        if (fields.back() != "1") continue;
        ++planted;
        const Side side = fields[1] == "L" ? Side::left : Side::right;
        const Interval extent{*parse_seconds(fields[2]), *parse_seconds(fields[3])};
        for (std::size_t i = 0; i < events.size(); ++i)
            if (events[i].kind == "leg_movement" && events[i].side == side && events[i].extent.overlaps(extent)) {
                matched[i] = 1;
                ++found;
                onset_errors.push_back(seconds(events[i].extent.onset - extent.onset));
                offset_errors.push_back(seconds(events[i].extent.offset - extent.offset));
                break;
            }
    }
    std::size_t unmatched = 0;
    for (std::size_t i = 0; i < events.size(); ++i) unmatched += events[i].kind == "leg_movement" && !matched[i];
    const auto middle = [](std::vector<double> v) {
        std::sort(v.begin(), v.end());
        return v.at(v.size() / 2);
    };
    CHECK(planted == 300);
    CHECK(found >= 294);
    CHECK(unmatched <= 2);
    CHECK(std::fabs(middle(onset_errors)) <= 0.010);
    CHECK(std::fabs(middle(offset_errors)) <= 0.030);
}

// Artefacts of one channel, looked for as its samples come: the same however they are cut.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/channel_artefacts.hpp"

#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>

#include "libpsg/signal/statistics.hpp"
#include "tests/cuts.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

constexpr double rate_hz = 200;

// A channel with one of everything, at these seconds.
std::vector<float> spoilt(double noise_uv) {
    std::vector<float> x = test::noise_samples(static_cast<std::size_t>(700 * rate_hz) + 77, static_cast<float>(noise_uv), 3);
    const auto add = [&](double from_s, double length_s, auto value) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(length_s * rate_hz); ++i)
            x[static_cast<std::size_t>(from_s * rate_hz) + i] += static_cast<float>(value(static_cast<double>(i) / rate_hz));
    };
    for (std::size_t i = 0; i < 1400; ++i) x[8000 + i] = 33;                             // 40 s: nothing
    for (std::size_t i = 0; i < 600; ++i) x[12000 + i] = i % 60 < 40 ? 500 : x[12000 + i];  // 60 s: clipped
    add(80, 9, [](double t) { return 200 * std::sin(2 * M_PI * 50 * t); });
    for (const double t : {110.0, 110.4, 300.003}) add(t, 1.5, [](double s) { return 600 * std::exp(-3 * s); });
    add(130, 40, [](double t) { return 90 * std::sin(2 * M_PI * 0.2 * t); });
    add(200, 4, [](double t) { return 300 * std::sin(2 * M_PI * 0.8 * t); });
    for (int i = 0; i < 5; ++i) add(220 + 5 * i, 0.6, [&](double) { return i % 2 ? -300 : 300; });
    for (int i = 0; i < 60; ++i) add(400.02 + 0.93 * i, 0.05, [&](double t) { return 120 * std::sin(M_PI * t / 0.05); });
    x[100'000] = NAN;
    return x;
}

std::vector<signal::HeartBeat> heart() {
    std::vector<signal::HeartBeat> beats;
    for (int i = 0; i < 700; ++i) beats.push_back({1000 + 28.05 + 0.93 * i, 0});
    return beats;
}

}  // namespace

TEST_CASE("brief touches of a limit are clipping, a peak and the steps of a quiet converter are none") {
    const std::vector<signal::HeartBeat> none;
    const auto clipped = [&](const std::vector<float>& x) {
        ChannelArtefacts search(Role::chin, SampleRate::hertz(200), {}, none);
        search.begin_stretch(0s);
        search.add(x);
        return search.finish().front().clipping;
    };
    std::vector<float> x = test::noise_samples(60 * 200, 5, 4);
    for (std::size_t i = 2000; i < 4000; ++i) x[i] = std::clamp(800 * std::sin(2 * static_cast<float>(M_PI) * 31 * static_cast<float>(i) / 200), -300.0F, 300.0F);
    CHECK(clipped(x) == std::vector<signal::Run>{{2000, 4000}});
    for (std::size_t i = 2000; i < 4000; ++i) x[i] = 800 * std::sin(2 * static_cast<float>(M_PI) * 31.3F * static_cast<float>(i) / 200);
    CHECK(clipped(x).empty());
    for (float& v : x) v = std::clamp(std::round(v), -2.0F, 2.0F);
    CHECK(clipped(x).empty());
}

TEST_CASE("artefacts of a channel do not depend on how its samples are cut") {
    ChannelArtefactRules rules;
    const std::vector<signal::HeartBeat> beats = heart();
    const auto close = [](const std::vector<Interval>& list, double s) {
        return std::any_of(list.begin(), list.end(), [&](const Interval& i) { return std::abs(seconds(i.onset) - 1000 - s) < 2; });
    };
    for (const Role role : {Role::eeg, Role::eog_left, Role::chin, Role::ecg}) {
        const std::vector<float> x = spoilt(role == Role::chin ? 5 : 15);
        const auto results = test::of_all_cuts([&](auto cut) {
            ChannelArtefacts search(role, SampleRate::hertz(200), rules, beats);
            for (const auto& [start, count] : {std::pair{1000s, x.size()}, std::pair{5000s, x.size() / 3}, std::pair{9000s, std::size_t{199}}}) {
                search.begin_stretch(start);
                cut(std::span<const float>(x).first(count), [&](auto piece) { search.add(piece); });
            }
            return search.finish();
        });
        for (const auto& stretches : results) {
            REQUIRE(stretches.size() == 2);  // one is shorter than a second
            for (std::size_t s = 0; s < 2; ++s) {
                const ChannelArtefacts::Stretch &a = stretches[s], &b = results[0][s];
                CHECK(a.start == b.start);
                CHECK(a.count == b.count);
                CHECK(a.lead_off == b.lead_off);
                CHECK(a.clipping == b.clipping);
                CHECK(a.mains == b.mains);
                CHECK(a.weak_mains == b.weak_mains);
                CHECK(a.sweat == b.sweat);
                CHECK(a.swings == b.swings);
                CHECK(a.excursions == b.excursions);
                REQUIRE(a.pops.size() == b.pops.size());
                for (std::size_t i = 0; i < a.pops.size(); ++i) CHECK((a.pops[i].extent == b.pops[i].extent && a.pops[i].middle == b.pops[i].middle));
                REQUIRE(a.beats.size() == b.beats.size());
                for (std::size_t i = 0; i < a.beats.size(); ++i) CHECK((a.beats[i].number == b.beats[i].number && a.beats[i].peak_uv == b.beats[i].peak_uv && a.beats[i].beats == b.beats[i].beats));
            }
        }
        // ... and are those that were made
        const ChannelArtefacts::Stretch& s = results[0][0];
        CHECK(s.lead_off == std::vector<signal::Run>{{8000, 9400}});
        REQUIRE(s.clipping.size() == 1);
        CHECK(s.clipping[0].begin == 12000);
        REQUIRE(s.mains.size() == 1);
        CHECK(s.mains[0] == signal::Run{80 * 200, 89 * 200});
        const auto pops = counted_pops(s.pops, [](const ElectrodePop& pop) { return !pop.brief; });
        CHECK(close(pops, 110) == (role != Role::ecg));
        CHECK(close(pops, 300) == (role != Role::ecg));
        CHECK(close(s.swings, 200) == (role == Role::eeg || role == Role::eog_left));
        CHECK((s.sweat.size() > 0) == (role == Role::eeg || role == Role::eog_left));
        CHECK(close(s.excursions, 225) == (role == Role::chin));
        CHECK((s.beats.size() >= 4) == (role == Role::chin));
    }
}

TEST_CASE("weak hum is told apart from hum that hides a muscle") {
    const ChannelArtefactRules rules;
    std::vector<float> x = test::noise_samples(200 * 60, 1, 3);
    for (std::size_t i = 200 * 10; i < 200 * 50; ++i)
        x[i] += static_cast<float>((i < 200 * 30 ? 4 : 12) * std::sin(2 * M_PI * 50 * static_cast<double>(i) / 200 + 0.7));
    MainsHum hum(200, rules);
    hum.begin();
    hum.add(x);
    CHECK(hum.finish(false) == std::vector<signal::Run>{{200 * 30, 200 * 50}});
    CHECK(hum.finish(true) == std::vector<signal::Run>{{200 * 10, 200 * 50}});
}

TEST_CASE("the usual change of a lead is the median of its changes") {
    const SlowArtefactRules rules;
    std::vector<float> x = test::noise_samples(60'000, 40, 9);
    const std::size_t from = x.size() + 1000;
    x.resize(x.size() + 3000, 0.0F);  // quiet, with one jump
    const auto with_jump = [&](double uv) {
        std::vector<float> y = x;
        std::fill_n(y.begin() + static_cast<std::ptrdiff_t>(from), 200, static_cast<float>(uv));
        return y;
    };
    std::vector<float> changes(2, 0.0F);
    const std::vector<float> y = with_jump(1e4);
    for (std::size_t i = 4; i + 1 < y.size(); i += 2) changes.push_back(std::abs((y[i] + y[i + 1]) / 2 - (y[i - 4] + y[i - 3]) / 2));
    const double least = rules.pop_ratio * signal::median(changes);
    REQUIRE(least > 2 * rules.pop_uv);
    for (const double part : {0.999, 1.001}) {
        ElectrodePops search(SampleRate::hertz(200), rules);
        search.begin(0s);
        search.add(with_jump(least * part));
        CHECK(search.finish().empty() == (part < 1));
    }
}

// Beats planted in an electrocardiogram and in muscle noise.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/ecg_removal.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/heart_beats.hpp"
#include "libpsg/signal/heart_spikes.hpp"
#include "tests/cuts.hpp"

using namespace psg::signal;

namespace {

// A QRS complex of peak 1 at 0.
double qrs(double t) {
    return std::exp(-t * t / 2e-4) - 0.3 * std::exp(-(t - 0.03) * (t - 0.03) / 4e-4);
}

struct Heart {
    double rate_hz;
    std::vector<double> beats;  // s
    std::vector<float> ecg;     // peak 1000

    Heart(double rate, double length_s, double interval_s)
        : rate_hz(rate), ecg(static_cast<std::size_t>(rate * length_s)) {
        for (double t = 0.6; t < length_s - 0.5; t += interval_s * (1 + 0.06 * std::sin(t / 3))) beats.push_back(t);
        for (const double beat : beats)
            for (auto i = static_cast<std::size_t>((beat - 0.1) * rate);
                 i < static_cast<std::size_t>((beat + 0.15) * rate); ++i)
                ecg[i] += static_cast<float>(1000 * qrs(static_cast<double>(i) / rate - beat));
    }
};

std::vector<float> noise(std::size_t count, double rate_hz) {
    std::mt19937 random(4);
    std::normal_distribution<float> normal(0, 2);
    std::vector<float> x(count);
    for (float& v : x) v = normal(random);
    filter_zero_phase(butterworth_high_pass(2, 15, rate_hz), x);
    return x;
}

// How many of `wanted` (s) have a found place within 20 ms of a common delay.
std::size_t matched(const std::vector<double>& wanted, const std::vector<HeartBeat>& beats, double rate_hz) {
    std::vector<double> delays, places;
    for (const HeartBeat& b : beats) places.push_back(b.place);
    for (const double w : wanted) {
        const auto near = std::min_element(places.begin(), places.end(), [&](double a, double b) {
            return std::fabs(a / rate_hz - w) < std::fabs(b / rate_hz - w);
        });
        if (near != places.end()) delays.push_back(*near / rate_hz - w);
    }
    if (delays.empty()) return 0;
    std::vector<double> sorted = delays;
    std::sort(sorted.begin(), sorted.end());
    const double middle = sorted[sorted.size() / 2];
    if (std::fabs(middle) > 0.05) return 0;
    return static_cast<std::size_t>(std::count_if(delays.begin(), delays.end(), [&](double d) {
        return std::fabs(d - middle) < std::max(0.005, 1.1 / rate_hz);
    }));
}

}  // namespace

TEST_CASE("Beats are found in either polarity, under drift, hum and noise", "[signal]") {
    for (const double rate_hz : {100.0, 256.0, 500.0})
        for (const double polarity : {1.0, -1.0}) {
            INFO(rate_hz << " Hz, polarity " << polarity);
            Heart heart(rate_hz, 120, 0.8);
            const std::vector<float> hiss = noise(heart.ecg.size(), rate_hz);
            for (std::size_t i = 0; i < heart.ecg.size(); ++i) {
                const double t = static_cast<double>(i) / rate_hz;
                heart.ecg[i] = static_cast<float>(polarity * static_cast<double>(heart.ecg[i]) + 500 * std::sin(t) +
                                                  (rate_hz > 120 ? 100 * std::sin(2 * std::numbers::pi * 50 * t) : 0)) +
                               5 * hiss[i];
            }
            const std::vector<HeartBeat> places = find_beats(heart.ecg, rate_hz);
            CHECK(places.size() == heart.beats.size());
            CHECK(matched(heart.beats, places, rate_hz) == heart.beats.size());
        }
}

TEST_CASE("Beats do not depend on how the electrocardiogram is cut", "[signal]") {
    for (const double rate_hz : {100.0, 256.0}) {
        Heart heart(rate_hz, 130, 0.8);
        const std::vector<float> hiss = noise(heart.ecg.size(), rate_hz);
        for (std::size_t i = 0; i < heart.ecg.size(); ++i) {
            const double t = static_cast<double>(i) / rate_hz, ramp = t > 40 && t < 60 ? (t - 40) * (t - 40) * (t - 40) : 0;  // ever steeper
            const double ectopic = std::exp(-std::pow((std::fmod(t, 7.3) - 3) / 0.05, 2));
            heart.ecg[i] = static_cast<float>(static_cast<double>(heart.ecg[i]) + 900 * ectopic + ramp + 20 * static_cast<double>(hiss[i]));
        }
        const auto results = psg::test::of_all_cuts([&](auto cut) {
            BeatFinder finder(rate_hz);
            cut(std::span<const float>(heart.ecg), [&](auto piece) { finder.add(piece); });
            return finder.finish();
        });
        CHECK(results[0].size() > heart.beats.size());  // wide ones, too
        for (const std::vector<HeartBeat>& beats : results)
            CHECK(std::equal(beats.begin(), beats.end(), results[0].begin(), results[0].end(), [](const HeartBeat& a, const HeartBeat& b) { return a.place == b.place && a.shape == b.shape; }));
    }
}

TEST_CASE("No electrocardiogram, no beats", "[signal]") {
    CHECK(find_beats({}, 256).empty());
    CHECK(find_beats(std::vector<float>(5, 1.0F), 256).empty());
    CHECK(find_beats(std::vector<float>(10000, 1.0F), 256).empty());
    CHECK(find_spikes_like_beats({}, 256).empty());
    CHECK(find_spikes_like_beats(std::vector<float>(20000, 0.0F), 256).empty());
    CHECK(find_spikes_like_beats(noise(256 * 600, 256), 256).empty());
}

TEST_CASE("Spikes that recur like beats are recognised, twitches are not", "[signal]") {
    const Heart heart(256, 300, 0.7);
    std::vector<float> emg = noise(heart.ecg.size(), 256);
    for (std::size_t i = 0; i < emg.size(); ++i) emg[i] += 0.04F * heart.ecg[i];
    CHECK(matched(heart.beats, find_spikes_like_beats(emg, 256), 256) > heart.beats.size() * 9 / 10);

    // bursts of a muscle as frequent as beats: none looks like the other
    std::mt19937 random(8);
    std::normal_distribution<float> normal(0, 20);
    std::vector<float> twitches = noise(256 * 300, 256), activity(twitches.size(), 0.0F);
    for (std::size_t at = 300; at + 300 < twitches.size(); at += 100 + random() % 200)
        for (std::size_t i = 0; i < 30; ++i) activity[at + i] = normal(random);
    filter_zero_phase(butterworth_high_pass(2, 15, 256), activity);
    for (std::size_t i = 0; i < twitches.size(); ++i) twitches[i] += activity[i];
    CHECK(find_spikes_like_beats(twitches, 256).size() < 50);
    std::vector<float> untouched = twitches;
    subtract_beats(untouched, 256, find_spikes_like_beats(twitches, 256));
    double planted = 0, taken = 0;
    for (std::size_t i = 0; i < twitches.size(); ++i) {
        planted += std::pow(static_cast<double>(twitches[i]), 2);
        taken += std::pow(static_cast<double>(twitches[i] - untouched[i]), 2);
    }
    CHECK(taken < 0.01 * planted);
}

TEST_CASE("Beats are found and subtracted in any rhythm, wide ones by themselves", "[signal]") {
    for (const bool given : {true, false})
        for (const double rate_hz : {200.0, 500.0}) {
            INFO(rate_hz << " Hz, " << (given ? "electrocardiogram" : "no electrocardiogram"));
            std::mt19937 random(5);
            std::vector<float> ecg(static_cast<std::size_t>(300 * rate_hz), 0.0F);
            std::size_t beats = 0;
            for (double at = 0.6; at < 299; at += 0.45 + 0.001 * static_cast<double>(random() % 700)) {
                const bool is_wide = ++beats % 7 == 0;
                for (auto i = static_cast<std::size_t>((at - 0.2) * rate_hz);
                     i < static_cast<std::size_t>((at + 0.25) * rate_hz); ++i) {
                    const double t = static_cast<double>(i) / rate_hz - at;
                    ecg[i] += static_cast<float>(1000 * (is_wide ? -1.1 * qrs(t / 2.2) : qrs(t)));
                }
            }
            const std::vector<float> clean = noise(ecg.size(), rate_hz);
            std::vector<float> pick_up = ecg;
            for (float& v : pick_up) v *= 0.12F;
            filter_zero_phase(butterworth_high_pass(2, 15, rate_hz), pick_up);
            std::vector<float> emg = clean;
            for (std::size_t i = 0; i < emg.size(); ++i) emg[i] += pick_up[i];
            const std::vector<HeartBeat> found =
                given ? find_beats(ecg, rate_hz) : find_spikes_like_beats(emg, rate_hz);
            CHECK(found.size() >= beats * 98 / 100);
            CHECK(found.size() <= beats * 102 / 100);
            subtract_beats(emg, rate_hz, found);
            double planted = 0, left = 0;
            for (std::size_t i = 0; i < emg.size(); ++i) {
                planted += std::pow(static_cast<double>(pick_up[i]), 2);
                left += std::pow(static_cast<double>(emg[i] - clean[i]), 2);
            }
            CHECK(left < 0.02 * planted);  // power
        }
}

TEST_CASE("Beats are subtracted where they are, movements stay", "[signal]") {
    const Heart heart(256, 300, 0.8);
    std::vector<float> clean = noise(heart.ecg.size(), 256);
    for (std::size_t i = 0; i < clean.size(); ++i)
        if (i / 256 % 30 < 4) clean[i] *= 20;
    std::vector<float> pick_up(clean.size(), 0.0F);
    for (std::size_t i = 100 * 256; i < 250 * 256; ++i) pick_up[i] = 0.04F * heart.ecg[i];
    filter_zero_phase(butterworth_high_pass(2, 15, 256), pick_up);
    std::vector<float> emg = clean;
    for (std::size_t i = 0; i < emg.size(); ++i) emg[i] += pick_up[i];
    CHECK(subtract_beats(emg, 256, find_beats(heart.ecg, 256)) > 150);
    double planted = 0, left = 0;
    for (std::size_t i = 0; i < emg.size(); ++i) {
        planted += std::pow(static_cast<double>(pick_up[i]), 2);
        left += std::pow(static_cast<double>(emg[i] - clean[i]), 2);
    }
    CHECK(left < 0.02 * planted);  // power

    std::vector<float> untouched = clean;
    CHECK(subtract_beats(untouched, 256, find_beats(heart.ecg, 256)) == 0);
    CHECK(untouched == clean);
}

TEST_CASE("Beats of rare shapes are subtracted as well, however the samples come", "[signal]") {
    // three shapes of every beat, every twelfth, every hundredth; one that is met five times; some beats begin before the last one ended
    constexpr double rate_hz = 256;
    std::vector<float> emg = noise(static_cast<std::size_t>(1500 * rate_hz), rate_hz), clean = emg;
    std::vector<HeartBeat> beats;
    std::size_t met = 0;
    for (double at = 0.05; at < 1500; at += ++met % 9 == 0 ? 0.17 : 0.8) {
        const int shape = met % 300 == 150 ? 3 : met % 100 == 50 ? 2 : met % 12 == 5 ? 1 : 0;
        beats.push_back({at * rate_hz, shape});
        for (auto i = static_cast<std::size_t>(std::max(0.0, at - 0.1) * rate_hz); i < std::min(emg.size(), static_cast<std::size_t>((at + 0.15) * rate_hz)); ++i) {
            const double t = static_cast<double>(i) / rate_hz - at;
            emg[i] += static_cast<float>(shape == 0 ? 40 * qrs(t) : shape == 1 ? -60 * qrs(t / 1.5) : shape == 2 ? 80 * std::sin(t * 60) * qrs(t / 2) : 90 * qrs(2 * t));
        }
    }
    std::vector<float> expected = emg;
    CHECK(subtract_beats(expected, rate_hz, beats) > beats.size() * 95 / 100);
    double planted = 0, left = 0;
    for (const HeartBeat& b : beats) {
        if (b.shape == 3) continue;
        const auto i = static_cast<std::size_t>(b.place);
        planted += std::pow(static_cast<double>(emg[i] - clean[i]), 2);
        left += std::pow(static_cast<double>(expected[i] - clean[i]), 2);
    }
    CHECK(left < 0.02 * planted);
    for (const auto& result : psg::test::of_all_cuts([&](auto cut) {
             std::vector<float> made = emg;
             BeatSubtraction subtraction(rate_hz, {beats}, 1, [&](std::size_t begin, std::span<const float> samples) {
                 std::copy(samples.begin(), samples.end(), made.begin() + static_cast<std::ptrdiff_t>(begin));
             });
             cut(std::span<const float>(emg), [&](std::span<const float> piece) { subtraction.add(piece); });
             subtraction.finish();
             return made;
         }))
        CHECK(result == expected);
}

TEST_CASE("Beats of a frequent shape are subtracted while a rare one waits for its mean") {
    const double rate_hz = 200;
    std::vector<HeartBeat> beats;
    for (double t = 1; t < 900; t += 0.8) beats.push_back({t * rate_hz, beats.size() % 100 == 10 ? 1 : 0});  // one in 80 s
    std::vector<float> emg = noise(static_cast<std::size_t>(900 * rate_hz), rate_hz);
    for (const HeartBeat& b : beats)
        for (int i = -20; i < 30; ++i) emg[static_cast<std::size_t>(b.place + i)] += static_cast<float>((b.shape == 0 ? 30 : -60) * qrs(i / rate_hz));
    std::vector<float> left = emg;
    std::size_t last = 0, given = 0;
    BeatSubtraction subtraction(rate_hz, {beats}, 1, [&](std::size_t begin, std::span<const float> samples) {
        std::copy(samples.begin(), samples.end(), left.begin() + static_cast<std::ptrdiff_t>(begin));
        last = std::max(last, begin);
        ++given;
    });
    const std::size_t piece = 2000;
    for (std::size_t at = 0; at < emg.size(); at += piece) {
        subtraction.add(std::span<const float>(emg).subspan(at, piece));
        if (static_cast<double>(at) > 200 * rate_hz) CHECK(static_cast<double>(last) > static_cast<double>(at) - 100 * rate_hz);  // no hour is waited for
    }
    CHECK(given < beats.size());
    subtraction.finish();
    CHECK(given == beats.size());
    std::vector<float> whole = emg;
    subtract_beats(whole, rate_hz, beats);
    CHECK(left == whole);
    const auto power = [&](const std::vector<float>& x) {
        double sum = 0;
        for (const HeartBeat& b : beats)
            for (int i = -5; i < 5; ++i) sum += std::pow(static_cast<double>(x[static_cast<std::size_t>(b.place + i)]), 2);
        return sum;
    };
    CHECK(power(left) < 0.1 * power(emg));
}

TEST_CASE("Surroundings of beats are given where something was subtracted, and nowhere else", "[signal]") {
    const Heart heart(256, 300, 0.9);
    std::vector<HeartBeat> beats;
    for (const double t : heart.beats) beats.push_back({t * 256, 0});
    const std::vector<float> clean = noise(heart.ecg.size(), 256);
    std::vector<float> x = clean;
    const std::size_t middle = x.size() / 2;
    for (std::size_t i = middle; i < x.size(); ++i) x[i] += 0.03F * heart.ecg[i];
    std::size_t first = x.size(), given = 0;
    const auto subtract = [&](const std::vector<float>& samples) {
        first = x.size(), given = 0;
        BeatSubtraction subtraction(256, {beats}, 1, [&](std::size_t begin, std::span<const float>) { first = std::min(first, begin), ++given; });
        subtraction.add(samples);
        subtraction.finish();
        CHECK(subtraction.beats() == given);
    };
    subtract(x);
    CHECK(given >= beats.size() / 2 - 1);
    CHECK(first > x.size() / 4);  // groups of the second half serve their neighbours
    subtract(clean);
    CHECK(given == 0);
}

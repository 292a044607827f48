// Features per epoch against SciPy's for a real night, and the reasons for having none.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/features.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>

#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"
#include "tests/staging/real_night.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;

namespace {

// Noise of 20 uV from a linear congruential generator, as whole digital steps of 0.1 uV.
Signal noise(double hz, double length_s, std::uint32_t seed = 1) {
    Signal signal;
    signal.rate = SampleRate(std::llround(hz * 10), 10'000'000'000);
    signal.step = 0.1;
    signal.stretches.emplace_back();
    for (int i = 0; i < static_cast<int>(hz * length_s); ++i) {
        seed = seed * 1664525u + 1013904223u;
        signal.stretches[0].samples.push_back(std::round(static_cast<float>(seed >> 16) / 65536.f * 700.f - 350.f) *
                                              0.1f);
    }
    return signal;
}

}  // namespace

TEST_CASE("features of a real night are SciPy's within 1 %", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    PSG_REFERENCE_OR_SKIP(table, "staging/ucddb018/bandpower.tsv");
    const Signal signal = test::real_night(edf);
    const ChannelFeatures features = epoch_features(signal, 822 * 30s);
    REQUIRE(features.epochs.size() == 822);
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    double worst = 0;
    int scored = 0, slow_or_burst = 0, tones = 0;
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        cells.imbue(std::locale::classic());
        std::size_t i = 0;
        double expected[7];
        cells >> i;
        for (double& x : expected) cells >> x;
        REQUIRE(i < features.epochs.size());
        const EpochFeatures& f = features.epochs[i];
        if (f.obstacle != Obstacle::none) continue;
        ++scored;
        const double found[7] = {f.delta, f.theta, f.alpha, f.beta, f.gamma, f.variance, f.mobility};
        const bool tone = found[3] < 0.99 * expected[3];  // the night has one of 21.9 Hz, which is taken out of beta
        tones += tone ? 1 : 0;
        double off = 0;
        for (int k : {0, 1, 2, 3, 4, 5, 6})
            if (k < 3 || k == 4 || !tone) off = std::max(off, std::abs(found[k] / expected[k] - 1));
        if (off < 0.01) continue;
        ++slow_or_burst;  // there slow power or bursts were taken away: less power is left, never more
        worst = std::max({worst, f.delta / expected[0] - 1, f.beta / expected[3] - 1});
    }
    CHECK(scored >= 815);
    CHECK(slow_or_burst < 60);
    CHECK(tones < 650);
    CHECK(worst < 0.1);
}

TEST_CASE("a steady tone changes no measure, and a spindle is none", "[staging]") {
    Signal clean = noise(100, 300);
    float last = 0;
    for (float& x : clean.stretches[0].samples) x = last = 0.85f * last + 0.3f * x;
    const auto expected = epoch_features(clean, 300s);
    const auto most_of = [&](const auto& value) {  // change, in log
        Signal other = clean;
        for (std::size_t i = 0; i < other.stretches[0].samples.size(); ++i)
            other.stretches[0].samples[i] += static_cast<float>(value(static_cast<double>(i) / 100));
        const auto found = epoch_features(other, 300s);
        double most = 0;
        for (std::size_t t = 0; t < 10; ++t)
            for (const auto measure : {&EpochFeatures::delta, &EpochFeatures::theta, &EpochFeatures::alpha, &EpochFeatures::beta, &EpochFeatures::gamma,
                                       &EpochFeatures::mobility})
                most = std::max(most, std::abs(std::log(found.epochs[t].*measure / expected.epochs[t].*measure)));
        return most;
    };
    const double turn = 2 * std::numbers::pi;
    for (double hz : {6.0, 10.1, 13.0, 20.0, 28.3, 40.0}) {
        INFO(hz << " Hz");
        CHECK(most_of([&](double t) { return 15 * std::sin(turn * hz * t); }) < 0.3);
    }
    CHECK(most_of([&](double t) { return 15 * std::sin(turn * 22 * t) * std::sin(turn * 0.05 * t); }) < 0.3);
    CHECK(most_of([&](double t) { return std::fmod(t, 6) < 1 ? 25 * std::sin(turn * 13 * t) * std::sin(turn * t / 2) : 0; }) > 0.5);
}

TEST_CASE("mains hum changes no measure", "[staging]") {
    for (double hz : {100.0, 128.0, 500.0})
        for (double mains : {49.9, 50.0, 50.13}) {
            const Signal clean = noise(hz, 60);
            Signal hummed = clean;
            for (std::size_t i = 0; i < hummed.stretches[0].samples.size(); ++i)
                hummed.stretches[0].samples[i] +=
                    static_cast<float>(40 * std::sin(2 * std::numbers::pi * mains * static_cast<double>(i) / hz + 1));
            const EpochFeatures a = epoch_features(clean, 60s).epochs[1], b = epoch_features(hummed, 60s).epochs[1];
            INFO(mains << " Hz at " << hz << " Hz");
            CHECK(b.delta == Approx(a.delta).epsilon(0.01));
            CHECK(b.beta == Approx(a.beta).epsilon(0.01));
            CHECK(b.gamma == Approx(a.gamma).epsilon(0.12));
            CHECK(b.variance == Approx(a.variance).margin(40));  // of the 800 uV^2 of hum
            CHECK(b.mobility == Approx(a.mobility).epsilon(0.06));
        }
}

TEST_CASE("sweat, breathing and bursts change no measure that stages are told by", "[staging]") {
    // noise of the colour of an EEG: white noise through a leaky sum
    Signal clean = noise(100, 300);
    float last = 0;
    for (float& x : clean.stretches[0].samples) x = last = 0.85f * last + 0.3f * x;
    const auto with = [&](const auto& value) {
        Signal other = clean;
        for (std::size_t i = 0; i < other.stretches[0].samples.size(); ++i)
            other.stretches[0].samples[i] += static_cast<float>(value(static_cast<double>(i) / 100));
        return other;
    };
    const auto sine = [](double hz, double microvolt) {
        return [=](double t) { return microvolt * std::sin(2 * std::numbers::pi * hz * t); };
    };
    const auto expected = epoch_features(clean, 300s);
    const auto differs_by = [&](const Signal& signal) {  // at most, in log power
        const auto found = epoch_features(signal, 300s);
        double most = 0;
        for (std::size_t t = 0; t < 10; ++t) {
            const EpochFeatures &a = expected.epochs[t], &b = found.epochs[t];
            for (const auto band : {&EpochFeatures::delta, &EpochFeatures::theta, &EpochFeatures::alpha, &EpochFeatures::beta})
                most = std::max(most, std::abs(std::log(b.*band / a.*band)));
            most = std::max(most, std::abs(std::log(b.mobility / a.mobility)));
        }
        return most;
    };
    CHECK(differs_by(with(sine(0.2, 150))) < 0.5);
    CHECK(differs_by(with(sine(0.25, 150))) < 0.6);
    CHECK(differs_by(with(sine(0.4, 150))) < 0.5);
    CHECK(differs_by(with(sine(0.6, 150))) < 1.1);
    CHECK(differs_by(with(sine(2.5, 150))) > 1);
    const auto burst = [](double t) { return std::fmod(t, 30) > 11 && std::fmod(t, 30) < 15 ? 1000 * std::sin(40 * t) : 0.0; };
    CHECK(differs_by(with(burst)) < 0.3);
}

TEST_CASE("a sine shows in its band alone", "[staging]") {
    for (double hz : {100.0, 128.0, 199.8, 256.0, 500.0, 1000.0}) {
        Signal signal = noise(hz, 60);
        for (std::size_t i = 0; i < signal.stretches[0].samples.size(); ++i)
            signal.stretches[0].samples[i] +=
                static_cast<float>(300 * std::sin(2 * std::numbers::pi * 10.0 * static_cast<double>(i) / hz));
        const ChannelFeatures features = epoch_features(signal, 60s);
        REQUIRE(features.epochs.size() == 2);
        const EpochFeatures& f = features.epochs[1];
        REQUIRE(f.obstacle == Obstacle::none);
        // 300 uV amplitude is 45000 uV^2, spread over the 13 bins of 0.390625 Hz in 8-13 Hz
        CHECK(f.alpha == Approx(45000 / (13 * 0.390625)).epsilon(0.02));
        CHECK(f.theta < f.alpha / 100);
        CHECK(f.mobility == Approx(2 * std::sin(std::numbers::pi * 0.1)).epsilon(0.05));
    }
}

TEST_CASE("epochs without features say why", "[staging]") {
    Signal signal = noise(200, 300);
    std::vector<float>& samples = signal.stretches[0].samples;
    const auto at = [](double t) { return static_cast<std::size_t>(t * 200); };
    std::fill(samples.begin() + 30 * 200, samples.begin() + 45 * 200, 7.f);                     // epoch 1 flat
    for (std::size_t i = at(60); i < at(90); i += 2) samples[i] = i % 4 == 0 ? 400.f : -400.f;  // epoch 2 clipped
    samples[at(100)] = std::numeric_limits<float>::quiet_NaN();                                 // epoch 3
    for (std::size_t i = at(120); i < at(150); ++i) samples[i] = i % 2 == 0 ? 0.f : 0.05f;      // epoch 4 below a step
    Signal::Stretch second{200s, {samples.begin() + 200 * 200, samples.end()}};                 // gap 190-200 s
    samples.resize(190 * 200);
    signal.stretches.push_back(second);

    const ChannelFeatures features = epoch_features(signal, 365s);
    REQUIRE(features.epochs.size() == 12);
    const Obstacle expected[12] = {Obstacle::none, Obstacle::flat, Obstacle::clipped,      Obstacle::not_a_number,
                                   Obstacle::flat, Obstacle::none, Obstacle::gap,          Obstacle::none,
                                   Obstacle::none, Obstacle::none, Obstacle::not_recorded, Obstacle::not_recorded};
    for (std::size_t i = 0; i < 12; ++i) {
        INFO("epoch " << i);
        CHECK(obstacle_name(features.epochs[i].obstacle) == obstacle_name(expected[i]));
    }
    CHECK(obstacle_name(Obstacle::gap) == "gap");
}

TEST_CASE("a bad sample does not reach the next epoch", "[staging]") {
    Signal clean = noise(256, 90);
    Signal spoilt = clean;
    spoilt.stretches[0].samples[256 * 45] = std::numeric_limits<float>::infinity();
    const auto a = epoch_features(clean, 90s), b = epoch_features(spoilt, 90s);
    CHECK(b.epochs[1].obstacle == Obstacle::not_a_number);
    CHECK(b.epochs[0].delta == a.epochs[0].delta);
    CHECK(b.epochs[2].variance == a.epochs[2].variance);
}

TEST_CASE("a stretch without samples, and a gap of less than a sample", "[staging]") {
    const Signal whole = noise(256, 121);
    const std::vector<float>& samples = whole.stretches[0].samples;
    Signal cut = whole;
    cut.stretches = {{0s, {}}, {0s, {samples.begin(), samples.begin() + 256 * 60}}, {60s + 3ms, {samples.begin() + 256 * 60, samples.end()}}};
    const auto features = epoch_features(cut, 121s + 3ms);
    CHECK(features.epochs[1].delta == Approx(epoch_features(whole, 121s).epochs[1].delta).epsilon(1e-3));
    CHECK(features.epochs[2].obstacle == Obstacle::gap);
    CHECK(features.epochs[3].obstacle == Obstacle::none);
}

TEST_CASE("nothing, too little and too slow", "[staging]") {
    Signal nothing;
    nothing.rate = SampleRate::hertz(256);
    CHECK(epoch_features(nothing, 0s).epochs.empty());
    CHECK(epoch_features(nothing, 29s).epochs.empty());
    CHECK(epoch_features(nothing, 60s).epochs.at(1).obstacle == Obstacle::not_recorded);
    CHECK(epoch_features(noise(256, 20), 30s).epochs.at(0).obstacle == Obstacle::gap);
    CHECK_THROWS_AS(epoch_features(noise(64, 60), 60s), UsageError);
}

TEST_CASE("a signal that rests at its limit is clipped, one that rests elsewhere flat", "[staging]") {
    Signal signal = noise(200, 120);
    std::vector<float>& samples = signal.stretches[0].samples;
    std::fill(samples.begin() + 30 * 200, samples.begin() + 55 * 200, 300.f);  // epoch 1: the amplifier at its limit
    std::fill(samples.begin() + 60 * 200, samples.begin() + 85 * 200, 12.f);   // epoch 2: a lead that is off
    const ChannelFeatures features = epoch_features(signal, 120s);
    CHECK(obstacle_name(features.epochs[0].obstacle).empty());
    CHECK(obstacle_name(features.epochs[1].obstacle) == "clipped");
    CHECK(obstacle_name(features.epochs[2].obstacle) == "flat");
    CHECK(obstacle_name(features.epochs[3].obstacle).empty());
}

TEST_CASE("features do not depend on how the samples are cut", "[staging]") {
    for (const double hz : {100.0, 128.0, 199.8, 512.0}) {
        Signal signal = noise(hz, 400);  // with a gap, a bad sample, a still and a clipped epoch, and an end within an epoch
        std::vector<float>& x = signal.stretches[0].samples;
        const auto at = [&](double s) { return static_cast<std::size_t>(s * hz); };
        x[at(95)] = std::numeric_limits<float>::quiet_NaN();
        std::fill(x.begin() + std::ptrdiff_t(at(150)), x.begin() + std::ptrdiff_t(at(175)), 1.f);
        std::fill(x.begin() + std::ptrdiff_t(at(180)), x.begin() + std::ptrdiff_t(at(200)), 2000.f);
        Signal::Stretch second{from_seconds(410.1), {x.begin() + std::ptrdiff_t(at(230)), x.end()}};
        x.resize(at(230));
        signal.stretches.push_back(std::move(second));
        const Time duration = 590s;
        const ChannelFeatures whole = epoch_features(signal, duration);
        std::size_t measured = 0;
        for (const EpochFeatures& f : whole.epochs) measured += f.obstacle == Obstacle::none ? 1U : 0U;
        CHECK(measured == 9);
        std::uint32_t dice = 7;
        for (const std::size_t longest : {std::size_t(1), std::size_t(999), std::size_t(30000)}) {
            ObstacleFinder obstacles(signal.rate, signal.step, duration);
            FeatureMeter meter(signal.rate, duration);
            for (const Signal::Stretch& stretch : signal.stretches) {
                obstacles.begin_stretch(stretch.start);
                meter.begin_stretch(stretch.start);
                for (std::size_t from = 0; from < stretch.samples.size();) {
                    dice = dice * 1664525u + 1013904223u;
                    const std::size_t n = std::min<std::size_t>(1 + (dice >> 8) % longest, stretch.samples.size() - from);
                    obstacles.add(std::span(stretch.samples).subspan(from, n));
                    meter.add(std::span(stretch.samples).subspan(from, n));
                    from += n;
                }
            }
            const auto cut = meter.finish(obstacles.finish());
            REQUIRE(cut.size() == whole.epochs.size());
            for (std::size_t t = 0; t < cut.size(); ++t) {
                INFO(hz << " Hz, pieces of up to " << longest << ", epoch " << t);
                const EpochFeatures &a = whole.epochs[t], &b = cut[t];
                CHECK(a.obstacle == b.obstacle);
                CHECK((a.delta == b.delta && a.gamma == b.gamma && a.variance == b.variance && a.mobility == b.mobility));
                CHECK((a.obstacle != Obstacle::none || a.shape.spikiness == b.shape.spikiness));
            }
        }
    }
}

// Staging whole nights: agreement with a human on a real one, and the ways in which it cannot work.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/stager.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>

#include "libpsg/signal/resample.hpp"
#include "libpsg/staging/train.hpp"
#include "tests/reference.hpp"
#include "tests/staging/plain_signals.hpp"
#include "tests/staging/real_night.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;

namespace {

StagingResult stage(const Signal& signal, Time duration) {
    const Signal* const one[] = {&signal};
    return stage_night(one, duration, embedded_model());
}

Signal scaled(Signal signal, float factor) {
    signal.step *= std::abs(factor);
    for (float& x : signal.stretches[0].samples) x *= factor;
    return signal;
}

Signal at_rate(Signal signal, int hz) {
    const SampleRate rate = SampleRate::hertz(hz);
    for (auto& stretch : signal.stretches) stretch.samples = signal::resample(stretch.samples, signal.rate, rate);
    signal.rate = rate;
    return signal;
}

Signal with_hum(Signal signal, double mains_hz, float microvolt) {
    auto& samples = signal.stretches[0].samples;
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] += microvolt * static_cast<float>(std::sin(2 * std::numbers::pi * mains_hz * static_cast<double>(i) /
                                                              signal.rate.hz()));
    return signal;
}

// The signal without what lies in the epochs [first, last).
Signal without(Signal signal, int first, int last) {
    const Time start = signal.stretches[0].start;
    auto& samples = signal.stretches[0].samples;
    const auto at = [&](int epoch) { return samples.begin() + signal.rate.samples_in(epoch * 30s); };
    Signal::Stretch rest{start + last * 30s, {at(last), samples.end()}};
    samples.erase(at(first), samples.end());
    signal.stretches.push_back(std::move(rest));
    return signal;
}

bool has(const Findings& findings, FindingCode code) {
    return std::any_of(findings.begin(), findings.end(), [code](const Finding& f) { return f.code == code; });
}

}  // namespace

TEST_CASE("a real night is staged as a human did, at any gain, polarity and rate, with hum and gaps", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    PSG_REFERENCE_OR_SKIP(table, "staging/ucddb018/hypnogram.tsv");
    const Signal signal = test::real_night(edf);
    std::vector<Stage> scored;
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) scored.push_back(stage_from_name(line.substr(line.rfind('\t') + 1)).value());
    REQUIRE(scored.size() == 822);

    const auto kappa = [&](const Signal& s) {
        const StagingResult result = stage(s, 822 * 30s);
        REQUIRE(result.hypnogram.stages.size() == 822);
        Confusion confusion;
        confusion.add(scored, result.hypnogram.stages);
        REQUIRE(confusion.epochs() > 760);
        return confusion.kappa();
    };
    const double plain = kappa(signal);
    INFO("unchanged: " << plain);
    CHECK(plain >= 0.785);  // within 0.02 of YASA 0.7.0
    for (float factor : {0.2f, 5.f, -1.f}) CHECK(kappa(scaled(signal, factor)) > plain - 0.02);
    for (int hz : {100, 200, 512}) CHECK(kappa(at_rate(signal, hz)) > plain - 0.02);
    for (int hz : {100, 512}) CHECK(kappa(with_hum(at_rate(signal, hz), 49.97, 20)) > plain - 0.02);
    CHECK(kappa(with_hum(at_rate(signal, 512), 60.02, 20)) > plain - 0.02);
    CHECK(kappa(without(without(signal, 600, 630), 300, 310)) > plain - 0.02);

    // What changes within the night; without the mends kappa was between 0.17 and 0.76.
    const auto changed = [&](const auto& value) {
        Signal other = signal;
        auto& samples = other.stretches[0].samples;
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = static_cast<float>(value(samples[i], static_cast<double>(i) / static_cast<double>(samples.size()), static_cast<double>(i) / 128));
        return other;
    };
    const auto sine_in_second_half = [&](double hz) {
        return changed([hz](double x, double share, double t) { return share < 0.5 ? x : x + 50 * std::sin(2 * std::numbers::pi * hz * t); });
    };
    test::Noise noise;
    const double least = plain - 0.05;
    for (double gain : {0.5, 1.3, 1.6, 2.0})  // 1.3 and 1.6 gave 0.76 and 0.56 as long as only greater steps were taken out
        CHECK(kappa(changed([gain](double x, double share, double) { return share < 0.5 ? x : gain * x; })) > least);
    CHECK(kappa(changed([](double x, double share, double) { return x * std::exp2(share); })) > least);
    for (double hz : {0.4, 0.25, 0.2}) CHECK(kappa(sine_in_second_half(hz)) > least);
    CHECK(kappa(changed([&](double x, double, double t) { return std::fmod(t, 150) < 4 ? x + 26 * (noise.next() - 32.75) : x; })) > least);
}

TEST_CASE("a night is not misled, or says so, where its gain goes to and fro or noise lies over a part of it", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    const Signal signal = test::real_night(edf);
    const StagingResult plain = stage(signal, 822 * 30s);
    CHECK(plain.findings.empty());
    const auto share_unsure = [](const StagingResult& result) {
        int unsure = 0;
        for (std::size_t t = 0; t < 822; ++t) unsure += result.hypnogram.unsure(t) ? 1 : 0;
        return unsure / 822.0;
    };
    CHECK(share_unsure(plain) < 0.2);
    const auto agreement = [&](const StagingResult& result) {  // of all, and of the sure ones, with the stages of the night as it is
        Confusion all, sure;
        for (std::size_t t = 0; t < 822; ++t) {
            all.add({plain.hypnogram.stages[t]}, {result.hypnogram.stages[t]});
            if (!result.hypnogram.unsure(t)) sure.add({plain.hypnogram.stages[t]}, {result.hypnogram.stages[t]});
        }
        return std::pair(all.kappa(), sure.epochs() > 0 ? sure.accuracy() : 1);
    };
    const auto changed = [&](const auto& value) {
        Signal other = signal;
        auto& samples = other.stretches[0].samples;
        for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(value(samples[i], static_cast<double>(i) / 128 / 60));
        return stage(other, 822 * 30s);
    };
    for (double minutes : {2.0, 10.0, 20.0, 30.0}) {  // was 0.49 to 0.64, and not told
        const StagingResult result = changed([=](double x, double at) { return std::fmod(at, 2 * minutes) < minutes ? x : 2 * x; });
        INFO(minutes << " min");
        CHECK(agreement(result).first > 0.85);
        CHECK(agreement(result).second > 0.93);
        CHECK(has(result.findings, FindingCode::EEG_GAIN_CHANGES));
    }
    test::Noise noise;
    for (double uv : {2.0, 4.0}) {  // above 20 Hz; was 0.54 to 0.35, and not told
        double last = 0, before = 0;
        const StagingResult result = changed([&](double x, double at) {
            const double white = (noise.next() - 32.75) / 18.9, fast = (white - 2 * last + before) / 2.45;
            before = last;
            last = white;
            return at < 205 ? x : x + uv * fast;
        });
        INFO(uv << " uV");
        CHECK(has(result.findings, FindingCode::EEG_NOISY));
        CHECK((agreement(result).second > 0.95 || share_unsure(result) > 0.95));
    }
    const StagingResult toned = changed([](double x, double at) { return x + 10 * std::sin(2 * std::numbers::pi * 20 * 60 * at); });
    CHECK(agreement(toned).first > 0.9);  // was 0.50
}

TEST_CASE("an epoch that noise lies over in one channel is judged by another", "[staging]") {
    std::vector<ChannelFeatures> channels{epoch_features(test::sleepy(128, 3600), 1h), epoch_features(test::sleepy(100, 3600), 1h)};
    const auto stages = [&](std::span<const ChannelFeatures> some) { return stage_features(some, 1h, embedded_model()); };
    const StagingResult first = stages(std::span(channels).first(1));
    for (EpochFeatures& f : channels[1].epochs) {
        f.beta *= 30;
        f.disturbed = true;
    }
    const StagingResult both = stages(channels);
    CHECK(both.channels == first.channels);
    CHECK(both.hypnogram.stages == first.hypnogram.stages);
    for (std::size_t t = 0; t < 120; ++t) CHECK(both.hypnogram.probabilities[t] == first.hypnogram.probabilities[t]);
    for (EpochFeatures& f : channels[0].epochs) f.disturbed = true;  // then both vote
    CHECK(stages(channels).channels.size() == 2);
    channels[0].epochs[7] = without_features(Obstacle::gap);
    channels[0].epochs[8].disturbed = false;
    CHECK(stages(channels).hypnogram.stages[7] != Stage::unknown);
}

TEST_CASE("probabilities and reasons come with the stages", "[staging]") {
    Signal signal = test::sleepy(128, 600);
    signal.stretches.push_back(
        {400s, {signal.stretches[0].samples.begin() + 400 * 128, signal.stretches[0].samples.end()}});
    signal.stretches[0].samples.resize(310 * 128);  // a gap from 310 to 400 s
    const StagingResult result = stage(signal, 600s);
    REQUIRE(result.hypnogram.stages.size() == 20);
    CHECK(result.channels == std::vector<std::string>{"sleepy"});
    CHECK(result.hypnogram.source == "model eeg");
    for (std::size_t i = 0; i < 20; ++i) {
        const bool missing = i >= 10 && i <= 13;
        INFO("epoch " << i);
        CHECK((result.hypnogram.stages[i] == Stage::unknown) == missing);
        CHECK((result.obstacles[i] != Obstacle::none) == missing);
        double sum = 0;
        for (double p : result.hypnogram.probabilities[i]) sum += p;
        CHECK((missing ? std::isnan(sum) : sum == Approx(1)));
    }
    CHECK(result.obstacles[10] == Obstacle::gap);
    CHECK(result.obstacles[11] == Obstacle::gap);
    REQUIRE(has(result.findings, FindingCode::EPOCH_UNSCORABLE));
    CHECK(result.findings[0].message == "4 of 20 epochs could not be scored: 4 gap");
}

TEST_CASE("a second channel stands in where the first fails", "[staging]") {
    const Signal whole = test::sleepy(100, 300);
    Signal half = whole;
    half.stretches[0].samples.resize(150 * 100);
    const Signal* const both[] = {&half, &whole};
    const StagingResult result = stage_night(both, 300s, embedded_model());
    CHECK(result.channels.size() == 2);
    for (Stage s : result.hypnogram.stages) CHECK(s != Stage::unknown);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].code == FindingCode::EEG_UNTESTED);  // two and a half minutes are too few to test it for an EEG
}

TEST_CASE("without usable EEG the epochs are unknown and a finding says why", "[staging]") {
    const StagingResult none = stage_night({}, 120s, embedded_model());
    CHECK(none.hypnogram.stages == std::vector<Stage>(4, Stage::unknown));
    CHECK(has(none.findings, FindingCode::STAGING_NOT_RUN));

    const StagingResult slow = stage(test::sleepy(64, 120), 120s);
    CHECK(has(slow.findings, FindingCode::CHANNEL_UNUSABLE));
    CHECK(has(slow.findings, FindingCode::STAGING_NOT_RUN));

    Signal flat = test::sleepy(100, 120);
    for (float& x : flat.stretches[0].samples) x = 0;
    const StagingResult dead = stage(flat, 120s);
    CHECK(has(dead.findings, FindingCode::STAGING_NOT_RUN));
    CHECK(dead.obstacles == std::vector<Obstacle>(4, Obstacle::flat));

    CHECK(has(stage(test::sleepy(100, 20), 20s).findings, FindingCode::STAGING_NOT_RUN));
}

TEST_CASE("from one epoch to a day", "[staging]") {
    CHECK(stage(test::sleepy(100, 30), 30s).hypnogram.stages.at(0) != Stage::unknown);
    CHECK(stage(test::sleepy(200, 120), 120s).hypnogram.stages.at(3) != Stage::unknown);
    CHECK(stage(test::sleepy(100, 86400), 24h).hypnogram.stages.at(2879) != Stage::unknown);
}

// What is no EEG does not take part in staging, and what is one does.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/plausibility.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/moments.hpp"
#include "libpsg/signal/resample.hpp"
#include "libpsg/staging/stager.hpp"
#include "libpsg/staging/train.hpp"
#include "libpsg/staging/yasa_stager.hpp"
#include "tests/reference.hpp"
#include "tests/staging/plain_signals.hpp"
#include "tests/staging/real_night.hpp"
#include "tests/staging/tiny_trees.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;

namespace {

const Finding* find(const Findings& findings, FindingCode code) {
    for (const Finding& f : findings)
        if (f.code == code) return &f;
    return nullptr;
}

// What a second EEG channel may hold in place of an EEG.
std::map<std::string, Signal> no_eegs(std::int64_t hz, double length_s) {
    std::map<std::string, Signal> all;
    const double turn = 2 * std::numbers::pi / static_cast<double>(hz);  // per sample, at 1 Hz
    const auto add = [&](const char* label, const auto& value) { all[label] = test::made_signal(label, hz, length_s, value); };
    test::Noise noise;
    const auto white = [&] { return noise.next() - 32.75; };
    double walked = 0;
    add("white noise", [&](std::int64_t) { return white(); });
    add("random walk", [&](std::int64_t) { return walked += white() / 50; });
    add("50-Hz hum", [&](std::int64_t i) { return 100 * std::sin(50 * turn * double(i)) + white() / 10; });
    add("10-Hz sine", [&](std::int64_t i) { return 50 * std::sin(10 * turn * double(i)) + white() / 20; });
    add("breathing", [&](std::int64_t i) { return 100 * std::sin(0.25 * turn * double(i)) + white() / 40; });
    add("heart beats", [&](std::int64_t i) {
        const double s = std::fmod(double(i) / double(hz), 0.9) - 0.3;
        return 800 * std::exp(-s * s / 2.88e-4) + 200 * std::exp(-(s - 0.25) * (s - 0.25) / 5e-3) + white() / 10;
    });
    return all;
}

double kappa(const std::vector<Stage>& scored, const std::vector<Stage>& found) {
    Confusion confusion;
    confusion.add(scored, found);
    return confusion.kappa();
}

}  // namespace

TEST_CASE("what is no EEG is left out, and the finding says why", "[staging]") {
    for (const std::int64_t hz : {100, 256})
        for (const auto& [name, signal] : no_eegs(hz, 1800)) {
            INFO(name << " at " << hz << " Hz");
            Findings findings;
            CHECK_FALSE(any_usable(channel_features(signal, 1800s, findings)));
            REQUIRE(find(findings, FindingCode::CHANNEL_NO_EEG));
            CHECK_THAT(find(findings, FindingCode::CHANNEL_NO_EEG)->message,
                       Catch::Matchers::StartsWith("channel '" + name + "' does not look like an EEG of sleep: "));
        }
    Findings findings;
    CHECK(any_usable(channel_features(test::sleepy(100, 1800), 1800s, findings)));
    CHECK(findings.empty());
}

TEST_CASE("what is too short to be tested for an EEG is told", "[staging]") {
    for (const auto& [name, signal] : no_eegs(128, 270)) {
        INFO(name);
        const Signal* const alone[] = {&signal};
        const StagingResult result = stage_night(alone, 270s, embedded_model());
        if (result.channels.empty()) continue;  // every epoch is out of an EEG's range
        REQUIRE(find(result.findings, FindingCode::EEG_UNTESTED));
        CHECK_THAT(find(result.findings, FindingCode::EEG_UNTESTED)->message, Catch::Matchers::Contains("'" + name + "'"));
    }
    Findings findings;
    channel_features(no_eegs(128, 270).at("white noise"), 270s, findings);
    CHECK(find(findings, FindingCode::EEG_UNTESTED));
    findings.clear();
    channel_features(test::sleepy(100, 300), 300s, findings);
    CHECK(findings.empty());
}

TEST_CASE("a second channel without EEG changes no stage", "[staging]") {
    const Signal eeg = test::sleepy(128, 3600);
    const Signal* const alone[] = {&eeg};
    const StagingResult expected = stage_night(alone, 1h, embedded_model());
    for (const auto& [name, signal] : no_eegs(128, 3600)) {
        INFO(name);
        const Signal* const both[] = {&signal, &eeg};
        const StagingResult result = stage_night(both, 1h, embedded_model());
        CHECK(result.hypnogram.stages == expected.hypnogram.stages);
        CHECK(result.channels == expected.channels);
        CHECK(find(result.findings, FindingCode::CHANNEL_NO_EEG));
        const Signal* const none[] = {&signal};
        const StagingResult nothing = stage_night(none, 1h, embedded_model());
        CHECK(nothing.hypnogram.stages == std::vector<Stage>(120, Stage::unknown));
        CHECK(nothing.obstacles == std::vector<Obstacle>(120, Obstacle::no_eeg));
        CHECK(find(nothing.findings, FindingCode::STAGING_NOT_RUN));
    }
}

TEST_CASE("a YASA model takes the next channel where the first is none, and says so", "[staging]") {
    const YasaModel model = read_yasa_model(test::tiny_model(), "tiny");
    const Signal eeg = test::sleepy(128, 1800);
    std::map<std::string, Signal> bad = no_eegs(128, 1800);
    Signal still = eeg, slow = test::sleepy(64, 1800);
    for (float& x : still.stretches[0].samples) x = 0;
    bad["still"] = still;
    bad["slow"] = slow;
    for (auto& [name, signal] : bad) {
        INFO(name);
        signal.label = name;
        YasaNight night(model, 1800s);
        night.add(YasaChannel::eeg, signal);
        night.add(YasaChannel::eeg, eeg);
        const StagingResult result = night.stage();
        CHECK(result.channels == std::vector<std::string>{"sleepy"});
        CHECK(result.hypnogram.stages.at(30) != Stage::unknown);
        REQUIRE(result.findings.size() == 1);
        CHECK(result.findings[0].label == name);
        CHECK(result.findings[0].repair == "'sleepy' was taken in its place");

        YasaNight alone(model, 1800s);
        alone.add(YasaChannel::eeg, signal);
        const StagingResult nothing = alone.stage();
        CHECK(nothing.channels.empty());
        CHECK(nothing.hypnogram.stages.at(30) == Stage::unknown);
        CHECK(nothing.obstacles.at(30) != Obstacle::none);
        CHECK(nothing.obstacles.at(30) != Obstacle::not_recorded);
        CHECK(find(nothing.findings, FindingCode::STAGING_NOT_RUN));
    }
}

TEST_CASE("a real EEG is none of what is left out, in whole and in parts", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    const Signal night = test::real_night(edf);
    const auto taken = [](const Signal& signal, Time duration) {
        Findings findings;
        const ChannelFeatures features = channel_features(signal, duration, findings);
        for (const Finding& f : findings) UNSCOPED_INFO(f.message);
        std::size_t lost = 0;
        for (const EpochFeatures& f : features.epochs)
            lost += f.obstacle == Obstacle::no_eeg || f.obstacle == Obstacle::out_of_range ? 1U : 0U;
        return findings.empty() && lost == 0;
    };
    for (const float gain : {1.f, 0.2f, 5.f, -1.f}) {
        Signal other = night;
        other.step *= std::abs(gain);
        for (float& x : other.stretches[0].samples) x *= gain;
        CHECK(taken(other, 822 * 30s));
    }
    for (const int hz : {100, 200, 512}) {
        Signal other = night;
        other.rate = SampleRate::hertz(hz);
        other.stretches[0].samples = signal::resample(night.stretches[0].samples, night.rate, other.rate);
        CHECK(taken(other, 822 * 30s));
    }
    for (const int epochs : {20, 60, 120, 240})
        for (int first = 0; first + epochs <= 822; first += epochs / 4) {
            Signal part = night;
            const auto begin = night.stretches[0].samples.begin() + first * 3840;
            part.stretches[0].samples.assign(begin, begin + epochs * 3840);
            INFO(epochs << " epochs from " << first);
            CHECK(taken(part, epochs * 30s));
        }
}

TEST_CASE("channels that do not belong together, and hours of one stage, are told", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    const Signal night = test::real_night(edf);
    const Signal* const alone[] = {&night};
    const StagingResult plain = stage_night(alone, 822 * 30s, embedded_model());
    CHECK(plain.findings.empty());

    // the same night, moved by half of it
    Signal moved = night;
    auto& samples = moved.stretches[0].samples;
    std::rotate(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2), samples.end());
    const Signal* const both[] = {&night, &moved};
    CHECK(find(stage_night(both, 822 * 30s, embedded_model()).findings, FindingCode::CHANNELS_DISAGREE));
    Signal turned = night;
    for (float& x : turned.stretches[0].samples) x *= -0.3f;
    const Signal* const same[] = {&night, &turned};
    const StagingResult twice = stage_night(same, 822 * 30s, embedded_model());
    CHECK(twice.findings.empty());
    CHECK(std::count(twice.hypnogram.doubtful.begin(), twice.hypnogram.doubtful.end(), true) < 822 / 5);
    CHECK(kappa(plain.hypnogram.stages, twice.hypnogram.stages) > 0.97);

    // under as much white noise
    test::Noise noise;
    Signal noisy = night;
    for (float& x : noisy.stretches[0].samples) x += static_cast<float>(noise.next() - 32.75);
    const Signal* const under[] = {&noisy};
    const StagingResult doubtful = stage_night(under, 822 * 30s, embedded_model());
    CHECK((find(doubtful.findings, FindingCode::STAGES_IMPLAUSIBLE) || find(doubtful.findings, FindingCode::CHANNEL_NO_EEG)));

    // N3 alone is deep by its power; where that speaks for no stage, as when the unit is wrong, nothing is sure
    for (const std::size_t epochs : {30, 60, 120}) {
        Signal deep = night;
        deep.stretches[0].samples = {night.stretches[0].samples.begin() + 265 * 3840,
                                     night.stretches[0].samples.begin() + static_cast<std::ptrdiff_t>(265 + epochs) * 3840};
        const Signal* const brief[] = {&deep};
        const StagingResult n3 = stage_night(brief, static_cast<std::int64_t>(epochs) * 30s, embedded_model());
        INFO(epochs << " epochs");
        CHECK(10 * static_cast<std::size_t>(std::count(n3.hypnogram.stages.begin(), n3.hypnogram.stages.end(), Stage::N3)) >= 8 * epochs);
        for (float& x : deep.stretches[0].samples) x *= 0.2f;
        deep.step *= 0.2;
        const StagingResult small = stage_night(brief, static_cast<std::int64_t>(epochs) * 30s, embedded_model());
        CHECK(find(small.findings, FindingCode::STAGES_IMPLAUSIBLE));
        for (std::size_t i = 0; i < epochs; ++i) CHECK(small.hypnogram.unsure(i) == (small.hypnogram.stages[i] != Stage::unknown));
    }
}

TEST_CASE("filters, steady noise and heart beats over an EEG are told, and an EEG without them is not", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    const Signal night = test::real_night(edf);
    const double sd = std::sqrt(signal::variance_of(night.stretches[0].samples));
    const auto told = [&](const Signal& signal) {
        Findings findings;
        channel_features(signal, 822 * 30s, findings);
        std::string codes;
        for (const Finding& f : findings) {
            codes += (codes.empty() ? "" : " ") + std::string(code_name(f.code));
            CHECK(f.label == signal.label);
            CHECK_FALSE(f.repair.empty());
            UNSCOPED_INFO(f.message);
        }
        return codes;
    };
    const auto behind = [&](double low_hz, double high_hz, int order, bool both_ways) {
        Signal other = night;
        const auto run = [&](const signal::BiquadCascade& filter) {
            if (both_ways) signal::filter_zero_phase(filter, other.stretches[0].samples);
            else signal::filter_causal(filter, other.stretches[0].samples);
        };
        if (low_hz > 0) run(signal::butterworth_high_pass(order, low_hz, 128));
        if (high_hz > 0) run(signal::butterworth_low_pass(order, high_hz, 128));
        return told(other);
    };
    CHECK(told(night).empty());
    CHECK(behind(0.3, 35, 4, true).empty());
    CHECK(behind(0.5, 35, 4, true).empty());
    CHECK(behind(0.5, 30, 1, false).empty());
    CHECK(behind(1, 0, 2, false) == "EEG_BAND_MISSING");
    CHECK(behind(1, 30, 4, true) == "EEG_BAND_MISSING EEG_BAND_MISSING");
    CHECK(behind(1.6, 0, 1, false) == "EEG_BAND_MISSING");
    CHECK(behind(0.5, 15, 4, true) == "EEG_BAND_MISSING");
    CHECK(behind(0, 20, 4, true) == "EEG_BAND_MISSING");
    test::Noise noise;
    Signal noisy = night, beating = night;
    for (float& x : noisy.stretches[0].samples) x += static_cast<float>((noise.next() - 32.75) / 18.9 * 0.5 * sd);  // SD of 65.5 / sqrt 12
    CHECK(told(noisy) == "EEG_NOISY");
    Signal half = night, sweaty = night;  // in the second half alone
    for (std::size_t i = half.stretches[0].samples.size() / 2; i < half.stretches[0].samples.size(); ++i) {
        half.stretches[0].samples[i] = noisy.stretches[0].samples[i];
        sweaty.stretches[0].samples[i] += static_cast<float>(50 * std::sin(2 * 3.14159265 * 0.6 * static_cast<double>(i) / 128));
    }
    CHECK(told(half) == "EEG_NOISY");
    CHECK(told(sweaty) == "EEG_NOISY");
    Findings findings;
    const ChannelFeatures features = channel_features(sweaty, 822 * 30s, findings);
    std::size_t before = 0, behind_half = 0;
    for (std::size_t t = 0; t < 822; ++t) (t < 395 ? before : behind_half) += features.epochs[t].disturbed ? 1U : 0U;
    CHECK(before == 0);
    CHECK(behind_half > 400);
    std::vector<double> ecg;
    double power = 0;
    for (std::size_t i = 0; i < night.stretches[0].samples.size(); ++i) {
        const double s = std::fmod(double(i) / 128, 0.93) - 0.3;
        ecg.push_back(std::exp(-s * s / 2.88e-4) + 0.25 * std::exp(-(s - 0.25) * (s - 0.25) / 5e-3));
        power += ecg.back() * ecg.back();
    }
    const double size = 0.4 * sd / std::sqrt(power / double(ecg.size()));
    for (std::size_t i = 0; i < ecg.size(); ++i) beating.stretches[0].samples[i] += static_cast<float>(size * ecg[i]);
    CHECK(told(beating) == "EEG_HEART_BEATS");
    for (float& x : beating.stretches[0].samples) x *= -0.2f;  // neither gain nor polarity matters
    beating.step *= 0.2;
    CHECK(told(beating) == "EEG_HEART_BEATS");
}

TEST_CASE("no filter is told where a part of the night is noise or a loose electrode, and one is where it was", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    const Signal night = test::real_night(edf);
    const auto codes = [](const Signal& signal, Time duration) {
        Findings findings;
        channel_features(signal, duration, findings);
        std::string list;
        for (const Finding& f : findings) list += std::string(code_name(f.code)) + " ";
        return list;
    };
    Signal filtered = night;
    signal::filter_zero_phase(signal::butterworth_high_pass(4, 1, 128), filtered.stretches[0].samples);
    test::Noise noise;
    const double turn = 2 * std::numbers::pi / 128;
    double walked = 0;
    const std::map<std::string, std::function<double(std::size_t)>> loose{
        {"noise", [&](std::size_t) { return noise.next() - 32.75; }},
        {"weak noise", [&](std::size_t) { return (noise.next() - 32.75) / 50; }},
        {"a random walk", [&](std::size_t) { return walked += (noise.next() - 32.75) / 50; }},
        {"hum", [&](std::size_t i) { return 200 * std::sin(50 * turn * double(i)) + (noise.next() - 32.75) / 5; }}};
    // how much of the night is taken, and that it is so, at the end or ten minutes at a time
    for (const auto& [name, value] : loose)
        for (const double share : {0.3, 0.45, 0.6})
            for (const bool scattered : {false, true})
                for (const std::size_t epochs : {std::size_t(60), std::size_t(822)}) {
                    INFO(name << ", " << share << " of " << epochs << " epochs" << (scattered ? ", scattered" : ""));
                    const auto spoilt = [&](Signal signal) {
                        auto& samples = signal.stretches[0].samples;
                        samples.erase(samples.begin(), samples.end() - static_cast<std::ptrdiff_t>(epochs * 3840));
                        for (std::size_t i = 0; i < samples.size(); ++i) {
                            const double place = scattered ? double(i % 153600) / 153600 : double(i) / double(samples.size());
                            if (place > 1 - share) samples[i] = static_cast<float>(value(i));
                        }
                        return codes(signal, epochs * 30s);
                    };
                    CHECK_THAT(spoilt(night), !Catch::Matchers::Contains("EEG_BAND_MISSING"));
                    if (share < 0.5) CHECK(spoilt(filtered) == "EEG_BAND_MISSING ");  // a random walk, too, has slow waves
                }
}

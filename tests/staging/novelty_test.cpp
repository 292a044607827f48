// Epochs that lie far from what the model learned.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/novelty.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/staging/feature_table.hpp"
#include "libpsg/staging/stager.hpp"
#include "tests/reference.hpp"
#include "tests/staging/plain_signals.hpp"
#include "tests/staging/real_night.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;

TEST_CASE("of the nights that the model learned from one channel, which is noisy, seems unlike them", "[staging]") {
    PSG_REFERENCE_OR_SKIP(folder, "staging/sleep-edf");
    std::string unlike;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string path = entry.path().string();
        ScoredNight night = read_feature_table(psg::io::unpacked(psg::io::read_text_file(path), path), path);
        cut_to_sleep(night, 30min);
        for (const ChannelFeatures& channel : night.channels)
            if (!unlike_learned(embedded_model().single.shapes, log_measures(channel)).empty()) unlike += entry.path().filename().string().substr(0, 6) + channel.label + " ";
    }
    CHECK(unlike == "SC4071pz_oz ");
}

TEST_CASE("small bursts in many epochs are told, and then no epoch is sure", "[staging]") {
    PSG_REFERENCE_OR_SKIP(edf, "staging/ucddb018/ucddb018.edf");
    Signal night = test::real_night(edf);
    Findings findings;
    const auto unlike = [&] { return unlike_learned(embedded_model().single.shapes, log_measures(channel_features(night, 822 * 30s, findings))); };
    CHECK(unlike().empty());
    test::Noise noise;
    auto& samples = night.stretches[0].samples;
    for (std::size_t i = 0; i < samples.size(); ++i)
        if (i / 3840 % 2 == 0 && i % 3840 > 1500 && i % 3840 < 2012) samples[i] = static_cast<float>(100 * (noise.next() - 32.75) / 18.9);
    CHECK_FALSE(unlike().empty());
    const Signal* const one[] = {&night};
    const StagingResult result = stage_night(one, 822 * 30s, embedded_model());
    CHECK(std::any_of(result.findings.begin(), result.findings.end(), [](const Finding& f) { return f.code == FindingCode::EEG_NOISY; }));
    for (std::size_t t = 0; t < 822; ++t) CHECK(result.hypnogram.unsure(t) == (result.hypnogram.stages[t] != Stage::unknown));
    CHECK(unlike_learned(embedded_model().single.shapes, MeasureSeries(40)).empty());
}

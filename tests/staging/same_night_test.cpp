// A night that stands among the nights to learn from under two names.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/same_night.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;

namespace {

ScoredNight made_night(unsigned seed, std::size_t epochs) {
    std::mt19937 random(seed);
    const auto step = [&] { return double(random() % 1000) / 1000 - 0.5; };
    ScoredNight night{"night " + std::to_string(seed), "person " + std::to_string(seed), std::vector<Stage>(epochs, Stage::N2), {{"eeg", {}}}};
    double slow = 0;
    for (std::size_t t = 0; t < epochs; ++t) {
        slow += step();
        EpochFeatures f;
        f.obstacle = Obstacle::none;
        f.delta = std::exp(slow + step());
        f.beta = std::exp(step());
        night.channels[0].epochs.push_back(f);
    }
    return night;
}

ScoredNight copy_of(ScoredNight night, std::size_t from, std::size_t epochs) {
    night.name = "copy";
    night.person = "somebody else";
    night.stages = {night.stages.begin() + std::ptrdiff_t(from), night.stages.begin() + std::ptrdiff_t(from + epochs)};
    for (ChannelFeatures& c : night.channels) c.epochs = {c.epochs.begin() + std::ptrdiff_t(from), c.epochs.begin() + std::ptrdiff_t(from + epochs)};
    return night;
}

}  // namespace

TEST_CASE("a copy of a night is found, whole or cut, at another gain, beside the epochs", "[staging]") {
    const ScoredNight night = made_night(1, 900), other = made_night(2, 900);
    CHECK(same_nights({night, other, made_night(3, 300)}).empty());
    for (const auto& [from, epochs] : {std::pair(0, 900), std::pair(137, 700), std::pair(500, 60)}) {
        ScoredNight copy = copy_of(night, std::size_t(from), std::size_t(epochs));
        for (EpochFeatures& f : copy.channels[0].epochs) {
            f.delta *= 25;
            f.beta *= 25;
        }
        const auto same = same_nights({other, night, copy});
        REQUIRE(same.size() == 1);
        CHECK(same[0].first == 1);
        CHECK(same[0].second == 2);
        CHECK(same[0].shift == from);
        CHECK(same[0].correlation > 0.99);
        copy.person = night.person;  // who has two nights of one person may have copies of them, too
        CHECK(same_nights({other, night, copy}).empty());
    }
    ScoredNight between = night;  // epochs that begin in the middle of those
    between.person = "somebody else";
    for (std::size_t t = 0; t + 1 < 900; ++t) {
        EpochFeatures& f = between.channels[0].epochs[t];
        f.delta = (f.delta + between.channels[0].epochs[t + 1].delta) / 2;
        f.beta = (f.beta + between.channels[0].epochs[t + 1].beta) / 2;
    }
    CHECK(same_nights({night, between}).size() == 1);
    ScoredNight nothing = night;
    nothing.person = "nobody";
    for (EpochFeatures& f : nothing.channels[0].epochs) f = without_features(Obstacle::flat);
    CHECK(same_nights({night, nothing, {"empty", "x", {}, {}}}).empty());
}

TEST_CASE("real nights are not taken for each other, and one channel of a night is known by the other", "[staging]") {
    PSG_REFERENCE_OR_SKIP(folder, "staging/sleep-edf");
    std::vector<ScoredNight> nights;
    for (const char* name : {"SC4001E0", "SC4002E0", "SC4011E0", "SC4022E0", "SC4031E0", "SC4042E0"}) {
        const std::string path = folder + "/" + name + ".tsv.gz";
        nights.push_back(read_feature_table(io::unpacked(io::read_text_file(path), path), name));
        nights.back().person = name;
        cut_to_sleep(nights.back(), 30min);
    }
    CHECK(same_nights(nights).empty());
    for (const ScoredNight& night : nights) {
        ScoredNight front = night, back = night;
        front.channels.resize(1);
        back.channels.erase(back.channels.begin());
        back.person = "somebody else";
        CHECK(same_nights({front, back}).size() == 1);
    }
}

// Tables of features: what is read, what is refused.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/feature_table.hpp"

#include <catch2/catch.hpp>

#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const std::string header =
    "epoch\tstage\tc4_m1_delta\tc4_m1_theta\tc4_m1_alpha\tc4_m1_beta\tc4_m1_gamma\tc4_m1_variance\tc4_m1_mobility\n";

std::string row(int epoch, const std::string& stage, const std::string& delta = "12.5") {
    return std::to_string(epoch) + "\t" + stage + "\t" + delta + "\t2\t3\t4e-1\t0.5\t600\t0.7\n";
}

std::string refusal(const std::string& text) {
    try {
        read_feature_table(text, "n.tsv");
    } catch (const DataError& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("rows become epochs, missing rows unknown ones", "[staging]") {
    const ScoredNight night = read_feature_table(header + row(1, "W") + row(2, "3") + row(5, "R", "0"), "n.tsv");
    REQUIRE(night.stages.size() == 6);
    using enum Stage;
    CHECK(night.stages == std::vector<Stage>{unknown, W, N3, unknown, unknown, R});
    REQUIRE(night.channels.size() == 1);
    CHECK(night.channels[0].label == "c4_m1");
    CHECK(night.channels[0].epochs[0].obstacle == Obstacle::not_recorded);
    CHECK(night.channels[0].epochs[2].obstacle == Obstacle::none);
    CHECK(night.channels[0].epochs[2].delta == 12.5);
    CHECK(night.channels[0].epochs[2].beta == 0.4);
    CHECK(night.channels[0].epochs[5].obstacle == Obstacle::not_recorded);  // a power of 0 has no logarithm
}

TEST_CASE("malformed tables are refused with the line", "[staging]") {
    const auto contains = [](const std::string& part) { return Catch::Matchers::Contains(part); };
    CHECK_THAT(refusal(""), contains("line 1"));
    CHECK_THAT(refusal("epoch\tstage\n0\tW\n"), contains("no derivation"));
    CHECK_THAT(refusal("epoch\tstage\tx_delta\n0\tW\t1\n"), contains("x_theta"));
    CHECK_THAT(refusal("epoch\tx_delta\n"), contains("'stage'"));
    CHECK_THAT(refusal(header + row(0, "W") + "1\tW\n"), contains("line 3"));
    CHECK_THAT(refusal(header + row(0, "W") + row(0, "W")), contains("line 3"));
    CHECK_THAT(refusal(header + row(0, "asleep")), contains("asleep"));
    CHECK_THAT(refusal(header + row(0, "W", "1,5")), contains("1,5"));
    for (const std::string bad : {"nan", "-1", "inf", "1e300"})
        CHECK_THAT(refusal(header + row(0, "W") + row(1, "W", bad)), contains("line 3") && contains("'" + bad + "' is no c4_m1_"));
    CHECK_THAT(refusal(header), contains("line 1") && contains("no epochs"));
    CHECK_THAT(refusal(header + row(2000000000, "W")), contains("line 2"));
    CHECK_THAT(refusal(header + row(-1, "W")), contains("line 2"));
}

TEST_CASE("nights are cut to the wake around sleep", "[staging]") {
    std::string text = header;
    for (int i = 0; i < 200; ++i) text += row(i, i < 100 || i >= 120 ? "W" : "N2", std::to_string(i + 1));
    ScoredNight night = read_feature_table(text, "n.tsv");
    cut_to_sleep(night, 30min);
    REQUIRE(night.stages.size() == 140);
    CHECK(night.channels[0].epochs.front().delta == 41);
    CHECK(night.channels[0].epochs.size() == 140);
    cut_to_sleep(night, 24h);
    CHECK(night.stages.size() == 140);
    night.stages.assign(140, Stage::W);
    cut_to_sleep(night, 30min);
    CHECK(night.stages.empty());
    CHECK(night.channels[0].epochs.empty());
}

TEST_CASE("columns that were swapped or scaled are refused by their names", "[staging]") {
    PSG_REFERENCE_OR_SKIP(path, "staging/sleep-edf/SC4001E0.tsv.gz");
    ScoredNight night = read_feature_table(psg::io::unpacked(psg::io::read_text_file(path), path), "a night");
    CHECK_NOTHROW(check_features(night));
    const auto refused = [&](const auto& change) {
        ScoredNight other = night;
        for (EpochFeatures& f : other.channels[1].epochs) change(f);
        try {
            check_features(other);
        } catch (const psg::DataError& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    CHECK_THAT(refused([](EpochFeatures& f) { std::swap(f.theta, f.alpha); }), Contains("'pz_oz_theta' and 'pz_oz_alpha'"));
    CHECK_THAT(refused([](EpochFeatures& f) { std::swap(f.delta, f.theta); }), Contains("pz_oz_delta"));
    CHECK_THAT(refused([](EpochFeatures& f) { std::swap(f.beta, f.gamma); }), Contains("pz_oz"));
    CHECK_THAT(refused([](EpochFeatures& f) { f.variance *= 1e-6; }), Contains("'pz_oz_variance'"));
    CHECK_THAT(refused([](EpochFeatures& f) { f.delta *= 1000; }), Contains("'pz_oz_delta' and 'pz_oz_theta'"));
    CHECK_THAT(refused([](EpochFeatures& f) { std::swap(f.variance, f.mobility); }), Contains("'pz_oz_variance'"));
    CHECK_THAT(refused([](EpochFeatures& f) { f.mobility *= 2; }), Contains("'pz_oz_mobility'"));
}

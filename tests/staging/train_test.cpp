// Training: agreement figures against textbook values, and a fold of real nights.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/train.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::staging;
using namespace std::chrono_literals;

TEST_CASE("kappa, accuracy and F1 are the textbook's", "[staging]") {
    Confusion c;
    c.counts[0] = {20, 5, 0, 0, 0};  // Cohen's example of 50 proposals: kappa 0.4
    c.counts[1] = {10, 15, 0, 0, 0};
    CHECK(c.epochs() == 50);
    CHECK(c.accuracy() == Approx(0.7));
    CHECK(c.kappa() == Approx(0.4));
    CHECK(c.f1(Stage::W) == Approx(2 * 20.0 / 55));
    c.add({Stage::W, Stage::unknown, Stage::R}, {Stage::W, Stage::W, Stage::unknown});
    CHECK(c.counts[0][0] == 21);
    CHECK(c.epochs() == 51);
}

TEST_CASE("confidence is counted where it belongs, and intervals hold the figure", "[staging]") {
    Reliability r;
    r.add(Stage::N2, {0.1, 0.1, 0.55, 0.2, 0.05});
    r.add(Stage::W, {0.1, 0.1, 0.5, 0.2, 0.1});
    r.add(Stage::R, {0, 0, 0, 0, 1});
    CHECK(r.epochs == std::array<std::int64_t, 8>{0, 0, 2, 0, 0, 0, 0, 1});
    CHECK(r.right == std::array<std::int64_t, 8>{0, 0, 1, 0, 0, 0, 0, 1});
    CHECK(r.confidence[2] == Approx(1.05));

    Confusion good, bad;
    good.counts[0] = {50, 0, 0, 0, 0};
    good.counts[1] = {0, 50, 0, 0, 0};
    bad.counts[0] = {25, 25, 0, 0, 0};
    bad.counts[1] = {25, 25, 0, 0, 0};
    const auto one = kappa_interval({good, good});
    CHECK(one.first == 1);
    CHECK(one.second == 1);
    const auto two = kappa_interval({good, bad});  // both draws of the same night happen in half of the cases
    CHECK(two.first == 0);
    CHECK(two.second == 1);
}

TEST_CASE("a model learned from some people stages others, the same each time", "[staging]") {
    PSG_REFERENCE_OR_SKIP(folder, "staging/sleep-edf");
    std::vector<ScoredNight> nights;
    for (const char* name : {"SC4002E0", "SC4012E0", "SC4022E0", "SC4041E0", "SC4051E0", "SC4071E0", "SC4081E0",
                             "SC4092E0", "SC4031E0", "SC4061E0"}) {
        const std::string path = folder + "/" + name + ".tsv.gz";
        nights.push_back(read_feature_table(io::unpacked(io::read_text_file(path), name), name));
        nights.back().person = nights.back().name.substr(3, 2);
        cut_to_sleep(nights.back(), 30min);
    }
    TrainingOptions options;
    options.windows_per_night = 0;  // little, to be quick
    options.tilings_per_night = 1;
    options.incomplete_per_night = 0;
    std::vector<const ScoredNight*> learned;
    for (std::size_t k = 0; k < 8; ++k) learned.push_back(&nights[k]);
    const Model model = fit_model(learned, options);
    Evaluation evaluation;
    evaluate(model, {&nights[8], &nights[9]}, evaluation);
    CHECK(evaluation.labels == std::vector<std::string>{"fpz_cz", "pz_oz", "all"});
    CHECK(evaluation.of("all").kappa() > 0.7);
    CHECK(evaluation.of("all").epochs() > 1500);

    learned.resize(3);
    Model small = fit_model(learned, options), again = fit_model(learned, options);
    small.name = again.name = "test";
    CHECK(write_model(small) == write_model(again));
}

TEST_CASE("one person is too few", "[staging]") {
    std::vector<ScoredNight> nights(2);
    CHECK_THROWS_AS(cross_validate(nights, {}, [](const std::string&) {}), DataError);
    CHECK_THROWS_AS(fit_model({&nights[0]}, {}), DataError);
}

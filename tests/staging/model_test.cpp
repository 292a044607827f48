// The embedded model, and what the reader of model files refuses.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/model.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::staging;

namespace {

std::string refusal(const std::string& text) {
    try {
        read_model(text, "x.model.txt");
    } catch (const DataError& error) {
        return error.what();
    }
    return "accepted";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("the embedded model reads, says where it comes from, and writes itself", "[staging]") {
    const Model& model = embedded_model();
    CHECK(model.name == "eeg");
    std::vector<std::string> keys;
    for (const auto& [key, text] : model.card) keys.push_back(key);
    for (const char* key : {"data", "licence", "split", "figures"})
        CHECK(std::find(keys.begin(), keys.end(), key) != keys.end());
    const std::string text = write_model(model);
    CHECK(write_model(read_model(text, "again")) == text);
}

TEST_CASE("truncated, edited and foreign model files are refused with the line", "[staging]") {
    const std::string text = write_model(embedded_model());
    REQUIRE(refusal(text) == "accepted");
    const auto contains = [](const std::string& part) { return Catch::Matchers::Contains(part); };

    CHECK_THAT(refusal(""), contains("line 1"));
    CHECK_THAT(refusal("tree\nversion=v4\n"), contains("line 1") && contains("no staging model"));
    CHECK_THAT(refusal("pickle\n"), contains("psg-train") && contains("LightGBM text model of YASA"));
    CHECK_THAT(refusal(std::string(5 << 20, 'x')), contains("line 1"));
    CHECK_THAT(refusal(text + std::string(5 << 20, 'x')), contains("line 1") && contains("larger"));
    CHECK_THAT(refusal(replaced(text, "model 5\n", "model 6\n")), contains("line 1"));
    CHECK_THAT(refusal(replaced(text, "model 5\n", "model 1\n")), contains("line 1") && contains("version 1"));
    CHECK_THAT(refusal(replaced(text, "model 5\n", "model 2\n")), contains("line 1") && contains("version 2"));
    CHECK_THAT(refusal(replaced(text, "model 5\n", "model 3\n")), contains("line 1") && contains("version 3"));
    CHECK_THAT(refusal(replaced(text, "model 5\n", "model 4\n")), contains("line 1") && contains("version 4"));
    CHECK_THAT(refusal(replaced(text, "pair yes", "pair may")), contains("'pair yes' or 'pair no'"));
    CHECK_THAT(refusal(replaced(text, "pair yes", "pair no")), contains("line "));
    CHECK_THAT(refusal(replaced(text, "recipe eeg", "recipe eog")), contains("line 3"));
    CHECK_THAT(refusal(text + "\n"), contains("follows the checksum"));
    CHECK_THAT(refusal(replaced(text, "\n", "\r\n")), contains("line 1"));
    CHECK_THAT(refusal(replaced(text, "card data: ", "card data: not ")), contains("checksum does not fit"));
    CHECK_THAT(refusal(replaced(text, "network_1_inner 171 x 21", "network_1_inner 999999999 x 21")), contains("is expected here"));

    const auto weights = text.find("network_1_inner 171 x 21\n") + 25;
    std::string edited = text;
    edited[weights] = edited[weights] == '-' ? ' ' : '-';
    CHECK_THAT(refusal(edited), contains("line "));
    for (const std::string number : {"nan", "inf", "1e999", "1,5", "0x10"}) {
        std::string changed = text;
        changed.replace(weights, changed.find(' ', weights) - weights, number);
        CHECK(refusal(changed) != "accepted");
    }
    for (std::size_t length = 0; length < text.size(); length += 1999) {
        INFO(length);
        CHECK_THAT(refusal(text.substr(0, length)), contains("line "));
    }
}

TEST_CASE("the night is found in a day of wake", "[staging]") {
    const auto period = [](const std::vector<std::pair<std::size_t, double>>& runs, std::size_t missing = 0) {
        std::vector<StageProbabilities> p;
        for (const auto& [epochs, wake] : runs) p.insert(p.end(), epochs, StageProbabilities{wake, 0, 1 - wake, 0, 0});
        Evidence evidence(p.size(), StageProbabilities{});
        for (std::size_t t = 0; t < missing; ++t) evidence[t].reset();
        return sleep_period(p, evidence);
    };
    using Extent = std::pair<std::size_t, std::size_t>;
    CHECK(period({{1000, 0.9}, {900, 0.1}, {1000, 0.9}}) == Extent{880, 2020});
    CHECK(period({{1000, 0.9}, {400, 0.1}, {100, 0.9}, {400, 0.1}, {1000, 0.9}}) == Extent{880, 2020});  // awake at night
    CHECK(period({{500, 0.9}, {30, 0.1}, {470, 0.9}, {900, 0.1}, {1000, 0.9}}) == Extent{880, 2020});    // a nap
    CHECK(period({{60, 0.9}, {900, 0.1}, {60, 0.9}}) == Extent{0, 1020});
    CHECK(period({{900, 0.9}}) == Extent{0, 900});
    CHECK(period({{300, 0.1}, {1000, 0.9}, {900, 0.1}}, 300) == Extent{1180, 2200});  // what is not recorded is no sleep
    CHECK(period({}) == Extent{0, 0});
}

TEST_CASE("a frontal and a posterior derivation are found by their first electrode", "[staging]") {
    const auto places = [](std::vector<std::string> labels) {
        std::vector<StagingChannel> channels;
        for (std::string& label : labels) channels.push_back({std::move(label), {}});
        return frontal_and_posterior(channels);
    };
    CHECK(places({"EEG Fpz-Cz", "EEG Pz-Oz"}) == std::pair<std::size_t, std::size_t>(0, 1));
    CHECK(places({"C4-M1", "O2-M1", "F4-M1"}) == std::pair<std::size_t, std::size_t>(2, 1));
    CHECK(places({"pz_oz", "fpz_cz"}) == std::pair<std::size_t, std::size_t>(1, 0));
    CHECK_FALSE(places({"F3-M2", "C3-M2"}));
    CHECK_FALSE(places({"Flow", "Pleth"}));
    CHECK_FALSE(places({}));
}

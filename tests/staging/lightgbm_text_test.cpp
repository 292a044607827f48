// LightGBM's text models: what is read gives the outputs worked out by hand, everything odd is refused with its line.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/lightgbm_text.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "libpsg/model/error.hpp"
#include "libpsg/staging/text_checksum.hpp"
#include "libpsg/staging/yasa_stager.hpp"
#include "tests/staging/tiny_trees.hpp"

using namespace psg;
using namespace psg::staging;
using Catch::Matchers::Contains;

namespace {

std::string refusal(const std::string& text) {
    try {
        read_yasa_model(text, "x.txt");
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

double left_or_right(int decision_type, double threshold, float value) {
    TreeModel model{2, 1, {}};
    Tree tree{{{threshold, -1, -2, 0, static_cast<Missing>(decision_type / 4), (decision_type & 2) != 0}}, {1, 2}};
    model.trees = {tree, {{}, {0}}};
    const double p = class_probabilities(model, std::vector<float>{value})[0];
    return std::round(std::log(p / (1 - p)));
}

}  // namespace

TEST_CASE("a tree model gives what one works out by hand", "[staging]") {
    const LightgbmModel model = read_lightgbm_text(test::tiny_model(), "tiny");
    CHECK(model.version == "v4");
    CHECK(model.feature_names == std::vector<std::string>{"eeg_std", "eeg_beta_c7min_norm", "time_hour"});
    // scores of class 0: 1 (10 is not above 10), 2, 6; of the others 0, 0.5, -1, 3
    const std::vector<float> rows{10, 0, 9, 10.001f, 0, 2, 11, 0, 2.5};
    const std::vector<double> p = class_probabilities(model.trees, rows);
    REQUIRE(p.size() == 15);
    const double first[] = {1, 2, 6};
    for (std::size_t r = 0; r < 3; ++r) {
        const double sum = std::exp(first[r]) + std::exp(0.0) + std::exp(0.5) + std::exp(-1.0) + std::exp(3.0);
        CHECK(p[5 * r] == Approx(std::exp(first[r]) / sum));
        CHECK(p[5 * r + 3] == Approx(std::exp(-1.0) / sum));
        CHECK(p[5 * r + 4] == Approx(std::exp(3.0) / sum));
    }
    CHECK_THROWS_AS(class_probabilities(model.trees, std::vector<float>(4)), UsageError);
}

TEST_CASE("missing values go where LightGBM sends them", "[staging]") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    // decision types: bit 1 default left; 0 none, 4 zero, 8 NaN is missing. 1 is left, 2 right.
    for (int type : {0, 2}) {
        CHECK(left_or_right(type, 0.5, nan) == 1);  // as 0
        CHECK(left_or_right(type, -0.5, nan) == 2);
        CHECK(left_or_right(type, -0.5, -1) == 1);
    }
    CHECK(left_or_right(4, 0.5, nan) == 2);
    CHECK(left_or_right(4, 0.5, 0) == 2);
    CHECK(left_or_right(4, 0.5, 1e-30f) == 1);
    CHECK(left_or_right(6, -0.5, nan) == 1);
    CHECK(left_or_right(6, -0.5, -0.f) == 1);
    CHECK(left_or_right(6, -0.5, 1) == 2);
    CHECK(left_or_right(8, 0.5, nan) == 2);
    CHECK(left_or_right(8, 0.5, 0) == 1);
    CHECK(left_or_right(10, -0.5, nan) == 1);
    CHECK(left_or_right(10, -0.5, 0) == 2);
}

TEST_CASE("what is no tree is not sound", "[staging]") {
    const auto node = [](std::int32_t left, std::int32_t right) {
        return TreeNode{0, left, right, 0, Missing::none, false};
    };
    CHECK(sound({{}, {1}}, 1));
    CHECK(sound({{node(1, -1), node(-2, -3)}, {1, 2, 3}}, 1));
    CHECK_FALSE(sound({{node(1, -1), node(-2, -3)}, {1, 2, 3}}, 0));  // no such feature
    CHECK_FALSE(sound({{node(1, -1), node(1, -3)}, {1, 2, 3}}, 1));   // its own child
    CHECK_FALSE(sound({{node(1, -1), node(0, -3)}, {1, 2, 3}}, 1));   // round and round
    CHECK_FALSE(sound({{node(2, -1), node(-2, -3)}, {1, 2, 3}}, 1));  // no such node
    CHECK_FALSE(sound({{node(1, -1), node(-1, -3)}, {1, 2, 3}}, 1));  // a leaf twice
    CHECK_FALSE(sound({{node(1, -1), node(-2, -4)}, {1, 2, 3}}, 1));  // no such leaf
    CHECK_FALSE(sound({{node(-1, -2)}, {1}}, 1));
    CHECK_FALSE(sound({{node(1, std::numeric_limits<std::int32_t>::min()), node(-2, -3)}, {1, 2, 3}}, 1));
}

TEST_CASE("truncated, edited and foreign LightGBM files are refused with the line", "[staging]") {
    const std::string text = test::tiny_model();
    REQUIRE(refusal(text) == "accepted");
    CHECK(refusal(test::lightgbm_file(
              {test::three_leaves(), test::stump("0"), test::stump("0"), test::stump("0"), test::stump("0")},
              "eeg_std eog_perm time_norm", "v3")) == "accepted");
    for (std::size_t length = 0; length < text.size(); ++length) {
        INFO(length);
        CHECK_THAT(refusal(text.substr(0, length)), Contains("line "));
    }
    CHECK_THAT(refusal(text + "more\n"), Contains("'more' is not expected here"));

    const auto edited = [&](const std::string& from, const std::string& to) {
        return refusal(replaced(text, from, to));
    };
    CHECK_THAT(edited("version=v4", "version=v9"), Contains("x.txt, line 2"));
    CHECK_THAT(edited("num_class=5", "num_class=6"), Contains("line 4"));
    CHECK_THAT(edited("num_class=5", "num_class=99999999"), Contains("line 3"));
    CHECK_THAT(edited("multiclass num", "multiclassova num"), Contains("line 7") && Contains("objective"));
    CHECK_THAT(edited("multiclass num", std::string("multi\0lass num", 14)), Contains("'multi?lass num") && Contains("export the model anew"));  // not cut
    CHECK_THAT(edited("eeg_std eeg", "eeg_std  eeg"), Contains("line 8"));
    CHECK_THAT(edited("eeg_std eeg", "eeg_stt eeg"), Contains("'eeg_stt'"));
    CHECK_THAT(refusal(replaced(replaced(text, "eeg_std eeg", "eeg_stt eeg"), "eeg_std=", "eeg_stt=")),
               Contains("'eeg_stt' is no feature of YASA"));
    CHECK_THAT(edited("time_hour\n", "age\n"), Contains("'age'"));
    CHECK_THAT(edited("time_hour\n", "eeg_std\n"), Contains("twice"));
    CHECK_THAT(edited("[0:1000]", "0:1:2"), Contains("line 9") && Contains("range"));
    CHECK_THAT(edited("max_feature_idx=2", "max_feature_idx=3"), Contains("line 8"));
    CHECK_THAT(edited("label_index=0", "num_class=5"), Contains("stands here again"));
    CHECK_THAT(edited("Tree=0", "Tree=1"), Contains("line 12") && Contains("'Tree=0' is expected"));
    CHECK_THAT(edited("threshold=10 2", "threshold=10.5 2"), Contains("bytes"));
    CHECK_THAT(edited("threshold=10 2", "threshold=-1 2"),
               Contains("line 17") && Contains("outside the range of 'eeg_std'"));
    CHECK_THAT(edited("threshold=10 2", "threshold=na 2"), Contains("line 17") && Contains("value 1"));
    CHECK_THAT(edited("threshold=10 2", "threshold=1e999 2"), Contains("line 17"));
    CHECK_THAT(edited("threshold=10 2", "threshold=10  "), Contains("line 17"));
    CHECK_THAT(edited("split_gain=2 1", "split_gain=2 x"), Contains("line 16") && Contains("something else than numbers"));
    CHECK_THAT(edited("split_gain=2 1", "split_gain=201"), Contains("line 16") && Contains("1 values and not 2"));
    CHECK_THAT(edited("split_feature=0 2", "split_feature=0 3"),
               Contains("line 15") && Contains("feature 3 does not exist"));
    CHECK_THAT(edited("decision_type=2 2", "decision_type=2 1"), Contains("line 18"));
    CHECK_THAT(edited("left_child=-1 -2", "left_child=-1 -1"), Contains("line 19") && Contains("do not make a tree"));
    CHECK_THAT(edited("right_child=1 -3", "right_child=0 -3"), Contains("do not make a tree"));
    CHECK_THAT(edited("leaf_value=1 2 6", "leaf_value=1 2 7"),
               Contains("line 21") && Contains("do not belong to its value"));
    CHECK_THAT(edited("leaf_value=1 2 6", "leaf_value=1 2 i"), Contains("line 21"));
    CHECK_THAT(edited("leaf_count=50 30 10", "leaf_count=50 30 11"), Contains("cases of node 1"));
    CHECK_THAT(edited("num_leaves=3", "num_leaves=4"), Contains("not 3"));
    CHECK_THAT(edited("num_leaves=3", "num_leaves=2000000000"), Contains("line 13"));
    CHECK_THAT(edited("num_cat=0", "num_cat=1"), Contains("categories"));
    CHECK_THAT(edited("is_linear=0", "is_linear=1"), Contains("linear"));
    CHECK_THAT(edited("split_gain", "leaf_coeff"), Contains("not known"));
    CHECK_THAT(edited("split_feature=0 2", "split_feature=0 1"), Contains("outside the range") || Contains("split 1 times by 'eeg_beta_c7min_norm' and not 0"));
    CHECK_THAT(edited("time_hour=1\n", "time_hour=2\n"), Contains("line 111") && Contains("split 1 times by 'time_hour' and not 2"));
    {
        std::string two = test::lightgbm_file({test::three_leaves(), test::three_leaves(), test::stump("0"), test::stump("0"), test::stump("0")});
        REQUIRE(refusal(two) == "accepted");
        two.replace(two.rfind("decision_type=2 2"), 17, "decision_type=2 8");
        CHECK_THAT(refusal(two), Contains("line 37") && Contains("missing of 'time_hour'"));
    }
    // with the checksum of scripts/export_yasa_model nothing can be changed
    const std::string sealed = text + "psg_checksum=" + text_checksum(text) + "\n";
    REQUIRE(refusal(sealed) == "accepted");
    for (std::size_t at = 0; at < sealed.size(); ++at)
        if (sealed[at] >= '0' && sealed[at] <= '9') {
            std::string other = sealed;
            other[at] = sealed[at] == '9' ? '8' : static_cast<char>(sealed[at] + 1);
            INFO(at);
            CHECK(refusal(other) != "accepted");
        }
    CHECK_THAT(refusal("tree\r\nversion=v4\r\n"), Contains("line 1"));
    CHECK_THAT(refusal(std::string("tree\n") + std::string(70 << 20, 'x')), Contains("larger"));
    CHECK_THAT(refusal("psg-staging-model 1\n"), Contains("line 1"));
}

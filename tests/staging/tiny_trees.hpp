// A LightGBM text model small enough to work out by hand.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace psg::test {

/// The whole file around the texts of trees (without their "Tree=N" lines).
inline std::string lightgbm_file(const std::vector<std::string>& trees,
                                 const std::string& names = "eeg_std eeg_beta_c7min_norm time_hour",
                                 const std::string& version = "v4") {
    std::string sizes, body, importances;
    const char* features[] = {"0", "1", "2"};
    std::size_t from = 0;
    for (const char* feature : features) {
        int splits = 0;
        for (const std::string& tree : trees) {
            const std::size_t begin = tree.find("split_feature=") + 14, end = tree.find('\n', begin);
            for (std::size_t at = begin; at < end; ++at) splits += tree[at] == feature[0];
        }
        const std::size_t blank = std::min(names.find(' ', from), names.size());
        if (splits > 0) importances += names.substr(from, blank - from) + "=" + std::to_string(splits) + "\n";
        from = blank + 1;
    }
    for (std::size_t t = 0; t < trees.size(); ++t) {
        const std::string tree = "Tree=" + std::to_string(t) + "\n" + trees[t] + "\n\n";
        sizes += (t == 0 ? "" : " ") + std::to_string(tree.size());
        body += tree;
    }
    return "tree\nversion=" + version +
           "\nnum_class=5\nnum_tree_per_iteration=5\nlabel_index=0\nmax_feature_idx=2\n"
           "objective=multiclass num_class:5\nfeature_names=" +
           names + "\nfeature_infos=[0:1000] [-10:10] [0:24]\ntree_sizes=" + sizes + "\n\n" + body +
           "end of trees\n\nfeature_importances:\n" + importances + "\nparameters:\n[boosting: gbdt]\n[lambda_l1: 0]\n"
           "[lambda_l2: 0]\n[max_delta_step: 0]\n[path_smooth: 0]\n\nend of parameters\n\npandas_categorical:[]\n";
}

/// A tree of one leaf.
inline std::string stump(const std::string& value) {
    return "num_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\ndecision_type=\nleft_child=\nright_child="
           "\nleaf_value=" +
           value +
           "\nleaf_weight=0\nleaf_count=0\ninternal_value=\ninternal_weight=\ninternal_count=\nis_linear=0\nshrinkage="
           "1\n";
}

/// eeg_std <= 10: 1; else time_hour <= 2: 2, else 6.
inline std::string three_leaves() {
    return "num_leaves=3\nnum_cat=0\nsplit_feature=0 2\nsplit_gain=2 1\nthreshold=10 2\ndecision_type=2 "
           "2\nleft_child=-1 -2\n"
           "right_child=1 -3\nleaf_value=1 2 6\nleaf_weight=5 3 1\nleaf_count=50 30 10\ninternal_value=0 "
           "3\ninternal_weight=0 4\n"
           "internal_count=90 40\nis_linear=0\nshrinkage=0.1\n";
}

/// Classes N1, N2, N3, R, W: three_leaves(), and constants.
inline std::string tiny_model() {
    return lightgbm_file({three_leaves(), stump("0"), stump("0.5"), stump("-1"), stump("3")});
}

}  // namespace psg::test

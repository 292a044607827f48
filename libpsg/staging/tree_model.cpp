// Ensembles of decision trees.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/tree_model.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/model/error.hpp"

namespace psg::staging {

namespace {

constexpr double zero_width = 1e-35;  // LightGBM's kZeroThreshold, in single precision

bool goes_left(const TreeNode& node, double value) {
    if (std::isnan(value)) {
        if (node.missing == Missing::nan) return node.default_left;
        value = 0;
    }
    if (node.missing == Missing::zero && std::abs(value) <= double(float(zero_width))) return node.default_left;
    return value <= node.threshold;
}

double leaf_of(const Tree& tree, const float* row) {
    std::int32_t at = tree.nodes.empty() ? -1 : 0;
    while (at >= 0) {
        const TreeNode& node = tree.nodes[static_cast<std::size_t>(at)];
        at = goes_left(node, row[node.feature]) ? node.left : node.right;
    }
    return tree.leaves[static_cast<std::size_t>(-1 - at)];
}

}  // namespace

bool sound(const Tree& tree, std::size_t features) {
    if (tree.leaves.size() != tree.nodes.size() + 1) return false;
    std::vector<bool> node_seen(tree.nodes.size()), leaf_seen(tree.leaves.size());
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        if (tree.nodes[i].feature >= features) return false;
        for (const std::int32_t child : {tree.nodes[i].left, tree.nodes[i].right}) {
            const auto index = static_cast<std::size_t>(child >= 0 ? child : -1 - child);
            auto& seen = child >= 0 ? node_seen : leaf_seen;
            if (index >= seen.size() || (child >= 0 && index <= i) || seen[index]) return false;
            seen[index] = true;
        }
    }
    return true;  // n nodes have 2 n children: n - 1 nodes and n + 1 leaves, each once, are all there are
}

std::vector<double> class_probabilities(const TreeModel& model, std::span<const float> rows) {
    if (model.features == 0 || rows.size() % model.features != 0)
        throw UsageError("the rows do not have as many values as the model has features");
    const std::size_t count = rows.size() / model.features, classes = model.classes;
    std::vector<double> scores(count * classes);
    for (std::size_t t = 0; t < model.trees.size(); ++t)  // tree by tree: each stays in the processor's cache
        for (std::size_t r = 0; r < count; ++r)
            scores[r * classes + t % classes] += leaf_of(model.trees[t], rows.data() + r * model.features);
    for (std::size_t r = 0; r < count; ++r) {
        const auto row = std::span(scores).subspan(r * classes, classes);
        const double highest = *std::max_element(row.begin(), row.end());
        double sum = 0;
        for (double& score : row) sum += score = std::exp(score - highest);
        for (double& score : row) score /= sum;
    }
    return scores;
}

}  // namespace psg::staging

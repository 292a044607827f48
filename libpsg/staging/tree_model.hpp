// Ensembles of decision trees that vote for classes, as gradient boosting makes them.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psg::staging {

/// What a split does with a value that is missing.
enum class Missing : std::uint8_t {
    none,  ///< nothing is missing: NaN is taken as 0
    zero,  ///< NaN and what is not further than 1e-35 from 0 goes to the default side
    nan    ///< NaN goes to the default side
};

/// A value goes left if it is at most the threshold.
struct TreeNode {
    double threshold = 0;
    std::int32_t left = -1, right = -1;  ///< a node of the same tree, behind this one; or -1 - leaf
    std::uint16_t feature = 0;
    Missing missing = Missing::none;
    bool default_left = false;
};

struct Tree {
    std::vector<TreeNode> nodes;  ///< the first is the root; none: the tree is its only leaf
    std::vector<double> leaves;
};

/// Tree t adds its leaf's value to the score of class t % classes.
struct TreeModel {
    std::size_t classes = 0, features = 0;
    std::vector<Tree> trees;
};

/// Whether each tree is one: every feature exists, every node but the root is the child of exactly one node before it,
/// and every leaf of exactly one. A walk then ends, whatever the values are.
bool sound(const Tree& tree, std::size_t features);

/// Probabilities of the classes for each row of `model.features` values: exp(score) of the class over the sum of all.
/// The model's trees must be sound(). UsageError if `rows` is no multiple of the features.
std::vector<double> class_probabilities(const TreeModel& model, std::span<const float> rows);

}  // namespace psg::staging

// Reads a LightGBM model from its text form, as save_model() of a booster writes it.
// SPDX-License-Identifier: BSD-3-Clause
//
// Own reader: LightGBM is a large dependency and trusts its files; a model file comes from anywhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libpsg/staging/tree_model.hpp"

namespace psg::staging {

struct LightgbmModel {
    TreeModel trees;
    std::string version;                     ///< of the file's format: "v4"
    std::vector<std::string> feature_names;  ///< trees.features of them
};

/// Whether a text begins as such a file.
bool is_lightgbm_text(std::string_view text);

/// A multiclass model (softmax) of formats v3 and v4, with numerical splits and constant leaves. Refused with `where`,
/// the line and the reason (DataError): anything else; a file that is cut short; and what shows that it was changed:
/// trees of another length than the header says, counts that do not add up, thresholds outside the range of their
/// feature, splits by a feature that are not as many as the file says, two meanings of a missing value of one feature, and leaves
/// that do not belong to the values of the nodes above them (where the model was trained without regularisation, which the file
/// tells). LightGBM's own text has no checksum: a change of a threshold inside its feature's range, or in the last digits of a
/// leaf, is not seen there. scripts/export_yasa_model writes a last line psg_checksum=HEX (text_checksum.hpp), and then any is.
/// At most 64 MiB, 100,000 trees, 65,535 leaves a tree, 65,535 features, 1,000 classes.
LightgbmModel read_lightgbm_text(std::string_view text, const std::string& where);

}  // namespace psg::staging

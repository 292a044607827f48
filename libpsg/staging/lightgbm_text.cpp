// Reads a LightGBM model from its text form.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/lightgbm_text.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "libpsg/staging/lightgbm_lines.hpp"
#include "libpsg/staging/text_checksum.hpp"

namespace psg::staging {

namespace {

constexpr std::string_view first_line = "tree";
constexpr std::size_t most_bytes = std::size_t(64) << 20;
constexpr std::size_t most_trees = 100000, most_leaves = 65535, most_features = 65535, most_classes = 1000;

struct Range {
    double low, high;
};

struct Header {
    std::string version;
    std::size_t classes = 0, features = 0;
    std::vector<std::string> names;
    std::vector<Range> ranges;
    std::vector<std::size_t> tree_sizes;
};

// Of a tree's text, for the check of its numbers when it is known how the model was trained.
struct TreeValues {
    std::vector<double> leaf_weights, node_values;
    int line = 0, decision_line = 0;  // of leaf_value and decision_type
};

std::vector<std::string_view> words_of(const LightgbmLines& in, const LightgbmLine& line, std::size_t most) {
    std::vector<std::string_view> words;
    for (std::size_t from = 0; from <= line.value.size() && !line.value.empty();) {
        const std::size_t blank = std::min(line.value.find(' ', from), line.value.size());
        if (blank == from) in.fail(line.number, std::string(line.key) + " has an empty entry");
        if (words.size() == most) in.fail(line.number, std::string(line.key) + " has too many entries");
        words.push_back(line.value.substr(from, blank - from));
        from = blank + 1;
    }
    return words;
}

std::size_t number_up_to(const LightgbmLines& in, const LightgbmLine& line, std::size_t least, std::size_t most) {
    const auto value = in.single<std::int64_t>(line);
    if (value < static_cast<std::int64_t>(least) || value > static_cast<std::int64_t>(most))
        in.fail(line.number,
                std::string(line.key) + " is not between " + std::to_string(least) + " and " + std::to_string(most));
    return static_cast<std::size_t>(value);
}

// "[0:1]"; "none" of a feature that never splits.
Range range_of(const LightgbmLines& in, const LightgbmLine& line, std::string_view word) {
    if (word == "none") return {1, 0};
    Range range{};
    const std::size_t colon = word.find(':');
    const auto read = [&](std::string_view text, double& value) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
    };
    if (word.size() < 5 || word.front() != '[' || word.back() != ']' || colon == std::string_view::npos ||
        !read(word.substr(1, colon - 1), range.low) ||
        !read(word.substr(colon + 1, word.size() - colon - 2), range.high))
        in.fail(line.number, "'" + std::string(word.substr(0, 40)) + "' is no range of a numerical feature");
    return range;
}

Header read_header(LightgbmLines& in) {
    if (in.at_end() || in.next().key != first_line) in.fail(1, "this is no LightGBM model: 'tree' is expected");
    std::map<std::string_view, LightgbmLine> lines;
    for (LightgbmLine line = in.next(); !line.key.empty(); line = in.next())
        if (!lines.emplace(line.key, line).second)
            in.fail(line.number, "'" + std::string(line.key) + "' stands here again");
    const int end = in.number();
    const auto get = [&](std::string_view key) {
        const auto found = lines.find(key);
        if (found == lines.end()) in.fail(end, "the header has no '" + std::string(key) + "'");
        return found->second;
    };
    Header header;
    const LightgbmLine version = get("version"), objective = get("objective"), names = get("feature_names");
    if (version.value != "v3" && version.value != "v4")
        in.fail(version.number,
                "the format is '" + std::string(version.value.substr(0, 20)) + "'; v3 and v4 are known");
    header.version = version.value;
    header.classes = number_up_to(in, get("num_class"), 1, most_classes);
    if (number_up_to(in, get("num_tree_per_iteration"), 1, most_classes) != header.classes)
        in.fail(get("num_tree_per_iteration").number, "the model does not have one tree for each class");
    if (!(objective.value == "multiclass num_class:" + std::to_string(header.classes)))
        in.fail(objective.number, "the objective is '" + std::string(objective.value.substr(0, 40)) +
                                      "' and not 'multiclass num_class:" + std::to_string(header.classes) + "'");
    if (lines.count("average_output")) in.fail(lines["average_output"].number, "random forests are not read");
    header.features = number_up_to(in, get("max_feature_idx"), 0, most_features - 1) + 1;
    for (const std::string_view word : words_of(in, names, most_features)) header.names.emplace_back(word);
    if (header.names.size() != header.features)
        in.fail(names.number, "there are " + std::to_string(header.names.size()) + " feature names for " +
                                  std::to_string(header.features) + " features");
    const LightgbmLine infos = get("feature_infos"), sizes = get("tree_sizes");
    for (const std::string_view word : words_of(in, infos, most_features))
        header.ranges.push_back(range_of(in, infos, word));
    if (header.ranges.size() != header.features)
        in.fail(infos.number, "there are " + std::to_string(header.ranges.size()) + " ranges for " +
                                  std::to_string(header.features) + " features");
    const std::size_t trees = words_of(in, sizes, most_trees).size();
    header.tree_sizes = in.numbers<std::size_t>(sizes, trees);
    if (trees == 0 || trees % header.classes != 0)
        in.fail(sizes.number, std::to_string(trees) + " trees are no multiple of the classes");
    return header;
}

const std::set<std::string_view>& tree_keys() {
    static const std::set<std::string_view> keys{"num_leaves",      "num_cat",        "split_feature", "split_gain",
                                                 "threshold",       "decision_type",  "left_child",    "right_child",
                                                 "leaf_value",      "leaf_weight",    "leaf_count",    "internal_value",
                                                 "internal_weight", "internal_count", "is_linear",     "shrinkage"};
    return keys;
}

// The lines of one tree by their keys, up to the blank line.
class TreeLines {
public:
    explicit TreeLines(LightgbmLines& in) : in_(in) {
        for (LightgbmLine line = in.next(); !line.key.empty(); line = in.next()) {
            if (tree_keys().count(line.key) == 0)
                in.fail(line.number,
                        "a tree has a line '" + std::string(line.key.substr(0, 40)) + "', which is not known");
            if (!lines_.emplace(line.key, line).second)
                in.fail(line.number, "'" + std::string(line.key) + "' stands here again");
        }
        end_ = in.number();
    }
    const LightgbmLine& get(std::string_view key) const {
        const auto found = lines_.find(key);
        if (found == lines_.end()) in_.fail(end_, "the tree has no '" + std::string(key) + "'");
        return found->second;
    }
    bool has(std::string_view key) const { return lines_.count(key) > 0; }

private:
    const LightgbmLines& in_;
    std::map<std::string_view, LightgbmLine> lines_;
    int end_ = 0;
};

// The number of cases of a node is that of its children.
void check_counts(const LightgbmLines& in, const TreeLines& lines, const Tree& tree) {
    if (!lines.has("leaf_count") || !lines.has("internal_count") || tree.nodes.empty()) return;
    const auto leaves = in.numbers<std::int64_t>(lines.get("leaf_count"), tree.leaves.size());
    const auto nodes = in.numbers<std::int64_t>(lines.get("internal_count"), tree.nodes.size());
    const auto of = [&](std::int32_t child) {
        return child >= 0 ? nodes[static_cast<std::size_t>(child)] : leaves[static_cast<std::size_t>(-1 - child)];
    };
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (static_cast<std::uint64_t>(nodes[i]) !=  // of any two numbers the sum is defined without a sign
            static_cast<std::uint64_t>(of(tree.nodes[i].left)) + static_cast<std::uint64_t>(of(tree.nodes[i].right)))
            in.fail(lines.get("internal_count").number,
                    "the cases of node " + std::to_string(i) + " are not those of its children: the tree was changed");
}

Tree read_tree(LightgbmLines& in, const Header& header, TreeValues& values) {
    const TreeLines lines(in);
    const std::size_t leaves = number_up_to(in, lines.get("num_leaves"), 1, most_leaves), splits = leaves - 1;
    if (in.single<std::int64_t>(lines.get("num_cat")) != 0)
        in.fail(lines.get("num_cat").number, "the tree splits by categories, which is not read");
    if (lines.has("is_linear") && in.single<std::int64_t>(lines.get("is_linear")) != 0)
        in.fail(lines.get("is_linear").number, "the tree has linear leaves, which are not read");
    const auto features = in.numbers<std::int32_t>(lines.get("split_feature"), splits);
    const auto thresholds = in.numbers<double>(lines.get("threshold"), splits);
    const auto decisions = in.numbers<std::int32_t>(lines.get("decision_type"), splits);
    const auto left = in.numbers<std::int32_t>(lines.get("left_child"), splits);
    const auto right = in.numbers<std::int32_t>(lines.get("right_child"), splits);
    Tree tree;
    tree.leaves = in.numbers<double>(lines.get("leaf_value"), leaves);
    for (std::size_t i = 0; i < splits; ++i) {
        // Bit 0: by category; bit 1: the default side is left; bits 2 and 3: what counts as missing.
        if (decisions[i] < 0 || decisions[i] > 10 || decisions[i] % 2 != 0)
            in.fail(lines.get("decision_type").number,
                    "decision type " + std::to_string(decisions[i]) + " is not known");
        const auto feature = static_cast<std::size_t>(features[i]);
        if (features[i] < 0 || feature >= header.features)
            in.fail(lines.get("split_feature").number, "feature " + std::to_string(features[i]) + " does not exist");
        const Range& range = header.ranges[feature];
        if (!(thresholds[i] >= range.low && thresholds[i] <= range.high))
            in.fail(lines.get("threshold").number, "the threshold of node " + std::to_string(i) +
                                                       " is outside the range of '" + header.names[feature] +
                                                       "': the tree was changed");
        tree.nodes.push_back({thresholds[i], left[i], right[i], static_cast<std::uint16_t>(feature),
                              static_cast<Missing>(decisions[i] / 4), (decisions[i] & 2) != 0});
    }
    if (!sound(tree, header.features))
        in.fail(lines.get("left_child").number, "left_child and right_child do not make a tree");
    check_counts(in, lines, tree);
    if (lines.has("leaf_weight") && lines.has("internal_value")) {
        values.leaf_weights = in.numbers<double>(lines.get("leaf_weight"), leaves == 1 ? 1 : leaves);
        values.node_values = in.numbers<double>(lines.get("internal_value"), splits);
    }
    for (const char* unused : {"split_gain", "internal_weight"})
        if (lines.has(unused)) in.check_numbers(lines.get(unused), splits);
    values.line = lines.get("leaf_value").number;
    values.decision_line = lines.get("decision_type").number;
    return tree;
}

// Without regularisation the value of a node (but the root, where it is not kept up) is the mean of the leaves below it
// by their weights; it is written with six digits.
void check_values(const LightgbmLines& in, const Tree& tree, const TreeValues& values) {
    constexpr double relative = 1e-4, absolute = 1e-6;
    if (values.node_values.empty()) return;
    std::vector<double> weights(tree.nodes.size()), sums(tree.nodes.size());
    for (std::size_t i = tree.nodes.size(); i-- > 1;) {
        for (const std::int32_t child : {tree.nodes[i].left, tree.nodes[i].right}) {
            const auto index = static_cast<std::size_t>(child >= 0 ? child : -1 - child);
            weights[i] += child >= 0 ? weights[index] : values.leaf_weights[index];
            sums[i] += child >= 0 ? sums[index] : values.leaf_weights[index] * tree.leaves[index];
        }
        const double expected = values.node_values[i];
        if (!(std::abs(sums[i] / weights[i] - expected) <= relative * std::abs(expected) + absolute))
            in.fail(values.line,
                    "the leaves below node " + std::to_string(i) + " do not belong to its value: the tree was changed");
    }
}

// How often trees split by a feature, as the file tells it; and how it was trained.
struct Rest {
    std::map<std::string_view, LightgbmLine> importances;
    int importances_line = 0;  // 0: the file does not tell
    std::set<std::string> settings;
    bool has(const char* setting) const { return settings.count(setting) > 0; }
};

// What follows the trees.
Rest read_rest(LightgbmLines& in, std::string_view text) {
    Rest rest;
    LightgbmLine line = in.next_filled();
    for (; line.key != "end of parameters"; line = in.next()) {
        rest.settings.emplace(line.key);
        if (line.key == "feature_importances:") {
            rest.importances_line = line.number;
            for (line = in.next(); !line.key.empty(); line = in.next())
                if (!rest.importances.emplace(line.key, line).second)
                    in.fail(line.number, "'" + std::string(line.key.substr(0, 40)) + "' stands here again");
        }
    }
    bool ended = false;  // LightGBM's Python package, by which YASA's models are written, adds a line on categories
    while (!in.at_end()) {
        line = in.next();
        ended = ended || line.key.starts_with("pandas_categorical:");
        if (line.key == "psg_checksum") {
            if (line.value != text_checksum(text.substr(0, line.offset)))
                in.fail(line.number, "the checksum does not fit: the file was changed after it was exported");
        } else if (!line.key.empty() && line.key != "pandas_categorical:[]" && line.key != "pandas_categorical:null") {
            in.fail(line.number, "'" + std::string(line.key.substr(0, 40)) + "' is not expected here");
        }
    }
    if (!ended) in.fail(in.number(), "the model file ends here and has no line 'pandas_categorical:'");
    return rest;
}

// The splits of every feature are as many as the file says.
void check_importances(const LightgbmLines& in, const Header& header, const TreeModel& model, const Rest& rest) {
    if (rest.importances_line == 0 || rest.has("[saved_feature_importance_type: 1]")) return;
    std::vector<std::int64_t> splits(header.features, 0);
    for (const Tree& tree : model.trees)
        for (const TreeNode& node : tree.nodes) ++splits[node.feature];
    for (std::size_t f = 0; f < header.features; ++f) {
        const auto told = rest.importances.find(header.names[f]);
        const std::int64_t expected = told == rest.importances.end() ? 0 : in.single<std::int64_t>(told->second);
        if (splits[f] != expected)
            in.fail(told == rest.importances.end() ? rest.importances_line : told->second.number,
                    "the trees split " + std::to_string(splits[f]) + " times by '" + header.names[f] + "' and not " +
                        std::to_string(expected) + ": a tree was changed");
    }
}

// What counts as missing is a property of the feature and the same in all splits.
void check_missing(const LightgbmLines& in, const Header& header, const TreeModel& model, const std::vector<TreeValues>& values) {
    std::vector<std::optional<Missing>> of_feature(header.features);
    for (std::size_t t = 0; t < model.trees.size(); ++t)
        for (const TreeNode& node : model.trees[t].nodes) {
            auto& known = of_feature[node.feature];
            if (!known) known = node.missing;
            if (*known != node.missing)
                in.fail(values[t].decision_line, "what is missing of '" + header.names[node.feature] + "' is not as in the trees before: the tree was changed");
        }
}

bool without_regularisation(const Rest& rest) {
    for (const char* plain :
         {"[boosting: gbdt]", "[lambda_l1: 0]", "[lambda_l2: 0]", "[max_delta_step: 0]", "[path_smooth: 0]"})
        if (!rest.has(plain)) return false;
    return true;
}

}  // namespace

bool is_lightgbm_text(std::string_view text) {
    return text.starts_with("tree\n") || text.starts_with("tree\r\n");
}

LightgbmModel read_lightgbm_text(std::string_view text, const std::string& where) {
    if (text.size() > most_bytes) throw DataError(where + ", line 1", "this is no staging model: it is larger than 64 MiB");
    LightgbmLines in(text, where);
    Header header = read_header(in);
    LightgbmModel model;
    model.trees.classes = header.classes;
    model.trees.features = header.features;
    model.version = header.version;
    std::vector<TreeValues> values;
    LightgbmLine line = in.next_filled();
    for (std::size_t t = 0; t < header.tree_sizes.size(); ++t) {
        if (line.key != "Tree" || line.value != std::to_string(t))
            in.fail(line.number, "'Tree=" + std::to_string(t) + "' is expected here");
        const std::size_t begin = line.offset;
        const int number = line.number;
        model.trees.trees.push_back(read_tree(in, header, values.emplace_back()));
        line = in.next_filled();
        if (line.offset - begin != header.tree_sizes[t])
            in.fail(number, "tree " + std::to_string(t) + " takes " + std::to_string(line.offset - begin) +
                                " bytes, but the header says " + std::to_string(header.tree_sizes[t]) +
                                ": the tree was changed");
    }
    if (line.key != "end of trees" || !line.value.empty()) in.fail(line.number, "'end of trees' is expected here");
    const Rest rest = read_rest(in, text);
    check_importances(in, header, model.trees, rest);
    check_missing(in, header, model.trees, values);
    if (without_regularisation(rest))
        for (std::size_t t = 0; t < values.size(); ++t) check_values(in, model.trees.trees[t], values[t]);
    model.feature_names = std::move(header.names);
    return model;
}

}  // namespace psg::staging

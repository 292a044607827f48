// The text form of a staging model: written and read byte for byte.
// SPDX-License-Identifier: BSD-3-Clause
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>

#include "libpsg/model/error.hpp"
#include "libpsg/staging/model.hpp"
#include "libpsg/staging/text_checksum.hpp"

namespace psg::staging {

namespace {

constexpr const char* models_taken =
    "give a model file of psg-train, or a LightGBM text model of YASA (its first line is 'tree')";
constexpr std::string_view first_line = "psg-staging-model 5";
constexpr std::string_view recipe = "eeg offset-adapted networks, 7 measures without changes of the gain";
constexpr std::size_t most_bytes = 4 << 20;

// Every block of numbers of a head in the order of the file: the one list for writing and reading.
template <class Head, class Visit>
void each_block_of_head(Head& head, const std::string& prefix, Visit visit) {
    const auto rows = [&](const std::string& name, auto& matrix) {
        visit(prefix + name, matrix.size(), [&](std::size_t r) { return std::span(matrix[r]); });
    };
    const auto row = [&](const std::string& name, auto& vector) {
        visit(prefix + name, std::size_t(1), [&](std::size_t) { return std::span(vector); });
    };
    rows("stage_mean", head.shapes.mean);
    row("stage_firmness", head.shapes.firmness);
    for (std::size_t s = 0; s < 5; ++s)
        rows("stage_covariance_" + std::string(stage_name(scored_stages[s])), head.shapes.covariance[s]);
    rows("offset_covariance", head.shapes.offset_covariance);
    rows("transitions", head.shapes.transitions);
    row("scale_mean", head.scale.mean);
    row("scale_sd", head.scale.sd);
    for (auto [kind, networks] : {std::pair("", &head.networks), std::pair("brief_", &head.brief_networks)})
        for (std::size_t k = 0; k < networks->size(); ++k) {
            rows(kind + ("network_" + std::to_string(k + 1)) + "_inner", (*networks)[k].inner);
            rows(kind + ("network_" + std::to_string(k + 1)) + "_outer", (*networks)[k].outer);
        }
}

template <class AnyModel, class Visit>
void each_block(AnyModel& model, Visit visit) {
    for (auto [name, decision] :
         {std::pair("decision_alone", &model.alone), std::pair("decision_together", &model.together),
          std::pair("decision_brief_alone", &model.brief_alone),
          std::pair("decision_brief_together", &model.brief_together)}) {
        std::array<double, 3> row{decision->smoothing, decision->window_weight, decision->sharpness};
        visit(std::string(name), std::size_t(1), [&](std::size_t) { return std::span(row); });
        if constexpr (!std::is_const_v<AnyModel>) *decision = {row[0], row[1], row[2]};
    }
    each_block_of_head(model.single, "", visit);
    if (model.has_pair) each_block_of_head(model.pair, "pair_", visit);
}

std::string block_header(std::string_view name, std::size_t rows, std::size_t columns) {
    return std::string(name) + " " + std::to_string(rows) + " x " + std::to_string(columns);
}

// Hands out lines and words; every complaint names the line.
class Reader {
public:
    Reader(std::string_view text, std::string where) : text_(text), where_(std::move(where)) {}

    [[noreturn]] void fail(const std::string& what) const {
        throw DataError(where_ + ", line " + std::to_string(number_), what,
                        "take an unchanged model file of psg-train");
    }

    std::string_view line() {
        ++number_;
        const std::size_t end = text_.find('\n', place_);
        if (end == std::string_view::npos) fail("the model file ends here and is not complete");
        const std::string_view found = text_.substr(place_, end - place_);
        place_ = end + 1;
        return found;
    }

    /// The rest of the next line after `word` and a space.
    std::string_view value_of(std::string_view word) {
        const std::string_view found = line();
        if (!found.starts_with(word) || found.size() <= word.size() || found[word.size()] != ' ')
            fail("'" + std::string(word) + " ...' is expected here");
        return found.substr(word.size() + 1);
    }

    template <class Row>
    void numbers(Row row) {
        const std::string_view found = line();
        const char* from = found.data();
        const char* const end = found.data() + found.size();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0 && (from == end || *from++ != ' ')) fail("the row has fewer numbers than announced");
            const auto [next, error] = std::from_chars(from, end, row[i]);
            if (error != std::errc{} || !std::isfinite(row[i]))
                fail("number " + std::to_string(i + 1) + " cannot be read");
            from = next;
        }
        if (from != end) fail("the row has more than the announced numbers");
    }

    bool next_is(std::string_view word) const { return text_.substr(place_).starts_with(word); }
    std::string_view read_so_far() const { return text_.substr(0, place_); }
    bool at_end() const { return place_ == text_.size(); }

private:
    std::string_view text_;
    std::string where_;
    std::size_t place_ = 0;
    int number_ = 0;
};

template <class Row>
void check_distribution(Reader& in, const Row& row) {
    double sum = 0;
    for (auto p : row) {
        if (!(p > 0 && p <= 1)) in.fail("a probability is not between 0 and 1");
        sum += p;
    }
    if (std::abs(sum - 1) > 1e-5) in.fail("the probabilities of a row do not add up to 1");
}

template <std::size_t N>
bool usable(const Matrix<N>& covariance) {
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (covariance[i][j] != covariance[j][i]) return false;
    return inverse<N>(covariance).exists;
}

template <std::size_t N>
bool usable(const ShapesOf<N>& shapes) {
    bool all = usable<N>(shapes.offset_covariance);
    for (const Matrix<N>& covariance : shapes.covariance) all = all && usable<N>(covariance);
    return all;
}

template <std::size_t N>
void size_networks(HeadOf<N>& head) {
    for (auto* networks : {&head.networks, &head.brief_networks})
        for (Network& network : *networks) network.inner.resize(input_count<N> + 1);
}

}  // namespace

std::string write_model(const Model& model) {
    for (const auto& [key, value] : model.card)
        if (key.find_first_of(":\n") != std::string::npos || value.find('\n') != std::string::npos)
            throw UsageError("a line break or a colon stands in the model's card at '" + key + "'");
    if (model.name.empty() || model.name.find('\n') != std::string::npos)
        throw UsageError("a model needs a name of one line");
    std::string text = std::string(first_line) + "\nname " + model.name + "\nrecipe " + std::string(recipe) + "\n";
    for (const auto& [key, value] : model.card) text += "card " + key + ": " + value + "\n";
    text += std::string("pair ") + (model.has_pair ? "yes" : "no") + "\n";
    each_block(model, [&](const std::string& name, std::size_t rows, auto row) {
        text += block_header(name, rows, row(0).size()) + "\n";
        for (std::size_t r = 0; r < rows; ++r) {
            std::string_view gap = "";
            for (auto value : row(r)) {
                char buffer[32];
                char* const end =
                    name.find("network") == std::string::npos
                        ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(value)).ptr
                        : std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 5).ptr;
                text += gap;
                text.append(buffer, end);
                gap = " ";
            }
            text += "\n";
        }
    });
    return text + "checksum " + text_checksum(text) + "\n";
}

Model read_model(std::string_view text, const std::string& where) {
    Reader in(text, where);
    for (const char* version : {"1", "2", "3", "4"})
        if (in.next_is("psg-staging-model " + std::string(version) + "\n"))
            throw DataError(where + ", line 1",
                            "this model file is of version " + std::string(version) + ", which this version cannot use",
                            "train it again with psg-train");
    if (!in.next_is(first_line) || in.line() != first_line)
        throw DataError(where + ", line 1", "this is no staging model: '" + std::string(first_line) + "' is expected",
                        models_taken);
    if (text.size() > most_bytes)
        throw DataError(where + ", line 1", "this is no staging model: the file is larger than 4 MiB", models_taken);
    Model model;
    model.name = in.value_of("name");
    if (in.value_of("recipe") != recipe) in.fail("the model needs inputs that this version does not compute");
    while (in.next_is("card ")) {
        const std::string_view entry = in.value_of("card");
        const std::size_t colon = entry.find(": ");
        if (colon == std::string_view::npos) in.fail("'card KEY: TEXT' is expected here");
        model.card.emplace_back(entry.substr(0, colon), entry.substr(colon + 2));
    }
    const std::string_view pair = in.value_of("pair");
    if (pair != "yes" && pair != "no") in.fail("'pair yes' or 'pair no' is expected here");
    model.has_pair = pair == "yes";
    size_networks(model.single);
    if (model.has_pair) size_networks(model.pair);
    each_block(model, [&](const std::string& name, std::size_t rows, auto row) {
        const std::string header = block_header(name, rows, row(0).size());
        if (in.line() != header) in.fail("'" + header + "' is expected here");
        for (std::size_t r = 0; r < rows; ++r) {
            in.numbers(row(r));
            if (name.ends_with("transitions")) check_distribution(in, row(r));
            if (name.ends_with("scale_sd") || name.ends_with("stage_firmness"))
                for (auto number : row(r))
                    if (!(number > 0)) in.fail("a standard deviation or a firmness is not positive");
            if (name.starts_with("decision"))
                for (auto number : row(r))
                    if (!(number >= 0 && number <= 10)) in.fail("a number of the decision is not between 0 and 10");
        }
    });
    const std::string expected = text_checksum(in.read_so_far());
    if (in.value_of("checksum") != expected) in.fail("the checksum does not fit: the file was changed after training");
    if (!in.at_end()) in.fail("text follows the checksum");
    if (!usable(model.single.shapes) || (model.has_pair && !usable(model.pair.shapes)))
        in.fail("a covariance is not positive definite");
    return model;
}

}  // namespace psg::staging

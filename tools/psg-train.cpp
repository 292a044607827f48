// psg-train: fits a staging model to scored nights and says how well it stages people it has not seen.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "libpsg/export/text_rows.hpp"
#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/version.hpp"
#include "libpsg/staging/train.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

// The part of a file name that says whose night it is.
static std::string person_of(const std::string& file, const std::string& pattern) {
    if (pattern.empty()) return file;
    try {
        std::smatch match;
        if (!std::regex_search(file, match, std::regex(pattern)))
            throw UsageError("--person-pattern does not fit the file name " + file);
        return match[match.size() > 1 ? 1 : 0];
    } catch (const std::regex_error&) {
        throw UsageError("--person-pattern '" + pattern + "' is no regular expression");
    }
}

using Card = std::vector<std::pair<std::string, std::string>>;

static Card card_of(const cli::Arguments& arguments) {
    Card card;
    for (const std::string& line : arguments.texts("card")) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos) throw UsageError("--card takes KEY=TEXT, not '" + line + "'");
        card.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    return card;
}

static int run(const cli::Arguments& arguments) {
    std::vector<std::string> files = arguments.texts("table");
    if (files.empty()) throw UsageError("no table of features was given");
    std::sort(files.begin(), files.end());  // the order of the shell must not matter
    const double wake_minutes = arguments.number("wake", 30);
    if (wake_minutes < 0 || wake_minutes > 1440) throw UsageError("--wake takes 0 to 1440 minutes");
    staging::TrainingOptions options;
    options.seed = static_cast<std::uint64_t>(std::clamp(arguments.number("seed", 1), 0.0, 1e9));
    options.excerpts = {30, 60, 120};
    const std::string output = arguments.text("output");
    if (!output.empty() && !arguments.has("force") && std::filesystem::exists(output))  // not after minutes of training
        throw DataError(output, "the file exists", "give another name or --force");
    Card card = card_of(arguments);

    std::vector<staging::ScoredNight> nights;
    std::set<std::string> persons;
    std::string digests;
    for (const std::string& file : files) {
        const std::string name = std::filesystem::path(file).filename();
        const std::string text = io::unpacked(io::read_text_file(file), name);
        nights.push_back(staging::read_feature_table(text, name));
        nights.back().person = person_of(name, arguments.text("person-pattern"));
        staging::cut_to_sleep(nights.back(), from_seconds(60 * wake_minutes));
        persons.insert(nights.back().person);
        digests += io::sha256_of(text) + "\n";
    }
    const std::string learned = fmt::format("{} nights of {} people", nights.size(), persons.size());
    cli::say(arguments, learned);

    std::size_t done = 0;
    const staging::Evaluation evaluation = staging::cross_validate(nights, options, [&](const std::string& person) {
        cli::say(arguments, fmt::format("left out {} of {}: {}", ++done, persons.size(), person));
    });
    if (!output.empty()) {
        std::vector<const staging::ScoredNight*> all;
        for (const auto& night : nights) all.push_back(&night);
        staging::Model model = staging::fit_model(all, options);
        model.name = arguments.has("name") ? arguments.text("name") : "eeg";
        card.emplace_back(
            "nights", fmt::format("{}, {} min of wake kept at each side; SHA-256 of the list of the tables' SHA-256 {}",
                                  learned, wake_minutes, io::sha256_of(digests)));
        card.emplace_back("split", "by person, one left out at a time, everything fitted to the others");
        card.emplace_back("figures", "that split, epochs of all nights pooled");
        for (auto& line : staging::evaluation_card(evaluation)) card.push_back(std::move(line));
        card.emplace_back("made by", fmt::format("psg-train {}, seed {}", version(), options.seed));
        model.card = std::move(card);
        const std::string text = staging::write_model(model);
        cli::write_file(output, arguments.has("force"), files, [&](const std::string& temporary) {
            std::ofstream out(temporary, std::ios::binary);
            if (!(out << text).flush()) throw DataError(output, "cannot be written");
        });
    }
    const Table table = staging::evaluation_table(evaluation);
    if (!arguments.json()) cli::print(exports::tsv_header(table));
    for (std::size_t row = 0; row < table.rows(); ++row)
        cli::print(arguments.json() ? exports::json_row(table, row) : exports::tsv_row(table, row));
    return cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-train";
    tool.summary = "fits a staging model to scored nights, cross-validated by person";
    tool.usage = "psg-train [OPTIONS] TABLE... [-o MODEL]";
    tool.notes =
        "A TABLE (tab-separated, may be gzip) is one night: columns epoch, stage and, for each derivation X, X_delta "
        "X_theta\n"
        "X_alpha X_beta X_gamma X_variance X_mobility. The agreement with the scorers, each person staged by a model "
        "that has\n"
        "not seen them, goes to standard output and into the model.";
    tool.example = "psg-train --person-pattern '^SC4(..)' sleep-edf/*.tsv.gz -o my.model.txt";
    tool.positional = "table";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()(
        "person-pattern", value<std::string>()->value_name("REGEX"),
        "finds the person in a file's name (first group, or the whole match); without it every file is "
        "another person")("name", value<std::string>()->value_name("NAME"), "name of the model (eeg)")(
        "card", value<std::vector<std::string>>()->composing()->value_name("KEY=TEXT"),
        "a line for the model's card, such as data=... or licence=...; may be given several times")(
        "wake", value<std::string>()->value_name("MINUTES"), "wake kept before and after sleep (30)")(
        "seed", value<std::string>()->value_name("N"), "seed of the random parts of nights (1)");
    cli::add_output_options(tool.options, "the model file to write");
    return cli::main_of(std::move(tool), argc, argv);
}

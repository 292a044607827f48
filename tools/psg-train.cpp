// psg-train: fits a staging model to scored nights and says how well it stages people it has not seen.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

#include "libpsg/export/text_rows.hpp"
#include "libpsg/io/gzip.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/version.hpp"
#include "libpsg/staging/same_night.hpp"
#include "libpsg/staging/train.hpp"
#include "libpsg/workflow/cohort/name_pattern.hpp"
#include "libpsg/workflow/night_list.hpp"
#include "libpsg/workflow/training_night.hpp"
#include "tools/cli/night_options.hpp"
#include "tools/cli/output.hpp"

using namespace psg;

using Card = std::vector<std::pair<std::string, std::string>>;

namespace {

// A night to learn from: a table of features, or a recording with its scoring.
struct Source {
    std::string file, scoring, person;  // scoring and person may be empty
};

struct Learned {
    staging::ScoredNight night;
    std::string sha256;   // of the table, or of the recording and its scoring
    std::string patient;  // of the recording's header; used to keep a person's nights together and for nothing else
    bool simulated = false;
    bool named = false;   // somebody or the header told whose night it is
};

std::string name_of(const std::string& file) { return std::filesystem::path(file).filename(); }

Card card_of(const cli::Arguments& arguments) {
    Card card;
    for (const std::string& line : arguments.texts("card")) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos) throw UsageError("--card takes KEY=TEXT, not '" + line + "'");
        card.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    return card;
}

std::vector<Source> sources_of(const cli::Arguments& arguments) {
    std::vector<Source> sources;
    for (const std::string& file : arguments.texts("night")) sources.push_back({file, "", ""});
    if (arguments.has("nights")) {
        const auto list = workflow::read_night_list(arguments.text("nights"));
        for (const std::string& column : list.columns)
            if (column != "scoring") throw UsageError("the list has a column '" + column + "'", "its columns are recording, scoring and person");
        for (const workflow::ListedNight& n : list.nights) {
            if (n.recording.empty()) throw DataError(arguments.text("nights") + ", line " + std::to_string(n.line), "no recording is named");
            sources.push_back({n.recording, n.files.empty() ? "" : n.files.front(), n.person});
        }
    }
    if (sources.empty()) throw UsageError("no night was given", "name tables of features, recordings, or a list (--nights)");
    const workflow::NamePattern person("person-pattern", arguments.text("person-pattern"), "change it, or name the persons in a list (--nights)");
    for (Source& s : sources)
        if (s.person.empty()) s.person = person.in(name_of(s.file));
    // the order of the shell must not matter
    std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.file < b.file; });
    return sources;
}

bool is_recording(const std::string& path) {
    std::array<unsigned char, 8> head{};
    const std::size_t n = io::InputFile(path).read_up_to(0, head);
    const std::string_view text(reinterpret_cast<const char*>(head.data()), n);
    return text == "0       " || text == "\xff" "BIOSEMI";
}

Learned learn(const cli::Arguments& arguments, const Source& source) {
    const std::string name = name_of(source.file);
    Learned learned;
    if (!is_recording(source.file)) {
        if (!source.scoring.empty()) throw DataError(name, "is a table of features and has its stages inside", "leave out its scoring");
        const std::string text = io::unpacked(io::read_text_file(source.file), name);
        learned.night = staging::read_feature_table(text, name);
        staging::check_features(learned.night);
        learned.sha256 = io::sha256_of(text);
        return learned;
    }
    workflow::NightInputs inputs;
    inputs.recordings = {source.file};
    inputs.hypnogram = source.scoring;
    inputs.companion = source.scoring.empty();
    inputs.event_map = arguments.text("event-map");
    inputs.stage_digits = arguments.text("stage-digits");
    inputs.channels = cli::channel_inputs(arguments);
    workflow::TrainingNight night = workflow::training_night(inputs);
    std::string channels;
    for (const auto& c : night.scored.channels) channels += (channels.empty() ? "" : ", ") + c.label;
    cli::say(arguments, fmt::format("{}: {} epochs of {}", name, night.scored.stages.size(), channels));
    cli::say_findings(arguments, night.findings);
    learned.night = std::move(night.scored);
    learned.sha256 = night.recording_sha256 + " " + night.scoring_sha256;
    learned.patient = night.patient;
    learned.simulated = night.simulated;
    return learned;
}

// Every night that can be used. A person is who the user says, else whom the header tells, else the file: nights of one person
// must never stand on both sides of the split.
std::vector<Learned> learn_all(const cli::Arguments& arguments, const std::vector<Source>& sources, Time wake, int& failed) {
    std::vector<Learned> all;
    std::map<std::string, std::string> by_patient, seen;  // name of the first night
    for (const Source& source : sources) {
        const std::string name = name_of(source.file);
        try {
            Learned l = learn(arguments, source);
            const std::string recording = l.sha256.substr(0, 64);
            if (const auto [first, is_new] = seen.insert({recording, name}); !is_new)
                throw DataError(name, "is the same night as " + first->second, "leave one of them out");
            l.night.person = !source.person.empty() ? source.person
                             : l.patient.empty()    ? name
                                                    : by_patient.insert({l.patient, name}).first->second;
            l.named = !source.person.empty() || !l.patient.empty();
            staging::cut_to_sleep(l.night, wake);
            all.push_back(std::move(l));
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& e) {
            ++failed;
            cli::print_words("psg-train: not used: " + std::string(e.what()) + "\n");
        }
    }
    return all;
}

}  // namespace

static int run(const cli::Arguments& arguments) {
    const double wake_minutes = arguments.number("wake", 30);
    if (wake_minutes < 0 || wake_minutes > 1440) throw UsageError("--wake takes 0 to 1440 minutes");
    const std::vector<Source> sources = sources_of(arguments);
    staging::TrainingOptions options;
    options.seed = static_cast<std::uint64_t>(std::clamp(arguments.number("seed", 1), 0.0, 1e9));
    options.excerpts = {30, 60, 120};
    const std::string output = arguments.text("output");
    if (!output.empty() && !arguments.has("force") && std::filesystem::exists(output))  // not after minutes of training
        throw DataError(output, "the file exists", "give another name or --force");
    Card card = card_of(arguments);

    int failed = 0;
    std::vector<Learned> learned = learn_all(arguments, sources, from_seconds(60 * wake_minutes), failed);
    if (learned.empty()) throw DataError("training data", "no night can be used");
    std::vector<staging::ScoredNight> nights;
    std::set<std::string> persons;
    std::string digests;
    std::int64_t simulated = 0, unknown_people = 0;
    for (Learned& l : learned) {
        persons.insert(l.night.person);
        digests += l.sha256 + "\n";
        simulated += l.simulated;
        unknown_people += !l.named;
        nights.push_back(std::move(l.night));
    }
    const std::string words = fmt::format("{} nights of {} people", nights.size(), persons.size());
    cli::say(arguments, words);
    if (unknown_people > 0 && nights.size() > 1)
        cli::say(arguments, fmt::format("{} of the nights are taken for nights of different people, because nothing tells whose they are: if that is wrong, "
                                        "the figures are too good (--person-pattern, or a column person in --nights)", unknown_people));
    const std::vector<staging::SameNight> same = staging::same_nights(nights);
    for (const staging::SameNight& s : same)
        cli::say(arguments, fmt::format("{} and {} look like one night (correlation {:.2f}, {} min apart) and are taken for nights of different people: if they "
                                        "are one person's, the figures are too good (leave one out, or name the person)",
                                        nights[s.first].name, nights[s.second].name, s.correlation, static_cast<double>(s.shift) / 2));
    if (simulated > 0) cli::say(arguments, fmt::format("{} of the nights are simulated: the figures say nothing of people", simulated));

    std::size_t done = 0;
    const staging::Evaluation evaluation = staging::cross_validate(nights, options, [&](const std::string& person) {
        cli::say(arguments, fmt::format("left out {} of {}: {}", ++done, persons.size(), person));
    });
    if (!output.empty()) {
        std::vector<const staging::ScoredNight*> all;
        for (const auto& night : nights) all.push_back(&night);
        staging::Model model = staging::fit_model(all, options);
        model.name = arguments.has("name") ? arguments.text("name") : "eeg";
        if (simulated > 0) card.emplace_back("simulated", fmt::format("{} of the nights are simulated", simulated));
        card.emplace_back(
            "nights", fmt::format("{}, {} min of wake kept at each side; SHA-256 of the list of the tables' SHA-256 {}",
                                  words, wake_minutes, io::sha256_of(digests)));
        for (std::size_t i = 0; i < learned.size(); ++i)
            if (const std::string& digest = learned[i].sha256; digest.size() > 64)
                card.emplace_back(fmt::format("night {}", i + 1), fmt::format("recording {}, scoring {}, {} epochs, {} channels",
                                                                              digest.substr(0, 64), digest.substr(65), nights[i].stages.size(),
                                                                              nights[i].channels.size()));
        card.emplace_back("split", fmt::format("by {}, one left out at a time, everything fitted to the others", unknown_people > 0 ? "person where one was named, else by file" : "person"));
        if (!same.empty()) card.emplace_back("doubt", fmt::format("{} pairs of nights of different people look like one night: the figures may be too good", same.size()));
        card.emplace_back("figures", "that split, epochs of all nights pooled");
        for (auto& line : staging::evaluation_card(evaluation)) card.push_back(std::move(line));
        card.emplace_back("made by", fmt::format("psg-train {}, seed {}", version(), options.seed));
        model.card = std::move(card);
        const std::string text = staging::write_model(model);
        std::vector<std::string> inputs{arguments.text("nights"), arguments.text("event-map"), arguments.text("channel-map")};
        for (const Source& s : sources) inputs.insert(inputs.end(), {s.file, s.scoring});
        cli::write_file(output, arguments.has("force"), inputs,
                        [&](const std::string& temporary) { io::write_text_file(temporary, text, true); });
    }
    const Table table = staging::evaluation_table(evaluation);
    if (!arguments.json()) cli::print(exports::tsv_header(table));
    for (std::size_t row = 0; row < table.rows(); ++row)
        cli::print(arguments.json() ? exports::json_row(table, row) : exports::tsv_row(table, row));
    return failed > 0 ? cli::exit_partial : cli::exit_fine;
}

int main(int argc, char** argv) {
    using cli::po::value;
    cli::Tool tool;
    tool.name = "psg-train";
    tool.summary = "fits a staging model to scored nights, cross-validated by person";
    tool.usage = "psg-train [OPTIONS] NIGHT... [--nights LIST] [-o MODEL]";
    tool.notes =
        "A NIGHT is a recording with its scoring beside it (night.xml, night.hypnogram.tsv, ...; psg-detect's man page) or\n"
        "among its annotations, or a table of features (tab-separated): columns epoch, stage and, for each derivation X,\n"
        "X_delta X_theta X_alpha X_beta X_gamma X_variance X_mobility. LIST is a table with columns recording, scoring (a\n"
        "file) and person; the last two may be missing. Nights of one person in the recordings' headers are kept together.\n"
        "A night that cannot be used is told with the reason, and the exit code is then 3. The agreement with the scorers,\n"
        "each person staged by a model that has not seen them, goes to standard output and into the model.";
    tool.example = "for i in 1 2 3; do psg-simulate -q --seed $i --hours 2 -o p$i.edf; done; psg-train p?.edf -o my.model.txt";
    tool.positional = "night";
    tool.positional_limit = -1;
    tool.run = run;
    tool.options.add_options()("nights", value<std::string>()->value_name("LIST"), "recordings, scorings and persons in a table")(
        "person-pattern", value<std::string>()->value_name("REGEX"),
        "finds the person in a file's name (first group, or the whole match); without it and a person in the list or the "
        "header every file is another person")("name", value<std::string>()->value_name("NAME"), "name of the model (eeg)")(
        "card", value<std::vector<std::string>>()->composing()->value_name("KEY=TEXT"),
        "a line for the model's card, such as data=... or licence=...; may be given several times")(
        "wake", value<std::string>()->value_name("MINUTES"), "wake kept before and after sleep (30)")(
        "seed", value<std::string>()->value_name("N"), "seed of the random parts of nights (1)")(
        "event-map", value<std::string>()->value_name("FILE"), "names of a laboratory: lines of NAME, tab, MEANING (see psg-stage)")(
        "stage-digits", value<std::string>()->value_name("CODING"), "stages in digits: rk or yasa (see psg-stage)");
    cli::add_channel_options(tool.options);
    cli::add_output_options(tool.options, "the model file to write");
    return cli::main_of(std::move(tool), argc, argv);
}

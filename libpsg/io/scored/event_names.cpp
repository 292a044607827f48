// What the names in scorings mean.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/event_names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/io/text/text_table.hpp"
#include "libpsg/model/error.hpp"

namespace psg::embedded {
extern const std::string_view event_names;
}

namespace psg::io {

namespace {

using Words = std::vector<std::string>;

constexpr std::string_view names_of_meanings =
    "W N1 N2 N3 R ? apnea obstructive_apnea central_apnea mixed_apnea hypopnea obstructive_hypopnea central_hypopnea "
    "mixed_hypopnea rera respiratory_event arousal leg_movement leg_movement_left leg_movement_right position_supine "
    "position_prone position_left position_right position_upright position_unknown event_button lights_off "
    "lights_on ignore";

bool is_listed(std::string_view name) {
    std::string_view rest = names_of_meanings;
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        if (word == name) return true;
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    return false;
}

bool has_any(const Words& words, std::initializer_list<std::string_view> list) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& w) { return std::find(list.begin(), list.end(), w) != list.end(); });
}

std::optional<std::string> respiratory_kind(const Words& words) {
    if (has_any(words, {"rera", "reras"}) || (has_any(words, {"effort"}) && has_any(words, {"arousal"}))) return "rera";
    std::string core;
    if (has_any(words,
                {"apnea", "apnoea", "apneas", "apnoeas", "apnoe", "apnoen", "apnee", "apnees", "apneia", "apneu"}))
        core = "apnea";
    else if (has_any(words, {"hypopnea", "hypopnoea", "hypopneas", "hypopnoeas", "hyp", "hypopnoe", "hypopnoen",
                             "hypopnee", "hipopnea"}))
        core = "hypopnea";
    else
        return std::nullopt;
    const bool obstructive =
        has_any(words, {"obstructive", "obs", "obstr", "o", "obstruktive", "obstructieve", "obstructiva"});
    const bool central = has_any(words, {"central", "cen", "c", "zentrale", "centrale", "zentr"});
    const bool mixed = has_any(words, {"mixed", "mix", "m", "gemischte", "gem", "mixte", "mixta", "gemengde"});
    if (obstructive + central + mixed != 1) return core;
    return (obstructive ? "obstructive_" : central ? "central_" : "mixed_") + core;
}

bool is_arousal(const Words& words) {
    return has_any(words, {"arousal", "arousals", "microarousal", "aro"});
}

Side side_of(const Words& words) {
    const bool left = has_any(words, {"left", "l", "links", "gauche"}),
               right = has_any(words, {"right", "r", "rechts", "droite"});
    return left == right ? Side::none : left ? Side::left : Side::right;
}

// "Limb movement (left)", "LM R", "PLM": what a scorer calls a movement of one leg.
bool is_leg_movement(Words words) {
    std::erase_if(words, [](const std::string& w) { return side_of({w}) != Side::none; });
    const bool body = has_any(words, {"leg", "limb"}), movement = has_any(words, {"movement", "movements"});
    return (body && movement) || (words.size() == 1 && has_any(words, {"lm", "lms", "plm", "plms", "lma", "clm", "legmovement"}));
}

// "Position - Supine", "Body position: left", "lying on the right side", "Supine": the body position, if nothing else is said.
std::optional<std::string> position_of(Words words) {
    constexpr std::pair<const char*, const char*> names[] = {
        {"supine", "supine"}, {"back", "supine"},  {"prone", "prone"},     {"stomach", "prone"},   {"belly", "prone"},
        {"left", "left"},     {"right", "right"},  {"upright", "upright"}, {"sitting", "upright"}, {"standing", "upright"},
        {"unknown", "unknown"}};
    const std::size_t all = words.size();
    const bool posture = has_any(words, {"position", "bodyposition", "posture", "lying"});
    std::erase_if(words, [](const std::string& w) {
        return has_any({w}, {"position", "bodyposition", "posture", "lying", "body", "pos", "side", "on", "the", "change",
                             "changed", "to", "sleeping"});
    });
    if (words.size() != 1) return std::nullopt;
    if (!posture && !(all == 1 && has_any(words, {"supine", "prone", "upright"}))) return std::nullopt;
    for (const auto& [word, name] : names)
        if (words[0] == word) return name;
    return std::nullopt;
}

// The words that tell what happened, without what it came with, what it came from, and what was absent: "Leg movement with
// arousal" is a leg movement, "Arousal resulting from respiratory effort" an arousal, "No arousal" nothing.
Words main_words(Words words) {
    const auto is_limit = [](const std::string& w) {
        return has_any({w}, {"with", "w", "without", "wo", "no", "not", "resulting", "from", "due", "after", "following",
                             "mit", "ohne", "kein", "keine", "nach", "avec", "sans", "con", "sin"});
    };
    words.erase(std::find_if(words.begin(), words.end(), is_limit), words.end());
    return words;
}

bool is_desaturation(const std::string& word) {
    return word == "desaturation" || word == "desaturations" || word == "desat";
}

using Spellings = std::map<std::string, NameMeaning>;

const Spellings& spellings() {
    static const Spellings table = [] {
        Spellings all;
        const TextTable rows(embedded::event_names, "event_names.tsv");
        for (std::size_t i = 0; i < rows.row_count(); ++i) {
            const auto meaning = meaning_from_name(rows.text(i, 0));
            if (!meaning || !all.emplace(rows.text(i, 1), *meaning).second) rows.fail(i, "malformed row");
        }
        return all;
    }();
    return table;
}

// Texts that can mean other things where not only stages stand.
bool could_be_no_stage(std::string_view folded) {
    return folded.find_first_not_of("0123456789") == folded.npos || folded == "m" || folded == "movement" ||
           folded == "art" || folded == "unknown";
}

}  // namespace

std::string_view meaning_names() {
    return names_of_meanings;
}

std::optional<NameMeaning> meaning_from_name(std::string_view name) {
    if (!is_listed(name)) return std::nullopt;
    NameMeaning m;
    m.kind = NameKind::event;
    for (Stage s : {Stage::unknown, Stage::W, Stage::N1, Stage::N2, Stage::N3, Stage::R})
        if (name == stage_name(s)) return NameMeaning{NameKind::stage, s, {}, Side::none};
    if (name == "event_button") m.kind = NameKind::event_button;
    if (name == "lights_off") m.kind = NameKind::lights_off;
    if (name == "lights_on") m.kind = NameKind::lights_on;
    if (name == "ignore") m.kind = NameKind::ignored;
    if (m.kind == NameKind::event) m.event = name;
    if (name.starts_with("position_")) m.kind = NameKind::position, m.event = name.substr(9);
    if (name == "leg_movement_left") m.event = "leg_movement", m.side = Side::left;
    if (name == "leg_movement_right") m.event = "leg_movement", m.side = Side::right;
    return m;
}

EventMap read_event_map(std::string_view bytes, const std::string& file, const std::set<std::string>& classes) {
    EventMap map;
    const std::string text = decode_text(bytes, file).text;
    bool first = true;
    for (const TextLine& line : text_lines(text, file)) {
        const auto fail = [&](const std::string& what, const std::string& remedy = {}) {
            throw DataError(file + " line " + std::to_string(line.number), what, remedy);
        };
        const std::size_t tab = line.text.find('\t');
        if (tab == line.text.npos || line.text.find('\t', tab + 1) != line.text.npos)
            fail("is no name, tab, meaning", "write two fields with one tab between them");
        const std::string name = clean_text(line.text.substr(0, tab)).text,
                          word = clean_text(line.text.substr(tab + 1)).text;
        const bool heading = std::exchange(first, false) && name == "name" && word == "meaning";
        if (heading) continue;
        const std::string folded = fold_label(name);
        if (folded.empty()) fail("the name has no letters and digits");
        auto meaning = meaning_from_name(word);
        if (!meaning && classes.count(word)) meaning = NameMeaning{NameKind::event, Stage::unknown, word, Side::none};
        if (!meaning) fail("'" + word + "' is no meaning", "meanings are " + std::string(names_of_meanings));
        const auto [known, added] = map.emplace(folded, *meaning);
        const NameMeaning& k = known->second;
        if (!added && (k.kind != meaning->kind || k.stage != meaning->stage || k.event != meaning->event ||
                       k.side != meaning->side))
            fail("'" + name + "' was given another meaning above");
    }
    return map;
}

bool is_respiratory(std::string_view c) {
    return c.ends_with("apnea") || c.ends_with("hypopnea") || c == "rera" || c == "respiratory_event";
}

NameMeaning read_event_name(std::string_view name, const EventMap& map, const std::set<std::string>& classes,
                            bool stage_expected) {
    const auto event = [](std::string c, Side side = Side::none) {
        return NameMeaning{NameKind::event, Stage::unknown, std::move(c), side};
    };
    const std::string folded = fold_label(name);
    if (const auto m = map.find(folded); m != map.end() && !folded.empty()) return m->second;
    if (const auto c = classes.find(std::string(name)); c != classes.end()) return event(*c);
    if (const auto m = spellings().find(folded); m != spellings().end()) return m->second;
    if (const auto stage = stage_from_name(name); stage && (stage_expected || !could_be_no_stage(folded)))
        return {NameKind::stage, *stage, {}, Side::none};
    const NameMeaning ignored{NameKind::ignored, Stage::unknown, {}, Side::none};
    // the class of psg-detect, which stands for one or two movements that are listed themselves
    if (name == "periodic_leg_movement") return ignored;
    const Words all = label_words(name), words = main_words(all);
    if (has_any(all, {"artifact", "artefact", "artifacts", "artefacts", "artefakt"})) return ignored;
    if (const auto at = std::find_if(words.begin(), words.end(), is_desaturation); at != words.end()) {
        auto before = respiratory_kind(Words(words.begin(), at));
        return before ? event(std::move(*before)) : ignored;
    }
    const bool arousal = is_arousal(words);
    const bool movement = has_any(words, {"leg", "limb", "lm", "plm"});
    if (auto kind = respiratory_kind(words)) {
        if (*kind == "rera" || (!arousal && !movement)) return event(std::move(*kind));
        // "Apnea arousal", "Post-apnea leg movement": which of the two it is nobody knows
        return arousal && is_arousal({words.front()}) ? event("arousal") : NameMeaning{};
    }
    if (arousal) return event("arousal");
    if (is_leg_movement(words)) return event("leg_movement", side_of(all));
    if (has_any(words, {"snore", "snoring"})) return ignored;
    if (auto position = position_of(all)) return {NameKind::position, Stage::unknown, std::move(*position), Side::none};
    return {};
}

std::string_view ambiguity_of_name(std::string_view name) {
    // WASM 2016 has RRLM for respiratory-related ones, laboratories have RLM for both
    constexpr std::pair<std::string_view, std::string_view> abbreviations[] = {
        {"rlm", "right leg movement, or a respiratory-related one"},
        {"llm", "left leg movement, or long one"},
        {"ma", "mixed apnea, or microarousal"}};
    const std::string folded = fold_label(name);
    for (const auto& [spelling, meanings] : abbreviations)
        if (folded == spelling) return meanings;
    return {};
}

}  // namespace psg::io

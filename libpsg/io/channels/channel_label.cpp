// What one channel label says by itself.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/channel_label.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "libpsg/model/error.hpp"

namespace psg::embedded {
extern const std::string_view channel_labels;
}

namespace psg::io {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// ASCII base letters of U+00C0..U+00FF; '.' for the two signs among them.
constexpr std::string_view latin1_base = "aaaaaaaceeeeiiiidnooooo.ouuuuypsaaaaaaaceeeeiiiidnooooo.ouuuuypy";

// The table. Aliases and words map a folded spelling to its row.
struct Row {
    std::string meaning;
    std::string site;
};
struct Table {
    std::map<std::string, Row, std::less<>> aliases;
    std::map<std::string, Row, std::less<>> words;
};

Table read_table(std::string_view text) {
    Table table;
    bool header = true;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.empty() || line[0] == '#') continue;
        if (std::exchange(header, false)) continue;
        std::array<std::string, 4> field;
        std::size_t k = 0;
        for (char c : line)
            if (c == '\t')
                ++k;
            else if (k < field.size())
                field[k] += c;
        if (k != 3 || (field[0] != "alias" && field[0] != "word"))
            throw DataError("channel_labels.tsv", "malformed row '" + std::string(line) + "'");
        (field[0] == "alias" ? table.aliases : table.words).insert({field[3], {field[1], field[2]}});
    }
    return table;
}

const Table& table() {
    static const Table t = read_table(embedded::channel_labels);
    return t;
}

// Names that electrode derivations are made of.
enum class Kind { prefix, scalp, mastoid_left, mastoid_right, common, eye_left, eye_right };
struct Name {
    Kind kind{};
    std::string_view text;  ///< as the site is written
};

const std::map<std::string, Name, std::less<>>& electrode_names() {
    static const auto names = [] {
        std::map<std::string, Name, std::less<>> m;
        for (std::string_view s :
             {"Fp1", "Fpz", "Fp2", "AF3",  "AF4", "AF7", "AF8", "AFz", "F1",  "F2",  "F3",  "F4",  "F5",
              "F6",  "F7",  "F8",  "F9",   "F10", "Fz",  "FC1", "FC2", "FC3", "FC4", "FC5", "FC6", "FCz",
              "FT7", "FT8", "FT9", "FT10", "C1",  "C2",  "C3",  "C4",  "C5",  "C6",  "Cz",  "T3",  "T4",
              "T5",  "T6",  "T7",  "T8",   "T9",  "T10", "CP1", "CP2", "CP3", "CP4", "CP5", "CP6", "CPz",
              "TP7", "TP8", "TP9", "TP10", "P1",  "P2",  "P3",  "P4",  "P5",  "P6",  "P7",  "P8",  "P9",
              "P10", "Pz",  "PO3", "PO4",  "PO7", "PO8", "POz", "O1",  "O2",  "Oz",  "Iz"})
            m[fold_label(s)] = {Kind::scalp, s};
        // "A22" and "A12" are second copies of a channel against A2 and A1 in some exports.
        for (std::string_view s : {"a1", "m1", "a12", "m12"}) m[std::string(s)] = {Kind::mastoid_left, "M1"};
        for (std::string_view s : {"a2", "m2", "a22", "m22"}) m[std::string(s)] = {Kind::mastoid_right, "M2"};
        for (std::string_view s : {"ref", "avg", "av", "le", "car"}) m[std::string(s)] = {Kind::common, s};
        for (std::string_view s : {"e1", "loc", "leog", "eogl", "eogloc", "eog1", "eogleft"})
            m[std::string(s)] = {Kind::eye_left, "E1"};
        for (std::string_view s : {"e2", "roc", "reog", "eogr", "eogroc", "eog2", "eogright"})
            m[std::string(s)] = {Kind::eye_right, "E2"};
        for (std::string_view s : {"eeg", "pol", "eog"}) m[std::string(s)] = {Kind::prefix, s};
        return m;
    }();
    return names;
}

// Cuts a word into electrode names, the longest first ("c3a2" -> C3, M2); false if something is left over.
bool cut_into_names(std::string_view word, std::vector<Name>& out) {
    if (word == "x" || word == "0") {  // "O1-x", "LOC-0": some reference
        out.push_back({Kind::common, "ref"});
        return true;
    }
    const auto& names = electrode_names();
    while (!word.empty()) {
        std::size_t n = std::min<std::size_t>(word.size(), 8);
        while (n > 0 && !names.contains(word.substr(0, n))) --n;
        if (n == 0) return false;
        out.push_back(names.find(word.substr(0, n))->second);
        word.remove_prefix(n);
    }
    return true;
}

// What two scalp electrodes or a scalp electrode and mastoids make, in the order of the label.
Reference eeg_reference(const std::vector<Name>& names) {
    const auto is_mastoid = [](const Name& n) { return n.kind == Kind::mastoid_left || n.kind == Kind::mastoid_right; };
    const auto mastoids = std::count_if(names.begin(), names.end(), is_mastoid);
    if (mastoids > 0) {
        if (is_mastoid(names.front())) return Reference::inverted;
        const char last = names.front().text.back();
        const bool odd = is_digit(last) && (last - '0') % 2 == 1, even = is_digit(last) && !odd;
        const bool other_side = mastoids == 1 && ((odd && names[1].kind == Kind::mastoid_right) ||
                                                  (even && names[1].kind == Kind::mastoid_left));
        return other_side ? Reference::contralateral : Reference::mastoid;
    }
    const bool common = std::any_of(names.begin(), names.end(), [](const Name& n) { return n.kind == Kind::common; });
    return common ? Reference::common : Reference::none;
}

// A derivation of named electrodes; nothing if the label is made of anything else.
std::optional<LabelReading> read_derivation(const std::vector<std::string>& words) {
    std::vector<Name> names;
    for (const std::string& w : words)
        if (!cut_into_names(w, names)) return std::nullopt;
    std::erase_if(names, [](const Name& n) { return n.kind == Kind::prefix; });
    const auto count = [&](Kind k) {
        return std::count_if(names.begin(), names.end(), [k](const Name& n) { return n.kind == k; });
    };
    const auto scalp = count(Kind::scalp), left = count(Kind::eye_left), right = count(Kind::eye_right);
    const auto mastoids = count(Kind::mastoid_left) + count(Kind::mastoid_right);
    LabelReading r;
    r.rule = "derivation";
    if (left + right > 0) {
        const bool eye_first = names.front().kind == Kind::eye_left || names.front().kind == Kind::eye_right;
        const bool against_fpz = scalp == 1 && eye_first && names.back().text == "Fpz";
        if (left > 0 && right > 0)
            r.ambiguity = "eye movements of both sides in one channel";
        else if (scalp > 0 && !against_fpz)
            r.ambiguity = "an eye electrode or a scalp electrode";
        else
            r.role = left > 0 ? Role::eog_left : Role::eog_right;
        if (r.role) r.reference = eeg_reference(names);
        if (r.role && against_fpz) r.reference = Reference::bipolar;
        return r;
    }
    if (scalp == 0) return mastoids > 0 ? std::optional(LabelReading{}) : std::nullopt;  // "M1", "A1-A2": no role
    if (scalp > 2 || (scalp == 2 && mastoids > 0)) {
        r.ambiguity = "several EEG derivations";
        return r;
    }
    r.role = Role::eeg;
    r.site = std::find_if(names.begin(), names.end(), [](const Name& n) { return n.kind == Kind::scalp; })->text;
    r.reference = scalp == 2 ? Reference::bipolar : eeg_reference(names);
    return r;
}

// Roles that come in pairs, by body part.
struct SidedPart {
    std::string_view part;
    Role left, right;
};
constexpr std::array sided_parts{SidedPart{"eog", Role::eog_left, Role::eog_right},
                                 SidedPart{"arm", Role::arm_left, Role::arm_right},
                                 SidedPart{"leg", Role::leg_left, Role::leg_right}};

bool is_muscle(std::string_view part) {
    for (std::string_view m : {"chin", "masseter", "neck", "trunk", "arm", "leg"})
        if (part == m) return true;
    return false;
}

// Words that agree on one meaning; an unknown word ends the reading without a result.
LabelReading read_words(const std::vector<std::string>& words) {
    std::set<std::string> parts, sides, sites;
    bool emg = false, unnamed = false;
    for (const std::string& word : words) {
        const std::string stem = word.substr(0, word.find_last_not_of("0123456789") + 1);
        if (stem.empty()) continue;  // a number
        auto row = table().words.find(word);
        if (row == table().words.end()) row = table().words.find(stem);
        if (row == table().words.end()) return {};
        const auto& [meaning, site] = row->second;
        if (!site.empty()) sites.insert(site);
        if (meaning == "left" || meaning == "right")
            sides.insert(meaning);
        else if (meaning == "emg")
            emg = true;
        else if (meaning == "unnamed")
            unnamed = true;
        else if (meaning.ends_with("_left") || meaning.ends_with("_right")) {
            const std::size_t cut = meaning.find('_');
            parts.insert(meaning.substr(0, cut));
            sides.insert(meaning.substr(cut + 1));
        } else if (meaning != "filler")
            parts.insert(meaning);
    }
    LabelReading r;
    r.rule = "token";
    if (parts.size() > 1) {
        for (const std::string& p : parts) r.ambiguity += (r.ambiguity.empty() ? "" : " or ") + p;
    } else if (unnamed) {
        r.ambiguity = "a numbered input without a name";
    } else if (parts.empty()) {
        if (!emg) return {};
        r.ambiguity = "EMG of a muscle that is not named";
    } else if (emg && !is_muscle(*parts.begin())) {
        r.ambiguity = "EMG or " + *parts.begin();
    } else {
        const std::string& part = *parts.begin();
        if (sites.size() == 1) r.site = *sites.begin();
        r.role = role_from_name(part);
        for (const SidedPart& s : sided_parts)
            if (s.part == part) {
                if (sides.size() == 1)
                    r.role = *sides.begin() == "left" ? s.left : s.right;
                else
                    r.ambiguity = part + (sides.empty() ? " without a side" : " of both sides in one channel");
            }
    }
    return r;
}

// The reading by table, electrodes or words, without the question of what the reference is for other signals than EEG
// and EOG.
LabelReading read_meaning(std::string_view label) {
    const auto alias = table().aliases.find(fold_label(label));
    if (alias != table().aliases.end()) {
        LabelReading r;
        r.rule = "alias";
        r.role = role_from_name(alias->second.meaning);
        (r.role ? r.site : r.ambiguity) = alias->second.site;
        return r;
    }
    const auto words = label_words(label);
    if (words.empty()) return {};
    if (auto derivation = read_derivation(words)) return *derivation;
    return read_words(words);
}

// "Chin1-Chin2", "LLEG+-LLEG-": both sides of a separator mean the same thing. "EKG1-AVG": a reference follows.
Reference pair_reference(std::string_view label, Role role) {
    for (std::size_t cut = label.find_first_of("-:"); cut != std::string_view::npos;
         cut = label.find_first_of("-:", cut + 1)) {
        if (read_meaning(label.substr(0, cut)).role != role) continue;
        const std::string_view rest = label.substr(cut + 1);
        const std::string folded = fold_label(rest);
        if (folded.empty()) continue;
        const bool number = std::all_of(folded.begin(), folded.end(), is_digit);
        if (read_meaning(rest).role == role || (number && cut > 0 && is_digit(label[cut - 1])))
            return Reference::bipolar;
        std::vector<Name> names;
        if (cut_into_names(folded, names)) return Reference::common;
    }
    return Reference::none;
}

}  // namespace

std::vector<std::string> label_words(std::string_view label) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < label.size(); ++i) {
        const auto c = static_cast<unsigned char>(label[i]);
        const auto next = static_cast<unsigned char>(i + 1 < label.size() ? label[i + 1] : 0);
        if (c >= 'A' && c <= 'Z') {
            words.back() += static_cast<char>(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            words.back() += static_cast<char>(c);
        } else if (c == 0xC3 && next >= 0x80 && next <= 0xBF && latin1_base[next - 0x80u] != '.') {
            words.back() += latin1_base[next - 0x80u];
            ++i;
        } else if (c >= 0x80) {
            words.back() += static_cast<char>(c);
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

std::string fold_label(std::string_view label) {
    std::string folded;
    for (const std::string& word : label_words(label)) folded += word;
    return folded;
}

LabelReading read_label(std::string_view label) {
    LabelReading r = read_meaning(label);
    if (!r.ambiguity.empty()) r.role.reset();
    if (r.role && r.rule != "derivation") r.reference = pair_reference(label, *r.role);
    return r;
}

}  // namespace psg::io

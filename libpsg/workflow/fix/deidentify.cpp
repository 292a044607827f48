// Takes what may identify a person out of texts.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/deidentify.hpp"

#include <regex.h>

#include <algorithm>

#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/io/edf/edf_fields.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace {

constexpr std::size_t longest_text = 2000;
constexpr const char* removed = "X";

// A pattern of the C library: std::regex calls itself once per character and would overflow the stack.
struct Pattern {
    regex_t compiled{};
    explicit Pattern(const std::string& text) {
        if (::regcomp(&compiled, text.c_str(), REG_EXTENDED | REG_ICASE) != 0)
            throw UsageError("'" + text + "' is no extended regular expression", "see regex(7)");
    }
    ~Pattern() { ::regfree(&compiled); }
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;

    std::string replace(const std::string& text) const {
        std::string out;
        std::size_t at = 0;
        regmatch_t match{};
        while (at < text.size() && ::regexec(&compiled, text.c_str() + at, 1, &match, at > 0 ? REG_NOTBOL : 0) == 0) {
            const auto begin = static_cast<std::size_t>(match.rm_so), end = static_cast<std::size_t>(match.rm_eo);
            if (end == begin) {  // an empty match moves on by one
                out.append(text, at, begin + 1);
                at += begin + 1;
                continue;
            }
            out.append(text, at, begin);
            out += removed;
            at += end;
        }
        if (at < text.size()) out.append(text, at);
        return out;
    }
};

const char* const built_in[] = {
    "[a-z0-9._%+-]+@[a-z0-9-]+(\\.[a-z0-9-]+)+", "[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}",
    "[0-9]{1,2}[. -]*(jan|feb|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)[a-z]*[., -]*[0-9]{2,4}",
    "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* +[0-9]{1,2}(st|nd|rd|th)?,? +[0-9]{4}",
    "[+(]?([0-9][ ()/-]{0,2}){6,}[0-9]"};

// Words of scorings that stand in some headers, too: "Sleep stage N2" must not lose its "Sleep".
const std::set<std::string> spared{
    "sleep",  "stage",    "wake",   "rem",   "nrem",      "eeg",      "eog",     "emg",       "ecg",       "ekg",
    "psg",    "edf",      "bdf",    "limb",  "leg",       "movement", "arousal", "apnea",     "hypopnea",  "left",
    "right",  "lights",   "light",  "on",    "off",       "start",    "end",     "recording", "startdate", "male",
    "female", "n1",       "n2",     "n3",    "epoch",     "event",    "patient", "study",     "night",     "normal",
    "test",   "to",       "and",    "of",    "the",       "in",       "at",      "no",        "not",       "lat",
    "rat",    "position", "supine", "prone", "simulated", "by"};

bool is_word_byte(char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x80 || (u >= '0' && u <= '9') || ((u | 0x20) >= 'a' && (u | 0x20) <= 'z');
}

// Accents written as characters of their own (U+0300 to U+036F, as some systems write file names) are left out.
std::string without_marks(const std::string& word) {
    std::string out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto lead = static_cast<unsigned char>(word[i]);
        const auto next = i + 1 < word.size() ? static_cast<unsigned char>(word[i + 1]) : 0u;
        if ((lead == 0xCC && next >= 0x80) || (lead == 0xCD && next >= 0x80 && next <= 0xAF))
            ++i;
        else
            out += word[i];
    }
    return out;
}

std::string fold(const std::string& word) {
    return io::lower_case(io::to_ascii(without_marks(word)));
}

// "Müller" is written "Mueller", too.
std::string fold_umlauts(std::string word) {
    for (const auto& [from, to] : {std::pair{"\u00e4", "ae"},
                                   {"\u00f6", "oe"},
                                   {"\u00fc", "ue"},
                                   {"\u00c4", "ae"},
                                   {"\u00d6", "oe"},
                                   {"\u00dc", "ue"}})
        for (std::size_t at; (at = word.find(from)) != std::string::npos;) word.replace(at, 2, to);
    return fold(word);
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && is_word_byte(text[end])) ++end;
        if (end > i) words.push_back(text.substr(i, end - i));
        i = end + 1;
    }
    return words;
}

// "13-FEB-1961" as people write it in digits: 130261, 13021961, 19610213, 610213.
std::vector<std::string> digits_of(const Date& date) {
    const auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
    const std::string d = two(date.day), m = two(date.month), y = std::to_string(date.year);
    if (y.size() != 4) return {};
    const std::string s = y.substr(2);
    return {d + m + s, d + m + y, m + d + s, m + d + y, y + m + d, s + m + d};
}

bool only_digits(const std::string& word) {
    return word.find_first_not_of("0123456789") == std::string::npos;
}

// The names in a header: EDF+ "code sex birthdate name", else all of the patient field; and EDF+'s technician.
std::vector<std::string> names_of(const Identity& identity) {
    const auto cut = [](const std::string& text) {
        std::vector<std::string> parts;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find(' ', at), text.size());
            if (end > at) parts.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return parts;
    };
    const auto patient = cut(identity.patient), recording = cut(identity.recording);
    const bool plus = patient.size() >= 4 && (patient[1] == "M" || patient[1] == "F" || patient[1] == "X");
    std::vector<std::string> names;
    for (std::size_t i = plus ? 3 : 0; i < patient.size(); ++i) names.push_back(patient[i]);
    if (recording.size() > 3 && recording[0] == "Startdate") names.push_back(recording[3]);
    return names;
}

}  // namespace

struct Scrubber::Patterns {
    std::vector<std::unique_ptr<Pattern>> list;
};

Scrubber::Scrubber(const Identity& identity, const std::vector<std::string>& patterns)
    : patterns_(std::make_unique<Patterns>()) {
    for (const std::string* field : {&identity.patient, &identity.recording})
        for (const std::string& word : words_of(*field)) {
            const std::string folded = fold(word);
            if (folded.size() < 2 || spared.count(folded) || (only_digits(folded) && folded.size() < 4)) continue;
            words_.insert(folded);
            words_.insert(fold_umlauts(word));
        }
    for (const std::string* field : {&identity.patient, &identity.recording})
        for (std::size_t at = 0; at < field->size();) {
            const std::size_t end = std::min(field->find(' ', at), field->size());
            const std::string part = field->substr(at, end - at);
            at = end + 1;
            std::string joined;  // "MCH-0234" is written MCH0234, too
            for (const std::string& word : words_of(part)) joined += fold(word);
            if (joined.size() >= 4 && !spared.count(joined)) words_.insert(joined);
            if (const auto date = io::parse_edfplus_date(part))
                for (std::string& digits : digits_of(*date)) words_.insert(std::move(digits));
        }
    static const std::set<std::string> no_names{"patient", "male", "female", "test", "simulated", "recording"};
    for (const std::string& name : names_of(identity))
        for (const std::string& word : words_of(name))
            if (spared.count(fold(word)) && !no_names.count(fold(word))) kept_names_.insert(fold(word));
    for (const char* text : built_in) patterns_->list.push_back(std::make_unique<Pattern>(text));
    for (const std::string& text : patterns) patterns_->list.push_back(std::make_unique<Pattern>(text));
}

Scrubber::~Scrubber() = default;
Scrubber::Scrubber(Scrubber&&) noexcept = default;
Scrubber& Scrubber::operator=(Scrubber&&) noexcept = default;

bool Scrubber::knows(const std::string& folded) const {
    constexpr std::size_t long_enough = 5;  // "Annegret2", "Hubers"; shorter names stand in too many other words
    const auto inside = [&](const std::string& name) {
        return name.size() >= long_enough && folded.find(name) != std::string::npos;
    };
    return words_.count(folded) > 0 || std::any_of(words_.begin(), words_.end(), inside);
}

bool Scrubber::keeps_name(const std::string& utf8) const {
    const auto words = words_of(utf8);
    return std::any_of(words.begin(), words.end(), [&](const auto& w) { return kept_names_.count(fold(w)) > 0; });
}

std::string Scrubber::clean(const std::string& utf8) const {
    if (utf8.size() > longest_text) return removed;
    std::string text = utf8;
    for (const auto& pattern : patterns_->list) text = pattern->replace(text);
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && is_word_byte(text[end])) ++end;
        const std::string word = text.substr(i, end - i);
        out += knows(fold(word)) || knows(fold_umlauts(without_marks(word))) ? removed : word;
        if (end < text.size()) out += text[end];
        i = end + 1;
    }
    return out;
}

}  // namespace psg::workflow

// Which channel plays which role.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/channel_roles.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/io/channels/find_channel.hpp"
#include "libpsg/model/electrode.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/unit.hpp"

namespace psg::io {

namespace {

constexpr double coarse_step_uv =
    1;  // "a digital step coarser than 1 uV on an EEG, EOG or EMG role" is a finding of the reader

bool is_one_of(Role role, std::initializer_list<Role> list) {
    return std::find(list.begin(), list.end(), role) != list.end();
}

bool is_electrical(Role role) {
    return !is_one_of(role, {Role::airflow, Role::thorax, Role::abdomen, Role::snore, Role::spo2, Role::position});
}

// True if the unit is one that the user gave, or of a derived channel: the header's no longer counts.
bool is_known_voltage(const Channel& c) {
    return std::any_of(c.changes.begin(), c.changes.end(), [](const ChannelChange& k) { return k.kind != "inverted"; });
}

bool is_impedance(const Channel& c) {
    if (is_known_voltage(c)) return false;
    if (fold_label(c.unit_text).find("ohm") != std::string::npos) return true;
    for (std::string_view omega : {"\u03a9", "\u2126"})
        if (c.unit_text.find(omega) != std::string::npos) return true;
    const auto words = label_words(c.label);
    return std::any_of(words.begin(), words.end(),
                       [](const std::string& w) { return w == "imp" || w.starts_with("imped"); });
}

// True if the unit is unknown or one in which the role can be recorded.
bool unit_suits(const Channel& c, Role role) {
    const Unit unit = parse_unit(is_known_voltage(c) ? "uV" : c.unit_text);
    if (!unit.recognised) return true;
    if (is_electrical(role)) return unit.is_voltage();
    if (role == Role::spo2 && unit.is_voltage()) return false;
    return unit.name != "bpm" && unit.name != "1/min";
}

// A channel that may play a role, and all that the choice depends on.
struct Candidate {
    RoleAssignment role;
    Reference reference = Reference::none;
    bool usable = true;
    bool coarse = false;
    bool derived = false;
    int map_line = 0;  ///< 0: not by the map
    bool map_exact = false;
};

Candidate make_candidate(const Channel& c, Role role, const LabelReading& reading) {
    Candidate k;
    k.role = {role, c.index, c.label, reading.site, reading.rule, false};
    k.reference = reading.reference;
    k.usable = c.calibration.has_value();
    k.derived = !c.terms.empty();
    k.coarse = is_electrical(role) && c.calibration && std::abs(c.calibration->scale) > coarse_step_uv;
    return k;
}

bool is_mastoid(Reference r) {
    return r == Reference::mastoid || r == Reference::contralateral;
}

// Smaller is preferred.
int eeg_reference_rank(Reference r) {
    return is_mastoid(r) ? 0 : r == Reference::none ? 2 : 1;
}
int eeg_region_rank(const std::string& site) {
    if (head_region(site) == HeadRegion::central) return 0;
    if (site == "Cz") return 1;
    if (site.starts_with("F") || site.starts_with("O")) return 2;
    return site.empty() ? 4 : 3;
}
bool is_right(const std::string& site) {
    return !site.empty() && site.back() >= '0' && site.back() <= '9' && (site.back() - '0') % 2 == 0;
}

bool preferred(const Candidate& a, const Candidate& b) {
    if (a.role.role != b.role.role) return a.role.role < b.role.role;
    if (a.usable != b.usable) return a.usable;
    if ((a.map_line > 0) != (b.map_line > 0)) return a.map_line > 0;
    if (a.map_line > 0)
        return std::tuple(a.map_line, !a.map_exact, a.role.channel) < std::tuple(b.map_line, !b.map_exact, b.role.channel);
    if (a.derived != b.derived) return a.derived;
    if (a.role.role == Role::eeg) {
        const auto key = [](const Candidate& k) {
            return std::tuple(eeg_reference_rank(k.reference), eeg_region_rank(k.role.site),
                              k.reference != Reference::contralateral, k.coarse, !is_right(k.role.site),
                              k.role.channel);
        };
        return key(a) < key(b);
    }
    const auto key = [](const Candidate& k) {
        return std::tuple(k.role.role == Role::airflow && k.role.site == "thermistor", -static_cast<int>(k.reference),
                          k.coarse, k.role.channel);
    };
    return key(a) < key(b);
}

std::string quoted(const std::string& label) {
    return "'" + label + "'";
}

std::string role_list() {
    std::string list;
    for (Role r : all_roles()) list += (list.empty() ? "" : ", ") + std::string(role_name(r));
    return list;
}

// Labels of a letter and a number that are beyond the 10-20 and 10-10 names show that the cap has a numbered grid
// (A1..A32, B1.., or E1..E256), where A1, C3 and E1 are not what they are elsewhere.
bool is_grid_name(std::string_view folded) {
    if (folded.size() < 2 || folded.size() > 4 || folded[0] < 'a' || folded[0] > 'i') return false;
    return std::all_of(folded.begin() + 1, folded.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool has_grid(const Recording& recording) {
    int beyond = 0;
    for (const Channel& c : recording.channels) {
        const std::string name = fold_label(c.label);
        if (!is_grid_name(name)) continue;
        int number = 0;
        std::from_chars(name.data() + 1, name.data() + name.size(), number);
        const char letter = name[0];
        beyond += (letter == 'a' && number > 2) || (letter == 'b' && number > 0) || (letter == 'c' && number > 6) ||
                  (letter == 'd' && number > 0) || (letter == 'e' && number > 2);
    }
    return beyond >= 4;
}

Finding finding(FindingCode code, const Channel& c, std::string message) {
    return {.code = code, .message = std::move(message), .channel = c.index, .label = c.label};
}

// What the labels say, for the channels that the user did not name.
std::vector<Candidate> candidates_by_label(const Recording& recording, const std::set<int>& taken, const ChannelMap& map,
                                           Findings& findings) {
    const bool grid = has_grid(recording);
    int grid_names = 0;
    std::vector<Candidate> candidates;
    for (const Channel& c : recording.channels) {
        if (taken.contains(c.index) || is_impedance(c)) continue;
        LabelReading reading = read_label(c.label);
        const ChannelMapLine* line = map.find(c.label);
        if (line) {
            if (!line->role) continue;  // to be ignored
            if (reading.role != line->role) reading = {};
            reading.role = line->role;
            reading.rule = "map";
            reading.ambiguity.clear();
        } else if (grid && is_grid_name(fold_label(c.label)) && (reading.role || !reading.ambiguity.empty())) {
            ++grid_names;
            continue;
        }
        if (!reading.ambiguity.empty()) {
            findings.push_back(finding(FindingCode::CHANNEL_AMBIGUOUS, c,
                                       "label " + quoted(c.label) + " is ambiguous (" + reading.ambiguity +
                                           ") and gets no role; if it is needed, name it by --channel ROLE=LABEL"));
        } else if (reading.role && !unit_suits(c, *reading.role)) {
            findings.push_back(finding(FindingCode::CHANNEL_UNUSABLE, c,
                                       "label " + quoted(c.label) + " reads as " +
                                           std::string(role_name(*reading.role)) + ", but the unit " +
                                           quoted(c.unit_text) + " does not suit it"));
        } else if (reading.role) {
            candidates.push_back(make_candidate(c, *reading.role, reading));
            candidates.back().map_line = line ? line->number : 0;
            candidates.back().map_exact = line && line->label == c.label;
            if (!candidates.back().usable)
                findings.push_back(finding(FindingCode::CHANNEL_UNUSABLE, c,
                                           "channel " + quoted(c.label) + " has no calibration and cannot be used as " +
                                               std::string(role_name(*reading.role))));
        }
    }
    if (grid_names > 0)
        findings.push_back(
            {.code = FindingCode::CHANNEL_AMBIGUOUS,
             .message = "labels such as A1, B1, C3 are numbered positions of an electrode grid here, so " +
                        std::to_string(grid_names) + " channels get no role by them"});
    return candidates;
}

bool is_leg(Role r) {
    return r == Role::leg_left || r == Role::leg_right;
}
bool is_arm(Role r) {
    return r == Role::arm_left || r == Role::arm_right;
}
bool is_emg(Role r) {
    return r == Role::chin || r == Role::masseter || r == Role::neck || r == Role::trunk || is_arm(r) || is_leg(r);
}

// Two channels of one line of the map. Or "LAT1" and "LAT2", "Leg L" twice, "RAT+" and "RAT-": the electrodes of one
// derivation, or two muscles; labels that differ in nothing but a number do not tell.
bool only_numbered_apart(const Candidate& a, const Candidate& b) {
    if (a.map_line > 0 || b.map_line > 0) return a.map_line == b.map_line && a.map_exact == b.map_exact && b.usable;
    if (!is_emg(a.role.role) || a.derived != b.derived) return false;
    const auto stem = [](const Candidate& k) {
        std::string folded = fold_label(k.role.label);
        while (!folded.empty() && folded.back() >= '0' && folded.back() <= '9') folded.pop_back();
        return folded;
    };
    const auto is_numbered = [&](const Candidate& k) { return fold_label(k.role.label) != stem(k); };
    const bool first_of_several = a.role.role == Role::trunk && !is_numbered(a) && is_numbered(b);  // no electrodes of one derivation
    return a.reference == b.reference && a.coarse == b.coarse && b.usable && stem(a) == stem(b) && !first_of_several;
}

// Two EEG that vote better than one: C4 and C3, or a frontal and a posterior one (the pair that the staging model learned).
bool belong_together(const std::string& a, const std::string& b) {
    const HeadRegion of_a = head_region(a), of_b = head_region(b);
    if (of_a == HeadRegion::central) return of_b == HeadRegion::central && a != b;
    return (of_a == HeadRegion::frontal && of_b == HeadRegion::posterior) ||
           (of_a == HeadRegion::posterior && of_b == HeadRegion::frontal);
}

// Marks the chosen ones among the candidates of one role, in order of preference.
void choose(std::vector<Candidate>::iterator first, std::vector<Candidate>::iterator last, Findings& findings) {
    if (first == last || !first->usable) return;
    if (first + 1 != last && only_numbered_apart(*first, first[1])) {
        const std::string role(role_name(first->role.role));
        findings.push_back({.code = FindingCode::CHANNEL_AMBIGUOUS,
                            .message = "channels " + quoted(first->role.label) + " (#" + std::to_string(first->role.channel) +
                                       ") and " + quoted(first[1].role.label) + " (#" +
                                       std::to_string(first[1].role.channel) + ") both read as " + role +
                                       " and none is taken; name one by --channel " + role + "=LABEL"});
        return;
    }
    first->role.chosen = true;
    if (first->role.role == Role::trunk) {  // what spreads along the spine shows in its muscles one after the other
        std::set<std::string> muscles{first->role.site};
        for (auto k = first + 1; k != last; ++k)
            if (k->usable && (k->map_line > 0) == (first->map_line > 0) && !k->role.site.empty() && muscles.insert(k->role.site).second)
                k->role.chosen = true;
        return;
    }
    if (first->role.role != Role::eeg) return;
    for (auto k = first + 1; k != last; ++k)
        if (k->usable && (k->map_line > 0) == (first->map_line > 0) &&
            eeg_reference_rank(k->reference) == eeg_reference_rank(first->reference) &&
            belong_together(first->role.site, k->role.site)) {
            k->role.chosen = true;
            return;
        }
}

}  // namespace

ChannelChoice parse_channel_choice(std::string_view text) {
    const std::size_t equals = text.find('=');
    const auto role = role_from_name(text.substr(0, equals));
    if (equals == std::string_view::npos || equals + 1 == text.size() || !role)
        throw UsageError("'" + std::string(text) + "' is no choice of a channel",
                         "write ROLE=LABEL, where ROLE is one of " + role_list());
    return {*role, std::string(text.substr(equals + 1))};
}

std::vector<RoleAssignment> assign_roles(const Recording& recording, const std::vector<ChannelChoice>& user,
                                         Findings& findings, const ChannelMap& map) {
    std::vector<RoleAssignment> assignments;
    std::set<Role> roles_of_user;
    std::set<int> taken;
    for (const ChannelChoice& choice : user) {
        const Channel& c = find_channel(recording, choice.label, "for " + std::string(role_name(choice.role)));
        const auto again = [&](const RoleAssignment& a) { return a.role == choice.role && a.channel == c.index; };
        if (std::any_of(assignments.begin(), assignments.end(), again)) continue;
        if (!roles_of_user.insert(choice.role).second && choice.role != Role::eeg && choice.role != Role::trunk)
            throw UsageError("two channels are named for " + std::string(role_name(choice.role)), "name one");
        // scored twice, every movement would be one of both sides
        const auto other_side = [&](const RoleAssignment& a) {
            return a.channel == c.index && a.role != choice.role &&
                   ((is_leg(a.role) && is_leg(choice.role)) || (is_arm(a.role) && is_arm(choice.role)));
        };
        if (std::any_of(assignments.begin(), assignments.end(), other_side))
            throw UsageError("channel " + quoted(c.label) + " is named for both sides",
                             "name it for one; a channel that shows both sides cannot tell them apart");
        const LabelReading reading = read_label(c.label);
        assignments.push_back(
            {choice.role, c.index, c.label, reading.role == choice.role ? reading.site : "", "user", true});
        taken.insert(c.index);
    }

    auto candidates = candidates_by_label(recording, taken, map, findings);
    std::sort(candidates.begin(), candidates.end(), preferred);
    for (auto first = candidates.begin(); first != candidates.end();) {
        const auto last =
            std::find_if(first, candidates.end(), [&](const Candidate& k) { return k.role.role != first->role.role; });
        if (!roles_of_user.contains(first->role.role)) choose(first, last, findings);
        first = last;
    }
    for (const Candidate& k : candidates) assignments.push_back(k.role);
    std::stable_sort(assignments.begin(), assignments.end(), [](const RoleAssignment& a, const RoleAssignment& b) {
        return std::tuple(a.role, !a.chosen) < std::tuple(b.role, !b.chosen);
    });

    for (Role role :
         {Role::eeg, Role::eog_left, Role::eog_right, Role::chin, Role::leg_left, Role::leg_right, Role::ecg}) {
        const auto plays = [role](const RoleAssignment& a) { return a.role == role && a.chosen; };
        if (std::none_of(assignments.begin(), assignments.end(), plays))
            findings.push_back({.code = FindingCode::CHANNEL_NOT_FOUND,
                                .message = "no channel was found for " + std::string(role_name(role)) +
                                           "; if the recording has one, name it by --channel " + std::string(role_name(role)) +
                                           "=LABEL"});
    }
    return assignments;
}

}  // namespace psg::io

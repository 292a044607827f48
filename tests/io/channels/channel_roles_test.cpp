// Tests of what labels mean and which channel plays which role.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/channel_roles.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::io;

namespace {

Recording recording_with_units(const std::vector<std::pair<std::string, std::string>>& labels_and_units) {
    Recording r;
    for (const auto& [label, unit] : labels_and_units) {
        Channel c;
        c.index = static_cast<int>(r.channels.size());
        c.label = label;
        c.unit_text = unit;
        c.calibration = Calibration{0.1, 0};
        r.channels.push_back(c);
    }
    return r;
}
Recording recording_of(const std::vector<std::string>& labels) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& l : labels) all.emplace_back(l, "uV");
    return recording_with_units(all);
}

// The chosen labels of a role, in order, joined by '|'.
std::string chosen(const std::vector<RoleAssignment>& assignments, Role role) {
    std::string text;
    for (const auto& a : assignments)
        if (a.role == role && a.chosen) text += (text.empty() ? "" : "|") + a.label;
    return text;
}
std::string chosen(const Recording& r, Role role, const std::vector<ChannelChoice>& user = {}) {
    Findings findings;
    return chosen(assign_roles(r, user, findings), role);
}
long count(const Findings& findings, FindingCode code) {
    return std::count_if(findings.begin(), findings.end(), [code](const Finding& f) { return f.code == code; });
}

// "role:site", "?" if ambiguous, "" if nothing is known.
std::string reading(const std::string& label) {
    const LabelReading r = read_label(label);
    if (!r.ambiguity.empty()) return "?";
    return r.role ? std::string(role_name(*r.role)) + (r.site.empty() ? "" : ":" + r.site) : "";
}

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> fields(1);
    for (char c : line)
        if (c == separator)
            fields.emplace_back();
        else
            fields.back() += c;
    return fields;
}

}  // namespace

TEST_CASE("labels fold to letters and digits") {
    CHECK(fold_label("EMG_Chin 1-2") == "emgchin12");
    CHECK(fold_label("C3 Imp\u00e9dance") == "c3impedance");
    CHECK(fold_label("  --- ").empty());
    CHECK(label_words("LEG/L") == std::vector<std::string>{"leg", "l"});
    CHECK(label_words("").empty());
    CHECK(fold_label("\xC3") == "\xC3");  // a cut UTF-8 sequence stays
}

TEST_CASE("labels are read") {
    // clang-format off
    const std::map<std::string, std::string> expected{
        // EEG derivations
        {"EEG C3-A2", "eeg:C3"}, {"C3-M2", "eeg:C3"}, {"C3:A2", "eeg:C3"}, {"C3/A2", "eeg:C3"}, {"C3A2", "eeg:C3"},
        {"EEG Fpz-Cz", "eeg:Fpz"}, {"EEG Pz-Oz", "eeg:Pz"}, {"C3", "eeg:C3"}, {"EEG C3-Ref", "eeg:C3"},
        {"EEG Fp1-LE", "eeg:Fp1"}, {"A2:C3", "eeg:C3"}, {"C3:M1+M2", "eeg:C3"}, {"Fc5.", "eeg:FC5"},
        {"EEG(sec)", "eeg"}, {"A1-A2", ""}, {"M1", ""}, {"EEG A2-A1", ""}, {"O2", "eeg:O2"}, {"T8-P8", "eeg:T8"},
        // EOG
        {"E1-M2", "eog_left"}, {"LOC-A2", "eog_left"}, {"ROC/A1", "eog_right"}, {"EOG(L)", "eog_left"},
        {"E2 (REOG)", "eog_right"}, {"EOG left", "eog_left"}, {"R-EOG", "eog_right"}, {"Left Eye", "eog_left"},
        {"EOG horizontal", "?"}, {"EOG", "?"}, {"E1-E2", "?"}, {"E1-Cz", "?"}, {"LOC-Fpz", "eog_left"},
        // EMG
        {"EMG submental", "chin"}, {"Chin1-Chin2", "chin"}, {"EMG Chin", "chin"}, {"Kinn", "chin"},
        {"EMG LAT", "leg_left:tibialis anterior"}, {"RAT", "leg_right:tibialis anterior"}, {"LEG/L", "leg_left"},
        {"LEG/R", "leg_right"}, {"Left Leg", "leg_left"}, {"L Leg", "leg_left"}, {"Lleg1-Lleg2", "leg_left"},
        {"Jambe gauche", "leg_left"}, {"EMG Tib. Ant. R", "leg_right:tibialis anterior"},
        {"RAT-L", "leg_right:tibialis anterior"}, {"PLMl", "leg_left"}, {"R Arm", "arm_right"},
        {"EMG arm left", "arm_left"}, {"Masseter 1", "masseter"}, {"EMG SCM", "neck:sternocleidomastoid"},
        {"Intercostal", "trunk:intercostal"}, {"EMG trunk", "trunk"}, {"Trunk L", "trunk"}, {"EMG Paraspinals", "trunk:paraspinal"},
        {"EMG Rectus Abd", "trunk:rectus abdominis"}, {"Rect. abd.", "trunk:rectus abdominis"}, {"Rumpf", "trunk"}, {"EMG ArmL", "arm_left"}, {"Delt L", "arm_left:deltoid"},
        {"Deltoid R", "arm_right:deltoid"}, {"Biceps li", "arm_left:biceps brachii"},
        // others
        {"ECG", "ecg"}, {"EKG II", "ecg"}, {"ECG V5", "ecg"}, {"SaO2", "spo2"}, {"SpO2", "spo2"},
        {"Thorax", "thorax"}, {"ABDO RES", "abdomen"}, {"Snore", "snore"}, {"Body Position", "position"},
        {"Nasal Pressure", "airflow:pressure"},
        // never guessed
        {"Leg 1", "?"}, {"Leg 2", "?"}, {"LEG", "?"}, {"Legs", "?"}, {"EMG", "?"}, {"EMG1", "?"}, {"EMG2", "?"},
        {"EMG #3", "?"}, {"L EMG", "?"}, {"EMG/L", "?"}, {"X1", "?"}, {"X7", "?"}, {"DC01", "?"}, {"DC05", "?"},
        {"Flow", "?"}, {"L/RAT", "?"}, {"left leg-right leg", "?"}, {"EOG LAT", "?"}, {"EMG Abdomen", "?"},
        {"Abd:Chest", "?"}, {"SaO2 X9", "?"},
        // whole words only
        {"Pulse Rate", ""}, {"Ventilation", ""}, {"Resp Rate", ""}, {"ECG Heart Rate", ""},
        {"Saturation Quality", ""}, {"Status", ""}, {"Flow Limitation", ""}, {"1-2", ""}, {"", ""}, {"Legacy", ""},
        {"CO2", ""}, {"EtCO2", ""}
    };
    // clang-format on
    for (const auto& [label, meaning] : expected) {
        INFO(label);
        CHECK(reading(label) == meaning);
    }
}

TEST_CASE("the reference is told apart") {
    CHECK(read_label("C3-A2").reference == Reference::contralateral);
    CHECK(read_label("C4-M1").reference == Reference::contralateral);
    CHECK(read_label("C3-A1").reference == Reference::mastoid);
    CHECK(read_label("C3-M1M2").reference == Reference::mastoid);
    CHECK(read_label("Cz-A2").reference == Reference::mastoid);
    CHECK(read_label("A2-C3").reference == Reference::inverted);
    CHECK(read_label("Fpz-Cz").reference == Reference::bipolar);
    CHECK(read_label("C3-Ref").reference == Reference::common);
    CHECK(read_label("C3").reference == Reference::none);
    CHECK(read_label("E1 (LEOG)").reference == Reference::none);
    CHECK(read_label("Chin1-Chin2").reference == Reference::bipolar);
    CHECK(read_label("Chin 1-2").reference == Reference::bipolar);
    CHECK(read_label("LLEG+-LLEG-").reference == Reference::bipolar);
    CHECK(read_label("EKG1-AVG").reference == Reference::common);
    CHECK(read_label("EMG-Chin").reference == Reference::none);
    CHECK(read_label("Chin-L").reference == Reference::none);
}

TEST_CASE("one channel per role, the best referenced one") {
    const auto r = recording_of({"LLEG1", "LLEG2", "LLEG1-LLEG2", "E1", "E1-M2", "Chin 1", "RAT", "Rleg1-Rleg2"});
    Findings findings;
    const auto roles = assign_roles(r, {}, findings);
    CHECK(roles.size() == 8);
    CHECK(chosen(roles, Role::leg_left) == "LLEG1-LLEG2");
    CHECK(chosen(roles, Role::leg_right) == "Rleg1-Rleg2");
    CHECK(chosen(roles, Role::eog_left) == "E1-M2");
    CHECK(chosen(roles, Role::chin) == "Chin 1");
    CHECK(count(findings, FindingCode::CHANNEL_NOT_FOUND) == 3);  // eeg, eog_right, ecg
    CHECK(std::is_sorted(roles.begin(), roles.end(), [](const auto& a, const auto& b) { return a.role < b.role; }));
}

TEST_CASE("a coarse channel gives way to a fine one, a thermistor to nasal pressure") {
    auto r = recording_of({"Left Leg", "L Leg", "Thermistor", "Nasal Pressure"});
    r.channels[0].calibration = Calibration{31, 0};
    CHECK(chosen(r, Role::leg_left) == "L Leg");
    CHECK(chosen(r, Role::airflow) == "Nasal Pressure");
}

TEST_CASE("EEG derivations for staging") {
    CHECK(chosen(recording_of({"F3-M2", "C3-M2", "O1-M2", "C4-M1", "C4"}), Role::eeg) == "C4-M1|C3-M2");
    CHECK(chosen(recording_of({"C3-A1", "C4-A2", "F4-A1"}), Role::eeg) == "C4-A2|C3-A1");
    CHECK(chosen(recording_of({"C3-A2", "C3-A1", "F4-A1"}), Role::eeg) == "C3-A2");  // one derivation per electrode
    CHECK(chosen(recording_of({"C3", "C4", "F4-A1"}), Role::eeg) == "F4-A1");        // referenced before bare
    CHECK(chosen(recording_of({"C3-A2", "C4"}), Role::eeg) == "C3-A2");
    CHECK(chosen(recording_of({"EEG Fpz-Cz", "EEG Pz-Oz"}), Role::eeg) == "EEG Fpz-Cz|EEG Pz-Oz");
    CHECK(chosen(recording_of({"P3-A2", "O1-A2"}), Role::eeg) == "O1-A2");
    CHECK(chosen(recording_of({"F3-M2", "O1-M2", "F4-M1", "O2-M1"}), Role::eeg) == "F4-M1|O2-M1");
    CHECK(chosen(recording_of({"O2-M1", "F4-M1", "Cz-M1"}), Role::eeg) == "Cz-M1");
    CHECK(chosen(recording_of({"F4-M1", "O2-M1", "C4-M1"}), Role::eeg) == "C4-M1");
    CHECK(chosen(recording_of({"F4-M1", "O2"}), Role::eeg) == "F4-M1");  // not equally referenced
    CHECK(chosen(recording_of({"EEG", "C3"}), Role::eeg) == "C3");
    // of the trunk one channel of each muscle
    CHECK(chosen(recording_of({"Rectus abdominis", "Paraspinal", "Paraspinal EMG", "Neck"}), Role::trunk) == "Rectus abdominis|Paraspinal");
    CHECK(chosen(recording_of({"EMG trunk", "Trunk L"}), Role::trunk) == "EMG trunk");
    CHECK(chosen(recording_of({"EMG Trunk", "EMG Trunk 2"}), Role::trunk) == "EMG Trunk");  // no pair of electrodes
    CHECK(chosen(recording_of({"EMG Trunk 1", "EMG Trunk 2"}), Role::trunk).empty());
}

TEST_CASE("units and impedances") {
    Findings findings;
    const auto r = recording_with_units({{"C3-M2", "Ohm"},
                                         {"C3 Imp\u00e9dance", ""},
                                         {"C4-M1 (Imp)", "uV"},
                                         {"Left Leg", "k\u03a9"},
                                         {"ECG", "bpm"},
                                         {"SaO2", "uV"},
                                         {"EOG(L)", "n/a"},
                                         {"EOG(R)", ""},
                                         {"Chin", "mV"},
                                         {"Thorax", "L"}});
    const auto roles = assign_roles(r, {}, findings);
    REQUIRE(roles.size() == 4);
    CHECK(chosen(roles, Role::eog_left) == "EOG(L)");
    CHECK(chosen(roles, Role::eog_right) == "EOG(R)");
    CHECK(chosen(roles, Role::chin) == "Chin");
    CHECK(chosen(roles, Role::thorax) == "Thorax");
    CHECK(count(findings, FindingCode::CHANNEL_UNUSABLE) == 2);  // ECG in bpm, SaO2 in volts
}

TEST_CASE("channels without calibration are never chosen") {
    auto r = recording_of({"C4-M1", "C3-M2", "Chin"});
    r.channels[0].calibration.reset();
    r.channels[2].calibration.reset();
    Findings findings;
    const auto roles = assign_roles(r, {}, findings);
    CHECK(chosen(roles, Role::eeg) == "C3-M2");
    CHECK(chosen(roles, Role::chin).empty());
    CHECK(count(findings, FindingCode::CHANNEL_UNUSABLE) == 2);
    CHECK(count(findings, FindingCode::CHANNEL_NOT_FOUND) == 6);
    CHECK_THROWS_AS(assign_roles(r, {{Role::chin, "Chin"}}, findings), UsageError);
}

TEST_CASE("numbered electrode grids are no 10-20 names") {
    std::vector<std::string> labels;
    for (char letter : std::string("ABCDE"))
        for (int i = 1; i <= 32; ++i) labels.push_back(letter + std::to_string(i));
    labels.push_back("EOG left");
    Findings findings;
    const auto roles = assign_roles(recording_of(labels), {}, findings);
    REQUIRE(roles.size() == 1);
    CHECK(roles[0].label == "EOG left");
    CHECK(count(findings, FindingCode::CHANNEL_AMBIGUOUS) == 1);
}

TEST_CASE("the user's choice") {
    const auto r = recording_of({"C3-M2", "Leg 1", "Leg 2", "EMG", "EMG", "1-2", "LAT"});
    Findings findings;
    const auto roles = assign_roles(
        r, {{Role::leg_left, "Leg 2"}, {Role::chin, "#3"}, {Role::neck, "1-2"}, {Role::eeg, "c3 m2"}}, findings);
    CHECK(chosen(roles, Role::leg_left) == "Leg 2");  // before LAT, which stays listed
    CHECK(roles.size() == 5);
    CHECK(chosen(roles, Role::eeg) == "C3-M2");
    CHECK(roles[0].rule == "user");
    CHECK(roles[0].site == "C3");
    CHECK(chosen(roles, Role::neck) == "1-2");
    for (const auto& a : roles)
        if (a.role == Role::chin) CHECK(a.channel == 3);
    CHECK(count(findings, FindingCode::CHANNEL_AMBIGUOUS) == 2);  // Leg 1 and the other EMG

    CHECK_THROWS_WITH(assign_roles(r, {{Role::chin, "EMG"}}, findings), Catch::Contains("#3 or #4"));
    CHECK_THROWS_WITH(assign_roles(r, {{Role::chin, "Chin"}}, findings), Catch::Contains("#0 'C3-M2'"));
    CHECK_THROWS_AS(assign_roles(r, {{Role::chin, "#7"}}, findings), UsageError);
    CHECK_THROWS_AS(assign_roles(r, {{Role::chin, "#3x"}}, findings), UsageError);
    CHECK_THROWS_AS(assign_roles(r, {{Role::chin, "#3"}, {Role::chin, "#4"}}, findings), UsageError);
    CHECK_NOTHROW(assign_roles(r, {{Role::chin, "#3"}, {Role::chin, "#3"}}, findings));
    CHECK(chosen(r, Role::eeg, {{Role::eeg, "#3"}, {Role::eeg, "#5"}}) == "EMG|1-2");
    // one channel as both legs would make every movement bilateral
    CHECK_THROWS_WITH(assign_roles(r, {{Role::leg_left, "LAT"}, {Role::leg_right, "LAT"}}, findings), Catch::Contains("both sides"));
    CHECK_NOTHROW(assign_roles(r, {{Role::eog_left, "#3"}, {Role::eog_right, "#3"}}, findings));
}

TEST_CASE("choices are parsed") {
    CHECK(parse_channel_choice("chin=1-2").role == Role::chin);
    CHECK(parse_channel_choice("chin=1-2").label == "1-2");
    CHECK(parse_channel_choice("eeg=a=b").label == "a=b");
    CHECK_THROWS_WITH(parse_channel_choice("kin=1-2"), Catch::Contains("leg_left"));
    for (const char* bad : {"", "chin", "chin=", "=x"}) CHECK_THROWS_AS(parse_channel_choice(bad), UsageError);
}

TEST_CASE("the roles of a real 90-channel recording") {
    PSG_REFERENCE_OR_SKIP(path, "recordings/nox_2min_90ch.edf");
    const Recording r = EdfReader(path).recording();
    Findings findings;
    const auto roles = assign_roles(r, {}, findings);
    CHECK(chosen(roles, Role::eeg) == "C4-M1|C3-M2");
    CHECK(chosen(roles, Role::eog_left) == "E1-M2");
    CHECK(chosen(roles, Role::eog_right) == "E2-M1");
    CHECK(chosen(roles, Role::leg_left) == "Left Leg");
    CHECK(chosen(roles, Role::leg_right) == "Right Leg");
    CHECK(chosen(roles, Role::ecg) == "ECG");
    CHECK(count(findings, FindingCode::CHANNEL_NOT_FOUND) == 1);
    CHECK(chosen(r, Role::chin, {parse_channel_choice("chin=1-2")}) == "1-2");
    for (const auto& a : roles) CHECK(r.channel(a.channel)->unit != "Ohm");
}

TEST_CASE("the roles of real recordings of other makers") {
    PSG_REFERENCE_OR_SKIP(folder, "io/edf/real");
    const auto labels = [&](const std::string& file, Role role) {
        return chosen(EdfReader(folder + "/" + file).recording(), role);
    };
    CHECK(labels("sleep_edf_5min_psg.edf", Role::eeg) == "EEG Fpz-Cz|EEG Pz-Oz");
    CHECK(labels("sleep_edf_5min_psg.edf", Role::chin) == "EMG submental");
    CHECK(labels("sleep_edf_5min_psg.edf", Role::airflow) == "Resp oro-nasal");
    CHECK(labels("nihon_kohden_43ch.edf", Role::eeg) == "EEG C4-Ref|EEG C3-Ref");
    CHECK(labels("nihon_kohden_43ch.edf", Role::ecg) == "ECG ECG1");
    CHECK(labels("nihon_kohden_43ch.edf", Role::spo2).empty());
    CHECK(labels("invalid_date.edf", Role::eog_right) == "EOG(R)");
    CHECK(labels("invalid_date.edf", Role::chin).empty());
    CHECK(labels("140_channels_each_other_rate.edf", Role::eeg).empty());
    CHECK(labels("resmed_crc_channel.edf", Role::airflow).empty());
}

TEST_CASE("no public spelling is read as a wrong role") {
    PSG_REFERENCE_OR_SKIP(path, "io/labels.tsv");
    const std::map<std::string, std::set<std::string>> roles_of{
        {"ABDOMEN", {"abdomen"}},
        {"ECG", {"ecg"}},
        {"EMG_ARM", {"arm_left", "arm_right"}},
        {"EMG_ARM_L", {"arm_left"}},
        {"EMG_ARM_R", {"arm_right"}},
        {"EMG_CHIN", {"chin"}},
        {"EMG_CHIN_L", {"chin"}},
        {"EMG_CHIN_R", {"chin"}},
        {"EMG_INTERCOSTAL", {"trunk"}},
        {"EMG_LEG_L", {"leg_left"}},
        {"EMG_LEG_R", {"leg_right"}},
        {"EMG_LEG_LR", {}},
        {"EMG_LEG_UNSPEC", {}},
        {"EMG_MASSETER", {"masseter"}},
        {"EOG_L", {"eog_left"}},
        {"EOG_R", {"eog_right"}},
        {"EOG_UNSPEC", {"eog_left", "eog_right"}},
        {"FLOW", {"airflow"}},
        {"FLOW_PRES", {"airflow"}},
        {"FLOW_THERM", {"airflow"}},
        {"FLOW_ORAL", {"airflow"}},
        {"POSITION", {"position"}},
        {"SNORE", {"snore"}},
        {"SPO2", {"spo2"}},
        {"THORAX", {"thorax"}},
        {"EMG_UNSPEC",
         {"arm_left", "arm_right", "leg_left", "leg_right", "chin",
          "trunk"}}};  // no competitor, but no wrong claim either
    const auto allowed = [&](const std::string& canonical) -> std::set<std::string> {
        if (canonical.starts_with("EEG_")) return {"eeg"};
        const auto found = roles_of.find(canonical);
        return found == roles_of.end() ? std::set<std::string>{} : found->second;
    };
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    int rows = 0, with_role = 0, resolved = 0, contradicted = 0, contradicted_resolved = 0;
    while (std::getline(in, line)) {
        const auto field = split(line, '\t');
        REQUIRE(field.size() >= 5);
        ++rows;
        const LabelReading r = read_label(field[1]);
        const std::string role = r.role ? std::string(role_name(*r.role)) : "";
        std::set<std::string> good = allowed(field[0]);
        // Claims of other maps for the same spelling; they compete if they mean another role.
        bool competes = false;
        for (const std::string& other : split(field[4], ',')) {
            if (other.empty()) continue;
            const auto theirs = allowed(other);
            competes =
                competes || std::none_of(theirs.begin(), theirs.end(), [&](const auto& x) { return good.contains(x); });
        }
        INFO(line << " -> " << role);
        if (competes) {
            ++contradicted;
            contradicted_resolved += !role.empty();
            // The one exception: a map that itself lists "R Arm" as right and "R-Arm" as left made a slip of the pen.
            if (fold_label(field[1]) == "rarm")
                CHECK(role == "arm_right");
            else
                CHECK(role.empty());
            continue;
        }
        if (!role.empty()) CHECK(good.contains(role));
        if (good.empty()) continue;
        ++with_role;
        resolved += !role.empty();
    }
    CHECK(rows > 3000);
    CHECK(contradicted > 30);
    WARN(resolved << " of " << with_role << " public spellings of a role are understood, none wrongly; of "
                  << contradicted << " contradicted ones " << contradicted_resolved << " (R Arm) are");
    CHECK(resolved > 0.93 * with_role);
}

TEST_CASE("EMG channels that differ in nothing but a number are not guessed") {
    for (const std::vector<std::string>& labels : std::vector<std::vector<std::string>>{
             {"Leg L", "Leg L", "Leg R"}, {"LAT1", "LAT2", "Leg R"}, {"L Leg", "L Leg 2", "Leg R"}, {"LAT+", "LAT-", "Leg R"}}) {
        INFO(labels[0] << " and " << labels[1]);
        Findings findings;
        const auto roles = assign_roles(recording_of(labels), {}, findings);
        CHECK(chosen(roles, Role::leg_left).empty());
        CHECK(chosen(roles, Role::leg_right) == "Leg R");
        CHECK(count(findings, FindingCode::CHANNEL_AMBIGUOUS) >= 1);
        CHECK(chosen(recording_of(labels), Role::leg_left, {parse_channel_choice("leg_left=#1")}) == labels[1]);
    }
}

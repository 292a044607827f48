// Tests of a laboratory's map of labels, of units and of polarity.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/channel_map.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "libpsg/io/channels/channel_changes.hpp"
#include "libpsg/io/channels/channel_roles.hpp"
#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::io;

namespace {

Recording recording_of(const std::vector<std::pair<std::string, std::string>>& labels_and_units) {
    Recording r;
    for (const auto& [label, unit] : labels_and_units) {
        Channel c;
        c.index = static_cast<int>(r.channels.size());
        c.label = label;
        c.unit_text = unit;
        c.calibration = Calibration{unit == "mV" ? 100 : 0.1, unit == "mV" ? 2000.0 : 2.0};
        r.channels.push_back(c);
    }
    return r;
}

std::string chosen(const Recording& r, Role role, const ChannelMap& map, const std::vector<ChannelChoice>& user = {}) {
    Findings findings;
    std::string text;
    for (const auto& a : assign_roles(r, user, findings, map))
        if (a.role == role && a.chosen) text += (text.empty() ? "" : "|") + a.label + ":" + a.rule;
    return text;
}

std::string refusal(const std::string& text) {
    try {
        ChannelMap(text, "lab.tsv");
    } catch (const DataError& e) {
        return e.what();
    }
    return "not refused";
}

}  // namespace

TEST_CASE("a map is read") {
    const ChannelMap map("# our montages\nlabel\trole\tunit\tpolarity\n1-2\tchin\n\nLeg+\tleg_left\tmV\tinverted\r\nLeg-\tignore\t\t\nC 4\teeg\t\tnormal\n", "lab.tsv");
    REQUIRE(map.lines().size() == 4);
    CHECK(map.find("1-2")->role == Role::chin);
    CHECK(map.find("Leg+")->unit == "mV");
    CHECK(map.find("Leg+")->inverted);
    CHECK(map.find("Leg+")->number == 5);
    CHECK_FALSE(map.find("Leg-")->role);
    CHECK(map.find("c4")->role == Role::eeg);  // but for case and spaces the only one
    CHECK_FALSE(map.find("LEG"));              // Leg+ or Leg-: not guessed
    CHECK_FALSE(map.find(""));
    CHECK_FALSE(map.find("12 3"));
}

TEST_CASE("bad lines of a map are refused with file, line and reason") {
    for (const auto& [text, line, reason] : std::vector<std::tuple<std::string, int, std::string>>{
             {"x\n", 1, "no tab"}, {"#\nx chin\n", 2, "no tab"}, {"x\tchin\nx\tneck\n", 2, "line 1 already"}, {"x\tkin\n", 1, "no role"},
             {"x\t\n", 1, "no role"}, {"\tchin\n", 1, "no label"}, {"x\tchin\tuV\tup\n", 1, "no polarity"}, {"x\tchin\tkV\n", 1, "no unit"},
             {"x\tchin\tuv\n", 1, "no unit"}, {"x\tchin\tuV\tnormal\tmore\n", 1, "5 fields"}, {"x\tignore\tuV\n", 1, "ignored channel"},
             {"x\tignore\t\tinverted\n", 1, "ignored channel"}, {"\xE9\tchin\n", 1, "UTF-8"}, {std::string("x\0y\tchin\n", 9), 1, "NUL"},
             {"a\tchin\nlabel\trole\n", 2, "no role"}}) {
        INFO(text);
        const std::string message = refusal(text);
        CHECK(message.find("lab.tsv line " + std::to_string(line)) == 0);
        CHECK(message.find(reason) != std::string::npos);
    }
    std::string many;
    for (int i = 0; i <= 100'000; ++i) many += "c" + std::to_string(i) + "\teeg\n";
    CHECK(refusal(many).find("line 100001") != std::string::npos);
    CHECK(ChannelMap("", "lab.tsv").empty());
}

TEST_CASE("a map goes before the labels and after the user's choice") {
    const auto r = recording_of({{"Leg 1", "uV"}, {"Leg 2", "uV"}, {"LAT", "uV"}, {"Chin", "uV"}, {"C4-M1", "uV"}, {"EMG", "uV"}, {"RAT", "Ohm"}});
    const ChannelMap map("not here\tneck\nLeg 2\tleg_left\nLeg 1\tleg_left\nChin\tignore\nRAT\tleg_right\nC4-M1\tecg\n", "m");
    CHECK(chosen(r, Role::leg_left, map) == "Leg 2:map");  // the first line of the map that is there
    CHECK(chosen(r, Role::leg_left, map, {{Role::leg_left, "LAT"}}) == "LAT:user");
    CHECK(chosen(r, Role::chin, map).empty());
    CHECK(chosen(r, Role::eeg, map).empty());
    CHECK(chosen(r, Role::ecg, map) == "C4-M1:map");
    CHECK(chosen(r, Role::leg_right, map).empty());  // in ohms
    CHECK(chosen(r, Role::chin, {}) == "Chin:alias");
    CHECK(chosen(r, Role::chin, ChannelMap("Chin 1\tchin", "m")) == "Chin:alias");  // the map's label is not there
}

TEST_CASE("two channels of one line of a map are not guessed") {
    const auto r = recording_of({{"E 1", "uV"}, {"E-1", "uV"}, {"e1", "uV"}});
    CHECK(chosen(r, Role::ecg, ChannelMap("E1\tecg", "m")).empty());
    CHECK(chosen(r, Role::ecg, ChannelMap("E-1\tecg", "m")) == "E-1:map");  // letter by letter
    Findings findings;
    (void)assign_roles(r, {}, findings, ChannelMap("E1\tecg", "m"));
    CHECK(std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.code == FindingCode::CHANNEL_AMBIGUOUS; }));
}

TEST_CASE("units and polarity as the user says") {
    auto r = recording_of({{"a", "mV"}, {"b", ""}, {"c", "uV"}, {"d", "%"}, {"e", "uV"}});
    Findings findings{{FindingCode::EDF_UNIT_UNKNOWN, "the unit is blank", "values are kept", "unit", 1, "b"}};
    const ChannelMap map("c\teeg\tmV\tinverted\ne\tchin\t\tinverted\n", "m");
    change_channels(r, map, {{"a", "uV"}, {"b", "mV"}, {"c", "V"}, {"d", "V"}}, {"c", "A", "a"}, findings);
    const auto scale = [&](int i) { return r.channels[static_cast<std::size_t>(i)].calibration->scale; };
    CHECK(scale(0) == Approx(-0.1));     // header mV (100 uV a step), said to be uV, and upside down, once
    CHECK(r.channels[0].calibration->offset == Approx(-2));
    CHECK(r.channels[0].factor == Approx(-0.001));
    CHECK(scale(1) == Approx(100));
    CHECK(scale(2) == Approx(-1e5));     // the user's unit before the map's; the map's polarity is the same as the user's
    CHECK(scale(3) == Approx(1e5));
    CHECK(scale(4) == Approx(-0.1));
    for (int i = 0; i < 4; ++i) CHECK(r.channels[static_cast<std::size_t>(i)].unit == "uV");
    CHECK(changes_text(r.channels[0]) == "unit: uV (given); inverted (given)");
    CHECK(changes_text(r.channels[4]) == "inverted (map)");
    CHECK(findings[0].repair == "taken as mV, as the user says");
    auto again = recording_of({{"a", "mV"}});
    CHECK_THROWS_AS(change_channels(again, {}, {{"a", "uV"}, {"a", "mV"}}, {}, findings), UsageError);
    CHECK_THROWS_AS(change_channels(again, {}, {{"x", "uV"}}, {}, findings), UsageError);
    CHECK_THROWS_AS(change_channels(again, {}, {}, {"x"}, findings), UsageError);
    CHECK(parse_unit_choice("a=b=mV").label == "a=b");
    for (const char* bad : {"", "a", "a=", "=uV", "a=kV", "a=MV", "a=uV "}) CHECK_THROWS_AS(parse_unit_choice(bad), UsageError);
}

TEST_CASE("a derived channel goes before those of the file") {
    auto r = recording_of({{"LAT1", "uV"}, {"LAT2", "uV"}, {"C4-M1", "uV"}});
    Channel made = r.channels[0];
    made.index = 3;
    made.label = "EMG LAT";
    made.unit_text.clear();
    made.terms = {{0, 1}, {1, -1}};
    made.changes = {{"derived", "LAT1-LAT2", "given"}};
    CHECK(chosen(r, Role::leg_left, {}).empty());
    r.channels.push_back(made);
    CHECK(chosen(r, Role::leg_left, {}) == "EMG LAT:token");
    CHECK(chosen(r, Role::chin, {}, {{Role::chin, "EMG LAT"}}) == "EMG LAT:user");
}

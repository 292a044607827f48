// Tests of channels derived by arithmetic of labels.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/derivation.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::io;

namespace {

Recording recording_of(const std::vector<std::string>& labels) {
    Recording r;
    for (const auto& label : labels) {
        Channel c;
        c.index = static_cast<int>(r.channels.size());
        c.label = label;
        c.unit = "uV";
        c.rate = SampleRate::hertz(200);
        c.calibration = Calibration{0.5, 3};
        r.channels.push_back(c);
    }
    return r;
}

Channel derive(const Recording& r, const std::string& expression, Findings* findings = nullptr) {
    Findings own;
    return derive_channel(r, {"new", expression}, 50, findings ? *findings : own);
}

// "1*C4 -0.5*M1", in the order of the channels.
std::map<std::string, double> weights(const Recording& r, const std::string& expression, Findings* findings = nullptr) {
    std::map<std::string, double> all;
    for (const DerivedTerm& t : derive(r, expression, findings).terms) all["#" + std::to_string(t.channel)] = t.factor;
    return all;
}
using W = std::map<std::string, double>;

std::string refusal(const Recording& r, const std::string& expression) {
    try {
        derive(r, expression);
    } catch (const UsageError& e) {
        return e.what();
    }
    return "not refused";
}

}  // namespace

TEST_CASE("expressions become weighted sums of channels") {
    const auto r = recording_of({"C3", "M1", "M2", "C4-Ref", "M1-Ref", "EMG 1.", "EMG 2."});
    CHECK(weights(r, "C3") == W{{"#0", 1}});
    CHECK(weights(r, "C3-M2") == W{{"#0", 1}, {"#2", -1}});
    CHECK(weights(r, "  C3  -  M2 ") == W{{"#0", 1}, {"#2", -1}});
    CHECK(weights(r, "C3-(M1+M2)/2") == W{{"#0", 1}, {"#1", -0.5}, {"#2", -0.5}});
    CHECK(weights(r, "C3 - 0.5*M1 - M2*.5") == W{{"#0", 1}, {"#1", -0.5}, {"#2", -0.5}});
    CHECK(weights(r, "C4-Ref - M1-Ref") == W{{"#3", 1}, {"#4", -1}});
    CHECK(weights(r, "C4-Ref-M1-Ref") == W{{"#3", 1}, {"#4", -1}});
    CHECK(weights(r, "EMG 1. - EMG 2.") == W{{"#5", 1}, {"#6", -1}});
    CHECK(weights(r, "'EMG 1.'-\"EMG 2.\"") == W{{"#5", 1}, {"#6", -1}});
    CHECK(weights(r, "#0-#2") == W{{"#0", 1}, {"#2", -1}});
    CHECK(weights(r, "-C3") == W{{"#0", -1}});
    CHECK(weights(r, "- -C3 + +M1") == W{{"#0", 1}, {"#1", 1}});
    CHECK(weights(r, "-(C3-M1)*2") == W{{"#0", -2}, {"#1", 2}});
    CHECK(weights(r, "C3-M1-M2") == W{{"#0", 1}, {"#1", -1}, {"#2", -1}});          // from left to right
    CHECK(weights(r, "C3/2/2*3") == W{{"#0", 0.75}});
    CHECK(weights(r, "C3-(M1-(M2-C4-Ref))") == W{{"#0", 1}, {"#1", -1}, {"#2", 1}, {"#3", -1}});
    CHECK(weights(r, "(1+3)/2*C3") == W{{"#0", 2}});
    CHECK(weights(r, "C3+C3-M1") == W{{"#0", 2}, {"#1", -1}});
}

TEST_CASE("the longest label wins, and what could be read differently is told") {
    const auto r = recording_of({"A", "B", "A-B", "1", "2", "1-2", "C", "B - C"});
    Findings findings;
    CHECK(weights(r, "A-B", &findings) == W{{"#2", 1}});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == FindingCode::CHANNEL_AMBIGUOUS);
    CHECK(findings[0].message.find("'A-B' is read as the channel") != std::string::npos);
    findings.clear();
    CHECK(weights(r, "'A'-'B'", &findings) == W{{"#0", 1}, {"#1", -1}});
    CHECK(weights(r, "A- B", &findings) == W{{"#0", 1}, {"#1", -1}});
    CHECK(weights(r, "'A-B'", &findings) == W{{"#2", 1}});
    CHECK(findings.empty());
    CHECK(weights(r, "A-B - C", &findings) == W{{"#2", 1}, {"#6", -1}});  // could be A minus "B - C"
    CHECK(findings.size() == 1);
    findings.clear();
    CHECK(weights(r, "1-2", &findings) == W{{"#5", 1}});
    CHECK(findings.size() == 1);
    findings.clear();
    CHECK(weights(r, "A/2", &findings) == W{{"#0", 0.5}});  // a number, though a channel has this label
    CHECK(findings.size() == 1);
    CHECK(weights(r, "'1'-'2'") == W{{"#3", 1}, {"#4", -1}});
    CHECK(refusal(r, "A-2").find("a number is added to a channel") != std::string::npos);  // never channel 2
    CHECK(refusal(r, "1+2").find("names no channel") != std::string::npos);
    CHECK(refusal(recording_of({"LAT", "RAT"}), "LAT1-RAT").find("at character 1") != std::string::npos);  // no prefix
    CHECK(refusal(recording_of({"LAT", "RAT"}), "lat-RAT").find("at character 1") != std::string::npos);   // same case
}

TEST_CASE("hostile expressions are refused with the place") {
    const auto r = recording_of({"C3", "M1", "same", "same"});
    for (const std::string& bad : std::vector<std::string>{
             "C3-", "-", "*C3", "C3 M1", "C3--", "(C3", "C3)", "()", "(C3-M1))", "C3(M1)", "C3*M1", "C3/M1", "C3/0", "1/0", "C3/(2-2)",
             "C3+1", "C3-C3", "C3*0", "5", "C5", "'C3", "\"C3'", "''", "#", "#9", "#-1", "#0x", "#99999999999999999999", "C3*1e3", "C3*0x10",
             "C3*nan", "C3*inf", "C3*99999999", "C3*0.0000000001", "C3^2", "C3,M1", "C3;M1", "same-C3", "C3 \xE2\x88\x92 M1",
             "C3*" + std::string(400, '9'), std::string(33, '(') + "C3" + std::string(33, ')'), "0.1*C3+0.2*C3-0.3*C3+M1"}) {
        INFO(bad);
        const std::string message = refusal(r, bad);
        CHECK(message.find("--derive 'new=") == 0);
    }
    CHECK(refusal(r, "C3)").find("at character 3") != std::string::npos);
    CHECK(refusal(r, "same-C3").find("#2 or #3") != std::string::npos);
    std::string sum = "C3";
    for (int i = 0; i < 150; ++i) sum += "+C3";
    CHECK(refusal(r, sum).find("100 operands") != std::string::npos);
    CHECK(weights(r, std::string(32, '(') + "C3" + std::string(32, ')')) == W{{"#0", 1}});
    CHECK(weights(r, std::string(900, '-') + "C3") == W{{"#0", 1}});
}

TEST_CASE("rates, units and calibrations must fit; the step is the sum of the steps") {
    auto r = recording_of({"a", "b", "fast", "mmHg", "bare", "new"});
    r.channels[1].calibration = Calibration{-2, 0};
    r.channels[2].rate = SampleRate(200, 700'000'000);
    r.channels[3].unit = "mmHg";
    r.channels[4].calibration.reset();
    CHECK(refusal(r, "a").find("already") != std::string::npos);  // the name is taken
    r.channels.pop_back();
    const std::string rates = refusal(r, "a-fast");
    CHECK(rates.find("200 Hz") != std::string::npos);
    CHECK(rates.find("285.7142857142857 Hz") != std::string::npos);
    CHECK(refusal(r, "a-mmHg").find("not known to be in volts") != std::string::npos);
    CHECK(refusal(r, "a-bare").find("no usable calibration") != std::string::npos);
    const Channel c = derive(r, "(a-b)/2");
    CHECK(c.calibration->scale == Approx(1.25));  // 0.5 / 2 + 2 / 2
    CHECK(c.unit == "uV");
    CHECK(c.index == 50);
    CHECK(c.rate == SampleRate::hertz(200));
    CHECK(changes_text(c) == "derived: (a-b)/2");
    r.channels.push_back(c);  // another may build on it
    Findings findings;
    const Channel d = derive_channel(r, {"next", "a-new*2"}, 51, findings);
    REQUIRE(d.terms.size() == 1);  // a - (a - b) is b
    CHECK(d.terms[0].channel == 1);
    CHECK(d.terms[0].factor == 1);
}

TEST_CASE("derivations are cut at the first equals sign") {
    CHECK(parse_derivation(" EMG LAT = LAT1-LAT2 ").name == "EMG LAT");
    CHECK(parse_derivation(" EMG LAT = LAT1-LAT2 ").expression == "LAT1-LAT2");
    CHECK(parse_derivation("x=a=b").expression == "a=b");
    for (const std::string& bad : std::vector<std::string>{"", "x", "=", "x=", "=a", " = ", "x=a\nb", std::string("x=a\0b", 5), "x\t=a", "x=\xE9",
                                                           std::string(81, 'n') + "=a", "x=" + std::string(1001, 'a')}) {
        INFO(bad);
        CHECK_THROWS_AS(parse_derivation(bad), UsageError);
    }
}

// Tests of the hypnogram reader.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/hypnogram_reader.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Recording recording_of(Time duration) {
    Recording r;
    if (duration > 0s) r.segments = {{0s, duration}};
    return r;
}

std::string stages(const Hypnogram& h) {
    std::string s;
    for (Stage stage : h.stages) s += (s.empty() ? "" : " ") + std::string(stage_name(stage));
    return s;
}

std::string read(const std::string& text, Time duration, Findings& findings) {
    return stages(read_hypnogram(text, "h", recording_of(duration), findings));
}
// Without findings.
std::string read(const std::string& text, Time duration) {
    Findings findings;
    const std::string s = read(text, duration, findings);
    CHECK(findings.empty());
    return s;
}
std::string refusal(const std::string& text) {
    Findings findings;
    try {
        read_hypnogram(text, "h", recording_of(3min), findings);
    } catch (const DataError& e) {
        return e.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("one stage per line") {
    CHECK(read("W\nN1\nN2\nN3\nR\n?\n", 3min) == "W N1 N2 N3 R ?");
    CHECK(read("# scorer A\r\nSleep stage W\r\nSleep stage 1\r\nREM\r\n", 90s) == "W N1 R");
    CHECK(read("0\n1\n2\n3\n4\n5\n", 3min) == "W N1 N2 N3 N3 R");
    CHECK(read("0\n1\n2\n3\n", 2min) == "W N1 N2 N3");
    CHECK(read("W\nN2", 0s) == "W N2");  // a recording of unknown length
}

TEST_CASE("tables of stages") {
    CHECK(read("epoch,onset_s,stage\n1,0,W\n2,30,N2\n3,60,R\n", 90s) == "W N2 R");
    CHECK(read("epoch\tonset\tduration\tstage\n0\t0\t30\tW\n1\t30.000\t30\tN1\n", 60s) == "W N1");
    CHECK(read("onset duration stage\n0 60 W\n60 30 N2\n", 90s) == "W W N2");
    CHECK(read("start;stop;stage\n0;60;W\n60;90;4\n90;120;5\n", 2min) == "W W N3 R");
    CHECK(read("epoch,stage\n0,W\n1,N2\n", 60s) == "W N2");
    CHECK(read("epoch,stage\n1,W\n2,N2\n", 60s) == "W N2");
    CHECK(read("stage\nSleep stage W\nSleep stage R\n", 60s) == "W R");
    CHECK(read("duration,stage\n90,N2\n30,R\n", 2min) == "N2 N2 N2 R");
    CHECK(read("onset,duration,description\n0,30,Sleep stage W\n", 30s) == "W");
}

TEST_CASE("the output of psg-stage with its probabilities") {
    Findings findings;
    const auto h = read_hypnogram(
        "epoch\tonset\tduration\tstage\tp_w\tp_n1\tp_n2\tp_n3\tp_r\tmore\n"
        "0\t0\t30\tW\t0.9\t0.1\t0\t0\t0\tx\n1\t30\t30\t?"
        "\tnan\tnan\tnan\tnan\tnan\tx\n2\t60\t30\tN2\t0\t0\t1\t0\t0\tx\n",
        "h", recording_of(90s), findings);
    CHECK(findings.empty());
    CHECK(stages(h) == "W ? N2");
    CHECK(h.source == "model");
    REQUIRE(h.probabilities.size() == 3);
    CHECK(h.probabilities[0][0] == 0.9);
    CHECK(std::isnan(h.probabilities[1][4]));
    CHECK(h.probabilities[2][2] == 1);
}

TEST_CASE("gaps and lengths are told") {
    Findings findings;
    CHECK(read("onset,stage\n30,W\n60,N2\n120,R\n", 150s, findings) == "? W N2 ? R");
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == FindingCode::HYPNOGRAM_LENGTH);
    CHECK_THAT(findings[0].message, Contains("leaves out 2 epochs"));

    findings.clear();
    CHECK(read("W\nW\n", 130s, findings) == "W W ? ?");
    REQUIRE(findings.size() == 1);
    CHECK_THAT(findings[0].message, Contains("only 2 epochs"));

    findings.clear();
    CHECK(read("W\nW\nN1\n", 40s, findings) == "W W");
    CHECK(findings.size() == 1);

    CHECK(read("W\nN1\n", 65s) == "W N1");         // the last epoch is recorded only in part
    CHECK(read("W\nN1\nN2\n", 65s) == "W N1 N2");  // and may be scored
}

TEST_CASE("hypnograms that cannot be understood are refused with the line") {
    CHECK_THAT(refusal(""), Contains("empty"));
    CHECK_THAT(refusal("W\nX9\n"), Contains("h line 2") && Contains("'X9'"));
    CHECK_THAT(refusal("W N1 N2\n"), Contains("no column of sleep stages"));
    CHECK_THAT(refusal("0,30,W\n"), Contains("no column of sleep stages"));
    CHECK_THAT(refusal("onset,stage\n0,W\n30,fast asleep\n"), Contains("h line 3") && Contains("fast asleep"));
    CHECK_THAT(refusal("onset,stage\n15,W\n50,N1\n"), Contains("h line 3") && Contains("last 35 s"));
    CHECK_THAT(refusal("onset,stage\n-30,W\n"), Contains("another night"));
    CHECK_THAT(refusal("onset,stage\n180,W\n"), Contains("another night"));
    CHECK_THAT(refusal("onset,duration,stage\n0,20,W\n20,20,N1\n"),
               Contains("h line 3") && Contains("starts at 0 s would have two stages, W and N1"));
    CHECK_THAT(refusal("onset,duration,stage\n0,0,W\n"), Contains("no duration"));
    CHECK_THAT(refusal("onset,duration,stage\n0,60,W\n30,30,N1\n"), Contains("h line 3") && Contains("above it ends"));
    CHECK_THAT(refusal("onset,stage\n30,W\n0,N1\n"), Contains("h line 3"));
    CHECK_THAT(refusal("onset,stage\n0,W\n60,N1\n120,N2\n"), Contains("last 60 s"));
    CHECK_THAT(refusal("onset,duration,stage\n0,1e11,W\n"), Contains("h line 2"));
    CHECK_THAT(refusal("onset,duration,stage\n2592000,30,W\n"), Contains("month"));
    CHECK_THAT(refusal("onset,stage\nnan,W\n"), Contains("h line 2"));
    CHECK_THAT(refusal("epoch,stage\n5,W\n"), Contains("from 0 or 1"));
    CHECK_THAT(refusal("epoch,stage\n0,W\nx,W\n"), Contains("h line 3"));
    CHECK_THAT(refusal("epoch,stage\n0,W\n0,W\n"), Contains("h line 3"));
    CHECK_THAT(refusal("epoch,stage\n"), Contains("no epochs"));
    CHECK_THAT(refusal("stage,p_w,p_n1,p_n2,p_n3,p_r\nW,a,0,0,0,0\n"), Contains("h line 2"));
    CHECK_THAT(refusal("0\n1\n2\n3\n4\n"), Contains("4 can be stage 4 or REM"));
    CHECK_THAT(refusal("epoch,stage\n0,0\n1,4\n"), Contains("4 can be stage 4 or REM"));
}

TEST_CASE("reference hypnograms are read") {
    const auto check = [](const std::string& path, std::size_t epochs, Stage first) {
        Findings findings;
        const auto h =
            read_hypnogram(read_text_file(path), "h", recording_of(30s * static_cast<std::int64_t>(epochs)), findings);
        CHECK(findings.empty());
        CHECK(h.stages.size() == epochs);
        CHECK(h.stages[0] == first);
        CHECK(std::find(h.stages.begin(), h.stages.end(), Stage::R) != h.stages.end());
    };
    PSG_REFERENCE_OR_SKIP(main256, "movements/main256/hypnogram.csv");
    check(main256, 960, Stage::W);
    PSG_REFERENCE_OR_SKIP(ucddb, "staging/ucddb018/hypnogram.tsv");
    check(ucddb, 822, Stage::W);
    PSG_REFERENCE_OR_SKIP(yasa, "staging/ucddb018/yasa_eeg.tsv");
    check(yasa, 822, Stage::W);
    PSG_REFERENCE_OR_SKIP(sim8h, "staging/yasa/sim8h_hypnogram.tsv");
    check(sim8h, 960, Stage::W);
}

TEST_CASE("nothing moves the epochs silently") {
    const auto refused = [](const std::string& text) -> std::string {
        psg::Findings findings;
        try {
            psg::io::read_hypnogram(text, "h", {}, findings);
        } catch (const psg::DataError& e) {
            return e.what();
        }
        return "accepted";
    };
    CHECK(refused("W\nN1\n\nN2\n").find("h line 3") == 0);
    CHECK(refused("W\nN1\n# pause\nN2\n").find("h line 3") == 0);
    CHECK(refused("# scorer A\nW\nN1\n\n") == "accepted");
    CHECK(refused("time\tstage\n23:10:00\tW\n23:10:30\tN1\n").find("column 'time'") != std::string::npos);
    CHECK(refused("time\tonset\tstage\n23:10:00\t0\tW\n23:10:30\t30\tN1\n") == "accepted");
}

TEST_CASE("epochs of another grid are kept, converted exactly, or refused") {
    const auto of = [](const std::string& text, psg::Time duration, psg::Findings& findings) {
        psg::Recording r;
        r.segments = {{psg::Time(0), duration}};
        return psg::io::read_hypnogram(text, "h", r, findings);
    };
    Findings findings;
    auto h = of("onset,stage\n12,W\n42,N1\n72,N2\n", 102s, findings);  // shifted by 12 s
    CHECK(stages(h) == "W N1 N2");
    CHECK(h.start == 12s);
    CHECK(h.at(11s) == Stage::unknown);
    CHECK(h.at(12s) == Stage::W);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == FindingCode::HYPNOGRAM_EPOCHS);
    CHECK_THAT(findings[0].message, Contains("shifted by 12 s"));

    findings.clear();
    h = of("onset,stage\n-48,W\n-18,W\n12,N1\n42,N2\n", 72s, findings);  // begins before the recording
    CHECK(stages(h) == "N1 N2");
    CHECK(h.start == 12s);
    CHECK(findings.size() == 2);
    CHECK_THAT(findings[1].message, Contains("2 epochs lie before"));

    findings.clear();
    CHECK(stages(of("onset,duration,stage\n0,60,W\n60,90,N2\n", 150s, findings)) == "W W N2 N2 N2");  // stretches of one stage
    CHECK(findings.empty());
    CHECK(stages(of("onset,duration,stage\n0,60,W\n60,60,N2\n120,60,N2\n180,30,N1\n", 210s, findings)) == "W W N2 N2 N2 N2 N1");  // epochs of 60 s
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == FindingCode::HYPNOGRAM_EPOCHS);
    CHECK_THAT(findings[0].message, Contains("epochs of 60 s"));
    findings.clear();

    // 20-s epochs of which every three are of one stage, then a last one that the recording cuts
    CHECK(stages(of("onset,duration,stage\n0,20,W\n20,20,W\n40,20,W\n60,20,N1\n80,20,N1\n100,20,N1\n", 2min, findings)) ==
          "W W N1 N1");
    REQUIRE(findings.size() == 1);
    CHECK_THAT(findings[0].message, Contains("not in epochs of 30 s"));

    findings.clear();
    CHECK(stages(of("onset,duration,stage\n0,30,W\n30,17,N1\n", 47s, findings)) == "W N1");  // ends with the recording
    CHECK(findings.empty());
    CHECK(stages(of("onset,duration,stage\n0,30,W\n30,17,N1\n", 90s, findings)) == "W ? ?");
    CHECK(findings.size() == 2);

    // epochs that are not scored, after the end, are not worth telling
    findings.clear();
    CHECK(stages(of("onset,duration,stage\n0,60,W\n60,600,?\n", 1min, findings)) == "W W");
    CHECK(findings.empty());

    // a line each in 20-s epochs
    std::string lines;
    for (int i = 0; i < 45; ++i) lines += "N2\n";
    CHECK_THROWS_WITH(of(lines, 15min, findings), Contains("epochs of 20 s and 30 s are needed"));
}

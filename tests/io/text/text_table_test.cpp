// Tests of the reader of small text tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/text/text_table.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("lines end in every way, comments and blank lines are left out") {
    const auto lines = text_lines(
        "\xEF\xBB\xBF"
        "a\r\n\n# no\n  # no\rb\n \t\nc",
        "f");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].text == "a");
    CHECK(lines[1].text == "b");
    CHECK(lines[1].number == 5);
    CHECK(lines[2].text == "c");
    CHECK(lines[2].number == 7);
    CHECK(text_lines("", "f").empty());
    CHECK(text_lines("\n\n", "f").empty());
}

TEST_CASE("what is no text is refused with the line") {
    CHECK_THROWS_WITH(text_lines(std::string_view("a\nb\0c", 5), "f.tsv"), Contains("f.tsv line 2") && Contains("NUL"));
    CHECK_THROWS_WITH(text_lines(std::string_view("\xFF\xFE"
                                                  "a\0",
                                                  4),
                                 "f"),
                      Contains("UTF-16"));
    CHECK_THROWS_WITH(text_lines("ok\n" + std::string(70000, 'x'), "f"), Contains("f line 2") && Contains("65536"));
    CHECK_NOTHROW(text_lines(std::string(65536, 'x'), "f"));
    std::string many;
    for (int i = 0; i < 2'000'001; ++i) many += "x\n";
    CHECK_THROWS_WITH(text_lines(many, "f"), Contains("2 million"));
}

TEST_CASE("tables are separated by what the first line has") {
    for (const char* text : {"onset,dur,what\n1,2,x y\n", "onset;dur;what\r\n1;2;x y", "onset\tdur\twhat\n1\t2\tx y\n",
                             " onset , dur , what \n 1 , 2 , \"x y\" \n", "onset dur  what\n  1   2 \"x y\"  \n"}) {
        INFO(text);
        const TextTable t(text, "f");
        REQUIRE(t.row_count() == 1);
        CHECK(t.columns() == std::vector<std::string>{"onset", "dur", "what"});
        CHECK(t.seconds(0, 0) == 1s);
        CHECK(t.text(0, 2) == "x y");
    }
    const TextTable one("Stage\nSleep stage W, artefact\n", "f");
    CHECK(one.text(0, 0) == "Sleep stage W, artefact");
    const TextTable units("Onset [s],Duration (s),Type/Class\n1,2,3\n", "f");
    CHECK(units.columns() == std::vector<std::string>{"onset_s", "duration_s", "type_class"});
    CHECK(column_name("Début [s]") == "debut_s");
}

TEST_CASE("quoted and empty fields") {
    const TextTable t("a,b,c\n\"x, \"\"y\"\"\",,\n,\"\",z\n", "f");
    REQUIRE(t.row_count() == 2);
    CHECK(t.text(0, 0) == "x, \"y\"");
    CHECK(t.text(0, 1).empty());
    CHECK(t.text(0, 2).empty());
    CHECK(t.text(1, 1).empty());
    CHECK(t.text(1, 2) == "z");
    CHECK_THROWS_WITH(TextTable("a,b\n\"x,1\n", "f"), Contains("f line 2") && Contains("not closed"));
    CHECK_THROWS_WITH(TextTable("a,b\n\"x\"y,1\n", "f"), Contains("closing quote"));
    const TextTable latin1("a,b\n\xE9t\xE9,1\n", "f");
    CHECK(latin1.text(0, 0) == "\u00e9t\u00e9");
}

TEST_CASE("malformed tables are refused with line and reason") {
    CHECK_THROWS_WITH(TextTable("", "f.csv"), Contains("f.csv") && Contains("empty"));
    CHECK_THROWS_WITH(TextTable("a,b\n1,2\n1\n", "f"), Contains("f line 3") && Contains("1 field(s)"));
    CHECK_THROWS_WITH(TextTable("a,b\n# c\n1,2,3\n", "f"), Contains("f line 3"));
    CHECK_THROWS_WITH(TextTable("onset,Onset\n1,2\n", "f"), Contains("'onset'"));
    CHECK_NOTHROW(TextTable("a,,\n1,2,3\n", "f"));
}

TEST_CASE("numbers are exact or refused") {
    const TextTable t("a;b\n0.1;nan\n-3;1e3\n1 5;x\nnan;inf\n0.0000014;n/a\n;0x10\n", "f");
    CHECK(t.seconds(0, 0) == 100ms);
    CHECK(std::isnan(t.number(0, 1)));
    CHECK(t.seconds(1, 0) == -3s);
    CHECK(t.number(1, 1) == 1000);
    CHECK_THROWS_WITH(t.seconds(2, 0), Contains("f line 4") && Contains("'1 5'") && Contains("decimal point"));
    CHECK_THROWS_AS(t.number(2, 1), DataError);
    CHECK_THROWS_AS(t.seconds(3, 0), DataError);
    CHECK_THROWS_AS(t.number(3, 1), DataError);
    CHECK(t.seconds(4, 0) == 1us);
    CHECK(std::isnan(t.number(4, 1)));
    CHECK_THROWS_AS(t.seconds(5, 0), DataError);
    CHECK_THROWS_AS(t.number(5, 1), DataError);
}

TEST_CASE("a comma is a decimal sign where nothing else is possible") {
    CHECK(TextTable("a;b\n1,5;2\n-0,25;3\n1,234;1\n", "f").seconds(2, 0) == 1234ms);
    CHECK(TextTable("a\tb\n1,5\t2\n1,234\t1\n", "f").seconds(1, 0) == 1234ms);  // 1,5 shows it
    CHECK(TextTable("a\tb\n0,125\t2\n", "f").seconds(0, 0) == 125ms);            // no thousands begin with 0
    CHECK_THROWS_WITH(TextTable("a\tb\n1,234\t2\n", "f").seconds(0, 0), Contains("thousands"));
    CHECK_THROWS_WITH(TextTable("a;b\n1,5;2\n1.234;3\n", "f").seconds(1, 0), Contains("f line 3") && Contains("points and with commas"));
    CHECK_THROWS_WITH(TextTable("a,b\n\"1,5\",2\n", "f").seconds(0, 0), Contains("'1,5'"));
    CHECK_THROWS_AS(TextTable("a,b\n1e12,2\n", "f").seconds(0, 0), DataError);  // sums could overflow
}

// Far nights and the page of a cohort made by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/cohort_report.hpp"

#include <cmath>

using namespace psg::report;

static CohortReport hand_made() {
    CohortReport cohort;
    cohort.title = "<c>";
    for (const char* id : {"a", "b", "c", "d", "e", "f/<g>"}) cohort.nights.push_back({id, "", "", ""});
    //  quartiles 1 and 3: beyond -2 and 6 is far, -2 and 6 themselves are not
    cohort.measures = {{"one", "1/h", "a rule", {-2, 6, 6.1, -2.1, 2, NAN}, 1, 2, 3, 5}, {"few", "min", "", {0, 0, 0, 100, NAN, NAN}, 0, 0, 1, 4}, {"none", "", "", std::vector<double>(6, NAN), NAN, NAN, NAN, 0},
                       {"equal", "", "", {1, 1, 1, 1, 1, 7}, 1, 1, 1, 6}};
    cohort.prevalence = {{"one", "nights", 3, 5, 0.6, 0.23, 0.88}, {"two", "nights", 0, 0, NAN, NAN, NAN}};
    return cohort;
}

TEST_CASE("cohort report: far nights") {
    const auto found = outliers(hand_made());
    REQUIRE(found.size() == 2);
    CHECK((found[0].night == 2 && found[0].measure == 0));
    CHECK((found[1].night == 3 && found[1].measure == 0));
}

TEST_CASE("cohort report: page and pictures") {
    const CohortReport cohort = hand_made();
    const std::string html = cohort_html(cohort);
    CHECK(html.find("<a href=\"./f%2F%3Cg%3E.html\">f/&lt;g&gt;</a>") != std::string::npos);
    CHECK(html.find("script-src 'none'") != std::string::npos);
    CHECK(html.find("<c>") == std::string::npos);
    CHECK(cohort_picture(cohort, PictureFormat::png).substr(0, 4) == "\x89PNG");
    CHECK(cohort_picture(CohortReport{}, PictureFormat::pdf).substr(0, 5) == "%PDF-");
}

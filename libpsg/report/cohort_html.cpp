// The page of a cohort.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

#include "libpsg/report/cohort_report.hpp"
#include "libpsg/report/page.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::report {

namespace {

constexpr std::size_t max_rows = 2000;

std::string night_link(const CohortNightName& night) {
    return fmt::format("<a href=\"./{}.html\">{}</a>", escape_url(night.id), escape_html(night.id));
}

// Tens of thousands of points are smaller as pixels than as elements of an SVG.
std::string figure(double height, const std::string& words, bool as_pixels, const std::function<void(Canvas&, const Box&)>& draw) {
    const double width = 520;
    const std::string bytes = draw_sheets(as_pixels ? PictureFormat::png : PictureFormat::svg, width, height, 1, 3,
                                          [&](Canvas& canvas, std::size_t) { draw(canvas, {0, 0, width, height}); });
    return "<figure>" + image_html(bytes, as_pixels ? "image/png" : "image/svg+xml", words, 1000, static_cast<int>(std::lround(1000 * height / width))) + "</figure>\n";
}

std::string measures_html(const CohortReport& cohort) {
    std::string html = "<div class=scroll tabindex=0><table><thead><tr><th scope=col>measure</th><th scope=col>unit</th><th scope=col class=n>nights</th>"
                       "<th scope=col class=n>lower quartile</th><th scope=col class=n>median</th><th scope=col class=n>upper quartile</th></tr></thead><tbody>\n";
    for (const CohortMeasure& m : cohort.measures)
        html += fmt::format("<tr><th scope=row>{}</th><td>{}</td><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td></tr>\n", escape_html(m.name), escape_html(m.unit),
                            m.known, rate_text(m.q1), rate_text(m.median), rate_text(m.q3));
    return html + "</tbody></table></div>\n";
}

std::string outliers_html(const CohortReport& cohort) {
    const auto found = outliers(cohort);
    if (found.empty()) return "<p class=words>None.</p>\n";
    std::string html = "<div class=\"scroll tall\" tabindex=0><table>";
    if (found.size() > max_rows) html += fmt::format("<caption>The first {} of {}.</caption>", max_rows, found.size());
    html += "<thead><tr><th scope=col>night</th><th scope=col>person</th><th scope=col>measure</th><th scope=col class=n>value</th><th scope=col>unit</th>"
            "<th scope=col class=n>lower to upper quartile</th></tr></thead><tbody>\n";
    for (std::size_t i = 0; i < std::min(found.size(), max_rows); ++i) {
        const CohortMeasure& m = cohort.measures[found[i].measure];
        const CohortNightName& night = cohort.nights[found[i].night];
        html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=n>{}</td><td>{}</td><td class=n>{} to {}</td></tr>\n", night_link(night), escape_html(night.person),
                            escape_html(m.name), rate_text(m.values[found[i].night]), escape_html(m.unit), rate_text(m.q1), rate_text(m.q3));
    }
    return html + "</tbody></table></div>\n";
}

std::string nights_html(const CohortReport& cohort) {
    std::string html = "<div class=\"scroll tall\" tabindex=0><table>";
    if (cohort.nights.size() > max_rows) html += fmt::format("<caption>The first {} of {} nights; psg-stats --events has all.</caption>", max_rows, cohort.nights.size());
    html += "<thead><tr><th scope=col>night</th><th scope=col>person</th><th scope=col>night of the person</th><th scope=col>visit</th>";
    for (const CohortMeasure& m : cohort.measures) html += "<th scope=col class=n>" + escape_html(m.name) + " <span class=unit>" + escape_html(m.unit) + "</span></th>";
    html += "</tr></thead><tbody>\n";
    for (std::size_t i = 0; i < std::min(cohort.nights.size(), max_rows); ++i) {
        const CohortNightName& n = cohort.nights[i];
        html += fmt::format("<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td>{}</td>", night_link(n), escape_html(n.person), escape_html(n.night), escape_html(n.visit));
        for (const CohortMeasure& m : cohort.measures) html += "<td class=n>" + rate_text(m.values[i]) + "</td>";
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string prevalence_words(const CohortReport& cohort) {
    std::string words = "Share with at least one event, and Wilson's 95 % interval:";
    for (const CohortShare& s : cohort.prevalence)
        words += fmt::format(" {} {} of {} {} ({} to {} %);", s.name, s.positive, s.all, s.counted, number_text(std::round(100 * s.low)), number_text(std::round(100 * s.high)));
    words.back() = '.';
    return words;
}

}  // namespace

std::string cohort_html(const CohortReport& cohort) {
    std::set<std::string> persons;
    for (const CohortNightName& n : cohort.nights) persons.insert(n.person);
    std::string html = "<header>\n<h1>" + escape_html(cohort.title) + "</h1>\n";
    html += fmt::format("<p class=soft>{} nights{}.</p>\n", cohort.nights.size(),
                        cohort.persons_known ? fmt::format(" of {} persons", persons.size()) : "; the file does not tell whose they are, so each counts as a person of its own");
    html += fmt::format("<div class=notice role=note><p>{}Nothing here is a diagnosis.</p>", cohort.simulated ? "Signals of some nights are simulated: no such number is about a person. " : "");
    std::map<std::string, std::string> bases;
    for (const CohortMeasure& m : cohort.measures)
        if (!m.basis.empty()) bases[m.basis] += (bases[m.basis].empty() ? "" : ", ") + m.name;
    for (const auto& [basis, names] : bases) html += "<p>" + escape_html(names + ": " + basis) + ".</p>";
    html += "</div>\n<nav aria-label=\"Parts of the page\"><a href=\"#distributions\">Distributions</a><a href=\"#outliers\">Outliers</a><a href=\"#prevalence\">Prevalence</a>"
            "<a href=\"#nights\">Nights</a><a href=\"#tables\">Tables</a></nav>\n</header>\n<main>\n";
    html += "<section id=distributions><h2>Distributions over nights</h2>\n<p class=words>Each night is a point, the box is from the lower to the upper quartile, the dark line is the median; "
            "far nights are red and larger. Each row has a scale of its own, with its ends beside it. Movements: events of the whole night per hour in which one could have been found.</p>\n";
    html += figure(distributions_height(cohort), "Distribution of each measure over the nights; the numbers stand in the table below.", cohort.nights.size() > 100, [&](Canvas& c, const Box& box) { draw_distributions(c, cohort, box); });
    html += measures_html(cohort) + "</section>\n";
    html += "<section id=outliers><h2>Nights far from the others</h2>\n<p class=words>More than 1.5 times the distance of the quartiles below or above them (Tukey 1977), where five nights or more are "
            "known. A link leads to ID.html beside this page, as psg-report ID.h5 -o ID.html writes it.</p>\n" + outliers_html(cohort) + "</section>\n";
    html += "<section id=prevalence><h2>Prevalence</h2>\n";
    if (!cohort.prevalence.empty())
        html += "<p class=words>" + escape_html(prevalence_words(cohort)) + "</p>\n" +
                figure(prevalence_height(cohort), prevalence_words(cohort), false, [&](Canvas& c, const Box& box) { draw_prevalence(c, cohort, box); });
    for (const std::string& line : cohort.absent) html += "<p class=words>" + escape_html(line) + "</p>\n";
    html += "</section>\n<section id=nights><h2>Nights</h2>\n" + nights_html(cohort) + "</section>\n<section id=tables><h2>Tables</h2>\n";
    for (const ReportTable& t : cohort.tables) html += section_html(t, true);
    html += "</section>\n</main>\n<footer><p>Numbers are rounded; psg-stats --events prints them in full. Nothing here is a diagnosis.</p></footer>\n";
    return html_page({cohort.title, html, ""});
}

}  // namespace psg::report

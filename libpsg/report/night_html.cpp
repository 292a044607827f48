// The page of a night, section by section.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/night_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "libpsg/report/night_figures.hpp"
#include "libpsg/report/page.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::report {

namespace {

std::string sentence(const std::string& words, const char* kind = "words") {
    return fmt::format("<p class={}>{}</p>\n", kind, escape_html(words));
}

std::string svg_image(double width, double height, const std::string& words, double pixels, const std::function<void(Canvas&, const Box&)>& draw) {
    const std::string bytes = draw_sheets(PictureFormat::svg, width, height, 1, 1, [&](Canvas& canvas, std::size_t) { draw(canvas, {0, 0, width, height}); });
    return image_html(bytes, "image/svg+xml", words, static_cast<int>(pixels), static_cast<int>(std::lround(pixels * height / width)));
}

std::string head(const NightReport& night) {
    std::string words = fmt::format("{} h recorded", number_text(std::round(night.duration_s / 36) / 100));
    if (night.start_clock_s)
        words += fmt::format(", from {} to {}", moment_text(night, 0), moment_text(night, night.duration_s));
    else
        words += "; the file does not tell its time of day, so times are since its start";
    if (night.lights_off_s) words += ", lights off " + moment_text(night, *night.lights_off_s);
    if (night.lights_on_s) words += ", lights on " + moment_text(night, *night.lights_on_s);
    words += fmt::format(". Stages: {}. Tables made by libpsg {}.", night.hypnogram.source, night.version);
    std::string html = "<header>\n<h1>" + escape_html(night.title) + "</h1>\n" + sentence(words, "soft") + "<div class=notice role=note>";
    for (const std::string& line : worth_sentences(night)) html += "<p>" + escape_html(line) + "</p>";
    html += "</div>\n<nav aria-label=\"Parts of the page\"><a href=\"#summary\">Summary</a><a href=\"#plots\">The night</a><a href=\"#movements\">Movements</a>";
    if (!night.gallery.empty()) html += "<a href=\"#gallery\">Gallery</a>";
    return html + "<a href=\"#sleep\">Sleep</a><a href=\"#recording\">Recording</a><a href=\"#warnings\">Warnings" + (night.warnings.empty() ? "" : fmt::format(" ({})", night.warnings.size())) + "</a><a href=\"#parameters\">Parameters</a></nav>\n</header>\n";
}

// Minutes of each stage as one bar, with its numbers below it.
std::string stage_bar(const NightReport& night) {
    const Hypnogram& h = night.hypnogram;
    if (h.stages.empty()) return "";
    std::string bar = "<svg class=bar viewBox=\"0 0 1000 26\" preserveAspectRatio=\"none\" width=\"100%\" aria-hidden=\"true\">", words;
    double x = 0;
    for (const Stage s : {Stage::W, Stage::R, Stage::N1, Stage::N2, Stage::N3, Stage::unknown}) {
        const auto n = std::count(h.stages.begin(), h.stages.end(), s);
        if (n == 0) continue;
        const double width = 1000.0 * static_cast<double>(n) / static_cast<double>(h.stages.size());
        bar += fmt::format("<rect x=\"{:.2f}\" width=\"{:.2f}\" height=\"26\" fill=\"{}\"/>", x, width, colour_text(stage_colour(s)));
        words += fmt::format("<span><svg class=swatch aria-hidden=\"true\"><rect width=\"11\" height=\"11\" fill=\"{}\"/></svg>{} {} min ({} %)</span>", colour_text(stage_colour(s)),
                             s == Stage::unknown ? "not staged" : std::string(stage_name(s)), number_text(static_cast<double>(n) * seconds(h.epoch) / 60),
                             number_text(std::round(width) / 10));
        x += width;
    }
    return bar + "</svg><p class=\"soft key\">" + words + "</p>\n";
}

std::string summary(const NightReport& night) {
    std::string html = "<section id=summary><h2>Summary</h2>\n<ul class=tiles>";
    for (const KeyFigure& f : night.key_figures)
        html += fmt::format("<li title=\"{}\"><span class=name>{}</span><span class=value>{}</span><span class=unit>{}</span></li>\n", escape_html(f.formula),
                            escape_html(f.name), escape_html(f.value), escape_html(f.unit));
    return html + "</ul>\n" + stage_bar(night) + "</section>\n";
}

std::string row(const std::string& id, const std::string& kind, const std::string& side, const std::string& words) {
    return fmt::format("<div class=\"row {0}\">{1}<div class=\"plot {0}\" id=\"{2}\" tabindex=0 role=img aria-label=\"{3}\"></div></div>\n", kind, side, id, escape_html(words));
}

std::string side(const std::string& name, const std::string& words, const std::string& more = "") {
    return "<div class=side><strong>" + escape_html(name) + "</strong>" + escape_html(words) + more + "</div>";
}

std::string stage_key() {
    std::string key = "<div class=key>";
    for (const Stage s : {Stage::W, Stage::R, Stage::N1, Stage::N2, Stage::N3})
        key += fmt::format("<span><svg class=swatch aria-hidden=\"true\"><rect width=\"11\" height=\"11\" fill=\"{}\"/></svg>{}</span>", colour_text(stage_colour(s)), stage_name(s));
    return key + "</div>";
}

std::string plots(const NightReport& night) {
    std::string all_words = hypnogram_words(night) + " " + events_words(night);
    std::string html =
        "<section id=plots><h2>The night</h2>\n" + sentence(hypnogram_words(night)) + sentence(events_words(night)) +
        "<div class=tools role=toolbar aria-label=\"Shown time\"><button data-do=whole>Whole night</button><button data-do=in>Zoom in</button>"
        "<button data-do=out>Zoom out</button><button data-do=left aria-label=\"Earlier\">◀</button><button data-do=right aria-label=\"Later\">▶</button>"
        "<button data-do=previous>Previous event</button><button data-do=next>Next event</button><span class=window id=window></span>"
        "<span class=unseen id=said aria-live=polite></span>"
        "<div class=readout id=readout>Drag to zoom, with Shift to move, double click for the whole night. Keys: + − zoom, ← → move, 0 all, n p next and previous "
        "event (of the class pressed at the left, or of all).</div></div>\n";
    const bool band = !night.hypnogram.probabilities.empty();
    html += row("plot-stages", "tall", side("Sleep stages", night.hypnogram.source, stage_key()), hypnogram_words(night));
    if (band) html += row("plot-band", "low", side("Probabilities", "of the stages, W on top, then R, N1, N2, N3 (hypnodensity)"), "Probability of each stage in each epoch; the numbers stand in the table of epochs.");
    if (std::any_of(night.classes.begin(), night.classes.end(), [](const EventClass& c) { return c.count > 0; }))
        html += row("plot-events", "events", "<div class=\"side lanes\" id=lanes></div>", events_words(night));
    for (std::size_t k = 0; k < night.envelopes.size(); ++k) {
        const EnvelopeView& e = night.envelopes[k];
        all_words += " " + envelope_words(e);
        html += row(fmt::format("plot-envelope-{}", k), "low", side("EMG " + e.name, fmt::format("{}, {}, median (dark) and highest (light) of each {} s", e.label, e.unit, number_text(e.step_s))),
                    envelope_words(e));
    }
    if (night.spectrogram) {
        const auto [low, high] = spectrogram_range(*night.spectrogram);
        all_words += " " + spectrogram_words(*night.spectrogram);
        const std::string key = svg_image(120, 6, "colours from dark to bright", 120, [](Canvas& canvas, const Box& box) {
            std::vector<Colour> shades;
            for (int i = 0; i < 60; ++i) shades.push_back(viridis(i / 59.0));
            canvas.picture(box, shades.size(), 1, shades);
        });
        html += row("plot-spectrogram", "tall", side("Spectrogram", fmt::format("{}, Hz; {} to {} dB of {}", night.spectrogram->label, number_text(std::round(low)), number_text(std::round(high)), night.spectrogram->unit), key),
                    spectrogram_words(*night.spectrogram));
    }
    const auto lanes = static_cast<std::size_t>(std::count_if(night.classes.begin(), night.classes.end(), [](const EventClass& c) { return c.count > 0; }));
    if (lanes > max_lanes) html += sentence(fmt::format("{} further classes are not drawn; their events are in the list.", lanes - max_lanes));
    for (const std::string& line : night.absent) html += sentence(line);
    html += "<figure class=paper>" + svg_image(overview_width, overview_height(night), all_words, 1000, [&](Canvas& c, const Box& box) { draw_overview(c, night, box); }) + "</figure>\n";
    html += fmt::format("<details id=event-list class=screen><summary>Events as a table ({} rows)</summary></details>\n", night.events.size());
    html += fmt::format("<details id=epoch-list class=screen><summary>The numbers of these plots by epoch ({} rows)</summary></details>\n", night.hypnogram.stages.size());
    return html + "<noscript><p class=words>The interactive plots and their tables need scripts; psg-export NIGHT.h5 --to tsv prints the same numbers.</p></noscript></section>\n";
}

// Classes by stages: count and rate in one cell.
std::string counts_html(const NightReport& night) {
    std::vector<std::string> classes, stages;
    std::map<std::pair<std::string, std::string>, const StageCount*> cells;
    for (const StageCount& c : night.counts) {
        if (std::find(classes.begin(), classes.end(), c.event_class) == classes.end()) classes.push_back(c.event_class);
        if (std::find(stages.begin(), stages.end(), c.stage) == stages.end()) stages.push_back(c.stage);
        cells[{c.event_class, c.stage}] = &c;
    }
    if (classes.empty()) return sentence("No class of movements was looked for.");
    std::string html = "<div class=scroll tabindex=0><table class=cells><caption>Number of events, and in parentheses per hour in which one could have been found; –: no such time. "
                       "A leg movement that is part of another class is counted as that class alone (its measure scored is 0).</caption>"
                       "<thead><tr><th scope=col>class</th>";
    for (const std::string& s : stages) html += "<th scope=col class=n>" + escape_html(s) + "</th>";
    html += "</tr></thead><tbody>\n";
    for (const std::string& c : classes) {
        html += "<tr><th scope=row>" + escape_html(c) + "</th>";
        for (const std::string& s : stages) {
            const auto cell = cells.find({c, s});
            if (cell == cells.end())
                html += "<td class=n></td>";
            else
                html += fmt::format("<td class=\"n{}\">{} ({})</td>", cell->second->count ? "" : " none", cell->second->count, rate_text(cell->second->rate));
        }
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string movements(const NightReport& night) {
    std::string html = "<section id=movements><h2>Movements and other events</h2>\n" + counts_html(night);
    if (!night.intervals.empty())
        html += "<h3>Intervals between leg movements</h3><figure>" +
                svg_image(overview_width, 170, intervals_words(night), 780, [&](Canvas& c, const Box& box) { draw_intervals(c, night, box); }) + "<figcaption>" +
                escape_html(intervals_words(night)) + "</figcaption></figure>\n";
    for (const ReportTable& t : night.movement_tables) html += section_html(t, true);
    return html + "</section>\n";
}

std::string gallery(const NightReport& night) {
    if (night.gallery.empty()) return "";
    std::string html = "<section id=gallery><h2>Gallery: " + escape_html(night.gallery_class) + "</h2>\n";
    html += sentence(night.gallery.size() < night.gallery_events
                         ? fmt::format("{} of {} events, spread evenly over them. The event is shaded; numbers at the right are from the lowest to the highest value shown.", night.gallery.size(), night.gallery_events)
                         : "The event is shaded; numbers at the right are from the lowest to the highest value shown.");
    html += "<div class=gallery>\n";
    for (const Excerpt& e : night.gallery) {
        const std::string name = e.id + ", " + moment_text(night, e.onset_s);
        std::string words = fmt::format("{}: {} s before and {} s after its onset:", name, number_text(e.before_s), number_text(e.after_s));
        for (const Trace& t : e.traces) words += " " + t.name + " " + t.label + ",";
        words.back() = '.';
        html += fmt::format("<figure><canvas width=720 height={} role=img aria-label=\"{}\"></canvas><figcaption><strong>{}</strong> {}</figcaption></figure>\n",
                            static_cast<int>(e.traces.size()) * 80 + 34, escape_html(words), escape_html(name), escape_html(e.words));
    }
    return html + "</div></section>\n";
}

std::string tables(const std::string& id, const std::string& heading, const std::vector<ReportTable>& tables, bool folded) {
    std::string html = "<section id=" + id + "><h2>" + heading + "</h2>\n";
    for (const ReportTable& t : tables) html += section_html(t, folded);
    return html + "</section>\n";
}

std::string warnings(const NightReport& night) {
    std::string html = "<section id=warnings><h2>Warnings</h2>\n";
    if (night.warnings.empty()) return html + sentence("None.") + "</section>\n";
    html += "<div class=scroll tabindex=0><table><thead><tr><th scope=col>code</th><th scope=col>what</th><th scope=col>what was done</th></tr></thead><tbody>\n";
    for (const ReportWarning& w : night.warnings)
        html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", escape_html(w.code), escape_html(w.message), escape_html(w.repair));
    return html + "</tbody></table></div></section>\n";
}

}  // namespace

std::string night_html(const NightReport& night) {
    std::string body = head(night) + "<main>\n" + summary(night) + plots(night) + movements(night) + gallery(night);
    body += tables("sleep", "Sleep", night.sleep_tables, false) + tables("recording", "Recording", night.recording_tables, false) + warnings(night);
    body += tables("parameters", "Parameters and other tables", night.other_tables, true);
    body += "</main>\n<footer><p>Numbers are rounded; the HDF5 file has them in full. Nothing here is a diagnosis. Figures over time by dygraphs 2 (MIT licence).</p></footer>\n";
    return html_page({night.title, body, night_data(night)});
}

}  // namespace psg::report

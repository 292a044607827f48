// Distributions and prevalences of many nights, drawn.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "libpsg/report/cohort_report.hpp"
#include "libpsg/report/figure_axes.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::report {

namespace {
constexpr double row_height = 24, share_height = 13, names_width = 176;

// From the lowest to the highest value, and to 0 for rates.
Scale scale_of(const CohortMeasure& m, double begin, double finish) {
    double low = m.basis.empty() ? INFINITY : 0, high = low == 0 ? 0 : -INFINITY;
    for (const double v : m.values)
        if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    if (!(high > low)) high = low + 1;
    return {low, high, begin, finish};
}
}  // namespace

std::vector<Outlier> outliers(const CohortReport& cohort) {
    std::vector<Outlier> found;
    for (std::size_t m = 0; m < cohort.measures.size(); ++m) {
        const CohortMeasure& measure = cohort.measures[m];
        const double reach = 1.5 * (measure.q3 - measure.q1);
        if (measure.known < 5 || !(reach > 0)) continue;
        for (std::size_t night = 0; night < measure.values.size(); ++night)
            if (measure.values[night] < measure.q1 - reach || measure.values[night] > measure.q3 + reach) found.push_back({night, m});
    }
    return found;
}

double distributions_height(const CohortReport& cohort) {
    return row_height * static_cast<double>(cohort.measures.size()) + 6;
}

void draw_distributions(Canvas& canvas, const CohortReport& cohort, const Box& box) {
    std::vector<std::pair<std::size_t, std::size_t>> far;
    for (const Outlier& o : outliers(cohort)) far.emplace_back(o.measure, o.night);
    for (std::size_t m = 0; m < cohort.measures.size(); ++m) {
        const CohortMeasure& measure = cohort.measures[m];
        const double y = box.y + row_height * (static_cast<double>(m) + 0.5);
        canvas.text({box.x, y + 2.5}, canvas.fitting(measure.name, 7.5, names_width - 36), 7.5);
        canvas.text({box.x + names_width - 8, y + 2.5}, canvas.fitting(measure.unit, 6.5, 26), 6.5, soft_ink, Align::right);
        const Box plot{box.x + names_width + 34, y - row_height / 2, box.width - names_width - 80, row_height};
        canvas.line({plot.x - 6, plot.bottom()}, {plot.right() + 6, plot.bottom()}, grid_line);
        if (measure.known == 0) {
            canvas.text({plot.x, y + 2.5}, "not known of any night", 6.5, soft_ink);
            continue;
        }
        const Scale x = scale_of(measure, plot.x, plot.right());
        canvas.text({plot.x - 8, y + 2.5}, rate_text(x.from), 6.5, soft_ink, Align::right);
        canvas.text({plot.right() + 8, y + 2.5}, rate_text(x.to), 6.5, soft_ink);
        canvas.fill({x(measure.q1), y - 7, std::max(0.5, x(measure.q3) - x(measure.q1)), 14}, light_blue);
        for (std::size_t night = 0; night < measure.values.size(); ++night) {
            const double v = measure.values[night];
            if (!std::isfinite(v)) continue;
            // moved up and down in turn, so that equal nights stay visible
            const double at = y + 5 * (static_cast<double>(night * 7 % 11) / 5 - 1);
            const bool is_far = std::binary_search(far.begin(), far.end(), std::pair{m, night});
            const double size = is_far ? 3.4 : 2.2;
            canvas.fill({x(v) - size / 2, at - size / 2, size, size}, is_far ? vermillion : Colour{0, 114, 178, 0.7});
        }
        canvas.fill({x(measure.median) - 0.7, y - 8.5, 1.4, 17}, ink);
    }
}

double prevalence_height(const CohortReport& cohort) {
    return share_height * static_cast<double>(cohort.prevalence.size()) + 24;
}

void draw_prevalence(Canvas& canvas, const CohortReport& cohort, const Box& box) {
    const Box plot{box.x + names_width + 10, box.y + 4, box.width - names_width - 70, share_height * static_cast<double>(cohort.prevalence.size())};
    const Scale x{0, 1, plot.x, plot.right()};
    for (int percent = 0; percent <= 100; percent += 20) {
        canvas.line({x(percent / 100.0), plot.y}, {x(percent / 100.0), plot.bottom()}, grid_line);
        canvas.text({x(percent / 100.0), plot.bottom() + 10}, fmt::format("{} %", percent), 7, soft_ink, Align::centre);
    }
    for (std::size_t i = 0; i < cohort.prevalence.size(); ++i) {
        const CohortShare& s = cohort.prevalence[i];
        const double y = plot.y + share_height * (static_cast<double>(i) + 0.5);
        canvas.text({plot.x - 8, y + 2.5}, canvas.fitting(s.name, 7.5, names_width), 7.5, ink, Align::right);
        canvas.text({plot.right() + 8, y + 2.5}, fmt::format("{} of {}", s.positive, s.all), 7, soft_ink);
        if (!std::isfinite(s.share)) continue;
        canvas.line({x(s.low), y}, {x(s.high), y}, blue, 1.4);
        canvas.fill({x(s.share) - 2.5, y - 2.5, 5, 5}, blue);
    }
    canvas.frame(plot, {170, 178, 187});
}

std::string cohort_picture(const CohortReport& cohort, PictureFormat format) {
    const double width = 595.28, margin = 36, first = distributions_height(cohort), second = prevalence_height(cohort);
    const double height = std::max(841.89, first + second + 2 * margin + 110);
    return draw_sheets(format, width, height, 1, 2, [&](Canvas& canvas, std::size_t) {
        const double inside = width - 2 * margin;
        canvas.text({margin, margin + 16}, canvas.fitting(cohort.title, 16, inside), 16, ink, Align::left, true);
        canvas.text({margin, margin + 32}, std::string(cohort.simulated ? "Signals of some nights are simulated. " : "") + "Movements: rules checked on simulated signals. Nothing here is a diagnosis.", 7.5, soft_ink);
        canvas.text({margin, margin + 54}, "Distributions over nights", 11, ink, Align::left, true);
        draw_distributions(canvas, cohort, {margin, margin + 62, inside, first});
        canvas.text({margin, margin + first + 84}, "Prevalence", 11, ink, Align::left, true);
        draw_prevalence(canvas, cohort, {margin, margin + first + 92, inside, second});
    });
}

}  // namespace psg::report

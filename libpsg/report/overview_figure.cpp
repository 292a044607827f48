// The night over time: stages, events, EMG and spectrogram, one below the other.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "libpsg/report/figure_axes.hpp"
#include "libpsg/report/night_figures.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::report {

namespace {

constexpr double gutter = 128, right_margin = 10, gap = 9;
constexpr double stages_height = 66, band_height = 40, lane_height = 10, envelope_height = 46, spectrogram_height = 72, axis_height = 14;
constexpr std::array<double, 5> stage_levels{0, 2, 3, 4, 1};  // from the top: W R N1 N2 N3

std::vector<std::size_t> shown_classes(const NightReport& night) {
    std::vector<std::size_t> shown;
    for (std::size_t k = 0; k < night.classes.size() && shown.size() < max_lanes; ++k)
        if (night.classes[k].count > 0) shown.push_back(k);
    return shown;
}

// The parts of the overview from above to below, on one axis of time.
class Overview {
public:
    Overview(Canvas& canvas, const NightReport& night, const Box& box)
        : canvas_(canvas), night_(night), x_{0, std::max(night.duration_s, 1.0), box.x + gutter, box.right() - right_margin}, y_(box.y),
          steps_(time_steps(night.duration_s, night.start_clock_s.value_or(0), 10)) {}

    void draw() {
        stages();
        if (!night_.hypnogram.probabilities.empty()) band();
        if (const auto shown = shown_classes(night_); !shown.empty()) events(shown);
        for (const EnvelopeView& e : night_.envelopes) envelope(e);
        if (night_.spectrogram) spectrogram(*night_.spectrogram);
    }

private:
    // Room for a plot, with the lines of its axis of time.
    Box next(double height, bool lines = true) {
        const Box plot{x_.begin, y_, x_.finish - x_.begin, height};
        if (lines)
            for (const double t : steps_) canvas_.line({x_(t), plot.y}, {x_(t), plot.bottom()}, grid_line);
        y_ += height;
        return plot;
    }

    void finish(const Box& plot) {
        canvas_.frame(plot, {170, 178, 187});
        for (const double t : steps_) canvas_.text({x_(t), plot.bottom() + 8}, moment_text(night_, t).substr(0, night_.start_clock_s ? 5 : 4), 6.5, soft_ink, Align::centre);
        y_ += axis_height + gap - 8;
    }

    void stages() {
        const Box plot = next(stages_height);
        draw_name(canvas_, plot, gutter, "Sleep stages", night_.hypnogram.source);
        const Scale level{-0.5, 4.5, plot.y, plot.bottom()};
        for (const Stage s : scored_stages)
            canvas_.text({plot.x - 4, level(stage_levels[static_cast<std::size_t>(s)]) + 2.5}, std::string(stage_name(s)), 7, ink, Align::right);
        double last = std::numeric_limits<double>::quiet_NaN();
        const Hypnogram& h = night_.hypnogram;
        for (std::size_t i = 0; i < h.stages.size(); ++i) {
            const double from = x_(seconds(h.epoch_extent(i).onset)), to = x_(seconds(h.epoch_extent(i).offset));
            if (h.stages[i] == Stage::unknown) {
                canvas_.fill({from, plot.y, to - from, plot.height}, gap_grey);
                last = std::numeric_limits<double>::quiet_NaN();
                continue;
            }
            const double y = level(stage_levels[static_cast<std::size_t>(h.stages[i])]);
            if (!std::isnan(last) && last != y) canvas_.line({from, last}, {from, y}, ink, 0.6);
            std::size_t end = i;
            while (end + 1 < h.stages.size() && h.stages[end + 1] == h.stages[i]) ++end;
            canvas_.fill({from, y - 2.5, x_(seconds(h.epoch_extent(end).offset)) - from, 5}, stage_colour(h.stages[i]));
            last = y;
            i = end;
        }
        finish(plot);
    }

    void band() {
        const Box plot = next(band_height, false);
        draw_name(canvas_, plot, gutter, "Probabilities", "W R N1 N2 N3 from the top");
        const Hypnogram& h = night_.hypnogram;
        // a picture of shares rounded to a hundredth: thousands of rectangles would make the file large
        const std::size_t columns = h.probabilities.size(), rows = 100;
        std::vector<Colour> cells(columns * rows, gap_grey);
        for (std::size_t i = 0; i < columns; ++i) {
            if (std::isnan(h.probabilities[i][0])) continue;
            double share = 0;
            std::size_t from = 0;
            for (const std::size_t stage : {0u, 4u, 1u, 2u, 3u}) {
                share += h.probabilities[i][stage];
                const std::size_t to = std::min(rows, static_cast<std::size_t>(std::lround(share * static_cast<double>(rows))));
                for (; from < to; ++from) cells[from * columns + i] = stage_colours[stage];
            }
            for (; from < rows; ++from) cells[from * columns + i] = stage_colours[3];
        }
        const double begin = x_(seconds(h.start));
        canvas_.picture({begin, plot.y, x_(seconds(h.extent().offset)) - begin, plot.height}, columns, rows, cells);
        canvas_.text({plot.x - 4, plot.y + 5}, "1", 6.5, soft_ink, Align::right);
        canvas_.text({plot.x - 4, plot.bottom()}, "0", 6.5, soft_ink, Align::right);
        finish(plot);
    }

    void events(const std::vector<std::size_t>& shown) {
        const Box plot = next(lane_height * static_cast<double>(shown.size()));
        const auto lanes = events_by_class(night_);
        for (std::size_t lane = 0; lane < shown.size(); ++lane) {
            const EventClass& c = night_.classes[shown[lane]];
            const double y = plot.y + lane_height * static_cast<double>(lane);
            canvas_.text({plot.x - 22, y + 7.5}, canvas_.fitting(c.name, 7, gutter - 24), 7, ink, Align::right);
            canvas_.text({plot.x - 4, y + 7.5}, std::to_string(c.count), 6.5, soft_ink, Align::right);
            if (lane > 0) canvas_.line({plot.x, y}, {plot.right(), y}, grid_line);
            // what touches is one mark
            double begin = 0, reached = -1;
            const auto paint = [&] {
                if (reached > begin) canvas_.fill({begin, y + 2, reached - begin, lane_height - 4}, lane_colours[lane % lane_colours.size()]);
            };
            for (const std::size_t i : lanes[shown[lane]]) {
                const double from = std::max(plot.x, x_(night_.events[i].onset_s));
                const double to = std::min(plot.right(), std::max(from + 0.6, x_(night_.events[i].onset_s + night_.events[i].duration_s)));
                if (from > reached) {
                    paint();
                    begin = from;
                    reached = to;
                } else
                    reached = std::max(reached, to);
            }
            paint();
        }
        finish(plot);
    }

    void envelope(const EnvelopeView& e) {
        const Box plot = next(envelope_height);
        draw_name(canvas_, plot, gutter, "EMG " + e.name, e.label + ", " + e.unit);
        double top = 10;
        for (const float v : e.peak)
            if (v > top) top = v;
        const Scale y{std::log10(0.5), std::log10(top * 1.3), plot.bottom(), plot.y};
        for (double v = 1; v <= top * 1.3; v *= 10) {
            canvas_.line({plot.x, y(std::log10(v))}, {plot.right(), y(std::log10(v))}, grid_line);
            canvas_.text({plot.x - 4, y(std::log10(v)) + 2.5}, number_text(v), 6.5, soft_ink, Align::right);
        }
        // the highest and the mean of the medians of each column of half a point
        const auto columns = static_cast<std::size_t>(plot.width * 2);
        const auto index = [&](std::size_t column) {
            return std::min(e.median.size(), static_cast<std::size_t>(static_cast<double>(column) / static_cast<double>(columns) * x_.to / e.step_s));
        };
        std::vector<Point> medians, above, below;  // the last two: outline of a stretch, from the medians to the highest
        const auto fill_stretch = [&] {
            above.insert(above.end(), below.rbegin(), below.rend());
            canvas_.fill(above, sky_blue);
            above.clear();
            below.clear();
        };
        for (std::size_t c = 0; c < columns; ++c) {
            double sum = 0, count = 0, peak = 0.5;
            for (std::size_t i = index(c); i < std::max(index(c) + 1, index(c + 1)) && i < e.median.size(); ++i) {
                if (std::isnan(e.median[i])) continue;
                sum += static_cast<double>(e.median[i]);
                count += 1;
                peak = std::max(peak, static_cast<double>(e.peak[i]));
            }
            const double x = plot.x + static_cast<double>(c) / 2;
            medians.push_back({x, count > 0 ? y(std::log10(std::max(0.5, sum / count))) : std::numeric_limits<double>::quiet_NaN()});
            if (count > 0) {
                above.push_back({x, y(std::log10(peak))});
                below.push_back(medians.back());
            } else
                fill_stretch();
        }
        fill_stretch();
        canvas_.curve(medians, dark_blue, 0.6);
        finish(plot);
    }

    void spectrogram(const SpectrogramView& s) {
        const Box plot = next(spectrogram_height, false);
        draw_name(canvas_, plot, gutter, "Spectrogram", s.label + ", dB of " + s.unit);
        const auto [low, high] = spectrogram_range(s);
        // no more columns than half points: the mean dB of the steps that fall into one
        const std::size_t together = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(static_cast<double>(s.steps()) / (2 * plot.width))));
        const std::size_t columns = (s.steps() + together - 1) / together;
        std::vector<Colour> cells(columns * s.bins, gap_grey);
        for (std::size_t c = 0; c < columns; ++c)
            for (std::size_t k = 0; k < s.bins; ++k) {
                double sum = 0, count = 0;
                for (std::size_t i = c * together; i < std::min((c + 1) * together, s.steps()); ++i)
                    if (const float v = s.db[i * s.bins + k]; !std::isnan(v)) sum += static_cast<double>(v), count += 1;
                if (count > 0) cells[(s.bins - 1 - k) * columns + c] = viridis((sum / count - low) / (high - low));
            }
        const double end = x_(static_cast<double>(columns * together) * s.step_s);
        canvas_.picture({plot.x, plot.y, end - plot.x, plot.height}, columns, s.bins, cells);
        const Scale y{s.low_hz, s.low_hz + s.bin_hz * static_cast<double>(s.bins), plot.bottom(), plot.y};
        for (const double f : round_steps(s.low_hz, y.to, 4)) canvas_.text({plot.x - 4, y(f) + 2.5}, number_text(f) + (f + 10 > y.to ? " Hz" : ""), 6.5, soft_ink, Align::right);
        // what the colours mean
        const Box key{plot.x - gutter, plot.bottom() - 16, gutter - 40, 6};
        std::vector<Colour> shades;
        for (int i = 0; i < 64; ++i) shades.push_back(viridis(i / 63.0));
        canvas_.picture(key, shades.size(), 1, shades);
        canvas_.text({key.x, key.bottom() + 8}, number_text(std::round(low)) + " dB", 6.5, soft_ink);
        canvas_.text({key.right(), key.bottom() + 8}, number_text(std::round(high)) + " dB", 6.5, soft_ink, Align::right);
        finish(plot);
    }

    Canvas& canvas_;
    const NightReport& night_;
    Scale x_;
    double y_;
    std::vector<double> steps_;
};

}  // namespace

double overview_height(const NightReport& night) {
    const double foot = axis_height + gap - 8;
    double height = stages_height + foot;
    if (!night.hypnogram.probabilities.empty()) height += band_height + foot;
    if (const auto shown = shown_classes(night); !shown.empty()) height += lane_height * static_cast<double>(shown.size()) + foot;
    height += static_cast<double>(night.envelopes.size()) * (envelope_height + foot);
    if (night.spectrogram) height += spectrogram_height + foot;
    return height;
}

void draw_overview(Canvas& canvas, const NightReport& night, const Box& box) {
    Overview(canvas, night, box).draw();
}

}  // namespace psg::report

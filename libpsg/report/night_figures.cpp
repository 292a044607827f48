// Histogram of intervals, excerpts around events, and the sheets that hold all figures of a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/night_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "libpsg/report/figure_axes.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::report {

void draw_intervals(Canvas& canvas, const NightReport& night, const Box& box) {
    const Box plot{box.x + 34, box.y + 14, box.width - 90, box.height - 44};
    double highest = 1;
    IntervalBin longer;
    for (const IntervalBin& b : night.intervals) {
        highest = std::max(highest, static_cast<double>(b.all()));
        if (std::isinf(b.upper_s)) longer.sleep += b.sleep, longer.wake += b.wake, longer.unstaged += b.unstaged;
    }
    const Scale x{0, 90, plot.x, plot.right()}, y{0, highest * 1.05, plot.bottom(), plot.y};
    canvas.fill({x(10), plot.y, x(90) - x(10), plot.height}, {230, 243, 251});
    canvas.text({x(50), plot.y + 8}, "10 to 90 s: periodic leg movements (WASM 2016)", 6.5, soft_ink, Align::centre);
    for (const double v : round_steps(0, highest, 5)) {
        if (v != std::floor(v)) continue;
        canvas.line({plot.x, y(v)}, {plot.right() + 40, y(v)}, grid_line);
        canvas.text({plot.x - 4, y(v) + 2.5}, number_text(v), 7, soft_ink, Align::right);
    }
    const auto bar = [&](double from, double to, const IntervalBin& b) {
        std::int64_t below = 0;
        for (const auto& [count, colour] : {std::pair{b.sleep, blue}, {b.wake, orange}, {b.unstaged, soft_ink}}) {
            const double bottom = y(static_cast<double>(below)), top = y(static_cast<double>(below + count));
            if (count > 0) canvas.fill({from + 0.4, top, to - from - 0.8, bottom - top}, colour);
            below += count;
        }
    };
    for (const IntervalBin& b : night.intervals)
        if (!std::isinf(b.upper_s)) bar(x(b.lower_s), x(b.upper_s), b);
    bar(plot.right() + 16, plot.right() + 32, longer);
    canvas.text({plot.right() + 24, plot.bottom() + 9}, "≥ 90", 7, soft_ink, Align::centre);
    canvas.line({plot.x, plot.bottom()}, {plot.right() + 40, plot.bottom()}, ink, 0.6);
    for (int s = 0; s <= 90; s += 10) canvas.text({x(s), plot.bottom() + 9}, std::to_string(s), 7, soft_ink, Align::centre);
    canvas.text({(plot.x + plot.right()) / 2, plot.bottom() + 20}, "interval from onset to onset, s", 7, soft_ink, Align::centre);
    canvas.text_upwards({box.x + 8, (plot.y + plot.bottom()) / 2}, "intervals", 7, soft_ink, Align::centre);
    double key = plot.x;
    for (const auto& [words, colour] : {std::pair{"in sleep", blue}, {"in wake", orange}, {"not staged", soft_ink}}) {
        canvas.fill({key, box.y, 7, 7}, colour);
        canvas.text({key + 10, box.y + 6.5}, words, 7);
        key += 52;
    }
}

namespace {
constexpr double trace_height = 30;
}

double excerpt_height(const Excerpt& excerpt) {
    return trace_height * static_cast<double>(excerpt.traces.size()) + 12;
}

void draw_excerpt(Canvas& canvas, const Excerpt& excerpt, const Box& box) {
    const double names = 46, numbers = 28;
    const Box plot{box.x + names, box.y, box.width - names - numbers, trace_height * static_cast<double>(excerpt.traces.size())};
    const Scale x{-excerpt.before_s, excerpt.after_s, plot.x, plot.right()};
    const double end = std::min(excerpt.duration_s, excerpt.after_s);
    canvas.fill({x(0), plot.y, std::max(0.6, x(end) - x(0)), plot.height}, {253, 236, 200});
    for (const double s : round_steps(-excerpt.before_s, excerpt.after_s, 7)) {
        canvas.line({x(s), plot.y}, {x(s), plot.bottom()}, grid_line, 0.4);
        canvas.text({x(s), plot.bottom() + 8}, number_text(s) + (s + 1 > excerpt.after_s ? " s" : ""), 6, soft_ink, Align::centre);
    }
    for (std::size_t k = 0; k < excerpt.traces.size(); ++k) {
        const Trace& t = excerpt.traces[k];
        const double top = plot.y + trace_height * static_cast<double>(k);
        const auto [low, high] = trace_range(t);
        canvas.text({box.x, top + 13}, canvas.fitting(t.name, 6.5, names - 4), 6.5, ink);
        canvas.text({box.x, top + 21}, canvas.fitting(t.label, 5.5, names - 4), 5.5, soft_ink);
        if (k > 0) canvas.line({plot.x, top}, {plot.right(), top}, grid_line, 0.4);
        if (std::isnan(low)) {
            canvas.text({plot.x + plot.width / 2, top + 17}, "no signal", 6.5, soft_ink, Align::centre);
            continue;
        }
        const Scale y{low, high, top + trace_height - 3, top + 3};
        canvas.text({plot.right() + 3, top + 13}, rate_text(high - low), 6.5, soft_ink);
        canvas.text({plot.right() + 3, top + 21}, t.unit, 5.5, soft_ink);
        // within each part from its lowest to its highest sample, so that no spike is lost
        std::vector<Point> curve;
        for (std::size_t i = 0; i < t.low.size(); ++i) {
            const double at = plot.x + (static_cast<double>(i) + 0.5) / static_cast<double>(t.low.size()) * plot.width;
            curve.push_back({at, y(static_cast<double>(i % 2 ? t.low[i] : t.high[i]))});
            curve.push_back({at, y(static_cast<double>(i % 2 ? t.high[i] : t.low[i]))});
        }
        canvas.curve(curve, t.name == "ECG" ? vermillion : t.name == "EEG" ? dark_blue : ink, 0.45);
    }
    canvas.frame(plot, {170, 178, 187}, 0.5);
}

namespace {

// Lays figures on sheets, from above to below; one endless sheet, or pages of A4.
class Layout {
public:
    Layout(double width, double page_height, double margin) : width_(width), page_height_(page_height), margin_(margin), y_(margin) {}
    using Draw = std::function<void(Canvas&, const Box&)>;

    void add(double height, Draw draw, double below = 12) {
        if (page_height_ > 0 && y_ + height > page_height_ - margin_ && y_ > margin_) {
            ++page_;
            y_ = margin_;
        }
        items_.push_back({page_, {margin_, y_, width_ - 2 * margin_, height}, std::move(draw)});
        y_ += height + below;
    }
    std::string drawn(PictureFormat format) const {
        const double height = page_height_ > 0 ? page_height_ : y_ + margin_;
        return draw_sheets(format, width_, height, page_ + 1, 2, [&](Canvas& canvas, std::size_t sheet) {
            for (const Item& item : items_)
                if (item.page == sheet) item.draw(canvas, item.box);
        });
    }

private:
    struct Item {
        std::size_t page;
        Box box;
        Draw draw;
    };
    double width_, page_height_, margin_, y_;
    std::size_t page_ = 0;
    std::vector<Item> items_;
};

// Words in lines of the box's width.
std::vector<std::string> wrapped(Canvas& canvas, const std::string& words, double size, double width) {
    std::vector<std::string> lines(1);
    for (std::size_t i = 0; i < words.size();) {
        const std::size_t end = std::min(words.find(' ', i), words.size());
        const std::string word = words.substr(i, end - i);
        if (!lines.back().empty() && canvas.text_width(lines.back() + " " + word, size) > width) lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + canvas.fitting(word, size, width);
        i = end + 1;
    }
    return lines;
}

void add_words(Layout& layout, const std::string& words, double size, const Colour& colour, double width) {
    std::size_t lines = 1;
    draw_sheets(PictureFormat::svg, 1, 1, 1, 1, [&](Canvas& canvas, std::size_t) { lines = wrapped(canvas, words, size, width).size(); });
    layout.add(static_cast<double>(lines) * size * 1.3, [=](Canvas& canvas, const Box& box) {
        double y = box.y + size;
        for (const std::string& line : wrapped(canvas, words, size, box.width)) {
            canvas.text({box.x, y}, line, size, colour);
            y += size * 1.3;
        }
    }, 4);
}

void add_title(Layout& layout, const std::string& words, double size) {
    layout.add(size * 1.2, [=](Canvas& canvas, const Box& box) { canvas.text({box.x, box.y + size}, canvas.fitting(words, size, box.width), size, ink, Align::left, true); }, 4);
}

}  // namespace

std::string night_picture(const NightReport& night, PictureFormat format) {
    const double a4_width = 595.28, a4_height = 841.89, margin = 36, width = a4_width - 2 * margin;
    Layout layout(a4_width, format == PictureFormat::pdf ? a4_height : 0, margin);
    add_title(layout, night.title, 16);
    for (const std::string& line : worth_sentences(night)) add_words(layout, line, 7.5, soft_ink, width);
    add_words(layout, hypnogram_words(night), 7.5, ink, width);
    layout.add(overview_height(night), [&](Canvas& canvas, const Box& box) { draw_overview(canvas, night, box); });
    for (const std::string& line : night.absent) add_words(layout, line, 7.5, soft_ink, width);
    if (!night.intervals.empty()) {
        layout.add(190, [&](Canvas& canvas, const Box& box) {
            canvas.text({box.x, box.y + 11}, "Intervals between leg movements", 11, ink, Align::left, true);
            draw_intervals(canvas, night, {box.x, box.y + 22, box.width, box.height - 22});
        });
    }
    if (!night.gallery.empty()) {
        add_title(layout, "Gallery: " + night.gallery_class, 11);
        for (std::size_t i = 0; i < night.gallery.size(); i += 2) {
            double height = 0;
            for (std::size_t k = i; k < std::min(i + 2, night.gallery.size()); ++k) height = std::max(height, excerpt_height(night.gallery[k]));
            layout.add(height + 14, [&night, i](Canvas& canvas, const Box& box) {
                for (std::size_t k = i; k < std::min(i + 2, night.gallery.size()); ++k) {
                    const Excerpt& e = night.gallery[k];
                    const double x = box.x + static_cast<double>(k - i) * (excerpt_width + 20);
                    canvas.text({x, box.y + 8}, canvas.fitting(e.id + "  " + moment_text(night, e.onset_s), 7.5, excerpt_width), 7.5, ink);
                    draw_excerpt(canvas, e, {x, box.y + 13, excerpt_width, excerpt_height(e)});
                }
            });
        }
    }
    return layout.drawn(format);
}

}  // namespace psg::report

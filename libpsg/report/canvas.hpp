// A sheet to draw on, which becomes SVG, PDF or PNG (the door to cairo).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "libpsg/report/colours.hpp"

namespace psg::report {

struct Point {
    double x = 0, y = 0;
};

/// Places are in points (1/72 inch) from the left and the top of the sheet.
struct Box {
    double x = 0, y = 0, width = 0, height = 0;
    double right() const { return x + width; }
    double bottom() const { return y + height; }
};

enum class Align { left, centre, right };
enum class PictureFormat { svg, pdf, png };

class Canvas {
public:
    void line(Point from, Point to, const Colour& colour, double width = 0.5);
    /// A point that is not finite breaks the line.
    void curve(std::span<const Point> points, const Colour& colour, double width = 0.5);
    void fill(const Box& box, const Colour& colour);
    void frame(const Box& box, const Colour& colour, double width = 0.5);
    /// The baseline of the text is at `at.y`. What no font can show is shown as a box.
    void text(Point at, const std::string& text, double size, const Colour& colour = ink, Align align = Align::left, bool bold = false);
    /// The same, read from below to above.
    void text_upwards(Point at, const std::string& text, double size, const Colour& colour = ink, Align align = Align::left);
    double text_width(const std::string& text, double size, bool bold = false);
    /// The text, cut to the width with an ellipsis.
    std::string fitting(const std::string& text, double size, double width);
    /// What lies within the outline.
    void fill(std::span<const Point> outline, const Colour& colour);
    /// Colours of `columns` times `rows` cells, row after row from the top; cells are not blurred.
    void picture(const Box& box, std::size_t columns, std::size_t rows, std::span<const Colour> cells);

private:
    struct Sheet;
    explicit Canvas(Sheet& sheet) : sheet_(sheet) {}
    Sheet& sheet_;
    friend std::string draw_sheets(PictureFormat, double, double, std::size_t, double, const std::function<void(Canvas&, std::size_t)>&);
};

/// Bytes of a picture of `width` times `height` points, or of a PDF of `sheets` pages of that size: `draw` is called once for
/// each. SVG and PNG have one sheet; a PNG has `scale` pixels for each point. The same calls give the same bytes where the
/// same fonts are installed. DataError if cairo refuses (a PNG of more than 32,767 pixels).
std::string draw_sheets(PictureFormat format, double width, double height, std::size_t sheets, double scale,
                        const std::function<void(Canvas&, std::size_t sheet)>& draw);

}  // namespace psg::report

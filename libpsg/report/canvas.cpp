// A sheet to draw on, by cairo.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/canvas.hpp"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "libpsg/model/error.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::report {

struct Canvas::Sheet {
    cairo_t* cairo = nullptr;
};

namespace {

void set_colour(cairo_t* cairo, const Colour& c) {
    cairo_set_source_rgba(cairo, c.r / 255.0, c.g / 255.0, c.b / 255.0, c.opacity);
}

void set_font(cairo_t* cairo, double size, bool bold) {
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, size);
}

cairo_status_t append(void* bytes, const unsigned char* data, unsigned int length) {
    try {
        static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
    } catch (const std::bad_alloc&) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    return CAIRO_STATUS_SUCCESS;
}

void check(cairo_status_t status) {
    if (status == CAIRO_STATUS_NO_MEMORY) throw std::bad_alloc();
    if (status != CAIRO_STATUS_SUCCESS) throw DataError("picture", std::string("cannot be drawn: ") + cairo_status_to_string(status));
}

struct Surface {
    cairo_surface_t* surface;
    ~Surface() { cairo_surface_destroy(surface); }
};

struct Context {
    cairo_t* cairo;
    ~Context() { cairo_destroy(cairo); }
};

// cairo numbers the surfaces of a process on and on, in the names of an SVG's elements: numbered anew in the order in which
// they come, so that the same picture has the same bytes.
std::string renumbered(const std::string& svg) {
    std::string text;
    text.reserve(svg.size());
    std::map<std::string, std::string> names;
    for (std::size_t i = 0; i < svg.size();) {
        const std::size_t begin = svg.compare(i, 4, "id=\"") == 0 ? i + 4 : svg[i] == '#' ? i + 1 : 0;
        if (begin == 0) {
            text += svg[i++];
            continue;
        }
        const std::size_t digits = std::min(svg.find_first_not_of("abcdefghijklmnopqrstuvwxyz", begin), svg.size());
        const std::size_t end = std::min(svg.find_first_not_of("0123456789", digits), svg.size());
        const bool numbered = digits > begin && end > digits && end < svg.size() && (svg[end] == '"' || svg[end] == ')');
        text += svg.substr(i, begin - i);
        if (numbered) text += names.try_emplace(svg.substr(begin, end - begin), svg.substr(begin, digits - begin) + std::to_string(names.size())).first->second;
        i = numbered ? end : begin;
    }
    return text;
}

// Characters that end a line would be boxes.
std::string one_line(const std::string& text) {
    std::string line = valid_text(text);
    for (char& c : line)
        if (c == '\n' || c == '\t') c = ' ';
    return line;
}

}  // namespace

void Canvas::line(Point from, Point to, const Colour& colour, double width) {
    set_colour(sheet_.cairo, colour);
    cairo_set_line_width(sheet_.cairo, width);
    cairo_move_to(sheet_.cairo, from.x, from.y);
    cairo_line_to(sheet_.cairo, to.x, to.y);
    cairo_stroke(sheet_.cairo);
}

void Canvas::curve(std::span<const Point> points, const Colour& colour, double width) {
    set_colour(sheet_.cairo, colour);
    cairo_set_line_width(sheet_.cairo, width);
    cairo_set_line_join(sheet_.cairo, CAIRO_LINE_JOIN_ROUND);
    bool drawing = false;
    for (const Point& p : points) {
        const bool finite = std::isfinite(p.x) && std::isfinite(p.y);
        if (finite && drawing)
            cairo_line_to(sheet_.cairo, p.x, p.y);
        else if (finite)
            cairo_move_to(sheet_.cairo, p.x, p.y);
        drawing = finite;
    }
    cairo_stroke(sheet_.cairo);
}

void Canvas::fill(const Box& box, const Colour& colour) {
    set_colour(sheet_.cairo, colour);
    cairo_rectangle(sheet_.cairo, box.x, box.y, box.width, box.height);
    cairo_fill(sheet_.cairo);
}

void Canvas::fill(std::span<const Point> outline, const Colour& colour) {
    set_colour(sheet_.cairo, colour);
    for (const Point& p : outline) cairo_line_to(sheet_.cairo, p.x, p.y);
    cairo_fill(sheet_.cairo);
}

void Canvas::frame(const Box& box, const Colour& colour, double width) {
    set_colour(sheet_.cairo, colour);
    cairo_set_line_width(sheet_.cairo, width);
    cairo_rectangle(sheet_.cairo, box.x, box.y, box.width, box.height);
    cairo_stroke(sheet_.cairo);
}

double Canvas::text_width(const std::string& text, double size, bool bold) {
    set_font(sheet_.cairo, size, bold);
    cairo_text_extents_t extents;
    cairo_text_extents(sheet_.cairo, one_line(text).c_str(), &extents);
    return extents.x_advance;
}

std::string Canvas::fitting(const std::string& text, double size, double width) {
    std::string part = one_line(text);
    if (text_width(part, size) <= width) return part;
    while (!part.empty() && text_width(part + "…", size) > width) {
        do part.pop_back();
        while (!part.empty() && (static_cast<unsigned char>(part.back()) & 0xC0) == 0x80);
        if (!part.empty() && static_cast<unsigned char>(part.back()) >= 0xC0) part.pop_back();
    }
    return part + "…";
}

void Canvas::text(Point at, const std::string& text, double size, const Colour& colour, Align align, bool bold) {
    const double width = align == Align::left ? 0 : text_width(text, size, bold);
    set_font(sheet_.cairo, size, bold);
    set_colour(sheet_.cairo, colour);
    cairo_move_to(sheet_.cairo, align == Align::left ? at.x : align == Align::right ? at.x - width : at.x - width / 2, at.y);
    cairo_show_text(sheet_.cairo, one_line(text).c_str());
}

void Canvas::text_upwards(Point at, const std::string& text, double size, const Colour& colour, Align align) {
    cairo_save(sheet_.cairo);
    cairo_translate(sheet_.cairo, at.x, at.y);
    cairo_rotate(sheet_.cairo, -std::acos(-1.0) / 2);
    this->text({0, 0}, text, size, colour, align);
    cairo_restore(sheet_.cairo);
}

void Canvas::picture(const Box& box, std::size_t columns, std::size_t rows, std::span<const Colour> cells) {
    if (columns == 0 || rows == 0) return;
    const Surface image{cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(columns), static_cast<int>(rows))};
    check(cairo_surface_status(image.surface));
    unsigned char* bytes = cairo_image_surface_get_data(image.surface);
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.surface));
    for (std::size_t y = 0; y < rows; ++y)
        for (std::size_t x = 0; x < columns; ++x) {
            const Colour& c = cells[y * columns + x];
            *reinterpret_cast<std::uint32_t*>(bytes + y * stride + 4 * x) = static_cast<std::uint32_t>(c.r << 16 | c.g << 8 | c.b);
        }
    cairo_surface_mark_dirty(image.surface);
    cairo_save(sheet_.cairo);
    cairo_translate(sheet_.cairo, box.x, box.y);
    cairo_scale(sheet_.cairo, box.width / static_cast<double>(columns), box.height / static_cast<double>(rows));
    cairo_set_source_surface(sheet_.cairo, image.surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(sheet_.cairo), CAIRO_FILTER_NEAREST);
    cairo_rectangle(sheet_.cairo, 0, 0, static_cast<double>(columns), static_cast<double>(rows));
    cairo_fill(sheet_.cairo);
    cairo_restore(sheet_.cairo);
}

std::string draw_sheets(PictureFormat format, double width, double height, std::size_t sheets, double scale,
                        const std::function<void(Canvas&, std::size_t)>& draw) {
    std::string bytes;
    const bool png = format == PictureFormat::png;
    const Surface target{png ? cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(width * scale)), static_cast<int>(std::lround(height * scale)))
                         : format == PictureFormat::pdf ? cairo_pdf_surface_create_for_stream(append, &bytes, width, height)
                                                        : cairo_svg_surface_create_for_stream(append, &bytes, width, height)};
    check(cairo_surface_status(target.surface));
    // no time of running in the file: the beginning of Unix time stands for none
    if (format == PictureFormat::pdf) cairo_pdf_surface_set_metadata(target.surface, CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
    if (format == PictureFormat::svg) cairo_svg_surface_set_document_unit(target.surface, CAIRO_SVG_UNIT_PT);
    {
        const Context context{cairo_create(target.surface)};
        Canvas::Sheet sheet{context.cairo};
        if (png) cairo_scale(context.cairo, scale, scale);
        Canvas canvas(sheet);
        for (std::size_t i = 0; i < sheets; ++i) {
            canvas.fill({0, 0, width, height}, white);
            draw(canvas, i);
            cairo_show_page(context.cairo);
        }
        check(cairo_status(context.cairo));
    }
    if (png) check(cairo_surface_write_to_png_stream(target.surface, append, &bytes));
    cairo_surface_finish(target.surface);
    check(cairo_surface_status(target.surface));
    return format == PictureFormat::svg ? renumbered(bytes) : bytes;
}

}  // namespace psg::report

// The frame of every page, and tables in it.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <type_traits>

#include "libpsg/io/sha256.hpp"
#include "libpsg/report/page_text.hpp"

namespace psg::embedded {
extern const std::string_view report_css, dygraphs_js, night_plots_js, night_tables_js, gallery_js;
}

namespace psg::report {

namespace {

// The source of a policy that allows this script or style and no other.
std::string digest(std::string_view text) {
    const std::string hex = io::sha256_of(text);
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return "'sha256-" + base64(bytes) + "'";
}

// Without the address of a source map, which tools of developers would fetch.
std::string_view dygraphs() {
    const std::string_view all = embedded::dygraphs_js;
    return all.substr(0, all.rfind("//# sourceMappingURL="));
}

bool is_missing(const Column& column, std::size_t row) {
    return std::visit(
        [&](const auto& v) {
            using V = typename std::decay_t<decltype(v)>::value_type;
            if constexpr (std::is_same_v<V, std::string>)
                return v[row].empty();
            else if constexpr (std::is_floating_point_v<V>)
                return std::isnan(v[row]);
            else
                return false;
        },
        column.values);
}

std::string cell_html(const Column& column, std::size_t row) {
    return std::visit(
        [&](const auto& v) -> std::string {
            using V = typename std::decay_t<decltype(v)>::value_type;
            if constexpr (std::is_same_v<V, std::string>)
                return "<td>" + escape_html(v[row]);
            else
                return "<td class=n>" + number_text(static_cast<double>(v[row]));
        },
        column.values);
}

}  // namespace

std::string html_page(const Page& page) {
    std::vector<std::string_view> scripts;
    if (!page.data.empty()) scripts = {dygraphs(), embedded::night_plots_js, embedded::night_tables_js, embedded::gallery_js};
    std::string allowed;
    for (const std::string_view script : scripts) allowed += (allowed.empty() ? "" : " ") + digest(script);
    std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {}; style-src {}; img-src data:; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n",
        scripts.empty() ? "'none'" : allowed, digest(embedded::report_css), escape_html(page.title));
    html += fmt::format("<style>{}</style>\n</head>\n<body>\n{}", embedded::report_css, page.body);
    if (!scripts.empty()) html += "<script type=\"application/json\" id=\"night\">" + page.data + "</script>\n";
    for (const std::string_view script : scripts) html += fmt::format("<script>{}</script>\n", script);
    return html + "</body>\n</html>\n";
}

std::string table_html(const Table& table, std::size_t max_rows) {
    std::vector<const Column*> shown;
    for (const Column& c : table.columns) {
        if (c.name == "basis" || c.name == "simulated") continue;
        bool any = false;
        for (std::size_t i = 0; i < table.rows() && !any; ++i) any = !is_missing(c, i);
        if (any) shown.push_back(&c);
    }
    if (table.rows() == 0 || shown.empty()) return "<p class=words>No rows.</p>";
    // a long one scrolls in a window of its own
    std::string html = table.rows() > 40 ? "<div class=\"scroll tall\" tabindex=0><table>" : "<div class=scroll tabindex=0><table>";
    if (table.rows() > max_rows) html += fmt::format("<caption>The first {} of {} rows; the HDF5 file has all.</caption>", max_rows, table.rows());
    html += "<thead><tr>";
    for (const Column* c : shown) {
        const bool number = !std::holds_alternative<std::vector<std::string>>(c->values);
        html += fmt::format("<th scope=col{}{}>{}", number ? " class=n" : "", c->text.empty() ? "" : " title=\"" + escape_html(c->text) + "\"", escape_html(c->name));
        if (!c->unit.empty()) html += " <span class=unit>" + escape_html(c->unit) + "</span>";
        html += "</th>";
    }
    html += "</tr></thead>\n<tbody>";
    for (std::size_t i = 0; i < std::min(table.rows(), max_rows); ++i) {
        html += "<tr>";
        for (const Column* c : shown) html += cell_html(*c, i) + "</td>";
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>";
}

std::string section_html(const ReportTable& table, bool folded) {
    const std::string words = table.words.empty() ? "" : "<p class=words>" + escape_html(table.words) + "</p>";
    if (folded) return "<details><summary>" + escape_html(table.heading) + "</summary>" + words + table_html(table.table) + "</details>\n";
    return "<h3>" + escape_html(table.heading) + "</h3>" + words + table_html(table.table) + "\n";
}

std::string image_html(const std::string& bytes, const std::string& type, const std::string& words, int width, int height) {
    return fmt::format("<img src=\"data:{};base64,{}\" alt=\"{}\" width=\"{}\" height=\"{}\">", type, base64(bytes), escape_html(words), width, height);
}

}  // namespace psg::report

// A page of its own: one HTML file without any address, whose scripts and styles are allowed by their digests alone.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "libpsg/model/table.hpp"
#include "libpsg/report/night_report.hpp"

namespace psg::report {

struct Page {
    std::string title;  ///< text
    std::string body;   ///< HTML
    std::string data;   ///< JSON for the time plots; empty: the page has no script
};

/// The whole file. Its content security policy lets nothing be fetched, sent or run but what the file itself holds.
std::string html_page(const Page& page);

/// A table as HTML: units in the heads, numbers rounded (number_text()), columns whose every value is missing left out. `basis`
/// and `simulated` are left out, since the page says both in words. Above `max_rows` rows are left out and the caption says so.
std::string table_html(const Table& table, std::size_t max_rows = 2000);

/// Heading, words and table, folded if `folded`.
std::string section_html(const ReportTable& table, bool folded);

/// `<img>` with the picture inside; width in CSS pixels.
std::string image_html(const std::string& bytes, const std::string& type, const std::string& words, int width, int height);

}  // namespace psg::report

// Tables of stages that tell no time: may each row stand for one 30-s epoch?
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/untold_times.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "libpsg/io/scored/scored_clock.hpp"

namespace psg::io {

namespace {

constexpr std::size_t fewest_rows = 4;  // proposed: in three rows anything may grow by chance
constexpr double equal_steps = 0.02;    // proposed: decimals that are rounded to 1 % of a step
constexpr double day_s = 86400;

// A number with a decimal point or comma, or a time of day in seconds.
std::optional<double> quantity(std::string text) {
    if (const auto clock = parse_clock(text)) return static_cast<double>(clock->time_of_day.count()) * 1e-6;
    std::replace(text.begin(), text.end(), ',', '.');
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

// Nothing unless every row holds a quantity.
std::optional<std::vector<double>> quantities(const TextTable& table, std::size_t column) {
    std::vector<double> list;
    double days = 0, last = 0;
    for (std::size_t row = 0; row < table.row_count(); ++row) {
        const std::string& text = table.text(row, column);
        auto q = quantity(text);
        if (!q) return std::nullopt;
        if (parse_clock(text)) {  // over midnight
            if (row > 0 && *q < last) days += day_s;
            last = *q;
            *q += days;
        }
        list.push_back(*q);
    }
    return list;
}

bool grows(const std::vector<double>& list) {
    return std::adjacent_find(list.begin(), list.end(), [](double a, double b) { return b <= a; }) == list.end();
}

// The first row that is not as far from the one before as the second is from the first; 0: none.
std::size_t uneven_row(const std::vector<double>& list) {
    const double step = list[1] - list[0];
    for (std::size_t row = 2; row < list.size(); ++row)
        if (std::abs(list[row] - list[row - 1] - step) > equal_steps * std::abs(step)) return row;
    return 0;
}

}  // namespace

void refuse_untold_times(const TextTable& table, std::size_t stage) {
    const std::size_t rows = table.row_count();
    if (rows < fewest_rows) return;
    bool always_changes = true;
    for (std::size_t row = 1; row < rows; ++row) always_changes &= table.text(row, stage) != table.text(row - 1, stage);
    for (std::size_t column = 0; column < table.columns().size(); ++column) {
        if (column == stage) continue;
        const auto list = quantities(table, column);
        if (!list) continue;
        const std::string title = "column '" + table.columns()[column] + "'";
        const std::string remedy = "; give columns 'onset' and 'duration' in seconds, or one row for each epoch";
        if (grows(*list)) {
            if (const std::size_t row = uneven_row(*list))
                table.fail(row, title + " seems to tell times, which are not understood, and they are not equally far apart",
                           "name it 'onset' if it holds seconds" + remedy);
        } else if (always_changes) {
            table.fail(rows - 1,
                       "the stage changes with every row, so that rows seem to be stretches and not epochs, and " + title +
                           " is not understood",
                       "name it 'duration' if it holds seconds" + remedy);
        }
    }
}

}  // namespace psg::io

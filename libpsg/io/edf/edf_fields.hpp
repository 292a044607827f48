// Single fields of an EDF header: texts, numbers, dates and times, each read tolerantly and reported exactly.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/time.hpp"

namespace psg::io {

/// One fixed-width field: its bytes and where they stand, so that every finding can name them.
struct EdfField {
    std::string name;  ///< "physical minimum"
    std::string_view bytes;
    std::int64_t offset = 0;  ///< in the file
    int channel = -1;
    std::string label = {};  ///< of the channel, once known

    Finding finding(FindingCode code, std::string message, std::string repair = {}) const;
};

/// Clean UTF-8 text; EDF_TEXT_ENCODING if it was not plain printable ASCII.
std::string read_text(const EdfField& field, Findings& findings);

/// A number as a plain decimal text ("-500.5"): comma decimals, plus signs, exponents, spaces before it or between
/// thousands are repaired with EDF_NUMBER_FORMAT. Nothing if it is no finite number or blank; no finding is made then
/// (the caller knows what follows).
std::optional<std::string> read_decimal_text(const EdfField& field, Findings& findings);
std::optional<double> read_number(const EdfField& field, Findings& findings);
/// A whole number ("256", also "256.0" with a finding); nothing if it is none, is beyond +-1e9, or could as well be a
/// thousand times as much ("1,000", "1.000").
std::optional<std::int64_t> read_integer(const EdfField& field, Findings& findings);

/// "dd.mm.yy" with the years 1985 to 2084; nothing if it is anything else.
std::optional<Date> parse_start_date(std::string_view text);
/// "hh.mm.ss"; EDF_START_TIME and nothing if it is anything else.
std::optional<Time> read_start_time(const EdfField& field, Findings& findings);

/// "02-MAR-2024" as EDF+ subfields write dates (capitals); nothing if it is no valid date.
std::optional<Date> parse_edfplus_date(std::string_view text);
bool is_valid_date(const Date& date);

}  // namespace psg::io

// Units and calibration of the signals of an EDF header.
// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include "libpsg/io/edf/edf_header_draft.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/unit.hpp"

namespace psg::io {

namespace {

// Values and steps beyond these do not survive as float samples.
constexpr double largest_value = 1e30, smallest_step = 1e-30;

void read_unit(EdfHeaderDraft& draft, const EdfField& field, Channel& ch, double& factor) {
    ch.unit_text = read_text(field, draft.findings());
    // a lost micro sign must not make volts
    if (clean_text(field.bytes).control_within) ch.unit_text.insert(0, 1, '?');
    const Unit unit = parse_unit(ch.unit_text);
    ch.unit = unit.name;
    factor = unit.factor;
    if (!unit.recognised)
        draft.findings().push_back(
            field.finding(FindingCode::EDF_UNIT_UNKNOWN,
                          ch.unit_text.empty() ? "the unit is blank" : "the unit '" + ch.unit_text + "' is not known",
                          "values are kept as they are; the unit stays unknown"));
}

}  // namespace

void read_edf_calibration(EdfHeaderDraft& draft, std::int64_t signals, Channel& ch) {
    Findings& findings = draft.findings();
    const auto field = [&](const char* title, std::int64_t before) {
        return draft.signal_field(title, signals, ch.index, before, 8, ch.label);
    };
    double factor = 1;
    read_unit(draft, field("physical dimension", 96), ch, factor);
    const EdfField pmin = field("physical minimum", 104), pmax = field("physical maximum", 112);
    const EdfField dmin = field("digital minimum", 120), dmax = field("digital maximum", 128);
    ch.physical_min = clean_text(pmin.bytes).text;
    ch.physical_max = clean_text(pmax.bytes).text;
    const auto p0 = read_number(pmin, findings), p1 = read_number(pmax, findings);
    const auto d0 = read_integer(dmin, findings), d1 = read_integer(dmax, findings);

    const auto leave_out = [&](const EdfField& f, const std::string& why) {
        findings.push_back(f.finding(FindingCode::EDF_UNCALIBRATED, why, "the channel is left out"));
    };
    const auto unreadable = [](const EdfField& f) {
        return "the " + f.name +
               (clean_text(f.bytes).text.empty() ? " is blank" : " is not a number that can be relied on");
    };
    const std::int64_t limit = draft.header.layout.sample_bytes == 2 ? 32768 : 8388608;
    if (!p0) return leave_out(pmin, unreadable(pmin));
    if (!p1) return leave_out(pmax, unreadable(pmax));
    if (!d0) return leave_out(dmin, unreadable(dmin));
    if (!d1) return leave_out(dmax, unreadable(dmax));
    if (*d0 == *d1) return leave_out(dmin, "digital minimum and maximum are equal");
    if (*p0 == *p1) return leave_out(pmin, "physical minimum and maximum are equal");
    if (std::abs(*d0) > 8 * limit) return leave_out(dmin, "the digital minimum is far outside the format's limits");
    if (std::abs(*d1) > 8 * limit) return leave_out(dmax, "the digital maximum is far outside the format's limits");

    const double step = (*p1 - *p0) / static_cast<double>(*d1 - *d0);
    const double offset = *p0 - step * static_cast<double>(*d0);
    const double reach = std::max(std::abs(*p0), std::abs(*p1)) + std::abs(step) * 2 * static_cast<double>(limit);
    if (!(reach * factor < largest_value) || !(std::abs(step) * factor > smallest_step))
        return leave_out(pmin, "the physical range is too large or too small for a number");

    ch.digital_min = static_cast<std::int32_t>(*d0);
    ch.digital_max = static_cast<std::int32_t>(*d1);
    const auto outside = [&](std::int64_t d) { return d < -limit || d > limit - 1; };
    const auto warn = [&](const EdfField& f, const char* what, const char* repair) {
        findings.push_back(f.finding(FindingCode::EDF_RANGE_REVERSED, what, repair));
    };
    if (*d0 > *d1) warn(dmin, "the digital range is reversed", "the formula is applied as it stands");
    if (outside(*d0) || outside(*d1))
        warn(outside(*d0) ? dmin : dmax, "the digital range is outside the format's limits",
             "the formula is applied as it stands");
    if (*p0 > *p1) warn(pmin, "the physical range is reversed", "the header's sign is honoured");
    ch.calibration = Calibration{step * factor, offset * factor};
    if (*d0 < *d1 && !outside(*d0) && !outside(*d1)) {
        ch.calibration->low = ch.digital_min;
        ch.calibration->high = ch.digital_max;
    }
}

}  // namespace psg::io

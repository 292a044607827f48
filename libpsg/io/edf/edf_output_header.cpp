// What the header of an EDF+C or BDF+C file to be written says, and whether the format can hold it.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_output_header.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <string_view>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

void check_text(const std::string& file, const std::string& field, std::string_view text, std::size_t limit) {
    for (const char c : text)
        if (c < 0x20 || c > 0x7e) throw DataError(file, field + " is not printable ASCII", "EDF allows nothing else");
    if (text.size() > limit)
        throw DataError(file, field + " has " + std::to_string(text.size()) + " characters",
                        "at most " + std::to_string(limit) + " fit into the header");
}

void check_limit(const std::string& file, const std::string& field, double value) {
    std::array<char, 512> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
    if (!std::isfinite(value) || end - text.data() > 8)
        throw DataError(file, field + " does not fit into the 8 characters of the header", "choose a rounder limit");
}

void check_channel(const std::string& file, const EdfOutputChannel& c, std::size_t index, bool bdf) {
    const std::string name = "channel " + std::to_string(index) + " ('" + c.label + "')";
    check_text(file, "the label of " + name, c.label, 16);
    check_text(file, "the unit of " + name, c.unit, 8);
    check_text(file, "the transducer of " + name, c.transducer, 80);
    check_text(file, "the prefilter of " + name, c.prefilter, 80);
    check_limit(file, "the physical minimum of " + name, c.physical_min);
    check_limit(file, "the physical maximum of " + name, c.physical_max);
    if (c.physical_min == c.physical_max) throw DataError(file, name + " has an empty physical range");
    const std::int32_t top = bdf ? 8388607 : 32767;
    if (c.digital_min < -top - 1 || c.digital_max > top || c.digital_min >= c.digital_max)
        throw DataError(file, name + " has an impossible digital range",
                        bdf ? "BDF holds -8388608 to 8388607" : "EDF holds -32768 to 32767");
    if (c.samples_per_record < 1) throw DataError(file, name + " has no samples per record");
}

bool valid_date(const Date& d) {
    using namespace std::chrono;
    return (year(d.year) / month(static_cast<unsigned>(d.month)) / day(static_cast<unsigned>(d.day))).ok();
}

}  // namespace

bool edflib_writes_duration(Time duration) {
    using namespace std::chrono_literals;
    if (duration < 1ms || duration > 60s || duration.count() % 10 != 0) return false;
    // EDFlib's way: a double, nine decimals cut, eight characters of text
    const double value = static_cast<double>(duration.count() / 10) / 100000.0;
    const int whole = static_cast<int>(value);
    std::int64_t decimals = static_cast<int>((value - whole) * 1e9);
    std::int64_t exact = duration.count() % 1'000'000 * 1000;
    std::int64_t cut = 1000;       // of nine decimals, six fit behind "0."
    if (whole >= 10) cut = 10000;  // ... five behind "10."
    return decimals / cut * cut == exact;
}

std::optional<double> header_limit(double value) {
    std::array<char, 512> text{};
    if (!std::isfinite(value)) return std::nullopt;
    auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
    if (end - text.data() <= 8) return value;
    for (int decimals = 6; decimals >= 0; --decimals) {
        end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals).ptr;
        if (end - text.data() > 8) continue;
        double rounded = 0;
        std::from_chars(text.data(), end, rounded);
        return rounded;
    }
    return std::nullopt;
}

void check_output_header(const std::string& file, const EdfOutputHeader& h) {
    const bool bdf = h.format == EdfOutputFormat::bdf_plus;
    if (h.annotation_channels < 1 || h.annotation_channels > 64)
        throw DataError(file, "EDFlib writes 1 to 64 annotation channels");
    if (h.channels.size() + static_cast<std::size_t>(h.annotation_channels) > 640)
        throw DataError(file, "EDFlib writes at most 640 signals, annotation channels included");
    if (!valid_date(h.start_date) || h.start_date.year < 1985 || h.start_date.year > 2084)
        throw DataError(file, "the start date is not one of the years 1985 to 2084",
                        "EDF+ uses 1985-01-01 for a date that must not be known");
    if (h.start_time_of_day < Time(0) || h.start_time_of_day >= std::chrono::hours(24))
        throw DataError(file, "the start time is not a time of day");
    using namespace std::chrono_literals;
    if (h.record_duration < 1ms || h.record_duration > 60s || h.record_duration.count() % 10 != 0)
        throw DataError(file, "the record duration is not a multiple of 10 us from 1 ms to 60 s");
    if (!edflib_writes_duration(h.record_duration))
        throw DataError(
            file, "EDFlib would cut the decimals of the record duration " + format_seconds(h.record_duration) + " s",
            "choose another duration");
    if (h.patient_birth_date && (!valid_date(*h.patient_birth_date) || h.patient_birth_date->year < 1800))
        throw DataError(file, "the birth date is not a date");
    if (h.patient_sex != "" && h.patient_sex != "M" && h.patient_sex != "F")
        throw DataError(file, "the sex is none of 'M', 'F' and empty");
    // Fields are "CODE SEX BIRTH-DATE NAME ADDITIONAL" and "Startdate DATE CODE TECHNICIAN EQUIPMENT ADDITIONAL".
    const auto check_together = [&](const std::string& field, std::initializer_list<std::string> parts,
                                    std::size_t limit) {
        std::string text;
        for (const std::string& part : parts) text += part;
        check_text(file, field, text, limit);
    };
    const auto with_gap = [](const std::string& additional) { return additional.empty() ? "" : " " + additional; };
    check_together("the patient field", {h.patient_code, h.patient_name, with_gap(h.patient_additional)},
                   max_patient_text(h.patient_birth_date.has_value()));
    check_together("the recording field",
                   {h.recording_code, h.technician, h.equipment, with_gap(h.recording_additional)}, max_recording_text);
    std::size_t bytes = edf_annotation_bytes * static_cast<std::size_t>(h.annotation_channels);
    for (std::size_t i = 0; i < h.channels.size(); ++i) {
        check_channel(file, h.channels[i], i, bdf);
        bytes += static_cast<std::size_t>(h.channels[i].samples_per_record) * (bdf ? 3 : 2);
    }
    if (bytes > max_record_bytes(h.format))
        throw DataError(file, "one record would have " + std::to_string(bytes) + " bytes", "use shorter records");
}

}  // namespace psg::io

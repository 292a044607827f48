// The header of EDF, EDF+, BDF and BDF+ files.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf_header.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "libpsg/io/edf_fields.hpp"
#include "libpsg/io/text_encoding.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/unit.hpp"

namespace psg::io {

namespace {

constexpr std::int64_t fixed_bytes = 256;       // of the general part, and of each signal's part
constexpr std::int64_t max_samples = 1 << 28;   // per record and signal: keeps every product far from overflow

struct Context {
    std::span<const unsigned char> bytes;
    std::int64_t file_size;
    const std::string& name;
    EdfHeader header;

    Findings& findings() { return header.recording.findings; }
    EdfField field(const char* title, std::int64_t offset, std::size_t width) const {
        return {title, {reinterpret_cast<const char*>(bytes.data()) + offset, width}, offset};
    }
    [[noreturn]] void refuse(const EdfField& f, const std::string& what, const std::string& remedy = {}) const {
        std::string where = name + ", byte " + std::to_string(f.offset) + ", " + f.name;
        if (f.channel >= 0) where += " of signal " + std::to_string(f.channel + 1);
        throw DataError(where, what + " (bytes: '" + clean_text(f.bytes).text + "')", remedy);
    }
};

bool is_bdf_version(std::string_view v) { return v == "\xff" "BIOSEMI"; }

std::int64_t signal_count(const EdfField& f, const Context& context, Findings& findings) {
    const auto count = read_integer(f, findings);
    if (!count || *count < 1) context.refuse(f, "the number of signals cannot be read or is zero", "this is no usable EDF file");
    return *count;
}

void read_version(Context& c) {
    const EdfField f = c.field("version", 0, 8);
    if (is_bdf_version(f.bytes)) {
        c.header.layout.sample_bytes = 3;
        c.header.recording.format = "BDF";
        return;
    }
    c.header.recording.format = "EDF";
    if (f.bytes == "0       ") return;
    const std::string text = clean_text(f.bytes).text;
    if (!text.empty() && text != "0") c.refuse(f, "this is not an EDF or BDF file", "check what the file really is");
    c.findings().push_back(f.finding(FindingCode::EDF_VERSION, "the version field is not '0'", "read as EDF"));
}

// "EDF+C", "EDF+D" and their BDF twins make it a plus file; anything unknown is said and ignored.
void read_reserved(Context& c) {
    const EdfField f = c.field("reserved", 192, 44);
    const std::string text = clean_text(f.bytes).text;
    Recording& r = c.header.recording;
    // some BDF+ files say "EDF+D": the gaps are real all the same
    if (text.starts_with("EDF+C") || text.starts_with("EDF+D") || text.starts_with("BDF+C") || text.starts_with("BDF+D")) {
        c.header.layout.plus = true;
        c.header.layout.discontinuous = text[4] == 'D';
        if (!text.starts_with(r.format))
            c.findings().push_back(f.finding(FindingCode::EDF_RESERVED, "the reserved field names the other format's plus",
                                             "read as " + r.format + text.substr(3, 2)));
        r.format += text.substr(3, 2);
    } else if (!text.empty() && !(r.format == "BDF" && text.starts_with("24BIT"))) {
        c.findings().push_back(f.finding(FindingCode::EDF_RESERVED, "the reserved field holds an unknown text",
                                         "read as plain " + r.format));
    }
}

void read_identity(Context& c) {
    Recording& r = c.header.recording;
    const EdfField patient = c.field("patient identification", 8, 80);
    const EdfField recording = c.field("recording identification", 88, 80);
    r.identity.patient = read_text(patient, c.findings());
    r.identity.recording = read_text(recording, c.findings());
    const EdfField date = c.field("start date", 168, 8);
    r.start.date = read_start_date(date, c.findings());
    r.start.time_of_day = read_start_time(c.field("start time", 176, 8), c.findings());
    if (!c.header.layout.plus) return;

    // EDF+ 2.1.3.3: "code sex birthdate name ..." and "Startdate date code technician equipment ..."
    const auto words = [](const std::string& text) {
        std::vector<std::string> list;
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t end = std::min(text.find(' ', i), text.size());
            if (end > i) list.push_back(text.substr(i, end - i));
            i = end + 1;
        }
        return list;
    };
    const auto p = words(r.identity.patient);
    const bool patient_ok = p.size() >= 4 && (p[1] == "M" || p[1] == "F" || p[1] == "X") &&
                            (p[2] == "X" || parse_edfplus_date(p[2]));
    if (!patient_ok)
        c.findings().push_back(patient.finding(FindingCode::EDF_PATIENT_FIELD,
                                               "the field is not 'code sex birthdate name' with known values"));
    const auto w = words(r.identity.recording);
    if (w.size() < 5 || w[0] != "Startdate" || (w[1] != "X" && !parse_edfplus_date(w[1]))) {
        c.findings().push_back(recording.finding(FindingCode::EDF_RECORDING_FIELD,
                                                 "the field is not 'Startdate date code technician equipment'"));
        return;
    }
    const auto full = parse_edfplus_date(w[1]);
    if (full) {
        if (r.start.date && (full->day != r.start.date->day || full->month != r.start.date->month ||
                             full->year % 100 != r.start.date->year % 100))
            c.findings().push_back(recording.finding(FindingCode::EDF_START_DATE,
                                                     "the start dates of the EDF+ field and of the header differ",
                                                     "the header's start date is kept"));
        else if (r.start.date)
            r.start.date = full;  // four digits of the year
    } else if (r.start.date == Date{1985, 1, 1}) {
        r.start.date.reset();  // EDF+: 01.01.85 with "Startdate X" means that the date is not told
    }
}

bool is_annotation_label(const std::string& label, bool bdf, bool& exact) {
    const std::string wanted = bdf ? "BDF Annotations" : "EDF Annotations";
    exact = label == wanted;
    if (label.size() != wanted.size()) return false;
    for (std::size_t i = 0; i < label.size(); ++i)
        if ((label[i] | 0x20) != (wanted[i] | 0x20)) return false;
    return true;
}

// Calibration of one signal, or nothing with a finding that says why.
void read_calibration(Context& c, Channel& ch, const EdfField& pmin, const EdfField& pmax, const EdfField& dmin,
                      const EdfField& dmax, const EdfField& unit_field) {
    Findings& findings = c.findings();
    ch.physical_min = clean_text(pmin.bytes).text;
    ch.physical_max = clean_text(pmax.bytes).text;
    const auto p0 = read_number(pmin, findings), p1 = read_number(pmax, findings);
    const auto d0 = read_integer(dmin, findings), d1 = read_integer(dmax, findings);
    const Unit unit = parse_unit(ch.unit_text);
    ch.unit = unit.name;
    if (!unit.recognised)
        findings.push_back(unit_field.finding(
            FindingCode::EDF_UNIT_UNKNOWN,
            ch.unit_text.empty() ? "the unit is blank" : "the unit '" + ch.unit_text + "' is not known",
            "values are kept as they are; the unit stays unknown"));

    const auto leave_out = [&](const EdfField& f, const std::string& why) {
        findings.push_back(f.finding(FindingCode::EDF_UNCALIBRATED, why, "the channel is left out"));
    };
    const std::int64_t limit = c.header.layout.sample_bytes == 2 ? 32768 : 8388608;
    if (!p0) return leave_out(pmin, "the physical minimum is blank or no number");
    if (!p1) return leave_out(pmax, "the physical maximum is blank or no number");
    if (!d0) return leave_out(dmin, "the digital minimum is blank or no number");
    if (!d1) return leave_out(dmax, "the digital maximum is blank or no number");
    if (*d0 == *d1) return leave_out(dmin, "digital minimum and maximum are equal");
    if (*p0 == *p1) return leave_out(pmin, "physical minimum and maximum are equal");
    if (std::abs(*d0) > 8 * limit || std::abs(*d1) > 8 * limit)
        return leave_out(dmin, "the digital range is far outside the format's limits");

    ch.digital_min = static_cast<std::int32_t>(*d0);
    ch.digital_max = static_cast<std::int32_t>(*d1);
    const bool legal = *d0 < *d1 && *d0 >= -limit && *d1 <= limit - 1;
    if (*d0 > *d1)
        findings.push_back(dmin.finding(FindingCode::EDF_RANGE_REVERSED, "the digital range is reversed",
                                        "the formula is applied as it stands"));
    else if (!legal)
        findings.push_back(dmin.finding(FindingCode::EDF_RANGE_REVERSED,
                                        "the digital range is outside the format's limits",
                                        "the formula is applied as it stands"));
    if (*p0 > *p1)
        findings.push_back(pmin.finding(FindingCode::EDF_RANGE_REVERSED, "the physical range is reversed",
                                        "the header's sign is honoured"));
    const double step = (*p1 - *p0) / static_cast<double>(*d1 - *d0);
    ch.calibration = Calibration{step * unit.factor, (*p0 - step * static_cast<double>(*d0)) * unit.factor};
    if (legal) {
        ch.calibration->low = ch.digital_min;
        ch.calibration->high = ch.digital_max;
    }
}

void read_signals(Context& c, std::int64_t count) {
    EdfLayout& layout = c.header.layout;
    Recording& r = c.header.recording;
    const bool bdf = layout.sample_bytes == 3;
    std::map<std::string, int> seen;
    std::int64_t offset = 0;
    for (int i = 0; i < count; ++i) {
        const auto field = [&](const char* title, std::int64_t before, std::int64_t width) {
            EdfField f = c.field(title, fixed_bytes + count * before + i * width, static_cast<std::size_t>(width));
            f.channel = i;
            return f;
        };
        EdfField label_field = field("label", 0, 16);
        label_field.label = clean_text(label_field.bytes).text;
        const std::string label = read_text(label_field, c.findings());
        const auto labelled = [&](const char* title, std::int64_t before, std::int64_t width) {
            EdfField f = field(title, before, width);
            f.label = label;
            return f;
        };

        const EdfField samples_field = labelled("samples per record", 216, 8);
        const auto samples = read_integer(samples_field, c.findings());
        if (!samples || *samples < 0 || *samples > max_samples)
            c.refuse(samples_field, "the number of samples per record cannot be read",
                     "the data cannot be told apart without it");
        EdfSlot slot{i, offset, *samples, false};
        offset += *samples * layout.sample_bytes;

        bool exact = false;
        if (is_annotation_label(label, bdf, exact)) {
            slot.annotations = true;
            slot.samples_channel = !exact || !layout.plus;  // as EDFlib: an odd one stays a channel too
            if (slot.samples_channel)
                c.findings().push_back(label_field.finding(
                    FindingCode::EDF_ANNOTATION_CHANNEL,
                    exact ? "an annotation channel in a file that is not declared EDF+ or BDF+"
                          : "the annotation channel's label is written unusually",
                    "its annotations are read"));
        }
        layout.slots.push_back(slot);
        if (!slot.samples_channel) continue;
        if (label.empty())
            c.findings().push_back(label_field.finding(FindingCode::EDF_LABEL_EMPTY, "the channel has no label",
                                                       "it is known by its index"));
        else if (const auto [first, fresh] = seen.emplace(label, i); !fresh)
            c.findings().push_back(label_field.finding(FindingCode::EDF_LABEL_DUPLICATE,
                                                       "the label is also that of signal " + std::to_string(first->second + 1),
                                                       "channels are told apart by their index"));
        if (*samples == 0) {
            c.findings().push_back(samples_field.finding(FindingCode::EDF_EMPTY_CHANNEL, "the channel has no samples",
                                                         "the channel is left out"));
            continue;
        }

        Channel ch;
        ch.index = i;
        ch.label = label;
        ch.samples_per_record = static_cast<int>(*samples);
        ch.transducer = read_text(labelled("transducer", 16, 80), c.findings());
        const EdfField unit_field = labelled("physical dimension", 96, 8);
        ch.unit_text = read_text(unit_field, c.findings());
        ch.prefilter = read_text(labelled("prefiltering", 136, 80), c.findings());
        if (layout.record_nanoseconds > 0) ch.rate = SampleRate(*samples, layout.record_nanoseconds);
        read_calibration(c, ch, labelled("physical minimum", 104, 8), labelled("physical maximum", 112, 8),
                         labelled("digital minimum", 120, 8), labelled("digital maximum", 128, 8), unit_field);
        r.channels.push_back(std::move(ch));
    }
    layout.record_bytes = offset;
    if (layout.plus && std::none_of(layout.slots.begin(), layout.slots.end(), [](const EdfSlot& s) { return s.annotations; }))
        c.findings().push_back(Finding{FindingCode::EDF_ANNOTATION_CHANNEL,
                                       "the file is declared " + r.format + " but has no annotation channel",
                                       "read without annotations, as one continuous stretch", "label"});
}

void read_record_duration(Context& c) {
    const EdfField f = c.field("record duration", 244, 8);
    const auto text = read_decimal_text(f, c.findings());
    const auto ns = text ? parse_scaled_decimal(*text, 9) : std::nullopt;
    if (!ns || *ns < 0) c.refuse(f, "the duration of a data record cannot be read", "no sampling rate is known without it");
    c.header.layout.record_nanoseconds = *ns;
}

// Header byte count and record count against the size of the file.
void read_sizes(Context& c, std::int64_t count) {
    EdfLayout& layout = c.header.layout;
    layout.header_bytes = fixed_bytes * (count + 1);
    const std::int64_t data = c.file_size - layout.header_bytes;
    const std::int64_t fitting = layout.record_bytes > 0 ? data / layout.record_bytes : 0;
    const std::int64_t rest = data - fitting * layout.record_bytes;

    const EdfField records_field = c.field("number of data records", 236, 8);
    const auto declared = read_integer(records_field, c.findings());
    const EdfField bytes_field = c.field("header bytes", 184, 8);
    const auto header_bytes = read_integer(bytes_field, c.findings());
    if (header_bytes != layout.header_bytes) {
        if (!declared || *declared != fitting || rest != 0)
            c.refuse(bytes_field,
                     "the header byte count contradicts the number of signals and the size does not decide between them",
                     "samples would be shifted: the file cannot be read");
        c.findings().push_back(bytes_field.finding(FindingCode::EDF_HEADER_BYTES, "the header byte count is wrong or blank",
                                                   "read as " + std::to_string(layout.header_bytes) +
                                                       ", which fits the size of the file exactly"));
    }

    constexpr double ten_years_s = 3.2e8;  // keeps every time far from overflow
    if (static_cast<double>(fitting) * static_cast<double>(layout.record_nanoseconds) * 1e-9 > ten_years_s)
        c.refuse(c.field("record duration", 244, 8), "the recording would last longer than ten years");

    layout.records = fitting;
    const std::string from_size = "taken as " + std::to_string(fitting) + " from the size of the file";
    if (!declared || *declared < 0) {
        c.findings().push_back(records_field.finding(
            FindingCode::EDF_RECORD_COUNT,
            declared == -1 ? "the number of records is -1: the recording was not closed" : "the number of records cannot be read",
            from_size));
    } else if (*declared > fitting) {
        const std::string lost = rest > 0 ? "; " + std::to_string(rest) + " bytes of a cut record are lost" : "";
        c.findings().push_back(records_field.finding(
            FindingCode::EDF_RECORD_COUNT,
            "the header tells " + std::to_string(*declared) + " records, the file holds " + std::to_string(fitting) + lost,
            from_size));
    } else if (*declared < fitting) {
        c.findings().push_back(records_field.finding(
            FindingCode::EDF_RECORD_COUNT,
            "the header tells " + std::to_string(*declared) + " records, the file holds " + std::to_string(fitting),
            from_size));
    } else if (*declared == 0) {
        c.findings().push_back(records_field.finding(FindingCode::EDF_RECORD_COUNT, "the file holds no data record"));
    }
    if (rest > 0 && declared && *declared <= fitting) {
        Finding f = records_field.finding(FindingCode::EDF_TRAILING_BYTES,
                                          std::to_string(rest) + " bytes follow the last complete data record",
                                          "they are ignored");
        f.byte_offset = layout.header_bytes + fitting * layout.record_bytes;
        c.findings().push_back(std::move(f));
    }
}

}  // namespace

std::int64_t edf_header_size(std::span<const unsigned char> start, std::int64_t file_size, const std::string& name) {
    if (static_cast<std::int64_t>(start.size()) < fixed_bytes)
        throw DataError(name, "is too short for an EDF header (" + std::to_string(file_size) + " bytes)");
    Context c{start, file_size, name, {}};
    read_version(c);
    Findings ignored;
    const EdfField f = c.field("number of signals", 252, 4);
    const std::int64_t size = fixed_bytes * (signal_count(f, c, ignored) + 1);
    if (size > file_size)
        c.refuse(f, "the header needs " + std::to_string(size) + " bytes, the file has " + std::to_string(file_size),
                 "the file is cut");
    return size;
}

EdfHeader parse_edf_header(std::span<const unsigned char> bytes, std::int64_t file_size, const std::string& name) {
    Context c{bytes, file_size, name, {}};
    read_version(c);
    read_reserved(c);
    read_identity(c);
    read_record_duration(c);
    const std::int64_t count = signal_count(c.field("number of signals", 252, 4), c, c.findings());
    read_signals(c, count);
    if (c.header.layout.record_nanoseconds == 0 && !c.header.recording.channels.empty())
        c.refuse(c.field("record duration", 244, 8), "a record duration of 0 with signals gives no sampling rate");
    read_sizes(c, count);
    return std::move(c.header);
}

}  // namespace psg::io

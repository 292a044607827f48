// Who and when of an EDF header: patient, recording, start, and their EDF+ subfields.
// SPDX-License-Identifier: BSD-3-Clause
#include <vector>

#include "libpsg/io/edf/edf_header_draft.hpp"

namespace psg::io {

namespace {

// Subfields stand one space apart (EDF+ 2.1.3.3), so two spaces hold an empty one.
std::vector<std::string> subfields(const std::string& text) {
    std::vector<std::string> list;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t end = std::min(text.find(' ', from), text.size());
        list.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return list;
}

// The first subfield among `count` that is missing or empty, as "name"; empty if all are there.
std::string missing_subfield(const std::vector<std::string>& list, std::initializer_list<const char*> names) {
    std::size_t i = 0;
    for (const char* name : names) {
        if (i >= list.size() || list[i].empty()) return name;
        ++i;
    }
    return {};
}

std::string patient_fault(const std::vector<std::string>& p) {
    const std::string missing = missing_subfield(p, {"code", "sex", "birthdate", "name"});
    if (!missing.empty()) return "has no " + missing;
    if (p[1] != "M" && p[1] != "F" && p[1] != "X") return "has a sex that is not M, F or X";
    if (p[2] != "X" && !parse_edfplus_date(p[2])) return "has a birthdate that is neither X nor a date dd-MMM-yyyy";
    return {};
}

std::string recording_fault(const std::vector<std::string>& r) {
    if (r[0] != "Startdate") return "does not begin with 'Startdate'";
    const std::string missing = missing_subfield(r, {"Startdate", "date", "code", "technician", "equipment"});
    if (!missing.empty()) return "has no " + missing;
    if (r[1] != "X" && !parse_edfplus_date(r[1])) return "has a start date that is neither X nor a date dd-MMM-yyyy";
    return {};
}

}  // namespace

void read_edf_identity(EdfHeaderDraft& draft) {
    Recording& r = draft.header.recording;
    Findings& findings = draft.findings();
    const EdfField patient = draft.field("patient identification", 8, 80);
    const EdfField recording = draft.field("recording identification", 88, 80);
    const EdfField date = draft.field("start date", 168, 8);
    r.identity.patient = read_text(patient, findings);
    r.identity.recording = read_text(recording, findings);
    r.start.date = parse_start_date(date.bytes);

    // "code sex birthdate name ..." and "Startdate date code technician equipment ..."
    const auto list = subfields(r.identity.recording);
    const auto told = draft.header.layout.plus && list[0] == "Startdate" && list.size() > 1
                          ? parse_edfplus_date(list[1])
                          : std::nullopt;
    // after 2084 the header's year is "yy" and only the EDF+ field tells it (EDF+ 2.1.3.2)
    if (!r.start.date && told && told->year > 2084 && date.bytes.substr(6) == "yy") {
        const auto day_and_month = parse_start_date(std::string(date.bytes.substr(0, 6)) + "04");
        if (day_and_month && day_and_month->day == told->day && day_and_month->month == told->month)
            r.start.date = told;
    }
    if (!r.start.date)
        findings.push_back(date.finding(FindingCode::EDF_START_DATE, "the start date is no date of the form dd.mm.yy",
                                        "the date is unknown"));
    r.start.time_of_day = read_start_time(draft.field("start time", 176, 8), findings);
    if (!draft.header.layout.plus) return;

    if (const std::string fault = patient_fault(subfields(r.identity.patient)); !fault.empty())
        findings.push_back(patient.finding(FindingCode::EDF_PATIENT_FIELD,
                                           "the field, 'code sex birthdate name' by the standard, " + fault,
                                           "kept as a text"));
    if (const std::string fault = recording_fault(list); !fault.empty())
        findings.push_back(recording.finding(
            FindingCode::EDF_RECORDING_FIELD,
            "the field, 'Startdate date code technician equipment' by the standard, " + fault, "kept as a text"));
    if (told && r.start.date && *told != *r.start.date)
        findings.push_back(recording.finding(FindingCode::EDF_START_DATE,
                                             "the start dates of the EDF+ field and of the header differ",
                                             "the header's start date is kept"));
    // 01.01.85 with "Startdate X" means that the date is not told
    if (list.size() > 1 && list[1] == "X" && r.start.date == Date{1985, 1, 1}) r.start.date.reset();
}

}  // namespace psg::io

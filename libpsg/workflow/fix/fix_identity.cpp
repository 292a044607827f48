// Who, when and where of an output header.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_identity.hpp"

#include <algorithm>
#include <chrono>

#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/io/edf/edf_fields.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
    Words words;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = std::min(text.find(' ', i), text.size());
        if (end > i) words.push_back(text.substr(i, end - i));
        i = end + 1;
    }
    return words;
}

std::string join(const Words& words, std::size_t from, char gap) {
    std::string text;
    for (std::size_t i = from; i < words.size(); ++i) text += (text.empty() ? "" : std::string(1, gap)) + words[i];
    return text;
}

std::string value(const std::string& word) {
    return word == "X" ? "" : word;
}

// Cuts the texts, the last first, until they fit together; false if nothing had to be cut.
bool cut_to(std::size_t limit, std::initializer_list<std::string*> parts, const std::string& additional) {
    std::size_t size = 0;
    for (const std::string* part : parts) size += part->size();
    if (!additional.empty()) ++size;
    if (size <= limit) return false;
    std::size_t excess = size - limit;
    for (auto part = std::rbegin(parts); part != std::rend(parts) && excess > 0; ++part) {
        const std::size_t cut = std::min(excess, (*part)->size());
        (*part)->resize((*part)->size() - cut);
        while (!(*part)->empty() && (*part)->back() == ' ') (*part)->pop_back();
        excess -= cut;
    }
    return true;
}

class Reporter {
public:
    Reporter(Findings& findings, std::vector<std::string>& rest) : findings_(findings), rest_(rest) {}

    std::string ascii(const std::string& text, const char* field) {
        std::string out = io::to_ascii(text);
        if (out != text) note(field, "is not ASCII", "written in ASCII; the text as it was is kept beside", text);
        return out;
    }
    void note(const char* field, const std::string& what, const std::string& repair, const std::string& original) {
        findings_.push_back({FindingCode::FIX_TEXT, std::string("the ") + field + " " + what, repair, field});
        if (original.empty()) return;
        const std::string kept = std::string(field) + ": " + original;
        if (std::find(rest_.begin(), rest_.end(), kept) == rest_.end()) rest_.push_back(kept);
    }

private:
    Findings& findings_;
    std::vector<std::string>& rest_;
};

void fix_patient(const std::string& text, io::EdfOutputHeader& h, Reporter& report) {
    constexpr const char* field = "patient identification";
    const Words w = words_of(report.ascii(text, field));
    const auto birth = w.size() > 2 ? io::parse_edfplus_date(w[2]) : std::nullopt;
    const bool conformant = w.size() >= 4 && (w[1] == "M" || w[1] == "F" || w[1] == "X") && (w[2] == "X" || birth);
    if (conformant) {
        h.patient_code = value(w[0]);
        h.patient_sex = value(w[1]);
        h.patient_name = value(w[3]);
        h.patient_additional = join(w, 4, ' ');
        if (birth && birth->year >= 1800 && birth->year <= 3000)
            h.patient_birth_date = birth;
        else if (birth)
            report.note(field, "has a birth date that EDFlib does not write",
                        "left out; the text as it was is kept beside", text);
    } else if (!w.empty() && !(w.size() == 1 && w[0] == "X")) {
        h.patient_name = join(w, 0, '_');
        report.note(field, "is no EDF+ field", "written as the name", "");
    }
    if (cut_to(io::max_patient_text(h.patient_birth_date.has_value()),
               {&h.patient_code, &h.patient_name, &h.patient_additional}, h.patient_additional))
        report.note(field, "is longer than EDFlib writes", "cut; the text as it was is kept beside", text);
}

void fix_recording_field(const std::string& text, io::EdfOutputHeader& h, Reporter& report) {
    constexpr const char* field = "recording identification";
    const Words w = words_of(report.ascii(text, field));
    if (w.size() >= 5 && w[0] == "Startdate" && (w[1] == "X" || io::parse_edfplus_date(w[1]))) {
        h.recording_code = value(w[2]);
        h.technician = value(w[3]);
        h.equipment = value(w[4]);
        h.recording_additional = join(w, 5, ' ');
    } else if (!w.empty() && !(w.size() == 1 && w[0] == "X")) {
        h.recording_additional = join(w, 0, ' ');
        report.note(field, "is no EDF+ field", "written as additional text", "");
    }
    if (cut_to(io::max_recording_text, {&h.recording_code, &h.technician, &h.equipment, &h.recording_additional},
               h.recording_additional))
        report.note(field, "is longer than EDFlib writes", "cut; the text as it was is kept beside", text);
}

}  // namespace

void fix_identity(const Recording& recording, const DeidentifyOptions& deidentify, io::EdfOutputHeader& header,
                  std::vector<std::string>& rest, Findings& findings) {
    if (deidentify.on) {
        findings.push_back({FindingCode::FIX_IDENTITY,
                            "the fields that tell who was recorded, by whom and with what are not written",
                            "X in every one", "patient and recording identification"});
        return;
    }
    Reporter report(findings, rest);
    fix_patient(recording.identity.patient, header, report);
    fix_recording_field(recording.identity.recording, header, report);
}

StartTime fix_start(const StartTime& start, const DeidentifyOptions& deidentify, Findings& findings) {
    const auto say = [&](FindingCode code, const std::string& what, const std::string& repair) {
        findings.push_back({code, what, repair, "start"});
    };
    constexpr Date not_told{1985, 1, 1};
    StartTime fixed = start;
    if (deidentify.on) {
        if (deidentify.shift_days && start.date) {
            using namespace std::chrono;
            const year_month_day moved =
                sys_days(year(start.date->year) / start.date->month / start.date->day) + days(*deidentify.shift_days);
            fixed.date = Date{int(moved.year()), static_cast<int>(unsigned(moved.month())),
                              static_cast<int>(unsigned(moved.day()))};
            say(FindingCode::FIX_IDENTITY, "the start date is moved", "by the days that were given");
        } else {
            fixed.date = not_told;
            say(FindingCode::FIX_IDENTITY, "the start date is not written", "1985-01-01 stands for it");
        }
        if (!deidentify.keep_time) {
            fixed.time_of_day = Time(0);
            say(FindingCode::FIX_IDENTITY, "the start time is not written", "00:00:00 stands for it");
        }
    }
    if (!fixed.date) {
        fixed.date = not_told;
        say(FindingCode::FIX_START, "the start date is not known", "written as 1985-01-01, which EDF+ has for it");
    } else if (fixed.date->year < 1985 || fixed.date->year > 2084) {
        fixed.date = not_told;
        say(FindingCode::FIX_START, "the start date is not in the years 1985 to 2084", "written as 1985-01-01");
    }
    if (!fixed.time_of_day) {
        fixed.time_of_day = Time(0);
        say(FindingCode::FIX_START, "the start time is not known", "written as 00:00:00");
    }
    return fixed;
}

void set_start(const std::string& file, const StartTime& start, Time moment, io::EdfOutputHeader& header) {
    using namespace std::chrono;
    const Time since_midnight = *start.time_of_day + moment;
    const days later = floor<days>(since_midnight);
    const year_month_day day = sys_days(year(start.date->year) / start.date->month / start.date->day) + later;
    header.start_date = {int(day.year()), static_cast<int>(unsigned(day.month())),
                         static_cast<int>(unsigned(day.day()))};
    header.start_time_of_day = since_midnight - later;
    if (header.start_date.year > 2084)
        throw DataError(file, "a part of the recording begins after 2084", "EDF holds 1985 to 2084");
}

}  // namespace psg::workflow

// Scorings in XML: Compumedics Profusion (CMPStudyConfig) and NSRR (PSGAnnotation).
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/scored_formats.hpp"
#include "libpsg/io/text/xml.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

// "Stage 2 sleep|2", "SDO:Hypopnea": the name without its code and its ontology.
std::string concept_name(const std::string& text) {
    const std::size_t begin = text.starts_with("SDO:") ? 4 : 0;
    return text.substr(begin, std::min(text.size(), text.find('|')) - begin);
}

class XmlScoring {
public:
    XmlScoring(const std::string& name, const Recording& recording) : recording_(recording) { file_.name = name; }

    void begin(std::string_view path, int line) {
        if (path.find('/') == path.npos) begin_root(path, line);
        if (path == event_path_) {
            event_ = {};
            event_.line = line;
            has_start_ = false;
            is_recording_start_ = false;
            clock_.clear();
        }
    }

    void end(const XmlElement& e) {
        if (e.path == stage_path_) {
            ScoredEntry stage;
            stage.name = e.text;
            stage.line = e.line;
            stage.is_stage = true;
            stages_.push_back(std::move(stage));
        } else if (e.path == root_ + "/EpochLength") {
            epoch_ = time(e, "the epoch length");
            if (epoch_ <= 0s || epoch_ > 10min) fail(e.line, "an epoch length of '" + e.text + "' s is impossible");
        } else if (e.path == event_path_) {
            end_event(e.line);
        } else if (e.path.size() > event_path_.size() && e.path.starts_with(event_path_ + "/")) {
            field(e, std::string_view(e.path).substr(event_path_.size() + 1));
        }
    }

    ScoredFile finish() {
        if (root_.empty()) fail(1, "no element at all");
        // an epoch a line, in the order of the file
        for (std::size_t i = 0; i < stages_.size(); ++i) {
            stages_[i].onset = epoch_ * static_cast<std::int64_t>(i);
            stages_[i].duration = epoch_;
        }
        file_.entries.insert(file_.entries.begin(), stages_.begin(), stages_.end());
        return std::move(file_);
    }

private:
    [[noreturn]] void fail(int line, const std::string& what, const std::string& remedy = {}) const {
        throw DataError(file_.name + " line " + std::to_string(line), what, remedy);
    }
    Time time(const XmlElement& e, const std::string& what) const {
        const auto t = scored_seconds(e.text);
        if (!t) fail(e.line, what + " '" + e.text + "' is no number of seconds");
        return *t;
    }

    void begin_root(std::string_view name, int line) {
        root_ = name;
        event_path_ = root_ + "/ScoredEvents/ScoredEvent";
        file_.in_order = false;
        file_.digits_are_rk = true;
        if (root_ == "CMPStudyConfig") {
            file_.format = "Profusion XML";
            stage_path_ = root_ + "/SleepStages/SleepStage";
        } else if (root_ == "PSGAnnotation") {
            file_.format = "NSRR XML";
        } else {
            fail(line, "XML of an unknown kind: its root is '" + root_.substr(0, 80) + "'",
                 "CMPStudyConfig (Profusion) and PSGAnnotation (NSRR) are read");
        }
    }

    void field(const XmlElement& e, std::string_view name) {
        if (name == "Name") {
            event_.name = e.text;
        } else if (name == "EventConcept") {
            event_.name = concept_name(e.text);
            is_recording_start_ = event_.name == "Recording Start Time";
        } else if (name == "EventType") {
            event_.is_stage = e.text.starts_with("Stages");
        } else if (name == "Start") {
            event_.onset = time(e, "the start");
            has_start_ = true;
        } else if (name == "Duration") {
            event_.duration = time(e, "the duration");
        } else if (name == "Input" || name == "SignalLocation") {
            event_.channel = e.text;
        } else if (name == "ClockTime") {
            clock_ = e.text;
        }
    }

    void end_event(int line) {
        if (is_recording_start_) {
            check_start();
            return;
        }
        if (event_.name.empty()) fail(line, "an event has no name");
        if (!has_start_) fail(line, "the event '" + event_.name + "' has no start");
        file_.entries.push_back(event_);
    }

    // The date in ClockTime is invented in shared data; the time of day is the recording's.
    void check_start() {
        const std::size_t gap = clock_.rfind(' ');
        const auto told = parse_clock(gap == clock_.npos ? clock_ : clock_.substr(gap + 1));
        const auto& start = recording_.start.time_of_day;
        if (!told || !start) return;
        const Time difference = told->time_of_day > *start ? told->time_of_day - *start : *start - told->time_of_day;
        if (difference >= 1s && difference <= 24h - 1s)
            file_.findings.push_back({.code = FindingCode::EVENTS_DATE,
                                      .message = "the scoring names a start of the recording that is " +
                                                 format_seconds(std::min(difference, Time(24h) - difference)) +
                                                 " s from the one in the recording",
                                      .repair = "its times are taken since the start of the recording",
                                      .field = "scoring"});
    }

    const Recording& recording_;
    ScoredFile file_;
    std::string root_, event_path_, stage_path_;
    std::vector<ScoredEntry> stages_;
    Time epoch_{30s};
    ScoredEntry event_;
    bool has_start_ = false, is_recording_start_ = false;
    std::string clock_;
};

}  // namespace

ScoredFile read_scored_xml(std::string_view bytes, const std::string& name, const Recording& recording, bool is_utf8) {
    XmlScoring scoring(name, recording);
    read_xml(bytes, name,
             {[&](std::string_view path, int line) { scoring.begin(path, line); },
              [&](const XmlElement& e) { scoring.end(e); }},
             is_utf8);
    return scoring.finish();
}

}  // namespace psg::io

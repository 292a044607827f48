// Scorings to be embedded into a recording as annotations.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/annotation_inputs.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "libpsg/io/channels/channel_label.hpp"
#include "libpsg/io/scored/event_annotation.hpp"

namespace psg::workflow {

namespace {

using namespace std::chrono_literals;

constexpr Time epoch_length = 30s;

class AnnotationInput {
public:
    AnnotationInput(const io::ScoredFile& file, const io::ScoringOptions& options) : file_(file), options_(options) {}

    std::vector<Annotation> read(const Recording& recording, Findings& findings) {
        io::ScoredFile stages = file_;  // what a tool would make a hypnogram of
        stages.entries.clear();
        stages.findings.clear();
        std::vector<Annotation> list;
        for (const io::ScoredEntry& e : file_.entries) {
            const io::NameMeaning m = io::read_event_name(e.name, options_.map, options_.classes, e.is_stage);
            if (e.is_stage || m.kind == io::NameKind::stage) {
                stages.entries.push_back(e);
                list.push_back(stage(e, m));
            } else {
                list.push_back(event(e, m));
            }
        }
        if (!stages.entries.empty()) {
            Findings of_grid;  // about epochs that a hypnogram leaves out; here all are written
            io::understand(stages, recording, options_, of_grid);
        }
        findings.insert(findings.end(), file_.findings.begin(), file_.findings.end());
        const auto tell = [&](std::int64_t count, const std::string& what, const std::string& repair) {
            if (count > 0)
                findings.push_back({FindingCode::FIX_ANNOTATION, what + " of " + std::to_string(count) + " events",
                                    repair, "annotations"});
        };
        tell(shortened_, "EDFlib's 40 bytes have no room for the whole channels",
             "shortened in the annotation; name and number are whole");
        tell(sides_, "neither name nor channel tells the sides", "the sides are not in the annotations");
        return list;
    }

private:
    bool is_mapped(const io::ScoredEntry& e) const { return options_.map.count(io::fold_label(e.name)) > 0; }

    Annotation stage(const io::ScoredEntry& e, const io::NameMeaning& m) {
        Annotation a;
        a.onset = e.onset.value_or(next_);
        a.duration = e.duration.value_or(epoch_length);
        next_ = a.onset + a.duration;
        Stage stage = m.kind == io::NameKind::stage ? m.stage : Stage::unknown;
        const bool other_digits = options_.digits == io::StageDigits::yasa && !file_.digits_are_rk && !is_mapped(e);
        if (other_digits && e.name == "4") stage = Stage::R;
        a.text = io::stage_annotation_text(stage);
        return a;
    }

    Annotation event(const io::ScoredEntry& e, const io::NameMeaning& m) {
        if (!e.onset) file_.fail(e, "'" + e.name + "' has no onset");
        // an annotation would read back as an event of 0 s, which the file as it is does not (io::understand())
        if (m.kind == io::NameKind::event && !e.duration && !file_.moments)
            file_.fail(e, "the event '" + e.name + "' has no duration", "durations are at least 0");
        Annotation a;
        a.onset = *e.onset;
        a.duration = e.duration.value_or(Time(0));
        Event text;
        if (e.channel != "." && e.channel != "n/a") text.channel = e.channel;
        bool cut = false;
        const bool detected = options_.classes.count(e.name) && io::is_event_id(e.id, e.name);
        const bool mapped = m.kind == io::NameKind::event && is_mapped(e);
        if (detected || mapped) {
            text.kind = mapped ? m.event : e.name;
            text.id = e.id.starts_with('#') ? e.id.substr(1) : e.id;
            if (detected && !ids_.insert(e.id.starts_with('#') ? e.name + "-" + text.id : e.id).second)
                file_.fail(e, "id '" + e.id + "' was given above", "an event that is cut in two keeps its id once only");
            a.text = io::event_annotation_text(text, cut);
        } else {
            std::string name = e.name;
            if (is_mapped(e) && m.kind == io::NameKind::lights_off) name = "Lights off";
            if (is_mapped(e) && m.kind == io::NameKind::lights_on) name = "Lights on";
            if (!e.id.empty()) name += (e.id.starts_with('#') ? " " : " #") + e.id;
            a.text = io::with_channel(std::move(name), text.channel, cut);
        }
        shortened_ += cut;
        const Side told = mapped && m.side != Side::none ? m.side : e.side;
        sides_ += told != Side::none && !tells_side(e.name, mapped, text.channel);
        return a;
    }

    bool tells_side(const std::string& name, bool mapped, const std::string& channel) const {
        const auto role = io::read_label(channel).role;
        return role == Role::leg_left || role == Role::leg_right ||
               (!mapped && io::read_event_name(name, {}, {}).side != Side::none);
    }

    const io::ScoredFile& file_;
    const io::ScoringOptions& options_;
    Time next_{0};  // where a stage without an onset begins
    std::set<std::string> ids_;  // of detected events
    std::int64_t shortened_ = 0, sides_ = 0;
};

}  // namespace

std::vector<Annotation> read_annotation_input(const std::string& path, const Recording& recording,
                                              const io::ScoringOptions& options, Findings& findings) {
    const io::ScoredFile file = io::read_scored_file(path, recording);
    return AnnotationInput(file, options).read(recording, findings);
}

}  // namespace psg::workflow

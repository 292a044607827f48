// Why an event is what it is: leg movements and their names; series and other classes have files of their own.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/explanation.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "libpsg/events/explained_rules.hpp"
#include "libpsg/events/leg_movement_series.hpp"
#include "libpsg/events/movement_names.hpp"
#include "libpsg/model/error.hpp"

namespace psg::events {

namespace {

bool is_leg(const Event& e) {
    return e.kind == "leg_movement" || e.kind == "long_leg_movement";
}

class Explainer {
public:
    Explainer(const Night& night, const DetectionRun& run) : night_(night), run_(run) {
        for (const Event& e : run.events)
            if (is_combined(e)) combined_.push_back(&e);
    }

    std::vector<ExplainedRule> explain(const Event& e) {
        rules_.id = e.id;
        rules_.add("class", e.kind, "", "", "", class_text(e.kind));
        rules_.add("onset at", format_seconds(e.extent.onset), "s");
        rules_.add("offset at", format_seconds(e.extent.offset), "s");
        rules_.add("stage", std::string(stage_name(e.stage)), "", "", "", "of the 30-s epoch that holds the onset");
        for (const DetectorRun& d : run_.by_detector)
            for (const EventClass& c : d.detector->classes)
                if (c.name == e.kind) rules_.add("basis", d.detector->reference, "", "", "", basis_of(*d.detector));
        if (is_leg(e))
            explain_leg(e);
        else if (is_combined(e))
            explain_combined(e, night_, run_, rules_);
        else
            explain_class(e, night_, run_, rules_);
        explain_name(e);
        return std::move(rules_.list);
    }

private:
    const DetectorRun* detector(const std::string& name) const { return find_detector(run_, name); }
    std::string parameter(const std::string& detector_name, const std::string& name) const {
        const DetectorRun* d = detector(detector_name);
        return d ? d->parameters.at(name) : "";
    }
    double number(const std::string& detector_name, const std::string& name) const {
        return seconds(parse_seconds(parameter(detector_name, name)).value_or(Time(0)));
    }
    std::string rule_text(const std::string& name) const { return parameter("plm_series", name); }

    const EventClass* find_class(const std::string& kind) const {
        for (const DetectorRun& d : run_.by_detector)
            for (const EventClass& c : d.detector->classes)
                if (c.name == kind) return &c;
        return nullptr;
    }
    std::string class_text(const std::string& kind) const {
        const EventClass* c = find_class(kind);
        return c ? c->text : "";
    }

    // Which of the classes that it fits gives its name.
    void explain_name(const Event& e) {
        const std::string others = e.text("alternatives"), winner = e.text("part_of");
        if (!others.empty())
            rules_.add("name", e.kind, "", "", "passed",
                "it fits " + others + " as well, which come later in the precedence: " + precedence_text());
        if (!winner.empty())
            rules_.add("name", winner, "", "", "no",
                "it goes by the name of a " + winner + " and is in no rate; precedence: " + precedence_text());
    }

    void explain_leg(const Event& e) {
        const std::string d = "leg_movements";
        const double rest = e.number("resting_uv"), onset = number(d, "onset_uv"), offset = number(d, "offset_uv");
        if (std::isnan(rest)) {
            rules_.add("amplitude", "", "uV", "", "not tested",
                "the movement was given, not detected: its amplitudes are unknown");
        } else {
            rules_.add("resting level", rounded(rest), "uV", "<= " + text_of(number(d, "max_resting_uv")), "passed",
                "root mean square at the onset");
            rules_.add("onset", rounded(e.number("rise_uv")), "uV", ">= " + text_of(onset), "passed",
                "highest amplitude above rest; the onset threshold is " + rounded(rest + onset) + " uV");
            rules_.add("offset", rounded(rest + offset), "uV",
                "<= " + text_of(offset) + " above rest for " + text_of(number(d, "quiet_s")) + " s", "passed",
                "the offset threshold; the movement ends where the amplitude begins to stay at or below it, or with "
                "the signal");
            if (parameter(d, "morphology") == "1")
                rules_.add("morphology", rounded(e.number("sustained_uv")), "uV", ">= " + text_of(number(d, "morphology_uv")),
                    "passed", "highest median above rest of " + text_of(number(d, "morphology_s")) + " s");
            else
                rules_.add("morphology", rounded(e.number("sustained_uv")), "uV", "", "not tested", "switched off");
        }
        const double duration = seconds(e.extent.duration());
        rules_.add("duration", text_of(duration), "s", ">= " + text_of(number(d, "min_duration_s")),
            passed(duration >= number(d, "min_duration_s")));
        rules_.add("longest", text_of(duration), "s", "<= " + text_of(number(d, "max_duration_s")),
            passed(duration <= number(d, "max_duration_s")),
            std::string("longer ones are of the class long_leg_movement") +
                (e.side == Side::both ? "; of both legs the series rules decide" : " and no candidates"));
        if (!detector("plm_series") || !detector("plm_series")->detection.ran) {
            rules_.add("part of", "", "", "", "not tested", "the series rules were not applied");
            return;
        }
        explain_membership(e);
    }

    // The movement that the series rules make of this one, or why they dropped it: they are applied once more, because
    // intervals alone do not tell members apart.
    void explain_membership(const Event& e) {
        std::vector<LegMovement> legs;
        std::size_t place = run_.events.size();
        for (const std::size_t i : series_input(run_.events, night_)) {
            const Event& leg = run_.events[i];
            if (&leg == &e) place = legs.size();
            legs.push_back({leg.extent, leg.side});
        }
        if (is_leg_of_jerk(e, run_.events)) {
            rules_.add("part of", "propriospinal_myoclonus", "", "", "no",
                       "a jerk that begins in the trunk: the series rules leave it out");
            return;
        }
        if (place == run_.events.size()) {
            rules_.add("part of", "", "", "", "no", "it begins outside the recording: the series rules leave it out");
            return;
        }
        const auto holds = [&](const std::vector<std::size_t>& members) {
            return std::find(members.begin(), members.end(), place) != members.end();
        };
        const SeriesContext context = series_context(night_, detector("leg_movements")->detection.at_risk);
        std::vector<DroppedMovement> dropped;
        for (const CombinedMovement& m :
             score_series(legs, series_rules(detector("plm_series")->parameters), context, &dropped))
            if (holds(m.members))
                for (const Event* c : combined_)
                    if (c->extent == m.extent && c->side == m.side && c->number("members") == m.member_count) {
                        rules_.add("part of", c->id, "", "", "", "the movement that the series rules make of it");
                        rules_.id = c->id;
                        explain_combined(*c, night_, run_, rules_);
                        return;
                    }
        for (const DroppedMovement& d : dropped)
            if (holds(d.members))
                rules_.add("part of", d.why, "", "", "no",
                    "the series rules dropped it" +
                        (d.members.size() > 1 ? ", joined with " + std::to_string(d.members.size() - 1) + " more" : "") +
                        ": " + text_of(seconds(d.extent.duration())) + " s long, " +
                        (d.why == "too_short"              ? "at least " + rule_text("min_duration_s")
                         : d.why == "bilateral_too_long"   ? "both legs at most " + rule_text("max_bilateral_s")
                         : d.why == "monolateral_too_long" ? "one leg at most " + rule_text("max_monolateral_s")
                                                           : "at most " + rule_text("max_members") + " members") +
                        (d.why == "too_many_members" ? "" : " s") + " are allowed");
    }

    const Night& night_;
    const DetectionRun& run_;
    std::vector<const Event*> combined_;
    ExplainedRules rules_;
};

}  // namespace

const DetectorRun* find_detector(const DetectionRun& run, const std::string& name) {
    for (const DetectorRun& d : run.by_detector)
        if (d.detector->name == name) return &d;
    return nullptr;
}

std::vector<ExplainedRule> explain(const std::string& id, const Night& night, const DetectionRun& run) {
    for (const Event& e : run.events)
        if (e.id == id) return Explainer(night, run).explain(e);
    std::map<std::string, std::pair<std::string, int>> kinds;
    for (const Event& e : run.events) {
        auto& [last, count] = kinds[e.kind];
        last = e.id;
        ++count;
    }
    std::string known;
    for (const auto& [kind, ids] : kinds)
        known += (known.empty() ? "" : ", ") + (ids.second > 1 ? kind + "-1 to " + ids.first : ids.first);
    throw UsageError("there is no event '" + id + "'", known.empty() ? "no events were found" : "there are " + known);
}

}  // namespace psg::events

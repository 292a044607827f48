// Why an event is what it is: leg movements, their series, and the measures of every other class.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/explanation.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/events/leg_movement_series.hpp"
#include "libpsg/model/error.hpp"

namespace psg::events {

namespace {

std::string text_of(double v) {
    return std::isnan(v) ? "" : option_text(v);
}
std::string rounded(double v) {
    return std::isnan(v) ? "" : option_text(std::round(v * 100) / 100);
}

bool is_leg(const Event& e) {
    return e.kind == "leg_movement" || e.kind == "long_leg_movement";
}
bool is_combined(const Event& e) {
    return e.kind == "periodic_leg_movement" || e.kind == "nonperiodic_leg_movement";
}

class Explainer {
public:
    Explainer(const Night& night, const DetectionRun& run) : night_(night), run_(run) {
        for (const Event& e : run.events)
            if (is_combined(e)) combined_.push_back(&e);
    }

    std::vector<ExplainedRule> explain(const Event& e) {
        id_ = e.id;
        add("class", e.kind, "", "", "", class_text(e.kind));
        add("onset at", format_seconds(e.extent.onset), "s");
        add("offset at", format_seconds(e.extent.offset), "s");
        add("stage", std::string(stage_name(e.stage)), "", "", "", "of the 30-s epoch that holds the onset");
        if (is_leg(e))
            explain_leg(e);
        else if (is_combined(e))
            explain_combined(e);
        else
            add_measures(e);
        return std::move(rules_);
    }

private:
    void add(const std::string& rule, const std::string& value = "", const std::string& unit = "",
             const std::string& limit = "", const std::string& verdict = "", const std::string& text = "") {
        rules_.push_back({id_, rule, value, unit, limit, verdict, text});
    }
    static const char* passed(bool yes) { return yes ? "passed" : "failed"; }

    const DetectorRun* detector(const std::string& name) const {
        for (const DetectorRun& d : run_.by_detector)
            if (d.detector->name == name) return &d;
        return nullptr;
    }
    std::string parameter(const std::string& detector_name, const std::string& name) const {
        const DetectorRun* d = detector(detector_name);
        return d ? d->parameters.at(name) : "";
    }
    double number(const std::string& detector_name, const std::string& name) const {
        return seconds(parse_seconds(parameter(detector_name, name)).value_or(Time(0)));
    }
    Time time(const std::string& name) const { return parse_seconds(parameter("plm_series", name)).value_or(Time(0)); }
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

    void add_measures(const Event& e) {
        const EventClass* c = find_class(e.kind);
        for (const Measure& m : e.measures) {
            const double* v = std::get_if<double>(&m.value);
            MeasureInfo info;
            if (c)
                for (const MeasureInfo& i : c->measures)
                    if (i.name == m.name) info = i;
            add(m.name, v ? text_of(*v) : std::get<std::string>(m.value), info.unit, "",
                v && std::isnan(*v) ? "not tested" : "", info.text);
        }
    }

    void explain_leg(const Event& e) {
        const std::string d = "leg_movements";
        const double rest = e.number("resting_uv"), onset = number(d, "onset_uv"), offset = number(d, "offset_uv");
        if (std::isnan(rest)) {
            add("amplitude", "", "uV", "", "not tested",
                "the movement was given, not detected: its amplitudes are unknown");
        } else {
            add("resting level", rounded(rest), "uV", "<= " + text_of(number(d, "max_resting_uv")), "passed",
                "root mean square at the onset");
            add("onset", rounded(e.number("rise_uv")), "uV", ">= " + text_of(onset), "passed",
                "highest amplitude above rest; the onset threshold is " + rounded(rest + onset) + " uV");
            add("offset", rounded(rest + offset), "uV",
                "<= " + text_of(offset) + " above rest for " + text_of(number(d, "quiet_s")) + " s", "passed",
                "the offset threshold; the movement ends where the amplitude begins to stay at or below it, or with "
                "the signal");
            if (parameter(d, "morphology") == "1")
                add("morphology", rounded(e.number("sustained_uv")), "uV", ">= " + text_of(number(d, "morphology_uv")),
                    "passed", "highest median above rest of " + text_of(number(d, "morphology_s")) + " s");
            else
                add("morphology", rounded(e.number("sustained_uv")), "uV", "", "not tested", "switched off");
        }
        const double duration = seconds(e.extent.duration());
        add("duration", text_of(duration), "s", ">= " + text_of(number(d, "min_duration_s")),
            passed(duration >= number(d, "min_duration_s")));
        add("longest", text_of(duration), "s", "<= " + text_of(number(d, "max_duration_s")),
            passed(duration <= number(d, "max_duration_s")),
            "longer ones are of the class long_leg_movement and no candidates");
        if (!detector("plm_series") || !detector("plm_series")->detection.ran) {
            add("part of", "", "", "", "not tested", "the series rules were not applied");
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
        if (place == run_.events.size()) {
            add("part of", "", "", "", "no", "it begins outside the recording: the series rules leave it out");
            return;
        }
        const auto holds = [&](const std::vector<std::size_t>& members) {
            return std::find(members.begin(), members.end(), place) != members.end();
        };
        const SeriesContext context{&night_.hypnogram, nullptr, nullptr, night_.segments};
        std::vector<DroppedMovement> dropped;
        for (const CombinedMovement& m :
             score_series(legs, series_rules(detector("plm_series")->parameters), context, &dropped))
            if (holds(m.members))
                for (const Event* c : combined_)
                    if (c->extent == m.extent && c->side == m.side && c->number("members") == m.member_count) {
                        add("part of", c->id, "", "", "", "the movement that the series rules make of it");
                        id_ = c->id;
                        explain_combined(*c);
                        return;
                    }
        for (const DroppedMovement& d : dropped)
            if (holds(d.members))
                add("part of", d.why, "", "", "no",
                    "the series rules dropped it" +
                        (d.members.size() > 1 ? ", joined with " + std::to_string(d.members.size() - 1) + " more" : "") +
                        ": " + text_of(seconds(d.extent.duration())) + " s long, " +
                        (d.why == "too_short"              ? "at least " + rule_text("min_duration_s")
                         : d.why == "bilateral_too_long"   ? "both legs at most " + rule_text("max_bilateral_s")
                         : d.why == "monolateral_too_long" ? "one leg at most " + rule_text("max_monolateral_s")
                                                           : "at most " + rule_text("max_members") + " members") +
                        (d.why == "too_many_members" ? "" : " s") + " are allowed");
    }

    void explain_combined(const Event& e) {
        const int members = static_cast<int>(e.number("members"));
        const double duration = seconds(e.extent.duration());
        const std::string why = e.text("why_not_candidate");
        add("members", text_of(members), "", rule_text("max_members") == "0" ? "" : "<= " + rule_text("max_members"),
            members > 1 && rule_text("max_members") != "0" ? passed(why != "too_many_members") : "",
            "movements of single legs, combined by the rule '" + rule_text("combine") + "' if less than " +
                rule_text("combine_gap_s") + " s apart");
        if (members > 1)
            add("duration of both legs", text_of(duration), "s", "<= " + rule_text("max_bilateral_s"),
                passed(e.extent.duration() <= time("max_bilateral_s")));
        add("duration of one leg", members > 1 ? "" : text_of(duration), "s", "<= " + rule_text("max_monolateral_s"),
            passed(why != "monolateral_too_long"), members > 1 ? "of each member" : "");
        add("candidate", why, "", "", passed(e.number("candidate") == 1),
            e.number("candidate") == 1                ? "may be part of a series"
            : rule_text("noncandidates_break") == "1" ? "is no part of a series, and ends one"
                                                      : "is no part of a series, and is passed over");
        add("scored", "", "", "", passed(e.number("scored") == 1),
            e.number("scored") == 1 ? ""
            : rule_text("sleep_only") == "1" && !is_sleep(e.stage)
                ? "left out by the rules: sleep_only, and it begins in " +
                      (e.stage == Stage::W ? std::string("wake") : std::string("an epoch that nobody scored"))
                : "left out by the rules: it belongs to a respiratory event, and respiratory is 'around'");
        explain_respiratory(e);
        explain_arousal(e);
        explain_series(e);
    }

    void explain_respiratory(const Event& e) {
        const std::string mode = rule_text("respiratory");
        if (!night_.respiratory || mode == "none") {
            add("respiratory", "", "", "", "not tested",
                mode == "none" ? "switched off" : "no respiratory events were given");
            return;
        }
        const Event* nearest = nullptr;
        Time least = Time::max();
        for (const Event& r : *night_.respiratory) {
            const bool apnoea = r.kind.find("pnea") != std::string::npos || r.kind.find("pnoea") != std::string::npos;
            if (!apnoea && rule_text("respiratory_arousals") != "1") continue;
            const Time lo = (mode == "after" ? r.extent.offset : r.extent.onset) - time("respiratory_before_s");
            const Time hi = r.extent.offset + time("respiratory_after_s");
            const Time apart = std::max({Time(0), lo - e.extent.offset, e.extent.onset - hi});
            if (apart < least) least = apart, nearest = &r;
        }
        const std::string window = rule_text("respiratory_before_s") + " s before the " +
                                   (mode == "after" ? "end" : "start") + " to " + rule_text("respiratory_after_s") +
                                   " s after the end of an event";
        add("respiratory", nearest ? format_seconds(least) : "", "s", window,
            e.number("respiratory") == 1 ? "yes" : "no",
            nearest ? "distance to the window of the " + nearest->kind + " that ends at " +
                          format_seconds(nearest->extent.offset) + " s"
                    : "there is no respiratory event");
    }

    void explain_arousal(const Event& e) {
        if (!night_.arousals) {
            add("arousal", "", "", "", "not tested", "no arousals were given");
            return;
        }
        const Event* nearest = nullptr;
        Time least = Time::max();
        for (const Event& a : *night_.arousals) {
            const Time apart = std::max({Time(0), a.extent.onset - e.extent.offset, e.extent.onset - a.extent.offset});
            if (apart < least) least = apart, nearest = &a;
        }
        add("arousal", nearest ? format_seconds(least) : "", "s",
            (rule_text("arousal_gap_inclusive") == "1" ? "<= " : "< ") + rule_text("arousal_gap_s"),
            e.number("arousal") == 1 ? "yes" : "no",
            nearest ? "gap to the arousal at " + format_seconds(nearest->extent.onset) + " s; 0: they overlap"
                    : "there is no arousal");
    }

    // Is the interval that ends in `e` one of a series?
    bool fits(double interval_s) const {
        if (std::isnan(interval_s)) return false;
        const Time t = from_seconds(interval_s), most = time("max_interval_s");
        return t >= time("min_interval_s") && (rule_text("max_interval_inclusive") == "1" ? t <= most : t < most);
    }
    const Event* scored_neighbour(const Event& e, int step) const {
        auto at = std::find(combined_.begin(), combined_.end(), &e);
        while (true) {
            if (step < 0 && at == combined_.begin()) return nullptr;
            at += step;
            if (at == combined_.end()) return nullptr;
            if ((*at)->number("scored") == 1 && (*at)->number("passed_over") != 1) return *at;
        }
    }
    // Why an interval of fitting length links two movements to no series nevertheless; empty if it does link them.
    std::string obstacle(const Event& earlier, const Event& later, const char* interval = "interval_s") const {
        if (rule_text("sleep_only") == "1") {
            const IntervalSet wake = night_.hypnogram.where([](Stage s) { return s == Stage::W; })
                                         .intersected(IntervalSet({{earlier.extent.onset, later.extent.onset}}));
            for (const Interval& w : wake.intervals())
                if (w.duration() >= time("max_wake_s"))
                    return format_seconds(w.duration()) + " s of wake lie between (max_wake_s " + rule_text("max_wake_s") +
                           "), which ends the series";
        }
        if (const double before = earlier.number(interval); rule_text("short_interval") == "end" &&
                                                            !std::isnan(before) &&
                                                            from_seconds(before) < time("min_interval_s"))
            return earlier.id + " may not start a series, because a shorter interval lies before it";
        return "";
    }
    // The interval between two neighbours, as the rules saw it when they came to the later one.
    void add_interval(const std::string& rule, const Event& e, const Event* neighbour, double interval_s) {
        const std::string limit = rule_text("min_interval_s") + " to " +
                                  (rule_text("max_interval_inclusive") == "1" ? "" : "below ") +
                                  rule_text("max_interval_s");
        if (std::isnan(interval_s)) {
            const char* reason = !neighbour                   ? "there is no movement"
                                 : e.number("scored") != 1    ? "this movement is not scored"
                                 : e.number("candidate") != 1 ? "this movement is no candidate"
                                 : neighbour->number("candidate") != 1
                                     ? "the other movement is no candidate"
                                 : e.number("passed_over") == 1
                                     ? "this movement was passed over, because the interval before it is shorter"
                                     : "a gap of the recording lies between";
            add(rule, "", "s", limit, neighbour ? "failed" : "",
                std::string("undefined: ") + reason + (neighbour ? " (" + neighbour->id + ")" : ""));
            return;
        }
        const bool is_before = neighbour && neighbour->extent.onset < e.extent.onset;
        const std::string why_not = neighbour ? obstacle(is_before ? *neighbour : e, is_before ? e : *neighbour) : "";
        const bool good = fits(interval_s) && why_not.empty();
        std::string text = neighbour ? "to " + neighbour->id : "";
        if (!good && from_seconds(interval_s) < time("min_interval_s"))
            text += rule_text("short_interval") == "restart"
                        ? "; ends the series, the later movement may start the next"
                    : rule_text("short_interval") == "end" ? "; ends the series, the later movement may not start one"
                                                           : "; the later movement is passed over";
        else if (fits(interval_s) && !good)
            text += "; " + why_not;
        else if (!good)
            text += "; ends the series";
        add(rule, text_of(interval_s), "s", limit, passed(good), text);
    }

    void explain_series(const Event& e) {
        const double interval = e.number("interval_s");
        // the movement that the interval was measured from; passed-over ones lie between
        const Event* before = scored_neighbour(e, -1);
        if (!std::isnan(interval))
            for (const Event* c : combined_)
                if (takes_part(*c) && c->extent.onset == e.extent.onset - from_seconds(interval)) before = c;
        add_interval("interval to the movement before", e, before, interval);
        const Event* after = scored_neighbour(e, 1);
        double next = std::nan("");
        for (const Event* c : combined_)
            if (const double i = c->number("interval_s");
                !std::isnan(i) && c->extent.onset - from_seconds(i) == e.extent.onset) {
                after = c;
                next = i;
                break;
            }
        add_interval("interval to the movement after", e, after, next);
        for (const bool nr : {false, true}) {
            const std::string end = nr ? "_nr" : "";
            const std::string name = nr ? "series without respiratory movements" : "series";
            if (nr && !night_.respiratory) {
                add(name, "", "", "", "not tested", "no respiratory events were given");
                continue;
            }
            const double series = e.number(nr ? "series_nr" : "series");
            if (series > 0)
                add(name, text_of(series), "", ">= " + rule_text("min_movements") + " movements", "passed",
                    "movement " + text_of(e.number("series" + end + "_position")) + " of " +
                        text_of(e.number("series" + end + "_length")));
            else
                add(name, "", "", ">= " + rule_text("min_movements") + " movements", "failed",
                    nr && e.number("respiratory") == 1 ? "the movement is respiratory"
                                                       : "in a run of " + std::to_string(run_length(e, nr)));
        }
    }

    // Movements linked with `e` by intervals that fit, itself included.
    int run_length(const Event& e, bool nr) const {
        if (e.number("candidate") != 1 || e.number("scored") != 1) return 0;
        const char* name = nr ? "interval_nr_s" : "interval_s";
        int length = 1;
        const auto linked_to = [&](const Event& later) -> const Event* {  // the movement before, if in the same run
            if (!fits(later.number(name))) return nullptr;
            for (const Event* c : combined_)
                if (takes_part(*c) && c->extent.onset == later.extent.onset - from_seconds(later.number(name)))
                    return obstacle(*c, later, name).empty() ? c : nullptr;
            return nullptr;
        };
        for (const Event* now = linked_to(e); now && length < 100000; now = linked_to(*now)) ++length;
        const Event* last = &e;
        for (const Event* c : combined_)
            if (c->extent.onset > last->extent.onset && linked_to(*c) == last) last = c, ++length;
        return length;
    }
    // Do the series see this movement?
    static bool takes_part(const Event& e) {
        return e.number("candidate") == 1 && e.number("scored") == 1 && e.number("passed_over") != 1;
    }

    const Night& night_;
    const DetectionRun& run_;
    std::vector<const Event*> combined_;
    std::string id_;
    std::vector<ExplainedRule> rules_;
};

}  // namespace

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

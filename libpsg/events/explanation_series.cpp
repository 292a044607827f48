// Why a combined leg movement is in a series or in none.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "libpsg/events/explained_rules.hpp"
#include "libpsg/events/leg_movement_series.hpp"

namespace psg::events {

namespace {

class SeriesExplainer {
public:
    SeriesExplainer(const Night& night, const DetectionRun& run, ExplainedRules& rules)
        : night_(night), run_(run), rules_(rules), parameters_(find_detector(run, "plm_series")->parameters) {
        for (const Event& e : run.events)
            if (is_combined(e)) combined_.push_back(&e);
    }

    void explain(const Event& e) {
        const int members = static_cast<int>(e.number("members"));
        const double duration = seconds(e.extent.duration());
        const std::string why = e.text("why_not_candidate");
        rules_.add("members", text_of(members), "", rule_text("max_members") == "0" ? "" : "<= " + rule_text("max_members"),
            members > 1 && rule_text("max_members") != "0" ? passed(why != "too_many_members") : "",
            "movements of single legs, combined by the rule '" + rule_text("combine") + "' if less than " +
                rule_text("combine_gap_s") + " s apart");
        const bool both = members > 1 || e.side == Side::both;
        if (both)
            rules_.add("duration of both legs", text_of(duration), "s", "<= " + rule_text("max_bilateral_s"),
                passed(e.extent.duration() <= time("max_bilateral_s")));
        if (members > 1 || !both)
            rules_.add("duration of one leg", members > 1 ? "" : text_of(duration), "s", "<= " + rule_text("max_monolateral_s"),
            passed(why != "monolateral_too_long"), members > 1 ? "of each member" : "");
        rules_.add("candidate", why, "", "", passed(e.number("candidate") == 1),
            e.number("candidate") == 1                ? "may be part of a series"
            : rule_text("noncandidates_break") == "1" ? "is no part of a series, and ends one"
                                                      : "is no part of a series, and is passed over");
        rules_.add("scored", "", "", "", passed(e.number("scored") == 1),
            e.number("scored") == 1 ? ""
            : rule_text("sleep_only") == "1" && !is_sleep(e.stage)
                ? "left out by the rules: sleep_only, and it begins in " +
                      (e.stage == Stage::W ? std::string("wake") : std::string("an epoch that nobody scored"))
                : "left out by the rules: it belongs to a respiratory event, and respiratory is 'around'");
        explain_respiratory(e);
        explain_arousal(e);
        explain_series(e);
    }

private:
    const std::string& rule_text(const std::string& name) const { return parameters_.at(name); }
    Time time(const std::string& name) const { return parse_seconds(rule_text(name)).value_or(Time(0)); }

    // Why nothing is known of respiratory association; empty if it is.
    std::string respiratory_not_tested() const {
        return rule_text("respiratory") == "none" ? "switched off" : night_.respiratory ? "" : "no respiratory events were given";
    }

    void explain_respiratory(const Event& e) {
        const std::string mode = rule_text("respiratory");
        if (const std::string why = respiratory_not_tested(); !why.empty()) {
            rules_.add("respiratory", "", "", "", "not tested", why);
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
        rules_.add("respiratory", nearest ? format_seconds(least) : "", "s", window,
            e.number("respiratory") == 1 ? "yes" : "no",
            nearest ? "distance to the window of the " + nearest->kind + " that ends at " +
                          format_seconds(nearest->extent.offset) + " s"
                    : "there is no respiratory event");
    }

    void explain_arousal(const Event& e) {
        if (!run_.arousals) {
            rules_.add("arousal", "", "", "", "not tested", "arousals were neither given nor looked for");
            return;
        }
        const Event* nearest = nullptr;
        Time least = Time::max();
        for (const Event& a : *run_.arousals) {
            const Time apart = std::max({Time(0), a.extent.onset - e.extent.offset, e.extent.onset - a.extent.offset});
            if (apart < least) least = apart, nearest = &a;
        }
        rules_.add("arousal", nearest ? format_seconds(least) : "", "s",
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
    // Why the interval between two candidates is unknown.
    std::string unknown_between(const Event& a, const Event& b) const {
        const auto [from, to] = std::minmax(a.extent.onset, b.extent.onset);
        const Time blind = longest_unscorable(series_context(night_, find_detector(run_, "leg_movements")->detection.at_risk), from, to);
        if (time("unscorable_ends_s") > Time(0) && blind >= time("unscorable_ends_s"))
            return "for " + format_seconds(blind) + " s between no leg could be scored (unscorable_ends_s " +
                   rule_text("unscorable_ends_s") + ")";
        return "a gap of the recording lies between";
    }
    // The interval between two neighbours, as the rules saw it when they came to the later one.
    void add_interval(const std::string& rule, const Event& e, const Event* neighbour, double interval_s) {
        const std::string limit = rule_text("min_interval_s") + " to " +
                                  (rule_text("max_interval_inclusive") == "1" ? "" : "below ") +
                                  rule_text("max_interval_s");
        if (std::isnan(interval_s)) {
            const std::string reason =
                !neighbour                              ? "there is no movement"
                : e.number("scored") != 1               ? "this movement is not scored"
                : e.number("candidate") != 1            ? "this movement is no candidate"
                : neighbour->number("candidate") != 1   ? "the other movement is no candidate"
                : e.number("passed_over") == 1          ? "this movement was passed over, because the interval before it is shorter"
                                                        : unknown_between(e, *neighbour);
            rules_.add(rule, "", "s", limit, neighbour ? "failed" : "",
                "undefined: " + reason + (neighbour ? " (" + neighbour->id + ")" : ""));
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
        rules_.add(rule, text_of(interval_s), "s", limit, passed(good), text);
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
            if (const std::string why = nr ? respiratory_not_tested() : ""; !why.empty()) {
                rules_.add(name, "", "", "", "not tested", why);
                continue;
            }
            const double series = e.number(nr ? "series_nr" : "series");
            if (series > 0)
                rules_.add(name, text_of(series), "", ">= " + rule_text("min_movements") + " movements", "passed",
                    "movement " + text_of(e.number("series" + end + "_position")) + " of " +
                        text_of(e.number("series" + end + "_length")));
            else
                rules_.add(name, "", "", ">= " + rule_text("min_movements") + " movements", "failed",
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
    ExplainedRules& rules_;
    const OptionValues& parameters_;
    std::vector<const Event*> combined_;
};

}  // namespace

void explain_combined(const Event& e, const Night& night, const DetectionRun& run, ExplainedRules& rules) {
    SeriesExplainer(night, run, rules).explain(e);
}

}  // namespace psg::events

// Why an event of any class but leg movements is what it is: its measures beside the parameters that limit them.
// SPDX-License-Identifier: BSD-3-Clause
#include <chrono>
#include <set>

#include "libpsg/events/explained_rules.hpp"

namespace psg::events {

namespace {

// A measure and the parameters between which it must lie. A new detector may add its own; without, its measures and
// parameters are told side by side.
struct Limit {
    const char* kind;
    const char* measure;            // "duration": onset to offset
    const char* least;              // names of parameters; "": none
    const char* most = "";
    const char* margin = "";        // lengths are known to this: allowed beyond both
    bool sign = false;              // no condition: it supports or weakens, yes or no
    const char* only_type = "";     // for events whose measure `type` is this
    const char* least_in_rem = "";  // in place of `least` where it was REM sleep 5 s before
};

const Limit limits[] = {
    {"arousal", "lasted_s", "min_duration_s"},
    {"arousal", "power_ratio", "on_ratio", "", "", false, "", "rem_on_ratio"},
    {"awakening", "lasted_s", "max_duration_s"},
    {"awakening", "power_ratio", "on_ratio", "", "", false, "", "rem_on_ratio"},
    {"hypnic_jerk", "muscles", "min_muscles"},
    {"hypnic_jerk", "onset_spread_ms", "", "max_spread_ms"},
    {"hypnic_jerk", "burst_length_ms", "loose_min_burst_ms", "loose_max_burst_ms"},
    {"hypnic_jerk", "peak_uv", "min_amplitude_uv"},
    {"hypnic_jerk", "strength_ratio", "on_ratio"},
    {"hypnic_jerk", "chance_per_min", "", "max_chance_per_min"},
    {"hypnic_jerk", "waveform_r", "", "max_correlation"},
    {"hypnic_jerk", "interval_cv", "rhythm_cv"},
    {"hypnic_jerk", "burst_length_ms", "min_burst_ms", "max_burst_ms", "", true},
    {"hypnic_jerk", "hr_rise_percent", "hr_rise_percent", "", "", true},
    {"hypnic_jerk", "cluster_size", "", "max_cluster", "", true},
    {"hypnic_jerk", "wake_latency_s", "", "wake_within_s", "", true},
    {"alternating_leg_muscle_activation", "bursts", "min_bursts"},
    {"alternating_leg_muscle_activation", "frequency_hz", "min_hz", "max_hz"},
    {"alternating_leg_muscle_activation", "interval_cv", "", "max_cv"},
    {"alternating_leg_muscle_activation", "burst_length_ms", "min_burst_ms", "max_burst_ms"},
    {"alternating_leg_muscle_activation", "strength_ratio", "on_ratio"},
    {"hypnagogic_foot_tremor", "bursts", "min_bursts"},
    {"hypnagogic_foot_tremor", "frequency_hz", "min_hz", "max_hz"},
    {"hypnagogic_foot_tremor", "burst_length_ms", "min_median_ms", "max_median_ms"},
    {"hypnagogic_foot_tremor", "strength_ratio", "on_ratio"},
    {"high_frequency_leg_movements", "bursts", "min_bursts"},
    {"high_frequency_leg_movements", "frequency_hz", "min_hz", "max_hz"},
    {"high_frequency_leg_movements", "burst_length_ms", "min_burst_ms", "max_burst_ms"},
    {"high_frequency_leg_movements", "strength_ratio", "on_ratio"},
    {"tonic_leg_activity", "duration", "min_duration_s", "max_duration_s"},
    {"rhythmic_movement", "bursts", "min_bursts"},
    {"rhythmic_movement", "frequency_hz", "min_hz", "max_hz"},
    {"rhythmic_movement", "burst_length_ms", "min_burst_ms", "max_burst_ms"},
    {"rhythmic_movement", "irregularity", "", "max_irregular"},
    {"rhythmic_movement", "swing_uv", "swing_uv"},
    {"rhythmic_movement", "likeness", "likeness"},
    {"rhythmic_movement", "common", "common"},
    {"artefact", "waveform_r", "common_correlation"},
    {"bruxism", "bursts", "min_bursts", "", "", false, "phasic"},
    {"bruxism", "strength_ratio", "ratio"},
    {"bruxism", "peak_uv", "min_uv"},
    {"propriospinal_myoclonus", "muscles", "min_muscles"},
    {"propriospinal_myoclonus", "onset_spread_ms", "", "max_spread_ms"},
    {"propriospinal_myoclonus", "night_velocity_m_s", "min_velocity_m_s", "max_velocity_m_s"},
    {"propriospinal_myoclonus", "night_r", "min_r"},
    {"propriospinal_myoclonus", "night_jerks", "min_jerks"},
    {"propriospinal_myoclonus", "peak_uv", "on_uv"},
    {"large_muscle_group_movement", "duration", "min_duration_s", "max_duration_s"},
    {"neck_myoclonus", "stripe_s", "min_duration_s", "max_duration_s"},
    {"neck_myoclonus", "stripe_uv", "min_uv"},
    {"fragmentary_myoclonus", "duration", "min_burst_ms", "max_burst_ms", "edge_ms"},
    {"fragmentary_myoclonus", "peak_uv", "min_amplitude_uv"},
    {"fragmentary_myoclonus", "strength_ratio", "on_ratio"},
    {"rem_phasic_activity", "duration", "min_burst_s", "max_burst_s"},
    {"rem_phasic_activity", "strength_ratio", "ratio"}};

constexpr double rounding = 0.0051;  // measures are kept to hundredths

class ClassExplainer {
public:
    ClassExplainer(const Event& e, const Night& night, const DetectorRun& run, ExplainedRules& rules)
        : e_(e), night_(night), run_(run), rules_(rules) {
        for (const EventClass& c : run.detector->classes)
            if (c.name == e.kind) class_ = &c;
    }

    void explain() {
        explain_time();
        std::set<std::string> told, used;
        for (const Limit& l : limits)
            if (l.kind == e_.kind) {
                for (const char* parameter : {l.least, l.most, l.margin, l.least_in_rem}) used.insert(parameter);
                if (l.only_type[0] && e_.text("type") != l.only_type) continue;
                explain_limit(l);
                told.insert(l.measure);
            }
        for (const Measure& m : e_.measures) {
            if (m.name == "alternatives" || m.name == "part_of" || told.count(m.name)) continue;  // the first two: its name
            const double* v = std::get_if<double>(&m.value);
            rules_.add(m.name, v ? text_of(*v) : std::get<std::string>(m.value), info(m.name).unit, "",
                       v && std::isnan(*v) ? "not tested" : "", info(m.name).text);
        }
        if (e_.measures.empty()) rules_.add("measures", "", "", "", "not tested", "the event was given, not detected: nothing was measured");
        for (const OptionInfo& o : run_.detector->options)
            if (!used.count(o.name)) rules_.add("parameter " + o.name, run_.parameters.at(o.name), o.unit, "", "", o.text + " (" + o.source + ")");
    }

private:
    MeasureInfo info(const std::string& name) const {
        for (const MeasureInfo& m : class_->measures)
            if (m.name == name) return m;
        return {name, "", ""};
    }
    const OptionInfo* option(const std::string& name) const {
        for (const OptionInfo& o : run_.detector->options)
            if (o.name == name) return &o;
        return nullptr;
    }
    // A parameter in the unit of the measure; NaN if there is none.
    double parameter(const std::string& name, const std::string& unit) const {
        const OptionInfo* o = option(name);
        if (!o) return std::nan("");
        const double v = std::stod(run_.parameters.at(name));
        return o->unit == "ms" && unit == "s" ? v * 1e-3 : v;
    }

    void explain_time() {
        if (run_.detector->when) {
            const bool inside = run_.detector->when(night_, run_.parameters).contains(e_.extent.onset);
            const bool given = e_.measures.empty();
            rules_.add("time", std::string(stage_name(e_.stage)), "", "", inside ? "passed" : given ? "failed" : "",
                       inside  ? "its rule looks for it at this time"
                       : given ? "its rule does not look for it at this time: it was given"
                               : "its onset lies just outside of the time in which its rule looks: in the epoch before or after");
        }
        if (e_.kind == "leg_artefact") {
            rules_.add("signal", e_.channel, "", "", "no", "no movement of this leg could be seen in it");
            return;
        }
        const bool seen = run_.detection.at_risk.contains(e_.extent.onset);
        rules_.add("signal", e_.channel, "", "", seen ? "passed" : "", seen ? "it could be seen at its onset" : "it begins where none is looked for");
    }

    void explain_limit(const Limit& l) {
        const bool duration = std::string(l.measure) == "duration";
        const std::string unit = duration ? "s" : info(l.measure).unit;
        const double value = duration ? seconds(e_.extent.duration()) : e_.number(l.measure);
        const double margin = l.margin[0] ? parameter(l.margin, unit) : 0;
        const bool rem = l.least_in_rem[0] && night_.hypnogram.at(e_.extent.onset - std::chrono::seconds(5)) == Stage::R;
        const char* const at_least = rem ? l.least_in_rem : l.least;
        const double least = parameter(at_least, unit) - margin, most = parameter(l.most, unit) + margin;
        const std::string limit = std::isnan(most)    ? ">= " + text_of(least)
                                  : std::isnan(least) ? "<= " + text_of(most)
                                                      : text_of(least) + " to " + text_of(most);
        const bool fits = !(value < least - rounding) && !(value > most + rounding);
        std::string text = duration ? "onset to offset" : info(l.measure).text;
        for (const char* name : {at_least, l.most})
            if (const OptionInfo* o = option(name)) text += "; " + o->name + ": " + o->text + " (" + o->source + ")";
        rules_.add(l.measure, text_of(value), unit, limit, std::isnan(value) ? "not tested" : l.sign ? (fits ? "yes" : "no") : passed(fits), text);
    }

    const Event& e_;
    const Night& night_;
    const DetectorRun& run_;
    ExplainedRules& rules_;
    const EventClass* class_ = nullptr;
};

}  // namespace

void explain_class(const Event& e, const Night& night, const DetectionRun& run, ExplainedRules& rules) {
    for (const DetectorRun& d : run.by_detector)
        for (const EventClass& c : d.detector->classes)
            if (c.name == e.kind) ClassExplainer(e, night, d, rules).explain();
}

}  // namespace psg::events

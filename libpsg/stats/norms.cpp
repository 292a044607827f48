// Published figures about movements of sleep: one table of facts.
// SPDX-License-Identifier: BSD-3-Clause
//
// Detectors have parameters of their own, which a laboratory may change; no norm stands there.
#include "libpsg/stats/norms.hpp"

#include <cmath>

namespace psg::stats {

namespace {

constexpr double none = -std::numeric_limits<double>::infinity();
constexpr double most = std::numeric_limits<double>::infinity();

std::vector<Norm> table() {
    const std::string frauscher = "Frauscher et al. 2014, Sleep, doi 10.5665/sleep.3586";
    const std::string healthy = "100 healthy people; their ages and scoring rules were not in what was read";
    const std::string irlssg = "Ferri et al. 2021 (IRLSSG), Sleep 44:zsab092", experts = "consensus of experts, no sample";
    const std::string sinbar = "Frauscher et al. 2012 (SINBAR), Sleep 35:835-847";
    const std::string rbd = "people with REM sleep behaviour disorder and controls";
    return {
        // periodic leg movements
        {"periodic_leg_movement", "sleep", "frequency", "rate", "1/h", {{"", none, 24.8}}, {{5, 64}, {15, 82}, {24.8, 90}},
         "healthy: 36 % above 5/h, 18 % above 15/h, 90th percentile 24.8/h", frauscher, healthy},
        {"periodic_leg_movement", "sleep", "frequency", "rate", "1/h", {{"adults", none, 15}, {"children", none, 5}}, {},
         "above 15/h in adults and above 5/h in children is called raised", "review of 2021, PMC8662505, quoting the classification",
         experts + "; by age: adults, children"},
        {"periodic_leg_movement", "sleep", "duration", "length_median", "s", {}, {}, "mean length 3.2 s; no range was read: no flag",
         "Ferri et al. 2015, J Clin Sleep Med 11", "sleepers with periodic leg movements"},
        {"leg_movement", "R", "frequency", "rate", "1/h", {{"", none, 24, true}}, {},
         "24 leg movements or more per hour of REM sleep told patients from controls (75.6 % right)",
         "Montplaisir et al. 2010, Mov Disord 25:2044-2051", rbd},
        // hypnic jerks
        {"hypnic_jerk", "all", "duration", "burst_median", "ms", {{"", 75, 250}}, {}, "potentials of 75 to 250 ms",
         "ICSD through an encyclopaedia (memim); the classification itself was not read", experts},
        {"hypnic_jerk", "all", "frequency", "count", "1/night", {}, {},
         "no published norm was found; 'one or two per night usual' stands in an encyclopaedia without a study: no flag", "Wikipedia",
         "60 to 70 % of people know them (Chiaro et al. 2016)"},
        // fragmentary myoclonus
        {"fragmentary_myoclonus", "sleep", "frequency", "fmi", "1/h", {{"", none, 143.7}}, {{3, 1}, {25.3, 50}, {143.7, 90}, {1102, 100}},
         "healthy: median 25.3 (3 to 1,102), 90th percentile 143.7 mini-epochs per hour; whether channels were counted together was "
         "not in what was read: here they are",
         frauscher, healthy},
        {"fragmentary_myoclonus", "R", "frequency", "fmi", "1/h", {}, {{38, 50}}, "healthy: median 38", frauscher, healthy},
        {"fragmentary_myoclonus", "N1", "frequency", "fmi", "1/h", {}, {{34.4, 50}}, "healthy: median 34.4", frauscher, healthy},
        {"fragmentary_myoclonus", "N2", "frequency", "fmi", "1/h", {}, {{22.3, 50}}, "healthy: median 22.3", frauscher, healthy},
        {"fragmentary_myoclonus", "NREM", "frequency", "positive_minutes", "min", {{"", none, 20, true}}, {{19, 91}},
         "excessive: 5 potentials a minute for 20 minutes or more, here summed; 9 % of healthy people meet it",
         "AASM through ATS Quick Hits; share: " + frauscher, healthy},
        {"fragmentary_myoclonus", "all", "duration", "length_median", "s", {{"", 0.075, 0.150}}, {},
         "potentials of 75 to 150 ms; lengths are known to 10 ms here", frauscher, healthy},
        {"fragmentary_myoclonus", "all", "strength", "leg_uv_median", "uV", {{"", 50, 200}}, {},
         "50 to 200 uV in the tibialis anterior; whether peak or peak to peak was not in what was read: here the peak",
         "AASM through ATS Quick Hits", experts},
        // sequences of the legs
        {"high_frequency_leg_movements", "all", "frequency", "count", "1/night", {{"", none, 4}}, {{0, 67}, {4, 90}},
         "healthy: 33 % have some, 90th percentile 4 sequences a night", frauscher, healthy},
        {"alternating_leg_muscle_activation", "all", "duration", "burst_median", "ms", {{"", 100, 500}}, {}, "bursts of 0.1 to 0.5 s",
         "Chervin et al. 2003, Mov Disord, doi 10.1002/mds.10397", "16 people among about 1,500 of a sleep laboratory"},
        {"alternating_leg_muscle_activation", "all", "duration", "length_median", "s", {{"", none, 20}}, {}, "runs of up to 20 s",
         "Chervin et al. 2003, Mov Disord, doi 10.1002/mds.10397", "16 people among about 1,500 of a sleep laboratory"},
        {"hypnagogic_foot_tremor", "all", "duration", "burst_median", "ms", {{"", 300, 700}}, {}, "bursts of 300 to 700 ms",
         "Wichniak et al. 2001, Mov Disord", "7.5 % of 375 people of a sleep laboratory"},
        {"hypnagogic_foot_tremor", "all", "duration", "length_median", "s", {{"", 10, 15}}, {}, "trains of 10 to 15 s",
         "Wichniak et al. 2001, Mov Disord", "7.5 % of 375 people of a sleep laboratory"},
        // body, jaw and neck
        {"large_muscle_group_movement", "all", "duration", "length_median", "s", {{"adults", 3, 45}, {"children", 3, 30}}, {},
         "3 to 45 s in adults, 3 to 30 s in children", irlssg, experts + "; by age: adults, children"},
        {"bruxism", "sleep", "frequency", "rate", "1/h", {}, {},
         "cut-offs of 2 and 4 episodes per hour (Lavigne) are quoted from memory, unverified: no flag", "from memory", "not known"},
        {"neck_myoclonus", "R", "frequency", "rate", "1/h", {{"", none, 8.8}}, {{0, 65}, {8.8, 90}},
         "healthy: 35 % have some, 90th percentile 8.8 per hour of REM sleep", frauscher, healthy},
        // REM sleep without atonia
        {"rem_tonic_activity", "R", "frequency", "sinbar_tonic", "%", {{"", none, 2.6}}, {{2.6, 90}},
         "healthy: 90th percentile 2.6 % of 30-s epochs, mentalis", frauscher, healthy},
        {"rem_tonic_activity", "R", "frequency", "sinbar_tonic", "%", {{"", none, 9.6, true}}, {},
         "9.6 % of 30-s epochs or more, mentalis, told patients from controls", "SINBAR, as cited by " + frauscher, rbd},
        {"rem_phasic_activity", "R", "frequency", "sinbar_phasic", "%", {{"", none, 16.3, true}}, {},
         "16.3 % of 3-s mini-epochs or more, mentalis, phasic activity, told patients from controls (from memory, unverified)", sinbar, rbd},
        {"rem_phasic_activity", "R", "frequency", "sinbar_any", "%", {{"", none, 18, true}}, {},
         "18 % of 3-s mini-epochs or more, mentalis, any activity, told patients from controls", sinbar, rbd},
        {"rem_phasic_activity", "R", "frequency", "sinbar_chin_any_arms_phasic", "%", {{"", none, 32, true}}, {},
         "32 % of 3-s mini-epochs or more told patients from controls: any activity of the mentalis, phasic of the arms", sinbar, rbd},
        {"rem_phasic_activity", "R", "frequency", "rem_atonia_index", "", {{"", 0.9, most, true}}, {},
         "an index above 0.9 is usual, 0.8 to 0.9 mildly altered, below 0.8 altered", "Ferri et al. 2010, Sleep Med 11:947-949",
         "controls and people with REM sleep behaviour disorder"},
        {"rem_phasic_activity", "R", "duration", "length_median", "s", {}, {},
         "cut-offs 0.65 s in the chin and 0.79 s in the tibialis; whether of means or medians was not in what was read: no flag",
         "McCarter et al. 2014, Sleep 37", rbd}};
}

}  // namespace

const std::vector<Norm>& norms() {
    static const std::vector<Norm> all = table();
    return all;
}

NormVerdict compare(const Norm& norm, double value) {
    NormVerdict verdict;
    if (std::isnan(value)) return verdict;
    bool all_in = true, any_in = false;
    for (const NormRange& r : norm.ranges) {
        const bool on_border = value == r.low || value == r.high;
        const bool in = r.low <= value && value <= r.high && !(r.exclusive && on_border);
        all_in = all_in && in;
        any_in = any_in || in;
    }
    if (!norm.ranges.empty()) verdict.flag = all_in ? "usual" : any_in ? "depends on age" : "outside the published range";
    if (!norm.percentiles.empty()) {
        verdict.percentile_from = 0;
        verdict.percentile_to = 100;
        for (const auto& [limit, percent] : norm.percentiles) {
            if (value > limit) {
                verdict.percentile_from = percent;
            } else {
                verdict.percentile_to = percent;
                break;
            }
        }
    }
    return verdict;
}

}  // namespace psg::stats

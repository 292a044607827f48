// Severity by class and stage, and norms: values computed by hand.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/severity.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace psg;
using namespace psg::stats;
using namespace std::chrono_literals;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

// 4 min W, 6 min N1, 10 min N2, 1 min W, 9 min R.
Hypnogram half_an_hour() {
    Hypnogram h;
    for (const auto& [stage, epochs] : {std::pair{Stage::W, 8}, {Stage::N1, 12}, {Stage::N2, 20}, {Stage::W, 2}, {Stage::R, 18}})
        h.stages.insert(h.stages.end(), static_cast<std::size_t>(epochs), stage);
    return h;
}

Event event(const char* kind, double onset_s, double length_s, const Hypnogram& h, std::vector<Measure> measures, const char* channel = "LAT") {
    Event e;
    e.kind = kind;
    e.extent = {from_seconds(onset_s), from_seconds(onset_s + length_s)};
    e.stage = h.at(e.extent.onset);
    e.channel = channel;
    e.measures = std::move(measures);
    return e;
}

Event jerk(double onset_s, const Hypnogram& h, double ratio, double uv, double burst_ms, double cluster, double woke) {
    return event("hypnic_jerk", onset_s, 0.2, h,
                 {{"strength_ratio", ratio}, {"peak_uv", uv}, {"burst_length_ms", burst_ms}, {"cluster_size", cluster}, {"in_series", 0.0}, {"woke", woke}});
}

SeverityNight night() {
    SeverityNight n;
    n.hypnogram = half_an_hour();
    n.window = IntervalSet({n.hypnogram.extent()});
    const Hypnogram& h = n.hypnogram;
    n.events = {jerk(100, h, 4, 40, 100, 1, nan_value), jerk(300, h, 8, 80, 200, 2, 1), jerk(305, h, 6, 60, 300, 2, 0),
                jerk(700, h, 10, 100, 400, 1, nan_value), jerk(710, h, 99, 999, 999, 9, 1)};
    n.events.back().measures.push_back({"scored", 0.0});
    const auto leg = [&](double onset_s, double length_s, double rest, double rise, double peak) {
        n.events.push_back(event("leg_movement", onset_s, length_s, h, {{"resting_uv", rest}, {"rise_uv", rise}, {"peak_uv", peak}}));
    };
    leg(700, 2, 5, 20, 60);
    leg(720, 2, 4, 12, 30);
    leg(722, 3, 5, 45, 90);
    n.events.push_back(event("nonperiodic_leg_movement", 700, 2, h, {{"series", 0.0}, {"scored", 1.0}, {"arousal", 1.0}}));
    n.events.push_back(event("periodic_leg_movement", 720, 5, h, {{"series", 1.0}, {"scored", 1.0}, {"arousal", 0.0}}));
    sort_events(n.events);
    const IntervalSet all = n.window;
    n.classes = {{"hypnic_jerk", all}, {"leg_movement", all}, {"periodic_leg_movement", all}, {"nonperiodic_leg_movement", all}, {"bruxism", {}}};
    n.arousals = EventList{event("arousal", 300.3, 3.7, h, {})};
    n.rate_needs_min = 0;
    return n;
}

const SeverityRow& row(const Severity& s, const std::string& kind, const std::string& stage) {
    for (const SeverityRow& r : s.rows)
        if (r.name == kind && r.stage == stage) return r;
    throw std::logic_error("no row " + kind + " " + stage);
}

const Norm& norm(const std::string& kind, const std::string& stage, const std::string& of, std::size_t ranges) {
    for (const Norm& n : norms())
        if (n.kind == kind && n.stage == stage && n.of == of && n.ranges.size() == ranges) return n;
    throw std::logic_error("no norm of " + kind);
}

}  // namespace

TEST_CASE("Severity of jerks by stage, by hand", "[severity]") {
    const Severity s = severity(night());
    const SeverityRow& sleep = row(s, "hypnic_jerk", "sleep");  // at 300, 305 and 700 s; the one at 710 is not scored
    CHECK(sleep.count == 3);
    CHECK(sleep.minutes == Approx(25));
    CHECK(sleep.rate == Approx(7.2));
    CHECK(sleep.ratio.q1 == Approx(7));
    CHECK(sleep.ratio.median == Approx(8));
    CHECK(sleep.ratio.q3 == Approx(9));
    CHECK(sleep.ratio_of == "strength_ratio");
    CHECK(sleep.uv.q1 == Approx(70));
    CHECK(sleep.uv.median == Approx(80));
    CHECK(sleep.uv_of == "peak_uv");
    CHECK(sleep.burst_ms.q1 == Approx(250));
    CHECK(sleep.burst_ms.q3 == Approx(350));
    CHECK(sleep.length_s.median == Approx(0.2));
    CHECK(sleep.clustered == Approx(2 / 3.0));
    CHECK(sleep.woke == Approx(0.5));  // of the two of which it is known
    CHECK(sleep.aroused == Approx(1 / 3.0));  // 0.1 s before the arousal; 1 s after it; far away
    CHECK(row(s, "hypnic_jerk", "W").rate == Approx(12));
    CHECK(std::isnan(row(s, "hypnic_jerk", "W").woke));
    CHECK(std::isnan(row(s, "hypnic_jerk", "W").aroused));
    CHECK(std::isnan(row(s, "hypnic_jerk", "N3").rate));
    CHECK(row(s, "hypnic_jerk", "R").rate == 0);
    CHECK(std::isnan(row(s, "hypnic_jerk", "R").ratio.median));
    CHECK(std::isnan(row(s, "hypnic_jerk", "R").clustered));
    const SeverityRow& all = row(s, "hypnic_jerk", "all");
    CHECK(all.burst_ms.median == Approx(250));
    CHECK(aspect_flag(s, all, "duration") == "usual");  // 75 to 250 ms
    CHECK(aspect_flag(s, all, "frequency").empty());    // nothing published
    CHECK(aspect_flag(s, all, "strength").empty());
    // a class without time has rows of nothing
    CHECK(row(s, "bruxism", "sleep").count == 0);
    CHECK(std::isnan(row(s, "bruxism", "sleep").rate));
}

TEST_CASE("Wake before sleep, and sleep onset, of the classes whose rule looks there", "[severity]") {
    SeverityNight n = night();
    Severity s = severity(n);
    CHECK(row(s, "hypnic_jerk", "wake_before_sleep").minutes == Approx(5));
    CHECK(row(s, "hypnic_jerk", "wake_before_sleep").count == 1);
    CHECK(row(s, "hypnic_jerk", "sleep_onset").minutes == Approx(11));
    CHECK(row(s, "hypnic_jerk", "sleep_onset").count == 3);
    CHECK_THROWS(row(s, "periodic_leg_movement", "sleep_onset"));
    n.before_sleep = 120s;  // the last four epochs before N1, and the minute before R
    s = severity(n);
    CHECK(row(s, "hypnic_jerk", "wake_before_sleep").minutes == Approx(3));
    CHECK(row(s, "hypnic_jerk", "wake_before_sleep").count == 0);
    CHECK(row(s, "hypnic_jerk", "sleep_onset").rate == Approx(2 * 60 / 9.0));
}

TEST_CASE("Combined leg movements are as strong as the strongest in them", "[severity]") {
    const Severity s = severity(night());
    const SeverityRow& periodic = row(s, "periodic_leg_movement", "N2");
    CHECK(periodic.ratio.median == Approx(10));  // (5 + 45) / 5, not (4 + 12) / 4
    CHECK(periodic.uv.median == Approx(90));
    CHECK(periodic.length_s.median == Approx(5));
    CHECK(periodic.clustered == 1);
    CHECK(periodic.aroused == 0);  // by its own rules
    CHECK(row(s, "nonperiodic_leg_movement", "N2").ratio.median == Approx(5));
    CHECK(row(s, "nonperiodic_leg_movement", "N2").clustered == 0);
    CHECK(row(s, "nonperiodic_leg_movement", "N2").aroused == 1);
    CHECK(row(s, "leg_movement", "N2").clustered == Approx(2 / 3.0));
    CHECK(row(s, "leg_movement", "N2").ratio.median == Approx(5));  // of 5, 4, 10
    CHECK(row(s, "leg_movement", "N2").woke == 0);
    const SeverityRow& sleep = row(s, "periodic_leg_movement", "sleep");
    CHECK(sleep.rate == Approx(2.4));
    CHECK(aspect_flag(s, sleep, "frequency") == "usual");
    CHECK(aspect_flag(s, periodic, "frequency").empty());  // the norm is of all sleep
}

TEST_CASE("Woke the sleeper: the epoch 15 s after the end", "[severity]") {
    SeverityNight n = night();
    n.events = {event("bruxism", 1180, 2, n.hypnogram, {}), event("bruxism", 1190, 2, n.hypnogram, {})};  // N2 ends at 1200
    n.classes = {{"bruxism", n.window}};
    const Severity s = severity(n);
    CHECK(row(s, "bruxism", "N2").woke == Approx(0.5));  // 1197 s is sleep, 1207 s is wake
    CHECK(row(s, "bruxism", "N2").clustered == 1);       // 10 s apart
    n.arousals_at_risk = IntervalSet({{0s, 1185s}});
    n.arousals = EventList{};
    CHECK(row(severity(n), "bruxism", "N2").aroused == 0);
    n.arousals_at_risk = IntervalSet({{0s, 1100s}});
    CHECK(std::isnan(row(severity(n), "bruxism", "N2").aroused));
    n.arousals.reset();
    CHECK(std::isnan(row(severity(n), "bruxism", "N2").aroused));
    n.events[1].extent.onset += 1s;
    CHECK(row(severity(n), "bruxism", "N2").clustered == 0);
}

TEST_CASE("Where a value lies among published ones", "[severity]") {
    const Norm& healthy = norm("periodic_leg_movement", "sleep", "rate", 1);
    const Norm& by_age = norm("periodic_leg_movement", "sleep", "rate", 2);
    const auto check = [](const Norm& n, double value, const char* flag, double from, double to) {
        const NormVerdict v = compare(n, value);
        INFO(n.kind << " " << value);
        CHECK(v.flag == flag);
        if (std::isnan(from)) {
            CHECK(std::isnan(v.percentile_from));
            CHECK(std::isnan(v.percentile_to));
        } else {
            CHECK(v.percentile_from == from);
            CHECK(v.percentile_to == to);
        }
    };
    check(healthy, 0, "usual", 0, 64);
    check(healthy, 5, "usual", 0, 64);
    check(healthy, 10, "usual", 64, 82);
    check(healthy, 24.8, "usual", 82, 90);
    check(healthy, 24.9, "outside the published range", 90, 100);
    check(healthy, nan_value, "", nan_value, nan_value);
    check(by_age, 5, "usual", nan_value, nan_value);
    check(by_age, 10, "depends on age", nan_value, nan_value);
    check(by_age, 15.1, "outside the published range", nan_value, nan_value);
    const Norm& large = norm("large_muscle_group_movement", "all", "length_median", 2);
    check(large, 30, "usual", nan_value, nan_value);
    check(large, 40, "depends on age", nan_value, nan_value);
    check(large, 2.9, "outside the published range", nan_value, nan_value);
    check(norm("fragmentary_myoclonus", "sleep", "fmi", 1), 143.8, "outside the published range", 90, 100);
    check(norm("fragmentary_myoclonus", "R", "fmi", 0), 30, "", 0, 50);
    check(norm("fragmentary_myoclonus", "sleep", "fmi", 1), 2, "usual", 0, 1);  // 3 is the lowest of 100 people
    check(norm("fragmentary_myoclonus", "NREM", "positive_minutes", 1), 20, "outside the published range", 91, 100);
    check(norm("fragmentary_myoclonus", "NREM", "positive_minutes", 1), 19, "usual", 0, 91);
    check(norm("neck_myoclonus", "R", "rate", 1), 0, "usual", 0, 65);
    check(norm("rem_phasic_activity", "R", "rem_atonia_index", 1), 0.9, "outside the published range", nan_value, nan_value);
    check(norm("rem_phasic_activity", "R", "rem_atonia_index", 1), 0.91, "usual", nan_value, nan_value);
    check(norm("leg_movement", "R", "rate", 1), 24, "outside the published range", nan_value, nan_value);
}

TEST_CASE("Counts per night need a night, amplitudes of legs need legs, indices come from elsewhere", "[severity]") {
    SeverityNight n = night();
    n.classes = {{"high_frequency_leg_movements", n.window}, {"fragmentary_myoclonus", n.window}};
    n.events = {event("fragmentary_myoclonus", 700, 0.1, n.hypnogram, {{"peak_uv", 300.0}}, "Chin"),
                event("fragmentary_myoclonus", 800, 0.1, n.hypnogram, {{"peak_uv", 80.0}}, "LAT")};
    n.indices = {{"fmi", "sleep", 200}};
    const auto value = [](const Severity& s, const std::string& of, const std::string& stage) {
        for (const SeverityNorm& v : s.norms)
            if (v.norm->of == of && v.norm->stage == stage) return v.value;
        throw std::logic_error("no norm");
    };
    Severity s = severity(n);
    CHECK(value(s, "count", "all") == 0);
    CHECK(aspect_flag(s, row(s, "high_frequency_leg_movements", "all"), "frequency").empty());  // half an hour is no night
    CHECK(aspect_flag(s, row(s, "fragmentary_myoclonus", "NREM"), "frequency").empty());
    CHECK(std::isnan(value(s, "leg_uv_median", "all")));
    CHECK(value(s, "fmi", "sleep") == 200);
    CHECK(std::isnan(value(s, "fmi", "N1")));
    CHECK(aspect_flag(s, row(s, "fragmentary_myoclonus", "sleep"), "frequency") == "outside the published range");
    n.leg_channels = {"LAT"};
    n.hypnogram.stages.assign(480, Stage::N2);  // four hours
    n.window = IntervalSet({n.hypnogram.extent()});
    for (ClassAtRisk& c : n.classes) c.at_risk = n.window;
    s = severity(n);
    CHECK(value(s, "leg_uv_median", "all") == 80);
    CHECK(value(s, "count", "all") == 0);
    CHECK(aspect_flag(s, row(s, "high_frequency_leg_movements", "all"), "frequency") == "usual");
}

TEST_CASE("Rates of little time get no flag", "[severity]") {
    SeverityNight n = night();  // 25 min of sleep
    const auto flag = [&] {
        const Severity s = severity(n);
        return aspect_flag(s, row(s, "periodic_leg_movement", "sleep"), "frequency");
    };
    CHECK(flag() == "usual");
    n.rate_needs_min = 25.5;
    CHECK(flag().empty());
    n.rate_needs_min = 25;
    CHECK(flag() == "usual");
}

TEST_CASE("Counts outside the range need no whole night", "[severity]") {
    SeverityNight n = night();
    n.classes = {{"high_frequency_leg_movements", n.window}};
    n.events.clear();
    for (int i = 0; i < 5; ++i) n.events.push_back(event("high_frequency_leg_movements", 300 + 60 * i, 5, n.hypnogram, {}));
    const Severity s = severity(n);
    CHECK(aspect_flag(s, row(s, "high_frequency_leg_movements", "all"), "frequency") == "outside the published range");
}

TEST_CASE("Every norm has its source, and only ranges give flags", "[severity]") {
    const std::set<std::string> of_the_table{"rate", "count", "length_median", "burst_median", "uv_median", "leg_uv_median"};
    for (const Norm& n : norms()) {
        INFO(n.kind << " " << n.of);
        CHECK_FALSE(n.text.empty());
        CHECK_FALSE(n.source.empty());
        CHECK_FALSE(n.population.empty());
        CHECK((n.aspect == "frequency" || n.aspect == "strength" || n.aspect == "duration"));
        CHECK(compare(n, 1).flag.empty() == n.ranges.empty());
        for (std::size_t i = 0; i + 1 < n.percentiles.size(); ++i) {
            CHECK(n.percentiles[i].first < n.percentiles[i + 1].first);
            CHECK(n.percentiles[i].second < n.percentiles[i + 1].second);
        }
        for (const NormRange& r : n.ranges) CHECK(r.low <= r.high);
        if (n.ranges.size() > 1)
            for (const NormRange& r : n.ranges) CHECK_FALSE(r.ages.empty());
    }
}

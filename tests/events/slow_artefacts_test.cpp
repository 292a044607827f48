// Jumps and slow swings of leads: what is told, and what eyes, slow waves and muscles do.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/slow_artefacts.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "libpsg/events/electrode_pops.hpp"
#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

constexpr int rate_hz = 200;

struct Lead {
    std::vector<float> samples;
    explicit Lead(double length_s, double noise_uv, unsigned seed) : samples(static_cast<std::size_t>(length_s * rate_hz)) {
        Noise noise(seed);
        for (float& x : samples) x = static_cast<float>(noise.next() * noise_uv);
    }
    template <class F>
    Lead& add(double from_s, double length_s, F value) {
        const auto first = static_cast<std::size_t>(from_s * rate_hz);
        for (std::size_t i = 0; i < static_cast<std::size_t>(length_s * rate_hz); ++i)
            samples[first + i] += static_cast<float>(value(static_cast<double>(i) / rate_hz));
        return *this;
    }
    SignalView view() const { return {samples, SampleRate::hertz(rate_hz), 0s}; }
};

double pop(double t) { return 400 * std::exp(-3 * t); }
double saccade(double t) { return 400 * std::min(1.0, t / 0.02) * (t < 0.6); }

template <class Search>
auto found_by(Search search, const SignalView& view) {
    search.begin(view.start);
    search.add(view.samples);
    return search.finish();
}

// With the lead of the other eye: those that this one makes alone.
std::vector<Interval> electrode_pops(const SignalView& view, const SlowArtefactRules& rules, const SignalView* other = nullptr) {
    return counted_pops(found_by(ElectrodePops(view.rate, rules), view), [&](const ElectrodePop& pop) {
        return !pop.brief && (!other || std::abs(change_at(*other, pop.middle)) < 0.25 * std::abs(change_at(view, pop.middle)));
    });
}

std::vector<Interval> sweat(const SignalView& view, const SlowArtefactRules& rules) { return found_by(Sweat(view.rate, rules, rules.sweat_uv), view); }
std::vector<Interval> swings_of_lead(const SignalView& view, const SlowArtefactRules& rules) { return found_by(LeadSwings(view.rate, rules), view); }

}  // namespace

TEST_CASE("A pop is a jump that stays; of two eyes one alone makes it") {
    const SlowArtefactRules rules;
    Lead left(60, 10, 1), right(60, 10, 2);
    left.add(20, 2, pop).add(40, 1, saccade);
    right.add(40, 1, [](double t) { return -saccade(t); });
    const SignalView other = right.view();
    const auto found = electrode_pops(left.view(), rules, &other);
    REQUIRE(found.size() == 1);
    CHECK(found[0].onset > 19900ms);
    CHECK(found[0].onset < 20100ms);
    CHECK(electrode_pops(left.view(), rules).size() == 3);  // without the other eye: the eye goes and comes back
    CHECK(electrode_pops(right.view(), rules, &other).empty());
    Lead muscle(60, 5, 3);  // a burst of alternating sign
    muscle.add(30, 0.3, [](double t) { return 500 * std::sin(2 * M_PI * 60 * t); });
    CHECK(electrode_pops(muscle.view(), rules).empty());
}

TEST_CASE("A pop behind a high-pass is over soon, and no burst of a muscle is one") {
    const SlowArtefactRules rules;
    const auto brief_pops = [&](const std::vector<float>& x, int hz) {
        const SignalView view{x, SampleRate::hertz(hz), 0s};
        return counted_pops(found_by(ElectrodePops(view.rate, rules), view), [&](const ElectrodePop& pop) {
            return !pop.brief || fades_like_a_step(view, pop.middle, rules.pop_uv);
        });
    };
    for (const int hz : {200, 256, 512, 1000})
        for (const double edge_hz : {3.0, 5.0, 10.0})
            for (const int order : {1, 2}) {
                CAPTURE(hz, edge_hz, order);
                std::vector<float> x(static_cast<std::size_t>(20 * hz));
                for (std::size_t i = 0; i < x.size(); ++i)
                    if (i > static_cast<std::size_t>(10 * hz)) x[i] = static_cast<float>(-600 * std::exp(-2 * (static_cast<double>(i) / hz - 10)));
                signal::filter_causal(signal::butterworth_high_pass(order, edge_hz, hz), x);
                Noise noise(7);
                for (float& v : x) v += static_cast<float>(4 * noise.next());
                const auto found = brief_pops(x, hz);
                REQUIRE(found.size() == 1);
                CHECK(seconds(found[0].onset) == Approx(10).margin(0.03));
                CHECK(found[0].duration() < 500ms);
            }
    const auto add = [](std::vector<float>& x, int hz, double from_s, double length_s, auto value) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(length_s * hz); ++i) x[static_cast<std::size_t>(from_s * hz) + i] += static_cast<float>(value(static_cast<double>(i) / hz));
    };
    for (const int hz : {200, 256, 512, 1000}) {
        CAPTURE(hz);
        Noise noise(8);
        std::vector<float> x(static_cast<std::size_t>(60 * hz));
        for (float& v : x) v = static_cast<float>(4 * noise.next());
        for (int k = 0; k < 10; ++k) {
            const double s = 0.0013 * k;
            add(x, hz, 5 + k + s, 0.03, [](double t) { return 500 * std::sin(M_PI * t / 0.03); });            // a half-sine
            add(x, hz, 15.5 + k + s, 0.3, [](double t) { return 600 * std::exp(-20 * t) * std::sin(2 * M_PI * 25 * t); });  // rings
            add(x, hz, 26 + k + s, 0.012, [](double t) { return 500 * std::sin(2 * M_PI * t / 0.012); });     // a motor unit
            add(x, hz, 36.5 + k + s, 0.15, [&](double t) { return 200 * std::exp(-10 * t) * noise.next(); });  // begins at once, fades
            if (hz > 256)  // below that it is there within two samples
                add(x, hz, 47 + k + s, 0.1, [](double t) { return 500 * (t / 0.01) * std::exp(1 - t / 0.01); });  // rises in 10 ms
        }
        CHECK(brief_pops(x, hz).empty());
    }
}

TEST_CASE("Sweat is slower than slow waves") {
    const SlowArtefactRules rules;
    Lead wet(300, 15, 4), deep(300, 15, 5);
    wet.add(100, 90, [](double t) { return 80 * std::sin(2 * M_PI * 0.22 * t); });
    deep.add(100, 90, [](double t) { return 80 * std::sin(2 * M_PI * 0.9 * t) + 30 * std::sin(2 * M_PI * 0.6 * t); });
    const auto found = sweat(wet.view(), rules);
    REQUIRE(found.size() == 1);
    CHECK(std::abs(seconds(found[0].onset) - 100) < 10);
    CHECK(std::abs(seconds(found[0].offset) - 190) < 10);
    CHECK(sweat(deep.view(), rules).empty());
}

TEST_CASE("A swing of the head stands out, a K-complex and lasting slow waves do not") {
    const SlowArtefactRules rules;
    Lead turned(300, 15, 6), asleep(300, 15, 7);
    turned.add(150, 5, [](double t) { return 250 * std::sin(2 * M_PI * 0.8 * t); });
    asleep.add(50, 1, [](double t) { return 125 * std::sin(2 * M_PI * t); });
    asleep.add(150, 150, [](double t) { return 120 * std::sin(2 * M_PI * 1.1 * t); });
    const auto found = swings_of_lead(turned.view(), rules);
    REQUIRE(found.size() == 1);
    CHECK(std::abs(seconds(found[0].onset) - 150) < 1.5);
    CHECK(std::abs(seconds(found[0].offset) - 155) < 1.5);
    for (const Interval& i : swings_of_lead(asleep.view(), rules)) CHECK(seconds(i.onset) > 140);  // where they set in, at most
}

TEST_CASE("Cables are pulled in several channels at once") {
    const std::vector<Interval> a{{1s, 2s}, {10s, 11s}}, b{{1100ms, 2s}}, c{{1200ms, 2500ms}};
    const auto found = at_once({a, b, c}, 3);
    REQUIRE(found.size() == 1);
    CHECK(found[0] == Interval{1s, 2500ms});
    CHECK(at_once({a, b}, 3).empty());
}

TEST_CASE("What is usual of a lead's swings is the median of the four minutes around, wherever it is asked for") {
    const SlowArtefactRules rules;
    Lead lead(1500, 10, 7);
    for (const double from : {30, 45, 200, 500, 503, 520, 900, 1010, 1300, 1490})
        lead.add(from, 6, [](double t) { return 400 * std::sin(2 * M_PI * 0.4 * t); });
    lead.add(700, 350, [](double t) { return 180 * std::sin(2 * M_PI * 0.5 * t); });  // usual there, after a while
    std::vector<float> means, sd;
    for (std::size_t i = 0; i + 20 <= lead.samples.size(); i += 20) {
        double sum = 0;
        for (std::size_t k = i; k < i + 20; ++k) sum += static_cast<double>(lead.samples[k]);
        means.push_back(static_cast<float>(sum / 20));
    }
    for (std::size_t k = 0; k + 26 <= means.size(); k += 5) {
        double sum = 0, squares = 0;
        for (std::size_t i = k; i < k + 25; ++i) {
            const double x = static_cast<double>(means[i] + means[i + 1]) / 2;
            sum += x, squares += x * x;
        }
        sd.push_back(static_cast<float>(std::sqrt(squares / 25 - sum * sum / 625)));
    }
    const std::vector<float> usual = signal::sliding_percentile(sd, 240, 240, 50);
    const auto swings = [&](std::size_t k) { return sd[k] >= static_cast<float>(rules.movement_uv) && sd[k] >= static_cast<float>(rules.movement_ratio) * usual[k]; };
    const auto expected = signal::bridged(signal::runs_where(sd.size(), swings), 5);
    const auto found = swings_of_lead(lead.view(), rules);
    CHECK(found.size() > 5);
    REQUIRE(found.size() == expected.size());
    for (std::size_t k = 0; k < found.size(); ++k) CHECK(seconds(found[k].onset) == Approx(0.5 * static_cast<double>(expected[k].begin) + 0.6));
}

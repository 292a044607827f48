// Jumps and slow swings of leads: what is told, and what eyes, slow waves and muscles do.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/slow_artefacts.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

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
    return counted_pops(found_by(ElectrodePops(view.rate, rules), view), [&](Time t) { return !other || std::abs(change_at(*other, t)) < 0.25 * std::abs(change_at(view, t)); });
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

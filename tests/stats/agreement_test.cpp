// Agreement of scorers against values worked by hand or published.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/stats/agreement.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace psg;
using namespace psg::stats;
using namespace std::chrono_literals;

namespace {

using Stages = std::vector<Stage>;

Stages repeated(std::initializer_list<std::pair<Stage, int>> runs) {
    Stages s;
    for (auto [stage, n] : runs) s.insert(s.end(), static_cast<std::size_t>(n), stage);
    return s;
}

Event event(Time onset, Time offset) {
    Event e;
    e.extent = {onset, offset};
    return e;
}

}  // namespace

TEST_CASE("Cohen's kappa and the figures per stage", "[stats]") {
    // 20 W-W, 5 W-R, 10 R-W, 15 R-R: observed .70, by chance .50
    const Stages a = repeated({{Stage::W, 25}, {Stage::R, 25}});
    const Stages b = repeated({{Stage::W, 20}, {Stage::R, 5}, {Stage::W, 10}, {Stage::R, 15}});
    const StageAgreement g = stage_agreement(confusion(a, b));
    CHECK(g.epochs == 50);
    CHECK(g.accuracy == Approx(0.7));
    CHECK(g.kappa == Approx(0.4));
    CHECK(g.sensitivity[0] == Approx(0.8));
    CHECK(g.precision[0] == Approx(20.0 / 30));
    CHECK(g.f1[0] == Approx(40.0 / 55));
    CHECK(g.stage_kappa[0] == Approx(0.4));  // two stages: the same question
    CHECK(std::isnan(g.f1[2]));
}

TEST_CASE("epochs that one scorer left out count for nobody", "[stats]") {
    const Stages a{Stage::W, Stage::unknown, Stage::N2, Stage::N2}, b{Stage::W, Stage::W, Stage::unknown, Stage::N2};
    CHECK(stage_agreement(confusion(a, b)).epochs == 2);
    CHECK(std::isnan(stage_agreement(confusion({}, {})).kappa));
    const Stages same(4, Stage::N2);
    CHECK(std::isnan(stage_agreement(confusion(same, same)).kappa));  // chance agreement is certain
}

TEST_CASE("Fleiss' kappa of the example of 10 subjects and 14 raters is 0.210", "[stats]") {
    const int table[10][5] = {{0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0}, {2, 2, 8, 1, 1},
                              {7, 7, 0, 0, 0},  {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2}, {6, 5, 2, 1, 0}, {0, 2, 2, 3, 7}};
    std::vector<Stages> raters(14);
    for (const auto& row : table) {
        std::size_t rater = 0;
        for (std::size_t s = 0; s < 5; ++s)
            for (int n = 0; n < row[s]; ++n) raters[rater++].push_back(scored_stages[s]);
    }
    CHECK(fleiss_kappa(raters) == Approx(0.210).margin(0.0005));
    CHECK(std::isnan(fleiss_kappa(std::vector<Stages>{{Stage::W}})));
}

TEST_CASE("a consensus is the majority, and a tie goes to the scorer who agrees best", "[stats]") {
    const std::vector<Stage> good = repeated({{Stage::W, 4}, {Stage::N2, 4}, {Stage::R, 2}});
    std::vector<Stage> second = good, poor = repeated({{Stage::N1, 9}, {Stage::N3, 1}});
    second[9] = Stage::unknown;
    const auto c = consensus(std::vector<Stages>{poor, good, second});
    CHECK(c == good);  // the last epoch: N3 against R, one vote each
    CHECK(consensus(std::vector<Stages>{{Stage::unknown}, {Stage::unknown}}) == Stages{Stage::unknown});
}

TEST_CASE("the bootstrap is repeatable, draws blocks, and holds the value", "[stats]") {
    const auto mean = [](std::span<const std::size_t> drawn) {
        double sum = 0;
        for (std::size_t i : drawn) sum += static_cast<double>(i % 2);
        return std::vector<double>{sum / static_cast<double>(drawn.size())};
    };
    const auto a = block_bootstrap(1000, {1, 500, 7}, mean), b = block_bootstrap(1000, {1, 500, 7}, mean);
    CHECK(a[0].value == 0.5);
    CHECK(a[0].low == b[0].low);
    // single draws of a fair coin: SD of the mean 0.0158, so the interval is about +-0.031
    CHECK(a[0].low == Approx(0.469).margin(0.006));
    CHECK(a[0].high == Approx(0.531).margin(0.006));
    // blocks of two neighbours hold one of each: no spread but at odd cuts
    const auto blocks = block_bootstrap(1000, {2, 200, 7}, mean);
    CHECK(blocks[0].low == 0.5);
    CHECK(blocks[0].high == 0.5);
}

TEST_CASE("events match one to one by overlap", "[stats]") {
    const EventList reference{event(10s, 12s), event(20s, 21s), event(30s, 31s), event(50s, 60s)};
    // the second pair overlaps by half of its union; two candidates for the long one: the better wins
    const EventList other{event(51s, 53s), event(10100ms, 12s), event(20500ms, 21500ms), event(52s, 60s), event(70s, 71s)};
    const EventAgreement loose = event_agreement(reference, other, 0);
    CHECK(loose.pairs.size() == 3);
    CHECK(loose.sensitivity == Approx(3.0 / 4));
    CHECK(loose.precision == Approx(3.0 / 5));
    CHECK(loose.f1 == Approx(6.0 / 9));
    CHECK(loose.onset_error_s.value == Approx(0.5));
    CHECK(loose.offset_error_s.value == Approx(0));
    CHECK(event_agreement(reference, other, 0.34).pairs.size() == 2);  // 0.5 s of 1.5 s is a third
    CHECK(std::isnan(event_agreement({}, other, 0).sensitivity));
    CHECK(event_agreement({event(1s, 2s)}, {event(2s, 3s)}, 0).pairs.empty());  // they only touch
}

TEST_CASE("the bootstrap over nights draws whole nights", "[stats]") {
    // two nights that are constant in themselves: every draw has 0, 1 or 2 of the second
    const std::size_t nights[] = {30, 30};
    const auto share = [](std::span<const std::size_t> drawn) {
        double sum = 0;
        for (std::size_t i : drawn) sum += i >= 30 ? 1 : 0;
        return std::vector<double>{sum / static_cast<double>(drawn.size())};
    };
    const auto e = block_bootstrap(nights, {10, 200, 1}, share);
    CHECK(e[0].value == 0.5);
    CHECK(e[0].low == 0);
    CHECK(e[0].high == 1);
    const std::size_t one[] = {100};
    const auto odd = [](std::span<const std::size_t> drawn) {
        double sum = 0;
        for (std::size_t i : drawn) sum += static_cast<double>(i % 3);
        return std::vector<double>{sum};
    };
    CHECK(block_bootstrap(one, {7, 50, 3}, odd)[0].low == block_bootstrap(100, {7, 50, 3}, odd)[0].low);
    CHECK(std::isnan(block_bootstrap(std::span<const std::size_t>(), {}, share)[0].low));
}

TEST_CASE("events of several nights together have intervals", "[stats]") {
    std::vector<MatchedNight> nights(2);
    for (int i = 0; i < 40; ++i) {
        const Time t = 60s * i;
        nights[0].reference.push_back(event(t, t + 1s));
        if (i % 2 == 0) nights[0].other.push_back(event(t, t + 1s));  // every second one found
        nights[1].reference.push_back(event(t, t + 1s));
        nights[1].other.push_back(event(t, t + 1s));
        nights[1].other.push_back(event(t + 30s, t + 31s));  // and as many false ones
    }
    for (MatchedNight& n : nights) n.agreement = event_agreement(n.reference, n.other, 0);
    const EventEstimates e = event_estimates(nights, {20, 300, 1});
    CHECK(e.sensitivity.value == Approx(60.0 / 80));
    CHECK(e.precision.value == Approx(60.0 / 100));
    CHECK(e.f1.value == Approx(120.0 / 180));
    CHECK(e.sensitivity.low == Approx(0.5).margin(0.03));
    CHECK(e.sensitivity.high == Approx(1));
    CHECK(e.precision.high <= 1);
    CHECK(std::isnan(event_estimates(std::span<const MatchedNight>(), {}).f1.value));
    CHECK(std::isnan(event_estimates(std::vector<MatchedNight>(1), {}).sensitivity.value));  // a night without events
}

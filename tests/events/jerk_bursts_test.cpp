// Bursts of one muscle: the same however its samples come, and where they were planted.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_bursts.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/cuts.hpp"
#include "tests/events/body.hpp"

using namespace psg;
using namespace psg::events;

namespace {

constexpr double nan_d = std::numeric_limits<double>::quiet_NaN();

struct Planted {
    double onset_s, length_s;
    float uv;
};

void plant(std::vector<float>& x, double rate_hz, const Planted& burst) {
    const auto first = static_cast<std::size_t>(burst.onset_s * rate_hz), count = static_cast<std::size_t>(burst.length_s * rate_hz);
    const std::vector<float> extra = test::noise_samples(count, burst.uv, static_cast<unsigned>(first));
    for (std::size_t i = 0; i < count; ++i) x[first + i] += extra[i];
}

Signal channel(std::int64_t rate, std::vector<std::vector<float>> stretches) {
    Signal s;
    s.unit = "uV";
    s.rate = SampleRate::hertz(rate);
    Time start{0};
    for (auto& samples : stretches) {
        const auto length = s.rate.time_of(static_cast<std::int64_t>(samples.size()));
        s.stretches.push_back({start, std::move(samples)});
        start += length + std::chrono::seconds(7);
    }
    return s;
}

void spoil(std::vector<float>& x, double rate_hz, double from_s, double to_s, double value) {
    std::fill(x.begin() + static_cast<std::ptrdiff_t>(from_s * rate_hz), x.begin() + static_cast<std::ptrdiff_t>(to_s * rate_hz), static_cast<float>(value));
}

Signal eventful(std::int64_t rate) {
    const auto hz = static_cast<double>(rate);
    const auto seconds_of = [&](double s) { return static_cast<std::size_t>(s * hz); };
    std::vector<float> a = test::noise_samples(seconds_of(200.3), 3, 1, 400), b = test::noise_samples(seconds_of(80), 3, 2), c = test::noise_samples(seconds_of(8.7), 3, 3),
                       d = test::noise_samples(seconds_of(0.5), 3, 4);
    for (const Planted& p : {Planted{3, 0.15, 120}, Planted{40, 0.1, 90}, Planted{75.2, 0.2, 200}, Planted{120, 12, 80}, Planted{150, 0.15, 150}, Planted{199.9, 0.3, 150}}) plant(a, hz, p);
    for (const Planted& p : {Planted{31, 0.15, 120}, Planted{60, 0.12, 100}}) plant(b, hz, p);
    plant(c, hz, {4, 0.15, 100});
    spoil(a, hz, 170, 171.5, nan_d);
    spoil(b, hz, 0, 25, nan_d);  // longer than a block of the filter
    spoil(b, hz, 70, 74, 12);
    return channel(rate, {a, b, c, d, {}, std::vector<float>(seconds_of(30), std::numeric_limits<float>::infinity()), std::vector<float>(seconds_of(30), 5.0F)});
}

}  // namespace

TEST_CASE("Bursts do not depend on how the samples are cut", "[events]") {
    for (const std::int64_t rate : {200, 512, 1000}) {
        const Signal s = eventful(rate);
        const auto results = test::of_all_cuts([&](auto cut) {
            BurstFinder finder(s.rate, {});
            for (const Signal::Stretch& stretch : s.stretches) {
                finder.begin_stretch(stretch.start);
                cut(std::span<const float>(stretch.samples), [&](std::span<const float> piece) { finder.add(piece); });
            }
            return finder.finish();
        });
        REQUIRE(results.front().bursts.size() >= 8);
        for (const ChannelBursts& r : results) {
            REQUIRE(r.bursts.size() == results.front().bursts.size());
            CHECK(r.usable == results.front().usable);
            for (std::size_t i = 0; i < r.bursts.size(); ++i) {
                CHECK(r.bursts[i].extent == results.front().bursts[i].extent);
                CHECK(r.bursts[i].peak_uv == results.front().bursts[i].peak_uv);
                CHECK(r.bursts[i].background_uv == results.front().bursts[i].background_uv);
                CHECK(r.bursts[i].quiet_uv == results.front().bursts[i].quiet_uv);
            }
        }
    }
}

TEST_CASE("Planted bursts are found to some milliseconds, in the first minute and after missing samples, too", "[events]") {
    const ChannelBursts found = find_bursts(eventful(512), {});
    const auto near = [&](double onset_s, double length_s) {
        return std::any_of(found.bursts.begin(), found.bursts.end(), [&](const Burst& b) {
            return std::abs(seconds(b.extent.onset) - onset_s) < 0.02 && std::abs(seconds(b.extent.duration()) - length_s) < 0.04;
        });
    };
    CHECK(near(3, 0.15));
    CHECK(near(40, 0.1));
    CHECK(near(75.2, 0.2));
    CHECK(near(150, 0.15));
    CHECK(near(207.3 + 31, 0.15));
    CHECK(near(207.3 + 60, 0.12));
    CHECK(near(207.3 + 87 + 4, 0.15));
    for (const Burst& b : found.bursts) CHECK(seconds(b.extent.onset) < 207.3 + 87 + 8.7);  // nothing in half a second, infinity or one value
    CHECK_FALSE(found.usable.contains(std::chrono::milliseconds(170'500)));
    CHECK_FALSE(found.usable.contains(std::chrono::milliseconds(207'300 + 72'000)));
    CHECK(found.usable.contains(std::chrono::milliseconds(207'300 + 30'000)));
}

TEST_CASE("A burst begins with its first motor units, whatever pause is between them and the others", "[events]") {
    Body body({Role::leg_left}, 60, 1000, 1);
    const auto wave = [&](double onset_s, double length_s, double uv) {
        for (int i = 0; i < static_cast<int>(1000 * length_s); ++i)
            body.of(Role::leg_left).stretches[0].samples[static_cast<std::size_t>(1000 * onset_s) + static_cast<std::size_t>(i)] +=
                static_cast<float>(uv * std::sin(2 * M_PI * 100 * i / 1000.0));
    };
    wave(30, 0.02, 40);
    wave(30.035, 0.1, 150);
    const ChannelBursts found = find_bursts(body.of(Role::leg_left), {});
    REQUIRE(found.bursts.size() == 1);
    CHECK(seconds(found.bursts[0].extent.onset) == Approx(30).margin(0.008));
}

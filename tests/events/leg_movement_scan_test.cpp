// The scan of a leg: the same however its samples come.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_movement_scan.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpsg/events/leg_filter.hpp"
#include "libpsg/signal/baseline.hpp"
#include "tests/cuts.hpp"
#include "tests/events/leg_signals.hpp"

using namespace psg;
using namespace psg::events;

namespace {

// A leg with movements, hum for a minute and a half, heart beats, a saturation in a movement, a lead off and missing samples.
struct Spoilt {
    test::Leg leg;
    std::vector<signal::HeartBeat> beats;

    explicit Spoilt(double rate_hz) : leg(rate_hz, 420.3, 2, {{30, 32, 40}, {60, 61, 25}, {100, 103, 60}, {220, 222, 40}, {300, 301, 30}, {419.5, 420.3, 50}}) {
        const auto place = [&](double s) { return leg.x.begin() + static_cast<std::ptrdiff_t>(s * rate_hz); };
        for (std::size_t i = 0; i < leg.x.size(); ++i) {
            const double t = static_cast<double>(i) / rate_hz;
            leg.x[i] += 50.0F;
            if (t > 200 && t < 290) leg.x[i] += static_cast<float>(20 * std::sin(2 * M_PI * 50.05 * t));
        }
        for (double t = 0.2; t < 420; t += 0.9) {
            beats.push_back({t * rate_hz, beats.size() % 20 == 3 ? 1 : 0});
            for (int k = 0; k < 4; ++k) *(place(t) + k) += k % 2 ? -60.0F : 60.0F;
        }
        std::fill(place(100.5), place(100.7), 50.0F);
        std::fill(place(150), place(157), 50.0F);
        std::fill(place(340), place(340.4), NAN);
    }
    std::vector<float> read(std::size_t first, std::size_t count) const {
        return {leg.x.begin() + static_cast<std::ptrdiff_t>(first), leg.x.begin() + static_cast<std::ptrdiff_t>(first + count)};
    }
};

}  // namespace

TEST_CASE("What is found in a leg does not depend on how the samples are cut", "[events]") {
    for (const double rate_hz : {200.0, 512.0})
        for (const bool with_ecg : {false, true}) {
            INFO(rate_hz << " Hz, " << (with_ecg ? "ECG" : "no ECG"));
            const Spoilt spoilt(rate_hz);
            LegScanner scanner(rate_hz, {});
            const auto scans = test::of_all_cuts([&](auto cut) {
                scanner.begin([&](std::size_t first, std::size_t count) { return spoilt.read(first, count); }, spoilt.leg.x.size(), with_ecg ? std::optional(signal::BeatPlaces{spoilt.beats}) : std::nullopt);
                cut(std::span<const float>(spoilt.leg.x), [&](std::span<const float> piece) { scanner.add(piece); });
                return scanner.finish();
            });
            CHECK(scans.front().movements.size() == 6);
            CHECK(scans.front().hum_s > 60);
            CHECK(scans.front().beats > 300);
            CHECK(scans.front().artefacts.size() >= 1);
            for (const LegScan& s : scans) {
                REQUIRE(s.movements.size() == scans.front().movements.size());
                for (std::size_t i = 0; i < s.movements.size(); ++i) {
                    const ScannedMovement &a = s.movements[i], &b = scans.front().movements[i];
                    CHECK(a.onset == b.onset);
                    CHECK(a.offset == b.offset);
                    CHECK(a.resting_uv == b.resting_uv);
                    CHECK(a.amplitude_uv == b.amplitude_uv);
                    CHECK(a.sustained_uv == b.sustained_uv);
                    CHECK(a.peak_uv == b.peak_uv);
                }
                CHECK(s.scorable == scans.front().scorable);
                CHECK(s.hum_s == scans.front().hum_s);
                CHECK(s.beats == scans.front().beats);
                REQUIRE(s.artefacts.size() == scans.front().artefacts.size());
                for (std::size_t i = 0; i < s.artefacts.size(); ++i) CHECK(s.artefacts[i].run == scans.front().artefacts[i].run);
            }
        }
}

TEST_CASE("Samples of a leg that are filtered again are those of the first time", "[events]") {
    for (const double rate_hz : {200.0, 512.0}) {
        const Spoilt spoilt(rate_hz);
        LegFilter filter(rate_hz, {});
        filter.begin([&](std::size_t first, std::size_t count) { return spoilt.read(first, count); }, spoilt.leg.x.size(), signal::BeatPlaces{spoilt.beats});
        filter.add(spoilt.leg.x);
        filter.finish();
        CHECK(filter.held().size() == 2);  // missing samples, too
        CHECK(filter.flat().size() == 1);
        CHECK(filter.hum_s() > 60);
        const LegFilter::AmplitudeCodes codes = filter.take_amplitudes();
        std::vector<float> power(codes.size());
        decode_amplitudes(codes, power);
        for (float& x : power) x *= x;
        const std::size_t block = filter.block();
        CHECK(power.size() == spoilt.leg.x.size() / block);
        for (std::size_t k = 0; k + 30 < power.size(); k += 41) {  // here and there, not in order everywhere
            const std::size_t at = k % 3 == 0 ? power.size() - 31 - k : k;
            const std::vector<float> again = signal::block_power(filter.samples(at * block, (at + 30) * block), block);
            for (std::size_t i = 0; i < 30; ++i) REQUIRE(again[i] == Approx(power[at + i]).epsilon(6e-4).margin(1e-6));
        }
    }
}

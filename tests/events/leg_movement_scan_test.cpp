// The scan of a leg: the same however its samples come.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_movement_scan.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/cuts.hpp"
#include "tests/events/leg_signals.hpp"

using namespace psg;
using namespace psg::events;

TEST_CASE("What is found in a leg does not depend on how the samples are cut", "[events]") {
    for (const double rate_hz : {200.0, 512.0})
        for (const bool with_ecg : {false, true}) {
            INFO(rate_hz << " Hz, " << (with_ecg ? "ECG" : "no ECG"));
            test::Leg leg(rate_hz, 420.3, 2, {{30, 32, 40}, {60, 61, 25}, {100, 103, 60}, {220, 222, 40}, {300, 301, 30}, {419.5, 420.3, 50}});
            const auto place = [&](double s) { return leg.x.begin() + static_cast<std::ptrdiff_t>(s * rate_hz); };
            for (std::size_t i = 0; i < leg.x.size(); ++i) {
                const double t = static_cast<double>(i) / rate_hz;
                leg.x[i] += 50.0F;
                if (t > 200 && t < 290) leg.x[i] += static_cast<float>(20 * std::sin(2 * M_PI * 50.05 * t));
            }
            std::vector<signal::HeartBeat> beats;
            for (double t = 0.2; t < 420; t += 0.9) {
                beats.push_back({t * rate_hz, 0});
                for (int k = 0; k < 4; ++k) *(place(t) + k) += k % 2 ? -60.0F : 60.0F;
            }
            std::fill(place(100.5), place(100.7), 50.0F);
            std::fill(place(150), place(157), 50.0F);
            std::fill(place(340), place(340.4), NAN);
            LegScanner scanner(rate_hz, {});
            const auto scans = test::of_all_cuts([&](auto cut) {
                scanner.begin(leg.x.size(), with_ecg ? std::optional(beats) : std::nullopt);
                cut(std::span<const float>(leg.x), [&](std::span<const float> piece) { scanner.add(piece); });
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

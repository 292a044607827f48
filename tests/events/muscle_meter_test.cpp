// The activity of a muscle: the same however its samples come.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/muscle_meter.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "tests/cuts.hpp"

using namespace psg;
using namespace psg::events;

namespace {

Signal channel(std::int64_t rate) {
    const auto hz = static_cast<double>(rate);
    const auto samples = [&](double s) { return static_cast<std::size_t>(s * hz); };
    Signal signal;
    signal.unit = "uV";
    signal.label = "chin";
    signal.rate = SampleRate::hertz(rate);
    signal.step = 0.1;
    std::vector<float> a = test::noise_samples(samples(300.37), 3, 1, -700), b = test::noise_samples(samples(60), 2, 2), c = test::noise_samples(samples(1.5), 2, 3);
    for (std::size_t i = samples(100); i < samples(104); ++i) a[i] *= 1.1F;  // and so much stronger, for the offset
    std::fill(a.begin() + 1234, a.begin() + 1300, NAN);
    std::fill(a.begin() + static_cast<std::ptrdiff_t>(samples(200)), a.begin() + static_cast<std::ptrdiff_t>(samples(207)), 4.0F);
    std::fill(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(samples(30)), NAN);
    signal.stretches = {{Time(0), a}, {std::chrono::seconds(400), b}, {std::chrono::seconds(500), c}, {std::chrono::seconds(600), std::vector<float>(samples(20), NAN)}};
    return signal;
}

}  // namespace

TEST_CASE("Muscle activity does not depend on how the samples are cut", "[events]") {
    for (const std::int64_t rate : {200, 512}) {
        Signal signal = channel(rate);
        std::vector<signal::HeartBeat> beats;  // places in seconds
        for (double t = 0.3; t < 190; t += 0.83) {
            beats.push_back({t, beats.size() % 12 == 5 ? 1 : 0});
            const auto at = static_cast<std::size_t>(t * static_cast<double>(rate));
            for (std::size_t k = 0; k < 8; ++k) signal.stretches[0].samples[at + k] += 60.0F * static_cast<float>(std::sin(static_cast<double>(k)));
        }
        const auto results = test::of_all_cuts([&](auto cut) {
            MuscleMeter meter(signal, 3, beats);
            for (const Signal::Stretch& s : signal.stretches) {
                meter.begin_stretch(s.start);
                cut(std::span<const float>(s.samples), [&](std::span<const float> piece) { meter.add(piece); });
            }
            return meter.finish();
        });
        REQUIRE(results.front().envelope.stretches.size() == 3);  // one is too short
        const auto equal = [](const std::vector<float>& a, const std::vector<float>& b) {  // NaN as well
            return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
        };
        for (const MuscleActivity& r : results) {
            CHECK(r.signal == 3);
            REQUIRE(r.envelope.stretches.size() == 3);
            for (std::size_t s = 0; s < 3; ++s) {
                CHECK(equal(r.envelope.part(s, 0, r.envelope.size(s)), results.front().envelope.part(s, 0, results.front().envelope.size(s))));
                CHECK(equal(r.rest.stretches[s].samples, results.front().rest.stretches[s].samples));
            }
        }
        const MuscleActivity& made = results.front();
        const std::vector<float> envelope = made.envelope.part(0, 0, made.envelope.size(0));
        const auto at = [&](double s) { return static_cast<std::size_t>(s * made.envelope.rate.hz()); };
        CHECK(std::isnan(envelope[at(203)]));
        CHECK(std::isnan(envelope[1260 / static_cast<std::size_t>(made.samples_per_block)]));
        CHECK(std::isnan(made.envelope.part(1, at(20), 1)[0]));
        CHECK(made.rest.stretches[0].samples[40] == Approx(3).epsilon(0.25));
        double most = 0;  // beats of 60 uV (rms of a block about 40) are gone
        for (std::size_t i = at(20); i < at(95); ++i) most = std::max(most, static_cast<double>(envelope[i]));
        CHECK(most < 20);
    }
}

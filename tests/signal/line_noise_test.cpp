// Hum planted in noise with bursts: it must go, and everything else must stay.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/signal/line_noise.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/dot.hpp"
#include "tests/cuts.hpp"

using namespace psg::signal;

namespace {

std::vector<float> noise(std::size_t count, double rate_hz, double rms) {
    std::mt19937 random(9);
    std::normal_distribution<float> normal(0, static_cast<float>(rms * std::sqrt(rate_hz / 2 / (0.45 * rate_hz - 20))));
    std::vector<float> x(count);
    for (float& v : x) v = normal(random);
    filter_causal(butterworth_band_pass(3, 20, 0.45 * rate_hz, rate_hz), x);
    return x;
}

double rms(std::span<const float> x) {
    return std::sqrt(static_cast<double>(dot(x, x)) / static_cast<double>(x.size()));
}

// What is left of planted hum in [from_s, to_s), as a root mean square of the difference to the signal without it.
double left_over(double rate_hz, double hum_hz, double peak_uv, double from_s, double to_s, bool bursts,
                 double begin_s = 0, double end_s = 1e9) {
    std::vector<float> clean = noise(static_cast<std::size_t>(60 * rate_hz), rate_hz, 2);
    if (bursts)
        for (std::size_t i = 0; i < clean.size(); ++i)
            if (const double t = static_cast<double>(i) / rate_hz; std::fmod(t, 12) > 8) clean[i] *= 30;
    std::vector<float> x = clean;
    const bool third = 3 * hum_hz < 0.45 * rate_hz;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double t = static_cast<double>(i) / rate_hz, w = 2 * std::numbers::pi * hum_hz * t;
        if (t >= begin_s && t < end_s)
            x[i] += static_cast<float>(peak_uv * (std::sin(w + 0.3) + (third ? 0.3 * std::cos(3 * w) : 0)));
    }
    remove_line_noise(x, rate_hz);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= clean[i];
    const auto from = static_cast<std::size_t>(from_s * rate_hz), to = static_cast<std::size_t>(to_s * rate_hz);
    return rms(std::span(x).subspan(from, to - from));
}

}  // namespace

TEST_CASE("Hum of any strength, frequency and rate is subtracted", "[signal]") {
    for (const double rate_hz : {200.0, 256.0, 500.0, 512.0, 1000.0})
        for (const double hum_hz : {50.0, 60.0, 49.9, 60.15})
            for (const double peak_uv : {3.0, 30.0, 300.0}) {
                INFO(rate_hz << " Hz, hum " << hum_hz << " Hz, " << peak_uv << " uV");
                CHECK(left_over(rate_hz, hum_hz, peak_uv, 2, 58, false) < 0.6 + 0.01 * peak_uv);
            }
}

TEST_CASE("Harmonics near the Nyquist frequency and folded ones are subtracted", "[signal]") {
    struct Harmonic {
        double rate_hz, mains_hz, order;
    };
    for (const Harmonic h : {Harmonic{512, 50, 5}, {512, 49.97, 5}, {500, 60, 4}, {500, 60.03, 4}, {500, 49.96, 5},
                             {200, 49.97, 2}, {256, 60, 3}, {200, 60.02, 2}, {1000, 49.97, 10}}) {
        INFO(h.rate_hz << " Hz, " << h.order << " * " << h.mains_hz << " Hz");
        const std::vector<float> clean = noise(static_cast<std::size_t>(60 * h.rate_hz), h.rate_hz, 2);
        std::vector<float> x = clean;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double w = 2 * std::numbers::pi * h.mains_hz * static_cast<double>(i) / h.rate_hz;
            x[i] += static_cast<float>(20 * std::sin(w) + 30 * std::sin(h.order * w + 1));
        }
        remove_line_noise(x, h.rate_hz);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] -= clean[i];
        const auto second = static_cast<std::size_t>(h.rate_hz);
        CHECK(rms(std::span(x).subspan(second, x.size() - 2 * second)) < 1.2);
    }
}

TEST_CASE("Bursts neither keep hum from being subtracted nor ring", "[signal]") {
    CHECK(left_over(256, 50, 20, 1, 7.9, true) < 0.8);      // rest before a burst of 60 uV
    CHECK(left_over(256, 50, 20, 12.1, 19.9, true) < 0.8);  // between two bursts
}

TEST_CASE("Hum that begins and ends at once leaves no trace beside it", "[signal]") {
    CHECK(left_over(256, 50, 30, 10, 19.8, false, 20, 40) < 1);
    CHECK(left_over(256, 50, 30, 20.2, 39.8, false, 20, 40) < 1);
    CHECK(left_over(256, 50, 30, 40.2, 58, false, 20, 40) < 1);
}

TEST_CASE("A signal without hum is not touched", "[signal]") {
    std::vector<float> x = noise(256 * 120, 256, 2);
    for (std::size_t i = 0; i < x.size(); ++i)
        if (i / 256 % 10 > 7) x[i] *= 30;
    const std::vector<float> before = x;
    CHECK(remove_line_noise(x, 256).empty());
    CHECK(x == before);
    std::vector<float> silence(256 * 60, 0.0F), brief(100, 1.0F);
    CHECK(remove_line_noise(silence, 256).empty());
    CHECK(remove_line_noise(brief, 256).empty());
}

TEST_CASE("What was subtracted is told", "[signal]") {
    std::vector<float> x = noise(256 * 60, 256, 2);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] += static_cast<float>(10 * std::sin(2 * std::numbers::pi * 60 * static_cast<double>(i) / 256));
    const std::vector<LineComponent> found = remove_line_noise(x, 256);
    REQUIRE(found.size() == 1);
    CHECK(found[0].frequency_hz == 60);
    CHECK(found[0].seconds == Approx(60).margin(0.2));
    CHECK(found[0].amplitude_uv == Approx(10).epsilon(0.03));
    CHECK(rms(x) == Approx(2).epsilon(0.05));
}

TEST_CASE("What was subtracted can be subtracted again from any of the samples", "[signal]") {
    for (const double rate_hz : {200.0, 256.0, 512.0}) {  // at 200 Hz the second harmonic lies at half of the rate
        std::vector<float> x = noise(static_cast<std::size_t>(90 * rate_hz), rate_hz, 2);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double t = static_cast<double>(i) / rate_hz, w = 2 * std::numbers::pi * 49.9 * t;
            if (t > 20 && t < 33) x[i] += static_cast<float>(30 * std::sin(w) + 10 * std::sin(2 * w + 1));
            if (t > 60) x[i] += static_cast<float>((t - 60) * std::sin(w));
        }
        const std::vector<float> raw = x;
        LineNoise hum(rate_hz);
        hum.finish(x, 0);
        std::size_t parts = 0;
        while (const auto part = hum.next(x.size()))
            if (part->hums) hum.subtract(*part, std::span(x).subspan(part->run.begin, part->until - part->run.begin)), ++parts;
        REQUIRE(parts == 2);
        REQUIRE(rms(x) < 0.7 * rms(raw));
        REQUIRE(hum.reach() == (rate_hz == 200 ? 30 : 0));
        for (std::size_t first = 0, length = 37; first < x.size(); first += length / 2, length = length * 5 / 3) {
            std::vector<float> again(raw.begin() + static_cast<std::ptrdiff_t>(first), raw.begin() + static_cast<std::ptrdiff_t>(std::min(first + length, x.size())));
            hum.repeat(first, again);
            float most = 0;
            for (std::size_t i = hum.reach(); i + hum.reach() < again.size(); ++i) most = std::max(most, std::fabs(again[i] - x[first + i]));
            INFO(rate_hz << " Hz, " << length << " samples from " << first << " on");
            CHECK(most < 1e-4F);
        }
    }
}

TEST_CASE("Hum of any length is subtracted in parts of minutes, whose borders leave no trace", "[signal]") {
    for (const double rate_hz : {200.0, 256.0}) {  // at 200 Hz the second harmonic lies at half of the rate
        const std::vector<float> clean = noise(static_cast<std::size_t>(1090 * rate_hz), rate_hz, 2);
        std::vector<float> x = clean;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double t = static_cast<double>(i) / rate_hz, w = 2 * std::numbers::pi * 50.03 * t;
            if (t > 20) x[i] += static_cast<float>((30 + t / 100) * std::sin(w) + 10 * std::sin(2 * w + 1));
        }
        const std::vector<float> raw = x;
        LineNoise hum(rate_hz);
        std::vector<std::size_t> borders;
        // what is told does not depend on when samples come, nor is more asked for than is there
        for (std::size_t count = 0; count < x.size();) {
            const std::size_t more = std::min(x.size(), count + 7001), first = hum.first_needed();
            count = more;
            const auto known = std::span<const float>(raw).subspan(first, count - first);
            more == x.size() ? hum.finish(known, first) : hum.look(known, first);
            while (const auto part = hum.next(count)) {
                if (!part->hums) continue;
                REQUIRE(part->until <= count);
                REQUIRE(static_cast<double>(part->run.size()) <= 311 * rate_hz);
                hum.subtract(*part, std::span(x).subspan(part->run.begin, part->until - part->run.begin));
                borders.push_back(part->run.end);
            }
        }
        REQUIRE(borders.size() == 4);
        std::vector<float> whole = raw;
        const auto found = remove_line_noise(whole, rate_hz);
        CHECK(whole == x);
        REQUIRE(!found.empty());
        CHECK(found[0].seconds == Approx(1070).margin(10));
        const auto left = [&](std::size_t begin, std::size_t end) {
            std::vector<float> rest(x.begin() + static_cast<std::ptrdiff_t>(begin), x.begin() + static_cast<std::ptrdiff_t>(end));
            for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= clean[begin + i];
            return rms(rest);
        };
        const auto second = static_cast<std::size_t>(rate_hz);
        const double usual = left(100 * second, 300 * second);
        CHECK(usual < 1);
        borders.pop_back();  // the end of all
        for (const std::size_t border : borders) {
            CHECK(left(border - 2 * second, border) < 1.5 * usual);
            CHECK(left(border, border + 2 * second) < 1.5 * usual);
            std::vector<float> again(raw.begin() + static_cast<std::ptrdiff_t>(border - second), raw.begin() + static_cast<std::ptrdiff_t>(border + second));
            hum.repeat(border - second, again);
            float most = 0;
            for (std::size_t i = hum.reach(); i + hum.reach() < again.size(); ++i) most = std::max(most, std::fabs(again[i] - x[border - second + i]));
            CHECK(most < 1e-4F);
        }
    }
}

TEST_CASE("The share of hum tells hum from activity", "[signal]") {
    std::mt19937 random(4);
    std::normal_distribution<float> normal;
    for (const double rate_hz : {200.0, 256.0, 1000.0}) {
        std::vector<float> noise(static_cast<std::size_t>(2 * rate_hz)), hum = noise;
        for (std::size_t i = 0; i < noise.size(); ++i) {
            noise[i] = normal(random);
            const double w = 2 * std::numbers::pi * 60 * static_cast<double>(i) / rate_hz;
            hum[i] = noise[i] + static_cast<float>(4 * std::sin(w + 1) + 3 * std::sin(2 * w));  // 12.5 to 1
        }
        CHECK(line_share(noise, rate_hz) < 0.2);
        CHECK(line_share(hum, rate_hz) > 0.85);
    }
    CHECK(line_share(std::vector<float>(1000, 0.0F), 256) == 0);
    CHECK(line_share({}, 256) == 0);
    const LineShare share(256);  // what was made once serves signals of any length
    const std::vector<float> noise = psg::test::noise_samples(999, 20, 3);
    for (const std::size_t length : {7U, 50U, 102U, 999U}) CHECK(share.of(std::span(noise).first(length)) == line_share(std::span(noise).first(length), 256));
}

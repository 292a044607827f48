// The slow signal of the head's leads, made as samples come: the same however they are cut, and what a plain loop gives.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/head_motion.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "tests/cuts.hpp"

using namespace psg;
using namespace psg::events;
using namespace std::chrono_literals;

namespace {

RoleSignal lead(Role role, const char* label, SampleRate rate, std::initializer_list<std::pair<Time, std::size_t>> stretches, unsigned seed) {
    RoleSignal s{role, "", {}};
    s.signal.label = label;
    s.signal.unit = "uV";
    s.signal.rate = rate;
    std::mt19937 random(seed);
    std::normal_distribution<float> noise(0, 20);
    for (const auto& [start, count] : stretches) {
        Signal::Stretch stretch{start, std::vector<float>(count)};
        for (std::size_t i = 0; i < count; ++i)
            stretch.samples[i] = noise(random) + 60 * std::sin(static_cast<float>(i) * 0.01F);
        s.signal.stretches.push_back(std::move(stretch));
    }
    return s;
}

Night night_of_leads() {
    Night night;
    night.signals.push_back(lead(Role::eeg, "C3", SampleRate::hertz(256), {{0s, 20011}, {100s, 9000}, {200s, 37}}, 1));
    night.signals.push_back(lead(Role::eog_left, "E1", SampleRate(200, 1'000'000'000), {{0s, 15632}, {100s, 7031}}, 2));
    night.signals.push_back(lead(Role::eeg, "C4", SampleRate(777, 7'000'000'000), {{0s, 8677}, {100s, 3907}, {200s, 500}}, 3));
    auto& flat = night.signals[1].signal.stretches[1].samples;
    std::fill(flat.begin(), flat.begin() + 4000, 5.0F);           // shows nothing for a while
    auto& all_flat = night.signals[2].signal.stretches[1].samples;
    std::fill(all_flat.begin(), all_flat.end(), 0.0F);            // or at all
    night.signals[0].signal.stretches[0].samples[7777] = NAN;
    return night;
}

}  // namespace

TEST_CASE("head motion does not depend on how samples are cut, nor on which lead comes first") {
    const Night night = night_of_leads();
    std::vector<HeadMotion> own;
    const std::vector<HeadMotion> whole = head_motion(night, own);
    REQUIRE(whole.size() == 3);
    CHECK(whole[2].channels == "C3+C4");
    CHECK(whole[0].channels == "C3+E1+C4");
    CHECK(whole[0].mean.size() == 3908);  // of 78.16 s, of which E1 has not one sample more
    CHECK(whole[1].channels == "C3+E1");
    const auto same = [](const auto& a, const auto& b) {
        bool all = a.size() == b.size();
        for (std::size_t i = 0; all && i < a.size(); ++i) all = a[i] == b[i] || (std::isnan(static_cast<float>(a[i])) && std::isnan(static_cast<float>(b[i])));
        return all;
    };
    for (const bool backwards : {false, true})
        for (const std::vector<HeadMotion>& cut_up : test::of_all_cuts([&](auto cut) {
                 HeadMotionScan scan(night);
                 for (std::size_t i = 0; i < 3; ++i) {
                     HeadMotionScan::Lead& l = scan.leads()[backwards ? 2 - i : i];
                     for (const Signal::Stretch& s : l.signal().stretches) {
                         l.begin_stretch(s.start);
                         cut(std::span<const float>(s.samples), [&](auto piece) { l.add(piece); });
                     }
                 }
                 return scan.finish();
             })) {
            REQUIRE(cut_up.size() == whole.size());
            for (std::size_t i = 0; i < whole.size(); ++i) {
                CHECK(cut_up[i].start == whole[i].start);
                CHECK(cut_up[i].channels == whole[i].channels);
                CHECK(same(cut_up[i].mean, whole[i].mean));
                CHECK(same(cut_up[i].common, whole[i].common));
                CHECK(same(cut_up[i].apart, whole[i].apart));
            }
        }
}

TEST_CASE("head motion is the slow part of the leads") {
    const Night night = night_of_leads();
    std::vector<HeadMotion> own;
    const HeadMotion motion = head_motion(night, own).front();
    // means of 20 ms less the median of every fifth of them in the second to either side
    std::vector<std::vector<float>> slow;
    for (const RoleSignal& s : night.signals) {
        const std::vector<float>& x = s.signal.stretches[0].samples;
        std::vector<float> mean;
        for (int k = 0;; ++k) {
            const auto begin = static_cast<std::size_t>(s.signal.rate.index_at(k * 20ms)), end = static_cast<std::size_t>(s.signal.rate.index_at((k + 1) * 20ms));
            if (end > x.size()) break;
            float sum = 0;
            for (std::size_t i = begin; i < end; ++i) sum += x[i];
            mean.push_back(sum / static_cast<float>(end - begin));
        }
        std::vector<float>& y = slow.emplace_back(mean);
        for (int k = 0; k < static_cast<int>(mean.size()); ++k) {
            std::vector<float> around;
            for (int c = k / 5 - 10; c <= k / 5 + 10; ++c)
                if (c >= 0 && 5 * c < static_cast<int>(mean.size())) around.push_back(mean[static_cast<std::size_t>(std::min(5 * c + 2, static_cast<int>(mean.size()) - 1))]);
            std::erase_if(around, [](float v) { return std::isnan(v); });
            std::sort(around.begin(), around.end());
            y[static_cast<std::size_t>(k)] -= around[static_cast<std::size_t>(std::round(0.5 * static_cast<double>(around.size() - 1)))];
        }
    }
    std::size_t differ = 0, unknown = 0, agree = 0;
    for (std::size_t k = 0; k < motion.mean.size(); ++k) {
        const float a = slow[0][k], b = slow[1][k], c = slow[2][k], mean = a / 3 + b / 3 + c / 3;
        unknown += std::isnan(mean) && std::isnan(motion.mean[k]) && std::isnan(decoded_amplitude(motion.apart[k]));
        if (std::isnan(mean)) continue;
        const float common = a > 0 && b > 0 && c > 0 ? std::min({a, b, c}) : a < 0 && b < 0 && c < 0 ? -std::max({a, b, c}) : 0;
        const float apart = std::sqrt(((a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean)) / 3);
        agree += common != 0;
        differ += std::abs(motion.mean[k] - mean) > 0.01F || motion.common[k] != amplitude_code(common) || std::abs(decoded_amplitude(motion.apart[k]) - apart) > 0.0003F * apart;
    }
    CHECK(differ == 0);
    CHECK(unknown == 1);
    CHECK(agree > 500);
}

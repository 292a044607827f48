// What moves all leads of the head alike.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/head_motion.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/signal/statistics.hpp"

namespace psg::events {

std::vector<HeadMotion> head_motion(const Night& night) {
    std::vector<const Signal*> leads;
    std::size_t eeg = 0;
    for (const RoleSignal& s : night.signals) {
        const bool is_eeg = s.role == Role::eeg;
        if ((!is_eeg && s.role != Role::eog_left && s.role != Role::eog_right) || s.signal.unit != "uV" || s.signal.rate.hz() < 50)
            continue;
        if (is_eeg && ++eeg > 4) continue;
        leads.push_back(&s.signal);
    }
    std::vector<HeadMotion> all;
    if (leads.size() < 2 || eeg == 0) return all;
    for (const Signal::Stretch& first : leads.front()->stretches) {
        HeadMotion motion;
        motion.start = first.start;
        std::size_t count = static_cast<std::size_t>(-1);
        std::vector<std::vector<float>> slow;
        for (const Signal* lead : leads) {
            const auto same = std::partition_point(lead->stretches.begin(), lead->stretches.end(),
                                                   [&](const Signal::Stretch& s) { return s.start < first.start; });
            if (same == lead->stretches.end() || same->start != first.start) continue;
            const auto at = [&](std::size_t k) {
                return static_cast<std::size_t>(lead->rate.index_at(from_seconds(head_step_s * static_cast<double>(k))));
            };
            std::vector<float> x;
            std::size_t begin = at(0);
            for (std::size_t k = 0, end = at(1); end <= same->samples.size(); ++k, begin = end, end = at(k + 1)) {
                float sum = 0;
                for (std::size_t i = begin; i < end; ++i) sum += same->samples[i];
                x.push_back(sum / static_cast<float>(std::max<std::size_t>(1, end - begin)));
            }
            std::vector<float> coarse;  // a fifth is enough for a median of 2 s
            for (std::size_t k = 2; k < x.size() + 2; k += 5) coarse.push_back(x[std::min(k, x.size() - 1)]);
            const std::vector<float> usual = signal::sliding_percentile(coarse, 10, 10, 50);
            for (std::size_t k = 0; k < x.size(); ++k) x[k] -= usual[k / 5];
            // a lead that shows nothing at all would keep the others from having anything in common
            if (std::none_of(x.begin(), x.end(), [](float v) { return std::abs(v) > 0.01F; })) continue;
            count = std::min(count, x.size());
            slow.push_back(std::move(x));
            motion.channels += (motion.channels.empty() ? "" : "+") + lead->label;
        }
        if (slow.size() < 2 || count == 0) continue;
        motion.mean.assign(count, 0);
        motion.common.assign(count, 0);
        motion.apart.assign(count, 0);
        for (std::size_t k = 0; k < count; ++k) {
            float low = INFINITY, high = -INFINITY;
            for (const std::vector<float>& x : slow) {
                motion.mean[k] += x[k] / static_cast<float>(slow.size());
                low = std::min(low, x[k]);
                high = std::max(high, x[k]);
            }
            motion.common[k] = low > 0 ? low : high < 0 ? high : 0;
            float squares = 0;
            for (const std::vector<float>& x : slow) squares += (x[k] - motion.mean[k]) * (x[k] - motion.mean[k]);
            motion.apart[k] = std::sqrt(squares / static_cast<float>(slow.size()));
        }
        all.push_back(std::move(motion));
    }
    return all;
}

}  // namespace psg::events

// The heart beats of a night, to be subtracted from muscles.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/ecg_beats.hpp"

#include <algorithm>

#include "libpsg/model/sample_source.hpp"
#include "libpsg/signal/heart_beats.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

std::vector<signal::HeartBeat> beats_of(const Signal& ecg) {
    std::vector<signal::HeartBeat> beats;
    if (ecg.rate.hz() < 50) return beats;
    const WholeSignal whole(ecg);
    for (const Signal::Stretch& stretch : whole->stretches) {
        std::span<const float> samples = stretch.samples;
        std::vector<float> filled;
        if (!signal::all_finite(samples)) {
            filled.assign(samples.begin(), samples.end());
            signal::fill_nonfinite(filled);
            samples = filled;
        }
        for (const signal::HeartBeat& b : signal::find_beats(samples, ecg.rate.hz()))
            beats.push_back({seconds(stretch.start) + b.place / ecg.rate.hz(), b.shape});
    }
    return beats;
}

std::vector<signal::HeartBeat> beats_within(const std::vector<signal::HeartBeat>& beats, const Interval& stretch, SampleRate rate) {
    std::vector<signal::HeartBeat> places;
    const double start = seconds(stretch.onset), end = seconds(stretch.offset);
    const auto first = std::lower_bound(beats.begin(), beats.end(), start,
                                        [](const signal::HeartBeat& b, double t) { return b.place < t; });
    for (auto b = first; b != beats.end() && b->place < end; ++b)
        places.push_back({(b->place - start) * rate.hz(), b->shape});
    return places;
}

}  // namespace psg::events

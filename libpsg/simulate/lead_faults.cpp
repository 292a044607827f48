// The troubles of one lead, done to its finished samples.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/lead_faults.hpp"

#include <algorithm>

#include "libpsg/simulate/elementary.hpp"
#include "libpsg/simulate/wave_shapes.hpp"

namespace psg::simulate {

void LeadFaults::apply(std::int64_t second, std::span<double> samples) {
    for (const Fault* fault : faults_.in(whole_second(second))) {
        if (fault->label != label_) continue;
        const double length = seconds(fault->extent.duration()), peak = fault->peak_uv, phase = fault->phase;
        for_samples_in(fault->extent, second, samples.size(), [&](std::size_t i, double t) {
            // one second to come and to go, less where the whole is shorter
            const double edge = burst_value(t, length, 1, 1);
            switch (fault->kind) {
                case Fault::Kind::pop:  // there within two milliseconds
                    samples[i] += peak * std::min(1.0, t / 0.002) * exponential(-5 * t / length);
                    break;
                case Fault::Kind::flat:
                    samples[i] = 0;
                    break;
                case Fault::Kind::hum:
                    samples[i] = peak * ((1 + 0.1 * sine_of_turns(0.3 * t + phase)) * sine_of_turns(50 * t) +
                                         0.05 * sine_of_turns(150 * t + phase));
                    break;
                case Fault::Kind::wander:  // far beyond the range of the file, to and fro
                    samples[i] += peak * sine_of_turns((0.3 + 0.5 * phase) * t);
                    break;
                case Fault::Kind::sweat:
                    samples[i] += edge * peak *
                                  (0.6 * sine_of_turns((0.18 + 0.1 * phase) * t + phase) +
                                   0.4 * sine_of_turns(0.37 * t + 2 * phase) * cosine_of_turns(0.03 * t));
                    break;
                case Fault::Kind::swing:
                    samples[i] += edge * peak *
                                  (0.7 * sine_of_turns((0.5 + 0.5 * phase) * t) + 0.3 * sine_of_turns(1.3 * t + phase));
                    break;
            }
        });
    }
}

}  // namespace psg::simulate

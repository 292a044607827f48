// A body at rest, to which tests add the activity of muscles.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include "libpsg/model/night.hpp"

namespace psg::events {

// Gaussian by the sum of twelve uniform numbers: the same everywhere, unlike std::normal_distribution.
class Noise {
public:
    explicit Noise(unsigned seed) : engine_(seed) {}
    double next() {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += static_cast<double>(engine_()) / 4294967296.0;
        return sum;
    }

private:
    std::mt19937 engine_;
};

// Quiet EMG of 3 uV in the given muscles, to which tests add activity.
struct Body {
    Night night;
    Noise noise{1};

    Body(std::vector<Role> roles, double length_s, int rate_hz = 512, double rest_uv = 3) {
        for (const Role role : roles) {
            RoleSignal s{role, "", {}};
            s.signal.channel = static_cast<int>(night.signals.size());
            s.signal.label = role_name(role);
            s.signal.unit = "uV";
            s.signal.rate = SampleRate::hertz(rate_hz);
            s.signal.stretches.push_back({Time(0), {}});
            for (int i = 0; i < static_cast<int>(length_s * rate_hz); ++i)
                s.signal.stretches[0].samples.push_back(static_cast<float>(rest_uv * noise.next()));
            night.signals.push_back(std::move(s));
        }
        night.segments = {{Time(0), from_seconds(length_s)}};
    }
    Signal& of(Role role) {
        for (RoleSignal& s : night.signals)
            if (s.role == role) return s.signal;
        throw std::logic_error("no such role");
    }
    void burst(Role role, double onset_s, double length_s, double uv) {
        Signal& s = of(role);
        const double rate_hz = s.rate.hz();
        for (auto i = static_cast<std::size_t>(std::ceil(onset_s * rate_hz));
             i < static_cast<std::size_t>((onset_s + length_s) * rate_hz); ++i)
            s.stretches[0].samples.at(i) += static_cast<float>(uv * noise.next());
    }
    template <class Shape>
    void everywhere(double onset_s, double length_s, Shape shape) {
        for (RoleSignal& s : night.signals) {
            const double rate_hz = s.signal.rate.hz();
            for (auto i = static_cast<std::size_t>(onset_s * rate_hz);
                 i < static_cast<std::size_t>((onset_s + length_s) * rate_hz); ++i)
                s.signal.stretches[0].samples.at(i) +=
                    static_cast<float>(shape(static_cast<double>(i) / rate_hz - onset_s));
        }
    }
};

}  // namespace psg::events

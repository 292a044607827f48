// How long the steps of a tool take.
// SPDX-License-Identifier: BSD-3-Clause
#include "tools/cli/timings.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>

namespace psg::cli {

namespace {

double clock_s(clockid_t clock) {
    timespec t{};
    ::clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double peak_mib() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

Timings::Timings() : wall_s_(clock_s(CLOCK_MONOTONIC)) {}

void Timings::step_done(std::string_view step) {
    auto taken = std::find_if(steps_.begin(), steps_.end(), [&](const Taken& t) { return t.step == step; });
    if (taken == steps_.end()) taken = steps_.insert(taken, Taken{std::string(step)});
    const double cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID), wall = clock_s(CLOCK_MONOTONIC);
    taken->cpu_s += cpu - cpu_s_;
    taken->wall_s += wall - wall_s_;
    taken->peak_mib = peak_mib();
    cpu_s_ = cpu;
    wall_s_ = wall;
}

std::string Timings::text() const {
    std::string text = "step\tcpu_s\twall_s\tpeak_mib\n";
    Taken all{"all"};
    const auto line = [&](const Taken& t) { text += fmt::format("{}\t{:.3f}\t{:.3f}\t{:.1f}\n", t.step, t.cpu_s, t.wall_s, t.peak_mib); };
    for (const Taken& t : steps_) {
        line(t);
        all.cpu_s += t.cpu_s;
        all.wall_s += t.wall_s;
        all.peak_mib = std::max(all.peak_mib, t.peak_mib);
    }
    line(all);
    return text;
}

}  // namespace psg::cli

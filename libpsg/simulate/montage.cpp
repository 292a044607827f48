// What is recorded of the simulated sleeper: the leads of a montage, less those that are missing.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/montage.hpp"

#include <algorithm>
#include <array>

#include "libpsg/model/error.hpp"

namespace psg::simulate {

namespace {

void leave_out(std::vector<Lead>& leads, const std::string& label) {
    const auto found = std::find_if(leads.begin(), leads.end(), [&](const Lead& l) { return l.label == label; });
    if (found == leads.end()) {
        std::string known;
        for (const Lead& l : leads) known += (known.empty() ? "" : ", ") + l.label;
        throw UsageError("simulation option missing: the montage has no lead '" + label + "'", "it has " + known);
    }
    leads.erase(found);
}

}  // namespace

const char* muscle_label(Muscle muscle) {
    constexpr std::array<const char*, muscle_count> labels{
        "Chin", "Arm L", "Arm R", "Leg L", "Leg R", "Masseter", "Neck", "Rectus abdominis", "Paraspinal"};
    return labels[static_cast<std::size_t>(muscle)];
}

Side muscle_side(Muscle muscle) {
    switch (muscle) {
        case Muscle::arm_left:
        case Muscle::leg_left:
            return Side::left;
        case Muscle::arm_right:
        case Muscle::leg_right:
            return Side::right;
        default:
            return Side::none;
    }
}

int muscle_region(Muscle muscle) {
    const int m = static_cast<int>(muscle);
    return m < standard_muscle_count ? m : 0;
}

std::vector<Lead> leads_of(const SimulationOptions& options) {
    using Kind = Lead::Kind;
    const bool full = options.montage == "full", minimal = options.montage == "minimal";
    std::vector<Lead> leads;
    const auto muscle = [&](Muscle m) { leads.push_back({muscle_label(m), Kind::muscle, m}); };
    if (full) leads.push_back({"F4-M1", Kind::eeg});
    leads.push_back({"C3-M2", Kind::eeg});
    if (!minimal) leads.push_back({"C4-M1", Kind::eeg});
    if (full) leads.push_back({"O2-M1", Kind::eeg});
    leads.push_back({"E1-M2", Kind::eog_left});
    leads.push_back({"E2-M1", Kind::eog_right});
    muscle(Muscle::chin);
    if (!minimal) {
        muscle(Muscle::arm_left);
        muscle(Muscle::arm_right);
    }
    muscle(Muscle::leg_left);
    muscle(Muscle::leg_right);
    if (full)
        for (const Muscle m : {Muscle::masseter, Muscle::neck, Muscle::rectus, Muscle::paraspinal}) muscle(m);
    if (!minimal) leads.push_back({"ECG", Kind::ecg});
    if (full) {
        leads.push_back({"Airflow", Kind::airflow});
        leads.push_back({"Thorax", Kind::thorax});
        leads.push_back({"Abdomen", Kind::abdomen});
        leads.push_back({"Snore", Kind::snore});
        leads.push_back({"SpO2", Kind::spo2});
    }

    for (std::size_t at = 0; at < options.missing.size();) {
        const std::size_t comma = std::min(options.missing.find(',', at), options.missing.size());
        leave_out(leads, options.missing.substr(at, comma - at));
        at = comma + 1;
    }
    if (leads.empty()) throw UsageError("simulation option missing: no lead is left", "leave some recorded");
    return leads;
}

}  // namespace psg::simulate

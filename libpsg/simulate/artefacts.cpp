// Plans the troubles of single leads: electrode pops, leads that come off, saturation, sweat, pulled electrodes.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "libpsg/simulate/planners.hpp"

namespace psg::simulate {

using namespace std::chrono_literals;

namespace {

// Leads of the standard montage, whatever is recorded: another montage is another look at the same night.
constexpr std::array<const char*, 9> leads{"C3-M2", "C4-M1", "E1-M2", "E2-M1", "Chin", "Arm L", "Arm R", "Leg L", "Leg R"};
constexpr int head_leads = 4;

struct Trouble {
    const char* reason;
    double per_hour, shortest_s, longest_s, low_uv, high_uv;
    Fault::Kind kind, or_kind;  ///< one of the two
    enum class Where { any_lead, head_lead, whole_head } where;
};

void plant(Draft& draft, Random& random, const Trouble& trouble) {
    const IntervalSet night = draft.where([](const StatePiece&) { return true; });
    // in short nights no longer than a tenth of the night
    const double longest_s = std::max(trouble.shortest_s, std::min(trouble.longest_s, seconds(draft.duration) / 10));
    for (int wanted = draft.count(trouble.per_hour); wanted > 0; --wanted) {
        const Time length = random.time(trouble.shortest_s, longest_s);
        const double peak_uv = random.uniform(trouble.low_uv, trouble.high_uv) * (random.chance(0.5) ? 1 : -1);
        const Fault::Kind kind = random.chance(0.5) ? trouble.kind : trouble.or_kind;
        int first = 0, last = head_leads - 1;
        if (trouble.where != Trouble::Where::whole_head)
            first = last = random.below(trouble.where == Trouble::Where::any_lead ? static_cast<int>(leads.size()) : head_leads);
        const auto onset = draft.place(random, night, length, 6s, false);
        if (!onset) continue;
        const Interval extent{*onset, *onset + length};
        std::string channel;
        for (int i = first; i <= last; ++i) {
            const char* label = leads[static_cast<std::size_t>(i)];
            draft.faults.push_back({extent, kind, label, peak_uv * random.uniform(0.7, 1), random.uniform()});
            channel += (channel.empty() ? "" : "+") + std::string(label);
        }
        Event& row = draft.add_truth("artefact", extent, ++draft.groups, channel.c_str());
        row.measures.push_back({"reason", std::string(trouble.reason)});
        row.measures.push_back({"peak_uv", kind == Fault::Kind::flat ? 0 : std::abs(peak_uv)});
        draft.booked.add(extent);
        draft.quiet_eeg.add(extent);
    }
}

}  // namespace

// Courses and sizes as recordists describe them (no standard gives numbers; all proposed): a pop is a step that an AC amplifier
// forgets; a lead that is off shows nothing or hum; sweat is a slow swing of the head's leads below 0.5 Hz; a pulled cable or
// a turned head swings at about 1 Hz.
void plan_electrode_pops(Draft& draft, Random& random) {
    using W = Trouble::Where;
    plant(draft, random,
          {"electrode_pop", draft.options.electrode_pops, 0.4, 1.6, 250, 1500, Fault::Kind::pop, Fault::Kind::pop,
           W::any_lead});
}

void plan_leads_off(Draft& draft, Random& random) {
    using W = Trouble::Where;
    plant(draft, random,
          {"lead_off", draft.options.leads_off, 25, 240, 150, 1500, Fault::Kind::flat, Fault::Kind::hum, W::any_lead});
}

void plan_clipping(Draft& draft, Random& random) {
    using W = Trouble::Where;
    plant(draft, random,
          {"clipping", draft.options.clipping, 4, 30, 7000, 14000, Fault::Kind::wander, Fault::Kind::wander,
           W::any_lead});
}

void plan_sweat(Draft& draft, Random& random) {
    using W = Trouble::Where;
    plant(draft, random,
          {"sweat", draft.options.sweat, 90, 420, 120, 300, Fault::Kind::sweat, Fault::Kind::sweat, W::whole_head});
}

void plan_movement_artefacts(Draft& draft, Random& random) {
    using W = Trouble::Where;
    plant(draft, random,
          {"movement", draft.options.movement_artefacts, 3, 12, 250, 700, Fault::Kind::swing, Fault::Kind::swing,
           W::whole_head});
}

}  // namespace psg::simulate

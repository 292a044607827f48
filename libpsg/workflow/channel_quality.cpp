// Quality of the channels of a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/channel_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "libpsg/events/leg_movement_scan.hpp"
#include "libpsg/io/channels/channel_roles.hpp"
#include "libpsg/model/options.hpp"
#include "libpsg/staging/features.hpp"

namespace psg::events {
extern const Detector leg_movements_detector;
}

namespace psg::workflow {

namespace {

const double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double coarsest_step_uv = 1;  // the reader's policy, row 21
constexpr double lowest_amplitude_rate_hz = 10;  // proposed: slower ones are averages (an EMG of 1 Hz), no waves

bool is_emg(Role r) {
    const Role all[] = {Role::chin, Role::masseter, Role::neck, Role::trunk, Role::arm_left, Role::arm_right, Role::leg_left, Role::leg_right};
    return std::find(std::begin(all), std::end(all), r) != std::end(all);
}
bool is_leg(Role r) { return r == Role::leg_left || r == Role::leg_right; }
bool is_eog(Role r) { return r == Role::eog_left || r == Role::eog_right; }

struct Limits {
    double low_uv, high_uv;
};
std::optional<Limits> amplitude_limits(Role r) {
    if (r == Role::eeg) return Limits{0.5, 500};  // the reader's policy, row 5
    if (is_eog(r)) return Limits{0.5, 1000};      // proposed, as all that follow
    if (is_emg(r)) return Limits{0.1, 1000};
    if (r == Role::ecg) return Limits{5, 10'000};
    return std::nullopt;
}

double rounded(double x, int digits) {
    if (!std::isfinite(x) || x == 0) return x;
    const int down = static_cast<int>(std::floor(std::log10(std::fabs(x)))) + 1 - digits;
    const double unit = std::pow(10, std::abs(down));
    return down > 0 ? std::round(x / unit) * unit : std::round(x * unit) / unit;
}
std::string shown(double x) { return option_text(rounded(x, 3)); }
double minutes(double of_seconds) { return std::round(of_seconds / 60 * 1e4) / 1e4; }

double step_of(const Channel& c) { return c.calibration ? std::abs(c.calibration->scale) : nan_value; }

// Why nothing of a channel can be scored for its role; empty if something can.
std::string unscorable(const Channel& c, Role role) {
    const events::LegMovementOptions legs;
    if (!c.calibration) return "not calibrated";
    if (is_leg(role)) {
        if (c.unit != "uV") return "not known to be in volts";
        if (step_of(c) > legs.max_step_uv) return "a step of more than " + option_text(legs.max_step_uv) + " uV";
        if (c.rate.hz() < legs.min_rate_hz) return "a rate below " + option_text(legs.min_rate_hz) + " Hz";
    }
    if (role == Role::eeg && !staging::fast_enough(c.rate)) return "a rate below 100 Hz";
    return {};
}

}  // namespace

QualityMeters::QualityMeters(const Recording& recording, const std::vector<int>& channels, bool amplitude_only) {
    for (const int index : channels) {
        const Channel& c = *recording.channel(index);
        if (!c.calibration) continue;
        channels_.push_back(index);
        meters_.push_back({{}, signal::QualityMeter(c.rate, c.unit == "uV", amplitude_only)});
    }
}

void QualityMeters::add(std::size_t place, std::size_t stretch, std::span<const float> samples, std::span<const std::uint8_t> at_limit) {
    Metered& m = meters_[place];
    if (m.stretch && *m.stretch != stretch) m.meter.begin_stretch();
    m.stretch = stretch;
    m.meter.add(samples, at_limit);
}

Qualities QualityMeters::finish() {
    Qualities all;
    for (std::size_t k = 0; k < channels_.size(); ++k) all[channels_[k]] = meters_[k].meter.finish();
    return all;
}

Qualities assess_channels(const RecordingSource& source, const Recording& recording) {
    std::vector<int> all;
    for (const Channel& c : recording.channels) all.push_back(c.index);
    QualityMeters meters(recording, all, false);
    source.stream(meters.channels(), [&](auto place, auto stretch, auto samples, auto at_limit) { meters.add(place, stretch, samples, at_limit); }, true);
    return meters.finish();
}

void tell_unscorable(const events::Detection& detection, Qualities& qualities) {
    for (const auto& [channel, scorable] : detection.scorable)
        if (const auto q = qualities.find(channel); q != qualities.end())
            q->second.unscorable_s = std::max(0.0, q->second.recorded_s - seconds(scorable.total()));
}

void tell_unscorable_legs(const Night& night, Qualities& qualities) {
    tell_unscorable(events::leg_movements_detector.run(night, {}), qualities);
}

Findings quality_findings(const Recording& recording, const std::vector<RoleAssignment>& roles, const Qualities& qualities,
                          bool chosen_only) {
    Findings findings;
    const double leg_step_uv = events::LegMovementOptions{}.max_step_uv;
    for (const RoleAssignment& a : roles) {
        if (chosen_only && !a.chosen) continue;
        const Channel& c = *recording.channel(a.channel);
        const std::string role(role_name(a.role));
        const double step = step_of(c);
        if ((a.role == Role::eeg || is_eog(a.role) || is_emg(a.role)) && c.unit == "uV" && step > coarsest_step_uv) {
            std::string message = "one digital step is " + shown(step) + " uV, more than 1 uV, on a channel for " + role;
            if (is_leg(a.role) && step > leg_step_uv)
                message += "; leg movements cannot be scored with a step of more than " + option_text(leg_step_uv) + " uV";
            findings.push_back({FindingCode::RESOLUTION_COARSE, message, "", std::string(resolution_field), c.index, c.label});
        }
        const auto quality = qualities.find(c.index);
        const auto limits = amplitude_limits(a.role);
        if (!limits || quality == qualities.end() ||
            std::isnan(quality->second.median_epoch_sd) || c.rate.hz() < lowest_amplitude_rate_hz)
            continue;
        const double sd = quality->second.median_epoch_sd;
        if (sd >= limits->low_uv && sd <= limits->high_uv) continue;
        findings.push_back({FindingCode::AMPLITUDE_IMPLAUSIBLE,
                            "the median SD of 30-s epochs is " + shown(sd) + (c.unit == "uV" ? " uV" : " (unit unknown)") + ", " +
                                (sd < limits->low_uv ? "below " + option_text(limits->low_uv) : "above " + option_text(limits->high_uv)) +
                                " uV, which is implausible for " + role + "; if the unit is wrong, give --unit LABEL=UNIT",
                            "", "amplitude", c.index, c.label});
    }
    return findings;
}

Findings quality_findings(const io::EdfReader& reader) {
    const Recording& recording = reader.recording();
    Findings of_roles;  // about labels, not about the file
    const auto roles = io::assign_roles(recording, {}, of_roles);
    std::vector<int> channels;
    for (const RoleAssignment& a : roles)
        if (amplitude_limits(a.role)) channels.push_back(a.channel);
    QualityMeters meters(recording, channels, true);
    const auto add = [&](const io::SampleBlock& block) {
        for (std::size_t k = 0; k < meters.channels().size(); ++k) meters.add(k, block.segment, block.decode(k).values, {});
    };
    if (!meters.channels().empty()) io::stream_samples(reader, meters.channels(), add, false);
    return quality_findings(recording, roles, meters.finish(), false);
}

Table quality_table(const Recording& recording, const std::vector<RoleAssignment>& roles, const Qualities& qualities) {
    std::vector<std::int32_t> channel;
    std::vector<std::string> label, role, unit, reason;
    std::vector<double> recorded, flat, clipped, mains, lead_off, share, hz, step, sd, minutes_unscorable;
    for (const Channel& c : recording.channels) {
        const auto a = std::find_if(roles.begin(), roles.end(), [&](const RoleAssignment& r) { return r.channel == c.index; });
        const auto found = qualities.find(c.index);
        signal::ChannelQuality q;
        if (found != qualities.end())
            q = found->second;
        else
            q = {seconds(recording.recorded()), nan_value, nan_value, nan_value, nan_value, nan_value, nan_value, nan_value, nan_value};
        channel.push_back(c.index);
        label.push_back(c.label);
        role.emplace_back(a == roles.end() ? "" : role_name(a->role));
        unit.push_back(c.unit);
        recorded.push_back(minutes(q.recorded_s));
        flat.push_back(minutes(q.flat_s));
        clipped.push_back(minutes(q.clipped_s));
        mains.push_back(minutes(q.mains_s));
        lead_off.push_back(minutes(q.lead_off_s));
        share.push_back(rounded(q.mains_share, 4));
        hz.push_back(q.mains_hz);
        step.push_back(step_of(c));
        sd.push_back(rounded(q.median_epoch_sd, 5));
        std::string why = a == roles.end() ? "" : unscorable(c, a->role);
        double lost = nan_value;
        if (!why.empty()) {
            lost = minutes(q.recorded_s);
        } else if (a != roles.end() && is_leg(a->role)) {
            lost = minutes(std::isnan(q.unscorable_s) ? q.flat_s : q.unscorable_s);
            const bool only_flat = std::isnan(q.unscorable_s) || q.unscorable_s < q.flat_s + 1;
            if (lost > 0) why = only_flat && q.flat_s > 0 ? "flat" : "flat, saturated, hum of a lead that is off, or too high at rest";
        }
        minutes_unscorable.push_back(lost);
        reason.push_back(why);
    }
    Table t{"quality", "quality of the channels"};
    t.add("channel", "", "index among the signals of the file, from 0; derived channels follow", std::move(channel))
        .add("label", "", "as in the file", std::move(label))
        .add("role", "", "what the channel is for; empty if that is not known", std::move(role))
        .add("recorded", "min", "gaps left out", std::move(recorded))
        .add("flat", "min", "in runs of equal samples of 5 s or more; NaN below 10 Hz", std::move(flat))
        .add("clipped", "min", "seconds with 1 % (at least 2) of their samples at the limits of the header; NaN below 10 Hz", std::move(clipped))
        .add("mains", "min", "seconds with more than half of their variance at 50 or 60 Hz; NaN if the rate cannot show it", std::move(mains))
        .add("lead_off", "min", "seconds that are flat, half at the limits, or dominated by a hum of more than 100 uV", std::move(lead_off))
        .add("mains_share", "", "median over the seconds of the share of variance at the mains", std::move(share))
        .add("mains_frequency", "Hz", "50 or 60, the stronger; 0: none", std::move(hz))
        .add("step", "", "one digital step in `unit`; NaN if uncalibrated", std::move(step))
        .add("epoch_sd", "", "median SD of 30-s epochs in `unit`; NaN without a whole epoch", std::move(sd))
        .add("unit", "", "unit that libpsg works in; empty if unknown", std::move(unit))
        .add("unscorable", "min", "where the role has a rule (legs: whole channel, or where no movement could be seen); NaN: no rule", std::move(minutes_unscorable))
        .add("reason", "", "why", std::move(reason));
    return t;
}

}  // namespace psg::workflow

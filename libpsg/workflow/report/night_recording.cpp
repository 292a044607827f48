// What a night's page shows of its recording.
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "libpsg/events/muscle_activity.hpp"
#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/report/page_text.hpp"
#include "libpsg/workflow/report/night_report.hpp"
#include "libpsg/workflow/report/recording_views.hpp"
#include "libpsg/workflow/tables/stored_column.hpp"

namespace psg::workflow {

namespace {

using report::NightReport;

const std::vector<Role>& shown_roles() {
    static const std::vector<Role> roles{Role::leg_left, Role::leg_right, Role::chin,     Role::arm_left, Role::arm_right,
                                         Role::neck,     Role::trunk,     Role::masseter, Role::eeg,      Role::ecg};
    return roles;
}

// A page that shows other signals than those that were scored would mislead.
void check_same_recording(const std::string& night_file, const OpenedNight& opened) {
    const Table t = exports::read_hdf5_table(night_file, "provenance");
    const auto &kind = values_of<std::string>(night_file, t, "kind"), &name = values_of<std::string>(night_file, t, "name"), &value = values_of<std::string>(night_file, t, "value");
    std::map<std::string, std::string> made_of, given;
    for (std::size_t i = 0; i < t.rows(); ++i)
        if (kind[i] == "input" && name[i].rfind("recording", 0) == 0) made_of[name[i]] = value[i];
    for (const auto& [input, digest] : opened.digests)
        if (input.rfind("recording", 0) == 0) given[input] = digest;
    if (made_of != given)
        throw DataError(night_file, "was not made of the recording that was given (their SHA-256 differ)", "give the one that psg-export got, with all of its parts");

    using Chosen = std::set<std::array<std::string, 3>>;
    Chosen then, now;
    const Table c = exports::read_hdf5_table(night_file, "channels");
    const auto &label = values_of<std::string>(night_file, c, "label"), &role = values_of<std::string>(night_file, c, "role"), &changes = values_of<std::string>(night_file, c, "changes");
    const auto& chosen = values_of<std::int8_t>(night_file, c, "chosen");
    for (std::size_t i = 0; i < c.rows(); ++i)
        if (chosen[i] != 0 && !role[i].empty()) then.insert({role[i], label[i], changes[i]});
    for (const RoleAssignment& a : opened.roles)
        if (const Channel* channel = a.chosen ? opened.recording.channel(a.channel) : nullptr)
            now.insert({std::string(role_name(a.role)), channel->label, changes_text(*channel)});
    if (then != now)
        throw DataError(night_file, "was made of other channels, or of channels changed in another way, than this recording gives by itself",
                        "give psg-report the options about channels that psg-export got (--channel, --channel-map, --derive, --unit, --invert)");
}

// Measures of events of the gallery in one line each, by id of the event.
std::map<std::string, std::string> measures_of(const std::string& night_file, const std::set<std::string>& ids) {
    // what tells most about a movement comes first; of other classes the first few
    static const std::vector<std::string> preferred{"grade", "extent_class", "strength_ratio", "peak_uv", "burst_length_ms", "muscles", "woke", "hr_rise_percent", "cluster_size"};
    const Table t = exports::read_hdf5_table(night_file, "event_attributes");
    const auto &event = values_of<std::string>(night_file, t, "event"), &name = values_of<std::string>(night_file, t, "name"),
               &text = values_of<std::string>(night_file, t, "text"), &unit = values_of<std::string>(night_file, t, "unit");
    const auto& value = values_of<double>(night_file, t, "value");
    std::map<std::string, std::vector<std::pair<std::size_t, std::string>>> found;
    for (std::size_t i = 0; i < t.rows(); ++i) {
        if (!ids.count(event[i])) continue;
        std::string words = measure_words(name[i], value[i], text[i], unit[i]);
        if (words.empty()) continue;
        const auto rank = static_cast<std::size_t>(std::find(preferred.begin(), preferred.end(), name[i]) - preferred.begin());
        found[event[i]].emplace_back(rank, std::move(words));
    }
    std::map<std::string, std::string> lines;
    for (auto& [id, measures] : found) {
        std::stable_sort(measures.begin(), measures.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (std::size_t i = 0; i < std::min<std::size_t>(measures.size(), 6); ++i) lines[id] += (i ? ", " : "") + measures[i].second;
    }
    return lines;
}

void add_gallery(NightReport& night, const std::string& night_file, const Night& signals, const std::string& wanted_class) {
    const std::string gallery_class = wanted_class.empty() ? "hypnic_jerk" : wanted_class;
    const auto known = std::find_if(night.classes.begin(), night.classes.end(), [&](const auto& c) { return c.name == gallery_class; });
    if (known == night.classes.end() && wanted_class.empty()) {
        night.absent.push_back("No gallery: the file does not tell of " + gallery_class + ".");
        return;
    }
    if (known == night.classes.end()) {
        std::string classes;
        for (const auto& c : night.classes) classes += (classes.empty() ? "" : ", ") + c.name;
        throw UsageError("the file has no class '" + gallery_class + "' for a gallery", "give one of: " + classes);
    }
    std::vector<std::size_t> events;
    for (std::size_t i = 0; i < night.events.size(); ++i)
        if (night.classes[night.events[i].event_class].name == gallery_class) events.push_back(i);
    night.gallery_class = gallery_class;
    night.gallery_events = events.size();
    if (events.empty()) night.absent.push_back("No gallery: no " + gallery_class + " was found.");

    std::set<std::string> ids;
    const std::size_t shown = std::min(events.size(), gallery_limit);
    for (std::size_t i = 0; i < shown; ++i) ids.insert(night.events[events[i * events.size() / shown]].id);
    const auto measures = ids.empty() ? std::map<std::string, std::string>() : measures_of(night_file, ids);
    for (std::size_t i = 0; i < shown; ++i) {
        const report::ReportEvent& e = night.events[events[i * events.size() / shown]];
        report::Excerpt excerpt{e.id, {}, e.onset_s, e.duration_s, 2, std::ceil(std::clamp(e.duration_s + 2, 4.0, 18.0)), {}};
        if (const auto words = measures.find(e.id); words != measures.end()) excerpt.words = words->second;
        std::set<Role> done;
        for (const Role role : shown_roles())
            for (const RoleSignal& s : signals.signals)
                if (s.role == role && done.insert(role).second)
                    excerpt.traces.push_back(trace_view(s, from_seconds(e.onset_s), from_seconds(excerpt.before_s), from_seconds(excerpt.after_s)));
        night.gallery.push_back(std::move(excerpt));
    }
}

}  // namespace

void add_recording(report::NightReport& night, const std::string& night_file, const NightInputs& inputs, const std::string& gallery_class, const StepObserver& done) {
    OpenedNight opened = open_night(inputs, shown_roles(), done);
    check_same_recording(night_file, opened);
    const Time duration = opened.recording.duration();

    // the activity of other muscles is not shown, so it is not made
    Night legs_and_chin;
    legs_and_chin.segments = opened.night.segments;
    std::vector<RoleSignal> others;
    for (RoleSignal& s : opened.night.signals) {
        const bool shown = s.role == Role::leg_left || s.role == Role::leg_right || s.role == Role::chin;
        (shown || s.role == Role::ecg ? legs_and_chin.signals : others).push_back(std::move(s));  // the beats of the ECG are subtracted
    }
    const auto activity = events::muscle_activity(legs_and_chin);
    tell_step(done, "muscle activity");
    for (const Role role : {Role::leg_left, Role::leg_right, Role::chin}) {
        const Signal* signal = legs_and_chin.find(role);
        const auto muscle = std::find_if(activity.begin(), activity.end(), [&](const MuscleActivity& m) { return &legs_and_chin.signals[m.signal].signal == signal; });
        if (!signal)
            night.absent.push_back(fmt::format("No amplitude of the {} EMG: the recording has no such channel.", role_words(role)));
        else if (muscle == activity.end())
            night.absent.push_back(fmt::format("No amplitude of the {} EMG: channel '{}' is not in uV, slower than 100 Hz or too coarse.", role_words(role), signal->label));
        else
            night.envelopes.push_back(envelope_view(*muscle, legs_and_chin.signals[muscle->signal], duration));
    }
    opened.night.signals = std::move(legs_and_chin.signals);
    std::move(others.begin(), others.end(), std::back_inserter(opened.night.signals));
    const Signal* eeg = opened.night.find(Role::eeg);
    if (eeg) night.spectrogram = spectrogram_view(*eeg, duration);
    if (!night.spectrogram) night.absent.push_back(eeg ? "No spectrogram: the rate of the EEG does not allow it." : "No spectrogram: the recording has no EEG.");
    tell_step(done, "spectrogram");
    add_gallery(night, night_file, opened.night, gallery_class);
    tell_step(done, "gallery");
}

void add_no_recording(report::NightReport& night) {
    night.absent.push_back("The recording was not given to psg-report, so EMG amplitudes, spectrogram and the gallery of signals around events are not shown.");
}

}  // namespace psg::workflow

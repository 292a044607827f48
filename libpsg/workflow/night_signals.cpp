// Signals of a night out of its recording.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/night_signals.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "libpsg/model/error.hpp"

namespace psg::workflow {

const std::vector<Role>& scored_roles() {
    static const std::vector<Role> roles{Role::eeg,      Role::eog_left, Role::eog_right, Role::chin,
                                         Role::masseter, Role::neck,     Role::trunk,     Role::arm_left,
                                         Role::arm_right, Role::leg_left, Role::leg_right, Role::ecg,
                                         Role::position};
    return roles;
}

namespace {

void scale(Signal& signal, double factor) {
    if (factor == 1) return;
    for (Signal::Stretch& stretch : signal.stretches)
        for (float& x : stretch.samples) x = static_cast<float>(static_cast<double>(x) * factor);
}

// Of the terms of a derived channel: all of them, and the first place in each file.
void add_limited(std::vector<LimitedSamples>& all, const LimitedSamples& more) {
    for (LimitedSamples& l : all)
        if (l.part == more.part) {
            l.count += more.count;
            l.first_byte = std::min(l.first_byte, more.first_byte);
            return;
        }
    all.push_back(more);
}

// The weighted sum of the signals of a derived channel's terms, each rounded once.
Signal derive(const Channel& channel, const std::vector<const Signal*>& parts) {
    Signal made{channel.index, channel.label, channel.unit, channel.rate, std::abs(channel.calibration->scale), {}, {}};
    for (const Signal* part : parts)
        for (const LimitedSamples& limited : part->limited) add_limited(made.limited, limited);
    std::vector<double> sums;
    for (std::size_t s = 0; s < parts.front()->stretches.size(); ++s) {
        const std::size_t count = parts.front()->stretches[s].samples.size();
        Signal::Stretch stretch{parts.front()->stretches[s].start, std::vector<float>(count)};
        for (std::size_t from = 0; from < count; from += 4096) {
            const std::size_t n = std::min<std::size_t>(4096, count - from);
            sums.assign(n, 0.0);
            for (std::size_t k = 0; k < parts.size(); ++k) {
                const float* x = parts[k]->stretches[s].samples.data() + from;
                for (std::size_t i = 0; i < n; ++i) sums[i] += channel.terms[k].factor * static_cast<double>(x[i]);
            }
            for (std::size_t i = 0; i < n; ++i) stretch.samples[from + i] = static_cast<float>(sums[i]);
        }
        made.stretches.push_back(std::move(stretch));
    }
    return made;
}

}  // namespace

std::vector<Signal> read_channels(const io::RecordingReader& reader, const Recording& recording, const std::vector<int>& channels,
                                  std::vector<std::string>* sha256) {
    std::vector<const Channel*> wanted;
    std::map<int, std::size_t> place;  // of a channel of the file in `parts`
    std::vector<int> in_file;
    const auto need = [&](int index) {
        if (place.insert({index, in_file.size()}).second) in_file.push_back(index);
    };
    for (int index : channels) {
        const Channel* c = recording.channel(index);
        if (!c) throw UsageError("the recording has no channel with index " + std::to_string(index));
        wanted.push_back(c);
        if (c->terms.empty()) need(index);
        for (const DerivedTerm& t : c->terms) need(t.channel);
    }
    std::vector<Signal> parts = reader.read(in_file, sha256);
    for (Signal& part : parts) {
        const Channel& c = *recording.channel(part.channel);
        scale(part, c.factor);
        part.unit = c.unit;
        part.step *= std::abs(c.factor);
    }
    std::vector<Signal> signals(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        std::vector<const Signal*> terms;
        for (const DerivedTerm& t : wanted[i]->terms) terms.push_back(&parts[place.at(t.channel)]);
        if (!terms.empty()) signals[i] = derive(*wanted[i], terms);
    }
    // a channel of the file is moved where it is wanted last, so that most are never copied
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!wanted[i]->terms.empty()) continue;
        Signal& part = parts[place.at(channels[i])];
        const bool again = std::find(channels.begin() + static_cast<std::ptrdiff_t>(i) + 1, channels.end(), channels[i]) != channels.end();
        if (again)
            signals[i] = part;
        else
            signals[i] = std::move(part);
    }
    return signals;
}

void load_signals(const io::RecordingReader& reader, const std::vector<Role>& wanted, OpenedNight& opened,
                  const std::function<void(RoleSignal&)>& visit, bool one_by_one) {
    std::vector<RoleAssignment> loaded;
    for (const RoleAssignment& a : opened.roles)
        if (a.chosen && std::find(wanted.begin(), wanted.end(), a.role) != wanted.end()) loaded.push_back(a);
    const std::size_t at_once = one_by_one ? 1 : std::max<std::size_t>(loaded.size(), 1);
    std::size_t first = 0;
    do {  // also without any channel, for the digests
        const std::size_t end = std::min(first + at_once, loaded.size());
        std::vector<int> channels;
        for (std::size_t i = first; i < end; ++i) channels.push_back(loaded[i].channel);
        std::vector<std::string> digests;
        auto signals = read_channels(reader, opened.recording, channels, first == 0 ? &digests : nullptr);
        for (std::size_t i = 0; i < digests.size(); ++i)
            opened.digests[i == 0 ? "recording" : "recording " + std::to_string(i + 1)] = digests[i];
        for (std::size_t i = first; i < end; ++i) {
            Signal& signal = signals[i - first];
            for (const LimitedSamples& limited : signal.limited) {
                Finding f = io::sample_range_finding(limited, loaded[i].channel, loaded[i].label);
                if (opened.digests.count("recording 2"))
                    f.field = "part " + std::to_string(limited.part + 1) + ", " + f.field;
                opened.findings.push_back(std::move(f));
            }
            opened.night.signals.push_back({loaded[i].role, loaded[i].site, std::move(signal)});
            if (visit) visit(opened.night.signals.back());
        }
        first = end;
    } while (first < loaded.size());
}

}  // namespace psg::workflow

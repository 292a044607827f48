// The samples of a recording as the user has its channels.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/recording_source.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace {

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

float scaled(float x, double factor) { return static_cast<float>(static_cast<double>(x) * factor); }

// The terms of a channel: one of the file is its own.
std::vector<DerivedTerm> terms_of(const Channel& c) { return c.terms.empty() ? std::vector<DerivedTerm>{{c.index, 1}} : c.terms; }

}  // namespace

RecordingSource::RecordingSource(io::RecordingReader reader, const Recording& recording)
    : reader_(std::move(reader)), channels_(recording.channels) {}

const Channel& RecordingSource::channel(int index) const {
    for (const Channel& c : channels_)
        if (c.index == index) return c;
    throw UsageError("the recording has no channel with index " + std::to_string(index));
}

Signal RecordingSource::signal(int index) const {
    const Channel& c = channel(index);
    if (!c.calibration) throw UsageError("channel '" + c.label + "' is not calibrated");
    const int first = terms_of(c).front().channel;
    Signal signal = reader_.describe({&first, 1}).front();  // derived channels have the stretches of their terms
    signal.step = c.terms.empty() ? signal.step * std::abs(c.factor) : std::abs(c.calibration->scale);
    signal.channel = c.index;
    signal.label = c.label;
    signal.unit = c.unit;
    signal.rate = c.rate;
    signal.source = shared_from_this();
    return signal;
}

void RecordingSource::read(int index, std::size_t stretch, std::size_t first, std::span<float> out) const {
    const Channel& c = channel(index);
    const auto read_term = [&](int term, std::span<float> to) {
        reader_.read_part(term, stretch, static_cast<std::int64_t>(first), to);
        if (const double factor = channel(term).factor; factor != 1)
            for (float& x : to) x = scaled(x, factor);
    };
    if (c.terms.empty()) return read_term(index, out);
    std::vector<double> sums(out.size(), 0);
    for (const DerivedTerm& t : c.terms) {  // rounded once
        read_term(t.channel, out);
        for (std::size_t i = 0; i < out.size(); ++i) sums[i] += t.factor * static_cast<double>(out[i]);
    }
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(sums[i]);
}

void RecordingSource::stream(std::span<const int> channels, const TakeAll& take, bool with_limits, io::PassReport* report, const StepObserver& done) const {
    struct Term {
        std::size_t place;      // among the channels of the file
        double factor, weight;  // the user's of the channel; of the term
    };
    std::vector<int> in_file;
    std::vector<std::vector<Term>> wanted;
    for (const int index : channels) {
        std::vector<Term> terms;
        for (const DerivedTerm& t : terms_of(channel(index))) {
            const auto at = std::find(in_file.begin(), in_file.end(), t.channel);
            terms.push_back({static_cast<std::size_t>(at - in_file.begin()), channel(t.channel).factor, t.factor});
            if (at == in_file.end()) in_file.push_back(t.channel);
        }
        wanted.push_back(std::move(terms));
    }
    std::vector<double> sums;
    std::vector<float> values;
    std::vector<std::uint8_t> limits;
    const auto make = [&](const io::SampleBlock& block) {
        for (std::size_t k = 0; k < wanted.size(); ++k) {
            const std::vector<Term>& terms = wanted[k];
            if (terms.size() == 1 && terms[0].weight == 1) {
                const auto [x, at_limit] = block.decode(terms[0].place);
                if (terms[0].factor != 1) {
                    values.resize(x.size());
                    for (std::size_t i = 0; i < x.size(); ++i) values[i] = scaled(x[i], terms[0].factor);
                }
                tell_piece(done, "decode");
                take(k, block.segment, terms[0].factor == 1 ? x : std::span<const float>(values), at_limit);
                continue;
            }
            sums.clear();
            limits.clear();
            for (const Term& t : terms) {
                const auto [y, at_limit] = block.decode(t.place);
                const std::size_t n = y.size();
                sums.resize(n, 0.0);
                limits.resize(std::max(limits.size(), at_limit.size()), 0);  // empty: none is at a limit
                if (t.factor == 1)
                    for (std::size_t i = 0; i < n; ++i) sums[i] += t.weight * static_cast<double>(y[i]);
                else
                    for (std::size_t i = 0; i < n; ++i) sums[i] += t.weight * static_cast<double>(scaled(y[i], t.factor));
                for (std::size_t i = 0; i < at_limit.size(); ++i) limits[i] |= at_limit[i];
            }
            values.resize(sums.size());
            for (std::size_t i = 0; i < sums.size(); ++i) values[i] = static_cast<float>(sums[i]);
            tell_piece(done, "decode");
            take(k, block.segment, values, limits);
        }
    };
    io::PassReport of_file;
    reader_.stream(in_file, make, with_limits, report ? &of_file : nullptr, done);
    if (!report) return;
    report->sha256 = std::move(of_file.sha256);
    report->limited.assign(channels.size(), {});
    for (std::size_t k = 0; k < wanted.size(); ++k)
        for (const Term& t : wanted[k])
            for (const LimitedSamples& limited : of_file.limited[t.place]) add_limited(report->limited[k], limited);
}

void RecordingSource::stream(std::span<const int> channels, const Take& take) const {
    stream(channels, [&](std::size_t place, std::size_t stretch, std::span<const float> samples, std::span<const std::uint8_t>) { take(place, stretch, samples); }, false);
}

void RecordingSource::keep_if_packed(std::span<const int> channels) {
    std::vector<int> in_file;
    for (const int index : channels)
        for (const DerivedTerm& t : terms_of(channel(index))) in_file.push_back(t.channel);
    reader_.keep_if_packed(in_file);
}

std::vector<RoleSignal> role_signals(const RecordingSource& source, const std::vector<RoleAssignment>& roles, const std::vector<Role>& wanted, bool chosen) {
    std::vector<RoleSignal> signals;
    for (const RoleAssignment& a : roles)
        if (a.chosen == chosen && (chosen || source.is_calibrated(a.channel)) && std::find(wanted.begin(), wanted.end(), a.role) != wanted.end())
            signals.push_back({a.role, a.site, source.signal(a.channel)});
    return signals;
}

}  // namespace psg::workflow

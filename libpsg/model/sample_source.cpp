// Samples that are not in memory.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/sample_source.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace psg {

SignalView Signal::view(std::size_t i) const {
    if (stretches[i].stored > 0) throw std::logic_error("the samples of '" + label + "' are not in memory");
    return {stretches[i].samples, rate, stretches[i].start};
}

std::vector<float> Signal::part(std::size_t i, std::size_t first, std::size_t count) const {
    const Stretch& s = stretches[i];
    if (first > s.size() || count > s.size() - first) throw std::logic_error("'" + label + "' has no such samples");
    if (s.stored == 0) {
        const auto from = s.samples.begin() + static_cast<std::ptrdiff_t>(first);
        return {from, from + static_cast<std::ptrdiff_t>(count)};
    }
    std::vector<float> samples(count);
    source->read(channel, i, first, samples);
    return samples;
}

namespace {

constexpr std::size_t piece = 1 << 14;

bool in_memory(const Signal& signal) {
    return std::none_of(signal.stretches.begin(), signal.stretches.end(), [](const Signal::Stretch& s) { return s.stored > 0; });
}

void pass_from_memory(const Listener& l) {
    for (const Signal::Stretch& s : l.signal->stretches) {
        if (s.samples.empty()) continue;
        l.begin_stretch(s.start);
        for (std::size_t from = 0; from < s.samples.size(); from += piece)
            l.add(std::span(s.samples).subspan(from, std::min(piece, s.samples.size() - from)));
    }
}

}  // namespace

Audience::Audience(std::span<const Listener> listeners, StepObserver done) : done_(std::move(done)) {
    for (const Listener& l : listeners) {
        const auto known = std::find(channels_.begin(), channels_.end(), l.signal->channel);
        const auto place = static_cast<std::size_t>(known - channels_.begin());
        if (known == channels_.end()) {
            channels_.push_back(l.signal->channel);
            heard_.emplace_back();
        }
        heard_[place].listeners.push_back(l);
    }
}

void Audience::tell(std::size_t place, std::size_t stretch, std::span<const float> samples) {
    Heard& h = heard_[place];
    const bool another = h.stretch != stretch;
    h.stretch = stretch;
    for (const Listener& l : h.listeners) {
        if (another) l.begin_stretch(l.signal->stretches[stretch].start);
        l.add(samples);
        tell_piece(done_, l.step);
    }
}

void pass_by(std::span<const Listener> listeners) {
    std::vector<Listener> stored;
    for (const Listener& l : listeners) {
        if (in_memory(*l.signal))
            pass_from_memory(l);
        else
            stored.push_back(l);
    }
    for (auto first = stored.begin(); first != stored.end();) {  // source by source
        const SampleSource* const source = first->signal->source.get();
        const auto next = std::stable_partition(first, stored.end(), [&](const Listener& l) { return l.signal->source.get() == source; });
        Audience audience({first, next});
        source->stream(audience.channels(), [&](std::size_t place, std::size_t stretch, std::span<const float> samples) { audience.tell(place, stretch, samples); });
        first = next;
    }
}

WholeSignal::WholeSignal(const Signal& signal) : signal_(&signal) {
    if (in_memory(signal)) return;
    copy_.emplace(signal);
    for (std::size_t i = 0; i < signal.stretches.size(); ++i) {
        copy_->stretches[i].samples = signal.part(i, 0, signal.stretches[i].size());
        copy_->stretches[i].stored = 0;
    }
    copy_->source = nullptr;
}

}  // namespace psg

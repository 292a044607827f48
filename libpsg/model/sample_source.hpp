// Samples that are not in memory: read in parts, or seen once as they all pass by.
// SPDX-License-Identifier: BSD-3-Clause
//
// What looks at a whole channel gets its samples in pieces (pass_by()), so that a night of any length needs little memory; what
// looks at a moment takes a part (Signal::part()).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "libpsg/model/signal.hpp"
#include "libpsg/model/step_observer.hpp"

namespace psg {

/// Where samples are kept, by Signal::channel and stretch. One thread at a time. DataError if they cannot be read.
class SampleSource {
public:
    virtual ~SampleSource() = default;
    /// Samples from `first` on of a stretch of a channel, as many as `out` holds; they must be there.
    virtual void read(int channel, std::size_t stretch, std::size_t first, std::span<float> out) const = 0;
    /// All samples of some channels in order of time, piece by piece: `take` is told the place in `channels`.
    using Take = std::function<void(std::size_t place, std::size_t stretch, std::span<const float> samples)>;
    virtual void stream(std::span<const int> channels, const Take& take) const = 0;
};

/// What is done with the samples of a signal as they pass by.
struct Listener {
    const Signal* signal = nullptr;
    std::function<void(Time start)> begin_stretch;         ///< what follows belongs to another stretch, which has samples
    std::function<void(std::span<const float>)> add;       ///< samples that follow those before
    std::string_view step{};                               ///< what StepObserver::piece is told after each of them
};

/// Tells a kernel, an object with begin_stretch(Time) and add(std::span<const float>) that must outlive the listener.
template <class Kernel>
Listener listener(const Signal& signal, Kernel& kernel) {
    return {&signal, [&kernel](Time start) { kernel.begin_stretch(start); }, [&kernel](std::span<const float> x) { kernel.add(x); }};
}

/// Listeners to signals of one source, told what it streams.
class Audience {
public:
    explicit Audience(std::span<const Listener> listeners, StepObserver done = {});
    /// What they listen to, by Signal::channel.
    const std::vector<int>& channels() const { return channels_; }
    /// Samples of `channels()[place]`, as SampleSource::Take.
    void tell(std::size_t place, std::size_t stretch, std::span<const float> samples);

private:
    struct Heard {
        std::optional<std::size_t> stretch;
        std::vector<Listener> listeners;
    };
    std::vector<int> channels_;
    std::vector<Heard> heard_;  // parallel to channels_
    StepObserver done_;
};

/// Lets all samples of the listeners' signals pass by once. Signals of one source are read together, in one pass; those in
/// memory are cut into pieces, too. Nobody may count on the length of a piece, nor on which signal comes first.
void pass_by(std::span<const Listener> listeners);

/// A signal with all of its samples in memory: itself, or a copy for as long as this lives.
class WholeSignal {
public:
    explicit WholeSignal(const Signal& signal);
    WholeSignal(const WholeSignal&) = delete;
    WholeSignal& operator=(const WholeSignal&) = delete;
    const Signal& operator*() const { return copy_ ? *copy_ : *signal_; }
    const Signal* operator->() const { return &**this; }

private:
    const Signal* signal_;
    std::optional<Signal> copy_;
};

}  // namespace psg

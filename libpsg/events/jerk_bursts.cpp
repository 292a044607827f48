// Burst detection: band-pass, rectify, smooth, compare with the background before, refine the onset on the fast signal.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/jerk_bursts.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/events/jerk_envelope.hpp"
#include "libpsg/model/sample_source.hpp"
#include "libpsg/signal/blocks.hpp"
#include "libpsg/signal/butterworth.hpp"
#include "libpsg/signal/recursion.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

// Onset in the fast signal (chosen on artificial bursts with edges of 0 to 20 ms at 200 to 1000 Hz):
constexpr float onset_ratio = 3.4F;           // single samples above this many times the background ...
constexpr float onset_peak_fraction = 0.05F;  // ... and this fraction of the burst's largest ...
constexpr double onset_quiet_s = 0.007;       // ... after none of them for this long
constexpr double onset_lead_s = 0.003;
constexpr double onset_reach_s = 0.3;  // of samples before, so that the filter settles
constexpr double shortest_burst_s = 0.02;
constexpr double longest_burst_s = 10;  // twice the time after which a lasting change has become the background

// The burst's beginning, to the sample. Neither the smoothed signal (its window reaches ahead) nor the zero-phase
// filter (which rings before a strong burst) can tell it, so it is looked for in the raw signal around `crossing`,
// high-passed forwards only: before the first sample that reaches `level`, the last moment before which a few milliseconds stay below it, and a little earlier,
// since soft edges begin unseen.
std::size_t refined_onset(const signal::Recent& raw, double rate_hz, std::size_t crossing, signal::Recursion& high_pass,
                          float background) {
    const auto samples_in = [&](double s) { return static_cast<std::size_t>(std::round(s * rate_hz)); };
    const std::size_t first = crossing - std::min(crossing, samples_in(onset_reach_s));
    std::vector<float> part = raw.part(first, std::min(raw.end(), crossing + samples_in(0.05) + 1));
    signal::fill_nonfinite(part);
    high_pass.start(part.front());
    high_pass.forwards(part);
    for (float& x : part) x = std::abs(x);
    const std::size_t look = std::max<std::size_t>(3, samples_in(onset_quiet_s));
    const std::size_t middle = crossing - first, earliest = middle - std::min(middle, samples_in(0.06));
    const float top = *std::max_element(part.begin() + static_cast<std::ptrdiff_t>(middle), part.end());
    const float level = std::max(onset_ratio * background, onset_peak_fraction * top);
    std::size_t i = middle;  // from the first high sample: weak motor units may leave pauses before the others come
    while (i + 1 < part.size() && part[i] < level) ++i;
    for (; i > earliest; --i) {  // is the signal quiet before i?
        const std::size_t from = i - std::min(i, look);
        if (from == i || *std::max_element(part.begin() + static_cast<std::ptrdiff_t>(from),
                                           part.begin() + static_cast<std::ptrdiff_t>(i)) < level)
            break;
    }
    const std::size_t lead = samples_in(onset_lead_s);
    return first + i - std::min(first + i, lead);
}

// Whole seconds in which the samples are finite and not all the same, and what is left at the end.
class UsableSeconds {
public:
    explicit UsableSeconds(double rate_hz) : second_(static_cast<std::size_t>(std::max(1.0, rate_hz))) {}

    void begin() {
        runs_.clear();
        count_ = 0;
        differ_ = false;
        finite_ = true;
    }
    void add(std::span<const float> raw, bool finite) {
        while (!raw.empty()) {
            const auto part = raw.first(std::min(raw.size(), second_ - count_ % second_));
            if (count_ % second_ == 0) first_ = part.front();
            if (!differ_) differ_ = std::any_of(part.begin(), part.end(), [&](float x) { return x != first_; });
            finite_ = finite_ && (finite || signal::all_finite(part));
            count_ += part.size();
            if (count_ % second_ == 0) end_second();
            raw = raw.subspan(part.size());
        }
    }
    void finish() {
        if (count_ % second_ != 0) end_second();
    }
    std::size_t count() const { return count_; }
    const std::vector<signal::Run>& runs() const { return runs_; }

private:
    void end_second() {
        const std::size_t begin = (count_ - 1) / second_ * second_;
        if (differ_ && finite_) {
            if (runs_.empty() || runs_.back().end != begin) runs_.push_back({begin, begin});
            runs_.back().end = count_;
        }
        differ_ = false;
        finite_ = true;
    }

    std::size_t second_, count_ = 0;
    float first_ = 0;
    bool differ_ = false, finite_ = true;
    std::vector<signal::Run> runs_;
};

}  // namespace

class BurstFinder::Search {
public:
    Search(SampleRate rate, const BurstRules& rules)
        : rate_(rate),
          rules_(rules),
          band_pass_(signal::butterworth_band_pass(2, rules.high_pass_hz, std::min(rules.low_pass_hz, 0.45 * rate.hz()), rate.hz())),
          high_pass_(signal::butterworth_high_pass(2, rules.high_pass_hz, rate.hz())),
          blocks_(band_pass_.block(), true),
          usable_(rate.hz()),
          envelope_(rate.hz(), rules),
          off_count_(static_cast<std::size_t>(std::max(1.0, std::ceil(rules.off_ms * 1e-3 * envelope_.rate_hz())))),
          longest_(static_cast<std::size_t>(longest_burst_s * envelope_.rate_hz())) {}

    void begin_stretch(Time start) {
        end_stretch();
        start_ = start;
        blocks_.begin();
        band_pass_.begin();
        usable_.begin();
        envelope_.begin();
        next_ = 0;
        inside_ = false;
        open_ = true;
    }

    void add(std::span<const float> samples) {
        blocks_.add(samples, [this](auto raw, auto filled) {
            usable_.add(raw, raw.data() == filled.data());
            envelope_.add(band_pass_.next(filled));
            look();
        });
    }

    ChannelBursts finish() {
        end_stretch();
        return std::move(found_);
    }

private:
    void end_stretch() {
        if (!open_) return;
        open_ = false;
        blocks_.finish([this](auto raw, auto filled) {
            usable_.add(raw, raw.data() == filled.data());
            envelope_.add(filled.size() < blocks_.length() ? band_pass_.finish(filled) : band_pass_.next(filled));
        });
        envelope_.finish();
        ended_ = true;
        look();
        ended_ = false;
        usable_.finish();
        if (usable_.count() >= static_cast<std::size_t>(rate_.hz())) keep_usable();  // under a second: no background
        bursts_.clear();
    }

    Time time_of(std::size_t sample) const { return start_ + rate_.time_of(static_cast<std::int64_t>(sample)); }

    // A second next to missing samples shows the filter's answer to the step.
    void keep_usable() {
        using namespace std::chrono_literals;
        std::vector<Interval> list;
        for (const signal::Run& run : usable_.runs()) list.push_back({time_of(run.begin), time_of(run.end)});
        const IntervalSet usable(std::move(list));
        for (const Burst& b : bursts_)
            if (usable.covers({std::max(b.extent.onset - 200ms, start_), std::min(b.extent.offset + 200ms, time_of(usable_.count()))}))
                found_.bursts.push_back(b);
        for (const Interval& i : usable.intervals()) found_.usable.add(i);
    }

    // The first value from `i` on that may begin a burst: nearly all are low.
    std::size_t next_high(std::size_t i, std::size_t end) const {
        if (i >= end) return end;
        const std::span<const float> values = envelope_.part(i, end);
        const auto least = static_cast<float>(rules_.min_amplitude_uv);
        return i + signal::first_where(0, values.size(), [values, least](std::size_t k) { return !(values[k] <= least); });
    }

    // Looks at what of the envelope has a background by now.
    void look() {
        const std::size_t ready = envelope_.ready();
        while (next_ < ready || inside_) {
            if (!inside_ && !find_start(ready)) break;
            if (!follow()) break;
        }
        envelope_.forget_before(next_);
        const std::size_t here = next_ * envelope_.step(), reach = static_cast<std::size_t>(onset_reach_s * rate_.hz()) + 2;
        blocks_.recent().forget_before(here - std::min(here, reach));
    }

    bool find_start(std::size_t ready) {
        for (; (next_ = next_high(next_, ready)) < ready; ++next_) {
            const float value = envelope_[next_], median = envelope_.median_at(next_), quiet = envelope_.quiet_at(next_);
            if (!(value > std::max(static_cast<float>(rules_.on_ratio) * median, quiet))) continue;
            burst_ = {{}, {}, value, median, quiet};
            burst_.extent.onset = time_of(first_ = refined_onset(blocks_.recent(), rate_.hz(), next_ * envelope_.step(), high_pass_, median));
            inside_ = true;
            below_ = 0;
            at_ = active_end_ = settled_ = next_ + 1;
            return true;
        }
        return false;
    }

    // Goes on to the end of the burst; false if it is not known yet.
    bool follow() {
        const auto fraction = static_cast<float>(rules_.off_peak_fraction);
        const float low = static_cast<float>(rules_.off_ratio) * burst_.background_uv;
        for (; at_ < std::min(envelope_.end(), next_ + longest_) && below_ < off_count_; ++at_) {
            const float value = envelope_[at_];
            burst_.peak_uv = std::max(burst_.peak_uv, value);
            if (value >= low) settled_ = at_ + 1;
            if (value < std::max(low, fraction * burst_.peak_uv)) {
                ++below_;
            } else {
                below_ = 0;
                active_end_ = at_ + 1;
            }
        }
        const bool whole = at_ < envelope_.end();
        if (!whole && !ended_) return false;
        // at the end the mean reaches half a window too far
        const auto time_of_end = [&](std::size_t value) {
            const std::size_t end = value * envelope_.step();
            return time_of(std::max(end - std::min(end, envelope_.half()), first_ + 1));
        };
        burst_.extent.offset = time_of_end(active_end_);
        burst_.settled = time_of_end(settled_);
        if (next_ > 0 && whole && seconds(burst_.extent.duration()) >= shortest_burst_s) bursts_.push_back(burst_);
        next_ = at_;
        inside_ = false;
        return true;
    }

    SampleRate rate_;
    BurstRules rules_;
    signal::ZeroPhaseFilter band_pass_;
    signal::Recursion high_pass_;
    signal::FilledBlocks blocks_;
    UsableSeconds usable_;
    JerkEnvelope envelope_;
    std::size_t off_count_, longest_;

    bool open_ = false, ended_ = false;
    Time start_{0};
    std::size_t next_ = 0;  // value of the envelope: the first that was not looked at, or where a burst began
    bool inside_ = false;   // of a burst whose end is not known yet:
    Burst burst_;
    std::size_t first_ = 0, at_ = 0, active_end_ = 0, settled_ = 0, below_ = 0;
    std::vector<Burst> bursts_;  // of this stretch
    ChannelBursts found_;
};

BurstFinder::BurstFinder(SampleRate rate, const BurstRules& rules) : search_(std::make_unique<Search>(rate, rules)) {}
BurstFinder::~BurstFinder() = default;
BurstFinder::BurstFinder(BurstFinder&&) noexcept = default;
BurstFinder& BurstFinder::operator=(BurstFinder&&) noexcept = default;

void BurstFinder::begin_stretch(Time start) { search_->begin_stretch(start); }
void BurstFinder::add(std::span<const float> samples) { search_->add(samples); }
ChannelBursts BurstFinder::finish() { return search_->finish(); }

ChannelBursts find_bursts(const Signal& signal, const BurstRules& rules) {
    BurstFinder finder(signal.rate, rules);
    const Listener of_signal = listener(signal, finder);
    pass_by({&of_signal, 1});
    return finder.finish();
}

}  // namespace psg::events

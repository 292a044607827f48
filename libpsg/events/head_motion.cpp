// What moves all leads of the head alike.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/head_motion.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "libpsg/model/wide.hpp"

namespace psg::events {

namespace {

constexpr std::size_t coarse = 5;  // every fifth mean is enough for a median of 2 s
constexpr std::size_t reach = 10;  // coarse means to either side

}  // namespace

SlowLead::SlowLead(SampleRate rate) : rate_(rate), places_(rate, from_seconds(head_step_s)), usual_(reach, reach, 50) { begin_stretch(); }

void SlowLead::begin_stretch() {
    places_ = signal::SteadyPlaces(rate_, from_seconds(head_step_s));
    begin_ = places_.next();
    end_ = places_.next();
    left_ = end_ - begin_;
    sum_ = 0;
    usual_.begin();
    count_ = 0;
    waiting_.clear();
}

void SlowLead::add(std::span<const float> samples, std::vector<float>& slow) {
    constexpr std::size_t many = 64, together = 8;  // means, of which some are made side by side
    std::array<float, many> means, counts;
    std::array<std::size_t, many> from;
    for (;;) {
        const std::size_t here = std::min(samples.size(), left_);  // of the block that has begun
        for (const float x : samples.first(here)) sum_ += x;
        samples = samples.subspan(here);
        left_ -= here;
        if (left_ > 0) return;
        means[0] = sum_;
        counts[0] = static_cast<float>(std::max<std::size_t>(1, end_ - begin_));
        sum_ = 0;
        const std::size_t first = end_;
        std::size_t known = 1, least = many, most = 0;  // samples of a block
        const auto go_on = [this] {
            begin_ = end_;
            end_ = places_.next();
            return end_ - begin_;
        };
        std::size_t size = go_on();
        for (; known < many && end_ - first <= samples.size(); ++known) {
            from[known] = begin_ - first;
            counts[known] = static_cast<float>(std::max<std::size_t>(1, size));
            least = std::min(least, size), most = std::max(most, size);
            size = go_on();
        }
        left_ = size;
        const auto size_of = [&](std::size_t k) { return (k + 1 < known ? from[k + 1] : begin_ - first) - from[k]; };
        std::size_t k = 1;
        if (least > 0 && most <= least + 1 && most < many)
            for (; k + together < known; k += together) {  // of the last one the sample after it may not be there
                std::array<float, together> sums{};
                for (std::size_t i = 0; i < least; ++i)
                    for (std::size_t b = 0; b < together; ++b) sums[b] += samples[from[k + b] + i];
                for (std::size_t b = 0; b < together; ++b) {
                    const float last = samples[from[k + b] + least];
                    means[k + b] = sums[b] + (size_of(k + b) > least ? last : 0);
                }
            }
        for (; k < known; ++k) {
            means[k] = 0;
            for (const float x : samples.subspan(from[k], size_of(k))) means[k] += x;
        }
        samples = samples.subspan(begin_ - first);
        for (std::size_t i = 0; i < known; ++i) means[i] /= counts[i];
        add_means(std::span(means).first(known), slow);
    }
}

void SlowLead::add_means(std::span<const float> means, std::vector<float>& slow) {
    waiting_.add(means);
    for (const float mean : means)
        if (count_++ % coarse == 2)
            if (const auto usual = usual_.add(mean)) subtract(*usual, slow);
}

void SlowLead::subtract(float usual, std::vector<float>& slow) {
    const std::size_t first = waiting_.first(), end = first + std::min(coarse, waiting_.end() - first), known = slow.size();
    const std::span<const float> means = waiting_.part(first, end);
    slow.resize(known + means.size());
    for (std::size_t i = 0; i < means.size(); ++i) slow[known + i] = means[i] - usual;
    waiting_.forget_before(end);
}

void SlowLead::finish(std::vector<float>& slow) {
    if (count_ % coarse == 1 || count_ % coarse == 2)  // the last ones have no third
        if (const auto usual = usual_.add(waiting_[waiting_.end() - 1])) subtract(*usual, slow);
    while (const auto usual = usual_.finish()) subtract(*usual, slow);
}

HeadMotionScan::HeadMotionScan(const Night& night) {
    std::size_t eeg = 0;
    for (const RoleSignal& s : night.signals) {
        const bool is_eeg = s.role == Role::eeg;
        if ((!is_eeg && s.role != Role::eog_left && s.role != Role::eog_right) || s.signal.unit != "uV" || s.signal.rate.hz() < 50) continue;
        if (is_eeg && ++eeg > 4) continue;
        leads_.emplace_back(*this, s.signal, leads_.size());
    }
    if (leads_.size() < 2 || eeg == 0) {
        leads_.clear();
        return;
    }
    const Signal& signal = leads_.front().signal();
    for (const Signal::Stretch& first : signal.stretches) {
        Stretch& made = stretches_.emplace_back();
        made.motion.start = first.start;
        const auto steps = static_cast<std::size_t>(seconds(signal.rate.time_of(static_cast<std::int64_t>(first.size()))) / head_step_s) + 1;
        const auto make_room = [steps](auto&... series) { (series.reserve(steps), ...); };  // growing would take twice as much
        make_room(made.motion.mean, made.motion.common, made.motion.apart);
        for (const Lead& lead : leads_) {
            const std::vector<Signal::Stretch>& all = lead.signal().stretches;
            const auto same = std::partition_point(all.begin(), all.end(), [&](const Signal::Stretch& s) { return s.start < first.start; });
            made.parts.push_back({same != all.end() && same->start == first.start, false, false, {}});
        }
    }
}

void HeadMotionScan::Lead::begin_stretch(Time start) {
    end_stretch();
    const auto same = std::partition_point(scan_->stretches_.begin(), scan_->stretches_.end(), [&](const Stretch& s) { return s.motion.start < start; });
    stretch_ = same != scan_->stretches_.end() && same->motion.start == start ? static_cast<std::size_t>(same - scan_->stretches_.begin()) : none;
    slow_.begin_stretch();
}

void HeadMotionScan::Lead::add(std::span<const float> samples) {
    if (stretch_ == none) return;
    Stretch& stretch = scan_->stretches_[stretch_];
    Part& part = stretch.parts[place_];
    const std::size_t known = part.slow.size();
    slow_.add(samples, part.slow);
    // one that shows nothing at all would keep the others from having anything in common
    part.shows = part.shows || std::any_of(part.slow.begin() + static_cast<std::ptrdiff_t>(known), part.slow.end(), [](float v) { return std::abs(v) > 0.01F; });
    scan_->combine(stretch, false);
}

void HeadMotionScan::Lead::end_stretch() {
    if (stretch_ == none) return;
    Part& part = scan_->stretches_[stretch_].parts[place_];
    slow_.finish(part.slow);
    part.shows = part.shows || std::any_of(part.slow.begin(), part.slow.end(), [](float v) { return std::abs(v) > 0.01F; });
    part.ended = true;
    stretch_ = none;
}

// What all leads have by now. A lead that has shown nothing yet holds the others up until it does or the stretch is over.
void HeadMotionScan::combine(Stretch& stretch, bool to_the_end) {
    std::vector<Part*> leads;
    std::size_t count = none;
    for (Part& p : stretch.parts) {
        if (!p.wanted || (to_the_end && !p.shows)) continue;
        if (!p.shows) return;
        leads.push_back(&p);
        count = std::min(count, p.slow.size());
    }
    constexpr std::size_t piece = 256;
    if (leads.size() < 2) return;
    if (!to_the_end) count = stretch.combined + (count - std::min(count, stretch.combined)) / piece * piece;
    HeadMotion& motion = stretch.motion;
    const auto n = static_cast<float>(leads.size());
    for (std::size_t from = stretch.combined; from < count; from += piece) {
        const std::size_t size = std::min(piece, count - from);
        std::array<float, piece> mean{}, low, high, squares{}, common;
        low.fill(INFINITY);
        high.fill(-INFINITY);
        wide([&] {
            for (const Part* p : leads) {
                const float* x = p->slow.data() + from;
                for (std::size_t k = 0; k < size; ++k) {
                    mean[k] += x[k] / n;
                    low[k] = x[k] < low[k] ? x[k] : low[k];
                    high[k] = x[k] > high[k] ? x[k] : high[k];
                }
            }
            for (const Part* p : leads) {
                const float* x = p->slow.data() + from;
                for (std::size_t k = 0; k < size; ++k) squares[k] += (x[k] - mean[k]) * (x[k] - mean[k]);
            }
            for (std::size_t k = 0; k < size; ++k) {
                const float not_above = high[k] < 0 ? -high[k] : 0;
                common[k] = low[k] > 0 ? low[k] : not_above;
                squares[k] /= n;
            }
        });
        const std::size_t known = motion.mean.size();
        motion.mean.add(std::span(mean).first(size));
        for (auto* codes : {&motion.common, &motion.apart}) codes->resize(known + size);
        encode_amplitudes(std::span(common).first(size), std::span(motion.common).subspan(known));
        encode_root_mean_squares(std::span(squares).first(size), std::span(motion.apart).subspan(known));
    }
    stretch.combined = std::max(stretch.combined, count);
    if (stretch.combined < 16 * piece && !to_the_end) return;
    for (Part& p : stretch.parts) p.slow.erase(p.slow.begin(), p.slow.begin() + static_cast<std::ptrdiff_t>(std::min(p.slow.size(), stretch.combined)));
    stretch.combined = 0;
}

std::vector<Listener> HeadMotionScan::listeners() {
    std::vector<Listener> all;
    for (Lead& lead : leads_) all.push_back(listener(lead.signal(), lead));
    return all;
}

std::vector<HeadMotion> HeadMotionScan::finish() {
    std::vector<HeadMotion> all;
    for (Lead& lead : leads_) lead.end_stretch();
    for (Stretch& stretch : stretches_) {
        combine(stretch, true);
        if (stretch.motion.mean.empty()) continue;
        for (const Lead& lead : leads_)
            if (stretch.parts[lead.place_].shows) stretch.motion.channels += (stretch.motion.channels.empty() ? "" : "+") + lead.signal().label;
        all.push_back(std::move(stretch.motion));
    }
    stretches_.clear();
    return all;
}

const std::vector<HeadMotion>& head_motion(const Night& night, std::vector<HeadMotion>& own) {
    if (night.head_motion) return *night.head_motion;
    HeadMotionScan scan(night);
    pass_by(scan.listeners());
    own = scan.finish();
    return own;
}

}  // namespace psg::events

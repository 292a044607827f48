// Heart beats in a muscle channel: subtracting what they leave there.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "libpsg/signal/beat_shapes.hpp"

namespace psg::signal {

/// Subtracts from each beat's surroundings (-0.1 to +0.15 s) the mean of its neighbours' of the same shape. Each beat is
/// weighted by the inverse square of its power, so that movements do not enter the mean; nothing is subtracted where
/// the mean does not stand out of the noise; how much of it is the weighted median of nine beats' gains, so that a pick-up that
/// begins or ends is followed at once; a shift of up to one sample is corrected. Proposed; the mean is that of
/// classical spike-triggered averaging.
///
/// The samples of a stretch come in pieces. What is kept of them are the surroundings of some seventy beats of each
/// shape, until the mean of those after them is known.
class BeatSubtraction {
public:
    /// Is given surroundings of beats from which something was subtracted (nothing is where no mean is clear): samples from `begin` on.
    /// Overlapping ones come together; they come in any order.
    using Use = std::function<void(std::size_t begin, std::span<const float> samples)>;

    /// `beats` of the whole stretch. What is given to `use` begins and ends at multiples of `grain` samples, or at the
    /// end of the stretch; every piece but the last has a multiple of them, too.
    /// `repeatable`: repeat() will be asked for; takes two megabytes in a night.
    BeatSubtraction(double rate_hz, const BeatPlaces& beats, std::size_t grain, Use use, bool repeatable = false);

    void add(std::span<const float> samples);
    /// What is added next begins at `place`: no surroundings lie in between. After a multiple of `grain`, and at one.
    void skip_to(std::size_t place) { at_ = place; }
    void finish();
    /// After finish(): subtracts the same from `samples`, those of the stretch from `first` on as they came, again.
    void repeat(std::size_t first, std::span<float> samples) const;
    /// Beats in whose surroundings something was subtracted.
    std::size_t beats() const { return subtracted_; }

private:
    struct Beat {
        std::size_t island, offset;  // samples of the island from `offset` on
        float power, gain;
        bool done = false;
    };
    using Wave = std::shared_ptr<const std::vector<float>>;
    struct Template {
        Wave mean;
        double energy = 0;     // sum of squares
        double clearness = 0;  // energy relative to that expected of noise
    };
    // What was subtracted: `gain` times a mean, and `amount` times its slope.
    struct Subtracted {
        std::size_t begin;
        Wave mean;
        float gain, amount;
    };
    struct Member {
        std::size_t stage, beat;
    };
    // Surroundings that overlap.
    struct Island {
        std::size_t begin = 0, end = 0;
        std::vector<float> samples;
        std::vector<Member> members;
        bool changed = false, used = false;
    };
    // The beats of one shape; the most frequent shape is the first stage.
    struct Stage {
        std::size_t first_beat = 0, first_mean = 0;  // numbers of the first ones that are kept
        std::deque<Beat> beats;
        std::deque<Template> means;
        std::vector<Subtracted> subtractions;  // in order; kept if these are to be repeated
        std::size_t ready = 0, gained = 0, subtracted = 0;  // beats; groups
        Beat& beat(std::size_t i) { return beats[i - first_beat]; }
        bool is_done(std::size_t i) const { return i < first_beat || beats[i - first_beat].done; }
        std::size_t count() const { return first_beat + beats.size(); }
    };

    Island& island(std::size_t i) { return islands_[i - first_island_]; }
    std::span<float> wave(const Beat& b) { return std::span(island(b.island).samples).subspan(b.offset, length_); }
    void meet_beats(std::size_t end);
    bool is_ready(std::size_t stage, const Beat& b);
    void advance(std::size_t number);
    Template mean_of_group(Stage& stage, std::size_t group);
    const Template* serving(const Stage& stage, std::size_t group) const;
    float typical_gain(Stage& stage, std::size_t beat);
    float subtract(std::span<float> x, const std::vector<float>& mean, float gain);
    void give_islands();
    void forget();

    double rate_hz_;
    std::size_t before_, length_, fade_, grain_;
    Use use_;
    BeatPlaces places_;
    std::vector<std::size_t> stage_of_shape_;
    std::size_t next_place_ = 0, at_ = 0;
    bool repeatable_, ended_ = false;
    std::vector<double> faded_;  // factor of each sample of a mean
    std::vector<Stage> stages_;
    std::vector<std::size_t> done_in_;  // islands of beats that were done and not given yet
    std::size_t first_island_ = 0;
    std::deque<Island> islands_;
    std::vector<Island> spare_;              // with memory of islands that were used
    std::size_t subtracted_ = 0;  // beats
    std::vector<float> slope_;
};

/// The same for samples that are there already, in place; returns BeatSubtraction::beats(). `beats` in order.
std::size_t subtract_beats(std::span<float> emg, double rate_hz, std::span<const HeartBeat> beats);

}  // namespace psg::signal

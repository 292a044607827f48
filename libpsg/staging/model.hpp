// A fitted staging model: numbers, where they come from, and its text file.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpsg/model/electrode.hpp"
#include "libpsg/staging/inputs.hpp"
#include "libpsg/staging/network.hpp"
#include "libpsg/staging/smoothing.hpp"

namespace psg::staging {

/// Stretches of at most this many epochs (two hours) are brief: they hold no night from which its norms and its course
/// could be told, so networks of their own judge them, which learned from parts of nights seen as if nothing else was there.
inline constexpr std::size_t brief_epochs = 240;

/// Adaptation to the night, then networks on the inputs: for one channel of any derivation and gain, or for a pair.
template <std::size_t N>
struct HeadOf {
    ShapesOf<N> shapes;
    ScaleOf<N> scale;
    using Networks = std::array<Network, 5>;  ///< differ by the random start; their log probabilities are averaged
    Networks networks, brief_networks;
    const Networks& networks_for(std::size_t epochs) const { return epochs > brief_epochs ? networks : brief_networks; }
};

/// How evidence becomes stages.
struct Decision {
    double smoothing = 0.15;   ///< power of the transition probabilities (see tempered())
    double window_weight = 0;  ///< of the evidence from parts of two hours, against that from the whole recording
    double sharpness = 1;      ///< power of the final probabilities, for calibration
};

struct Model {
    std::string name;                                       ///< as in the file
    std::vector<std::pair<std::string, std::string>> card;  ///< data, licence, split, figures: key and one line of text
    HeadOf<measure_count> single;
    bool has_pair = false;  ///< learned from a frontal and a posterior channel together
    HeadOf<pair_count> pair;
    Decision alone, together{0.15, 1, 1};  ///< for one channel, for several
    Decision brief_alone, brief_together;  ///< the same for brief recordings
    const Decision& decision(std::size_t channels, std::size_t epochs) const {
        if (epochs > brief_epochs) return channels > 1 ? together : alone;
        return channels > 1 ? brief_together : brief_alone;
    }
};

/// A channel of a night: label and measures.
struct StagingChannel {
    std::string label;
    MeasureSeries measures;
};

/// Where the first electrode of a derivation lies ("EEG Fpz-Cz", "F4-M1", "pz_oz").
HeadRegion labelled_region(std::string_view label);

/// Places of the first frontal and the first posterior (parietal, occipital) derivation; nothing without both.
std::optional<std::pair<std::size_t, std::size_t>> frontal_and_posterior(std::span<const StagingChannel> channels);

/// Logarithm of the evidence for the stages of every epoch, the final chain not yet considered: the mean over the
/// channels that have the epoch and, where there is one, of that and the pair. The channels have the same epochs.
struct NightEvidence {
    Evidence whole;    ///< from the recording as a whole
    Evidence windows;  ///< mean over half-overlapping parts of two hours; `whole` if it is not longer
    std::size_t first = 0, last = 0;  ///< the night (sleep_period()), [first, last) epochs
    Evidence weighed(double window_weight) const;
};
NightEvidence night_evidence(const Model& model, std::span<const StagingChannel> channels);

/// The night in a recording: from an hour before to an hour after the stretch in which sleep outweighs wake the most (the
/// greatest sum of the probability of sleep - 1/2 over the epochs that have evidence), [first, last) epochs; all of it if
/// there is no sleep. What lies outside, hours of wake in a recording of a day, must not move time and norms of the night.
std::pair<std::size_t, std::size_t> sleep_period(std::span<const StageProbabilities> probabilities,
                                                 const Evidence& evidence);

/// Probabilities of the stages of every epoch given the whole night.
std::vector<StageProbabilities> decide(const Model& model, const Decision& decision, const Evidence& evidence);

/// The model as text: a version line, the card, the numbers by rows (rounded to single precision,
/// those of the networks to five digits), and a checksum over all
/// of it. Line breaks in name or card and colons in its keys are UsageErrors.
std::string write_model(const Model& model);

/// Reads what write_model() wrote, byte for byte. Foreign, truncated or edited text is a DataError that names `where`
/// (a file name or "embedded model") and the line.
Model read_model(std::string_view text, const std::string& where);

/// The model that is compiled into the library.
const Model& embedded_model();

}  // namespace psg::staging

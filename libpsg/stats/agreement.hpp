// Agreement between scorers: of hypnograms epoch by epoch, and of events by overlap.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/hypnogram.hpp"

namespace psg::stats {

/// Epochs by the stage of the reference (first index) and of the other scorer; epochs that either left unscored are not in it.
using Confusion = std::array<std::array<std::int64_t, 5>, 5>;
Confusion confusion(std::span<const Stage> reference, std::span<const Stage> other);

/// All NaN for an empty confusion; a stage that neither used has NaN.
struct StageAgreement {
    std::int64_t epochs = 0;
    double accuracy = 0;  ///< share of equal epochs
    double kappa = 0;     ///< (p - e) / (1 - e) with chance agreement e from the margins (Cohen 1960); NaN if e is 1
    std::array<double, 5> f1{};           ///< 2 TP / (2 TP + FP + FN)
    std::array<double, 5> sensitivity{};  ///< TP / (TP + FN), the reference being right
    std::array<double, 5> precision{};    ///< TP / (TP + FP)
    std::array<double, 5> stage_kappa{};  ///< Cohen's kappa of this stage against all others
};
StageAgreement stage_agreement(const Confusion& confusion);

/// Fleiss' kappa (Fleiss 1971) of two or more scorers over the epochs that all of them scored; NaN without such epochs or
/// if chance agreement is 1. The hypnograms have one length.
double fleiss_kappa(std::span<const std::vector<Stage>> scorers);

/// The stage that most scorers gave, epoch by epoch. Equal votes: that of the scorer among them who agrees with the others
/// best over the night (mean Cohen's kappa; Stephansen 2018 weighs ties so), the first of equals. Unscored votes do not
/// count; unknown if nobody scored the epoch.
std::vector<Stage> consensus(std::span<const std::vector<Stage>> scorers);

/// A figure with its 95 % interval.
struct Estimate {
    double value = 0, low = 0, high = 0;
};
/// Value at a fraction (0 to 1) of a sorted list, between its neighbours (type 7 of Hyndman and Fan 1996, as in R and NumPy);
/// NaN if it is empty.
double quantile(std::span<const double> sorted, double fraction);
/// Median and quartiles (quantile()), as an estimate with its ends; NaN without values.
Estimate quartiles(std::vector<double> values);

/// Percentile interval by the circular block bootstrap (Politis & Romano 1992): whole blocks of `block` consecutive epochs are
/// drawn, because neighbours are alike. `figure` gets the indices of the drawn epochs. The same seed gives the same interval.
/// No interval (NaN) if a block is as long as all epochs. Proposed defaults: blocks of 20 epochs (10 min), 1,000 draws.
struct Bootstrap {
    std::size_t block = 20;
    int draws = 1000;
    std::uint64_t seed = 1;
};
using FiguresOfDraw = std::function<std::vector<double>(std::span<const std::size_t>)>;
std::vector<Estimate> block_bootstrap(std::size_t epochs, const Bootstrap& bootstrap, const FiguresOfDraw& figures);
/// The same over several nights whose epochs follow each other: whole nights are drawn, and blocks inside each of them
/// (proposed), so that the interval holds what nights differ by. One night: the same as above.
std::vector<Estimate> block_bootstrap(std::span<const std::size_t> nights, const Bootstrap& bootstrap,
                                      const FiguresOfDraw& figures);

/// Events of two scorers matched one to one.
struct EventAgreement {
    struct Pair {
        std::size_t reference, other;  ///< positions in the lists
    };
    std::vector<Pair> pairs;
    int reference_count = 0, other_count = 0;
    double sensitivity = 0, precision = 0, f1 = 0;  ///< NaN where a list is empty
    Estimate onset_error_s, offset_error_s;         ///< median and quartiles of other - reference; NaN without pairs
};
/// Two events match if their intersection over union is at least `least_overlap` (0: any overlap). Pairs are made by falling
/// overlap, each event in one pair at most; two different sides never match. Lists in any order; classes are the caller's
/// business.
EventAgreement event_agreement(const EventList& reference, const EventList& other, double least_overlap);

/// A night's events by two scorers, matched.
struct MatchedNight {
    EventList reference, other;
    EventAgreement agreement;  ///< event_agreement(reference, other, ...)
};
/// Sensitivity, precision and F1 over the events of all nights together, with intervals: the block bootstrap over stretches of
/// 30 s, each with the events that begin in it, from the start of the recording to the last event.
struct EventEstimates {
    Estimate sensitivity, precision, f1;
};
EventEstimates event_estimates(std::span<const MatchedNight> nights, const Bootstrap& bootstrap);

}  // namespace psg::stats

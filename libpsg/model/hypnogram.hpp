// Sleep stages and the hypnogram: one stage per epoch.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/interval_set.hpp"
#include "libpsg/model/time.hpp"

namespace psg {

/// AASM stages; the values are the codes of every table. Rechtschaffen & Kales 3 and 4 are N3.
enum class Stage : std::int8_t { unknown = -1, W = 0, N1 = 1, N2 = 2, N3 = 3, R = 4 };

inline constexpr std::array<Stage, 5> scored_stages{Stage::W, Stage::N1, Stage::N2, Stage::N3, Stage::R};

/// "W", "N1", "N2", "N3", "R"; "?" if unknown.
std::string_view stage_name(Stage stage);
/// Any common spelling: W Wake 0 / N1 S1 NREM1 1 / ... / R REM 5 / "Sleep stage N2" / ? MT unscored -1 -> unknown.
/// Plain digits follow R&K (3 and 4 are N3, 5 is R). Nothing if the text is no stage at all.
std::optional<Stage> stage_from_name(std::string_view text);
constexpr bool is_sleep(Stage s) { return s == Stage::N1 || s == Stage::N2 || s == Stage::N3 || s == Stage::R; }
constexpr bool is_nrem(Stage s) { return s == Stage::N1 || s == Stage::N2 || s == Stage::N3; }

/// Probability of each scored stage, in the order of `scored_stages`; sums to 1, or all NaN if not scored.
using StageProbabilities = std::array<double, 5>;

/// Below this confidence an epoch is called unsure: proposed, from the reliability table in the staging model's card,
/// where the stages of such epochs are right about half of the time.
inline constexpr double unsure_below = 0.6;

/// Consecutive epochs from `start`. Epoch i covers [start + i * epoch, start + (i + 1) * epoch).
struct Hypnogram {
    Time start{0};
    Time epoch{std::chrono::seconds(30)};
    std::vector<Stage> stages;
    std::vector<StageProbabilities> probabilities;  ///< empty, or one per epoch
    std::string source;                             ///< "scored", "model NAME", ...
    std::vector<bool> doubtful;                     ///< empty, or per epoch: a warning says that its stage is not to be relied on

    Interval extent() const { return {start, start + epoch * static_cast<std::int64_t>(stages.size())}; }
    /// From the first to the end of the last scored epoch; `extent()` if nobody scored any.
    Interval scored_extent() const;
    Interval epoch_extent(std::size_t i) const {
        const Time onset = start + epoch * static_cast<std::int64_t>(i);
        return {onset, onset + epoch};
    }
    /// Stage of the epoch that contains `t`; unknown outside.
    Stage at(Time t) const;
    /// Probability of the stage of epoch i; NaN if there are no probabilities or no stage.
    double confidence(std::size_t i) const;
    /// Is epoch i scored with a confidence below `unsure_below`, or in doubt by a warning?
    bool unsure(std::size_t i) const;
    /// The most probable other stage of epoch i; unknown if there are no probabilities or no stage.
    Stage second(std::size_t i) const;
    /// All time in epochs of which `wanted(stage)` holds.
    template <class Predicate>
    IntervalSet where(Predicate wanted) const {
        IntervalSet set;
        for (std::size_t i = 0; i < stages.size(); ++i)
            if (wanted(stages[i])) set.add(epoch_extent(i));
        return set;
    }
};

}  // namespace psg

// Rows of tables of agreement, for one night and for several. Of this folder only.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libpsg/model/table.hpp"
#include "libpsg/stats/agreement.hpp"
#include "libpsg/stats/sleep_architecture.hpp"

namespace psg::workflow {

/// Two scorers' stages, epoch by epoch; the epochs of several nights follow each other.
struct StagePair {
    std::vector<std::size_t> nights;  ///< lengths
    std::vector<Stage> reference, other;
    void append(const std::vector<Stage>& a, const std::vector<Stage>& b);
};

/// Rows of the table `agreement`.
struct AgreementRows {
    std::vector<std::string> night, reference, other, measure, stage, reason;
    std::vector<double> value, low, high;
    std::vector<std::int32_t> epochs, nights;

    void add(const std::string& of_night, const std::string& a, const std::string& b, const std::string& m, const std::string& s,
             const stats::Estimate& e, std::int64_t n, std::size_t count);
    /// Accuracy, kappa, and F1, sensitivity, precision and kappa of each stage.
    void add_pair(const std::string& of_night, const std::string& a, const std::string& b, const StagePair& pair,
                  const stats::Bootstrap& bootstrap);
    /// `complete`: all scorers of each night, in one order, night after night of these lengths.
    void add_fleiss(const std::string& of_night, const std::vector<std::vector<Stage>>& scorers,
                    const std::vector<std::size_t>& lengths, const stats::Bootstrap& bootstrap);
    /// A scoring (`scorer` empty: a night) that could not be used.
    void add_failure(const std::string& of_night, const std::string& scorer, const std::string& why);
    /// With columns night, nights and reason for several nights.
    Table table(bool several) &&;
};

/// Epochs by the stages of two scorers, as rows of the table `confusion`.
struct ConfusionRows {
    std::vector<std::string> night, reference, other, from, to;
    std::vector<std::int32_t> epochs;
    void add(const std::string& of_night, const std::string& a, const std::string& b, const stats::Confusion& counts);
    Table table(bool several) &&;
};

/// What stands in the tables for the consensus of all scorers but one.
inline constexpr const char* consensus_name = "consensus of the others";

}  // namespace psg::workflow

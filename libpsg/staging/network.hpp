// The classifier: a small network with one hidden layer and a direct (softmax regression) part beside it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "libpsg/model/hypnogram.hpp"

namespace psg::staging {

inline constexpr std::size_t hidden_units = 16;
inline constexpr std::size_t network_lanes = hidden_units + 5;

/// log p = log softmax(direct x + outer max(0, hidden x)).
struct Network {
    /// Weights of each input, the last row being the constant: into the hidden units, then directly into the stages.
    std::vector<std::array<float, network_lanes>> inner;
    std::array<std::array<float, 5>, hidden_units> outer{};  ///< from the hidden units into the stages
};

/// Inputs of epochs, input by input, so that loops run over epochs; what stands for epochs without features is not meaningful.
class InputTable {
public:
    static constexpr std::size_t lanes = 16;  ///< epochs that are computed side by side; columns have places for whole ones of them

    InputTable(std::size_t columns, std::size_t epochs);
    std::size_t columns() const { return columns_; }
    std::size_t epochs() const { return epochs_; }
    float* column(std::size_t input) { return values_.data() + input * length_; }
    const float* column(std::size_t input) const { return values_.data() + input * length_; }

private:
    std::size_t columns_, epochs_, length_;
    std::vector<float> values_;
};

/// Logarithm of the stage probabilities of every epoch, of tables of inner.size() - 1 inputs: the mean of the log probabilities of the
/// networks, scaled to probabilities again.
std::vector<StageProbabilities> log_probabilities(std::span<const Network> networks, const InputTable& inputs);

/// Scored epochs: rows of inputs one after another.
struct Examples {
    std::size_t columns = 0;
    std::vector<float> inputs;
    std::vector<std::uint8_t> stages;
};

/// Fits by stochastic gradient (Adam: Kingma & Ba 2015; dropout: Srivastava 2014; decoupled weight decay and cosine
/// schedule: Loshchilov & Hutter 2019). The same examples and seed give the same bits, on every processor.
Network fit_network(const Examples& examples, std::uint64_t seed);

}  // namespace psg::staging

// Softmax regression on the inputs of a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/model.hpp"

#include <algorithm>
#include <cmath>

namespace psg::embedded {
extern const std::string_view eeg_model;
}

namespace psg::staging {

Evidence channel_evidence(const Model& model, const MeasureSeries& night) {
    const Inputs inputs = classifier_inputs(model.shapes, model.scale, night);
    Evidence evidence(night.size());
    for (std::size_t t = 0; t < night.size(); ++t) {
        if (!night[t]) continue;
        StageProbabilities score = model.weights[input_count];
        for (std::size_t i = 0; i < input_count; ++i)
            for (std::size_t s = 0; s < 5; ++s) score[s] += model.weights[i][s] * double(inputs[t][i]);
        const double top = *std::max_element(score.begin(), score.end());
        double sum = 0;
        for (double v : score) sum += std::exp(v - top);
        for (double& v : score) v -= top + std::log(sum);
        evidence[t] = score;
    }
    return evidence;
}

Evidence combined(const std::vector<Evidence>& channels) {
    Evidence mean(channels.empty() ? 0 : channels[0].size());
    for (std::size_t t = 0; t < mean.size(); ++t) {
        StageProbabilities sum{};
        int count = 0;
        for (const Evidence& channel : channels) {
            if (!channel[t]) continue;
            ++count;
            for (std::size_t s = 0; s < 5; ++s) sum[s] += (*channel[t])[s];
        }
        if (count == 0) continue;
        for (double& v : sum) v /= count;
        mean[t] = sum;
    }
    return mean;
}

const Model& embedded_model() {
    static const Model model = read_model(embedded::eeg_model, "embedded model");
    return model;
}

}  // namespace psg::staging

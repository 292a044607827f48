// Softmax regression on the inputs of a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/model.hpp"

#include <algorithm>
#include <cmath>

namespace psg::embedded {
extern const std::string_view eeg_model;
}

namespace psg::staging {

Evidence night_evidence(const Model& model, std::span<const MeasureSeries> channels) {
    const std::vector<Inputs> inputs = classifier_inputs(model.shapes, model.scale, channels);
    Evidence evidence(channels.empty() ? 0 : channels[0].size());
    for (std::size_t t = 0; t < evidence.size(); ++t) {
        StageProbabilities sum{};
        int present = 0;
        for (std::size_t c = 0; c < channels.size(); ++c) {
            if (!channels[c][t]) continue;
            ++present;
            StageProbabilities score = model.weights[input_count];
            for (std::size_t i = 0; i < input_count; ++i)
                for (std::size_t s = 0; s < 5; ++s) score[s] += model.weights[i][s] * double(inputs[c][t][i]);
            const double top = *std::max_element(score.begin(), score.end());
            double normaliser = 0;
            for (double v : score) normaliser += std::exp(v - top);
            for (std::size_t s = 0; s < 5; ++s) sum[s] += score[s] - top - std::log(normaliser);
        }
        if (present == 0) continue;
        for (double& v : sum) v /= present;
        evidence[t] = sum;
    }
    return evidence;
}

const Model& embedded_model() {
    static const Model model = read_model(embedded::eeg_model, "embedded model");
    return model;
}

}  // namespace psg::staging

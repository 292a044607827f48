// From the measures of a night's channels to the evidence for its stages.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/model.hpp"

#include <algorithm>
#include <cmath>

#include "libpsg/model/electrode.hpp"
#include "libpsg/staging/gain_change.hpp"
#include "libpsg/staging/portable_math.hpp"

namespace psg::embedded {
extern const std::string_view eeg_model;
}

namespace psg::staging {

namespace {

constexpr std::size_t margin_epochs = 120;  // an hour: twice the wake of the training nights
constexpr int most_looks = 8;                // for the night; of the training recordings, of a day each, one took 6

using Channels = std::span<const StagingChannel>;

std::vector<StagingChannel> part(Channels channels, std::size_t first, std::size_t last) {
    std::vector<StagingChannel> parts;
    for (const StagingChannel& channel : channels)
        parts.push_back({channel.label,
                         {channel.measures.begin() + static_cast<std::ptrdiff_t>(first),
                          channel.measures.begin() + static_cast<std::ptrdiff_t>(last)}});
    return parts;
}

std::size_t epochs_of(Channels channels) {
    return channels.empty() ? 0 : channels[0].measures.size();
}

std::vector<MeasureSeries> series_of(Channels channels) {
    std::vector<MeasureSeries> all;
    for (const StagingChannel& channel : channels) all.push_back(without_gain_changes(channel.measures));
    return all;
}

// Evidence of one stretch of epochs, taken as it is.
Evidence plain_evidence(const Model& model, Channels channels) {
    const std::size_t epochs = epochs_of(channels);
    Evidence evidence(epochs);
    std::vector<int> votes(epochs);
    const std::vector<MeasureSeries> series = series_of(channels);
    const auto adaptation = adapt<measure_count>(model.single.shapes, series);
    for (std::size_t c = 0; c < channels.size(); ++c) {
        const InputTable inputs =
            channel_inputs<measure_count>(model.single.scale, adaptation.offsets[c], adaptation.posterior, series[c]);
        const std::vector<StageProbabilities> one = log_probabilities(model.single.networks_for(epochs), inputs);
        for (std::size_t t = 0; t < epochs; ++t) {
            if (!series[c][t]) continue;
            if (!evidence[t]) evidence[t] = StageProbabilities{};
            for (std::size_t s = 0; s < 5; ++s) (*evidence[t])[s] += one[t][s];
            ++votes[t];
        }
    }
    for (std::size_t t = 0; t < epochs; ++t)
        if (evidence[t])
            for (double& v : *evidence[t]) v /= votes[t];
    const auto places = model.has_pair ? frontal_and_posterior(channels) : std::nullopt;
    if (!places) return evidence;
    const SeriesOf<pair_count> both = paired(series[places->first], series[places->second]);
    const auto joint = adapt<pair_count>(model.pair.shapes, {&both, 1});
    const InputTable inputs = channel_inputs<pair_count>(model.pair.scale, joint.offsets[0], joint.posterior, both);
    const std::vector<StageProbabilities> one = log_probabilities(model.pair.networks_for(epochs), inputs);
    for (std::size_t t = 0; t < epochs; ++t) {
        if (!both[t]) continue;
        for (std::size_t s = 0; s < 5; ++s) (*evidence[t])[s] = ((*evidence[t])[s] + one[t][s]) / 2;
    }
    return evidence;
}

// Mean evidence of half-overlapping windows; the last one ends with the stretch.
Evidence windowed_evidence(const Model& model, Channels channels) {
    const std::size_t epochs = epochs_of(channels);
    Evidence evidence(epochs);
    std::vector<int> count(epochs);
    for (std::size_t first = 0;; first += brief_epochs / 2) {
        const std::size_t begin = std::min(first, epochs - brief_epochs);
        const Evidence of_window = plain_evidence(model, part(channels, begin, begin + brief_epochs));
        for (std::size_t t = 0; t < brief_epochs; ++t) {
            if (!of_window[t]) continue;
            auto& sum = evidence[begin + t];
            if (!sum) sum = StageProbabilities{};
            for (std::size_t s = 0; s < 5; ++s) (*sum)[s] += (*of_window[t])[s];
            ++count[begin + t];
        }
        if (begin + brief_epochs == epochs) break;
    }
    for (std::size_t t = 0; t < epochs; ++t)
        if (evidence[t])
            for (double& v : *evidence[t]) v /= count[t];
    return evidence;
}

}  // namespace

HeadRegion labelled_region(std::string_view name) {
    constexpr std::string_view eeg = "eeg";
    const auto same = [](char lower, char c) { return c == lower || c - 'A' + 'a' == lower; };
    if (std::equal(eeg.begin(), eeg.end(), name.begin(), name.begin() + std::min(eeg.size(), name.size()), same))
        name.remove_prefix(eeg.size());
    while (!name.empty() && (name[0] == ' ' || name[0] == '_' || name[0] == ':')) name.remove_prefix(1);
    return head_region(name.substr(0, name.find_first_of("-_ :/")));
}

std::optional<std::pair<std::size_t, std::size_t>> frontal_and_posterior(Channels channels) {
    const auto first_of = [&](HeadRegion wanted) {
        return static_cast<std::size_t>(
            std::find_if(channels.begin(), channels.end(),
                         [&](const StagingChannel& channel) { return labelled_region(channel.label) == wanted; }) -
            channels.begin());
    };
    const std::pair places{first_of(HeadRegion::frontal), first_of(HeadRegion::posterior)};
    if (std::max(places.first, places.second) >= channels.size()) return std::nullopt;
    return places;
}

Evidence NightEvidence::weighed(double window_weight) const {
    Evidence result = whole;
    for (std::size_t t = 0; t < whole.size(); ++t)
        if (whole[t] && windows[t])
            for (std::size_t s = 0; s < 5; ++s)
                (*result[t])[s] = ((*whole[t])[s] + window_weight * (*windows[t])[s]) / (1 + window_weight);
    return result;
}

NightEvidence night_evidence(const Model& model, Channels channels) {
    const Evidence of_all = plain_evidence(model, channels);
    NightEvidence evidence;
    evidence.whole = of_all;
    const std::size_t epochs = epochs_of(channels);
    std::size_t first = 0, last = epochs;
    std::vector<StagingChannel> night;
    Evidence seen = of_all;  // in which the night is looked for
    for (int look = 0; look < most_looks; ++look) {
        const auto [from, to] = sleep_period(decide(model, model.decision(channels.size(), epochs), seen), seen);
        if (look > 0 && from >= first && to <= last) break;
        // Without the rest of a day more of its ends may turn out to be sleep: then it goes on.
        first = look > 0 ? std::min(first, from) : from;
        last = look > 0 ? std::max(last, to) : to;
        night = part(channels, first, last);
        evidence.whole = of_all;
        if (last - first == epochs) break;
        const Evidence inside = plain_evidence(model, night);
        std::copy(inside.begin(), inside.end(), evidence.whole.begin() + static_cast<std::ptrdiff_t>(first));
        seen.assign(epochs, std::nullopt);
        std::copy(inside.begin(), inside.end(), seen.begin() + static_cast<std::ptrdiff_t>(first));
    }
    evidence.windows = evidence.whole;
    evidence.first = first;
    evidence.last = last;
    if (last - first > brief_epochs && model.decision(channels.size(), epochs).window_weight > 0) {
        const Evidence inside = windowed_evidence(model, night);
        std::copy(inside.begin(), inside.end(), evidence.windows.begin() + static_cast<std::ptrdiff_t>(first));
    }
    return evidence;
}

std::pair<std::size_t, std::size_t> sleep_period(std::span<const StageProbabilities> probabilities, const Evidence& evidence) {
    const std::size_t epochs = probabilities.size();
    double sum = 0, most = 0;
    std::size_t from = 0, first = 0, last = 0;
    for (std::size_t t = 0; t < epochs; ++t) {  // the stretch of the greatest sum: Bentley 1984, Comm. ACM 27:865
        if (evidence[t]) sum += 0.5 - probabilities[t][static_cast<std::size_t>(Stage::W)];
        if (sum <= 0) {
            sum = 0;
            from = t + 1;
        } else if (sum > most) {
            most = sum;
            first = from;
            last = t + 1;
        }
    }
    if (last == 0) return {0, epochs};
    return {first < margin_epochs ? 0 : first - margin_epochs, std::min(last + margin_epochs, epochs)};
}

std::vector<StageProbabilities> decide(const Model& model, const Decision& decision, const Evidence& evidence) {
    std::vector<StageProbabilities> result =
        posteriors(evidence, tempered(model.single.shapes.transitions, decision.smoothing));
    for (StageProbabilities& p : result) {
        double sum = 0;
        for (double& v : p) sum += v = portable::pow(std::max(v, 1e-30), decision.sharpness);
        for (double& v : p) v /= sum;
    }
    return result;
}

const Model& embedded_model() {
    static const Model model = read_model(embedded::eeg_model, "embedded model");
    return model;
}

}  // namespace psg::staging

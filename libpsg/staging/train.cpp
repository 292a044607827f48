// Fitting a staging model: shapes of the stages, then networks, then the decision on people set aside.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/staging/train.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "libpsg/model/error.hpp"
#include "libpsg/staging/gain_change.hpp"
#include "libpsg/staging/portable_math.hpp"

namespace psg::staging {

namespace {

constexpr std::size_t shortest_part = 60;  // epochs: half an hour
constexpr std::size_t part_stride = 3;     // of the random parts every third epoch is learned from: neighbours are alike
constexpr double stage_kept = 0.4;         // chance of each stage to be left in a night without some of its stages
constexpr std::size_t set_aside = 3;      // every third person chooses the decision
constexpr int most_draws = 100;
constexpr std::array smoothing_powers{0.05, 0.1, 0.2};  // light: the inputs hold context
// One channel alone does not profit from the windows, several do, and a brief recording has none.
constexpr std::array weights_alone{0.0};
constexpr std::array weights_together{0.5, 1.0};
constexpr std::array brief_excerpts{60u, 120u, 240u};  // epochs: what the decision for brief recordings is chosen by
constexpr std::array sharpnesses{0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5};

// A night as the model sees it.
struct Night {
    std::vector<StagingChannel> channels;
    std::vector<Stage> stages;
};

Night measured(const ScoredNight& scored) {
    Night night{{}, scored.stages};
    for (const ChannelFeatures& channel : scored.channels)
        night.channels.push_back({channel.label, log_measures(channel)});
    return night;
}

// Every `stride`-th scored epoch of a series.
template <std::size_t N>
void add_examples(Examples& examples, const InputTable& inputs, const SeriesOf<N>& series,
                  const std::vector<Stage>& stages, std::size_t stride) {
    examples.columns = inputs.columns();
    for (std::size_t t = 0; t < stages.size(); t += stride) {
        if (!series[t] || stages[t] == Stage::unknown) continue;
        for (std::size_t i = 0; i < inputs.columns(); ++i) examples.inputs.push_back(inputs.column(i)[t]);
        examples.stages.push_back(static_cast<std::uint8_t>(stages[t]));
    }
}

struct AllExamples {
    Examples single, pair;
};

// Numbers in [0, 1), the same on every platform.
double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

std::size_t log_uniform(std::mt19937_64& random, std::size_t from, std::size_t to) {
    const double ratio = static_cast<double>(to) / static_cast<double>(from);
    return static_cast<std::size_t>(static_cast<double>(from) * portable::pow(ratio, uniform(random)));
}

// Epochs [first, last) as a night of their own.
Night cut(const Night& night, std::size_t first, std::size_t last) {
    const auto begin = static_cast<std::ptrdiff_t>(first), end = static_cast<std::ptrdiff_t>(last);
    Night part{{}, {night.stages.begin() + begin, night.stages.begin() + end}};
    for (const StagingChannel& channel : night.channels)
        part.channels.push_back({channel.label, {channel.measures.begin() + begin, channel.measures.begin() + end}});
    return part;
}

// All of a night in parts of one length, the first of which may be shorter, and the last.
std::vector<Night> parts_of(const Night& night, std::size_t first_length, std::size_t length) {
    std::vector<Night> parts;
    const std::size_t epochs = night.stages.size();
    for (std::size_t first = 0, last = first_length; first < epochs; first = last, last += length)
        parts.push_back(cut(night, first, last = std::min(last, epochs)));
    return parts;
}

// Channels seen with the stages that the adaptation finds from all of these together.
void add_votes(Examples& examples, const Model& model, std::span<const MeasureSeries> series,
               const std::vector<Stage>& stages, std::size_t stride) {
    const auto adaptation = adapt<measure_count>(model.single.shapes, series);
    for (std::size_t c = 0; c < series.size(); ++c)
        add_examples(
            examples,
            channel_inputs<measure_count>(model.single.scale, adaptation.offsets[c], adaptation.posterior, series[c]),
            series[c], stages, stride);
}

// Each channel alone, all together where there are several, and the pair where there is one.
void add_every_way(AllExamples& examples, const Model& model, const Night& night, std::size_t stride) {
    std::vector<MeasureSeries> series;
    for (const StagingChannel& channel : night.channels) {
        series.push_back(without_gain_changes(channel.measures));
        add_votes(examples.single, model, {&series.back(), 1}, night.stages, stride);
    }
    if (series.size() > 1) add_votes(examples.single, model, series, night.stages, stride);
    const auto places = model.has_pair ? frontal_and_posterior(night.channels) : std::nullopt;
    if (!places) return;
    const SeriesOf<pair_count> both = paired(series[places->first], series[places->second]);
    const auto joint = adapt<pair_count>(model.pair.shapes, {&both, 1});
    add_examples(examples.pair, channel_inputs<pair_count>(model.pair.scale, joint.offsets[0], joint.posterior, both),
                 both, night.stages, stride);
}

// A random part of a night, its length log-uniform, its place uniform.
Night random_part(const Night& night, std::mt19937_64& random) {
    const std::size_t epochs = night.stages.size();
    if (epochs <= shortest_part) return night;
    const std::size_t length = log_uniform(random, shortest_part, epochs);
    const auto first = static_cast<std::size_t>(uniform(random) * static_cast<double>(epochs - length + 1));
    return cut(night, first, first + length);
}

// The epochs of a random choice of the stages, one after another, as of somebody who does not wake, or sleeps deeply
// all the time: the rest of the night must not always be what an epoch is measured by. The choice has half an hour or
// more.
Night without_some_stages(const Night& night, std::mt19937_64& random) {
    std::vector<std::size_t> left;
    for (int draw = 0; draw < most_draws && left.size() < shortest_part; ++draw) {
        std::array<bool, 5> kept;
        for (bool& k : kept) k = uniform(random) < stage_kept;
        left.clear();
        for (std::size_t t = 0; t < night.stages.size(); ++t)
            if (night.stages[t] != Stage::unknown && kept[static_cast<std::size_t>(night.stages[t])]) left.push_back(t);
    }
    if (left.size() < shortest_part) return night;
    Night part;
    for (std::size_t t : left) part.stages.push_back(night.stages[t]);
    for (const StagingChannel& channel : night.channels) {
        part.channels.push_back({channel.label, {}});
        for (std::size_t t : left) part.channels.back().measures.push_back(channel.measures[t]);
    }
    return part;
}

// What is judged is what a user gets: the numbers as they stand in a model file.
Model as_written(Model model) {
    model.name = "unnamed";
    return read_model(write_model(model), "the model that was fitted");
}

// Everything but the decision.
Model fit_evidence(const std::vector<Night>& nights, const TrainingOptions& options) {
    std::vector<MeasureSeries> series;
    std::vector<SeriesOf<pair_count>> pairs;
    std::vector<std::vector<Stage>> stages_of_series, stages_of_pairs;
    for (const Night& night : nights) {
        for (const StagingChannel& channel : night.channels) {
            series.push_back(without_gain_changes(channel.measures));
            stages_of_series.push_back(night.stages);
        }
        if (const auto places = frontal_and_posterior(night.channels)) {
            const auto seen = [&](std::size_t place) { return series[series.size() - night.channels.size() + place]; };
            pairs.push_back(paired(seen(places->first), seen(places->second)));
            stages_of_pairs.push_back(night.stages);
        }
    }
    Model model;
    model.single.shapes = fit_shapes<measure_count>(series, stages_of_series);
    model.single.scale = fit_scale<measure_count>(model.single.shapes, series);
    model.has_pair = pairs.size() == nights.size();
    if (model.has_pair) {
        model.pair.shapes = fit_shapes<pair_count>(pairs, stages_of_pairs);
        model.pair.scale = fit_scale<pair_count>(model.pair.shapes, pairs);
    }
    std::mt19937_64 random(options.seed), random_of_brief(options.seed), random_of_stages(options.seed);
    AllExamples examples, brief;
    for (const Night& night : nights) {
        add_every_way(examples, model, night, 1);
        for (int i = 0; i < options.windows_per_night; ++i)
            add_every_way(examples, model, random_part(night, random), part_stride);
        for (int i = 0; i < options.tilings_per_night; ++i) {
            const std::size_t length = log_uniform(random_of_brief, shortest_part, brief_epochs + 1);
            const std::size_t first = 1 + static_cast<std::size_t>(uniform(random_of_brief) * static_cast<double>(length));
            for (const Night& part : parts_of(night, first, length)) add_every_way(brief, model, part, part_stride);
        }
        for (int i = 0; i < options.incomplete_per_night; ++i) {
            const Night one = without_some_stages(night, random_of_stages),
                        other = without_some_stages(night, random_of_stages);
            add_every_way(examples, model, random_part(one, random_of_stages), part_stride);
            const std::size_t length = log_uniform(random_of_stages, shortest_part, brief_epochs + 1);
            for (const Night& part : parts_of(other, length, length)) add_every_way(brief, model, part, part_stride);
        }
    }
    const auto fit = [&](auto& networks, const Examples& from) {
        for (std::size_t k = 0; k < networks.size(); ++k) networks[k] = fit_network(from, options.seed + k);
    };
    fit(model.single.networks, examples.single);
    fit(model.single.brief_networks, brief.single);
    if (model.has_pair) {
        fit(model.pair.networks, examples.pair);
        fit(model.pair.brief_networks, brief.pair);
    }
    return model;
}

struct Judged {
    NightEvidence evidence;
    std::vector<Stage> stages;
};

// The decision with the best kappa, then the sharpness with the best likelihood.
Decision best_decision(const Model& model, const std::vector<Judged>& nights, std::span<const double> weights) {
    Decision best;
    double best_kappa = -2, best_loss = 0;
    for (double window_weight : weights)
        for (double smoothing : smoothing_powers) {
            const Decision decision{smoothing, window_weight, 1};
            Confusion confusion;
            std::array<double, sharpnesses.size()> loss{};
            for (const Judged& night : nights) {
                const Evidence evidence = night.evidence.weighed(window_weight);
                const std::vector<StageProbabilities> p = decide(model, decision, evidence);
                for (std::size_t t = 0; t < p.size(); ++t) {
                    const Stage scored = night.stages[t];
                    if (scored == Stage::unknown || !evidence[t]) continue;
                    ++confusion.counts[static_cast<std::size_t>(scored)][likeliest(p[t])];
                    for (std::size_t k = 0; k < sharpnesses.size(); ++k) {
                        double sum = 0;
                        for (double v : p[t]) sum += portable::pow(std::max(v, 1e-30), sharpnesses[k]);
                        const double of_scored = std::max(p[t][static_cast<std::size_t>(scored)], 1e-30);
                        loss[k] += portable::log(sum) - sharpnesses[k] * portable::log(of_scored);
                    }
                }
            }
            const double kappa = confusion.kappa();
            if (!(kappa > best_kappa)) continue;
            best_kappa = kappa;
            best = decision;
            best_loss = loss[0];
            best.sharpness = sharpnesses[0];
            for (std::size_t k = 1; k < sharpnesses.size(); ++k)
                if (loss[k] < best_loss) {
                    best_loss = loss[k];
                    best.sharpness = sharpnesses[k];
                }
        }
    return best;
}

}  // namespace

Model fit_model(const std::vector<const ScoredNight*>& nights, const TrainingOptions& options) {
    std::set<std::string> persons;
    std::vector<Night> all, learned, aside;
    for (const ScoredNight* night : nights) {
        persons.insert(night->person);
        all.push_back(measured(*night));
    }
    Model model = fit_evidence(all, options);
    if (persons.size() < set_aside) return as_written(std::move(model));  // the default decision
    std::set<std::string> chosen;
    std::size_t rank = 0;
    for (const std::string& person : persons)
        if (++rank % set_aside == 0) chosen.insert(person);
    for (std::size_t k = 0; k < nights.size(); ++k)
        (chosen.count(nights[k]->person) > 0 ? aside : learned).push_back(all[k]);
    const Model partial = as_written(fit_evidence(learned, options));
    std::vector<Judged> alone, together, brief_alone, brief_together;
    const auto judge = [&](const Night& night, std::vector<Judged>& one, std::vector<Judged>& several) {
        for (const StagingChannel& channel : night.channels)
            one.push_back({night_evidence(partial, {&channel, 1}), night.stages});
        if (night.channels.size() > 1) several.push_back({night_evidence(partial, night.channels), night.stages});
    };
    for (const Night& night : aside) {
        judge(night, alone, together);
        for (std::size_t length : brief_excerpts)
            for (const Night& part : parts_of(night, length, length)) judge(part, brief_alone, brief_together);
    }
    model.alone = best_decision(partial, alone, weights_alone);
    model.brief_alone = best_decision(partial, brief_alone, weights_alone);
    if (!together.empty()) {
        model.together = best_decision(partial, together, weights_together);
        model.brief_together = best_decision(partial, brief_together, weights_alone);
    }
    return as_written(std::move(model));
}

Evaluation cross_validate(const std::vector<ScoredNight>& nights, const TrainingOptions& options,
                          const std::function<void(const std::string& person)>& progress) {
    std::set<std::string> persons;
    for (const ScoredNight& night : nights) persons.insert(night.person);
    if (persons.size() < 2) throw DataError("training data", "there is only one person", "add nights of other people");
    Evaluation evaluation;
    for (const std::string& person : persons) {
        std::vector<const ScoredNight*> learned, left_out;
        for (const ScoredNight& night : nights) (night.person == person ? left_out : learned).push_back(&night);
        const Model model = fit_model(learned, options);
        evaluate(model, left_out, evaluation, options.excerpts);
        const auto text = [](const Decision& d) {
            return " smoothing " + std::to_string(d.smoothing) + ", windows " + std::to_string(d.window_weight) +
                   ", sharpness " + std::to_string(d.sharpness);
        };
        progress(person + ": alone" + text(model.alone) + "; together" + text(model.together) + "; brief alone" +
                 text(model.brief_alone) + "; brief together" + text(model.brief_together));
    }
    return evaluation;
}

}  // namespace psg::staging

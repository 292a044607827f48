// Rows of tables of agreement.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/agreement/agreement_rows.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace psg::workflow {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

// All figures of a pair in a fixed order.
std::vector<double> figures_of(const stats::StageAgreement& g) {
    std::vector<double> list{g.accuracy, g.kappa};
    for (const auto* of_stages : {&g.f1, &g.sensitivity, &g.precision, &g.stage_kappa})
        list.insert(list.end(), of_stages->begin(), of_stages->end());
    return list;
}

std::vector<Stage> drawn_from(const std::vector<Stage>& stages, std::span<const std::size_t> drawn) {
    std::vector<Stage> list;
    list.reserve(drawn.size());
    for (std::size_t i : drawn) list.push_back(stages[i]);
    return list;
}

}  // namespace

void StagePair::append(const std::vector<Stage>& a, const std::vector<Stage>& b) {
    nights.push_back(a.size());
    reference.insert(reference.end(), a.begin(), a.end());
    other.insert(other.end(), b.begin(), b.end());
}

void AgreementRows::add(const std::string& of_night, const std::string& a, const std::string& b, const std::string& m,
                        const std::string& s, const stats::Estimate& e, std::int64_t n, std::size_t count) {
    night.push_back(of_night);
    reference.push_back(a);
    other.push_back(b);
    measure.push_back(m);
    stage.push_back(s);
    value.push_back(e.value);
    low.push_back(e.low);
    high.push_back(e.high);
    epochs.push_back(static_cast<std::int32_t>(n));
    nights.push_back(static_cast<std::int32_t>(count));
    reason.emplace_back();
}

void AgreementRows::add_pair(const std::string& of_night, const std::string& a, const std::string& b, const StagePair& pair,
                             const stats::Bootstrap& bootstrap) {
    const auto n = stats::stage_agreement(stats::confusion(pair.reference, pair.other)).epochs;
    const auto estimates = stats::block_bootstrap(pair.nights, bootstrap, [&](std::span<const std::size_t> drawn) {
        return figures_of(
            stats::stage_agreement(stats::confusion(drawn_from(pair.reference, drawn), drawn_from(pair.other, drawn))));
    });
    const std::size_t count = pair.nights.size();
    add(of_night, a, b, "accuracy", "all", estimates[0], n, count);
    add(of_night, a, b, "kappa", "all", estimates[1], n, count);
    std::size_t at = 2;
    for (const char* m : {"f1", "sensitivity", "precision", "kappa"})
        for (Stage s : scored_stages) add(of_night, a, b, m, std::string(stage_name(s)), estimates[at++], n, count);
}

void AgreementRows::add_fleiss(const std::string& of_night, const std::vector<std::vector<Stage>>& scorers,
                               const std::vector<std::size_t>& lengths, const stats::Bootstrap& bootstrap) {
    const auto fleiss = stats::block_bootstrap(lengths, bootstrap, [&](std::span<const std::size_t> drawn) {
        std::vector<std::vector<Stage>> all;
        for (const auto& s : scorers) all.push_back(drawn_from(s, drawn));
        return std::vector<double>{stats::fleiss_kappa(all)};
    });
    std::int64_t complete = 0;
    for (std::size_t i = 0; i < scorers[0].size(); ++i)
        complete += std::all_of(scorers.begin(), scorers.end(), [&](const auto& s) { return s[i] != Stage::unknown; });
    add(of_night, "all", "all", "fleiss_kappa", "all", fleiss[0], complete, lengths.size());
}

void AgreementRows::add_failure(const std::string& of_night, const std::string& scorer, const std::string& why) {
    add(of_night, scorer, "", "", "", {nan_value, nan_value, nan_value}, 0, 0);
    reason.back() = why;
}

Table AgreementRows::table(bool several) && {
    Table t{"agreement", "agreement of scorers, epoch by epoch"};
    if (several) t.add("night", "", "of the list; \"all nights\": their epochs together", std::move(night));
    t.add("reference", "", "scorer taken as right", std::move(reference))
        .add("other", "", "scorer compared", std::move(other))
        .add("measure", "", "accuracy, kappa (Cohen), f1, sensitivity, precision, fleiss_kappa", std::move(measure))
        .add("stage", "", "the stage against all others; all: the five stages", std::move(stage))
        .add("value", "", "NaN where it is not defined", std::move(value))
        .add("low", "", "95 % interval, block bootstrap", std::move(low))
        .add("high", "", "95 % interval, block bootstrap", std::move(high))
        .add("epochs", "", "epochs that both scored", std::move(epochs));
    if (several)
        t.add("nights", "", "in which both scored", std::move(nights))
            .add("reason", "", "why the scoring or night could not be used; empty if it was", std::move(reason));
    return t;
}

void ConfusionRows::add(const std::string& of_night, const std::string& a, const std::string& b,
                        const stats::Confusion& counts) {
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t k = 0; k < 5; ++k) {
            night.push_back(of_night);
            reference.push_back(a);
            other.push_back(b);
            from.emplace_back(stage_name(scored_stages[r]));
            to.emplace_back(stage_name(scored_stages[k]));
            epochs.push_back(static_cast<std::int32_t>(counts[r][k]));
        }
}

Table ConfusionRows::table(bool several) && {
    Table t{"confusion", "epochs by the stages of two scorers"};
    if (several) t.add("night", "", "", std::move(night));
    t.add("reference", "", "", std::move(reference)).add("other", "", "", std::move(other));
    t.add("reference_stage", "", "", std::move(from)).add("other_stage", "", "", std::move(to));
    t.add("epochs", "", "that both scored", std::move(epochs));
    return t;
}

}  // namespace psg::workflow

// Agreement of scorers as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/agreement_tables.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/stats/sleep_architecture.hpp"

namespace psg::workflow {

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

// Rows of the table of agreement.
struct Rows {
    std::vector<std::string> reference, other, measure, stage;
    std::vector<double> value, low, high;
    std::vector<std::int32_t> epochs;

    void add(const std::string& a, const std::string& b, const std::string& m, const std::string& s,
             const stats::Estimate& e, std::int64_t n) {
        reference.push_back(a);
        other.push_back(b);
        measure.push_back(m);
        stage.push_back(s);
        value.push_back(e.value);
        low.push_back(e.low);
        high.push_back(e.high);
        epochs.push_back(static_cast<std::int32_t>(n));
    }
};

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

void add_pair(Rows& rows, const std::string& name_a, const std::string& name_b, const std::vector<Stage>& a,
              const std::vector<Stage>& b, const stats::Bootstrap& bootstrap) {
    const auto n = stats::stage_agreement(stats::confusion(a, b)).epochs;
    const auto estimates = stats::block_bootstrap(a.size(), bootstrap, [&](std::span<const std::size_t> drawn) {
        return figures_of(stats::stage_agreement(stats::confusion(drawn_from(a, drawn), drawn_from(b, drawn))));
    });
    rows.add(name_a, name_b, "accuracy", "all", estimates[0], n);
    rows.add(name_a, name_b, "kappa", "all", estimates[1], n);
    std::size_t at = 2;
    for (const char* measure : {"f1", "sensitivity", "precision", "kappa"})
        for (Stage s : scored_stages) rows.add(name_a, name_b, measure, std::string(stage_name(s)), estimates[at++], n);
}

}  // namespace

ScoredTogether::ScoredTogether(std::vector<ScorerStages> scorers) : scorers_(std::move(scorers)) {
    if (scorers_.size() < 2) throw UsageError("agreement needs two scorers or more");
    const Hypnogram& first = scorers_.front().hypnogram;
    Time start = first.start, end = first.extent().offset;
    for (const ScorerStages& s : scorers_) {
        const Hypnogram& h = s.hypnogram;
        if (h.epoch != first.epoch || (h.start - first.start) % first.epoch != Time(0))
            throw DataError(s.name, "its epochs are not those of " + scorers_.front().name,
                            "score the same epochs of the same recording");
        start = std::min(start, h.start);
        end = std::max(end, h.extent().offset);
    }
    for (ScorerStages& s : scorers_) {
        std::vector<Stage> stages(static_cast<std::size_t>((s.hypnogram.start - start) / first.epoch), Stage::unknown);
        stages.insert(stages.end(), s.hypnogram.stages.begin(), s.hypnogram.stages.end());
        stages.resize(static_cast<std::size_t>((end - start) / first.epoch), Stage::unknown);
        stages_.push_back(std::move(stages));
    }
    for (std::size_t i = 0; i < scorers_.size(); ++i) {
        scorers_[i].hypnogram.start = start;
        scorers_[i].hypnogram.stages = stages_[i];
        scorers_[i].hypnogram.probabilities.clear();
    }
}

Table ScoredTogether::agreement(const stats::Bootstrap& bootstrap) const {
    Rows rows;
    const std::size_t n = scorers_.size();
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a + 1; b < n; ++b)
            add_pair(rows, scorers_[a].name, scorers_[b].name, stages_[a], stages_[b], bootstrap);
    if (n > 2) {
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<std::vector<Stage>> others = stages_;
            others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
            add_pair(rows, "consensus of the others", scorers_[i].name, stats::consensus(others), stages_[i], bootstrap);
        }
        const auto fleiss = stats::block_bootstrap(stages_[0].size(), bootstrap, [&](std::span<const std::size_t> drawn) {
            std::vector<std::vector<Stage>> all;
            for (const auto& s : stages_) all.push_back(drawn_from(s, drawn));
            return std::vector<double>{stats::fleiss_kappa(all)};
        });
        std::int64_t complete = 0;
        for (std::size_t i = 0; i < stages_[0].size(); ++i)
            complete += std::all_of(stages_.begin(), stages_.end(), [&](const auto& s) { return s[i] != Stage::unknown; });
        rows.add("all", "all", "fleiss_kappa", "all", fleiss[0], complete);
    }
    Table t{"agreement", "agreement of scorers, epoch by epoch"};
    t.add("reference", "", "scorer taken as right", std::move(rows.reference))
        .add("other", "", "scorer compared", std::move(rows.other))
        .add("measure", "", "accuracy, kappa (Cohen), f1, sensitivity, precision, fleiss_kappa", std::move(rows.measure))
        .add("stage", "", "the stage against all others; all: the five stages", std::move(rows.stage))
        .add("value", "", "NaN where it is not defined", std::move(rows.value))
        .add("low", "", "95 % interval, block bootstrap", std::move(rows.low))
        .add("high", "", "95 % interval, block bootstrap", std::move(rows.high))
        .add("epochs", "", "epochs that both scored", std::move(rows.epochs));
    return t;
}

Table ScoredTogether::confusion() const {
    std::vector<std::string> reference, other, from, to;
    std::vector<std::int32_t> epochs;
    for (std::size_t a = 0; a < scorers_.size(); ++a)
        for (std::size_t b = a + 1; b < scorers_.size(); ++b) {
            const auto c = stats::confusion(stages_[a], stages_[b]);
            for (std::size_t r = 0; r < 5; ++r)
                for (std::size_t k = 0; k < 5; ++k) {
                    reference.push_back(scorers_[a].name);
                    other.push_back(scorers_[b].name);
                    from.emplace_back(stage_name(scored_stages[r]));
                    to.emplace_back(stage_name(scored_stages[k]));
                    epochs.push_back(static_cast<std::int32_t>(c[r][k]));
                }
        }
    Table t{"confusion", "epochs by the stages of two scorers"};
    t.add("reference", "", "", reference).add("other", "", "", other).add("reference_stage", "", "", from);
    t.add("other_stage", "", "", to).add("epochs", "", "that both scored", epochs);
    return t;
}

Table ScoredTogether::epochs() const {
    const Hypnogram& grid = scorers_.front().hypnogram;
    const std::size_t n = stages_.front().size();
    std::vector<std::int32_t> epoch;
    std::vector<double> onset;
    for (std::size_t i = 0; i < n; ++i) {
        epoch.push_back(static_cast<std::int32_t>(i));
        onset.push_back(seconds(grid.epoch_extent(i).onset));
    }
    const auto names = [](const std::vector<Stage>& stages) {
        std::vector<std::string> list;
        for (Stage s : stages) list.emplace_back(stage_name(s));
        return list;
    };
    Table t{"epochs", "stages by every scorer and their consensus"};
    t.add("epoch", "", "from 0", epoch).add("onset", "s", "", onset);
    for (std::size_t s = 0; s < scorers_.size(); ++s)
        t.add(scorers_[s].name, "", "stage by this scorer", names(stages_[s]));
    t.add("consensus", "", "most votes; a tie goes to the scorer who agrees best", names(stats::consensus(stages_)));
    return t;
}

Table ScoredTogether::sleep() const {
    std::vector<std::vector<stats::SleepMeasure>> all;
    for (const ScorerStages& s : scorers_)
        all.push_back(stats::sleep_measures(stats::sleep_architecture(s.hypnogram, s.hypnogram.extent())));
    std::vector<std::string> name, unit, text;
    for (const stats::SleepMeasure& m : all.front()) {
        name.push_back(m.name);
        unit.push_back(m.unit);
        text.push_back(m.text);
    }
    Table t{"sleep", "sleep statistics side by side"};
    t.add("measure", "", "", name).add("unit", "", "", unit);
    for (std::size_t s = 0; s < scorers_.size(); ++s) {
        std::vector<double> value;
        for (const stats::SleepMeasure& m : all[s]) value.push_back(m.value);
        t.add(scorers_[s].name, "", "by this scorer", value);
    }
    for (std::size_t s = 1; s < scorers_.size(); ++s) {
        std::vector<double> difference;
        for (std::size_t i = 0; i < name.size(); ++i) difference.push_back(all[s][i].value - all[0][i].value);
        t.add(scorers_[s].name + " - " + scorers_[0].name, "", "difference", difference);
    }
    t.add("formula", "", "", text);
    return t;
}

Table event_agreement_table(const EventList& reference, const EventList& other, double least_overlap) {
    std::set<std::string> kinds;
    for (const EventList* list : {&reference, &other})
        for (const Event& e : *list) kinds.insert(e.kind);
    const auto of = [](const EventList& all, const std::string& kind) {
        EventList list;
        for (const Event& e : all)
            if (e.kind == kind) list.push_back(e);
        return list;
    };
    std::vector<std::string> kind;
    std::vector<std::int32_t> in_reference, in_other, matched;
    std::vector<double> sensitivity, precision, f1, onset, onset_low, onset_high, offset, offset_low, offset_high;
    for (const std::string& k : kinds) {
        const auto g = stats::event_agreement(of(reference, k), of(other, k), least_overlap);
        kind.push_back(k);
        in_reference.push_back(g.reference_count);
        in_other.push_back(g.other_count);
        matched.push_back(static_cast<std::int32_t>(g.pairs.size()));
        sensitivity.push_back(g.sensitivity);
        precision.push_back(g.precision);
        f1.push_back(g.f1);
        onset.push_back(g.onset_error_s.value);
        onset_low.push_back(g.onset_error_s.low);
        onset_high.push_back(g.onset_error_s.high);
        offset.push_back(g.offset_error_s.value);
        offset_low.push_back(g.offset_error_s.low);
        offset_high.push_back(g.offset_error_s.high);
    }
    Table t{"event_agreement", "events of two scorers, matched one to one by overlap"};
    t.add("class", "", "", kind)
        .add("reference", "", "events of the first scorer", in_reference)
        .add("other", "", "events of the second scorer", in_other)
        .add("matched", "", "pairs", matched)
        .add("sensitivity", "", "matched / reference", sensitivity)
        .add("precision", "", "matched / other", precision)
        .add("f1", "", "2 matched / (reference + other)", f1)
        .add("onset_error", "s", "other - reference, median", onset)
        .add("onset_error_q1", "s", "first quartile", onset_low)
        .add("onset_error_q3", "s", "third quartile", onset_high)
        .add("offset_error", "s", "other - reference, median", offset)
        .add("offset_error_q1", "s", "first quartile", offset_low)
        .add("offset_error_q3", "s", "third quartile", offset_high);
    return t;
}

}  // namespace psg::workflow

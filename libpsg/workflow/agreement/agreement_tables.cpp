// Agreement of scorers of one night as tables.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/agreement/agreement_tables.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/workflow/agreement/agreement_rows.hpp"

namespace psg::workflow {

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
    for (const ScorerStages& s : scorers_)
        if (s.hypnogram.start != first.start || s.hypnogram.stages.size() != first.stages.size())
            findings_.push_back(
                {.code = FindingCode::AGREEMENT_LENGTHS,
                 .message = s.name + " has " + std::to_string(s.hypnogram.stages.size()) + " epochs from " +
                            format_seconds(s.hypnogram.start) + " s on, " + scorers_.front().name + " has " +
                            std::to_string(first.stages.size()) + " from " + format_seconds(first.start) + " s on",
                 .repair = "epochs that one of a pair lacks are left out of its figures"});
    for (ScorerStages& s : scorers_) {
        std::vector<Stage> stages(static_cast<std::size_t>((s.hypnogram.start - start) / first.epoch), Stage::unknown);
        stages.insert(stages.end(), s.hypnogram.stages.begin(), s.hypnogram.stages.end());
        stages.resize(static_cast<std::size_t>((end - start) / first.epoch), Stage::unknown);
        stages_.push_back(std::move(stages));
    }
    for (std::size_t a = 0; a < scorers_.size(); ++a)
        for (std::size_t b = a + 1; b < scorers_.size(); ++b) {
            bool common = false;
            for (std::size_t t = 0; t < stages_[a].size() && !common; ++t) common = stages_[a][t] != Stage::unknown && stages_[b][t] != Stage::unknown;
            if (!common)
                findings_.push_back({.code = FindingCode::AGREEMENT_LENGTHS,
                                     .message = scorers_[a].name + " and " + scorers_[b].name + " have no scored epoch in common",
                                     .repair = "their agreement is NaN; see that both are scorings of this recording"});
        }
    for (std::size_t i = 0; i < scorers_.size(); ++i) {
        scorers_[i].hypnogram.start = start;
        scorers_[i].hypnogram.stages = stages_[i];
        scorers_[i].hypnogram.probabilities.clear();
    }
}

std::vector<Stage> ScoredTogether::consensus_without(std::size_t scorer) const {
    std::vector<std::vector<Stage>> others = stages_;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(scorer));
    return stats::consensus(others);
}

Table ScoredTogether::agreement(const stats::Bootstrap& bootstrap) const {
    AgreementRows rows;
    const std::size_t n = scorers_.size();
    const auto add = [&](const std::string& name_a, const std::string& name_b, const std::vector<Stage>& a, const std::vector<Stage>& b) {
        StagePair pair;
        pair.append(a, b);
        rows.add_pair("", name_a, name_b, pair, bootstrap);
    };
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a + 1; b < n; ++b) add(scorers_[a].name, scorers_[b].name, stages_[a], stages_[b]);
    if (n > 2) {
        for (std::size_t i = 0; i < n; ++i) add(consensus_name, scorers_[i].name, consensus_without(i), stages_[i]);
        rows.add_fleiss("", stages_, {stages_[0].size()}, bootstrap);
    }
    return std::move(rows).table(false);
}

Table ScoredTogether::confusion() const {
    ConfusionRows rows;
    for (std::size_t a = 0; a < scorers_.size(); ++a)
        for (std::size_t b = a + 1; b < scorers_.size(); ++b)
            rows.add("", scorers_[a].name, scorers_[b].name, stats::confusion(stages_[a], stages_[b]));
    return std::move(rows).table(false);
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

Interval ScoredTogether::window() const {
    std::optional<Time> off, on;
    Interval common = scorers_.front().hypnogram.scored_extent();
    for (const ScorerStages& s : scorers_) {
        if (!off) off = s.lights_off;
        if (!on) on = s.lights_on;
        const Interval scored = s.hypnogram.scored_extent();
        common = {std::max(common.onset, scored.onset), std::min(common.offset, scored.offset)};
    }
    return {off.value_or(common.onset), std::max(on.value_or(common.offset), off.value_or(common.onset))};
}

std::vector<std::vector<stats::SleepMeasure>> ScoredTogether::sleep_measures() const {
    std::vector<std::vector<stats::SleepMeasure>> all;
    for (const ScorerStages& s : scorers_)
        all.push_back(stats::sleep_measures(stats::sleep_architecture(s.hypnogram, window())));
    return all;
}

Table ScoredTogether::sleep() const {
    const auto all = sleep_measures();
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

Table event_agreement_table(const std::vector<ScorerEvents>& nights, double least_overlap, const stats::Bootstrap& bootstrap) {
    std::set<std::string> kinds;
    for (const ScorerEvents& night : nights)
        for (const EventList* list : {&night.reference, &night.other})
            for (const Event& e : *list) kinds.insert(e.kind);
    const auto of = [](const EventList& all, const std::string& kind) {
        EventList list;
        for (const Event& e : all)
            if (e.kind == kind) list.push_back(e);
        return list;
    };
    std::vector<std::string> night, kind;
    std::vector<std::int32_t> in_reference, in_other, matched;
    std::vector<stats::Estimate> sensitivity, precision, f1, onset, offset;
    const auto add = [&](const std::string& name, const std::string& k, std::span<const stats::MatchedNight> of_nights) {
        std::int32_t reference_count = 0, other_count = 0, pairs = 0;
        std::vector<double> onsets, offsets;
        for (const stats::MatchedNight& n : of_nights) {
            reference_count += n.agreement.reference_count;
            other_count += n.agreement.other_count;
            pairs += static_cast<std::int32_t>(n.agreement.pairs.size());
            for (const auto& p : n.agreement.pairs) {
                const Interval &a = n.reference[p.reference].extent, &b = n.other[p.other].extent;
                onsets.push_back(seconds(b.onset - a.onset));
                offsets.push_back(seconds(b.offset - a.offset));
            }
        }
        const auto e = stats::event_estimates(of_nights, bootstrap);
        night.push_back(name);
        kind.push_back(k);
        in_reference.push_back(reference_count);
        in_other.push_back(other_count);
        matched.push_back(pairs);
        sensitivity.push_back(e.sensitivity);
        precision.push_back(e.precision);
        f1.push_back(e.f1);
        onset.push_back(stats::quartiles(std::move(onsets)));
        offset.push_back(stats::quartiles(std::move(offsets)));
    };
    for (const std::string& k : kinds) {
        std::vector<stats::MatchedNight> all;
        for (const ScorerEvents& n : nights) {
            stats::MatchedNight m{of(n.reference, k), of(n.other, k), {}};
            m.agreement = stats::event_agreement(m.reference, m.other, least_overlap);
            all.push_back(std::move(m));
            add(n.night, k, {&all.back(), 1});
        }
        if (nights.size() > 1) add("all nights", k, all);
    }
    const auto add_figure = [](Table& t, const std::string& name, const std::string& unit, const std::string& text,
                               const std::string& low, const std::string& high, const std::string& of_ends,
                               const std::vector<stats::Estimate>& figures) {
        std::vector<double> value, from, to;
        for (const stats::Estimate& e : figures) {
            value.push_back(e.value);
            from.push_back(e.low);
            to.push_back(e.high);
        }
        t.add(name, unit, text, value).add(name + low, unit, of_ends, from).add(name + high, unit, of_ends, to);
    };
    Table t{"event_agreement", "events of two scorers, matched one to one by overlap"};
    if (nights.size() != 1 || !nights[0].night.empty()) t.add("night", "", "of the list; \"all nights\": their events together", night);
    t.add("class", "", "", kind)
        .add("reference", "", "events of the first scorer", in_reference)
        .add("other", "", "events of the second scorer", in_other)
        .add("matched", "", "pairs", matched);
    const std::string interval = "95 % interval, block bootstrap";
    add_figure(t, "sensitivity", "", "matched / reference", "_low", "_high", interval, sensitivity);
    add_figure(t, "precision", "", "matched / other", "_low", "_high", interval, precision);
    add_figure(t, "f1", "", "2 matched / (reference + other)", "_low", "_high", interval, f1);
    add_figure(t, "onset_error", "s", "other - reference, median", "_q1", "_q3", "quartile", onset);
    add_figure(t, "offset_error", "s", "other - reference, median", "_q1", "_q3", "quartile", offset);
    return t;
}

}  // namespace psg::workflow

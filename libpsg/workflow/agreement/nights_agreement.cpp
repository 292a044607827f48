// Agreement of scorers over several nights.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/agreement/nights_agreement.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/stats/limits_of_agreement.hpp"
#include "libpsg/workflow/agreement/agreement_rows.hpp"
#include "libpsg/workflow/agreement/compared_night.hpp"
#include "libpsg/workflow/scored_file.hpp"

namespace psg::workflow {

static constexpr int fewest_changes_of_a_night = 3;  // proposed

NightsTogether::NightsTogether(const NightList& list, const io::ScoringOptions& given, Findings& findings)
    : scorers_(list.columns) {
    if (scorers_.size() < 2) throw UsageError("the list names fewer than two scorers", "give a column of files for each");
    io::ScoringOptions options = given;
    options.use = io::ScoringUse::hypnogram;
    for (const ListedNight& listed : list.nights) {
        Night night{listed.name, {}, {}, {}};
        Findings of_night;
        std::vector<ScorerStages> scorers;
        try {
            read_scorings(
                listed, options, of_night,
                [&](std::size_t c, const io::Scoring& s) {
                    scorers.push_back({scorers_[c], *s.hypnogram, s.lights_off, s.lights_on});
                    night.columns.push_back(c);
                },
                [&](std::size_t c, const std::string& why) { night.failures.push_back({scorers_[c], why}); });
            keep_common_grid(scorers, night);
            ask_for_two(scorers.size(), listed);
            night.scored.emplace(std::move(scorers));
            of_night.insert(of_night.end(), night.scored->findings().begin(), night.scored->findings().end());
        } catch (const DataError& e) {
            night.failures.push_back({"", e.what()});
        }
        append_findings(findings, listed.name, std::move(of_night));
        nights_.push_back(std::move(night));
    }
}

std::vector<std::string> NightsTogether::doubts() const {
    std::vector<std::string> list;
    std::map<std::pair<std::vector<std::size_t>, std::vector<std::vector<Stage>>>, std::string> seen;
    std::set<std::size_t> scorers;
    for (const Night& n : nights_) {
        if (!n.scored) continue;
        scorers.insert(n.columns.begin(), n.columns.end());
        const std::vector<Stage>& stages = n.scored->stages().front();
        // a night all awake may well be like another
        int changes = 0;
        for (std::size_t i = 1; i < stages.size(); ++i) changes += stages[i] != stages[i - 1] ? 1 : 0;
        if (changes < fewest_changes_of_a_night) continue;
        const auto [earlier, is_new] = seen.emplace(std::pair(n.columns, n.scored->stages()), n.name);
        if (!is_new) list.push_back(alike_nights_words(n.name, earlier->second));
    }
    for (std::size_t c = 0; c < scorers_.size(); ++c)
        if (!scorers.contains(c)) list.push_back(absent_scorer_words(scorers_[c]));
    return list;
}

// Leaves the scorers whose epochs begin as those of most do, the earlier ones where as many do.
void NightsTogether::keep_common_grid(std::vector<ScorerStages>& scorers, Night& night) {
    const auto grid = [](const ScorerStages& s) { return std::pair(s.hypnogram.epoch, s.hypnogram.start % s.hypnogram.epoch); };
    std::size_t best = 0, best_count = 0;
    for (std::size_t i = 0; i < scorers.size(); ++i) {
        const auto count = static_cast<std::size_t>(
            std::count_if(scorers.begin(), scorers.end(), [&](const ScorerStages& s) { return grid(s) == grid(scorers[i]); }));
        if (count > best_count) {
            best = i;
            best_count = count;
        }
    }
    if (scorers.empty()) return;
    const auto wanted = grid(scorers[best]);
    for (std::size_t i = scorers.size(); i-- > 0;) {
        if (grid(scorers[i]) == wanted) continue;
        night.failures.push_back({scorers[i].name, "its epochs begin " + format_seconds(grid(scorers[i]).second - wanted.second) +
                                                       " s off those of the other scorings"});
        scorers.erase(scorers.begin() + static_cast<std::ptrdiff_t>(i));
        night.columns.erase(night.columns.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

std::vector<std::string> NightsTogether::failures() const {
    std::vector<std::string> list;
    for (const Night& n : nights_)
        for (const Failure& f : n.failures) list.push_back(n.name + (f.scorer.empty() ? "" : ", " + f.scorer) + ": " + f.reason);
    return list;
}

std::size_t NightsTogether::used() const {
    return static_cast<std::size_t>(std::count_if(nights_.begin(), nights_.end(), [](const Night& n) { return n.scored.has_value(); }));
}

// Every pair of scorers in each night: `each(night, column a, column b, place a, place b)`.
template <class F>
void NightsTogether::each_pair(F each) const {
    for (const Night& n : nights_)
        for (std::size_t a = 0; n.scored && a < n.columns.size(); ++a)
            for (std::size_t b = a + 1; b < n.columns.size(); ++b) each(n, n.columns[a], n.columns[b], a, b);
}

Table NightsTogether::agreement(const stats::Bootstrap& bootstrap) const {
    AgreementRows rows;
    std::map<std::pair<std::size_t, std::size_t>, StagePair> pairs;
    std::map<std::size_t, StagePair> consensus;
    std::vector<std::vector<Stage>> all(scorers_.size());
    std::vector<std::size_t> lengths;
    for (const Night& n : nights_) {
        for (const Failure& f : n.failures) rows.add_failure(n.name, f.scorer, f.reason);
        if (!n.scored) continue;
        const auto& stages = n.scored->stages();
        const auto add = [&](const std::string& a, const std::string& b, const std::vector<Stage>& x, const std::vector<Stage>& y) {
            StagePair pair;
            pair.append(x, y);
            rows.add_pair(n.name, a, b, pair, bootstrap);
        };
        for (std::size_t a = 0; a < stages.size(); ++a)
            for (std::size_t b = a + 1; b < stages.size(); ++b) {
                add(scorers_[n.columns[a]], scorers_[n.columns[b]], stages[a], stages[b]);
                pairs[{n.columns[a], n.columns[b]}].append(stages[a], stages[b]);
            }
        if (stages.size() > 2) {
            for (std::size_t i = 0; i < stages.size(); ++i) {
                const auto of_others = n.scored->consensus_without(i);
                add(consensus_name, scorers_[n.columns[i]], of_others, stages[i]);
                consensus[n.columns[i]].append(of_others, stages[i]);
            }
            rows.add_fleiss(n.name, stages, {stages[0].size()}, bootstrap);
        }
        if (stages.size() == scorers_.size()) {
            for (std::size_t i = 0; i < stages.size(); ++i) all[i].insert(all[i].end(), stages[i].begin(), stages[i].end());
            lengths.push_back(stages[0].size());
        }
    }
    for (const auto& [who, pair] : pairs) rows.add_pair(all_nights, scorers_[who.first], scorers_[who.second], pair, bootstrap);
    for (const auto& [who, pair] : consensus) rows.add_pair(all_nights, consensus_name, scorers_[who], pair, bootstrap);
    if (scorers_.size() > 2 && !lengths.empty()) rows.add_fleiss(all_nights, all, lengths, bootstrap);
    return std::move(rows).table(true);
}

Table NightsTogether::confusion() const {
    ConfusionRows rows;
    std::map<std::pair<std::size_t, std::size_t>, stats::Confusion> sums;
    each_pair([&](const Night& n, std::size_t a, std::size_t b, std::size_t i, std::size_t j) {
        const auto c = stats::confusion(n.scored->stages()[i], n.scored->stages()[j]);
        rows.add(n.name, scorers_[a], scorers_[b], c);
        auto& sum = sums[{a, b}];
        for (std::size_t r = 0; r < 5; ++r)
            for (std::size_t k = 0; k < 5; ++k) sum[r][k] += c[r][k];
    });
    for (const auto& [who, sum] : sums) rows.add(all_nights, scorers_[who.first], scorers_[who.second], sum);
    return std::move(rows).table(true);
}

Table NightsTogether::nights() const {
    std::vector<std::string> night, reference, other, measure, unit, formula;
    std::vector<double> a_value, b_value, difference;
    each_pair([&](const Night& n, std::size_t a, std::size_t b, std::size_t i, std::size_t j) {
        const auto measures = n.scored->sleep_measures();
        for (std::size_t k = 0; k < measures[i].size(); ++k) {
            const stats::SleepMeasure &x = measures[i][k], &y = measures[j][k];
            night.push_back(n.name);
            reference.push_back(scorers_[a]);
            other.push_back(scorers_[b]);
            measure.push_back(x.name);
            unit.push_back(x.unit);
            formula.push_back(x.text);
            a_value.push_back(x.value);
            b_value.push_back(y.value);
            difference.push_back(y.value - x.value);
        }
    });
    Table t{"nights", "sleep statistics of each night by two scorers"};
    t.add("night", "", "", night).add("reference", "", "", reference).add("other", "", "", other).add("measure", "", "", measure);
    t.add("unit", "", "", unit).add("reference_value", "", "in `unit`", a_value).add("other_value", "", "in `unit`", b_value);
    t.add("difference", "", "other - reference", difference).add("formula", "", "", formula);
    return t;
}

Table NightsTogether::sleep() const {
    struct Differences {
        std::vector<double> values;
        double reference = 0, other = 0;  // sums
    };
    std::map<std::pair<std::size_t, std::size_t>, std::vector<Differences>> pairs;
    std::vector<stats::SleepMeasure> names;
    each_pair([&](const Night& n, std::size_t a, std::size_t b, std::size_t i, std::size_t j) {
        const auto measures = n.scored->sleep_measures();
        names = measures[i];
        auto& of_pair = pairs[{a, b}];
        of_pair.resize(names.size());
        for (std::size_t k = 0; k < names.size(); ++k) {
            const double x = measures[i][k].value, y = measures[j][k].value, d = y - x;
            if (d != d) continue;  // one of them has no such moment
            of_pair[k].values.push_back(d);
            of_pair[k].reference += x;
            of_pair[k].other += y;
        }
    });
    std::vector<std::string> reference, other, measure, unit;
    std::vector<std::int32_t> nights;
    std::vector<double> mean_a, mean_b, sd;
    std::array<std::vector<stats::Estimate>, 3> figures;
    for (const auto& [who, list] : pairs)
        for (std::size_t k = 0; k < list.size(); ++k) {
            const stats::Limits l = stats::limits_of_agreement(list[k].values);
            const auto count = static_cast<double>(l.nights);
            const auto mean = [&](double sum) { return l.nights > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN(); };
            reference.push_back(scorers_[who.first]);
            other.push_back(scorers_[who.second]);
            measure.push_back(names[k].name);
            unit.push_back(names[k].unit);
            nights.push_back(static_cast<std::int32_t>(l.nights));
            mean_a.push_back(mean(list[k].reference));
            mean_b.push_back(mean(list[k].other));
            sd.push_back(l.sd);
            figures[0].push_back(l.bias);
            figures[1].push_back(l.lower);
            figures[2].push_back(l.upper);
        }
    Table t{"sleep", "bias and limits of agreement of sleep statistics over the nights (Bland & Altman 1999)"};
    t.add("reference", "", "", reference).add("other", "", "", other).add("measure", "", "", measure).add("unit", "", "", unit);
    t.add("nights", "", "in which both have the measure", nights);
    t.add("reference_mean", "", "in `unit`", mean_a).add("other_mean", "", "in `unit`", mean_b);
    const char* columns[] = {"bias", "lower", "upper"};
    const char* texts[] = {"mean of other - reference", "lower limit of agreement: bias - 1.96 sd", "upper limit of agreement: bias + 1.96 sd"};
    for (std::size_t f = 0; f < figures.size(); ++f) {
        std::vector<double> value, low, high;
        for (const stats::Estimate& e : figures[f]) {
            value.push_back(e.value);
            low.push_back(e.low);
            high.push_back(e.high);
        }
        const std::string name = columns[f], interval = "95 % interval, Student's t";
        t.add(name, "", texts[f], value).add(name + "_low", "", interval, low).add(name + "_high", "", interval, high);
        if (f == 0) t.add("sd", "", "of other - reference", sd);
    }
    return t;
}

Table contents_of_nights(const NightList& list, const io::ScoringOptions& given, std::vector<std::string>& failures) {
    io::ScoringOptions options = given;
    options.use = io::ScoringUse::everything;
    std::vector<std::string> night, scorer, format, reason;
    std::vector<std::int32_t> epochs, movements, respiratory, arousals;
    for (const ListedNight& listed : list.nights)
        for (std::size_t c = 0; c < listed.files.size(); ++c) {
            if (listed.files[c].empty()) continue;
            io::Scoring s;
            std::string why;
            try {
                Findings ignored;
                s = read_scoring(listed.files[c], recording_of(listed.recording), options, ignored);
            } catch (const std::exception& e) {
                why = e.what();
                failures.push_back(listed.name + ", " + list.columns[c] + ": " + why);
            }
            night.push_back(listed.name);
            scorer.push_back(list.columns[c]);
            format.push_back(s.format);
            std::int32_t scored = 0;
            if (s.hypnogram)
                for (const Stage stage : s.hypnogram->stages) scored += stage != Stage::unknown;
            epochs.push_back(scored);
            movements.push_back(static_cast<std::int32_t>(s.movements.size()));
            respiratory.push_back(static_cast<std::int32_t>(s.respiratory.size()));
            arousals.push_back(static_cast<std::int32_t>(s.arousals.size()));
            reason.push_back(why);
        }
    Table t{"contents", "what each file of the list holds"};
    t.add("night", "", "", night).add("scorer", "", "column of the list", scorer).add("format", "", "", format);
    t.add("epochs", "", "scored", epochs).add("movements", "", "", movements).add("respiratory", "", "", respiratory);
    t.add("arousals", "", "", arousals).add("reason", "", "why the file cannot be read; empty if it can", reason);
    return t;
}

}  // namespace psg::workflow

// Agreement of scorers on the events of several nights.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/agreement/night_events_agreement.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>

#include "libpsg/model/error.hpp"
#include "libpsg/workflow/agreement/agreement_tables.hpp"
#include "libpsg/workflow/agreement/compared_night.hpp"

namespace psg::workflow {

namespace {

// Rows of a table with the same columns.
void append_rows(Table& all, Table more) {
    if (all.columns.empty()) {
        all = std::move(more);
        return;
    }
    for (std::size_t c = 0; c < all.columns.size(); ++c)
        std::visit(
            [&](auto& values) {
                const auto& others = std::get<std::decay_t<decltype(values)>>(more.columns[c].values);
                values.insert(values.end(), others.begin(), others.end());
            },
            all.columns[c].values);
}

// Nothing, NaN and 0.
void append_empty_row(Table& table) {
    for (Column& column : table.columns)
        std::visit(
            [](auto& values) {
                using V = typename std::decay_t<decltype(values)>::value_type;
                if constexpr (std::is_floating_point_v<V>)
                    values.push_back(std::numeric_limits<V>::quiet_NaN());
                else
                    values.emplace_back();
            },
            column.values);
}

}  // namespace

Table event_agreement_of_nights(const NightList& list, const io::ScoringOptions& options, double least_overlap,
                                const stats::Bootstrap& bootstrap, Findings& findings, std::vector<std::string>& doubts,
                                std::vector<std::string>& failures) {
    if (list.columns.size() < 2) throw UsageError("the list names fewer than two scorers", "give a column of files for each");
    std::map<std::pair<std::size_t, std::size_t>, std::vector<ScorerEvents>> pairs;
    std::vector<std::string> failed_nights, failed_scorers, reasons;
    std::map<std::vector<std::tuple<std::size_t, std::string, Time, Time>>, std::string> seen;  // nights by all their events
    std::set<std::size_t> readable, with_events;
    const auto fail = [&](const std::string& night, const std::string& scorer, const std::string& why) {
        failures.push_back(night + (scorer.empty() ? "" : ", " + scorer) + ": " + why);
        failed_nights.push_back(night);
        failed_scorers.push_back(scorer);
        reasons.push_back(why);
    };
    for (const ListedNight& listed : list.nights) {
        std::vector<std::optional<EventList>> events(listed.files.size());
        Findings of_night;
        try {
            std::size_t read = 0;
            read_scorings(
                listed, options, of_night,
                [&](std::size_t c, const io::Scoring& s) {
                    events[c] = s.*io::event_use(options.use).events;
                    ++read;
                },
                [&](std::size_t c, const std::string& why) { fail(listed.name, list.columns[c], why); });
            ask_for_two(read, listed);
        } catch (const DataError& e) {
            fail(listed.name, "", e.what());
            events.clear();
        }
        append_findings(findings, listed.name, std::move(of_night));
        std::vector<std::tuple<std::size_t, std::string, Time, Time>> all_of_night;
        std::set<std::size_t> of_scorers;
        for (std::size_t c = 0; c < events.size(); ++c) {
            if (!events[c]) continue;
            readable.insert(c);
            for (const Event& e : *events[c]) {
                all_of_night.emplace_back(c, e.kind, e.extent.onset, e.extent.offset);
                of_scorers.insert(c);
            }
        }
        with_events.insert(of_scorers.begin(), of_scorers.end());
        if (of_scorers.size() > 1) {
            const auto [earlier, is_new] = seen.emplace(std::move(all_of_night), listed.name);
            if (!is_new) doubts.push_back(alike_nights_words(listed.name, earlier->second));
        }
        for (std::size_t a = 0; a < events.size(); ++a)
            for (std::size_t b = a + 1; b < events.size(); ++b)
                if (events[a] && events[b]) pairs[{a, b}].push_back({listed.name, *events[a], *events[b]});
    }
    for (std::size_t c = 0; c < list.columns.size(); ++c)
        if (!readable.contains(c)) doubts.push_back(absent_scorer_words(list.columns[c]));
        else if (!with_events.contains(c)) doubts.push_back(no_events_words(list.columns[c], options.use));
    Table all{"event_agreement", "events of two scorers, matched one to one by overlap"};
    std::vector<std::string> reference, other, reason;
    for (auto& [who, nights] : pairs) {
        std::set<std::string> looked_for;
        for (const ScorerEvents& n : nights)
            for (const Event& e : n.reference) looked_for.insert(e.kind);
        for (ScorerEvents& n : nights) std::erase_if(n.other, [&](const Event& e) { return !looked_for.count(e.kind); });
        Table t = event_agreement_table(nights, least_overlap, bootstrap);
        reference.insert(reference.end(), t.rows(), list.columns[who.first]);
        other.insert(other.end(), t.rows(), list.columns[who.second]);
        reason.insert(reason.end(), t.rows(), "");
        append_rows(all, std::move(t));
    }
    if (!failed_nights.empty()) {
        if (all.columns.empty()) all = event_agreement_table({}, least_overlap, bootstrap);
        for (std::size_t i = 0; i < failed_nights.size(); ++i) append_empty_row(all);
        auto& names = std::get<std::vector<std::string>>(all.columns.front().values);
        std::copy(failed_nights.begin(), failed_nights.end(), names.end() - static_cast<std::ptrdiff_t>(failed_nights.size()));
        reference.insert(reference.end(), failed_scorers.begin(), failed_scorers.end());
        other.insert(other.end(), failed_nights.size(), "");
        reason.insert(reason.end(), reasons.begin(), reasons.end());
    }
    if (all.columns.empty()) all = event_agreement_table({}, least_overlap, bootstrap);
    all.columns.insert(all.columns.begin() + 1, {Column{"reference_scorer", "", "column of the list", reference},
                                                 Column{"other_scorer", "", "column of the list", other}});
    all.add("reason", "", "why the night could not be used; empty if it was", reason);
    return all;
}

}  // namespace psg::workflow

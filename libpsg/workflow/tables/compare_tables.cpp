// The comparison of a night's tables with each other.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/tables/compare_tables.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/workflow/tables/counts_again.hpp"

namespace psg::workflow {

namespace {

constexpr std::size_t nights_at_once = 32;  // a piece of a packed table is not unpacked again for each of them
constexpr double time_slack_s = 1e-6, minutes_slack = 1e-6;

// One table of a few nights.
class Rows {
public:
    Rows(Table table, std::uint64_t first) : table_(std::move(table)), first_(first) {}
    template <class V>
    V value(const char* column, std::size_t i) const { return std::get<std::vector<V>>(table_.find(column)->values)[i]; }
    double number(const char* column, std::size_t i) const { return value<double>(column, i); }
    std::string text(const char* column, std::size_t i) const { return value<std::string>(column, i); }
    std::uint64_t in_file(std::size_t i) const { return first_ + i; }

private:
    Table table_;
    std::uint64_t first_;
};

class NightCheck {
public:
    NightCheck(const NightRanges& ranges, const std::map<std::string, Rows>& rows, std::size_t first_night, std::size_t night, const TellFault& tell)
        : ranges_(ranges), rows_(rows), first_night_(first_night), night_(night), tell_(tell) {}

    void run() {
        each("recording", [&](const Rows& r, std::size_t i) { duration_s_ = r.number("duration", i); });
        each("epochs", [&](const Rows& r, std::size_t i) { again_.add_epoch(r.number("onset", i), r.number("duration", i), r.text("stage", i)); });
        each("events", [&](const Rows& r, std::size_t i) { event(r, i); });
        each("event_attributes", [&](const Rows& r, std::size_t i) {
            expect(ids_.count(r.text("event", i)) == 1, "event", "there is no event '" + r.text("event", i) + "'");
            if (r.text("name", i) == "scored" && r.number("value", i) == 0) again_.leave_out(r.text("event", i));
        });
        each("night_parts", [&](const Rows& r, std::size_t i) {
            again_.add_part({r.text("division", i), r.text("part", i)}, r.number("onset", i), r.number("duration", i));
        });
        each("at_risk", [&](const Rows& r, std::size_t i) {
            const double onset = r.number("onset", i), duration = r.number("duration", i);
            expect(onset >= 0 && onset + duration <= duration_s_ + time_slack_s, "onset", "lies outside the recording");
            again_.add_at_risk(r.text("class", i), onset, duration);
        });
        if (faulty_) return;  // what is made of them would be told, too
        each("summary", [&](const Rows& r, std::size_t i) {
            const auto f = counts(r, i, whole_night);
            const double mean = r.number("mean_duration", i);
            expect(f.count == 0 ? std::isnan(mean) : std::abs(mean - f.mean_duration_s) < time_slack_s, "mean_duration", "is not that of the events");
        });
        each("severity", [&](const Rows& r, std::size_t i) {
            if (stage_groups.count(r.text("stage", i))) counts(r, i, whole_night);
        });
        each("summary_parts", [&](const Rows& r, std::size_t i) { counts(r, i, {r.text("division", i), r.text("part", i)}); });
    }

private:
    // Calls `look` with every row of this night.
    template <class Look>
    void each(const char* table, Look look) {
        const auto rows = rows_.find(table);
        if (rows == rows_.end()) return;
        const auto& all = ranges_.at(table);
        std::size_t i = 0;
        for (std::size_t night = first_night_; night < night_; ++night) i += all[night].count;
        table_ = table;
        for (const std::size_t end = i + all[night_].count; i < end; ++i) {
            row_ = rows->second.in_file(i);
            look(rows->second, i);
        }
    }

    void expect(bool fine, const std::string& column, const std::string& message) {
        if (fine) return;
        faulty_ = true;
        tell_(table_, column, row_, message);
    }

    void event(const Rows& r, std::size_t i) {
        const double onset = r.number("onset", i);
        expect(onset <= duration_s_, "onset", "lies after the end of the recording");
        const auto epoch = r.value<std::int32_t>("epoch", i);
        if (epoch != -1) {
            const std::string* of_epoch = again_.stage_of_epoch(epoch);
            expect(again_.holds(epoch, onset), "epoch", "does not hold the onset");
            expect(!of_epoch || *of_epoch == r.text("stage", i), "stage", "is not that of the epoch");
        }
        ids_.insert(r.text("id", i));
        again_.add_event(r.text("id", i), r.text("class", i), r.text("stage", i), onset, r.number("duration", i));
    }

    CountsAgain::Figures counts(const Rows& r, std::size_t i, const PartOfNight& part) {
        const auto f = again_.figures(r.text("class", i), r.text("stage", i), part);
        expect(r.value<std::int32_t>("count", i) == f.count, "count", "is not that of the events");
        expect(std::abs(r.number("minutes", i) - f.minutes) < minutes_slack, "minutes", "are not those of the stretches at risk in this stage");
        return f;
    }

    const NightRanges& ranges_;
    const std::map<std::string, Rows>& rows_;
    std::size_t first_night_, night_;
    const TellFault& tell_;
    std::string table_;
    std::uint64_t row_ = 0;
    bool faulty_ = false;
    double duration_s_ = 0;
    std::set<std::string> ids_;
    CountsAgain again_;
};

}  // namespace

void compare_tables(const std::string& path, const NightRanges& ranges, const TellFault& tell) {
    const std::size_t nights = ranges.at("recording").size();
    for (std::size_t first = 0; first < nights; first += nights_at_once) {
        const std::size_t end = std::min(nights, first + nights_at_once);
        std::map<std::string, Rows> rows;
        for (const auto& [table, all] : ranges) {
            std::size_t count = 0;
            std::uint64_t from = 0;
            for (std::size_t night = first; night < end; ++night) {
                if (count == 0) from = all[night].first;
                count += all[night].count;
            }
            rows.emplace(table, Rows(exports::read_hdf5_rows(path, table, from, count), from));
        }
        for (std::size_t night = first; night < end; ++night) NightCheck(ranges, rows, first, night, tell).run();
    }
}

}  // namespace psg::workflow

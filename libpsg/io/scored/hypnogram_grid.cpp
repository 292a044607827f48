// From stretches of sleep stages to a hypnogram of 30-s epochs.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/hypnogram_grid.hpp"

#include <algorithm>
#include <limits>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

using namespace std::chrono_literals;

constexpr Time epoch_length = 30s;  // AASM manual; Rechtschaffen & Kales 1968
constexpr Time longest = std::chrono::hours(30 * 24);
constexpr Time longest_rest = std::chrono::hours(24);  // proposed: no scoring goes on for a day after its recording
const double nan_value = std::numeric_limits<double>::quiet_NaN();
const StageProbabilities no_probabilities{nan_value, nan_value, nan_value, nan_value, nan_value};

struct Stretch {
    Interval extent;
    Stage stage = Stage::unknown;
    const ScoredEntry* entry = nullptr;
};

void report(Findings& findings, FindingCode code, std::string message, std::string repair) {
    findings.push_back(
        {.code = code, .message = std::move(message), .repair = std::move(repair), .field = "hypnogram"});
}

std::int64_t floor_epochs(Time t) {
    const std::int64_t n = t / epoch_length;
    return n - (t % epoch_length < 0us);
}

// Entries as intervals, in order, without overlap.
std::vector<Stretch> lay_out(const ScoredFile& file, const std::vector<StageEntry>& stages) {
    std::vector<Stretch> all;
    bool durations = false, onsets = false;
    for (const auto& [entry, stage] : stages) {
        Stretch s;
        s.entry = entry;
        s.stage = stage;
        s.extent.onset = entry->onset ? *entry->onset : all.empty() ? Time(0) : all.back().extent.offset;
        s.extent.offset = s.extent.onset + entry->duration.value_or(epoch_length);
        onsets |= entry->onset.has_value();
        durations |= entry->duration.has_value();
        if (entry->duration && *entry->duration <= 0s) file.fail(*entry, "the epoch has no duration");
        if (s.extent.onset < -longest || s.extent.offset > longest)
            file.fail(*entry, "the epoch ends more than a month after the start, or as long before it");
        all.push_back(s);
    }
    if (!file.in_order)
        std::stable_sort(all.begin(), all.end(),
                         [](const Stretch& a, const Stretch& b) { return a.extent.onset < b.extent.onset; });
    Time apart = longest;
    for (std::size_t i = 1; i < all.size(); ++i) apart = std::min(apart, all[i].extent.onset - all[i - 1].extent.onset);
    if (onsets && !durations && all.size() > 1 && apart > 0s && apart != epoch_length)
        file.fail(*all[1].entry, "the epochs last " + format_seconds(apart) + " s by their onsets and 30 s are needed",
                  "add durations if the entries are stretches of one stage");
    std::vector<Stretch> kept;
    for (const Stretch& s : all) {
        if (!kept.empty() && s.extent.onset < kept.back().extent.offset) {
            if (!file.in_order && s.extent == kept.back().extent && s.stage == kept.back().stage)
                continue;  // twice the same
            file.fail(*s.entry, "the epoch begins before the one above it ends");
        }
        kept.push_back(s);
    }
    return kept;
}

// The length of the scorer's epochs where they are longer than 30 s (up to 120 s, proposed): all stretches but the last have it, three
// or more. Stretches of one stage are of many lengths.
Time long_epoch(const std::vector<Stretch>& stretches) {
    if (stretches.size() < 3) return epoch_length;
    const Time length = stretches.front().extent.duration();
    const bool all = std::all_of(stretches.begin(), stretches.end() - 1, [&](const Stretch& s) { return s.extent.duration() == length; });
    return all && length > epoch_length && length <= 4 * epoch_length ? length : epoch_length;
}

class Grid {
public:
    Grid(const ScoredFile& file, std::vector<Stretch> stretches, Time duration)
        : file_(file), stretches_(std::move(stretches)), duration_(duration) {
        const Time first = stretches_.front().extent.onset;
        start_ = first - epoch_length * floor_epochs(first);
    }

    Hypnogram fill(Findings& findings) {
        Hypnogram h;
        h.epoch = epoch_length;
        h.start = start_;
        const bool probabilities = std::any_of(stretches_.begin(), stretches_.end(),
                                               [](const Stretch& s) { return s.entry->probabilities.has_value(); });
        h.source = probabilities ? "model" : "scored";
        for (const Stretch& s : stretches_) add(s, h, probabilities);
        close_epoch(h);
        report_all(findings);
        return h;
    }

    /// Epochs that were begun by a stretch, from the recording's start.
    Time start() const { return start_; }

private:
    void add(const Stretch& s, Hypnogram& h, bool probabilities) {
        const std::int64_t first = floor_epochs(s.extent.onset - start_),
                           last = floor_epochs(s.extent.offset - start_ - 1us);
        if ((s.extent.onset - start_) % epoch_length != 0us ||
            ((s.extent.offset - start_) % epoch_length != 0us && s.extent.offset != stretches_.back().extent.offset))
            converted_ = true;
        for (std::int64_t k = std::max<std::int64_t>(first, 0); k <= last; ++k) {
            if (k != epoch_) {
                close_epoch(h);
                missing_ += k - static_cast<std::int64_t>(h.stages.size());
                h.stages.resize(static_cast<std::size_t>(k), Stage::unknown);
                h.stages.push_back(s.stage);
                if (probabilities) {
                    h.probabilities.resize(static_cast<std::size_t>(k), no_probabilities);
                    h.probabilities.push_back(s.entry->probabilities.value_or(no_probabilities));
                }
                epoch_ = k;
                covered_ = Time(0);
            } else if (h.stages.back() != s.stage) {
                file_.fail(*s.entry,
                           "the 30-s epoch that starts at " + format_seconds(start_ + epoch_length * k) +
                               " s would have two stages, " + std::string(stage_name(h.stages.back())) + " and " +
                               std::string(stage_name(s.stage)) + ": the stages are not on a grid of 30-s epochs",
                           "score in 30-s epochs");
            }
            const Time begin = start_ + epoch_length * k;
            covered_ += std::min(s.extent.offset, begin + epoch_length) - std::max(s.extent.onset, begin);
        }
        if (s.stage != Stage::unknown)
            before_ += std::max<std::int64_t>(0, std::min<std::int64_t>(last + 1, 0) - first);
    }

    // An epoch that is scored only in part has no stage, except the last where the recording ends inside it.
    void close_epoch(Hypnogram& h) {
        if (epoch_ < 0 || covered_ == epoch_length) return;
        const Time begin = start_ + epoch_length * epoch_;
        if (duration_ > 0s && begin + epoch_length > duration_ && begin + covered_ >= duration_) return;
        if (h.stages.back() == Stage::unknown) return;
        h.stages.back() = Stage::unknown;
        if (!h.probabilities.empty()) h.probabilities.back() = no_probabilities;
        ++partly_;
    }

    void report_all(Findings& findings) const {
        if (start_ != 0s)
            report(findings, FindingCode::HYPNOGRAM_EPOCHS,
                   "the epochs are shifted by " + format_seconds(start_) + " s against the recording's start",
                   "they are kept where they are");
        if (const Time length = long_epoch(stretches_); !converted_ && length > epoch_length)
            report(findings, FindingCode::HYPNOGRAM_EPOCHS, "the stages are in epochs of " + format_seconds(length) + " s",
                   "each was split into epochs of 30 s");
        if (converted_)
            report(findings, FindingCode::HYPNOGRAM_EPOCHS, "the stages are not in epochs of 30 s",
                   "they were converted, every epoch being of one stage");
        if (before_ > 0)
            report(findings, FindingCode::HYPNOGRAM_LENGTH,
                   std::to_string(before_) + " epochs lie before the recording's start", "they are left out");
        if (partly_ > 0)
            report(findings, FindingCode::HYPNOGRAM_LENGTH, std::to_string(partly_) + " epochs are scored in part",
                   "they are unknown");
        if (missing_ > 0)
            report(findings, FindingCode::HYPNOGRAM_LENGTH,
                   "the hypnogram leaves out " + std::to_string(missing_) + " epochs", "they are unknown");
    }

    const ScoredFile& file_;
    std::vector<Stretch> stretches_;
    Time duration_, start_{0}, covered_{0};
    std::int64_t epoch_ = -1, missing_ = 0, before_ = 0, partly_ = 0;
    bool converted_ = false;
};

// Makes the hypnogram as long as the recording.
void fit(Hypnogram& h, Time duration, Findings& findings) {
    if (duration <= 0us) return;
    const Time scored = std::max(Time(0), duration - h.start);
    const std::int64_t whole = scored / epoch_length;
    const std::int64_t begun = whole + (scored % epoch_length != 0us);
    while (static_cast<std::int64_t>(h.stages.size()) > begun && h.stages.back() == Stage::unknown) h.stages.pop_back();
    if (!h.probabilities.empty()) h.probabilities.resize(h.stages.size());
    const auto have = static_cast<std::int64_t>(h.stages.size());
    if (have >= whole && have <= begun) return;
    const std::string counts = std::to_string(have) + " epochs where the recording has " + std::to_string(begun);
    if (have > begun)
        report(findings, FindingCode::HYPNOGRAM_LENGTH, "the hypnogram has " + counts, "later epochs are left out");
    else
        report(findings, FindingCode::HYPNOGRAM_LENGTH, "the hypnogram has only " + counts,
               "missing epochs are unknown");
    const auto wanted = static_cast<std::size_t>(have > begun ? begun : whole);
    h.stages.resize(wanted, Stage::unknown);
    if (!h.probabilities.empty()) h.probabilities.resize(wanted, no_probabilities);
}

// One stage a line in epochs of another length would fill the recording with the wrong number of epochs.
void refuse_other_epochs(const ScoredFile& file, const std::vector<StageEntry>& stages, Time duration) {
    const bool placed = std::any_of(stages.begin(), stages.end(),
                                    [](const StageEntry& s) { return s.entry->onset || s.entry->duration; });
    const auto n = static_cast<std::int64_t>(stages.size());
    if (placed || duration <= 0s || n < 20) return;
    for (const Time epoch : {Time(1s), Time(2s), Time(4s), Time(5s), Time(10s), Time(15s), Time(20s), Time(60s)}) {
        const std::int64_t whole = duration / epoch;
        if (n >= whole - 1 && n <= whole + 1)
            throw DataError(file.name,
                            std::to_string(n) + " stages without times fill the recording in epochs of " +
                                format_seconds(epoch) + " s and 30 s are needed",
                            "write a table with onset, duration and stage");
    }
}

}  // namespace

Hypnogram grid_of(const ScoredFile& file, const std::vector<StageEntry>& stages, const Recording& recording,
                  Findings& findings) {
    if (stages.empty()) throw DataError(file.name, "the hypnogram has no epochs");
    const Time duration = recording.duration();
    refuse_other_epochs(file, stages, duration);
    auto stretches = lay_out(file, stages);
    const auto inside = [&](const Stretch& s) {
        return s.extent.offset > 0s && (duration <= 0s || s.extent.onset < duration);
    };
    if (std::none_of(stretches.begin(), stretches.end(), inside))
        throw DataError(file.name, "all stages lie outside the recording",
                        "is it the scoring of another night? Its times count from the start of the recording");
    const Stretch& last = stretches.back();
    if (duration > 0s && last.entry->duration && last.extent.offset > duration + longest_rest)
        file.fail(*last.entry,
                  "the stages go on until " + format_seconds(last.extent.offset) + " s and the recording ends at " +
                      format_seconds(duration) + " s",
                  "are onsets and durations in seconds? Milliseconds and samples are not");
    Hypnogram h = Grid(file, std::move(stretches), duration).fill(findings);
    fit(h, duration, findings);
    return h;
}

}  // namespace psg::io

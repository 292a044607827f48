// Movements of one leg: filter, take away hum and heart beats, find the resting level, walk along the amplitude.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/leg_movement_scan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "libpsg/events/leg_filter.hpp"
#include "libpsg/events/leg_movement_edges.hpp"
#include "libpsg/model/wide.hpp"
#include "libpsg/signal/artefacts.hpp"
#include "libpsg/signal/baseline.hpp"
#include "libpsg/signal/line_noise.hpp"
#include "libpsg/signal/medians_of_eight.hpp"
#include "libpsg/signal/runs.hpp"
#include "libpsg/signal/samples_in.hpp"
#include "libpsg/signal/statistics.hpp"

namespace psg::events {

namespace {

using signal::Run;

constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();
constexpr float least_rest_uv = 0.01F;  // no electrode is that quiet (proposed)
constexpr double most_hum = 0.5;          // of a movement's power (proposed)
constexpr double onset_errors = 4, quiet_errors = 3;  // standard errors of the amplitude

// Amplitude, rest and limits per block of 25 ms.
class Walk {
public:
    // Nothing is scored in `lost` time; held time is scored but says nothing about rest.
    Walk(LegFilter& filter, double rate_hz, const std::vector<Run>& lost, const LegMovementOptions& options)
        : filter_(filter),
          rate_hz_(rate_hz),
          options_(options),
          block_(filter.block()),
          count_(filter.count()),
          blocks_per_s_(rate_hz / static_cast<double>(block_)),
          line_share_(rate_hz),
          codes_(filter.take_amplitudes()) {
        const auto blank = [&](const std::vector<Run>& runs, auto use) {
            for (const Run& run : runs)
                for (std::size_t k = run.begin / block_; k < std::min(codes_.size(), (run.end - 1) / block_ + 1); ++k) use(k);
        };
        blank(lost, [&](std::size_t k) { codes_[k] = unknown_; });
        std::vector<std::pair<std::size_t, std::uint16_t>> said_nothing;
        blank(filter.held(), [&](std::size_t k) { said_nothing.emplace_back(k, std::exchange(codes_[k], unknown_)); });
        rest_ = signal::resting_cells(codes_.size(), [this](std::size_t first, std::span<float> out) { read_power(first, out); }, blocks_per_s_, {.longest_movement_s = options.longest_rise_s});
        for (auto one = said_nothing.rbegin(); one != said_nothing.rend(); ++one) codes_[one->first] = one->second;  // a block may come twice
        find_spread();
    }

    std::vector<Run> scorable() const {
        std::vector<Run> runs;  // of blocks, then of samples
        for (std::size_t k = 0; k < codes_.size(); k = cell_.end) {  // all blocks of a cell have one resting level
            rest_of(k);
            if (std::isnan(cell_.level)) continue;
            const std::size_t end = std::min(cell_.end, codes_.size());
            const auto add = [&](std::size_t from, std::size_t to) {
                if (!runs.empty() && runs.back().end == from)
                    runs.back().end = to;
                else
                    runs.push_back({from, to});
            };
            if (is_free(k, end)) {
                add(k, end);
                continue;
            }
            for (std::size_t i = k; i < end; ++i)
                if (is_scorable(i)) add(i, i + 1);
        }
        for (Run& run : runs) run = {run.begin * block_, run.end == codes_.size() ? count_ : run.end * block_};
        return runs;
    }

    // What is not scorable, by reason; `scorable` as above.
    std::vector<LegArtefact> artefacts(const std::vector<Run>& scorable) const {
        std::vector<LegArtefact> all;
        const auto tell = [&](std::size_t begin, std::size_t end) {
            for (std::size_t k = begin; k < end; ++k) {
                const std::string_view reason = codes_[k] == unknown_ ? "no_signal" : is_hum(k) ? "hum" : "resting_level";
                const Run here{k * block_, k + 1 == codes_.size() ? count_ : (k + 1) * block_};
                if (!all.empty() && all.back().run.end == here.begin && all.back().reason == reason)
                    all.back().run.end = here.end;
                else
                    all.push_back({here, reason});
            }
        };
        std::size_t told = 0;
        for (const Run& run : scorable) {
            tell(told, run.begin / block_);
            told = run.end / block_;
        }
        tell(told, codes_.size());
        return all;
    }

    // Takes the time of what is hum and no muscle out of what is scorable.
    std::vector<ScannedMovement> movements() {
        std::vector<ScannedMovement> found;
        std::vector<Run> hum;
        std::optional<Judged> last;
        const auto tell = [&] {
            if (!last) return;
            if (last->what == What::movement) found.push_back(last->movement);
            if (last->what == What::hum) hum.push_back({last->movement.onset / block_, std::min(codes_.size(), last->movement.offset / block_ + 1)});
        };
        const auto join = static_cast<std::size_t>(std::lround(options_.quiet_s * rate_hz_));
        for_each_edges([&](Run run) {
            if (last && run.begin - last->movement.offset < join)  // seldom
                run.begin = last->movement.onset;
            else
                tell();
            last = judge(run);  // while its samples are at hand
        });
        tell();
        hum_ = std::move(hum);
        return found;
    }

private:
    void read_power(std::size_t first, std::span<float> out) const {
        decode_amplitudes(std::span(codes_).subspan(first, out.size()), out);
        for (float& x : out) x *= x;
    }
    float power(std::size_t k) const {
        const float x = decoded_amplitude(codes_[k]);
        return x * x;
    }
    bool is_scorable(std::size_t k) const { return !std::isnan(rest_of(k)); }
    // Nothing where nothing can be scored.
    float rest_of(std::size_t k) const {
        if (k < cell_.begin || k >= cell_.end) {
            cell_ = rest_.cell_at(k);
            if (!(cell_.level > least_rest_uv && static_cast<double>(cell_.level) <= options_.max_resting_uv)) cell_.level = nan_f;
        }
        return codes_[k] == unknown_ || is_hum(k) ? nan_f : cell_.level;
    }
    // No hum and nothing unknown in blocks [begin, end).
    bool is_free(std::size_t begin, std::size_t end) const {
        return std::none_of(hum_.begin(), hum_.end(), [&](const Run& run) { return run.begin < end && run.end > begin; }) &&
               std::find(codes_.begin() + static_cast<std::ptrdiff_t>(begin), codes_.begin() + static_cast<std::ptrdiff_t>(end), unknown_) == codes_.begin() + static_cast<std::ptrdiff_t>(end);
    }
    bool is_hum(std::size_t k) const {
        return std::any_of(hum_.begin(), hum_.end(), [&](const Run& run) { return k >= run.begin && k < run.end; });
    }
    std::size_t blocks_in(double length_s) const { return signal::samples_in(length_s, blocks_per_s_); }
    // Powers of blocks [begin, end), until the next call. Those of a movement are asked for many times, and are decoded once.
    std::span<const float> powers(std::size_t begin, std::size_t end) const {
        if (begin < powers_first_ || end > powers_first_ + powers_.size()) {
            constexpr std::size_t before = 32, behind = 256;
            powers_first_ = begin - std::min(begin, before);
            powers_.resize(std::min(codes_.size(), end + behind) - powers_first_);
            read_power(powers_first_, powers_);
        }
        return std::span<const float>(powers_).subspan(begin - powers_first_, end - begin);
    }
    static double mean_of(std::span<const float> powers) {
        double sum = 0;
        for (const float x : powers) sum += std::isnan(x) ? 0.0 : static_cast<double>(x);
        return sum / static_cast<double>(powers.size());
    }
    double mean_power(std::size_t begin, std::size_t end) const { return mean_of(powers(begin, end)); }
    double rest(std::size_t k) const { return static_cast<double>(rest_of(k)); }

    // Standard deviation of the amplitude over 0.1 s at rest, relative to the resting level.
    void find_spread() {
        const std::size_t tenth = blocks_in(0.1);
        std::vector<float> ratios;
        for (std::size_t k = 0; k + tenth <= codes_.size(); k += 10 * tenth)
            if (is_scorable(k) && rest(k) > 0) {
                const double ratio = std::sqrt(mean_power(k, k + tenth)) / rest(k);
                if (ratio < 2) ratios.push_back(static_cast<float>(ratio));
            }
        if (ratios.size() >= 20) spread_ = signal::percentile(ratios, 84) - signal::percentile(ratios, 50);
    }

    // Blocks over which the amplitude is taken: 8 uV must be four standard errors or more.
    std::size_t window_at(std::size_t k) const {
        const double errors = onset_errors * spread_ * rest(k) / options_.onset_uv;
        return blocks_in(std::clamp(0.1 * errors * errors, 0.05, 0.25));
    }

    // Highest amplitude of the windows that contain block k.
    double rise_at(std::size_t k) const {
        const std::size_t window = window_at(k), first = k + 1 > window ? k + 1 - window : 0;
        const std::span<const float> around = powers(first, std::min(codes_.size(), k + window));
        double best = 0;
        for (std::size_t i = 0; i <= k - first && i + window <= around.size(); ++i) best = std::max(best, mean_of(around.subspan(i, window)));
        return std::sqrt(best) - rest(k);
    }

    bool is_quiet(std::size_t k) const {
        const std::size_t length = blocks_in(options_.quiet_s), tenth = blocks_in(0.1);
        const double limit = rest(k) + options_.offset_uv, most = limit + quiet_errors * spread_ * rest(k);
        const std::span<const float> ahead = powers(k, k + length);
        if (mean_of(ahead) > limit * limit) return false;
        for (std::size_t i = 0; i + tenth <= length; ++i)
            if (mean_of(ahead.subspan(i, tenth)) > most * most) return false;
        return true;
    }

    // First block at or after `k` that begins a quiet time, or where the movement can be followed no further.
    std::size_t end_after(std::size_t k) const {
        const std::size_t length = blocks_in(options_.quiet_s);
        for (; k < codes_.size() && is_scorable(k); ++k)
            if (k + length <= codes_.size() && is_quiet(k)) break;
        return k;
    }

    // Samples between the edges of all that may be movements, in order.
    template <class Use>
    void for_each_edges(Use use) const {
        const std::size_t quiet = blocks_in(options_.quiet_s);
        std::size_t free_from = 0;  // sample
        const std::uint16_t least = amplitude_code(static_cast<float>(options_.onset_uv));  // no resting level is below 0
        const auto next_high = [codes = std::span(codes_), least](std::size_t k) {
            return wide([=] { return signal::first_where(k, codes.size(), [=](std::size_t i) { return codes[i] >= least; }); });
        };
        for (std::size_t k = next_high(0); k < codes_.size(); k = next_high(k + 1)) {
            const double limit = rest(k) + options_.onset_uv;
            if (!(static_cast<double>(power(k)) >= limit * limit) || rise_at(k) < options_.onset_uv) continue;
            const std::size_t end = end_after(k + 1);
            filter_.samples(std::min(look_back(k, free_from), k * block_), offset_limit(end));  // both edges at once
            const Run run{onset_near(k, free_from), offset_near(k, end)};
            if (run.begin < run.end) use(run);
            free_from = std::max(free_from, run.end);
            k = end + quiet - 1;
        }
    }

    enum class What { nothing, hum, movement };
    struct Judged {
        ScannedMovement movement;
        What what = What::nothing;
    };
    Judged judge(const Run& run) const {
        Judged judged{{run.begin, run.end}};
        if (static_cast<double>(run.size()) / rate_hz_ < options_.min_duration_s) return judged;
        ScannedMovement& m = judged.movement;
        measure(m);
        if (options_.morphology && !(m.sustained_uv >= options_.morphology_uv)) return judged;
        const bool hums = options_.subtract_mains && line_share_.of(filter_.samples(run.begin, run.end)) > most_hum;
        judged.what = hums ? What::hum : What::movement;
        return judged;
    }

    // First sample in which a movement of block k may begin.
    std::size_t look_back(std::size_t k, std::size_t free_from) const {
        const auto back = static_cast<std::size_t>(0.3 * rate_hz_);
        const std::size_t here = k * block_;
        return std::max(free_from, here > back ? here - back : 0);
    }

    // End of the samples in which a movement may end whose quiet time begins with a block.
    std::size_t offset_limit(std::size_t end_block) const {
        if (end_block >= codes_.size()) return count_;
        return std::min(count_, end_block * block_ + (is_scorable(end_block) ? 4 * block_ : 0));
    }

    std::size_t onset_near(std::size_t k, std::size_t free_from) const {
        const auto ahead = static_cast<std::size_t>(0.1 * rate_hz_);
        const std::size_t here = k * block_;
        const Run search{look_back(k, free_from), std::min(count_, here + ahead)};
        if (search.begin >= search.end) return search.begin;
        const std::size_t first = std::min(search.begin, here);
        return first + likely_onset(filter_.samples(first, search.end), {search.begin - first, search.end - first}, here - first, rate_hz_, rest(k), options_);
    }

    std::size_t offset_near(std::size_t onset_block, std::size_t end_block) const {
        const std::size_t first = onset_block * block_, end = offset_limit(end_block);
        return first + likely_offset(filter_.samples(first, end), {0, end - first}, rest(std::min(end_block, codes_.size()) - 1), options_);
    }

    void measure(ScannedMovement& m) const {
        const std::size_t count = codes_.size();
        const std::size_t first = std::min(m.onset / block_, count - 1);
        const std::size_t end = std::clamp((m.offset + block_ - 1) / block_, first + 1, count);
        m.resting_uv = rest(first);
        for (std::size_t k = first; std::isnan(m.resting_uv) && k < end; ++k) m.resting_uv = rest(k);
        for (const float x : filter_.samples(m.onset, m.offset)) m.peak_uv = std::max(m.peak_uv, static_cast<double>(std::fabs(x)));
        std::vector<float> tenths, window;
        const std::size_t tenth = blocks_in(0.1), half = blocks_in(options_.morphology_s);
        m.rise_uv = m.sustained_uv = -m.resting_uv;
        signal::MediansOfEight quick;
        const auto sustained = [&](std::size_t k, float middle) { m.sustained_uv = std::max(m.sustained_uv, std::sqrt(static_cast<double>(middle)) - rest(k)); };
        for (std::size_t k = first; k < end; ++k) {
            if (!is_scorable(k)) continue;
            m.rise_uv = std::max(m.rise_uv, rise_at(k));
            if (k + tenth <= end) tenths.push_back(static_cast<float>(std::sqrt(mean_power(k, k + tenth)) - rest(k)));
            if ((k - first) % 2 != 0 || k + half > std::max(end, first + half) || k + half > count) continue;
            const std::span<const float> here = powers(k, k + half);
            window.resize(half);
            for (std::size_t i = 0; i < half; ++i) window[i] = std::isnan(here[i]) ? 0 : here[i];
            if (signal::MediansOfEight::can_take(half)) {
                quick.add(window, k, sustained);
                continue;
            }
            std::nth_element(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(half / 2), window.end());
            sustained(k, window[half / 2]);
        }
        quick.finish(sustained);
        m.amplitude_uv = signal::median(tenths);
    }

    LegFilter& filter_;
    double rate_hz_;
    const LegMovementOptions& options_;
    std::size_t block_, count_;
    double blocks_per_s_;
    signal::LineShare line_share_;
    const std::uint16_t unknown_ = amplitude_code(nan_f);
    LegFilter::AmplitudeCodes codes_;
    signal::RestingLevel rest_;
    mutable signal::RestingLevel::Cell cell_;  // that was looked at last
    mutable std::vector<float> powers_;        // that were asked for last, and what is around them, from a block on
    mutable std::size_t powers_first_ = 0;
    std::vector<Run> hum_;  // blocks
    double spread_ = 0.15;
};

}  // namespace

LegScanner::LegScanner(double rate_hz, const LegMovementOptions& options)
    : rate_hz_(rate_hz), options_(options), filter_(std::make_unique<LegFilter>(rate_hz, options)) {}
LegScanner::~LegScanner() = default;
LegScanner::LegScanner(LegScanner&&) noexcept = default;
LegScanner& LegScanner::operator=(LegScanner&&) noexcept = default;

void LegScanner::begin(Read read, std::size_t count, const std::optional<signal::BeatPlaces>& beats) { filter_->begin(std::move(read), count, beats); }
void LegScanner::add(std::span<const float> samples) { filter_->add(samples); }

LegScan LegScanner::finish() {
    LegScan scan;
    filter_->finish();
    const std::size_t count = filter_->count();
    if (static_cast<double>(count) < std::max(options_.min_stretch_s, 1.0) * rate_hz_) {
        if (count > 0) scan.artefacts.push_back({{0, count}, "short_stretch"});
        return scan;
    }
    std::vector<Run> lost = filter_->flat();
    const auto lose = [&](const std::vector<Run>& runs) { lost.insert(lost.end(), runs.begin(), runs.end()); };
    lose(signal::crowded_seconds(filter_->held(), count, rate_hz_));
    lose(filter_->humming());
    scan.hum_s = filter_->hum_s();
    scan.beats = filter_->beats();
    Walk walk(*filter_, rate_hz_, lost, options_);
    scan.movements = walk.movements();
    scan.scorable = walk.scorable();
    scan.artefacts = walk.artefacts(scan.scorable);
    filter_ = std::make_unique<LegFilter>(rate_hz_, options_);  // gives back its memory
    return scan;
}

}  // namespace psg::events

// What one channel shows beside the body: mains, heart beats, and all the others side by side.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/events/channel_artefacts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

#include "libpsg/events/jerk_groups.hpp"
#include "libpsg/model/wide.hpp"
#include "libpsg/signal/dot.hpp"
#include "libpsg/signal/samples_in.hpp"

namespace psg::events {

using signal::Run;

bool is_emg(Role role) { return region_of(role).has_value(); }
bool is_head(Role role) { return role == Role::eeg || role == Role::eog_left || role == Role::eog_right; }

namespace {

constexpr double least_mains_rate_hz = 105;

// Runs that touch are one.
std::vector<Run> united(std::vector<Run> runs, const std::vector<Run>& more) {
    runs.insert(runs.end(), more.begin(), more.end());
    std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.begin < b.begin; });
    std::vector<Run> all;
    for (const Run& run : runs)
        if (!all.empty() && run.begin <= all.back().end)
            all.back().end = std::max(all.back().end, run.end);
        else
            all.push_back(run);
    return all;
}

std::size_t whole_second(double rate_hz) { return signal::samples_in(1, rate_hz); }

}  // namespace

MainsHum::Sinusoid::Sinusoid(double hz, double rate_hz, std::size_t second) : known(hz <= 0.48 * rate_hz), turn(2 * M_PI * hz / rate_hz) {
        const double c = std::cos(turn), s = std::sin(turn);
        double a = 1, b = 0;
        for (std::size_t i = 0; i < second; ++i) {
            re.push_back(a);
            im.push_back(b);
            const double next = a * c - b * s;
            b = a * s + b * c;
            a = next;
        }
    }

MainsHum::MainsHum(double rate_hz, const ChannelArtefactRules& rules)
    : rules_(rules),
      seen_(rate_hz >= least_mains_rate_hz),
      mains_{Sinusoid(50, rate_hz, whole_second(rate_hz)), Sinusoid(60, rate_hz, whole_second(rate_hz))},
      period_(signal::mains_period(rate_hz, whole_second(rate_hz))),
      seconds_(whole_second(rate_hz)),
      waves_{signal::MainsWave(50, rate_hz, period_), signal::MainsWave(60, rate_hz, period_)} {}

void MainsHum::begin() {
    seconds_.begin();
    humming_.clear();
}

void MainsHum::add(std::span<const float> samples) {
    if (!seen_) return;
    seconds_.add(samples, [this](std::span<const float> whole) {
        for (; !whole.empty(); whole = whole.subspan(seconds_.length())) {
            const auto second = whole.first(seconds_.length());
            humming_.push_back(may_hum(second) ? hum_of(second) : Hum::none);
        }
    });
}

// False if no sinusoid comes near the share of a second's changes that hum_of() asks for, told in single precision: its error is
// far below the half that is left as a margin. What is to be multiplied by the same value of the sinusoids is summed first.
bool MainsHum::may_hum(std::span<const float> x) const {
    return wide_by([this, x](auto bytes) { return may_hum_by<bytes()>(x); });
}

template <std::size_t bytes>
bool MainsHum::may_hum_by(std::span<const float> x) const {
    using Values = signal::MainsValues<bytes>;
    const std::size_t n = x.size() - 1;
    Values squares[2] = {};
    const auto change = [&](const float* here, const float* next, auto later) {
        Values made = Values::at(next);
        const Values before = Values::at(here);
        for (std::size_t k = 0; k < Values::vectors; ++k) made.part[k] -= before.part[k], squares[later].part[k] += made.part[k] * made.part[k];
        return made;
    };
    const auto [a, b, c, d] = signal::mains_dots<bytes>(
        n, period_, signal::mains_series(waves_[0], waves_[1]), [&](std::size_t i, auto later) { return change(&x[i], &x[i + 1], later); },
        [&](std::size_t i) {
            float here[signal::mains_at_once] = {}, next[signal::mains_at_once] = {};
            for (std::size_t k = i; k < n; ++k) here[k - i] = x[k], next[k - i] = x[k + 1];
            return change(here, next, std::integral_constant<std::size_t, 0>());
        });
    const float total = signal::total_of_eight(squares[0].part) + signal::total_of_eight(squares[1].part);
    const float most = 0.5F * static_cast<float>(rules_.mains_share) * static_cast<float>(n) * total;
    return !(std::isfinite(total) && 2 * (a * a + b * b) <= most && 2 * (c * c + d * d) <= most);
}

// Strong or weak where one of the sinusoids makes too large a share of the differences of a second, by its peak.
MainsHum::Hum MainsHum::hum_of(std::span<const float> x) const {
    const auto n = static_cast<double>(x.size() - 1);
    std::array<double, 2> a{}, b{};
    double squares = 0;
    for (std::size_t i = 1; i < x.size(); ++i) {
        const double d = static_cast<double>(x[i]) - static_cast<double>(x[i - 1]);
        for (std::size_t m = 0; m < 2; ++m) {
            a[m] += d * mains_[m].re[i - 1];
            b[m] += d * mains_[m].im[i - 1];
        }
        squares += d * d;
    }
    double peak_uv = 0;
    for (std::size_t m = 0; m < 2; ++m) {
        const double power = 2 * (a[m] * a[m] + b[m] * b[m]) / n, share = squares > 0 ? power / squares : 0;
        if (mains_[m].known && share > rules_.mains_share)
            peak_uv = std::max(peak_uv, std::sqrt(2 * power / n) / (2 * std::sin(mains_[m].turn / 2)));
    }
    return peak_uv >= rules_.mains_uv        ? Hum::strong
           : peak_uv >= rules_.weak_mains_uv ? Hum::weak
                                             : Hum::none;
}

std::vector<Run> MainsHum::finish(bool weak) const {
    const auto least = static_cast<std::size_t>(rules_.mains_s);
    const auto hums = [&](std::size_t k) { return humming_[k] >= (weak ? Hum::weak : Hum::strong); };
    std::vector<Run> runs = signal::without_short(signal::bridged(signal::runs_where(humming_.size(), hums), 5), least);
    for (Run& run : runs) run = {run.begin * seconds_.length(), run.end * seconds_.length()};
    return runs;
}

Rails::Rails(double rate_hz, const ChannelArtefactRules& rules) : rules_(rules), second_(whole_second(rate_hz)) {}

void Rails::begin() {
    count_ = begun_ = 0;
    lowest_ = {INFINITY, {}, INFINITY, 0};
    highest_ = {-INFINITY, {}, -INFINITY, 0};
}

void Rails::add(std::span<const float> samples, const signal::SampleLook& look) {
    if (samples.empty()) return;
    const bool reached = std::min(look.lowest, samples.back()) <= lowest_.here || std::max(look.highest, samples.back()) >= highest_.here;
    while (!samples.empty()) {
        const auto part = samples.first(std::min(samples.size(), second_ - begun_));
        samples = samples.subspan(part.size());
        if (reached) {
            const signal::SampleLook own = signal::look_at(part);
            reach(lowest_, std::min(own.lowest, part.back()), part);
            reach(highest_, std::max(own.highest, part.back()), part);
        }
        begun_ += part.size();
        if (begun_ == second_) end_second();
    }
}

void Rails::reach(Limit& limit, float extreme, std::span<const float> part) {
    const bool further = &limit == &lowest_ ? extreme < limit.here : extreme > limit.here;
    if (further) limit.here = extreme, limit.held = 0;
    if (extreme == limit.here) limit.held += static_cast<std::size_t>(std::count(part.begin(), part.end(), extreme));
}

void Rails::end_second() {
    for (Limit* limit : {&lowest_, &highest_}) {
        if (limit->here != limit->value) limit->value = limit->here, limit->samples.clear();
        if (100 * limit->held >= second_) limit->samples[count_] = limit->held;
        limit->held = 0;
    }
    begun_ = 0;
    ++count_;
}

std::vector<Run> Rails::finish() const {
    std::map<std::size_t, std::size_t> all;
    for (const Limit* limit : {&lowest_, &highest_})
        if (static_cast<double>(std::abs(limit->value)) >= rules_.rail_uv)
            for (const auto& [second, held] : limit->samples) all[second] += held;
    std::vector<Run> runs;
    for (const auto& [second, held] : all)
        if (static_cast<double>(held) >= rules_.rail_share * static_cast<double>(second_)) runs.push_back({second, second + 1});
    runs = signal::bridged(runs, 5);
    for (Run& run : runs) run = {run.begin * second_, run.end * second_};
    return runs;
}

BeatsInMuscle::BeatsInMuscle(SampleRate rate, const ChannelArtefactRules& rules, const std::vector<signal::HeartBeat>& beats)
    : rate_(rate),
      rules_(rules),
      beats_(&beats),
      reach_(static_cast<std::size_t>(0.05 * rate.hz())),
      piece_(std::max<std::size_t>(1, static_cast<std::size_t>(rules.beat_s * rate.hz()))),
      on_(2 * reach_ + 1),
      between_(2 * reach_ + 1) {}

void BeatsInMuscle::begin(Time start) {
    start_ = start;
    next_beat_ = static_cast<std::size_t>(std::lower_bound(beats_->begin(), beats_->end(), seconds(start), [](const signal::HeartBeat& b, double t) { return b.place < t; }) - beats_->begin());
    looked_at_ = 0;
    samples_.clear();
    found_.clear();
}

void BeatsInMuscle::add(std::span<const float> samples) {
    samples_.add(samples);
    for (; (looked_at_ + 1) * piece_ + reach_ < samples_.end(); ++looked_at_) look_at(looked_at_);
    samples_.forget_before(looked_at_ * piece_ - std::min(looked_at_ * piece_, reach_));
}

void BeatsInMuscle::look_at(std::size_t number) {
    const std::size_t width = on_.size();
    const auto place = [&](std::size_t beat) { return ((*beats_)[beat].place - seconds(start_)) * rate_.hz(); };
    std::fill(on_.begin(), on_.end(), 0);
    std::fill(between_.begin(), between_.end(), 0);
    places_.clear();
    while (next_beat_ < beats_->size() && place(next_beat_) < static_cast<double>(number * piece_)) ++next_beat_;
    for (std::size_t j = next_beat_; j + 1 < beats_->size() && place(j + 1) < static_cast<double>((number + 1) * piece_); ++j) {
        const auto at = static_cast<std::size_t>(place(j)), middle = (at + static_cast<std::size_t>(place(j + 1))) / 2;
        if (at < reach_ || middle < at + 2 * reach_ || middle + reach_ >= samples_.end()) continue;
        const float *beat = samples_.part(at - reach_, at + reach_ + 1).data(), *pause = samples_.part(middle - reach_, middle + reach_ + 1).data();
        for (std::size_t i = 0; i < width; ++i) {
            on_[i] += static_cast<double>(beat[i]);
            between_[i] += static_cast<double>(pause[i]);
        }
        places_.push_back(at);
    }
    constexpr std::size_t fewest = 5;
    if (places_.size() < fewest) return;
    const auto shape = [&](std::vector<double>& sum) {  // highest absolute value and power of the mean
        double level = 0, peak = 0, power = 0;
        for (double& x : sum) level += (x /= static_cast<double>(places_.size())) / static_cast<double>(width);
        for (const double x : sum) peak = std::max(peak, std::abs(x - level)), power += (x - level) * (x - level);
        return std::pair{peak, power};
    };
    const auto [peak, power] = shape(on_);
    if (peak < rules_.beat_uv || power < rules_.beat_ratio * shape(between_).second) return;
    double level = 0;
    for (const double x : on_) level += x / static_cast<double>(width);
    std::size_t alike = 0;  // beats that hold two fifths of the mean or more
    for (const std::size_t at : places_) {
        double dot = 0;
        for (std::size_t i = 0; i < width; ++i) dot += static_cast<double>(samples_[at - reach_ + i]) * (on_[i] - level);
        alike += dot >= 0.4 * power;
    }
    if (10 * alike < 8 * places_.size()) return;
    Piece& piece = found_.emplace_back(Piece{number, peak, {}});
    for (const std::size_t at : places_) piece.beats.push_back(start_ + rate_.time_of(static_cast<std::int64_t>(at)));
}

std::vector<BeatsInMuscle::Piece> BeatsInMuscle::finish() {
    for (; (looked_at_ + 1) * piece_ <= samples_.end(); ++looked_at_) look_at(looked_at_);
    return std::move(found_);
}

ChannelArtefacts::ChannelArtefacts(Role role, SampleRate rate, const ChannelArtefactRules& rules, const std::vector<signal::HeartBeat>& beats)
    : rate_(rate),
      held_(rate.hz()),
      flat_(static_cast<std::size_t>(std::ceil(rules.flat_s * rate.hz()))),
      rails_(rate.hz(), rules),
      mains_(rate.hz(), rules) {
    const bool eye = role == Role::eog_left || role == Role::eog_right;
    if (is_emg(role) && !beats.empty()) beats_.emplace(rate, rules, beats);
    if (role != Role::ecg) pops_.emplace(rate, rules);
    if (is_head(role)) sweat_.emplace(rate, rules, eye ? 2 * rules.sweat_uv : rules.sweat_uv);
    if (is_head(role)) swings_.emplace(rate, rules);
    if (is_emg(role)) excursions_.emplace(rate, rules.cable_uv);
}

void ChannelArtefacts::begin_stretch(Time start) {
    end_stretch();
    start_ = start;
    held_.begin();
    rails_.begin();
    mains_.begin();
    if (beats_) beats_->begin(start);
    if (pops_) pops_->begin(start);
    if (sweat_) sweat_->begin(start);
    if (swings_) swings_->begin(start);
    if (excursions_) excursions_->begin(start);
}

void ChannelArtefacts::add(std::span<const float> samples) {
    constexpr std::size_t at_once = 4096;  // all look at them while they are in the cache
    for (; !samples.empty(); samples = samples.subspan(std::min(samples.size(), at_once))) {
        const auto piece = samples.first(std::min(samples.size(), at_once));
        count_ += piece.size();
        const signal::SampleLook look = signal::look_at(piece);
        held_.add(piece, look);
        rails_.add(piece, look);
        mains_.add(piece);
        if (beats_) beats_->add(piece);
        if (pops_) pops_->add(piece);
        if (sweat_) sweat_->add(piece);
        if (swings_) swings_->add(piece);
        if (excursions_) excursions_->add(piece);
    }
}

void ChannelArtefacts::end_stretch() {
    const std::size_t count = std::exchange(count_, 0);
    if (count == 0 || static_cast<double>(count) < rate_.hz()) return;
    Stretch& made = made_.emplace_back();
    made.start = start_;
    made.count = count;
    std::vector<Run> held = held_.finish();
    made.lead_off = signal::without_short(held_.all(), flat_);
    made.flat = !made.lead_off.empty() && made.lead_off.front().size() == count;
    if (made.flat) return;
    std::erase_if(held, [&](const Run& r) { return r.size() >= flat_; });
    made.clipping = signal::crowded_seconds(held, count, rate_.hz());
    made.clipping = united(std::move(made.clipping), rails_.finish());
    made.mains = mains_.finish(false);
    made.weak_mains = mains_.finish(true);
    if (beats_) made.beats = beats_->finish();
    if (pops_) made.pops = pops_->finish();
    if (sweat_) made.sweat = sweat_->finish();
    if (swings_) made.swings = swings_->finish();
    if (excursions_) made.excursions = excursions_->finish();
}

std::vector<ChannelArtefacts::Stretch> ChannelArtefacts::finish() {
    end_stretch();
    return std::move(made_);
}

}  // namespace psg::events

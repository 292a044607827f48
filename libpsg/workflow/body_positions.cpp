// Body positions of a night.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/body_positions.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "libpsg/io/scored/event_names.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/sample_source.hpp"

namespace psg::workflow {

namespace {

constexpr std::size_t most_positions = 12, most_values = 100;
constexpr Time least_position{30'000'000};

// Time of each rounded value.
class TimeByCode {
public:
    explicit TimeByCode(SampleRate rate) : rate_(rate) {}

    void begin_stretch(Time start) {
        end_run();
        start_ = start;
        begin_ = place_ = 0;
    }
    void add(std::span<const float> samples) {
        for (const float value : samples) {
            const auto code = std::isfinite(value) && std::fabs(value) < 1e6F ? std::optional<long>(std::lround(value)) : std::nullopt;
            if (place_ == 0 || code != code_) {
                end_run();
                begin_ = place_;
                code_ = code;
            }
            ++place_;
        }
    }
    /// Empty if the values are too many to be codes.
    std::map<long, std::vector<Interval>> finish() {
        end_run();
        return std::move(by_code_);
    }

private:
    void end_run() {
        if (code_ && begin_ < place_ && !too_many_) by_code_[*code_].push_back({start_ + rate_.time_of(begin_), start_ + rate_.time_of(place_)});
        begin_ = place_;
        too_many_ = too_many_ || by_code_.size() > most_values;
        if (too_many_) by_code_.clear();
    }

    SampleRate rate_;
    Time start_{0};
    std::int64_t begin_ = 0, place_ = 0;  // of the run of equal codes, and of the next sample
    std::optional<long> code_;
    bool too_many_ = false;
    std::map<long, std::vector<Interval>> by_code_;
};

std::map<long, std::vector<Interval>> time_by_code(const Signal& signal) {
    TimeByCode times(signal.rate);
    const Listener of_signal = listener(signal, times);
    pass_by({&of_signal, 1});
    return times.finish();
}

}  // namespace

PositionCodes parse_position_codes(const std::vector<std::string>& choices) {
    PositionCodes codes;
    for (const std::string& choice : choices) {
        const std::size_t equals = choice.find('=');
        long code = 0;
        const char* end = choice.data() + std::min(equals, choice.size());
        const auto [stop, error] = std::from_chars(choice.data(), end, code);
        const std::string name = equals == choice.npos ? "" : choice.substr(equals + 1);
        const auto meaning = io::meaning_from_name("position_" + name);
        if (error != std::errc() || stop != end || !meaning)
            throw UsageError("'" + choice + "' is no code of a body position",
                             "write --position CODE=NAME with supine, prone, left, right, upright or unknown");
        if (!codes.emplace(code, name).second)
            throw UsageError("the code " + std::to_string(code) + " of a body position is given twice");
    }
    return codes;
}

void set_positions(const PositionCodes& codes, OpenedNight& opened) {
    Night& night = opened.night;
    if (!night.positions.empty()) return;
    const Signal* signal = night.find(Role::position);
    if (!signal) {
        if (!codes.empty())
            opened.findings.push_back({FindingCode::CHANNEL_NOT_FOUND,
                                       "--position was given, and no channel was found for the body position"});
        return;
    }
    std::vector<std::pair<std::string, IntervalSet>> list;
    bool met = false;
    for (auto& [code, intervals] : time_by_code(*signal)) {
        const auto known = codes.find(code);
        met |= known != codes.end();
        const std::string name = known == codes.end() ? std::to_string(code) : known->second;
        const auto same = std::find_if(list.begin(), list.end(), [&](const auto& p) { return p.first == name; });
        if (same != list.end())
            same->second = same->second.united(IntervalSet(std::move(intervals)));
        else if (name != "unknown")
            list.emplace_back(name, IntervalSet(std::move(intervals)));
    }
    std::erase_if(list, [](const auto& p) { return p.second.total() < least_position; });
    if (!codes.empty() && !met) {
        Finding finding;
        finding.code = FindingCode::CHANNEL_UNUSABLE;
        finding.message = "none of the codes of --position occurs in channel " + signal->label;
        finding.channel = signal->channel;
        finding.label = signal->label;
        opened.findings.push_back(finding);
    }
    if (list.size() > most_positions) return;
    night.positions = std::move(list);
    if (!night.positions.empty()) opened.positions_from = "channel " + signal->label;
}

}  // namespace psg::workflow

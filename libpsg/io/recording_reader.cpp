// Opens a recording: one file, or several that are joined.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/recording_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "libpsg/io/edf/edf_timekeeping.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

std::string part_name(std::size_t i) {
    return "part " + std::to_string(i + 1);
}

// Channels that may be the same: label and how many of that label stood before.
using ChannelKey = std::pair<std::string, int>;

std::map<ChannelKey, const Channel*> keyed(const Recording& recording) {
    std::map<std::string, int> seen;
    std::map<ChannelKey, const Channel*> channels;
    for (const Channel& c : recording.channels) channels[{c.label, seen[c.label]++}] = &c;
    return channels;
}

std::int64_t count_of(const Recording& recording, const std::string& label) {
    return std::count_if(recording.channels.begin(), recording.channels.end(),
                         [&](const Channel& c) { return c.label == label; });
}

// Why a channel of the first part is not the same in another one; empty if it is. `other` may be null.
std::string difference(const Channel& first, const Channel* other) {
    if (!other) return "is missing";
    if (!(other->rate == first.rate)) return "has another sampling rate";
    if (other->unit != first.unit) return "has another unit";
    if (other->calibration.has_value() != first.calibration.has_value()) return "is not calibrated in every part";
    return {};
}

}  // namespace

RecordingReader::RecordingReader(const std::vector<std::string>& paths) {
    if (paths.empty()) throw UsageError("no recording was given");
    parts_.reserve(paths.size());
    for (const std::string& path : paths) parts_.push_back({EdfReader(path), Time(0), false, {}});
    if (parts_.size() == 1) return;
    std::vector<std::string> names;
    for (const std::string& path : paths) names.push_back(std::filesystem::path(path).filename().string());
    place(names);
    match_channels();
    join_segments();
    keep_annotations_and_findings();
}

// Brings the parts into the order of time.
void RecordingReader::place(const std::vector<std::string>& names) {
    std::vector<PartTime> times;
    Time tolerance{1000000};
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const Recording& r = parts_[i].reader.recording();
        if (r.segments.empty() || r.channels.empty())
            throw DataError(names[i], "holds no samples, so it is no part of a night",
                            "scored annotations are given by --hypnogram and the like");
        times.push_back({names[i], r.start, r.duration()});
        tolerance = std::min(tolerance, follow_tolerance(r.channels));
    }
    const std::vector<PartPlace> places = place_parts(times, tolerance, joined_.findings);
    std::vector<Part> ordered;
    std::string message = "joined from " + std::to_string(parts_.size()) + " files";
    Time end{0};
    for (std::size_t i = 0; i < places.size(); ++i) {
        const PartPlace& p = places[i];
        message += (i == 0 ? ": " : "; ") + part_name(i);
        if (p.part != i) message += " (number " + std::to_string(p.part + 1) + " as given)";
        if (i > 0)
            message += p.follows ? " follows without a gap,"
                                 : " begins after a gap of " + format_seconds(p.offset - end) + " s,";
        end = p.offset + times[p.part].duration;
        message += " lasts " + format_seconds(times[p.part].duration) + " s";
        Part part = std::move(parts_[p.part]);
        part.offset = p.offset;
        part.follows = p.follows;
        ordered.push_back(std::move(part));
    }
    parts_ = std::move(ordered);
    joined_.findings.insert(joined_.findings.begin(), {FindingCode::RECORDING_JOINED, message, "", "recordings"});
}

void RecordingReader::join_segments() {
    const Recording& first = parts_[0].reader.recording();
    joined_.start = first.start;
    joined_.identity = first.identity;
    SampleRate clock = joined_.channels[0].rate;  // the fastest; every part holds a whole number of its samples
    for (const Channel& c : joined_.channels)
        if (c.rate.hz() > clock.hz()) clock = c.rate;
    std::int64_t samples = 0;  // of the clock, since the start of the last segment
    for (const Part& part : parts_) {
        const Recording& r = part.reader.recording();
        if (("," + joined_.format + ",").find("," + r.format + ",") == std::string::npos)
            joined_.format += (joined_.format.empty() ? "" : ",") + r.format;
        if (r.identity.patient != first.identity.patient)
            joined_.findings.push_back(
                {FindingCode::RECORDING_PARTS_DIFFER,
                 part_name(static_cast<std::size_t>(&part - parts_.data())) + " names another patient than part 1",
                 "joined all the same", "patient"});
        for (const Interval& s : r.segments) {
            if (part.follows && &s == &r.segments.front()) {
                // counted in samples, so that nothing is rounded twice
                samples += clock.samples_in(s.duration());
                joined_.segments.back().offset = joined_.segments.back().onset + clock.time_of(samples);
            } else {
                samples = clock.samples_in(s.duration());
                joined_.segments.push_back({s.onset + part.offset, s.offset + part.offset});
            }
        }
    }
}

void RecordingReader::match_channels() {
    std::vector<std::map<ChannelKey, const Channel*>> channels;
    for (const Part& part : parts_) channels.push_back(keyed(part.reader.recording()));
    const auto differs = [&](const std::string& message, const Channel& c, int index, const std::string& repair) {
        joined_.findings.push_back({FindingCode::RECORDING_PARTS_DIFFER, message, repair, "channels", index, c.label});
    };
    const Recording& first = parts_[0].reader.recording();
    std::map<std::string, int> seen;
    for (const Channel& c : first.channels) {
        const ChannelKey key{c.label, seen[c.label]++};
        Channel joined = c;
        std::string why;
        bool prefilter_differs = false;
        std::vector<int> indices;
        for (std::size_t p = 0; p < parts_.size() && why.empty(); ++p) {
            const auto found = channels[p].find(key);
            const Channel* other = found == channels[p].end() ? nullptr : found->second;
            why = difference(c, other);
            if (why.empty() && count_of(parts_[p].reader.recording(), c.label) != count_of(first, c.label))
                why = "shares its label with another number of channels";
            if (!why.empty()) {
                why = "the channel " + why + " in " + part_name(p);
                break;
            }
            indices.push_back(other->index);
            prefilter_differs = prefilter_differs || other->prefilter != c.prefilter;
            joined.one_header_unit = joined.one_header_unit && other->unit_text == c.unit_text;
            if (other->calibration && std::abs(other->calibration->scale) > std::abs(joined.calibration->scale)) {
                const bool one_unit = joined.one_header_unit;
                joined = *other;  // the coarsest step decides what the channel can be used for
                joined.index = c.index;
                joined.transducer = c.transducer;
                joined.prefilter = c.prefilter;
                joined.one_header_unit = one_unit;
            }
        }
        if (!why.empty()) {
            differs(why, c, -1, "the channel is left out");
            continue;
        }
        if (prefilter_differs)
            differs("the channel's prefilter is not the same in all parts", c, c.index, "joined all the same");
        for (std::size_t p = 0; p < parts_.size(); ++p) parts_[p].channels.push_back(indices[p]);
        joined_.channels.push_back(std::move(joined));
    }
    for (std::size_t p = 1; p < parts_.size(); ++p)
        for (const auto& [key, channel] : channels[p])
            if (!channels[0].count(key))
                differs("the channel of " + part_name(p) + " is missing in part 1", *channel, -1,
                        "the channel is left out");
    if (joined_.channels.empty())
        throw DataError("the parts", "have no channel in common: labels, rates and units must be the same",
                        "psg-info tells the channels of each");
}

int RecordingReader::joined_index(const Part& part, int channel) const {
    const auto found = std::find(part.channels.begin(), part.channels.end(), channel);
    return channel < 0 || found == part.channels.end()
               ? -1
               : joined_.channels[static_cast<std::size_t>(found - part.channels.begin())].index;
}

void RecordingReader::keep_annotations_and_findings() {
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        const Recording& r = parts_[p].reader.recording();
        joined_.simulated = joined_.simulated || r.simulated;
        for (Annotation a : r.annotations) {
            a.onset += parts_[p].offset;
            joined_.annotations.push_back(std::move(a));
        }
        for (Finding f : r.findings) {
            if (f.code == FindingCode::SIMULATED) continue;
            f.field = part_name(p) + (f.field.empty() ? "" : ", " + f.field);
            f.channel = joined_index(parts_[p], f.channel);
            joined_.findings.push_back(std::move(f));
        }
    }
    std::stable_sort(joined_.annotations.begin(), joined_.annotations.end(),
                     [](const Annotation& a, const Annotation& b) { return a.onset < b.onset; });
    if (joined_.simulated)
        joined_.findings.push_back(
            {FindingCode::SIMULATED, "the recording says that it is simulated", "", "annotations"});
}

// The same channels in one of the files.
std::vector<int> RecordingReader::own_channels(const Part& part, std::span<const int> channels) const {
    std::vector<int> own;
    for (const int index : channels) {
        const Channel* c = recording().channel(index);
        if (!c) throw UsageError("the recording has no channel with index " + std::to_string(index));
        own.push_back(parts_.size() == 1 ? index : part.channels[static_cast<std::size_t>(c - joined_.channels.data())]);
    }
    return own;
}

std::vector<Signal> RecordingReader::describe(std::span<const int> channels) const {
    std::vector<Signal> signals;
    for (const int index : channels) {
        const Channel* c = recording().channel(index);
        if (!c) throw UsageError("the recording has no channel with index " + std::to_string(index));
        Signal signal{index, c->label, c->unit, c->rate, 0, {}, {}};
        for (const Part& part : parts_) {
            const int own = own_channels(part, {&index, 1}).front();
            const Channel& theirs = *part.reader.recording().channel(own);
            if (!theirs.calibration) throw UsageError("channel '" + c->label + "' is not calibrated");
            signal.step = std::max(signal.step, std::abs(theirs.calibration->scale));
            const auto& segments = part.reader.recording().segments;
            for (std::size_t s = 0; s < segments.size(); ++s) {
                const auto count = static_cast<std::size_t>(part.reader.samples_in(own, s));
                if (part.follows && s == 0)
                    signal.stretches.back().stored += count;
                else
                    signal.stretches.push_back({segments[s].onset + part.offset, {}, count});
            }
        }
        signals.push_back(std::move(signal));
    }
    return signals;
}

std::vector<Signal> RecordingReader::read(std::span<const int> channels, std::vector<std::string>* sha256) const {
    std::vector<Signal> signals = describe(channels);
    for (Signal& signal : signals)
        for (Signal::Stretch& stretch : signal.stretches) stretch.samples.reserve(std::exchange(stretch.stored, 0));
    PassReport report;
    const auto append = [&](const SampleBlock& block) {
        for (std::size_t k = 0; k < signals.size(); ++k) {
            auto& samples = signals[k].stretches[block.segment].samples;
            const auto more = block.decode(k).values;
            samples.insert(samples.end(), more.begin(), more.end());
        }
    };
    stream(channels, append, false, &report);
    for (std::size_t k = 0; k < signals.size(); ++k) signals[k].limited = std::move(report.limited[k]);
    if (sha256) *sha256 = std::move(report.sha256);
    return signals;
}

void RecordingReader::stream(std::span<const int> channels, const SampleConsumer& consume, bool with_limits, PassReport* report, const StepObserver& done) const {
    if (parts_.size() == 1) return stream_samples(parts_[0].reader, channels, consume, with_limits, report, done);
    if (report) *report = {{}, std::vector<std::vector<LimitedSamples>>(channels.size())};
    std::size_t segments = 0;  // of the parts before
    for (const Part& part : parts_) {
        if (part.follows) --segments;
        const auto moved = [&](const SampleBlock& block) {
            SampleBlock in_all = block;
            in_all.segment += segments;
            consume(in_all);
        };
        PassReport own;
        stream_samples(part.reader, own_channels(part, channels), moved, with_limits, report ? &own : nullptr, done);
        segments += part.reader.recording().segments.size();
        if (!report) continue;
        report->sha256.push_back(own.sha256.front());
        for (std::size_t k = 0; k < channels.size(); ++k)
            for (LimitedSamples limited : own.limited[k]) {
                limited.part = static_cast<int>(&part - parts_.data());
                report->limited[k].push_back(limited);
            }
    }
}

void RecordingReader::read_part(int channel, std::size_t segment, std::int64_t first, std::span<float> out) const {
    if (parts_.size() == 1) return parts_[0].reader.read_part(channel, segment, first, out);
    std::size_t segments = 0;  // of the parts before
    for (const Part& part : parts_) {
        if (part.follows) --segments;
        const std::size_t end = segments + part.reader.recording().segments.size();
        if (segment >= segments && segment < end && !out.empty()) {
            const int own = own_channels(part, {&channel, 1}).front();
            const std::int64_t count = part.reader.samples_in(own, segment - segments);
            if (first < count) {
                const auto n = std::min(out.size(), static_cast<std::size_t>(count - first));
                part.reader.read_part(own, segment - segments, first, out.first(n));
                out = out.subspan(n);
                first = count;
            }
            first -= count;  // the segment goes on in the part that follows
        }
        segments = end;
    }
}

void RecordingReader::keep_if_packed(std::span<const int> channels) {
    for (Part& part : parts_) part.reader.keep_if_packed(own_channels(part, channels));
}

}  // namespace psg::io

// The samples of one segment into output files.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_stream.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <tuple>

#include "libpsg/io/edf/edf_samples.hpp"
#include "libpsg/io/edf/edf_verdict.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

namespace {

constexpr std::uint64_t fnv_start = 14695981039346656037ull;

// FNV-1a over 32-bit values: finds slips of ours, not forgeries.
std::uint64_t digest(std::uint64_t hash, std::span<const std::int32_t> values) {
    for (const std::int32_t v : values) hash = (hash ^ static_cast<std::uint32_t>(v)) * 1099511628211ull;
    return hash;
}

}  // namespace

FixStream::FixStream(const std::vector<FixedChannel>& channels, const RecordPlan& plan, const io::EdfLayout& layout,
                     std::vector<OutputPart>& parts, bool overwrite)
    : channels_(channels), plan_(plan), layout_(layout), parts_(parts), lanes_(channels.size()) {
    for (std::size_t i = 0; i < channels.size(); ++i)
        lanes_[i].per_record = static_cast<std::size_t>(channels[i].slot.samples / plan.in_quanta * plan.out_quanta);
    for (OutputPart& part : parts) {
        part.digests.assign(part.count, fnv_start);
        writers_.emplace_back(part.path, part.header, overwrite);
        for (const Annotation& a : part.annotations) writers_.back().annotate(a.onset, a.duration, a.text);
    }
}

void FixStream::add(const io::SlotBlock& block, std::vector<LimitedSamples>& limited) {
    for (std::int64_t r = 0; r < block.record_count; ++r) {
        for (std::size_t i = 0; i < channels_.size(); ++i) {
            const FixedChannel& c = channels_[i];
            const io::SlotBlock::Slot& s = block.slots[i];
            values_.resize(static_cast<std::size_t>(s.samples));
            io::decode_digital(layout_.sample_bytes, s.bytes + r * s.stride, values_);
            for (std::size_t k = 0; k < values_.size(); ++k) {
                std::int32_t& v = values_[k];
                if (v >= c.low && v <= c.high) continue;
                if (limited[i].count++ == 0)
                    limited[i].first_byte = s.place + r * layout_.record_bytes + static_cast<std::int64_t>(k) * layout_.sample_bytes;
                v = std::clamp(v, c.low, c.high);
            }
            lanes_[i].samples.insert(lanes_[i].samples.end(), values_.begin(), values_.end());
        }
        write_records();
    }
}

void FixStream::write_records() {
    const Lane& first = lanes_.front();  // where it has a record's samples, all have: parts of an input record are cut downwards
    while (first.samples.size() - first.written >= first.per_record) {
        for (std::size_t p = 0; p < parts_.size(); ++p) {
            record_.clear();
            for (std::size_t i = parts_[p].first; i < parts_[p].first + parts_[p].count; ++i) {
                const auto from = lanes_[i].samples.begin() + static_cast<std::ptrdiff_t>(lanes_[i].written);
                record_.insert(record_.end(), from, from + static_cast<std::ptrdiff_t>(lanes_[i].per_record));
                std::uint64_t& hash = parts_[p].digests[i - parts_[p].first];
                hash = digest(hash, std::span(record_).last(lanes_[i].per_record));
            }
            writers_[p].write_record(record_);
        }
        for (Lane& lane : lanes_) lane.written += lane.per_record;
    }
    for (Lane& lane : lanes_) {
        lane.samples.erase(lane.samples.begin(), lane.samples.begin() + static_cast<std::ptrdiff_t>(lane.written));
        lane.written = 0;
    }
}

void FixStream::finish() {
    if (!lanes_.front().samples.empty()) {
        for (Lane& lane : lanes_) lane.samples.resize(lane.per_record, lane.samples.back());
        write_records();
    }
    for (io::EdfWriter& writer : writers_) writer.finish();
}

namespace {

// What is wrong with a file that was just written; empty if nothing is.
std::string difference(const OutputPart& part, const std::vector<FixedChannel>& channels, bool exact_times) {
    if (const std::string verdict = io::edflib_verdict(part.path); verdict != "accepted")
        return "EDFlib says: " + verdict;
    const io::EdfReader reader(part.path);
    const Recording& r = reader.recording();
    if (r.channels.size() != part.count) return "the number of channels differs";
    if (part.count > 0 && r.segments.size() != 1) return "it has gaps";
    for (std::size_t i = 0; i < part.count; ++i) {
        const io::EdfOutputChannel& c = channels[part.first + i].output;
        const Channel& read = r.channels[i];
        double low = 0, high = 0;
        if (!read.calibration || read.digital_min != c.digital_min || read.digital_max != c.digital_max)
            return "digital limits differ";
        const double span = std::abs(c.physical_max - c.physical_min);
        const double factor =
            std::abs(read.calibration->scale) * (c.digital_max - c.digital_min) / span;  // unit of the header
        low = read.calibration->physical(c.digital_min) / factor;
        high = read.calibration->physical(c.digital_max) / factor;
        if (std::abs(low - c.physical_min) > 1e-9 * span || std::abs(high - c.physical_max) > 1e-9 * span)
            return "physical limits differ";
    }
    if (part.count > 0) {
        std::vector<int> indices;
        for (const Channel& c : r.channels) indices.push_back(c.index);
        std::vector<std::uint64_t> digests(part.count, fnv_start);
        std::vector<std::int32_t> values;
        reader.for_each_block(indices, [&](const io::SlotBlock& block) {
            for (std::int64_t k = 0; k < block.record_count; ++k)
                for (std::size_t i = 0; i < indices.size(); ++i) {
                    const io::SlotBlock::Slot& s = block.slots[i];
                    values.resize(static_cast<std::size_t>(s.samples));
                    io::decode_digital(reader.layout().sample_bytes, s.bytes + k * s.stride, values);
                    digests[i] = digest(digests[i], values);
                }
        });
        if (digests != part.digests) return "samples differ";
    }
    const auto sorted = [&](const std::vector<Annotation>& list) {
        std::vector<std::tuple<std::int64_t, std::int64_t, std::string>> keys;
        for (const Annotation& a : list)
            keys.emplace_back(exact_times ? a.onset.count() : 0, exact_times ? a.duration.count() : 0, a.text);
        std::sort(keys.begin(), keys.end());
        return keys;
    };
    if (sorted(r.annotations) != sorted(part.annotations)) return "annotations differ";
    return {};
}

}  // namespace

void verify_part(const OutputPart& part, const std::vector<FixedChannel>& channels, bool exact_times) {
    const std::string what = difference(part, channels, exact_times);
    if (what.empty()) return;
    std::error_code ignored;
    std::filesystem::remove(part.path, ignored);
    throw DataError(part.path, "reads back differently and was removed: " + what,
                    "this is a defect of psg-fix or of EDFlib: please report it");
}

}  // namespace psg::workflow

// Samples of EDF and BDF recordings, in passes over the data records.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <numeric>
#include <optional>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

constexpr std::int64_t block_bytes = 1 << 20;
constexpr std::size_t hashed_at_once = 1 << 17;
constexpr std::int64_t slot_block_bytes = 1 << 20;  // stays in the processor's cache until all channels are decoded
// Reading a part of each record by a call of its own costs as much as copying this many bytes (0.7 us, 4 GB a second).
constexpr std::int64_t bytes_per_call = 3072;

// Slots that follow each other in a record, and so are read together.
struct RecordPart {
    std::int64_t offset = 0, size = 0;  // bytes
    std::vector<std::size_t> slots;
};

std::vector<RecordPart> parts_of_record(const std::vector<const EdfSlot*>& slots, std::int64_t sample_bytes) {
    std::vector<std::size_t> order(slots.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return slots[a]->offset < slots[b]->offset; });
    std::vector<RecordPart> parts;
    for (const std::size_t k : order) {
        if (parts.empty() || parts.back().offset + parts.back().size != slots[k]->offset) parts.push_back({slots[k]->offset, 0, {}});
        parts.back().size += slots[k]->samples * sample_bytes;
        parts.back().slots.push_back(k);
    }
    return parts;
}

}  // namespace

Finding sample_range_finding(const LimitedSamples& limited, int channel, const std::string& label) {
    return {FindingCode::EDF_SAMPLE_RANGE,
            std::to_string(limited.count) + " samples lie outside the declared digital range",
            "limited to the range",
            "samples",
            channel,
            label,
            limited.first_byte};
}

void EdfReader::for_each_block(const std::function<void(const RecordBlock&)>& consume, std::string* sha256) const {
    read_records(block_bytes, consume, sha256);
}

void EdfReader::read_records(std::int64_t bytes_at_once, const std::function<void(const RecordBlock&)>& consume, std::string* sha256, const StepObserver& done) const {
    const EdfLayout& layout = header_.layout;
    std::optional<Sha256> sum;
    std::vector<unsigned char> bytes;
    // Bytes that hold no records are only hashed.
    const auto hash_range = [&](std::int64_t from, std::int64_t to) {
        while (sum && from < to) {
            bytes.resize(static_cast<std::size_t>(std::min(block_bytes, to - from)));
            file_.read_at(from, bytes);
            sum->update(bytes);
            from += static_cast<std::int64_t>(bytes.size());
        }
    };
    if (sha256) sum.emplace();
    hash_range(0, layout.header_bytes);
    const std::int64_t per_block =
        std::max<std::int64_t>(1, bytes_at_once / std::max<std::int64_t>(1, layout.record_bytes));
    for (std::size_t s = 0; s < segment_first_record_.size(); ++s) {
        const std::int64_t end = segment_end(s);
        for (std::int64_t record = segment_first_record_[s]; record < end; record += per_block) {
            const std::int64_t count = std::min(per_block, end - record);
            bytes.resize(static_cast<std::size_t>(count * layout.record_bytes));
            for (std::size_t at = 0; at < bytes.size(); at += hashed_at_once) {  // while they are in the nearest cache
                const auto part = std::span(bytes).subspan(at, std::min(hashed_at_once, bytes.size() - at));
                file_.read_at(layout.header_bytes + record * layout.record_bytes + static_cast<std::int64_t>(at), part);
                tell_piece(done, "read");
                if (!sum) continue;
                sum->update(part);
                tell_piece(done, "hash");
            }
            consume({bytes, record, count, s});
        }
    }
    hash_range(layout.header_bytes + layout.records * layout.record_bytes, file_.size());
    if (sum) *sha256 = sum->finish();
    file_.expect_unchanged();
}

std::int64_t EdfReader::segment_end(std::size_t segment) const {
    return segment + 1 < segment_first_record_.size() ? segment_first_record_[segment + 1] : header_.layout.records;
}

std::int64_t EdfReader::samples_in(int channel, std::size_t segment) const {
    return (segment_end(segment) - segment_first_record_[segment]) * slot(channel).samples;
}

bool EdfReader::keeps(std::span<const int> channels) const {
    return !kept_sha256_.empty() && std::all_of(channels.begin(), channels.end(), [&](int c) { return kept_.count(c) > 0; });
}

void EdfReader::keep_if_packed(std::span<const int> channels) {
    if (!file_.packed() || keeps(channels)) return;
    const EdfLayout& layout = header_.layout;
    kept_.clear();
    kept_sha256_.clear();
    for (const int c : channels) kept_[c].resize(static_cast<std::size_t>(layout.records * slot(c).samples * layout.sample_bytes));
    for_each_block(
        [&](const RecordBlock& block) {
            for (auto& [channel, kept] : kept_) {
                const EdfSlot& s = slot(channel);
                const std::int64_t size = s.samples * layout.sample_bytes;
                for (std::int64_t r = 0; r < block.record_count; ++r)
                    std::copy_n(block.bytes.data() + r * layout.record_bytes + s.offset, size, kept.data() + (block.first_record + r) * size);
            }
        },
        &kept_sha256_);
}

void EdfReader::for_each_block(std::span<const int> channels, const std::function<void(const SlotBlock&)>& consume, std::string* sha256, const StepObserver& done) const {
    const EdfLayout& layout = header_.layout;
    std::vector<const EdfSlot*> slots;
    std::int64_t wanted = 0;  // bytes of a record
    for (const int c : channels) {
        slots.push_back(&slot(c));
        wanted += slots.back()->samples * layout.sample_bytes;
    }
    const std::vector<RecordPart> parts = parts_of_record(slots, layout.sample_bytes);
    SlotBlock out;
    out.bytes.resize(slots.size());
    out.stride.resize(slots.size());
    const bool kept = keeps(channels);
    const bool few = !kept && !sha256 && !file_.packed() && wanted + bytes_per_call * std::ssize(parts) < layout.record_bytes;
    if (!kept && !few)
        return read_records(
            slot_block_bytes,
            [&](const RecordBlock& block) {
                for (std::size_t k = 0; k < slots.size(); ++k) {
                    out.bytes[k] = block.bytes.data() + slots[k]->offset;
                    out.stride[k] = layout.record_bytes;
                }
                out.first_record = block.first_record;
                out.record_count = block.record_count;
                out.segment = block.segment;
                consume(out);
            },
            sha256, done);
    const std::int64_t per_block = std::max<std::int64_t>(1, slot_block_bytes / std::max<std::int64_t>(wanted, 1));
    std::vector<unsigned char> bytes;
    for (out.segment = 0; out.segment < segment_first_record_.size(); ++out.segment) {
        const std::int64_t end = segment_end(out.segment);
        for (out.first_record = segment_first_record_[out.segment]; out.first_record < end; out.first_record += per_block) {
            out.record_count = std::min(per_block, end - out.first_record);
            if (few) bytes.resize(static_cast<std::size_t>(out.record_count * wanted));
            for (std::size_t k = 0; kept && k < slots.size(); ++k) {
                out.stride[k] = slots[k]->samples * layout.sample_bytes;
                out.bytes[k] = kept_.at(channels[k]).data() + out.first_record * out.stride[k];
            }
            unsigned char* to = bytes.data();
            for (std::size_t p = 0; few && p < parts.size(); ++p) {
                for (const std::size_t k : parts[p].slots) {
                    out.stride[k] = parts[p].size;
                    out.bytes[k] = to + slots[k]->offset - parts[p].offset;
                }
                for (std::int64_t r = 0; r < out.record_count; ++r, to += parts[p].size)
                    file_.read_at(record_start(out.first_record + r) + parts[p].offset, {to, static_cast<std::size_t>(parts[p].size)});
            }
            tell_piece(done, "read");
            consume(out);
        }
    }
    if (sha256) *sha256 = kept_sha256_;  // of few channels no digest is made
    file_.expect_unchanged();
}

void EdfReader::read_part(int channel, std::size_t segment, std::int64_t first, std::span<float> out) const {
    const EdfLayout& layout = header_.layout;
    const EdfSlot& s = slot(channel);
    const Channel* c = header_.recording.channel(channel);
    if (!c || !c->calibration) throw UsageError("channel " + std::to_string(channel) + " of " + file_.name() + " is not calibrated");
    const auto decode = [&](const unsigned char* bytes, std::span<float> to) {
        if (layout.sample_bytes == 2)
            decode_physical<2>(bytes, *c->calibration, to);
        else
            decode_physical<3>(bytes, *c->calibration, to);
    };
    const std::int64_t begin = segment_first_record_[segment] * s.samples + first;  // among the channel's samples of the file
    if (const auto kept = kept_.find(channel); kept != kept_.end()) return decode(kept->second.data() + begin * layout.sample_bytes, out);
    // small records are read as a whole, several at once
    const std::int64_t at_once = layout.record_bytes <= bytes_per_call ? (1 << 16) / std::max<std::int64_t>(1, layout.record_bytes) : 1;
    std::vector<unsigned char> bytes;
    std::size_t done = 0;
    for (std::int64_t at = begin; done < out.size();) {
        const std::int64_t record = at / s.samples, last = (begin + std::ssize(out) - 1) / s.samples;
        const std::int64_t count = std::min(at_once, last - record + 1);
        // from the first wanted byte of the first record to the last wanted one of the last record
        const std::int64_t from = record_start(record) + s.offset + at % s.samples * layout.sample_bytes;
        const std::int64_t stop = std::min((record + count) * s.samples, begin + std::ssize(out));
        const std::int64_t to = record_start(record + count - 1) + s.offset + ((stop - 1) % s.samples + 1) * layout.sample_bytes;
        bytes.resize(static_cast<std::size_t>(to - from));
        file_.read_at(from, bytes);
        for (std::int64_t r = record; r < record + count; ++r) {
            const std::int64_t in_record = at % s.samples, n = std::min(stop - at, s.samples - in_record);
            decode(bytes.data() + record_start(r) + s.offset + in_record * layout.sample_bytes - from, out.subspan(done, static_cast<std::size_t>(n)));
            done += static_cast<std::size_t>(n);
            at += n;
        }
    }
    file_.expect_unchanged();
}

const EdfSlot& EdfReader::slot(int channel) const {
    for (const EdfSlot& s : header_.layout.slots)
        if (s.index == channel && !s.annotations) return s;
    throw UsageError(file_.name() + " has no channel with index " + std::to_string(channel));
}

std::int64_t EdfReader::record_start(std::int64_t record) const {
    return header_.layout.header_bytes + record * header_.layout.record_bytes;
}

Outside EdfReader::outside(const unsigned char* bytes, const Calibration& calibration, std::size_t samples) const {
    return header_.layout.sample_bytes == 2 ? count_outside<2>(bytes, calibration, samples)
                                            : count_outside<3>(bytes, calibration, samples);
}

std::vector<Signal> EdfReader::read(std::span<const int> channels, std::string* sha256) const {
    const EdfLayout& layout = header_.layout;
    const auto& segments = header_.recording.segments;
    std::vector<Signal> signals;
    std::vector<const EdfSlot*> slots;
    std::vector<Calibration> calibrations;
    for (int index : channels) {
        const Channel* c = header_.recording.channel(index);
        if (!c) throw UsageError(file_.name() + " has no channel with index " + std::to_string(index));
        if (!c->calibration) throw UsageError("channel '" + c->label + "' of " + file_.name() + " is not calibrated");
        slots.push_back(&slot(index));
        calibrations.push_back(*c->calibration);
        Signal signal{index, c->label, c->unit, c->rate, std::abs(c->calibration->scale), {}, {}};
        for (std::size_t s = 0; s < segments.size(); ++s) {
            const std::int64_t end = s + 1 < segments.size() ? segment_first_record_[s + 1] : layout.records;
            Signal::Stretch stretch{segments[s].onset, {}};
            stretch.samples.resize(static_cast<std::size_t>((end - segment_first_record_[s]) * slots.back()->samples));
            signal.stretches.push_back(std::move(stretch));
        }
        signals.push_back(std::move(signal));
    }
    for_each_block(
        [&](const RecordBlock& block) {
            for (std::size_t k = 0; k < signals.size(); ++k) {
                const auto per_record = static_cast<std::size_t>(slots[k]->samples);
                const std::int64_t first = block.first_record - segment_first_record_[block.segment];
                float* out =
                    signals[k].stretches[block.segment].samples.data() + static_cast<std::size_t>(first) * per_record;
                const unsigned char* in = block.bytes.data() + slots[k]->offset;
                for (std::int64_t r = 0; r < block.record_count; ++r, out += per_record, in += layout.record_bytes) {
                    const std::int64_t limited = layout.sample_bytes == 2
                                                     ? decode_physical<2>(in, calibrations[k], {out, per_record})
                                                     : decode_physical<3>(in, calibrations[k], {out, per_record});
                    if (limited == 0) continue;
                    auto& all = signals[k].limited;
                    if (all.empty())
                        all.push_back({0, 0, record_start(block.first_record + r) + slots[k]->offset +
                                                 outside(in, calibrations[k], per_record).first_byte});
                    all.front().count += limited;
                }
            }
        },
        sha256);
    return signals;
}

Findings EdfReader::check_samples() const {
    const EdfLayout& layout = header_.layout;
    struct Limits {
        const Channel* channel;
        std::int64_t offset;
        LimitedSamples limited{};
    };
    std::vector<Limits> list;
    for (const Channel& c : header_.recording.channels)
        if (c.calibration) list.push_back({&c, slot(c.index).offset});
    for_each_block([&](const RecordBlock& block) {
        for (Limits& l : list) {
            for (std::int64_t r = 0; r < block.record_count; ++r) {
                const Outside found =
                    outside(block.bytes.data() + l.offset + r * layout.record_bytes, *l.channel->calibration,
                            static_cast<std::size_t>(l.channel->samples_per_record));
                if (l.limited.count == 0)
                    l.limited.first_byte = record_start(block.first_record + r) + l.offset + found.first_byte;
                l.limited.count += found.count;
            }
        }
    });
    Findings findings;
    for (const Limits& l : list)
        if (l.limited.count > 0) findings.push_back(sample_range_finding(l.limited, l.channel->index, l.channel->label));
    return findings;
}

std::vector<std::int32_t> EdfReader::read_digital(int channel) const {
    const EdfSlot& s = slot(channel);
    const auto per_record = static_cast<std::size_t>(s.samples);
    std::vector<std::int32_t> values(static_cast<std::size_t>(header_.layout.records) * per_record);
    for_each_block([&](const RecordBlock& block) {
        const unsigned char* in = block.bytes.data() + s.offset;
        std::span out(values.data() + static_cast<std::size_t>(block.first_record) * per_record, per_record);
        for (std::int64_t r = 0; r < block.record_count; ++r, in += header_.layout.record_bytes) {
            if (header_.layout.sample_bytes == 2)
                decode_digital<2>(in, out);
            else
                decode_digital<3>(in, out);
            out = {out.data() + per_record, per_record};
        }
    });
    return values;
}

}  // namespace psg::io

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

constexpr std::size_t hashed_at_once = 1 << 17;
constexpr std::int64_t block_bytes = 1 << 20;  // stays in the processor's cache until all channels are decoded
// Reading a part of each record by a call of its own costs as much as copying this many bytes (0.7 us, 4 GB a second).
constexpr std::int64_t bytes_per_call = 3072;

// Slots that follow each other in a record, and so are read together.
struct RecordPart {
    std::int64_t place = 0, size = 0;  // bytes
    std::vector<std::size_t> slots;
};

std::vector<RecordPart> parts_of_record(const std::vector<SlotBlock::Slot>& slots, std::int64_t sample_bytes) {
    std::vector<std::size_t> order(slots.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return slots[a].place < slots[b].place; });
    std::vector<RecordPart> parts;
    for (const std::size_t k : order) {
        if (parts.empty() || parts.back().place + parts.back().size != slots[k].place) parts.push_back({slots[k].place, 0, {}});
        parts.back().size += slots[k].samples * sample_bytes;
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

void EdfReader::read_range(std::int64_t from, std::int64_t to, const std::function<void(std::int64_t, std::span<const unsigned char>)>& take) const {
    std::vector<unsigned char> bytes;
    for (; from < to; from += std::ssize(bytes)) {
        bytes.resize(static_cast<std::size_t>(std::min<std::int64_t>(hashed_at_once, to - from)));
        file_.read_at(from, bytes);
        take(from, bytes);
    }
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
    Sha256 sum;
    read_range(0, file_.size(), [&](std::int64_t from, std::span<const unsigned char> bytes) {
        sum.update(bytes);
        const std::int64_t to = std::min(from + std::ssize(bytes), record_start(layout.records));
        const std::int64_t first = std::max<std::int64_t>(0, from - layout.header_bytes) / std::max<std::int64_t>(1, layout.record_bytes);
        for (auto& [channel, kept] : kept_) {
            const EdfSlot& s = slot(channel);
            const std::int64_t size = s.samples * layout.sample_bytes;
            for (std::int64_t r = first; record_start(r) + s.offset < to; ++r) {
                const std::int64_t start = record_start(r) + s.offset, begin = std::max(from, start), end = std::min(to, start + size);
                if (begin < end) std::copy_n(bytes.data() + begin - from, end - begin, kept.data() + r * size + begin - start);
            }
        }
    });
    kept_sha256_ = sum.finish();
    file_.expect_unchanged();
}

void EdfReader::for_each_block(std::span<const int> channels, const std::function<void(const SlotBlock&)>& consume, std::string* sha256, const StepObserver& done) const {
    const EdfLayout& layout = header_.layout;
    std::vector<const EdfSlot*> slots;
    SlotBlock out;
    std::int64_t wanted = 0;  // bytes of a record
    for (const int c : channels) {
        slots.push_back(&slot(c));
        out.slots.push_back({nullptr, 0, 0, slots.back()->samples, slots.back()->offset});
        wanted += slots.back()->samples * layout.sample_bytes;
    }
    const auto calls = std::ssize(parts_of_record(out.slots, layout.sample_bytes));  // for a record
    const bool large = layout.record_bytes > block_bytes, few = !sha256 && wanted + bytes_per_call * calls < layout.record_bytes;
    // Records are read whole, in the order of the file, or only what is wanted of them. A packed file has no other order.
    const bool kept = keeps(channels), whole = !kept && (file_.packed() || !(large || few));
    const std::int64_t in_memory = whole ? layout.record_bytes : wanted;  // of a record
    const std::int64_t per_block = std::max<std::int64_t>(1, block_bytes / std::max<std::int64_t>(1, in_memory));
    // Of a record, which then is a block's only one: not so small that calls cost more than copies.
    const std::int64_t piece_bytes = std::max(block_bytes, bytes_per_call * std::ssize(slots));
    const std::int64_t pieces = std::max<std::int64_t>(1, (wanted + piece_bytes - 1) / piece_bytes);
    std::optional<Sha256> sum;
    if (sha256 && !kept) sum.emplace();
    const auto hash = [&](std::int64_t, std::span<const unsigned char> bytes) {
        tell_piece(done, "read");
        sum->update(bytes);
        tell_piece(done, "hash");
    };
    // Parts of records come in another order than that of the file: the digest then has a pass of its own.
    if (sum) read_range(0, whole ? layout.header_bytes : file_.size(), hash);
    std::vector<unsigned char> bytes;
    for (out.segment = 0; out.segment < segment_first_record_.size(); ++out.segment) {
        const std::int64_t end = segment_end(out.segment);
        for (out.first_record = segment_first_record_[out.segment]; out.first_record < end; out.first_record += per_block) {
            out.record_count = std::min(per_block, end - out.first_record);
            const std::int64_t start = record_start(out.first_record);
            if (whole) {
                bytes.resize(static_cast<std::size_t>(out.record_count * layout.record_bytes));
                for (std::size_t at = 0; at < bytes.size(); at += hashed_at_once) {  // while they are in the nearest cache
                    const auto part = std::span(bytes).subspan(at, std::min(hashed_at_once, bytes.size() - at));
                    file_.read_at(start + static_cast<std::int64_t>(at), part);
                    tell_piece(done, "read");
                    if (!sum) continue;
                    sum->update(part);
                    tell_piece(done, "hash");
                }
            }
            for (std::int64_t piece = 0; piece < pieces; ++piece) {
                for (std::size_t k = 0; k < slots.size(); ++k) {
                    SlotBlock::Slot& s = out.slots[k];
                    const std::int64_t all = slots[k]->samples;
                    s.first = all * piece / pieces;
                    s.samples = all * (piece + 1) / pieces - s.first;
                    s.place = start + slots[k]->offset + s.first * layout.sample_bytes;
                    s.stride = kept ? all * layout.sample_bytes : layout.record_bytes;
                    if (whole) s.bytes = bytes.data() + (s.place - start);
                    if (kept) s.bytes = kept_.at(channels[k]).data() + (out.first_record * all + s.first) * layout.sample_bytes;
                }
                if (!whole && !kept) read_slots(out, bytes);
                tell_piece(done, "read");
                consume(out);
            }
        }
    }
    if (sum && whole) read_range(record_start(layout.records), file_.size(), hash);
    if (sha256) *sha256 = sum ? sum->finish() : kept_sha256_;
    file_.expect_unchanged();
}

// Fills `bytes` with what a block wants, slots that are neighbours together, and nothing else.
void EdfReader::read_slots(SlotBlock& block, std::vector<unsigned char>& bytes) const {
    const std::int64_t sample_bytes = header_.layout.sample_bytes;
    std::int64_t wanted = 0;
    for (const SlotBlock::Slot& s : block.slots) wanted += s.samples * sample_bytes;
    bytes.resize(static_cast<std::size_t>(block.record_count * wanted));
    unsigned char* to = bytes.data();
    for (const RecordPart& part : parts_of_record(block.slots, sample_bytes)) {
        for (const std::size_t k : part.slots) {
            block.slots[k].stride = part.size;
            block.slots[k].bytes = to + (block.slots[k].place - part.place);
        }
        for (std::int64_t r = 0; r < block.record_count; ++r, to += part.size)
            file_.read_at(part.place + r * header_.layout.record_bytes, {to, static_cast<std::size_t>(part.size)});
    }
}

void EdfReader::read_part(int channel, std::size_t segment, std::int64_t first, std::span<float> out) const {
    const EdfLayout& layout = header_.layout;
    const EdfSlot& s = slot(channel);
    const Channel* c = header_.recording.channel(channel);
    if (!c || !c->calibration) throw UsageError("channel " + std::to_string(channel) + " of " + file_.name() + " is not calibrated");
    const auto decode = [&](const unsigned char* bytes, std::span<float> to) { decode_physical(layout.sample_bytes, bytes, *c->calibration, to); };
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
        std::int64_t stop = std::min((record + count) * s.samples, begin + std::ssize(out));
        if (count == 1) stop = std::min(stop, at + block_bytes / layout.sample_bytes);
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
            Signal::Stretch stretch{segments[s].onset, {}};
            stretch.samples.resize(static_cast<std::size_t>(samples_in(index, s)));
            signal.stretches.push_back(std::move(stretch));
        }
        signals.push_back(std::move(signal));
    }
    const auto decode = [&](const SlotBlock& block) {
        for (std::size_t k = 0; k < signals.size(); ++k) {
            const SlotBlock::Slot& s = block.slots[k];
            const auto count = static_cast<std::size_t>(s.samples);
            const std::int64_t first = (block.first_record - segment_first_record_[block.segment]) * slots[k]->samples + s.first;
            float* out = signals[k].stretches[block.segment].samples.data() + first;
            const unsigned char* in = s.bytes;
            for (std::int64_t r = 0; r < block.record_count; ++r, out += count, in += s.stride) {
                const std::int64_t limited = decode_physical(layout.sample_bytes, in, calibrations[k], {out, count});
                if (limited == 0) continue;
                auto& all = signals[k].limited;
                if (all.empty()) all.push_back({0, 0, s.place + r * layout.record_bytes + outside(in, calibrations[k], count).first_byte});
                all.front().count += limited;
            }
        }
    };
    for_each_block(channels, decode, sha256);
    return signals;
}

Findings EdfReader::check_samples() const {
    std::vector<const Channel*> list;
    std::vector<int> channels;
    for (const Channel& c : header_.recording.channels)
        if (c.calibration) {
            list.push_back(&c);
            channels.push_back(c.index);
        }
    std::vector<LimitedSamples> limited(list.size());
    for_each_block(channels, [&](const SlotBlock& block) {
        for (std::size_t k = 0; k < list.size(); ++k) {
            const SlotBlock::Slot& s = block.slots[k];
            for (std::int64_t r = 0; r < block.record_count; ++r) {
                const Outside found = outside(s.bytes + r * s.stride, *list[k]->calibration, static_cast<std::size_t>(s.samples));
                if (limited[k].count == 0) limited[k].first_byte = s.place + r * header_.layout.record_bytes + found.first_byte;
                limited[k].count += found.count;
            }
        }
    });
    Findings findings;
    for (std::size_t k = 0; k < list.size(); ++k)
        if (limited[k].count > 0) findings.push_back(sample_range_finding(limited[k], list[k]->index, list[k]->label));
    return findings;
}

std::vector<std::int32_t> EdfReader::read_digital(int channel) const {
    const std::int64_t per_record = slot(channel).samples;
    std::vector<std::int32_t> values(static_cast<std::size_t>(header_.layout.records * per_record));
    for_each_block(std::span(&channel, 1), [&](const SlotBlock& block) {
        const SlotBlock::Slot& s = block.slots.front();
        for (std::int64_t r = 0; r < block.record_count; ++r) {
            const std::int64_t first = (block.first_record + r) * per_record + s.first;
            const auto out = std::span(values).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(s.samples));
            decode_digital(header_.layout.sample_bytes, s.bytes + r * s.stride, out);
        }
    });
    return values;
}

}  // namespace psg::io

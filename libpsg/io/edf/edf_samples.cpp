// Samples of EDF and BDF recordings, in passes over the data records.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <optional>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

constexpr std::int64_t block_bytes = 1 << 20;

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
        std::max<std::int64_t>(1, block_bytes / std::max<std::int64_t>(1, layout.record_bytes));
    for (std::size_t s = 0; s < segment_first_record_.size(); ++s) {
        const std::int64_t end = s + 1 < segment_first_record_.size() ? segment_first_record_[s + 1] : layout.records;
        for (std::int64_t record = segment_first_record_[s]; record < end; record += per_block) {
            const std::int64_t count = std::min(per_block, end - record);
            bytes.resize(static_cast<std::size_t>(count * layout.record_bytes));
            file_.read_at(layout.header_bytes + record * layout.record_bytes, bytes);
            if (sum) sum->update(bytes);
            consume({bytes, record, count, s});
        }
    }
    hash_range(layout.header_bytes + layout.records * layout.record_bytes, file_.size());
    if (sum) *sha256 = sum->finish();
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

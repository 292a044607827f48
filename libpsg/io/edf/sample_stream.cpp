// Samples of several channels as they pass by.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/sample_stream.hpp"

#include <algorithm>

#include "libpsg/io/edf/edf_samples.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

struct Stream {
    Calibration calibration;
    std::int32_t low = 0, high = 0;  // limits of the header, or of the format
    LimitedSamples limited;
    bool seen = false;               // this block
};

// Of all channels, one after the other.
struct Buffer {
    std::span<float> values;
    std::span<std::uint8_t> at_limit;
    std::size_t told = 0;  // marks that were made: those of records in front of the first sample at a limit are not, nor those after the last
};

// The first `count` of a list that only grows: growing writes zeros.
template <class T>
std::span<T> room_in(std::vector<T>& list, std::size_t count) {
    if (list.size() < count) list.resize(count);
    return std::span(list).first(count);
}

// The next record's samples lie elsewhere, and the processor does not foresee where.
void fetch_early(std::span<const unsigned char> bytes) {
    constexpr std::size_t line = 64, most = 4096;
    for (std::size_t at = 0; at < std::min(most, bytes.size()); at += line) __builtin_prefetch(&bytes[at]);
}

// `n` samples of `s` to place `begin`; `place` is that of their first byte in the file.
template <int Bytes>
void decode(Stream& s, const unsigned char* bytes, Buffer& to, std::size_t begin, std::size_t n, std::int64_t place) {
    const std::int64_t count = decode_physical<Bytes>(bytes, s.calibration, to.values.subspan(begin, n));
    if (!to.at_limit.empty() && any_at_limit<Bytes>(bytes, s.low, s.high, n)) {
        std::fill(to.at_limit.begin() + static_cast<std::ptrdiff_t>(to.told), to.at_limit.begin() + static_cast<std::ptrdiff_t>(begin), 0);
        mark_limits<Bytes>(bytes, s.low, s.high, to.at_limit.subspan(begin, n));
        to.told = begin + n;
    }
    if (count == 0 || s.seen) return;
    if (s.limited.count == 0) s.limited.first_byte = place + count_outside<Bytes>(bytes, s.calibration, n).first_byte;
    s.limited.count += count;
}

}  // namespace

void stream_samples(const EdfReader& reader, std::span<const int> channels, const SampleConsumer& consume, bool with_limits, PassReport* report, const StepObserver& done) {
    const EdfLayout& layout = reader.layout();
    const std::int32_t type_high = layout.sample_bytes == 2 ? 32767 : 8388607, type_low = -type_high - 1;
    std::vector<Stream> streams;
    for (const int index : channels) {
        const Channel* c = reader.recording().channel(index);
        if (!c) throw UsageError("there is no channel with index " + std::to_string(index));
        if (!c->calibration) throw UsageError("channel '" + c->label + "' is not calibrated");
        streams.push_back({*c->calibration, std::max(type_low, c->calibration->low),
                           std::min(type_high, c->calibration->high), {}});
    }
    SampleBlock out;
    std::vector<float> values;
    std::vector<std::uint8_t> limits;
    const auto pass = [&](const SlotBlock& block) {
        out.segment = block.segment;
        out.decode = [&](std::size_t k) {
            Stream& s = streams[k];
            const SlotBlock::Slot& slot = block.slots[k];
            const auto count = static_cast<std::size_t>(slot.samples), all = static_cast<std::size_t>(block.record_count) * count;
            Buffer buffer{room_in(values, all), room_in(limits, with_limits ? all : 0), 0};
            for (std::int64_t r = 0; r < block.record_count; ++r) {
                const unsigned char* bytes = slot.bytes + r * slot.stride;
                if (r + 1 < block.record_count) fetch_early({bytes + slot.stride, count * static_cast<std::size_t>(layout.sample_bytes)});
                const std::int64_t place = slot.place + r * layout.record_bytes;
                if (layout.sample_bytes == 2)
                    decode<2>(s, bytes, buffer, static_cast<std::size_t>(r) * count, count, place);
                else
                    decode<3>(s, bytes, buffer, static_cast<std::size_t>(r) * count, count, place);
            }
            s.seen = true;
            if (buffer.told == 0) return SampleBlock::Samples{buffer.values, {}};
            std::fill(buffer.at_limit.begin() + static_cast<std::ptrdiff_t>(buffer.told), buffer.at_limit.end(), 0);
            return SampleBlock::Samples{buffer.values, buffer.at_limit};
        };
        for (Stream& s : streams) s.seen = false;
        if (!streams.empty()) consume(out);
    };
    std::string sha256;
    reader.for_each_block(channels, pass, report ? &sha256 : nullptr, done);
    if (!report) return;
    *report = {{sha256}, {}};
    for (const Stream& s : streams) report->limited.push_back(s.limited.count > 0 ? std::vector{s.limited} : std::vector<LimitedSamples>());
}

}  // namespace psg::io

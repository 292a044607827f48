// Records longer than a block are read in parts: the same samples, marks, annotations and digests as of short ones.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <random>

#include "libpsg/io/edf/sample_stream.hpp"
#include "libpsg/io/sha256.hpp"
#include "tests/edf_bytes.hpp"

using namespace psg;
using namespace psg::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using psg::io::EdfReader;

namespace {

constexpr int night_s = 1200;
constexpr int rates[] = {512, 400, 1};  // with 16 bits 1 MiB a quarter of an hour and a bit
constexpr std::int64_t most_bytes = 1 << 20;
const std::vector<int> channels{0, 2, 3};  // 1 has the annotations

// Every sample is another one; one in a hundred lies outside the digital range.
int value(int channel, int i) { return i % 101 == 50 ? 2001 : (i * 37 + channel * 11) % 4001 - 2000; }

// Two records of half an hour, say, and the same in records of a second.
std::string night(int record_s, int sample_bytes, bool gap = false) {
    EdfText file;
    const std::string format = sample_bytes == 2 ? "EDF" : "BDF";
    if (sample_bytes == 3) file.version = "\xff"s + "BIOSEMI";
    file.reserved = format + (gap ? "+D" : "+C");
    file.duration = std::to_string(record_s);
    std::vector<std::string> tals;
    for (int t = 0; t < night_s; t += record_s) {
        const int later = gap && t >= night_s / 2 ? 100 : 0;
        std::string tal = "+" + std::to_string(t + later) + "\x14\x14\0"s;
        for (const int at : {5, 900})
            if (at >= t && at < t + record_s) tal += "+" + std::to_string(at + later) + "\x15" + "3\x14" + "event " + std::to_string(at) + "\x14\0"s;
        tal.resize(static_cast<std::size_t>(64 * sample_bytes), '\0');
        tals.push_back(tal);
    }
    for (int c = 0; c < 3; ++c) {
        EdfSignalText s;
        s.label = "channel " + std::to_string(c);
        s.digital_min = "-2000";
        s.digital_max = "2000";
        s.samples = std::to_string(rates[c] * record_s);
        for (int t = 0; t < night_s; t += record_s) {
            std::string bytes;
            for (int i = rates[c] * t; i < rates[c] * (t + record_s); ++i)
                for (int b = 0; b < sample_bytes; ++b) bytes += static_cast<char>((value(c, i) >> (8 * b)) & 255);
            s.records.push_back(std::move(bytes));
        }
        file.signals.push_back(std::move(s));
    }
    EdfSignalText notes = annotation_signal({});
    notes.label = format + " Annotations";
    notes.samples = "64";
    notes.records = tals;
    file.signals.insert(file.signals.begin() + 1, notes);  // among the channels
    return file.bytes();
}

struct Streamed {
    std::vector<std::vector<float>> values;
    std::vector<std::vector<std::uint8_t>> at_limit;
    std::vector<std::size_t> segments;
    io::PassReport report;
};

Streamed streamed(const EdfReader& reader) {
    Streamed all;
    all.values.resize(channels.size());
    all.at_limit.resize(channels.size());
    io::stream_samples(
        reader, channels,
        [&](const io::SampleBlock& block) {
            if (all.segments.empty() || all.segments.back() != block.segment) all.segments.push_back(block.segment);
            for (std::size_t k = 0; k < channels.size(); ++k) {
                const auto [values, at_limit] = block.decode(k);
                all.values[k].insert(all.values[k].end(), values.begin(), values.end());
                all.at_limit[k].insert(all.at_limit[k].end(), at_limit.begin(), at_limit.end());
                all.at_limit[k].resize(all.values[k].size(), 0);
            }
        },
        true, &all.report);
    return all;
}

// The digital value that stands at a place of a file.
int value_at(const std::string& bytes, std::int64_t place, int sample_bytes) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data()) + place;
    return sample_bytes == 2 ? io::decode_sample<2>(at) : io::decode_sample<3>(at);
}

}  // namespace

TEST_CASE("records longer than a block are read in parts, to the same samples", "[io]") {
    const TemporaryFolder folder;
    for (const int sample_bytes : {2, 3}) {
        const std::string short_bytes = night(1, sample_bytes);
        const EdfReader expected(folder.write("short.edf", short_bytes));
        const auto whole = expected.read(channels);
        const Streamed all = streamed(expected);
        for (const int record_s : {1, 1200, 600}) {
            INFO(sample_bytes << " bytes, records of " << record_s << " s");
            const std::string bytes = night(record_s, sample_bytes);
            EdfReader reader(folder.write("long.edf", bytes));
            CHECK(reader.recording().findings.empty());
            CHECK(reader.recording().segments == expected.recording().segments);
            REQUIRE(reader.recording().annotations.size() == 2);
            CHECK(reader.recording().annotations[1].onset == 900s);

            std::string digest;
            const auto signals = reader.read(channels, &digest);
            CHECK(digest == io::sha256_of(bytes));
            const Streamed same = streamed(reader);
            CHECK(same.report.sha256 == std::vector<std::string>{digest});
            std::mt19937 random(1);
            for (std::size_t k = 0; k < channels.size(); ++k) {
                REQUIRE(signals[k].stretches.size() == 1);
                const std::vector<float>& samples = signals[k].stretches[0].samples;
                CHECK(samples == whole[k].stretches[0].samples);
                CHECK(same.values[k] == samples);
                CHECK(same.at_limit[k] == all.at_limit[k]);
                CHECK(reader.read(std::span(&channels[k], 1))[0].stretches[0].samples == samples);  // alone
                const auto digital = reader.read_digital(channels[k]);
                REQUIRE(digital.size() == static_cast<std::size_t>(night_s * rates[k]));
                bool right = true;
                for (std::size_t i = 0; i < digital.size(); ++i) right = right && digital[i] == value(static_cast<int>(k), static_cast<int>(i));
                CHECK(right);
                REQUIRE(signals[k].limited.size() == 1);
                CHECK(signals[k].limited[0].count == whole[k].limited[0].count);
                CHECK(value_at(bytes, signals[k].limited[0].first_byte, sample_bytes) == 2001);
                CHECK(same.report.limited[k].at(0).count == signals[k].limited[0].count);
                CHECK(same.report.limited[k].at(0).first_byte == signals[k].limited[0].first_byte);
                for (int i = 0; i < 20; ++i) {
                    const std::size_t first = random() % samples.size(), count = i == 0 ? samples.size() - first : random() % std::min<std::size_t>(samples.size() - first, 700);
                    std::vector<float> part(count);
                    reader.read_part(channels[k], 0, static_cast<std::int64_t>(first), part);
                    CHECK(std::equal(part.begin(), part.end(), samples.begin() + static_cast<std::ptrdiff_t>(first)));
                }
            }
            const Findings found = reader.check_samples();
            REQUIRE(found.size() == channels.size());
            for (std::size_t k = 0; k < found.size(); ++k) CHECK(found[k].byte_offset == signals[k].limited[0].first_byte);

            EdfReader packed(folder.write("long.edf.gz", stored_gzip(bytes)));
            CHECK(streamed(packed).values == same.values);
            packed.keep_if_packed(channels);
            const Streamed kept = streamed(packed);
            CHECK(kept.values == same.values);
            CHECK(kept.at_limit == same.at_limit);
            CHECK(kept.report.sha256 == same.report.sha256);

            for (EdfReader* r : {&reader, &packed})  // memory is bounded
                r->for_each_block(channels, [&](const io::SlotBlock& block) {
                    std::int64_t wanted = 0;
                    for (const auto& s : block.slots) wanted += s.samples * block.record_count * sample_bytes;
                    if (wanted > most_bytes) FAIL(wanted << " bytes in a block");
                });
        }
    }
}

TEST_CASE("long records that are cut off or have gaps give what is complete, in its segments", "[io]") {
    const TemporaryFolder folder;
    const EdfReader expected(folder.write("short.edf", night(1, 2)));
    const auto whole = expected.read(channels);
    for (const bool gap : {false, true}) {
        std::string bytes = night(600, 2, gap);
        const EdfReader complete(folder.write("long.edf", bytes));
        const Streamed all = streamed(complete);
        CHECK(all.segments.size() == (gap ? 2 : 1));
        CHECK(complete.recording().segments == (gap ? std::vector<Interval>{{0s, 600s}, {700s, 1300s}} : std::vector<Interval>{{0s, 1200s}}));
        for (std::size_t k = 0; k < channels.size(); ++k) {
            CHECK(all.values[k] == whole[k].stretches[0].samples);
            if (!gap) continue;
            std::vector<float> part(300);
            complete.read_part(channels[k], 1, 100, part);
            CHECK(std::equal(part.begin(), part.end(), whole[k].stretches[0].samples.begin() + 600 * rates[k] + 100));
        }
        bytes.resize(bytes.size() - 500'001);  // in the middle of the second record
        const EdfReader cut(folder.write("cut.edf", bytes));
        CHECK(cut.recording().segments == std::vector<Interval>{{0s, 600s}});
        REQUIRE(cut.recording().findings.size() == 1);
        CHECK(cut.recording().findings[0].code == FindingCode::EDF_RECORD_COUNT);
        CHECK(cut.recording().findings[0].message.find("of a cut record are lost") != std::string::npos);
        CHECK(cut.recording().annotations.size() == 1);
        const Streamed some = streamed(cut);
        CHECK(some.report.sha256 == std::vector<std::string>{io::sha256_of(bytes)});
        for (std::size_t k = 0; k < channels.size(); ++k) {
            const auto count = static_cast<std::size_t>(600 * rates[k]);
            REQUIRE(some.values[k].size() == count);
            CHECK(std::equal(some.values[k].begin(), some.values[k].end(), whole[k].stretches[0].samples.begin()));
        }
    }
}

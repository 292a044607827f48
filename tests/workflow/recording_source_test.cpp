// Samples that are read when they are looked at: the same whatever way they come.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/recording_source.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "libpsg/model/error.hpp"
#include "tests/edf_bytes.hpp"

using namespace psg;
using namespace std::chrono_literals;

namespace {

// Records of a channel with `per_record` samples, each with a value of its own.
test::EdfSignalText counted(const std::string& label, int per_record, int records, int first, int scale = 1) {
    test::EdfSignalText s;
    s.label = label;
    s.physical_min = std::to_string(-30000 * scale);
    s.physical_max = std::to_string(30000 * scale);
    s.digital_min = "-30000";
    s.digital_max = "30000";
    s.samples = std::to_string(per_record);
    for (int r = 0; r < records; ++r) {
        std::vector<int> values;
        for (int i = 0; i < per_record; ++i) values.push_back((first + 37 * (r * per_record + i)) % 32768);
        s.records.push_back(test::int16_bytes(values));
    }
    return s;
}

using Stretches = std::vector<std::vector<float>>;

Stretches whole_of(const Signal& signal) {
    const WholeSignal whole(signal);
    Stretches all;
    for (const Signal::Stretch& s : whole->stretches) all.push_back(s.samples);
    return all;
}

// What passes by, and parts of it, are what the reader of the file has of the whole channel.
void compare(const workflow::RecordingSource& source, const std::vector<int>& channels, const std::vector<Stretches>& expected) {
    std::vector<Signal> signals;
    for (const int c : channels) signals.push_back(source.signal(c));
    std::vector<Stretches> passed(signals.size());
    std::vector<Listener> listeners;
    for (std::size_t k = 0; k < signals.size(); ++k)
        listeners.push_back({&signals[k],
                             [&passed, &signals, k](Time start) {
                                 CHECK(start == signals[k].stretches.at(passed[k].size()).start);
                                 passed[k].emplace_back();
                             },
                             [&passed, k](std::span<const float> x) { passed[k].back().insert(passed[k].back().end(), x.begin(), x.end()); }});
    pass_by(listeners);
    std::mt19937 random(1);
    for (std::size_t k = 0; k < signals.size(); ++k) {
        CHECK(passed[k] == expected[k]);
        CHECK(whole_of(signals[k]) == expected[k]);
        std::vector<Stretches> alone(1);  // few bytes of large records are read another way
        const Listener one{&signals[k], [&](Time) { alone[0].emplace_back(); }, [&](std::span<const float> x) { alone[0].back().insert(alone[0].back().end(), x.begin(), x.end()); }};
        pass_by({&one, 1});
        CHECK(alone[0] == expected[k]);
        REQUIRE(signals[k].stretches.size() == expected[k].size());
        for (std::size_t s = 0; s < expected[k].size(); ++s) {
            const std::size_t n = expected[k][s].size();
            REQUIRE(signals[k].stretches[s].size() == n);
            CHECK(signals[k].extent(s).duration() == signals[k].rate.time_of(static_cast<std::int64_t>(n)));
            CHECK_THROWS_AS(signals[k].part(s, n, 1), std::logic_error);
            CHECK_THROWS_AS(signals[k].view(s), std::logic_error);
            bool same = true;
            for (int i = 0; i < 200; ++i) {
                const std::size_t first = random() % (n + 1), count = random() % (std::min<std::size_t>(n - first, 700) + 1);
                const auto from = expected[k][s].begin() + static_cast<std::ptrdiff_t>(first);
                same = same && signals[k].part(s, first, count) == std::vector<float>(from, from + static_cast<std::ptrdiff_t>(count));
            }
            CHECK(same);
        }
    }
}

std::shared_ptr<workflow::RecordingSource> source_of(const std::vector<std::string>& paths) {
    io::RecordingReader reader(paths);
    const Recording recording = reader.recording();
    return std::make_shared<workflow::RecordingSource>(std::move(reader), recording);
}

// By the reader that decodes all of a file at once.
std::vector<Stretches> read_whole(const std::string& path, const std::vector<int>& channels) {
    std::vector<Stretches> all;
    for (const Signal& s : io::EdfReader(path).read(channels)) all.push_back(whole_of(s));
    return all;
}

test::EdfText with_gaps(int records) {
    test::EdfText file;
    file.reserved = "EDF+D";
    file.signals = {counted("A", 5, records, 0), counted("B", 300, records, 11), counted("C", 4000, records, 5)};
    std::vector<std::string> onsets;
    for (int r = 0; r < records; ++r) {
        const int onset = r + (r > 2 ? 10 : 0) + (r > 40 ? 100 : 0);
        onsets.push_back("+" + std::to_string(onset) + std::string("\x14\x14\0", 3));
    }
    file.signals.push_back(test::annotation_signal(onsets));
    return file;
}

}  // namespace

TEST_CASE("samples that are read when they are looked at are those of the file", "[workflow]") {
    const test::TemporaryFolder folder;
    const std::string bytes = with_gaps(60).bytes(), path = folder.write("a.edf", bytes);
    const std::vector<int> channels{2, 0, 1};
    const auto expected = read_whole(path, channels);
    CHECK(expected[0].size() == 3);
    compare(*source_of({path}), channels, expected);

    const auto packed = source_of({folder.write("a.edf.gz", test::stored_gzip(bytes))});
    compare(*packed, {0}, {expected[1]});  // nothing kept: unpacked again and again
    packed->keep_if_packed(channels);
    compare(*packed, channels, expected);
    io::PassReport plain_report, packed_report;
    source_of({path})->stream(channels, [](auto...) {}, false, &plain_report);
    packed->stream(channels, [](auto...) {}, false, &packed_report);
    CHECK(plain_report.limited[0].at(0).count == packed_report.limited[0].at(0).count);
    CHECK(plain_report.limited[0].at(0).first_byte == packed_report.limited[0].at(0).first_byte);
    CHECK(plain_report.sha256 == packed_report.sha256);  // of the unpacked bytes
    CHECK(packed_report.sha256[0].size() == 64);

    test::EdfText tiny;  // many small records are read together; a long one in pieces
    tiny.duration = "0.01";
    tiny.signals = {counted("A", 1, 5000, 0), counted("B", 3, 5000, 9)};
    const std::string small = folder.write("small.edf", tiny.bytes());
    compare(*source_of({small}), {1, 0}, read_whole(small, {1, 0}));
    test::EdfText large;
    large.duration = "90";
    large.signals = {counted("A", 450'000, 1, 0), counted("B", 7, 1, 9)};
    const std::string one_record = folder.write("large.edf", large.bytes());
    compare(*source_of({one_record}), {0, 1}, read_whole(one_record, {0, 1}));
}

TEST_CASE("parts are looked into across their borders", "[workflow]") {
    const test::TemporaryFolder folder;
    test::EdfText first, second, third;
    first.signals = {counted("A", 100, 30, 0), counted("B", 7, 30, 3)};
    second.signals = {counted("B", 7, 20, 8), counted("A", 100, 20, 50, 2)};  // another order, another step
    second.time = "22.30.30";
    third.signals = {counted("A", 100, 10, 70), counted("B", 7, 10, 1)};
    third.time = "22.40.00";
    const std::vector<std::string> paths{folder.write("1.edf", first.bytes()), folder.write("2.edf", second.bytes()), folder.write("3.edf", third.bytes())};
    std::vector<Stretches> expected(2);
    for (std::size_t k = 0; k < 2; ++k) {
        const int place = static_cast<int>(k);
        Stretches whole = read_whole(paths[0], {place})[0];
        const Stretches more = read_whole(paths[1], {1 - place})[0];
        whole[0].insert(whole[0].end(), more[0].begin(), more[0].end());
        whole.push_back(read_whole(paths[2], {place})[0][0]);
        expected[k] = whole;
    }
    compare(*source_of(paths), {0, 1}, expected);
}

TEST_CASE("a file that is changed or cut while it is read is an error and no wrong number", "[workflow]") {
    const test::TemporaryFolder folder;
    const std::string bytes = with_gaps(60).bytes();
    for (const bool cut : {false, true}) {
        const std::string path = folder.write("a.edf", bytes);
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 1h);
        const auto source = source_of({path});
        const Signal signal = source->signal(1);
        CHECK(signal.part(2, 0, 1000).size() == 1000);
        if (cut)
            std::filesystem::resize_file(path, bytes.size() / 2);
        else
            folder.write("a.edf", bytes);
        CHECK_THROWS_AS(signal.part(2, 0, 1000), DataError);
        CHECK_THROWS_AS(WholeSignal(signal), DataError);
        const Listener all{&signal, [](Time) {}, [](std::span<const float>) {}};
        CHECK_THROWS_AS(pass_by({&all, 1}), DataError);
    }
}

TEST_CASE("what passes by in memory is what is there", "[model]") {
    Signal signal;
    signal.rate = SampleRate::hertz(100);
    for (const std::size_t count : {std::size_t{40'000}, std::size_t{0}, std::size_t{16'384}, std::size_t{1}}) {
        Signal::Stretch stretch{Time(std::chrono::hours(signal.stretches.size())), {}};
        for (std::size_t i = 0; i < count; ++i) stretch.samples.push_back(static_cast<float>(i));
        signal.stretches.push_back(stretch);
    }
    std::vector<std::vector<float>> passed;
    std::vector<Time> starts;
    const Listener all{&signal, [&](Time t) { starts.push_back(t), passed.emplace_back(); }, [&](std::span<const float> x) { passed.back().insert(passed.back().end(), x.begin(), x.end()); }};
    pass_by({&all, 1});
    CHECK(starts == std::vector<Time>{0h, 2h, 3h});  // an empty stretch is none
    CHECK(passed == std::vector<std::vector<float>>{signal.stretches[0].samples, signal.stretches[2].samples, signal.stretches[3].samples});
    CHECK(signal.part(2, 16'380, 4) == std::vector<float>{16'380, 16'381, 16'382, 16'383});
    CHECK(&*WholeSignal(signal) == &signal);
}

// Files read by position, packed and plain.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/input_file.hpp"

#include <catch2/catch.hpp>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/model/error.hpp"
#include "tests/edf_bytes.hpp"

using namespace psg;
using io::InputFile;

namespace {

std::string numbers(std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>((i * i) >> 5);
    return bytes;
}

std::string read(const InputFile& file, std::int64_t offset, std::size_t count) {
    std::vector<unsigned char> bytes(count);
    bytes.resize(file.read_up_to(offset, bytes));
    return {bytes.begin(), bytes.end()};
}

test::EdfText two_channels() {
    test::EdfText edf;
    edf.signals = {{}, {}};
    edf.signals[1].label = "EEG C4-M1";
    for (int record = 0; record < 50; ++record)
        for (auto& s : edf.signals) s.records.push_back(test::int16_bytes({record, 2, -3, record * 100}));
    return edf;
}

}  // namespace

TEST_CASE("a packed file is read like the plain one, forwards and back", "[io]") {
    const test::TemporaryFolder folder;
    const std::string bytes = numbers(300000);
    const InputFile plain(folder.write("plain", bytes)), packed(folder.write("packed", test::stored_gzip(bytes)));
    const InputFile members(folder.write(
        "members", test::stored_gzip(bytes.substr(0, 70000)) + test::stored_gzip("") + test::stored_gzip(bytes.substr(70000))));
    CHECK_FALSE(plain.packed());
    for (const InputFile* file : {&plain, &packed, &members}) {
        CHECK(read(*file, 299990, 100) == bytes.substr(299990));
        CHECK(read(*file, 5, 200000) == bytes.substr(5, 200000));
        CHECK(file->size() == 300000);
        CHECK(read(*file, 0, 7) == bytes.substr(0, 7));
        CHECK(read(*file, 300000, 7).empty());
        CHECK(read(*file, 400000, 7).empty());
        std::vector<unsigned char> beyond(11);
        CHECK_THROWS_AS(file->read_at(299990, beyond), DataError);
    }
    InputFile moved(folder.path("packed"));
    moved = InputFile(folder.path("members"));
    CHECK(read(moved, 69990, 20) == bytes.substr(69990, 20));
}

TEST_CASE("damaged and truncated packed files are refused with the place", "[io]") {
    const test::TemporaryFolder folder;
    const std::string packed = test::stored_gzip(numbers(100000));
    for (const std::size_t length : {std::size_t(3), std::size_t(9), std::size_t(50000), packed.size() - 1}) {
        const InputFile file(folder.write("cut", packed.substr(0, length)));
        CHECK_THROWS_WITH(file.size(), Catch::Contains("near byte") && Catch::Contains("truncated or damaged"));
    }
    std::string damaged = packed;
    damaged[70000] = static_cast<char>(damaged[70000] ^ 1);
    CHECK_THROWS_AS(InputFile(folder.write("damaged", damaged)).size(), DataError);
    CHECK_THROWS_AS(InputFile(folder.write("followed", packed + "something else")).size(), DataError);
}

TEST_CASE("packed recordings give the same samples, annotations and digest", "[io]") {
    const test::TemporaryFolder folder;
    test::EdfText edf = two_channels();
    std::vector<std::string> tals, others;
    for (int record = 0; record < 50; ++record) {
        tals.push_back("+" + std::to_string(record) + "\x14\x14" + std::string(1, '\0') + "+" + std::to_string(record) +
                       ".5\x14note\x14");
        others.push_back("+" + std::to_string(record) + ".25\x14other\x14");
    }
    edf.reserved = "EDF+C";
    // two annotation channels around a large one: records of which only the annotations are read at first
    edf.signals.insert(edf.signals.begin(), test::annotation_signal(others));
    edf.signals[0].label = "edf annotations";
    test::EdfSignalText large;
    large.label = "large";
    large.samples = "3000";
    large.records.assign(50, test::int16_bytes(std::vector<int>(3000, 7)));
    edf.signals.push_back(large);
    edf.signals.push_back(test::annotation_signal(tals));
    const io::EdfReader plain(folder.write("night.edf", edf.bytes()));
    const io::EdfReader packed(folder.write("night.edf.gz", test::stored_gzip(edf.bytes())));
    CHECK(plain.recording().annotations.size() == 100);
    REQUIRE(packed.recording().annotations.size() == 100);
    for (std::size_t i = 0; i < 100; ++i)
        CHECK(packed.recording().annotations[i].text == plain.recording().annotations[i].text);
    CHECK(packed.recording().findings.size() == plain.recording().findings.size());
    std::string digest_plain, digest_packed;
    const std::vector<int> channels{1, 2, 3};
    const auto a = plain.read(channels, &digest_plain), b = packed.read(channels, &digest_packed);
    for (std::size_t i = 0; i < 3; ++i) CHECK(a[i].stretches[0].samples == b[i].stretches[0].samples);
    CHECK(digest_packed == digest_plain);
}

TEST_CASE("packed files that hold no recording are refused before they are unpacked", "[io]") {
    const test::TemporaryFolder folder;
    // truncated: the reader would complain about that if it went to the end
    const std::string packed = test::stored_gzip(numbers(200000));
    CHECK_THROWS_WITH(io::EdfReader(folder.write("no.edf.gz", packed.substr(0, 150000))), Catch::Contains("EDF"));
    CHECK_THROWS_AS(io::EdfReader(folder.write("empty.edf.gz", test::stored_gzip(""))), DataError);
    CHECK_THROWS_AS(io::EdfReader(folder.write("cut.edf.gz", test::stored_gzip(two_channels().bytes().substr(0, 700)))),
                    DataError);
}

// EDF+ and BDF+ files written by EdfWriter: read back by EDFlib, byte for byte the same twice, and never half there.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_writer.hpp"

#include <edflib.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <charconv>
#include <clocale>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>

#include "libpsg/io/edf/edflib_lock.hpp"
#include "libpsg/model/error.hpp"

using namespace psg;
using namespace psg::io;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A folder of its own that goes away with the test.
struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "psg-edf-writer-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
};

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

EdfOutputHeader two_channels() {
    EdfOutputHeader h;
    h.start_date = {2001, 2, 3};
    h.start_time_of_day = 22h + 58min + 59s + 250ms;
    h.equipment = "test rig";
    h.channels = {{"EEG C3-M2", "uV", -3276.7, 3276.7, -32767, 32767, 4, "AgAgCl", "HP:0.3Hz"},
                  {"SpO2", "%", 0, 100.25, 0, 1000, 1}};
    return h;
}

/// Ten records of known samples with two annotations.
void write_example(const std::string& path, EdfOutputHeader header, bool overwrite = false) {
    EdfWriter writer(path, std::move(header), overwrite);
    writer.annotate(1234567us, 2s, "fell \xC3\xA9t\xC3\xA9");
    for (int r = 0; r < 10; ++r) writer.write_record(std::vector<std::int32_t>{r, -r, 100 * r, -32767 + r, 900 + r});
    writer.annotate(0s, 0s, "Simulated recording by a test");
    writer.finish();
}

struct Opened {
    std::unique_ptr<edf_hdr_struct> header = std::make_unique<edf_hdr_struct>();
    int result = -1;
    explicit Opened(const std::string& path) {
        const std::lock_guard guard(edflib_table_lock());
        result = edfopen_file_readonly(path.c_str(), header.get(), EDFLIB_READ_ALL_ANNOTATIONS);
    }
    ~Opened() {
        const std::lock_guard guard(edflib_table_lock());
        if (result == 0) edfclose_file(header->handle);
    }
};

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const DataError& e) {
        return e.what();
    }
    return "";
}

}  // namespace

TEST_CASE("A written file reads back by EDFlib to the same values", "[edf_writer]") {
    Folder folder;
    const bool bdf = GENERATE(false, true);
    EdfOutputHeader header = two_channels();
    if (bdf) {
        header.format = EdfOutputFormat::bdf_plus;
        header.channels[0].digital_min = -8388608;
        header.channels[0].digital_max = 8388607;
    }
    const std::string path = folder.file("a.edf");
    write_example(path, header);
    CHECK(folder.entries() == 1);

    const Opened file(path);
    REQUIRE(file.result == 0);
    const edf_hdr_struct& h = *file.header;
    CHECK(h.filetype == (bdf ? EDFLIB_FILETYPE_BDFPLUS : EDFLIB_FILETYPE_EDFPLUS));
    CHECK(h.edfsignals == 2);
    CHECK(h.datarecords_in_file == 10);
    CHECK(h.startdate_year == 2001);
    CHECK(h.starttime_hour == 22);
    CHECK(h.starttime_minute == 58);
    CHECK(h.starttime_second == 59);
    CHECK(h.starttime_subsecond == 2500000);
    CHECK(std::string(h.equipment) == "test rig");
    CHECK(h.signalparam[0].phys_max == 3276.7);
    CHECK(h.signalparam[1].phys_max == 100.25);
    CHECK(std::string(h.signalparam[0].label) == "EEG C3-M2       ");
    CHECK(std::string(h.signalparam[0].prefilter).substr(0, 8) == "HP:0.3Hz");

    std::vector<int> samples(40);
    REQUIRE(edfread_digital_samples(h.handle, 0, 40, samples.data()) == 40);
    for (int r = 0; r < 10; ++r) {
        const auto at = static_cast<std::size_t>(4 * r);
        CHECK(samples[at] == r);
        CHECK(samples[at + 1] == -r);
        CHECK(samples[at + 2] == 100 * r);
        CHECK(samples[at + 3] == -32767 + r);
    }
    REQUIRE(h.annotations_in_file == 2);
    edf_annotation_struct annotation{};
    std::vector<std::pair<long long, std::string>> found;
    for (int i = 0; i < 2; ++i) {
        REQUIRE(edf_get_annotation(h.handle, i, &annotation) == 0);
        found.emplace_back(annotation.onset, annotation.annotation);
    }
    std::sort(found.begin(), found.end());
    CHECK(found[0] == std::pair<long long, std::string>{0, "Simulated recording by a test"});
    CHECK(found[1] == std::pair<long long, std::string>{12346000, "fell \xC3\xA9t\xC3\xA9"});
}

TEST_CASE("The header keeps every limit that passes the check", "[edf_writer]") {
    Folder folder;
    EdfOutputHeader header = two_channels();
    const std::vector<double> limits{0.001,    -0.0001,  3276.7,  -3276.75, 12345678, -1234567,
                                     0.000001, 99999.99, 8191.75, 99999999, 0.999999, -0.00001,
                                     -10,      0.1,      0.3,     1.005,    -204.8,   5000.001};
    header.channels.clear();
    for (const double limit : limits) header.channels.push_back({"X", "uV", limit, limit > 0 ? -1.0 : 1.0, 0, 1, 1});
    {
        EdfWriter writer(folder.file("a.edf"), header);
        writer.write_record(std::vector<std::int32_t>(limits.size(), 1));
        writer.finish();
    }
    const std::string bytes = bytes_of(folder.file("a.edf"));
    const std::size_t signals = limits.size() + 1;
    for (std::size_t i = 0; i < limits.size(); ++i) {
        const std::string text = bytes.substr(256 + signals * (16 + 80 + 8) + 8 * i, 8);
        double value = 0;
        std::from_chars(text.data(), text.data() + 8, value);
        CAPTURE(text);
        CHECK(value == limits[i]);
    }
}

TEST_CASE("The same calls give the same bytes, under any locale", "[edf_writer]") {
    Folder folder;
    write_example(folder.file("a.edf"), two_channels());
    const char* const comma = std::setlocale(LC_ALL, "de_DE.UTF-8");
    if (!comma) WARN("skipped in part: no locale with a decimal comma here");
    write_example(folder.file("b.edf"), two_channels());
    std::setlocale(LC_ALL, "C");
    const std::string a = bytes_of(folder.file("a.edf"));
    CHECK(a.size() > 256 * 4);
    CHECK(a == bytes_of(folder.file("b.edf")));
}

TEST_CASE("A target is either whole or untouched", "[edf_writer]") {
    Folder folder;
    const std::string path = folder.file("a.edf");
    {
        EdfWriter writer(path, two_channels());
        writer.write_record(std::vector<std::int32_t>(5, 0));
        CHECK_FALSE(fs::exists(path));
        CHECK(folder.entries() == 1);  // the temporary file
    }
    CHECK(folder.entries() == 0);

    std::ofstream(path) << "precious";
    CHECK(message_of([&] { write_example(path, two_channels()); }).find("exists") != std::string::npos);
    CHECK(bytes_of(path) == "precious");
    write_example(path, two_channels(), true);
    CHECK(bytes_of(path).size() > 1000);

    // A target that appears while the file is being written is not lost either.
    fs::remove(path);
    EdfWriter writer(path, two_channels());
    writer.write_record(std::vector<std::int32_t>(5, 0));
    std::ofstream(path) << "precious";
    CHECK(message_of([&] { writer.finish(); }).find("exists") != std::string::npos);
    CHECK(bytes_of(path) == "precious");
}

TEST_CASE("What EDF+ or EDFlib cannot hold is refused with the reason", "[edf_writer]") {
    Folder folder;
    const std::string path = folder.file("a.edf");
    const auto refused = [&](auto change) {
        EdfOutputHeader header = two_channels();
        change(header);
        const std::string message = message_of([&] { EdfWriter(path, header).finish(); });
        CHECK(folder.entries() == 0);
        return message;
    };
    CHECK(refused([](auto& h) { h.channels[0].label = "a label of 17 cha"; }).find("17 characters") !=
          std::string::npos);
    CHECK(refused([](auto& h) { h.channels[0].unit = "\xC2\xB5V"; }).find("ASCII") != std::string::npos);
    CHECK(refused([](auto& h) { h.channels[0].physical_max = 1.0 / 3; }).find("8 characters") != std::string::npos);
    CHECK(refused([](auto& h) { h.channels[0].physical_max = -3276.7; }).find("physical range") != std::string::npos);
    CHECK(refused([](auto& h) { h.channels[0].digital_max = 40000; }).find("32767") != std::string::npos);
    CHECK(refused([](auto& h) { h.channels[1].samples_per_record = 0; }).find("no samples") != std::string::npos);
    CHECK(refused([](auto& h) { h.channels.clear(); }).find("neither a channel nor an annotation") != std::string::npos);
    CHECK(refused([](auto& h) { h.channels.resize(640, h.channels[0]); }).find("640") != std::string::npos);
    CHECK(refused([](auto& h) { h.channels[0].samples_per_record = 6'000'000; }).find("bytes") != std::string::npos);
    CHECK(refused([](auto& h) { h.start_date = {2001, 2, 29}; }).find("date") != std::string::npos);
    CHECK(refused([](auto& h) { h.start_time_of_day = 24h; }).find("time of day") != std::string::npos);
    CHECK(refused([](auto& h) { h.record_duration = 15us; }).find("duration") != std::string::npos);
    CHECK(refused([](auto& h) { h.record_duration = 1040us; }).find("decimals") != std::string::npos);
    CHECK(refused([](auto& h) { h.recording_additional = std::string(45, 'r'); }).find("recording field") != std::string::npos);
    CHECK(refused([](auto& h) { h.patient_name = std::string(80, 'n'); }).find("patient field") != std::string::npos);
    CHECK(refused([](auto&) {}).find("no record") != std::string::npos);
    CHECK(message_of([&] { EdfWriter(folder.file("no/such/a.edf"), two_channels()); }).find("No such file") !=
          std::string::npos);

    EdfWriter writer(path, two_channels());
    CHECK(message_of([&] { writer.annotate(-1us, 0s, "early"); }).find("before") != std::string::npos);
    CHECK(message_of([&] { writer.annotate(0s, 0s, std::string(41, 'a')); }).find("41 bytes") != std::string::npos);
    CHECK(message_of([&] {
              writer.annotate(0s, 0s,
                              "a\x14"
                              "b");
          }).find("control") != std::string::npos);
    CHECK(message_of([&] { writer.write_record(std::vector<std::int32_t>(4, 0)); }).find("5 are needed") !=
          std::string::npos);
    CHECK(message_of([&] { writer.write_record(std::vector<std::int32_t>(5, 2000)); }).find("'SpO2'") !=
          std::string::npos);
    writer.write_record(std::vector<std::int32_t>(5, 0));
    writer.annotate(0s, 0s, std::string(40, 'a'));
    writer.annotate(0s, 0s, "one too many for a single record");
    CHECK(message_of([&] { writer.finish(); }).find("do not fit") != std::string::npos);
}

TEST_CASE("As many annotations as there is room for come back", "[edf_writer]") {
    Folder folder;
    EdfOutputHeader header = two_channels();
    header.annotation_channels = 3;
    {
        EdfWriter writer(folder.file("a.edf"), header);
        for (int i = 0; i < 12; ++i) writer.annotate(i * 100ms, 86400s, std::string(40, static_cast<char>('a' + i)));
        for (int r = 0; r < 4; ++r) writer.write_record(std::vector<std::int32_t>(5, 0));
        writer.finish();
    }
    const Opened file(folder.file("a.edf"));
    REQUIRE(file.result == 0);
    CHECK(file.header->annotations_in_file == 12);
}

TEST_CASE("The 65th open file is refused and the others still work", "[edf_writer]") {
    Folder folder;
    std::vector<EdfWriter> writers;
    for (int i = 0; i < 64; ++i) writers.emplace_back(folder.file(std::to_string(i) + ".edf"), two_channels());
    CHECK(message_of([&] { EdfWriter(folder.file("64.edf"), two_channels()); }).find("64 files") != std::string::npos);
    for (EdfWriter& writer : writers) {
        writer.write_record(std::vector<std::int32_t>(5, 1));
        writer.finish();
    }
    CHECK(folder.entries() == 64);
}

TEST_CASE("EDFlib reads every record duration and identity that passes the check", "[edf_writer]") {
    Folder folder;
    for (const int ten_us : {100, 104, 207, 208, 3125, 39062, 65437, 70000, 99999, 100001, 123456, 1234567, 3000000, 5999999, 6000000}) {
        EdfOutputHeader header = two_channels();
        header.record_duration = Time(10 * ten_us);
        header.patient_code = std::string(30, 'c');
        header.patient_name = std::string(20, 'n');
        header.patient_additional = "and more text";
        header.patient_birth_date = ten_us % 2 ? std::optional<Date>(Date{1961, 9, 16}) : std::nullopt;
        if (ten_us % 2) header.patient_code.resize(28);
        header.recording_code = std::string(17, 'a');
        header.technician = std::string(14, 't');
        CAPTURE(ten_us);
        if (!edflib_writes_duration(header.record_duration)) continue;
        write_example(folder.file("a.edf"), header, true);
        const Opened file(folder.file("a.edf"));
        REQUIRE(file.result == 0);
        CHECK(file.header->datarecord_duration == 100LL * ten_us);
        CHECK(std::string(file.header->patient_additional).substr(0, 14) == "and more text ");
        CHECK(std::string(file.header->technician) == std::string(14, 't'));
        CHECK(std::string(file.header->equipment) == "test rig");
    }
}

TEST_CASE("It is known which record durations EDFlib writes as they are", "[edf_writer]") {
    Folder folder;
    const std::string path = folder.file("a.edf");
    int wrong = 0;
    for (int ten_us = 100; ten_us < 6'000'000; ten_us += ten_us < 300 ? 1 : ten_us / 17 + 1) {
        const int handle = edfopen_file_writeonly(path.c_str(), EDFLIB_FILETYPE_EDFPLUS, 1);
        REQUIRE(handle >= 0);
        edf_set_samplefrequency(handle, 0, 1);
        edf_set_physical_maximum(handle, 0, 1);
        edf_set_physical_minimum(handle, 0, -1);
        edf_set_digital_maximum(handle, 0, 1);
        edf_set_digital_minimum(handle, 0, -1);
        edf_set_datarecord_duration(handle, ten_us);
        int sample = 0;
        edf_blockwrite_digital_samples(handle, &sample);
        edfclose_file(handle);
        const std::string text = bytes_of(path).substr(244, 8);
        double written = 0;
        std::from_chars(text.data(), text.data() + 8, written);
        const bool exact = std::llround(written * 1e6) == 10LL * ten_us;
        CAPTURE(ten_us, text);
        CHECK(edflib_writes_duration(Time(10 * ten_us)) == exact);
        wrong += !exact;
    }
    CHECK(wrong > 3);  // 1.04 ms is one
}

TEST_CASE("Onsets are those since the first sample, whatever the fraction of the start", "[edf_writer]") {
    Folder folder;
    EdfOutputHeader header = two_channels();
    header.start_time_of_day = 22h + 123456us;
    {
        EdfWriter writer(folder.file("a.edf"), header);
        writer.annotate(29s + 876544us, 0s, "30 s after the header's second");
        for (int r = 0; r < 4; ++r) writer.write_record(std::vector<std::int32_t>(5, 0));
        writer.finish();
    }
    CHECK(bytes_of(folder.file("a.edf")).find("+30\x14" "30 s after") != std::string::npos);
}

TEST_CASE("A file of annotations only is written and read", "[edf_writer]") {
    Folder folder;
    EdfOutputHeader header = two_channels();
    header.channels.clear();
    {
        EdfWriter writer(folder.file("a.edf"), header);
        for (int i = 0; i < 5; ++i) writer.annotate(i * 30s, 30s, "Sleep stage W");
        writer.finish();
    }
    const Opened file(folder.file("a.edf"));
    REQUIRE(file.result == 0);
    CHECK(file.header->edfsignals == 0);
    CHECK(file.header->annotations_in_file == 5);
}

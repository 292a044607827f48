// What psg-fix writes: read back by EDFlib to the same samples and annotations, for odd files of every kind.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_recording.hpp"

#include <edflib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "libpsg/io/edf/edflib_lock.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/unit.hpp"
#include "libpsg/workflow/fix/fix_channels.hpp"
#include "libpsg/workflow/fix/fix_records.hpp"
#include "tests/edf_bytes.hpp"
#include "tests/reference.hpp"

using namespace psg;
using namespace psg::workflow;
using namespace std::chrono_literals;
using psg::test::annotation_signal;
using psg::test::EdfSignalText;
using psg::test::EdfText;
using psg::test::int16_bytes;
using psg::test::TemporaryFolder;

namespace {

using Key = std::tuple<std::int64_t, std::int64_t, std::string>;  // onset and duration in us, text

/// A file as EDFlib reads it.
struct ByEdflib {
    std::unique_ptr<edf_hdr_struct> header = std::make_unique<edf_hdr_struct>();
    explicit ByEdflib(const std::string& path) {
        const std::lock_guard guard(io::edflib_table_lock());
        REQUIRE(edfopen_file_readonly(path.c_str(), header.get(), EDFLIB_READ_ALL_ANNOTATIONS) == 0);
    }
    ~ByEdflib() {
        const std::lock_guard guard(io::edflib_table_lock());
        edfclose_file(header->handle);
    }
    std::vector<double> physical(int signal) const {
        std::vector<double> samples(static_cast<std::size_t>(header->signalparam[signal].smp_in_file));
        REQUIRE(edfread_physical_samples(header->handle, signal, static_cast<int>(samples.size()), samples.data()) ==
                static_cast<int>(samples.size()));
        return samples;
    }
    std::string label(int signal) const {
        std::string text = header->signalparam[signal].label;
        return text.substr(0, text.find_last_not_of(' ') + 1);
    }
    std::string unit(int signal) const {
        std::string text = header->signalparam[signal].physdimension;
        return text.substr(0, text.find_last_not_of(' ') + 1);
    }
};

std::vector<std::string> fields_of(const std::string& line) {
    std::vector<std::string> fields;
    for (std::size_t i = 0; i <= line.size();) {
        const std::size_t end = std::min(line.find('\t', i), line.size());
        fields.push_back(line.substr(i, end - i));
        i = end + 1;
    }
    return fields;
}

/// The annotations of an .annot file.
std::vector<Key> annot_keys(const std::string& path) {
    std::vector<Key> keys;
    std::ifstream in(path);
    std::string line;
    while (std::getline(in, line)) {
        const auto f = fields_of(line);
        if (f[0] == "class" || f[0][0] == '#' || f[0] == "header_text") continue;
        const auto start = *parse_seconds(f[3]), stop = *parse_seconds(f[4]);
        keys.emplace_back(start.count(), (stop - start).count(), f[0] == "annotation" ? f[1] : f[0]);
    }
    return keys;
}

/// Fixes the file and compares everything with what the reader says about the input.
FixResult fix_and_compare(const std::string& input, FixOptions options = {}) {
    TemporaryFolder folder;
    const io::EdfReader reader(input);
    const Recording& recording = reader.recording();
    const FixResult result = fix_recording(reader, folder.path(reader.layout().sample_bytes == 3 ? "out.bdf" : "out.edf"), options);

    std::vector<Key> wanted, found;
    for (const Annotation& a : recording.annotations) wanted.emplace_back(a.onset.count(), a.duration.count(), a.text);
    std::set<int> left_out;
    for (const Finding& f : result.findings)
        if (f.code == FindingCode::FIX_CHANNEL_LEFT_OUT) left_out.insert(f.channel);
    std::vector<int> written;
    for (const Channel& c : recording.channels)
        if (c.calibration && !left_out.count(c.index)) written.push_back(c.index);
    const auto signals = recording.segments.empty() ? std::vector<Signal>() : reader.read(written);

    std::map<int, std::size_t> next;  // channel by segment: parts follow one another
    for (const FixedFile& file : result.files) {
        CAPTURE(file.path);
        if (file.kind == "annot") {
            for (const Key& key : annot_keys(file.path)) found.push_back(key);
            continue;
        }
        const ByEdflib out(file.path);
        const edf_hdr_struct& h = *out.header;
        if (recording.start.date && recording.start.date->year >= 1985 && recording.start.time_of_day) {
            const Time clock = (*recording.start.time_of_day + file.onset) % 24h;
            CHECK((h.starttime_hour * 3600 + h.starttime_minute * 60 + h.starttime_second) * 1'000'000LL +
                      h.starttime_subsecond / 10 ==
                  clock.count());
        }
        edf_annotation_struct a{};
        for (int i = 0; i < h.annotations_in_file; ++i) {
            REQUIRE(edf_get_annotation(h.handle, i, &a) == 0);
            const std::string text = a.annotation;
            if (text == "Padding: no data") continue;
            const auto duration = parse_seconds(a.duration);
            found.emplace_back(a.onset / 10 + file.onset.count(), duration ? duration->count() : 0, text);
        }
        const std::size_t segment = file.segment > 0 ? static_cast<std::size_t>(file.segment) - 1 : 0;
        REQUIRE(h.edfsignals == file.channels);
        for (int s = 0; s < h.edfsignals; ++s) {
            const std::size_t k = next[file.segment]++;
            REQUIRE(k < signals.size());
            const auto& in = signals[k].stretches[segment].samples;
            const auto samples = out.physical(s);
            const double factor = parse_unit(out.unit(s)).factor;
            const double tolerance = 2e-6 * std::abs(h.signalparam[s].phys_max - h.signalparam[s].phys_min) * factor;
            REQUIRE(samples.size() >= in.size());
            double worst = 0;
            for (std::size_t i = 0; i < in.size(); ++i)
                worst = std::max(worst, std::abs(samples[i] * factor - double(in[i])));
            CAPTURE(out.label(s), factor);
            CHECK(worst <=
                  tolerance + 1e-6 * std::abs(in.empty() ? 0.0 : double(*std::max_element(in.begin(), in.end()))));
            const double rate =
                double(h.signalparam[s].smp_in_datarecord) * EDFLIB_TIME_DIMENSION / double(h.datarecord_duration);
            CHECK(rate == Approx(signals[k].rate.hz()).epsilon(1e-12));
        }
    }
    if (!signals.empty())
        for (const auto& [segment, count] : next) CHECK(count == signals.size());
    std::sort(wanted.begin(), wanted.end());
    std::sort(found.begin(), found.end());
    CHECK(found == wanted);
    return result;
}

bool has(const FixResult& result, FindingCode code) {
    return std::any_of(result.findings.begin(), result.findings.end(),
                       [&](const Finding& f) { return f.code == code; });
}

EdfText plain(int records, const std::string& duration = "1") {
    EdfText text;
    text.duration = duration;
    EdfSignalText a, b;
    b.label = "SpO2";
    b.unit = "%";
    b.physical_min = "0";
    b.physical_max = "100";
    b.digital_min = "0";
    b.digital_max = "1000";
    b.samples = "2";
    for (int r = 0; r < records; ++r) {
        a.records.push_back(int16_bytes({r, -r, 100 * r, -32768 + r}));
        b.records.push_back(int16_bytes({r % 1000, 999}));
    }
    text.signals = {a, b};
    return text;
}

}  // namespace

TEST_CASE("Files of the collections come out the same", "[fix]") {
    for (const char* collection : {"io/edf/defects", "io/edf/real"}) {
        PSG_REFERENCE_OR_SKIP(folder, collection);
        int fixed = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            const std::string path = entry.path().string();
            if (entry.path().extension() != ".edf" && entry.path().extension() != ".bdf") continue;
            CAPTURE(path);
            try {
                const io::EdfReader reader(path);
                if (reader.recording().segments.empty() && reader.recording().annotations.empty()) continue;
            } catch (const DataError&) {
                continue;
            }
            fix_and_compare(path);
            ++fixed;
        }
        CHECK(fixed > 20);
    }
}

TEST_CASE("A recording with gaps becomes one file per segment", "[fix]") {
    TemporaryFolder folder;
    EdfText text = plain(6);
    text.reserved = "EDF+D";
    text.time = "23.59.58";
    const std::string end = "\x14\x14";
    text.signals.push_back(annotation_signal(
        {"+0.25" + end, "+1.25" + end,
         std::string("+10.5") + end + std::string(1, '\0') +
             "+10.5\x15"
             "30\x14"
             "crosses\x14",
         "+11.5" + end, std::string("+100.123456") + end + std::string(1, '\0') + "+50\x14in the gap\x14",
         "+101.123456" + end},
        32));
    const FixResult result = fix_and_compare(folder.write("gaps.edf", text.bytes()));
    REQUIRE(result.files.size() == 4);
    CHECK(std::filesystem::path(result.files[0].path).filename() == "out-1.edf");
    CHECK(std::filesystem::path(result.files[2].path).filename() == "out-3.edf");
    CHECK(std::filesystem::path(result.files[3].path).filename() == "out.annot");
    CHECK(result.files[2].onset == 99s + 873456us);
    CHECK(has(result, FindingCode::FIX_SPLIT));
}

TEST_CASE("Annotations that EDFlib cannot write go to the .annot file", "[fix]") {
    TemporaryFolder folder;
    EdfText text = plain(3);
    text.reserved = "EDF+C";
    const std::string end = "\x14\x14";
    const std::string nul(1, '\0');
    text.signals.push_back(annotation_signal({"+0" + end + nul +
                                                  "-3.5\x14"
                                                  "before\x14" +
                                                  nul + "+1\x14" + std::string(700, 'x') + "\x14",
                                              "+1" + end + nul +
                                                  "+1.00001\x14"
                                                  "fine\x14" +
                                                  nul + "+2\x14# no comment\x14",
                                              "+2" + end + nul +
                                                  "+2.5\x15"
                                                  "0.5\x14plain \xC3\xA9\x14"},
                                             500));
    const std::string path = folder.write("a.edf", text.bytes());
    const FixResult result = fix_and_compare(path);
    REQUIRE(result.files.size() == 2);
    CHECK(result.files[0].annotations == 2);
    CHECK(result.files[1].annotations == 3);

    FixOptions options;
    options.round_annotations = true;
    const FixResult rounded = fix_recording(io::EdfReader(path), folder.path("r.edf"), options);
    CHECK(rounded.files[0].annotations == 3);
    CHECK(rounded.files[1].annotations == 2);
}

TEST_CASE("Records that EDFlib does not write are cut anew with exact rates", "[fix]") {
    TemporaryFolder folder;
    for (const char* duration : {"0.00104", "0.0123456", "90", "0.0005", "100.5", "0.7", "60", "1.04E-3"}) {
        CAPTURE(duration);
        const FixResult result = fix_and_compare(folder.write("d.edf", plain(50, duration).bytes()));
        CHECK(result.files.size() == 1);
        CHECK(has(result, FindingCode::FIX_RECORDS) ==
              (std::string(duration) != "0.7" && std::string(duration) != "60"));
    }
    // 1 sample in 100 s does not fit into any record
    EdfText slow = plain(3, "100");
    slow.signals[1].samples = "1";
    for (auto& r : slow.signals[1].records) r.resize(2);
    const io::EdfReader reader(folder.write("slow.edf", slow.bytes()));
    CHECK_THROWS_WITH(fix_recording(reader, folder.path("o.edf"), {}), Catch::Contains("whole samples"));
    FixOptions some;
    some.channels = {"EEG C3-M2"};
    CHECK(fix_recording(reader, folder.path("o.edf"), some).files.front().channels == 1);
}

TEST_CASE("Record plans fill the stretch", "[fix]") {
    const RecordPlan same = plan_records("f", 1'000'000'000, {256, 1}, 100, 1 << 20);
    CHECK(same.same());
    CHECK(same.records == 100);
    // 90 s with 90 samples at least: the quantum is 1 s
    const RecordPlan cut = plan_records("f", 90'000'000'000, {90 * 256, 90}, 7, 1 << 20);
    CHECK(cut.duration == 1s);
    CHECK(cut.records == 630);
    CHECK(cut.padding_quanta == 0);
    // quanta of 0.5 ms, a prime number of them: one must be added
    const RecordPlan padded = plan_records("f", 500'000, {1}, 1'000'003, 1 << 20);
    CHECK(padded.padding_quanta == 1);
}

TEST_CASE("Calibrations that cannot be written as they stand keep their values", "[fix]") {
    TemporaryFolder folder;
    const auto one = [&](const char* pmin, const char* pmax, const char* dmin, const char* dmax, const char* unit) {
        EdfText text = plain(4);
        EdfSignalText& s = text.signals[0];
        s.physical_min = pmin;
        s.physical_max = pmax;
        s.digital_min = dmin;
        s.digital_max = dmax;
        s.unit = unit;
        CAPTURE(pmin, pmax, dmin, dmax, unit);
        return fix_and_compare(folder.write("c.edf", text.bytes()));
    };
    CHECK_FALSE(has(one("-500", "500", "-32768", "32767", "uV"), FindingCode::FIX_CALIBRATION));
    CHECK(has(one("-500", "500", "32767", "-32768", "uV"), FindingCode::FIX_CALIBRATION));       // reversed
    CHECK(has(one("-3.3e-5", "3.3e-5", "-32768", "32767", "V"), FindingCode::FIX_CALIBRATION));  // 33 uV
    CHECK(has(one("-.123456", ".1234567", "-32768", "32767", "mV"), FindingCode::FIX_CALIBRATION));
    CHECK(has(one("-500", "500", "0", "65535", "uV"), FindingCode::FIX_CALIBRATION));
    CHECK(has(one("-1e12", "1e12", "-32768", "32767", "counts"), FindingCode::FIX_CHANNEL_LEFT_OUT));
    CHECK_FALSE(
        has(one("500", "-500", "-32768", "32767", "uV"), FindingCode::FIX_CALIBRATION));  // legal, its sign is kept
    const FixResult micro = one("-500", "500", "-32768", "32767", "\xB5V");
    CHECK(has(micro, FindingCode::FIX_TEXT));

    EdfText uncalibrated = plain(2);
    uncalibrated.signals[0].physical_min = "";
    const std::string path = folder.write("u.edf", uncalibrated.bytes());
    CHECK(fix_recording(io::EdfReader(path), folder.path("o.edf"), {}).files[0].channels == 1);
    FixOptions keep;
    keep.keep_uncalibrated = true;
    CHECK(fix_recording(io::EdfReader(path), folder.path("k.edf"), keep).files[0].channels == 2);
    const ByEdflib kept(folder.path("k.edf"));
    CHECK(kept.physical(0) == std::vector<double>{0, 0, 0, -32768, 1, -1, 100, -32767});

    uncalibrated.signals[1].physical_min = "";
    const io::EdfReader none(folder.write("n.edf", uncalibrated.bytes()));
    CHECK_THROWS_WITH(fix_recording(none, folder.path("n2.edf"), {}), Catch::Contains("--keep-uncalibrated writes channels"));
    CHECK(fix_recording(none, folder.path("n2.edf"), keep).files[0].channels == 2);
}

TEST_CASE("A unit that is not known does not become one that is", "[fix]") {
    TemporaryFolder folder;
    FixOptions options;
    options.overwrite = true;
    for (const auto& [unit, written] : {std::pair{"\u00fbV", "?uV"}, {"\u00a0V", "? V"}, {"\u00b5V", "uV"}, {"\u00b0X", "degX"}}) {
        EdfText text = plain(3);
        text.signals[0].unit = unit;
        const std::string path = folder.write("u.edf", text.bytes()), out = folder.path("o.edf");
        fix_recording(io::EdfReader(path), out, options);
        const io::EdfReader before(path), after(out);
        CHECK(after.recording().channels[0].unit_text == written);
        CHECK(after.recording().channels[0].calibration->physical(100) ==
              Approx(before.recording().channels[0].calibration->physical(100)));
    }
}

TEST_CASE("Samples outside the declared range are limited, as the reader does", "[fix]") {
    TemporaryFolder folder;
    EdfText text = plain(4);
    text.signals[0].digital_min = "-100";
    text.signals[0].digital_max = "100";
    CHECK(has(fix_and_compare(folder.write("r.edf", text.bytes())), FindingCode::EDF_SAMPLE_RANGE));
}

TEST_CASE("A name that promises the other format is refused", "[fix]") {
    TemporaryFolder folder;
    const io::EdfReader edf(folder.write("e.edf", plain(4).bytes()));
    EdfText text = plain(4);
    text.version = "\xff" "BIOSEMI";
    for (EdfSignalText& s : text.signals)
        for (std::string& record : s.records) record.resize(12, '\0');
    const io::EdfReader bdf(folder.write("b.bdf", text.bytes()));
    CHECK_THROWS_AS(fix_recording(bdf, folder.path("o.edf"), {}), UsageError);
    CHECK_THROWS_AS(fix_recording(bdf, folder.path("o.EDF"), {}), UsageError);
    CHECK_THROWS_AS(fix_recording(edf, folder.path("o.bdf"), {}), UsageError);
    CHECK_FALSE(std::filesystem::exists(folder.path("o.edf")));
    CHECK(fix_recording(bdf, folder.path("o.bdf"), {}).files[0].kind == "BDF+C");
    CHECK(fix_recording(edf, folder.path("o.rec"), {}).files[0].kind == "EDF+C");
}

TEST_CASE("More than 640 signals become two files", "[fix]") {
    TemporaryFolder folder;
    EdfText text = plain(3);
    text.signals.resize(700, text.signals[0]);
    const FixResult result = fix_and_compare(folder.write("many.edf", text.bytes()));
    REQUIRE(result.files.size() == 2);
    CHECK(result.files[0].channels + result.files[1].channels == 700);
    CHECK(std::filesystem::path(result.files[1].path).filename() == "out-b.edf");
}

TEST_CASE("Header texts that do not fit are kept beside", "[fix]") {
    TemporaryFolder folder;
    EdfText text = plain(2);
    text.reserved = "EDF+C";
    text.signals.push_back(annotation_signal({"+0\x14\x14", "+1\x14\x14"}));
    text.patient = "MCH-0234567 F 16-SEP-1961 Haagse_Harry and more";
    text.recording = "Startdate 01-MAR-2024 PSG-1234/1987-number-of-the-house NN Telemetry03 and more";
    const io::EdfReader reader(folder.write("h.edf", text.bytes()));
    const FixResult result = fix_recording(reader, folder.path("o.edf"), {});
    REQUIRE(result.files.size() == 2);
    const ByEdflib out(folder.path("o.edf"));
    CHECK(std::string(out.header->patientcode) == "MCH-0234567");
    CHECK(std::string(out.header->patient_name) == "Haagse Harry");
    CHECK(std::string(out.header->birthdate) == "16 sep 1961");
    CHECK(std::string(out.header->technician) == "NN");
    std::ifstream annot(folder.path("o.annot"));
    const std::string all((std::istreambuf_iterator<char>(annot)), {});
    CHECK(all.find(text.recording) != std::string::npos);
}

TEST_CASE("Nothing is written over and nothing empty is written", "[fix]") {
    TemporaryFolder folder;
    const std::string path = folder.write("a.edf", plain(2).bytes());
    folder.write("o.annot", "mine");
    CHECK_THROWS_AS(fix_recording(io::EdfReader(path), folder.path("o.edf"), {}), DataError);
    CHECK_FALSE(std::filesystem::exists(folder.path("o.edf")));
    CHECK_THROWS_WITH(fix_recording(io::EdfReader(folder.write("z.edf", plain(0).bytes())), folder.path("z2.edf"), {}),
                      Catch::Contains("neither samples nor annotations"));
}

// Every file of the reference collection against tests/io/edf/edf_expected.tsv and against a naive decoder.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "libpsg/io/edf/edf_reader.hpp"
#include "tests/reference.hpp"

using namespace psg;
using psg::io::EdfReader;

namespace {

using Row = std::map<std::string, std::string>;

std::string file_bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The table: what each file must give, written by hand from its name and bytes; column `why` tells the reason.
std::map<std::string, Row> expected_rows() {
    std::map<std::string, Row> rows;
    std::istringstream in(file_bytes(psg::test::source_path("tests/io/edf/edf_expected.tsv")));
    const auto cells = [](const std::string& line) {
        std::vector<std::string> list(1);
        for (char c : line)
            if (c == '\t')
                list.emplace_back();
            else
                list.back() += c;
        return list;
    };
    std::string line;
    std::getline(in, line);
    const auto names = cells(line);
    while (std::getline(in, line)) {
        const auto values = cells(line);
        REQUIRE(values.size() == names.size());
        for (std::size_t i = 0; i < names.size(); ++i) rows[values[0]][names[i]] = values[i];
    }
    return rows;
}

// "CODE@0-2 CODE" as a sorted list "CODE@0 CODE@1 CODE@2 CODE".
std::multiset<std::string> spread(const std::string& text) {
    std::multiset<std::string> list;
    std::istringstream in(text);
    for (std::string word; in >> word;) {
        const auto at = word.find('@'), dash = word.find('-', at == std::string::npos ? 0 : at);
        if (at == std::string::npos || dash == std::string::npos) {
            list.insert(word);
            continue;
        }
        for (int i = std::stoi(word.substr(at + 1)); i <= std::stoi(word.substr(dash + 1)); ++i)
            list.insert(word.substr(0, at + 1) + std::to_string(i));
    }
    return list;
}

std::string number_text(double x) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.6f", x);
    std::string s = buffer;
    s.erase(s.find_last_not_of('0') + 1);
    if (s.back() == '.') s.pop_back();
    return s == "-0" ? "0" : s;
}

std::string date_text(const std::optional<Date>& d) {
    if (!d) return "unknown";
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%02d.%02d.%02d", d->day, d->month, d->year % 100);
    return buffer;
}

// Naive decoder: no repair but the comma, no regard for time.
struct Naive {
    std::string bytes;
    int count = 0, width = 2;
    std::vector<long> per_record;
    long header = 0, record = 0, records = 0;

    explicit Naive(const std::string& path) : bytes(file_bytes(path)) {
        count = std::stoi(bytes.substr(252, 4));
        width = bytes[0] == '\xff' ? 3 : 2;
        for (int i = 0; i < count; ++i) per_record.push_back(std::stol(field(i, 216, 8)));
        header = 256 * (count + 1);
        for (long n : per_record) record += n * width;
        records = (static_cast<long>(bytes.size()) - header) / record;
    }
    std::string field(int i, long before, long size) const {
        std::string s =
            bytes.substr(static_cast<std::size_t>(256 + count * before + i * size), static_cast<std::size_t>(size));
        s.erase(s.find_last_not_of(std::string(" \0", 2)) + 1);
        std::replace(s.begin(), s.end(), ',', '.');
        return s;
    }
    std::optional<double> number(int i, long before) const {
        const std::string s = field(i, before, 8);
        char* end = nullptr;
        const double x = std::strtod(s.c_str(), &end);
        return s.empty() || *end ? std::nullopt : std::optional(x);
    }
    std::vector<int> digital(int channel) const {
        std::vector<int> out;
        long before = 0;
        for (int i = 0; i < channel; ++i) before += per_record[static_cast<std::size_t>(i)] * width;
        for (long r = 0; r < records; ++r)
            for (long k = 0; k < per_record[static_cast<std::size_t>(channel)]; ++k) {
                const auto* p =
                    reinterpret_cast<const unsigned char*>(bytes.data()) + header + r * record + before + k * width;
                int value = 0;
                for (int b = 0; b < width; ++b) value += p[b] << (8 * b);
                if (value >= 1 << (8 * width - 1)) value -= 1 << (8 * width);
                out.push_back(value);
            }
        return out;
    }
};

void check_values(const EdfReader& reader, const std::string& path) {
    const Naive naive(path);
    for (const Channel& c : reader.recording().channels) {
        INFO("channel " << c.index << " " << c.label);
        const auto digital = naive.digital(c.index);
        const auto read = reader.read_digital(c.index);
        REQUIRE(read.size() == digital.size());
        REQUIRE(std::equal(read.begin(), read.end(), digital.begin()));
        const auto p0 = naive.number(c.index, 104), p1 = naive.number(c.index, 112), d0 = naive.number(c.index, 120),
                   d1 = naive.number(c.index, 128);
        const bool usable = p0 && p1 && d0 && d1 && *p0 != *p1 && *d0 != *d1;
        REQUIRE(c.calibration.has_value() == usable);
        if (!usable) continue;
        const std::string unit = naive.field(c.index, 96, 8);
        const double factor = unit == "mV" ? 1e3 : unit == "V" ? 1e6 : 1;
        const bool limited = *d1 <= (naive.width == 2 ? 32767 : 8388607);
        const int one[] = {c.index};
        const Signal signal = reader.read(one).front();
        std::size_t k = 0, wrong = 0;
        for (const auto& stretch : signal.stretches)
            for (float v : stretch.samples) {
                double d = digital[k++];
                if (limited) d = std::min(std::max(d, *d0), *d1);
                const double x = factor * (*p0 + (d - *d0) * (*p1 - *p0) / (*d1 - *d0));
                wrong += !(std::abs(v - x) <= 1e-6 * (std::abs(x) + factor * std::max(std::abs(*p0), std::abs(*p1))));
            }
        CHECK(k == digital.size());
        CHECK(wrong == 0);
    }
}

void check_file(const std::string& path, Row& row) {
    std::optional<EdfReader> reader;
    try {
        reader.emplace(path);
    } catch (const io::EdfRefusal& e) {
        CHECK(row["verdict"] == "refused");
        CHECK(e.place().field != "");
        CHECK(e.place().byte_offset);
        return;
    }
    REQUIRE(row["verdict"] == "readable");
    const Recording& r = reader->recording();
    std::multiset<std::string> found;
    Findings findings = r.findings;
    for (const Finding& f : reader->check_samples()) findings.push_back(f);
    for (const Finding& f : findings) {
        found.insert(std::string(code_name(f.code)) + (f.channel >= 0 ? "@" + std::to_string(f.channel) : ""));
        INFO(code_name(f.code));
        CHECK(f.byte_offset);  // every finding names its place and what was done
        CHECK_FALSE(f.field.empty());
        CHECK_FALSE(f.repair.empty());
    }
    CHECK(found == spread(row["findings"]));
    CHECK(std::to_string(r.channels.size()) == row["channels"]);
    CHECK(std::to_string(r.segments.size()) == row["segments"]);
    CHECK(date_text(r.start.date) == row["date"]);
    CHECK((r.start.time_of_day ? number_text(seconds(*r.start.time_of_day)) : "unknown") == row["clock"]);
    CHECK(std::to_string(r.annotations.size()) == row["annotations"]);
    const auto annotation = [](const Annotation& a) {
        return number_text(seconds(a.onset)) + " " + number_text(seconds(a.duration)) + " " + a.text;
    };
    if (!r.annotations.empty()) {
        CHECK_THAT(annotation(r.annotations.front()), Catch::StartsWith(row["first"]));
        CHECK_THAT(annotation(r.annotations.back()), Catch::StartsWith(row["last"]));
    }
    check_values(*reader, path);
}

}  // namespace

TEST_CASE("every reference file gives the findings and values of the table") {
    auto rows = expected_rows();
    std::set<std::string> seen;
    for (const char* sub : {"io/edf/defects", "io/edf/real"}) {
        PSG_REFERENCE_OR_SKIP(folder, sub);
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            INFO(name);
            seen.insert(name);
            CHECK(rows.count(name) == 1);
            if (rows.count(name)) check_file(entry.path().string(), rows[name]);
        }
    }
    for (const auto& row : rows)
        if (!seen.count(row.first)) FAIL_CHECK("no file " << row.first);
}

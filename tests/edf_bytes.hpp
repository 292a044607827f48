// Small EDF files made byte by byte, so that tests can break any field.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace psg::test {

struct EdfSignalText {
    std::string label = "EEG C3-M2", transducer, unit = "uV", physical_min = "-500", physical_max = "500";
    std::string digital_min = "-32768", digital_max = "32767", prefilter, samples = "4";
    std::vector<std::string> records;  ///< raw bytes of this signal, one string per record
};

struct EdfText {
    std::string version = "0", patient = "X X X X", recording = "Startdate 01-MAR-2024 X X X", date = "01.03.24";
    std::string time = "22.30.00", header_bytes, reserved, records, duration = "1", count;
    std::vector<EdfSignalText> signals;

    std::string bytes() const {
        const auto padded = [](std::string s, std::size_t width) {
            s.resize(width, ' ');
            return s;
        };
        const std::size_t n = signals.size();
        const std::size_t m = n ? signals[0].records.size() : 0;
        std::string out = padded(version, 8) + padded(patient, 80) + padded(recording, 80) + padded(date, 8) +
                          padded(time, 8) +
                          padded(header_bytes.empty() ? std::to_string(256 * (n + 1)) : header_bytes, 8) +
                          padded(reserved, 44) + padded(records.empty() ? std::to_string(m) : records, 8) +
                          padded(duration, 8) + padded(count.empty() ? std::to_string(n) : count, 4);
        const auto all = [&](auto member, std::size_t width) {
            for (const auto& s : signals) out += padded(s.*member, width);
        };
        using S = EdfSignalText;
        all(&S::label, 16);
        all(&S::transducer, 80);
        all(&S::unit, 8);
        all(&S::physical_min, 8);
        all(&S::physical_max, 8);
        all(&S::digital_min, 8);
        all(&S::digital_max, 8);
        all(&S::prefilter, 80);
        all(&S::samples, 8);
        out += std::string(32 * n, ' ');
        for (std::size_t r = 0; r < m; ++r)
            for (const auto& s : signals) out += s.records[r];
        return out;
    }
};

/// Little-endian 16-bit samples.
inline std::string int16_bytes(const std::vector<int>& values) {
    std::string out;
    for (int v : values) {
        out += static_cast<char>(v & 255);
        out += static_cast<char>((v >> 8) & 255);
    }
    return out;
}

/// An annotation signal of `samples` 2-byte samples per record with the given TAL bytes.
inline EdfSignalText annotation_signal(std::vector<std::string> tals, std::size_t samples = 32) {
    EdfSignalText s;
    s.label = "EDF Annotations";
    s.unit.clear();
    s.physical_min = "-1";
    s.physical_max = "1";
    s.samples = std::to_string(samples);
    for (std::string& t : tals) {
        t.resize(2 * samples, '\0');
        s.records.push_back(t);
    }
    return s;
}

/// gzip without compression (RFC 1951 stored blocks), written by hand.
inline std::string stored_gzip(const std::string& bytes) {
    const auto number = [](std::uint32_t value, int width) {
        std::string text;
        for (int i = 0; i < width; ++i) text += static_cast<char>(value >> (8 * i));
        return text;
    };
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320U : 0U);
    }
    std::string packed("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    for (std::size_t at = 0; at == 0 || at < bytes.size(); at += 60000) {
        const std::string block = bytes.substr(at, 60000);
        const auto length = static_cast<std::uint32_t>(block.size());
        packed += static_cast<char>(at + 60000 >= bytes.size());
        packed += number(length, 2) + number(~length, 2) + block;
    }
    return packed + number(~crc, 4) + number(static_cast<std::uint32_t>(bytes.size()), 4);
}

/// A folder that is removed with everything in it at the end of the test.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "psg_test_XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string path(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }

private:
    std::filesystem::path path_;
};

}  // namespace psg::test

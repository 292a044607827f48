// Makes a complete EDF+C file of whole-second records an EDF+D file with gaps, which EDFlib does not write.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/edf/edf_gaps.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
    throw DataError(path, "gaps could not be put into the file: " + what);
}

/// A whole number in a field of the header; -1 if there is none.
std::int64_t number_at(const std::string& header, std::size_t at, std::size_t width) {
    std::int64_t value = -1;
    if (at + width <= header.size()) std::from_chars(header.data() + at, header.data() + at + width, value);
    return value;
}

}  // namespace

// Header fields: EDF specification (Kemp 1992); time-keeping TALs: EDF+ specification, 2.2.4 (Kemp & Olivan 2003).
void put_gaps(const std::string& path, std::span<const std::int64_t> record_seconds) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    std::string header(256, '\0');
    file.read(header.data(), 256);
    const std::int64_t signals = number_at(header, 252, 4), head_bytes = number_at(header, 184, 8);
    if (!file || signals < 1 || signals > 9999 || head_bytes != 256 * (signals + 1) ||
        header.compare(192, 5, "EDF+C") != 0 || number_at(header, 244, 8) != 1)
        fail(path, "it is no EDF+C file with records of one second");
    if (number_at(header, 236, 8) != static_cast<std::int64_t>(record_seconds.size()))
        fail(path, "the number of records is another one");
    header.resize(static_cast<std::size_t>(head_bytes));
    file.read(header.data() + 256, head_bytes - 256);

    // place of the first annotation channel in a record
    std::int64_t notes_at = -1, notes_bytes = 0, record_bytes = 0;
    const auto count = static_cast<std::size_t>(signals);
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t bytes = 2 * number_at(header, 256 + count * 216 + i * 8, 8);
        if (bytes <= 0) fail(path, "a channel has no samples");
        if (notes_at < 0 && header.compare(256 + i * 16, 15, "EDF Annotations") == 0) {
            notes_at = record_bytes;
            notes_bytes = bytes;
        }
        record_bytes += bytes;
    }
    if (!file || notes_at < 0) fail(path, "it has no annotation channel");

    std::string notes(static_cast<std::size_t>(notes_bytes), '\0');
    for (std::size_t r = 0; r < record_seconds.size(); ++r) {
        if (record_seconds[r] < (r == 0 ? 0 : record_seconds[r - 1] + 1)) fail(path, "the records are out of order");
        const std::int64_t at = head_bytes + static_cast<std::int64_t>(r) * record_bytes + notes_at;
        file.seekg(at);
        file.read(notes.data(), notes_bytes);
        const std::size_t end = notes.find('\0');
        const std::size_t used = notes.find_last_not_of('\0') + 1;
        if (!file || end == std::string::npos || end > used) fail(path, "a record keeps no time");
        std::string changed = "+" + std::to_string(record_seconds[r]) + "\x14\x14" + notes.substr(end, used - end);
        if (changed.size() >= notes.size()) fail(path, "there is no room in a record's annotations");
        changed.resize(notes.size(), '\0');
        file.seekp(at);
        file.write(changed.data(), notes_bytes);
    }
    file.seekp(192);
    file.write("EDF+D", 5);
    file.close();
    if (!file) fail(path, "it could not be written");
}

}  // namespace psg::io

// Fuzzing of recordings: a file in memory, opened and read in full as a tool would.
// SPDX-License-Identifier: BSD-3-Clause
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/io/channels/channel_roles.hpp"
#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/gzip.hpp"
#include "libpsg/io/recording_reader.hpp"
#include "libpsg/model/error.hpp"
#include "tests/fuzz/harnesses.hpp"

namespace psg::fuzz {

namespace {

/// A file without a name on any disk.
class MemoryFile {
public:
    explicit MemoryFile(Bytes bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        for (std::size_t done = 0; done < bytes.size();) {
            const ssize_t wrote = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
            if (wrote <= 0) std::abort();
            done += static_cast<std::size_t>(wrote);
        }
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    int descriptor_;
};

void read_recording(Bytes bytes) {
    const MemoryFile file(bytes);
    try {
        const io::EdfReader reader(file.path());
        const Recording& recording = reader.recording();
        Findings findings;
        io::assign_roles(recording, {}, findings);
        std::vector<int> usable;
        for (const Channel& c : recording.channels)
            if (c.calibration) usable.push_back(c.index);
        std::string digest;
        const auto signals = reader.read(usable, &digest);
        // what every consumer relies on
        for (const Signal& s : signals)
            if (s.stretches.size() != recording.segments.size()) std::abort();
        for (std::size_t i = 1; i < recording.segments.size(); ++i)
            if (recording.segments[i].onset < recording.segments[i - 1].offset) std::abort();
        if (!recording.channels.empty()) reader.read_digital(recording.channels.front().index);
    } catch (const Error&) {
    }
}

}  // namespace

void edf(Bytes bytes) { read_recording(bytes); }

void bdf(Bytes bytes) {
    static constexpr std::string_view version = "\xff" "BIOSEMI";
    std::vector<std::uint8_t> changed(version.begin(), version.end());
    if (bytes.size() > changed.size()) changed.insert(changed.end(), bytes.begin() + 8, bytes.end());
    read_recording(changed);
}

void joined(Bytes bytes) {
    const MemoryFile first(bytes.first(bytes.size() / 2)), second(bytes.subspan(bytes.size() / 2));
    try {
        const io::RecordingReader reader({first.path(), second.path()});
        const Recording& recording = reader.recording();
        std::vector<int> usable;
        for (const Channel& c : recording.channels)
            if (c.calibration) usable.push_back(c.index);
        for (const Signal& s : reader.read(usable)) {
            if (s.stretches.size() != recording.segments.size()) std::abort();
            for (std::size_t i = 0; i < s.stretches.size(); ++i) {
                if (s.stretches[i].start != recording.segments[i].onset) std::abort();
                if (static_cast<std::int64_t>(s.stretches[i].samples.size()) !=
                    s.rate.samples_in(recording.segments[i].duration()))
                    std::abort();
            }
        }
        for (std::size_t i = 1; i < recording.segments.size(); ++i)
            if (recording.segments[i].onset <= recording.segments[i - 1].offset) std::abort();
    } catch (const Error&) {
    }
}

void gzip(Bytes bytes) {
    try {
        io::unpacked({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "fuzz.gz", 1 << 20);
    } catch (const Error&) {
    }
}

}  // namespace psg::fuzz

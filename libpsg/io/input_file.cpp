// Files for reading.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

std::string reason(int error) { return std::generic_category().message(error); }

FileState state_of(const struct stat& info) {
    return {info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

int open_for_reading(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) throw DataError(path, "cannot be opened: " + reason(errno), "check the name and the permissions");
    return fd;
}

// Bytes of a file from `offset`, as many as come at once; 0 at the end.
std::size_t read_some(int fd, std::int64_t offset, std::span<char> bytes, const std::string& name) {
    for (;;) {
        const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), offset);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) throw DataError(name + ", byte " + std::to_string(offset), "cannot be read: " + reason(errno));
    }
}

}  // namespace

InputFile::InputFile(const std::string& path)
    : name_(std::filesystem::path(path).filename().string()), descriptor_(open_for_reading(path)) {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0 || !S_ISREG(info.st_mode)) {
        ::close(std::exchange(descriptor_, -1));
        throw DataError(path, "is not a regular file", "recordings are read by position: store it as a file first");
    }
    size_ = info.st_size;
    opened_ = state_of(info);
    char start[gzip_magic.size()];
    if (::pread(descriptor_, start, sizeof start, 0) != sizeof start || std::string_view(start, sizeof start) != gzip_magic)
        return;  // what cannot be read is found out later
    constexpr std::int64_t always_allowed = 64 << 20, most_per_byte = 100;
    const std::int64_t limit = always_allowed + most_per_byte * size_;
    const auto read_packed = [fd = descriptor_, name = name_](std::int64_t offset, std::span<char> bytes) {
        return read_some(fd, offset, bytes, name);
    };
    stream_ = std::make_unique<GzipStream>(read_packed, name_, limit);
    size_ = -1;
}

InputFile::~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

InputFile::InputFile(InputFile&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      stream_(std::move(other.stream_)),
      size_(other.size_),
      opened_(other.opened_) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(size_, other.size_);
    std::swap(opened_, other.opened_);
    std::swap(stream_, other.stream_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

std::int64_t InputFile::size() const {
    if (size_ >= 0) return size_;
    std::vector<unsigned char> block(1 << 16);
    while (stream_->read(block) > 0) {
    }
    return size_ = stream_->position();
}

std::size_t InputFile::read_up_to(std::int64_t offset, std::span<unsigned char> bytes) const {
    if (stream_) {
        if (offset < stream_->position()) stream_->restart();
        while (stream_->position() < offset) {  // `bytes` as scratch memory
            const auto step = std::min<std::int64_t>(offset - stream_->position(), static_cast<std::int64_t>(bytes.size()));
            if (stream_->read(bytes.first(static_cast<std::size_t>(step))) == 0) return 0;
        }
        return stream_->read(bytes);
    }
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto rest = bytes.subspan(done);
        const std::size_t got = read_some(descriptor_, offset + static_cast<std::int64_t>(done),
                                          {reinterpret_cast<char*>(rest.data()), rest.size()}, name_);
        if (got == 0) break;
        done += got;
    }
    return done;
}

void InputFile::read_at(std::int64_t offset, std::span<unsigned char> bytes) const {
    if (read_up_to(offset, bytes) < bytes.size())
        throw DataError(name_ + ", byte " + std::to_string(offset), "the file ends early",
                        "it was changed while it was read: try again");
}

void InputFile::expect_unchanged() const {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0 || state_of(info) != opened_)
        throw DataError(name_, "was changed while it was read", "try again when nobody writes to it");
}

bool is_gzip_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    char start[gzip_magic.size()];
    const bool found = ::pread(fd, start, sizeof start, 0) == sizeof start && std::string_view(start, sizeof start) == gzip_magic;
    ::close(fd);
    return found;
}

std::string read_text_file(const std::string& path, std::int64_t limit) {
    const bool from_stdin = path == "-";
    const int fd = from_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw DataError(path, "cannot be opened: " + reason(errno), "check the name and the permissions");
    std::string text;
    std::string block(1 << 16, '\0');
    int error = 0;
    for (;;) {
        const ssize_t got = ::read(fd, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error = errno;
        if (got <= 0) break;
        text.append(block, 0, static_cast<std::size_t>(got));
        if (static_cast<std::int64_t>(text.size()) > limit) error = EFBIG;
        if (error) break;
    }
    if (!from_stdin) ::close(fd);
    if (error) throw DataError(path, "cannot be read: " + reason(error));
    return text;
}

bool same_file(const std::string& a, const std::string& b) {
    std::error_code ignored;
    return std::filesystem::equivalent(a, b, ignored);
}

}  // namespace psg::io

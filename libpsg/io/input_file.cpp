// Files for reading.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

std::string reason(int error) { return std::generic_category().message(error); }

int open_for_reading(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) throw DataError(path, "cannot be opened: " + reason(errno), "check the name and the permissions");
    return fd;
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
}

InputFile::~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

InputFile::InputFile(InputFile&& other) noexcept
    : name_(std::move(other.name_)), size_(other.size_), descriptor_(std::exchange(other.descriptor_, -1)) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(size_, other.size_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

void InputFile::read_at(std::int64_t offset, std::span<unsigned char> bytes) const {
    while (!bytes.empty()) {
        const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), offset);
        if (got < 0 && errno == EINTR) continue;
        const std::string where = name_ + ", byte " + std::to_string(offset);
        if (got < 0) throw DataError(where, "cannot be read: " + reason(errno));
        if (got == 0) throw DataError(where, "the file ends early", "it was changed while it was read: try again");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        offset += got;
    }
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

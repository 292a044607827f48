// Output that is never seen half written.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

[[noreturn]] void fail(const std::string& path, const std::string& what) {
    throw DataError(path, what + ": " + std::generic_category().message(errno));
}

void sync_path(const std::string& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    if (fd < 0) fail(path, "cannot be opened again to sync it");
    const int result = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    errno = error;
    if (result != 0 && error != EINVAL) fail(path, "cannot be synced to disk");  // EINVAL: the file system has no sync
}

}  // namespace

OutputFile::OutputFile(const std::string& path, bool overwrite) : path_(path), overwrite_(overwrite) {
    if (!overwrite && std::filesystem::exists(std::filesystem::symlink_status(path)))
        throw DataError(path, "exists already", "give --force to replace it");
    if (std::filesystem::is_directory(path)) throw DataError(path, "is a folder", "give the name of a file");
    // replacing a device or a pipe by a regular file would harm others
    if (std::filesystem::exists(path) && !std::filesystem::is_regular_file(path))
        throw DataError(path, "is no regular file and is not replaced", "write to stdout, or give the name of a file");
    temporary_ = path + ".XXXXXX.tmp";
    const int fd = ::mkstemps(temporary_.data(), 4);
    if (fd < 0) {
        temporary_.clear();
        fail(path, "cannot be written");
    }
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(fd, 0666 & ~mask);  // mkstemps makes the file private to its owner
    ::close(fd);
}

OutputFile::~OutputFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::commit() {
    sync_path(temporary_, O_RDONLY);
    if (overwrite_) {
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, "cannot be put in place");
        temporary_.clear();
    } else {
        // link() and not rename(): it fails if another process made the target meanwhile
        if (::link(temporary_.c_str(), path_.c_str()) != 0) {
            if (errno == EEXIST) throw DataError(path_, "exists already", "give --force to replace it");
            if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, "cannot be put in place");
            temporary_.clear();
        } else {
            ::unlink(temporary_.c_str());
            temporary_.clear();
        }
    }
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    sync_path(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
}

void write_text_file(const std::string& path, const std::string& text, bool overwrite) {
    OutputFile file(path, overwrite);
    std::FILE* out = std::fopen(file.temporary_path().c_str(), "wb");
    if (!out) fail(path, "cannot be written");
    const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
    const bool closed = std::fclose(out) == 0;
    if (!written || !closed) fail(path, "cannot be written");
    file.commit();
}

}  // namespace psg::io

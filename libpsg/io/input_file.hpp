// A file opened for reading by position: sizes are known before memory is taken, a shrinking file is an error and no crash.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "libpsg/io/gzip.hpp"

namespace psg::io {

/// What tells that a file was written to.
struct FileState {
    std::int64_t bytes = 0, modified_s = 0, modified_ns = 0;
    bool operator==(const FileState&) const = default;
};

/// Read-only file, read with pread (64-bit offsets). Not mmap: a file that is cut while it is read would end the process
/// by SIGBUS. A file that begins like gzip, whatever it is called, is unpacked on the way: all places and sizes are those
/// of the unpacked bytes, memory stays small, and no other file is made. Reading forwards costs one unpacking, each step
/// back another one from the beginning. Move-only; one thread at a time.
class InputFile {
public:
    /// Throws DataError if the file cannot be opened or is no regular file.
    explicit InputFile(const std::string& path);
    ~InputFile();
    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&& other) noexcept;

    /// Name for messages: the last part of the path.
    const std::string& name() const { return name_; }
    /// Bytes; of a packed file the unpacked ones, counted when first asked for. A packed file may unpack to 64 MiB and
    /// 100 times its own size (proposed; recordings are packed by 2 to 5): what is more is a DataError.
    std::int64_t size() const;
    bool packed() const { return stream_ != nullptr; }
    /// Of a packed file, known once its size is: NUL bytes behind its end, which are ignored.
    std::optional<GzipPadding> padding() const { return stream_ ? stream_->padding() : std::nullopt; }

    /// Fills `bytes` from `offset`; DataError if the file ends before or cannot be read.
    void read_at(std::int64_t offset, std::span<unsigned char> bytes) const;
    /// The same up to the end of the file: returns how many bytes there were.
    std::size_t read_up_to(std::int64_t offset, std::span<unsigned char> bytes) const;
    /// DataError if the file was written to since it was opened (its length or the time of its last change differ): what is
    /// read in several passes must be one recording.
    void expect_unchanged() const;

private:
    std::string name_;
    int descriptor_ = -1;
    std::unique_ptr<GzipStream> stream_;  // of a packed file
    mutable std::int64_t size_ = -1;      // -1: not yet counted
    FileState opened_;
};

/// True if the file can be read and begins like gzip.
bool is_gzip_file(const std::string& path);

/// Whole text of a file or, for "-", of standard input. DataError if it cannot be read or is longer than `limit` bytes.
std::string read_text_file(const std::string& path, std::int64_t limit = 256 << 20);

/// True if both paths exist and are the same file (device and inode), whatever they are called.
bool same_file(const std::string& a, const std::string& b);

}  // namespace psg::io

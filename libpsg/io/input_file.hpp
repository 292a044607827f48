// A file opened for reading by position: sizes are known before memory is taken, a shrinking file is an error and no crash.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace psg::io {

/// Read-only file, read with pread (64-bit offsets). Not mmap: a file that is cut while it is read would end the process
/// by SIGBUS. Move-only.
class InputFile {
public:
    /// Throws DataError if the file cannot be opened or is no regular file.
    explicit InputFile(const std::string& path);
    ~InputFile();
    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&& other) noexcept;

    /// Name for messages: the last part of the path.
    const std::string& name() const { return name_; }
    std::int64_t size() const { return size_; }

    /// Fills `bytes` from `offset`; DataError if the file ends before or cannot be read.
    void read_at(std::int64_t offset, std::span<unsigned char> bytes) const;

private:
    std::string name_;
    std::int64_t size_ = 0;
    int descriptor_ = -1;
};

/// Whole text of a file or, for "-", of standard input. DataError if it cannot be read or is longer than `limit` bytes.
std::string read_text_file(const std::string& path, std::int64_t limit = 256 << 20);

/// True if both paths exist and are the same file (device and inode), whatever they are called.
bool same_file(const std::string& a, const std::string& b);

}  // namespace psg::io

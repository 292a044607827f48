// Files and texts packed with gzip: the only door to Boost.Iostreams.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace psg::io {

/// How every gzip file begins (RFC 1952).
inline constexpr std::string_view gzip_magic = "\x1f\x8b";

/// Unpacks a gzip file of one or several members from its beginning towards its end, holding less than 100 kB whatever
/// the length. Move-only.
class GzipStream {
public:
    /// Fills `bytes` from a place of the packed file; returns how many there were, 0 at the end.
    using ReadPacked = std::function<std::size_t(std::int64_t offset, std::span<char> bytes)>;

    /// `name` goes into messages. More than `limit` unpacked bytes are refused.
    GzipStream(ReadPacked read_packed, std::string name, std::int64_t limit);
    ~GzipStream();
    GzipStream(GzipStream&&) noexcept;
    GzipStream& operator=(GzipStream&&) noexcept;

    /// The next unpacked bytes; fewer than asked for only at the end. DataError with the place if the file is damaged,
    /// truncated, or unpacks to more than the limit.
    std::size_t read(std::span<unsigned char> bytes);
    /// Unpacked bytes read so far.
    std::int64_t position() const { return position_; }
    /// Begins again.
    void restart();

private:
    struct Chain;
    ReadPacked read_packed_;
    std::string name_;
    std::int64_t limit_;
    std::int64_t position_ = 0;
    std::unique_ptr<Chain> chain_;
};

/// `bytes` as they are or, if they begin like a gzip file, unpacked. Damaged or truncated data, and more than `limit`
/// unpacked bytes, are a DataError about `name`.
std::string unpacked(std::string_view bytes, const std::string& name, std::int64_t limit = 256 << 20);

}  // namespace psg::io

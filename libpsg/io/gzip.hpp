// Files and texts packed with gzip: the only door to Boost.Iostreams.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libpsg/model/finding.hpp"

namespace psg::io {

/// How every gzip file begins (RFC 1952).
inline constexpr std::string_view gzip_magic = "\x1f\x8b";

/// NUL bytes behind the last member: tapes and block devices leave them, gzip(1) ignores them.
struct GzipPadding {
    std::int64_t offset = 0, count = 0;  ///< in the packed file
};
/// EDF_TRAILING_BYTES about them.
Finding padding_finding(const GzipPadding& padding);

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
    /// Known once the end was read.
    const std::optional<GzipPadding>& padding() const { return padding_; }

private:
    struct Chain;
    bool find_padding();
    bool ends_at(std::int64_t end) const;
    void skip(std::int64_t count);

    ReadPacked read_packed_;
    std::string name_;
    std::int64_t limit_;
    std::int64_t position_ = 0;
    std::optional<GzipPadding> padding_;
    std::unique_ptr<Chain> chain_;
};

/// `bytes` as they are or, if they begin like a gzip file, unpacked. Damaged or truncated data, and more than `limit`
/// unpacked bytes, are a DataError about `name`. `findings`, if given, receives what was odd.
std::string unpacked(std::string_view bytes, const std::string& name, std::int64_t limit = 256 << 20,
                     Findings* findings = nullptr);

}  // namespace psg::io

// Unpacking gzip by zlib.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <new>

#include "libpsg/model/error.hpp"

namespace psg::io {

std::string unpacked(std::string_view bytes, const std::string& name, std::int64_t limit) {
    if (!bytes.starts_with("\x1f\x8b")) return std::string(bytes);
    z_stream stream{};
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::bad_alloc();
    const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, &inflateEnd);

    std::string text;
    char buffer[1 << 16];
    while (true) {
        if (stream.avail_in == 0) {
            const std::size_t piece = std::min<std::size_t>(bytes.size(), 1 << 30);  // avail_in has 32 bits
            stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
            stream.avail_in = static_cast<uInt>(piece);
            bytes.remove_prefix(piece);
        }
        stream.next_out = reinterpret_cast<Bytef*>(buffer);
        stream.avail_out = sizeof buffer;
        const int status = inflate(&stream, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END)
            throw DataError(name, "the gzip file is truncated or damaged", "fetch it again");
        text.append(buffer, sizeof buffer - stream.avail_out);
        if (static_cast<std::int64_t>(text.size()) > limit)
            throw DataError(name, "the file unpacks to more than " + std::to_string(limit) + " bytes");
        if (status == Z_STREAM_END) {
            if (stream.avail_in == 0 && bytes.empty()) return text;
            inflateReset(&stream);  // files may be joined: another member follows
        }
    }
}

}  // namespace psg::io

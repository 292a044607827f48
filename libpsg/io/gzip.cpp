// Unpacking gzip by Boost.Iostreams.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/gzip.hpp"

#include <algorithm>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <ios>
#include <utility>
#include <vector>

#include "libpsg/model/error.hpp"

namespace psg::io {

namespace bio = boost::iostreams;

namespace {

// At the end of each member the filter copies what it has not used: a small buffer keeps files of many tiny members
// cheap.
constexpr int filter_buffer = 8192;
constexpr int stream_buffer = 1 << 16;

// The packed bytes, in order.
struct PackedSource {
    using char_type = char;
    struct category : bio::source_tag {};
    const GzipStream::ReadPacked* read_packed;
    std::int64_t* offset;

    std::streamsize read(char* bytes, std::streamsize count) {
        const std::size_t got = (*read_packed)(*offset, {bytes, static_cast<std::size_t>(count)});
        *offset += static_cast<std::int64_t>(got);
        return got > 0 ? static_cast<std::streamsize>(got) : -1;
    }
};

}  // namespace

struct GzipStream::Chain {
    ReadPacked read_packed;
    std::int64_t offset = 0;
    bio::filtering_streambuf<bio::input> buffer;

    explicit Chain(ReadPacked read) : read_packed(std::move(read)) {
        buffer.push(bio::gzip_decompressor(bio::gzip::default_window_bits, filter_buffer), stream_buffer);
        buffer.push(PackedSource{&read_packed, &offset}, filter_buffer);
    }
};

GzipStream::GzipStream(ReadPacked read_packed, std::string name, std::int64_t limit)
    : read_packed_(std::move(read_packed)),
      name_(std::move(name)),
      limit_(limit),
      chain_(std::make_unique<Chain>(read_packed_)) {}

GzipStream::~GzipStream() = default;
GzipStream::GzipStream(GzipStream&&) noexcept = default;
GzipStream& GzipStream::operator=(GzipStream&&) noexcept = default;

void GzipStream::restart() {
    chain_ = std::make_unique<Chain>(read_packed_);
    position_ = 0;
}

std::size_t GzipStream::read(std::span<unsigned char> bytes) {
    std::size_t done = 0;
    try {
        while (done < bytes.size()) {
            const auto rest = bytes.subspan(done);
            const std::streamsize got =
                chain_->buffer.sgetn(reinterpret_cast<char*>(rest.data()), static_cast<std::streamsize>(rest.size()));
            if (got <= 0) break;
            done += static_cast<std::size_t>(got);
            position_ += got;
            if (position_ > limit_)
                throw DataError(name_, "the gzip file unpacks to more than " + std::to_string(limit_) + " bytes",
                                "if that is no mistake, unpack it by gunzip and give the unpacked file");
        }
    } catch (const std::ios_base::failure&) {  // gzip_error is one
        throw DataError(name_ + ", near byte " + std::to_string(chain_->offset),
                        "the gzip file is truncated or damaged", "fetch it again");
    }
    return done;
}

std::string unpacked(std::string_view bytes, const std::string& name, std::int64_t limit) {
    if (!bytes.starts_with(gzip_magic)) return std::string(bytes);
    const auto read_packed = [bytes](std::int64_t offset, std::span<char> out) {
        const std::string_view part = bytes.substr(static_cast<std::size_t>(offset), out.size());
        std::copy(part.begin(), part.end(), out.begin());
        return part.size();
    };
    GzipStream stream(read_packed, name, limit);
    std::string text;
    std::vector<unsigned char> block(1 << 16);
    while (const std::size_t got = stream.read(block)) text.append(reinterpret_cast<const char*>(block.data()), got);
    return text;
}

}  // namespace psg::io

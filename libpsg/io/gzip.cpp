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
    std::int64_t end;  // -1: that of the file

    std::streamsize read(char* bytes, std::streamsize count) {
        if (end >= 0) count = std::min<std::streamsize>(count, end - *offset);
        if (count <= 0) return -1;
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

    explicit Chain(ReadPacked read, std::int64_t end = -1) : read_packed(std::move(read)) {
        buffer.push(bio::gzip_decompressor(bio::gzip::default_window_bits, filter_buffer), stream_buffer);
        buffer.push(PackedSource{&read_packed, &offset, end}, filter_buffer);
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
    chain_ = std::make_unique<Chain>(read_packed_, padding_ ? padding_->offset : -1);
    position_ = 0;
}

// Does the file unpack without fault if it ends there?
bool GzipStream::ends_at(std::int64_t end) const {
    Chain chain(read_packed_, end);
    std::vector<char> block(1 << 16);
    std::int64_t total = 0;
    try {
        while (const std::streamsize got = chain.buffer.sgetn(block.data(), static_cast<std::streamsize>(block.size()))) {
            total += got;
            if (got < 0 || total > limit_) return false;
        }
    } catch (const std::ios_base::failure&) {
        return false;
    }
    return true;
}

// What follows a member is no member: are these NUL bytes up to the end of the file? The member may itself end in up to a
// dozen of them (its length and check sum), so that its end is tried out.
bool GzipStream::find_padding() {
    constexpr std::int64_t read_ahead = 1 << 16, most_of_member = 12;
    const std::int64_t seen = chain_->offset;
    std::int64_t at = std::max<std::int64_t>(0, seen - read_ahead), zeros = at;
    std::vector<char> block(1 << 16);
    while (const std::size_t got = read_packed_(at, block)) {
        for (std::size_t i = 0; i < got; ++i)
            if (block[i] != '\0') zeros = at + static_cast<std::int64_t>(i) + 1;
        if (zeros > seen) return false;
        at += static_cast<std::int64_t>(got);
    }
    for (std::int64_t end = zeros; end < std::min(at, zeros + most_of_member); ++end)
        if (ends_at(end)) {
            padding_ = GzipPadding{end, at - end};
            return true;
        }
    return false;
}

void GzipStream::skip(std::int64_t count) {
    std::vector<unsigned char> block(1 << 16);
    while (count > 0) {
        const std::size_t got =
            read({block.data(), static_cast<std::size_t>(std::min<std::int64_t>(count, std::ssize(block)))});
        if (got == 0) return;
        count -= static_cast<std::int64_t>(got);
    }
}

std::size_t GzipStream::read(std::span<unsigned char> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto rest = bytes.subspan(done);
        std::streamsize got = 0;
        try {
            got = chain_->buffer.sgetn(reinterpret_cast<char*>(rest.data()), static_cast<std::streamsize>(rest.size()));
        } catch (const std::ios_base::failure& e) {  // gzip_error is one
            const auto* fault = dynamic_cast<const bio::gzip_error*>(&e);
            const bool no_member = fault && fault->error() == bio::gzip::bad_header && !padding_;
            if (!no_member || !find_padding())
                throw DataError(name_ + ", near byte " + std::to_string(chain_->offset),
                                "the gzip file is truncated or damaged", "fetch it again");
            const std::int64_t before = position_;
            restart();
            skip(before);
            continue;
        }
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
        position_ += got;
        if (position_ > limit_)
            throw DataError(name_, "the gzip file unpacks to more than " + std::to_string(limit_) + " bytes",
                            "if that is no mistake, unpack it by gunzip and give the unpacked file");
    }
    return done;
}

Finding padding_finding(const GzipPadding& padding) {
    return {FindingCode::EDF_TRAILING_BYTES,
            std::to_string(padding.count) + " NUL bytes follow the end of the packed data",
            "ignored, as gzip does",
            "gzip",
            -1,
            "",
            padding.offset};
}

std::string unpacked(std::string_view bytes, const std::string& name, std::int64_t limit, Findings* findings) {
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
    if (findings && stream.padding()) findings->push_back(padding_finding(*stream.padding()));
    return text;
}

}  // namespace psg::io

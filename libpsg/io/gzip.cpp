// Unpacking gzip by Boost.Iostreams.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/gzip.hpp"

#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <ios>
#include <vector>

#include "libpsg/model/error.hpp"

namespace psg::io {

std::string unpacked(std::string_view bytes, const std::string& name, std::int64_t limit) {
    if (!bytes.starts_with("\x1f\x8b")) return std::string(bytes);
    namespace bio = boost::iostreams;
    bio::filtering_istream in;
    in.push(bio::gzip_decompressor());  // joined files (several members) are read to their end
    in.push(bio::array_source(bytes.data(), bytes.size()));
    in.exceptions(std::ios::badbit);

    std::string text;
    std::vector<char> buffer(1 << 16);
    try {
        while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
            if (static_cast<std::int64_t>(text.size()) > limit)
                throw DataError(name, "the file unpacks to more than " + std::to_string(limit) + " bytes");
        }
    } catch (const std::ios_base::failure&) {  // gzip_error is one
        throw DataError(name, "the gzip file is truncated or damaged", "fetch it again");
    }
    return text;
}

}  // namespace psg::io

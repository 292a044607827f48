// The checksum of model files.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace psg::staging {

/// FNV-1a of 64 bits (Fowler, Noll, Vo) in hexadecimal digits: finds accidents, not forgers; outputs carry the SHA-256 of the
/// file besides.
inline std::string text_checksum(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string hex(16, '0');
    for (std::size_t i = 16; i-- > 0; hash >>= 4) hex[i] = "0123456789abcdef"[hash & 15];
    return hex;
}

}  // namespace psg::staging

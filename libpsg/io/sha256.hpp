// SHA-256 of bytes as they are read (the door to OpenSSL's libcrypto).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace psg::io {

/// Running SHA-256 (FIPS 180-4). Move-only.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::span<const unsigned char> bytes);
    /// 64 lower-case hexadecimal digits of all bytes so far; ends the sum.
    std::string finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

/// Digest of one piece of text.
std::string sha256_of(std::string_view text);

}  // namespace psg::io

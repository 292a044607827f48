// The entry of libFuzzer for one harness, named by PSG_FUZZ_HARNESS.
// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/harnesses.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    psg::fuzz::PSG_FUZZ_HARNESS({data, size});
    return 0;
}

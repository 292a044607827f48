// Samples out of the bytes of a file, many at a time: those of one after another.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "libpsg/io/edf/edf_samples.hpp"

using namespace psg;
using namespace psg::io;

TEST_CASE("samples decoded together are those decoded alone", "[io]") {
    std::mt19937 random(1);
    std::vector<unsigned char> bytes(2 * 70'001);
    for (unsigned char& b : bytes) b = static_cast<unsigned char>(random());
    for (const Calibration& c : {Calibration{0.0152590218966964, 0.00762951, -32768, 32767}, Calibration{-0.1, 7, -2048, 2047}, Calibration{1e-9, 1e6, 5, 5}, Calibration{3, 0}})
        for (const std::size_t count : {0, 1, 7, 8, 9, 256, 70'000})
            for (const std::size_t first : {0, 1}) {  // bytes need not be aligned
                const unsigned char* from = bytes.data() + first;
                std::vector<float> out(count);
                std::vector<std::uint8_t> marks(count, 9);
                const std::int64_t limited = decode_physical<2>(from, c, out);
                mark_limits<2>(from, -30'000, 32'767, marks);
                std::int64_t expected = 0;
                std::size_t differ = 0;
                for (std::size_t i = 0; i < count; ++i) {
                    const std::int32_t digital = decode_sample<2>(from + 2 * i);
                    expected += digital < c.low || digital > c.high;
                    differ += out[i] != static_cast<float>(c.physical(digital)) || marks[i] != (digital <= -30'000 || digital >= 32'767);
                }
                CHECK(differ == 0);
                CHECK(limited == expected);
            }
}

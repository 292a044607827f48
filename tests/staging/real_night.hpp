// The EEG of the reference night ucddb018, read without the EDF reader, which has its own tests.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "libpsg/model/signal.hpp"

namespace psg::test {

/// The one channel of ucddb018.edf: 822 records of 30 s, 3840 samples each, +-359.267 uV on +-1839.
inline Signal real_night(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    file.seekg(512);
    Signal signal;
    signal.label = "EEG C3-A2";
    signal.unit = "uV";
    signal.rate = SampleRate::hertz(128);
    signal.step = 359.267 / 1839;
    signal.stretches.emplace_back();
    char bytes[2];
    while (file.read(bytes, 2)) {
        const auto digital = static_cast<std::int16_t>(static_cast<unsigned char>(bytes[0]) |
                                                       (static_cast<unsigned char>(bytes[1]) << 8));
        signal.stretches[0].samples.push_back(static_cast<float>(digital * signal.step));
    }
    return signal;
}

}  // namespace psg::test

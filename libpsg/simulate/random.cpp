// Random numbers that are the same everywhere: xoshiro256** and our own transforms.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/simulate/random.hpp"

#include <bit>
#include <cmath>

#include "libpsg/simulate/elementary.hpp"

namespace psg::simulate {

Random::Random(std::uint64_t seed, std::string_view stream) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a of the stream's name
    for (const char c : stream) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::uint64_t mixed = seed * 0x9e3779b97f4a7c15 + hash;
    for (std::uint64_t& word : state_) {  // splitmix64 fills the state, as the generator's authors advise
        mixed += 0x9e3779b97f4a7c15;
        std::uint64_t z = mixed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        word = z ^ (z >> 31);
    }
}

std::uint64_t Random::bits() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double Random::uniform() {
    return static_cast<double>(bits() >> 11) * 0x1p-53;
}

int Random::below(int n) {
    return static_cast<int>(uniform() * n);
}

double Random::normal() {
    // Box & Muller; 1 - u is never 0
    const double radius = std::sqrt(-2 * logarithm(1 - uniform()));
    return radius * sine_of_turns(uniform());
}

double Random::log_normal(double median, double spread) {
    return median * simulate::exponential(spread * normal());
}

double Random::exponential() {
    return -logarithm(1 - uniform());
}

double Random::noise() {
    const std::uint64_t b = bits();
    const auto sum = (b & 0xffff) + ((b >> 16) & 0xffff) + ((b >> 32) & 0xffff) + (b >> 48);
    // four uniform numbers 0 .. 65535: mean 2 * 65535, variance 4 * (65536^2 - 1) / 12
    constexpr double scale = 2.6428997921303014e-05;
    return (static_cast<double>(sum) - 131070.0) * scale;
}

Time Random::time(double low_s, double high_s) {
    return from_seconds(uniform(low_s, high_s));
}

}  // namespace psg::simulate

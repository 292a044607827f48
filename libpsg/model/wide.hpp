// Loops in vectors of 32 bytes where the processor has them.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <type_traits>

namespace psg {

#if defined(__x86_64__)
namespace detail {
inline const bool has_wide_vectors = __builtin_cpu_supports("avx2");

template <class Loop>
[[gnu::target("avx2"), gnu::flatten]] auto in_wide_vectors(const Loop& loop) {
    return loop();
}
}  // namespace detail
#endif

/// Runs `loop()`, made for vectors of 32 bytes where the processor has them (AVX2), else for those that every processor has: the
/// same operations in the same order (nothing is fused), so the same values. It pays for a loop over some dozens of values or
/// more. What the loop needs it had better hold by value, so that the compiler knows that nothing else changes it.
template <class Loop>
auto wide(const Loop& loop) {
#if defined(__x86_64__)
    if (detail::has_wide_vectors) return detail::in_wide_vectors(loop);
#endif
    return loop();
}

/// The same for a loop that says itself what is in a vector: loop(bytes), a constant, 32 or 16.
template <class Loop>
auto wide_by(const Loop& loop) {
#if defined(__x86_64__)
    if (detail::has_wide_vectors) return detail::in_wide_vectors([&loop] { return loop(std::integral_constant<std::size_t, 32>()); });
#endif
    return loop(std::integral_constant<std::size_t, 16>());
}

}  // namespace psg

// What the tools' exit codes mean.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace psg::cli {

inline constexpr int exit_fine = 0;     ///< warnings included
inline constexpr int exit_data = 1;     ///< data or input/output
inline constexpr int exit_usage = 2;
inline constexpr int exit_partial = 3;  ///< some recordings failed or are missing, or no epoch could be staged

}  // namespace psg::cli

// Where the reference data for tests lie: PSG_REFERENCE, or ../shared beside the source tree. Tests skip without it.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

namespace psg::test {

/// Path of a reference file or folder, or nothing where it is absent.
std::optional<std::string> reference(const std::string& path);

/// Path of a file of the source tree.
std::string source_path(const std::string& path);

}  // namespace psg::test

/// Declares `name` as the path of a piece of reference data, or ends the test saying that it was skipped.
#define PSG_REFERENCE_OR_SKIP(name, path)                     \
    const auto name##_found = psg::test::reference(path);     \
    if (!name##_found) {                                      \
        WARN("skipped: no reference data at " << (path));     \
        return;                                               \
    }                                                         \
    const std::string name = *name##_found

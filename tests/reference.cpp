// Where the reference data for tests lie.
// SPDX-License-Identifier: BSD-3-Clause
#include "tests/reference.hpp"

#include <cstdlib>
#include <filesystem>

namespace psg::test {

std::optional<std::string> reference(const std::string& path) {
    const char* root = std::getenv("PSG_REFERENCE");
    const std::filesystem::path full = std::filesystem::path(root ? root : PSG_SOURCE_DIR "/../shared") / path;
    if (!std::filesystem::exists(full)) return std::nullopt;
    return full.string();
}

std::string source_path(const std::string& path) { return PSG_SOURCE_DIR "/" + path; }

}  // namespace psg::test

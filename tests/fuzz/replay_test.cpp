// Inputs that a fuzzer once found, as plain tests: tests/fuzz/found/HARNESS/*, and the seeds that the fuzzers start from.
// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/harnesses.hpp"
#include "tests/reference.hpp"

namespace {

void replay(const std::string& folder, const std::string& harness, void (*feed)(psg::fuzz::Bytes)) {
    const std::filesystem::path path = psg::test::source_path(folder + "/" + harness);
    if (!std::filesystem::exists(path)) return;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        INFO(entry.path().filename().string());
        std::ifstream file(entry.path(), std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        feed({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
        CHECK(file.good());
    }
}

}  // namespace

#define PSG_FUZZ_REPLAY(name, text)                                            \
    TEST_CASE("fuzzed inputs of " #name " do no harm", "[fuzz]") {             \
        psg::fuzz::name({});                                                   \
        replay("tests/fuzz/found", #name, psg::fuzz::name);                    \
    }
PSG_FUZZ_HARNESSES(PSG_FUZZ_REPLAY)

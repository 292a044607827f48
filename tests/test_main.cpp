// The main function of the unit tests, compiled once because Catch2's single header is slow to compile.
// SPDX-License-Identifier: BSD-3-Clause
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

// The leak sanitizer asks for this: what fontconfig keeps for the life of the process, when pictures are drawn, is no leak of ours.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig\n";
}

// The main function of the unit tests, compiled once because Catch2's single header is slow to compile.
// SPDX-License-Identifier: BSD-3-Clause
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

# Language level, warnings and sanitizers for every target of this project.
option(PSG_WARNINGS_AS_ERRORS "Stop at compiler warnings" OFF)
option(PSG_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
option(PSG_FUZZ "Build the fuzzers (clang only)" OFF)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

add_library(psg_options INTERFACE)
target_compile_features(psg_options INTERFACE cxx_std_20)
# No contraction: results must not depend on whether the compiler finds a fused multiply-add.
target_compile_options(psg_options INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -ffp-contract=off
                       # false alarms of g++ 12 at "text" + std::string (GCC bug 105651)
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(PSG_WARNINGS_AS_ERRORS)
  target_compile_options(psg_options INTERFACE -Werror)
endif()
if(PSG_SANITIZE)
  target_compile_options(psg_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(psg_options INTERFACE -fsanitize=address,undefined)
endif()
if(PSG_FUZZ)
  target_compile_options(psg_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(psg_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

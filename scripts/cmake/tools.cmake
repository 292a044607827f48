# The command-line programs: one file each in tools/, over the shared porch tools/cli/.
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)

file(GLOB psg_cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/cli/*.cpp)
add_library(psg_cli STATIC ${psg_cli_sources})
target_link_libraries(psg_cli PUBLIC psg psg_options Boost::program_options PRIVATE fmt::fmt nlohmann_json::nlohmann_json)

file(GLOB psg_tool_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/psg-*.cpp)
set(psg_tools "")
foreach(source IN LISTS psg_tool_sources)
  get_filename_component(tool ${source} NAME_WE)
  add_executable(${tool} ${source})
  target_link_libraries(${tool} PRIVATE psg_cli psg_options fmt::fmt)
  # DT_RPATH and not DT_RUNPATH: the libraries of scripts/package need each other, and the latter would hold for the program alone
  # The same before installation: CMake's own path for the build ends in a colon, for which libraries are looked for in the working directory.
  set_target_properties(${tool} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin INSTALL_RPATH "$ORIGIN/../lib/libpsg"
                        BUILD_WITH_INSTALL_RPATH TRUE)
  target_link_options(${tool} PRIVATE -Wl,--disable-new-dtags)
  list(APPEND psg_tools ${tool})
endforeach()

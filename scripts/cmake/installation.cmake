# Install targets, the CMake package (find_package(libpsg)) and the pkg-config file.
include(CMakePackageConfigHelpers)
set(psg_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/libpsg)

install(TARGETS psg EXPORT libpsg)
install(TARGETS ${psg_tools})
# Headers, without those that only the library's own sources include.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/libpsg DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp"
        PATTERN "models" EXCLUDE PATTERN "hdf5_handle.hpp" EXCLUDE PATTERN "hdf5_parts.hpp" EXCLUDE PATTERN "edflib_lock.hpp" EXCLUDE
        PATTERN "planners.hpp" EXCLUDE PATTERN "compare_tables.hpp" EXCLUDE PATTERN "counts_again.hpp" EXCLUDE PATTERN "figure_axes.hpp" EXCLUDE)

install(EXPORT libpsg NAMESPACE libpsg:: DESTINATION ${psg_package_dir} FILE libpsgTargets.cmake)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/libpsgConfig.cmake.in ${PROJECT_BINARY_DIR}/libpsgConfig.cmake
                              INSTALL_DESTINATION ${psg_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/libpsgConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/libpsgConfig.cmake ${PROJECT_BINARY_DIR}/libpsgConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FindEDFlib.cmake
        DESTINATION ${psg_package_dir})

# A static library leaves its own libraries to whoever links it, so there they stand in the public fields.
set(psg_pc_requires "fmt >= 9, hdf5-serial, kissfft-float, cairo, libcrypto, expat")
set(psg_pc_libs "-ledf -lboost_iostreams")
if(BUILD_SHARED_LIBS)
  set(psg_pc_links "Requires.private: ${psg_pc_requires}\nLibs: -L\${libdir} -lpsg\nLibs.private: ${psg_pc_libs}")
else()
  set(psg_pc_links "Requires: ${psg_pc_requires}\nLibs: -L\${libdir} -lpsg ${psg_pc_libs}")
endif()
# Found from the file's own place, so that `cmake --install --prefix` and moved folders work.
file(RELATIVE_PATH psg_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
cmake_path(APPEND psg_pc_libdir "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND psg_pc_includedir "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/libpsg.pc.in ${PROJECT_BINARY_DIR}/libpsg.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/libpsg.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

file(GLOB psg_manuals CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/*.1)
install(FILES ${psg_manuals} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
foreach(tool IN LISTS psg_tools)
  install(FILES ${PROJECT_SOURCE_DIR}/tools/completion RENAME ${tool}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES ${PROJECT_SOURCE_DIR}/libpsg/export/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME hdf5-format.md)

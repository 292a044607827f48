# Install targets, the CMake package (find_package(libpsg)) and the pkg-config file.

# The library: every .cpp below libpsg/ plus the embedded texts.
find_package(PkgConfig REQUIRED)
find_package(EDFlib REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(EXPAT REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS iostreams)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial)
pkg_check_modules(KISSFFT REQUIRED IMPORTED_TARGET kissfft-float)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
find_file(PSG_DYGRAPHS dygraph.min.js PATHS /usr/share/javascript/dygraphs REQUIRED)  # libjs-dygraphs, into pages of nights

file(GLOB_RECURSE psg_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/libpsg/*.cpp)
embed_text(psg_sources channel_labels libpsg/io/channels/channel_labels.tsv)
embed_text(psg_sources event_names libpsg/io/scored/event_names.tsv)
embed_text(psg_sources export_columns libpsg/io/scored/export_columns.tsv)
embed_text(psg_sources table_columns libpsg/io/scored/table_columns.tsv)
embed_text(psg_sources eeg_model libpsg/staging/models/eeg.model.txt)
embed_text(psg_sources report_css libpsg/report/page.css)
embed_text(psg_sources night_plots_js libpsg/report/night_plots.js)
embed_text(psg_sources night_tables_js libpsg/report/night_tables.js)
embed_text(psg_sources gallery_js libpsg/report/gallery.js)
embed_text(psg_sources dygraphs_js ${PSG_DYGRAPHS})

add_library(psg ${psg_sources})
add_library(libpsg::psg ALIAS psg)
set_target_properties(psg PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                      POSITION_INDEPENDENT_CODE ON)
target_compile_features(psg PUBLIC cxx_std_20)
target_compile_definitions(psg PRIVATE PSG_VERSION="${PROJECT_VERSION}")
target_include_directories(psg PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(psg PRIVATE $<BUILD_INTERFACE:psg_options> EDFlib::EDFlib PkgConfig::HDF5
                      PkgConfig::KISSFFT PkgConfig::CAIRO OpenSSL::Crypto EXPAT::EXPAT Boost::iostreams fmt::fmt $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
# Nobody asks for errno: square roots of many values at a time, the same values.
foreach(source events/heart_in_muscle.cpp events/muscle_activity.cpp model/amplitude_series.cpp)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/libpsg/${source} PROPERTIES COMPILE_OPTIONS -fno-math-errno)
endforeach()
# KissFFT's template multiplies finite complex numbers: no look at each product for infinities times zero.
set_source_files_properties(${PROJECT_SOURCE_DIR}/libpsg/signal/fft.cpp PROPERTIES
                            COMPILE_OPTIONS "$<$<CXX_COMPILER_ID:GNU>:-fcx-limited-range>")

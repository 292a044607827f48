# Packages: cpack makes a .deb; scripts/package also makes an archive that runs from any folder.
set(CPACK_PACKAGE_NAME libpsg)
set(CPACK_PACKAGE_VENDOR "libpsg maintainers")
set(CPACK_PACKAGE_CONTACT "libpsg maintainers <libpsg@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "sleep recordings in, staged sleep and movement event tables out")
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # depends on what the programs are linked with
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)

# The Debian package, of what is built: cpack --config build/release/CPackConfig.cmake
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # the tests are no part of it
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pgcm)
set(CPACK_PACKAGE_CONTACT "The pgcm authors <maintainers@pgcm.example>" CACHE STRING "who maintains the package")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "init-system-helpers (>= 1.54), systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "pgcm runs beside each PostgreSQL server of a cluster and keeps the cluster
supplied with exactly one primary: it promotes the best standby when the
primary is lost, brings a former primary back as a standby, and keeps
synchronous_standby_names fitting. Who leads holds PostgreSQL's own advisory
locks on most of the nodes and witnesses; no other store is needed.

Each step is a command of its own, for scripts and for people.")
set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm ${debian}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# What Debian wants elsewhere, or otherwise, than cmake --install puts it.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian.cmake)
set(CPACK_PROJECT_SOURCE ${PROJECT_SOURCE_DIR})
include(CPack)

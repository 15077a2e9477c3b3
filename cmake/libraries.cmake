# All from Debian 12's packages; .ci/packages installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(SYSTEMD IMPORTED_TARGET libsystemd)

# Boost.Asio and Boost.Beast are headers only.
find_path(BOOST_INCLUDE boost/asio/awaitable.hpp REQUIRED)
add_library(pgcm_libraries INTERFACE)
target_include_directories(pgcm_libraries SYSTEM INTERFACE ${BOOST_INCLUDE})
target_compile_definitions(pgcm_libraries INTERFACE SPDLOG_FMT_EXTERNAL)
target_link_libraries(pgcm_libraries INTERFACE fmt::fmt spdlog::spdlog nlohmann_json::nlohmann_json tl::expected
    Threads::Threads)

# Their bodies are compiled once, here.
add_library(pgcm_asio STATIC ${CMAKE_CURRENT_LIST_DIR}/asio.cpp)
target_include_directories(pgcm_asio SYSTEM PRIVATE ${BOOST_INCLUDE})
target_compile_definitions(pgcm_asio PUBLIC BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(pgcm_asio PUBLIC Threads::Threads PRIVATE OpenSSL::SSL OpenSSL::Crypto)
target_link_libraries(pgcm_libraries INTERFACE pgcm_asio)

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

# Boost.Asio and Boost.Beast are headers only.
find_path(BOOST_INCLUDE boost/asio/awaitable.hpp REQUIRED)
add_library(pgcm_libraries INTERFACE)
target_include_directories(pgcm_libraries SYSTEM INTERFACE ${BOOST_INCLUDE})
target_link_libraries(pgcm_libraries INTERFACE nlohmann_json::nlohmann_json tl::expected Threads::Threads)

# The headers of fmt and spdlog as their packages have them, the bodies compiled here: as shared C++ libraries the two
# cost every start of the program more than all that is used of them.
add_library(pgcm_text STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp ${CMAKE_CURRENT_LIST_DIR}/spdlog.cpp)
foreach(library fmt::fmt spdlog::spdlog)
    target_include_directories(pgcm_text SYSTEM PUBLIC $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_definitions(pgcm_text PUBLIC $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
endforeach()
target_link_libraries(pgcm_text PUBLIC Threads::Threads)
target_link_libraries(pgcm_libraries INTERFACE pgcm_text)

# Their bodies are compiled once, here.
add_library(pgcm_asio STATIC ${CMAKE_CURRENT_LIST_DIR}/asio.cpp)
target_include_directories(pgcm_asio SYSTEM PRIVATE ${BOOST_INCLUDE})
target_compile_definitions(pgcm_asio PUBLIC BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(pgcm_asio PUBLIC Threads::Threads PRIVATE OpenSSL::SSL OpenSSL::Crypto)
target_link_libraries(pgcm_libraries INTERFACE pgcm_asio)

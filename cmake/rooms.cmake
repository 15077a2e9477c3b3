# pgcm_room(NAME [ROOM...]): core/NAME becomes the library pgcm_NAME that sees the rooms named after it.
add_library(pgcm_options INTERFACE)
target_compile_options(pgcm_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    $<$<BOOL:${PGCM_WERROR}>:-Werror>)
# GCC 12 sees overlapping copies in std::string + std::string where there are none (its bug 105651), and takes the
# allocation of Asio's coroutine frames for a plain operator new.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(pgcm_options INTERFACE -Wno-restrict -Wno-mismatched-new-delete)
endif()

# The files of the page become part of the program.
function(pgcm_embed_page)
    set(folder ${PROJECT_SOURCE_DIR}/core/serve/page)
    set(made ${CMAKE_BINARY_DIR}/page_files.cpp)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/*)
    add_custom_command(OUTPUT ${made} DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
        COMMAND ${CMAKE_COMMAND} -DOUT=${made} -DFOLDER=${folder} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
    target_sources(pgcm_serve PRIVATE ${made})
endfunction()

function(pgcm_room name)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/${name}/*.cpp)
    list(TRANSFORM ARGN PREPEND pgcm_ OUTPUT_VARIABLE rooms)
    if(sources)
        add_library(pgcm_${name} STATIC ${sources})
        target_include_directories(pgcm_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core)
        target_link_libraries(pgcm_${name} PUBLIC ${rooms} pgcm_libraries PRIVATE pgcm_options)
    else()
        add_library(pgcm_${name} INTERFACE)
        target_include_directories(pgcm_${name} INTERFACE ${PROJECT_SOURCE_DIR}/core)
        target_link_libraries(pgcm_${name} INTERFACE ${rooms} pgcm_libraries)
    endif()
    if(name STREQUAL "serve")
        target_link_libraries(pgcm_serve PRIVATE OpenSSL::SSL OpenSSL::Crypto)
        target_compile_definitions(pgcm_serve PRIVATE PGCM_VERSION="${PROJECT_VERSION}")
        pgcm_embed_page()
    endif()
    if(name STREQUAL "postgres")
        target_link_libraries(pgcm_postgres PUBLIC PkgConfig::PQ PRIVATE OpenSSL::SSL OpenSSL::Crypto)
    endif()
endfunction()

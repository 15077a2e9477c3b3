# cmake -DOUT=FILE.cpp -DFOLDER=core/serve/page -P embed.cmake: the files of the folder as arrays of a C++ source.
file(GLOB files ${FOLDER}/*)
set(arrays "")
set(table "")
foreach(file ${files})
    get_filename_component(name ${file} NAME)
    get_filename_component(kind ${file} EXT)
    string(MAKE_C_IDENTIFIER ${name} variable)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND arrays "constexpr char ${variable}[] = {${bytes}};\n")
    set(content "{${variable}, sizeof ${variable}}")
    if(kind STREQUAL ".html")
        set(template "${content}")
    else()
        if(kind STREQUAL ".css")
            set(type "text/css; charset=utf-8")
        elseif(kind STREQUAL ".js")
            set(type "text/javascript; charset=utf-8")
        elseif(kind STREQUAL ".svg")
            set(type "image/svg+xml")
        else()
            message(FATAL_ERROR "${file}: no type is known for it")
        endif()
        string(APPEND table "    {\"/page/${name}\", \"${type}\", ${content}},\n")
    endif()
endforeach()
file(WRITE ${OUT} "// Made by cmake/embed.cmake from core/serve/page.
#include \"serve/page_files.hpp\"

namespace pgcm::serve {
namespace {

${arrays}
constexpr PageFile files[] = {
${table}};

}  // namespace

const PageFile* page_file(std::string_view path) {
    for (const auto& file : files)
        if (file.path == path) return &file;
    return nullptr;
}

std::string_view page_template() {
    return ${template};
}

}  // namespace pgcm::serve
")

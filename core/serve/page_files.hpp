#pragma once
// The files of core/serve/page, which the build puts into the program.
#include <string_view>

namespace pgcm::serve {

struct PageFile {
    std::string_view path;  // as it is asked for: "/page/style.css"
    std::string_view type;  // of its content
    std::string_view content;
};

// Null: there is no such file. index.html is not among them: it is page()'s.
const PageFile* page_file(std::string_view path);
// index.html, with the gaps that page() fills.
std::string_view page_template();

}  // namespace pgcm::serve

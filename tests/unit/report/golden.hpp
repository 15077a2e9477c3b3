#pragma once
// Texts compared with files of tests/golden/report; PGCM_REWRITE=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace pgcm::golden {

inline std::string path(std::string_view file) {
    return std::string{PGCM_SOURCE_DIR} + "/tests/golden/report/" + std::string{file};
}

inline std::string read(std::string_view file) {
    std::ifstream in{path(file), std::ios::binary};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

// Escape characters as "␛", so that the files can be looked at.
inline void expect(std::string_view file, std::string text) {
    for (std::size_t at = 0; (at = text.find('\x1b', at)) != std::string::npos;) text.replace(at, 1, "␛");
    if (text.empty() || text.back() != '\n') text += '\n';
    const char* rewrite = std::getenv("PGCM_REWRITE");
    if (rewrite != nullptr && std::string_view{rewrite} == "1") {
        std::ofstream{path(file), std::ios::binary} << text;
        return;
    }
    EXPECT_EQ(read(file), text) << "tests/golden/report/" << file << " differs; PGCM_REWRITE=1 writes it anew";
}

}  // namespace pgcm::golden

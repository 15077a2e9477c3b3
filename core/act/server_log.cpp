#include <sys/stat.h>

#include <cstdio>
#include <fstream>

#include "act/data_directory.hpp"
#include "act/invocation.hpp"

namespace pgcm::act {

std::string log_tail(const std::string& path) {
    constexpr std::streamoff tail_bytes = 4096;
    std::ifstream file{path, std::ios::binary | std::ios::ate};
    if (!file) return {};
    const auto size = static_cast<std::streamoff>(file.tellg());
    file.seekg(size > tail_bytes ? size - tail_bytes : 0);
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (size > tail_bytes) text.erase(0, text.find('\n') + 1);
    return without_secrets(text);
}

void rotate_log(const std::string& path) {
    constexpr off_t large = off_t{16} * 1024 * 1024;
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > large)
        ::rename(path.c_str(), (path + ".1").c_str());
}

}  // namespace pgcm::act

#pragma once
// A whole small file, read at once.
#include <string>

#include "model/error.hpp"

namespace pgcm::config {

struct FileText {
    std::string text;
    bool others_may_read = false;  // mode & 0004 of a regular file
};

// Also reads pipes ("<(...)"), to their end. Error: usage, "path: what"; so is a file of more than 1 MB.
Result<FileText> read_file(const std::string& path);

}  // namespace pgcm::config

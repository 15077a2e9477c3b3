#pragma once
// This program's version, and those of the libraries that are in it.
#include <string>
#include <vector>

namespace pgcm::cmd {

// "libpq 15.8": those that are loaded when the program starts first, by what is there then; those that were compiled in
// then, by name.
std::vector<std::string> library_versions();

// For --version: "pgcm 0.1.0", then a library a line.
std::string version_text();

}  // namespace pgcm::cmd

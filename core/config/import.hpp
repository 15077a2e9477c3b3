#pragma once
// The config.ini of pgClusterMonitor as a configuration of pgcm.
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"

namespace pgcm::config {

struct Imported {
    std::string toml;                   // parse() takes it, unless a warning says what is left to do
    std::vector<std::string> warnings;  // what could not be carried over as it was; without secrets
};

// `path` is for messages. Passwords are carried over. Error: usage, "path:line: what".
Result<Imported> import_ini(std::string_view text, std::string_view path);

}  // namespace pgcm::config

#pragma once
// Text written so that TOML reads the same text back.
#include <string>
#include <string_view>
#include <vector>

#include "model/settings.hpp"

namespace pgcm::config {

// Whether it can stand in a TOML file at all.
bool is_utf8(std::string_view text);

// A basic string in double quotes on one line; control characters as \uXXXX. The text must be valid UTF-8, or the
// result is fit for messages only.
std::string toml_string(std::string_view text);
// The same, or a literal string in single quotes where that spares escapes.
std::string toml_readable(std::string_view text);
std::string toml_array(const std::vector<std::string>& texts);
// An argv array or a string; [] for an empty command.
std::string toml_command(const Command& command);

}  // namespace pgcm::config

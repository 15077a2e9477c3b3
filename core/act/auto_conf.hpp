#pragma once
// postgresql.auto.conf for a server that is down; a running one is told by ALTER SYSTEM (LESSONS 21).
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgcm::act {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// `text` with these parameters set, each once, and every other line as it was. Names compare without regard to case.
std::string with_parameters(std::string_view text, const Parameters& parameters);

// The last setting of the parameter, unquoted; empty when it is not there.
std::optional<std::string> parameter_in(std::string_view text, std::string_view name);

// As a value of PostgreSQL's configuration files: in single quotes, quotes and backslashes doubled.
std::string configuration_quoted(std::string_view value);

}  // namespace pgcm::act

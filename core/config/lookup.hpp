#pragma once
// Where the configuration is, and who we are. The only place that reads environment variables.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace pgcm::config {

// The variable's value; empty when it is not set or holds nothing. Not to be called while another thread changes
// the environment (pgcm never does).
std::optional<std::string> environment(const char* name);
using Environment = std::function<std::optional<std::string>(const char* name)>;

// The configuration file: the one given on the command line, then $PGCM_CONFIG, then the first that exists of
// $XDG_CONFIG_HOME/pgcm/pgcm.toml (~/.config/... where that is not set) and the system's. Never the current folder.
// A file that was named but does not exist is not passed over: the error of reading it tells. Error: usage, when
// nothing is found; lists where it looked.
Result<std::string> find_file(const std::optional<std::string>& given, const Environment& variables = environment,
                              const std::string& system_file = "/etc/pgcm/pgcm.toml");

// What the host says about who we are.
struct Circumstances {
    std::optional<std::string> node;  // $PGCM_NODE
    std::string hostname;             // as gethostname() tells, short or full; may be empty
};
Circumstances circumstances();

// The node that has the host's name: the same, or the same before the first dot where only one of them has a dot.
// Case does not count. Empty when there is none, or more than one.
std::optional<NodeName> node_of_host(const std::vector<Node>& nodes, std::string_view hostname);

}  // namespace pgcm::config

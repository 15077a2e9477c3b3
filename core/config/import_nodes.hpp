#pragma once
// The [cluster] section of the seed's config.ini, and what follows from its connection strings.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/ini.hpp"
#include "model/error.hpp"

namespace pgcm::config {

struct ImportedNode {
    std::string name;
    std::string conninfo;  // passwords included
};

struct ImportedNodes {
    std::vector<ImportedNode> nodes;  // in the file's order
    std::optional<std::string> local;
    std::string dbname = "postgres";
    std::string replication;  // what all connection strings say besides where: the seed replicates with them
    bool holds_password = false;
    std::vector<std::string> warnings;
};

// Error: usage, "path:line: what".
Result<ImportedNodes> import_nodes(const IniSection& cluster, const IniSection& main, std::string_view path);

struct ImportedSlot {
    std::string pattern;
    std::string note;  // empty when it is the seed's name as it was
};
// The seed has one slot's name a host, pgcm a pattern for all.
ImportedSlot import_slot(const std::string& name, const ImportedNodes& nodes);

}  // namespace pgcm::config

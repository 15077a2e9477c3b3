#pragma once
// What `pgcm config check` can see without asking any server: the file system and the system's users.
#include <string>
#include <vector>

#include "config/config.hpp"
#include "model/finding.hpp"

namespace pgcm::config {

// critical: pgcm cannot do its work; warning: something will go wrong later; notice: worth a look.
// In the configuration's order; empty when all is well. Blocks on the disk: for the command line only. On a host
// without a node nothing of [postgres] is looked at. It sees with the rights of whoever calls it.
std::vector<Finding> check(const Config& config);

}  // namespace pgcm::config

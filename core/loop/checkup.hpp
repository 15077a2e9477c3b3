#pragma once
// The doctor's visit: all nodes, witnesses and this host looked at for `config check`, and what follows from it.
#include "config/config.hpp"
#include "model/finding.hpp"

namespace pgcm::loop {

// Blocks until all have answered or run into probe_timeout. Changes nothing anywhere.
Symptoms check_up(const config::Config& config, const Clock& clock);

}  // namespace pgcm::loop

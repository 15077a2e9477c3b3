#pragma once
// `status --watch` at a terminal.
#include "options.hpp"

namespace pgcm::cmd {

// Shows the cluster until q, ^C or SIGTERM, on the terminal's other screen, and leaves the last table on its own. The
// exit code is the last verdict's.
Result<int> show_screen(const config::Config& config, bool inventory, const Options& options);

}  // namespace pgcm::cmd

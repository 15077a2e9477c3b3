#pragma once
// `pgcm watch` and `pgcm serve` from start to end: locks, signals, threads, the agent and its replacement on SIGHUP.
#include <functional>

#include "config/config.hpp"
#include "loop/agent.hpp"

namespace pgcm::loop {

struct RunOptions {
    bool once = false;     // one turn, for cron
    bool acts = true;      // false: serve, read-only
    bool dry_run = false;  // decides and reports the same, does nothing
    bool tells = true;     // NDJSON on standard output
    int verbosity = 0;
    std::function<Result<config::Config>()> reread;  // for SIGHUP
};

// Runs until SIGTERM or SIGINT (0), or for one turn (0, or 1 when an action failed). A second signal ends the process
// at once. Error: busy when another watch runs on this node; usage where the configuration cannot be run.
Result<int> run(config::Config config, const RunOptions& options);

}  // namespace pgcm::loop

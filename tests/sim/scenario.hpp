#pragma once
// What is to happen to a world, apart from the dice of its network: drawn from a seed, or read from a story.
#include <optional>
#include <string>
#include <vector>

#include "model/policy.hpp"
#include "schedule.hpp"

namespace pgcm::sim {

enum class FaultKind {
    crash_server,       // kill -9 of the postmaster and all
    crash_agent,        // kill -9; started again after `lasts`
    restart_agent,      // an upgrade: SIGTERM, started again at once
    crash_host,         // power off; boots after `lasts`
    pause_agent,        // SIGSTOP of the agent alone
    pause_host,         // SIGSTOP of all of the node: clocks run on
    suspend_host,       // the hypervisor stops it, clocks and all
    cut,                // links from `node` to `other` carry nothing
    cut_both,           // both ways
    isolate,            // node from all others
    slow,               // the links of a node delay and lose
    jump_clock,         // the wall clock is set
    crowd,              // the connection slots are used up, those for replication too
    disk_full,          // nothing can be written
    disk_stuck,         // nothing comes back
    slow_disk,          // what is written is on disk a second and a half later
    slow_stop,          // the server takes long to stop
    slow_start,         // and to start
    slow_replay,        // and to replay
    operator_restart,   // pg_ctl restart by hand
    operator_stop,      // pg_ctl stop by hand
    operator_start,     // pg_ctl start by hand, of a server that is down
    kill_sessions,      // pg_terminate_backend of all sessions of pgcm
    kill_all_sessions,  // of all voters, one after the other
    forge_refusals,     // a firewall answers for `node` that its ports are closed
    pause_cluster,      // pgcm pause; resumed after `lasts`, or over by itself then
    switchover,         // pgcm switchover --to `other`, given up after `lasts`
};
template <class E>
struct Named {
    E kind;
    const char* name;
};
const std::vector<Named<FaultKind>>& fault_names();

inline constexpr int the_primary = -1;  // whichever node accepts writes in that moment; written as *

struct Fault {
    Time at{0};
    FaultKind kind = FaultKind::crash_server;
    int node = 0;  // or the_primary
    int other = 0;
    Time lasts{0};
};

struct Setting {
    int nodes = 3;
    int witnesses = 0;
    milliseconds ttl{2000}, fence_margin{500}, scan_period{250}, probe_timeout{250}, failover_after{0};
    milliseconds primary_start_timeout{5000};
    OnCrash on_crash = OnCrash::restart;
    SyncMode sync = SyncMode::automatic;
    bool strict = false;
    bool trust_refused = false;
    double drift = 0.009;  // of each host's clock, at most
};

struct Scenario {
    std::uint64_t seed = 1;
    Setting setting;
    std::vector<Fault> faults;
    Time heals_at{0};
};

// `forging`: firewalls may forge refusals, and they are trusted.
Scenario draw(std::uint64_t seed, bool forging = false);
std::string write(const Scenario& scenario);
// Of the text above a line of dashes. Throws std::runtime_error with the line.
Scenario read(const std::string& text);

}  // namespace pgcm::sim

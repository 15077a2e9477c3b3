#pragma once
// What a person asked of the whole cluster. Each is kept as a setting of pgcm's own role in the database: only that
// role or a superuser can write it, and it replicates by itself.
#include <optional>
#include <string>

#include "model/lsn.hpp"
#include "model/node_name.hpp"
#include "model/time.hpp"

namespace pgcm {

// Agents observe, publish and renew the lease, but start, stop, promote and demote nothing.
struct Pause {
    std::string by;                 // "alice@db1"
    std::string why;                // may be empty
    WallTime since;                 // in whole milliseconds; tells one pause from another
    std::optional<WallTime> until;  // by the wall clock of whoever judges it
    bool operator==(const Pause&) const = default;
};

// A planned change of primary.
struct SwitchoverRequest {
    std::string id;  // random
    NodeName from;
    NodeName to;
    Timeline timeline;  // of `from` when it was asked: after any promotion the request means nothing
    std::string by;
    WallTime at, until;    // in whole milliseconds
    std::string declined;  // why it was not done; empty: not answered
    bool operator==(const SwitchoverRequest&) const = default;
};

}  // namespace pgcm

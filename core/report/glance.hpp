#pragma once
// A node in one row: what tables, JSON and the page say of it beyond its bare facts.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/view.hpp"

namespace pgcm::report {

// The accepting primaries of the view's own cluster.
std::vector<const Observation*> primaries_of(const View& view);

struct Glance {
    // Bytes from the node's position to what its primary has written; the primary is the one that serves, or of
    // several the one it follows. Empty where either is unknown, and on a primary.
    std::optional<std::uint64_t> lag_bytes;
    // The node of the cluster whose WAL it streams, or points at: by its walreceiver, by a primary's
    // pg_stat_replication, by primary_conninfo, in this order.
    std::optional<NodeName> follows;
    bool streaming = false;  // it does receive WAL from there now
    // The accepting primary that shows a session of a copy that this node makes, and by what: "pg_basebackup",
    // "pg_rewind".
    std::optional<NodeName> copies_from;
    std::string_view copies_by;
    // The primary's pg_stat_replication: sync_state, or state while it is not streaming ("catchup").
    std::optional<std::string> sync;
};
Glance glance(const View& view, const Observation& node);

// The same as text, printable, for a table or a page; empty where there is nothing to tell.
struct StatusRow {
    NodeName name;
    bool local = false;
    Role role = Role::unknown;
    Reach reach = Reach::unknown;
    std::string state;     // "accepting", "rejecting 53300", "accepting, paused" (replay)
    std::string timeline;  // "3"
    std::string lsn;       // its position: "0/3000148"
    std::string lag;       // "16 KiB"
    std::string replay;    // age of the last replayed transaction while replay is behind: "1.2 s"
    std::string sync;      // "sync", "async", "quorum", "catchup"
    std::string follows;   // "p1", "p1, not streaming", "p1, cloning", "10.0.0.9:5432", "nobody"
    bool streaming = false;
};
std::vector<StatusRow> status_rows(const View& view);

}  // namespace pgcm::report

#pragma once
// What follows from a view: actions for the local node, and the reasons for and against.
#include <optional>
#include <string>
#include <vector>

#include "model/facts.hpp"
#include "model/lease.hpp"
#include "model/names.hpp"
#include "model/node_name.hpp"
#include "model/rules.hpp"
#include "model/time.hpp"

namespace pgcm {

struct Reason {
    Rule rule;
    std::optional<NodeName> node;
    Facts facts;
    bool operator==(const Reason&) const = default;
};
using Reasons = std::vector<Reason>;

enum class ActionKind {
    start,               // start the local server as its data directory stands
    fence,               // stop the local server until no process of it is left
    start_as_standby,    // lay standby.signal first: it holds data that may be older than the cluster's
    promote,             // make the local standby primary
    detach,              // point the local standby at nobody, so that no primary counts on it any more
    follow,              // point the local standby at `node`
    rejoin,              // turn the local (former) primary into a standby of `node`: pg_rewind, then pg_basebackup
    set_sync_names,      // ALTER SYSTEM SET synchronous_standby_names TO `value`
    set_retry_interval,  // keep wal_retrieve_retry_interval short (LESSONS 23)
    switchover,          // stop the local primary, and hand over to `node`; `value` is the request's id
    decline_switchover,  // answer the request with `value`, why it is not done
    end_pause,           // take the pause out of the catalog
};
template <>
inline constexpr auto enum_names<ActionKind> = std::array{
    EnumName<ActionKind>{ActionKind::start, "start"},
    EnumName<ActionKind>{ActionKind::fence, "fence"},
    EnumName<ActionKind>{ActionKind::start_as_standby, "start_as_standby"},
    EnumName<ActionKind>{ActionKind::promote, "promote"},
    EnumName<ActionKind>{ActionKind::detach, "detach"},
    EnumName<ActionKind>{ActionKind::follow, "follow"},
    EnumName<ActionKind>{ActionKind::rejoin, "rejoin"},
    EnumName<ActionKind>{ActionKind::set_sync_names, "set_sync_names"},
    EnumName<ActionKind>{ActionKind::set_retry_interval, "set_retry_interval"},
    EnumName<ActionKind>{ActionKind::switchover, "switchover"},
    EnumName<ActionKind>{ActionKind::decline_switchover, "decline_switchover"},
    EnumName<ActionKind>{ActionKind::end_pause, "end_pause"},
};

struct Action {
    ActionKind kind;
    std::optional<NodeName> node;  // the other node, where there is one
    std::string value;
    bool operator==(const Action&) const = default;
};

// One node's chances in an election. Eligible: nothing but a better candidate holds it back.
struct Candidate {
    NodeName node;
    bool eligible = false;
    std::optional<int> rank;  // 0 is the best; only eligible ones have one
    Reasons reasons;
    bool operator==(const Candidate&) const = default;
};

struct Election {
    std::optional<NodeName> primary;  // the one that serves and stays; then nobody is elected
    std::optional<NodeName> winner;   // who should be promoted
    std::vector<Candidate> candidates;
    Reasons reasons;
    bool operator==(const Election&) const = default;
};

struct Decision {
    std::vector<Action> actions;  // in this order; at most one of them long
    Reasons reasons;
    std::optional<Election> election;       // where there was one
    std::optional<BootTime> look_again_at;  // when a timer of the rules ends; empty: the next turn is soon enough
    LeaseWish wish;                         // what to do about the lease
    std::optional<BootTime> fence_at;       // when the local server must be fenced unless a later decision says other
    bool operator==(const Decision&) const = default;
};

}  // namespace pgcm

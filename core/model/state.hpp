#pragma once
// What an agent remembers between turns. view/remember makes the next one from each view; the part marked durable
// is kept on disk (LESSONS 4).
#include <map>
#include <optional>
#include <string>

#include "model/lease.hpp"
#include "model/lsn.hpp"
#include "model/node_name.hpp"
#include "model/request.hpp"
#include "model/time.hpp"

namespace pgcm {

// The last switchover that this agent began as the primary's.
struct TriedSwitchover {
    std::string id;                    // of the request
    std::string why;                   // how it failed; empty: it went well, or was cut short
    std::optional<BootTime> ended_at;  // not durable
    bool operator==(const TriedSwitchover&) const = default;
};

struct State {
    // durable: the last primary that this agent saw accept, and how far the cluster had come
    std::optional<NodeName> last_primary;
    std::optional<std::uint64_t> system_identifier;
    std::optional<Timeline> last_timeline;
    std::optional<Lsn> last_lsn;
    std::optional<PromotionMark> last_mark;  // of that primary
    std::string last_sync_names;             // its synchronous_standby_names
    std::optional<Pause> pause;              // as it was last known, also while nobody can be asked
    std::optional<TriedSwitchover> tried;

    // what was kept could not be read: nothing is known of what this node had seen, until it sees a primary
    bool memory_lost = false;

    // since when; all by the agent's own clock
    std::optional<BootTime> no_primary_since;     // nobody is an accepting primary
    std::optional<BootTime> conflict_since;       // more than one is
    std::optional<BootTime> rejecting_since;      // the last primary is alive but lets nobody in
    std::optional<BootTime> local_down_since;     // the local server does not accept
    std::optional<BootTime> local_ran_at;         // a process of it was seen last, since then
    std::optional<BootTime> local_started_at;     // the agent last started it
    std::optional<BootTime> unsynced_since;       // no standby streams to the local primary
    std::optional<BootTime> not_following_since;  // the local standby does not stream from the one primary

    std::optional<BootTime> serving_since;   // the local server is primary, and was not proven stopped since
    std::optional<BootTime> unleased_since;  // it is, and this agent never had the lease
    std::optional<BootTime> fencing_since;   // the agent is about to stop it for certain

    // since when each voter's lock was seen in the hand of the one primary, without a break
    std::map<std::string, BootTime> backed_since;  // by voter

    // a failing action is tried again later and later
    std::map<std::string, BootTime> not_before;  // by action name

    std::optional<std::string> vetoed;  // what the hook before_promote said against the last promotion
    // The local server is proven stopped for a switchover: the lease goes to that node; and since when.
    std::optional<NodeName> hands_over_to;
    std::optional<BootTime> hands_over_since;

    std::optional<std::string> operation;  // the long operation that runs on this node, by name
    bool operator==(const State&) const = default;
};

}  // namespace pgcm

#pragma once
// What one look at one node showed. Everything that could not be seen is empty, and `missing` says why.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/address.hpp"
#include "model/lease.hpp"
#include "model/lsn.hpp"
#include "model/names.hpp"
#include "model/node_name.hpp"
#include "model/request.hpp"
#include "model/time.hpp"

namespace pgcm {

// How far a connection attempt or a query came.
enum class Reach {
    unknown,     // not looked at yet
    accepting,   // a session answered the vitals query
    rejecting,   // a server answered, but it does not let us in (sqlstate says why); it is alive
    refused,     // the host answered, nothing listens there
    silent,      // no answer to the connection attempt within the deadline, or no route
    stalled,     // connected, but then no answer within the deadline
    unresolved,  // the host's name could not be looked up
};
template <>
inline constexpr auto enum_names<Reach> = std::array{
    EnumName<Reach>{Reach::unknown, "unknown"},       EnumName<Reach>{Reach::accepting, "accepting"},
    EnumName<Reach>{Reach::rejecting, "rejecting"},   EnumName<Reach>{Reach::refused, "refused"},
    EnumName<Reach>{Reach::silent, "silent"},         EnumName<Reach>{Reach::stalled, "stalled"},
    EnumName<Reach>{Reach::unresolved, "unresolved"},
};

enum class Role { unknown, primary, standby };
template <>
inline constexpr auto enum_names<Role> = std::array{
    EnumName<Role>{Role::unknown, "unknown"},
    EnumName<Role>{Role::primary, "primary"},
    EnumName<Role>{Role::standby, "standby"},
};

// pg_stat_wal_receiver of a standby.
struct WalReceiver {
    std::string status;  // "streaming", "waiting", ...
    std::optional<std::string> sender_host;
    std::optional<std::uint16_t> sender_port;
    std::optional<std::string> slot;
    std::optional<Timeline> timeline;         // received_tli
    std::optional<milliseconds> message_age;  // since last_msg_receipt_time, by the node's own clock
    bool operator==(const WalReceiver&) const = default;
};

// One row of pg_stat_replication.
struct Replica {
    std::string application_name;
    std::optional<std::string> client_addr;
    std::optional<std::string> state;       // "streaming", "catchup", "startup", "backup"
    std::optional<std::string> sync_state;  // "async", "potential", "sync", "quorum"
    std::optional<Lsn> sent;
    std::optional<Lsn> flushed;
    std::optional<Lsn> replayed;
    bool operator==(const Replica&) const = default;
};

// One row of pg_replication_slots.
struct Slot {
    std::string name;
    bool physical = true;
    bool active = false;
    std::optional<Lsn> restart_lsn;
    std::optional<std::uint64_t> retained_bytes;  // WAL kept because of it
    std::optional<std::string> wal_status;        // 13 and later: "reserved", "extended", "unreserved", "lost"
    bool operator==(const Slot&) const = default;
};

// The costly figures; gathered at a slower pace than the vitals.
struct Inventory {
    BootTime taken_at;
    std::optional<std::uint64_t> database_bytes;  // all databases together
    std::optional<std::uint64_t> wal_bytes;       // pg_wal
    std::optional<std::uint64_t> wal_files;
    std::optional<std::vector<Slot>> slots;
    bool operator==(const Inventory&) const = default;
};

// A field that stayed empty because the role may not read it.
struct Missing {
    std::string field;
    std::string grant;  // what would make it readable, as SQL names it, e.g. "pg_monitor"
    bool operator==(const Missing&) const = default;
};

struct Observation {
    NodeName node;
    std::string host;  // where it was looked for: host name, address or socket directory
    std::uint16_t port = 5432;

    Reach reach = Reach::unknown;
    std::string sqlstate;                  // of the server's refusal; may be empty
    std::string message;                   // what the server or the system said, without secrets; empty when accepting
    BootTime asked_at;                     // just before the question was sent: the facts are no older than this
    std::optional<BootTime> last_contact;  // when it last answered as accepting
    nanoseconds took{0};                   // from question to answer

    // All that follows is of the last answer when accepting, and empty otherwise.
    Role role = Role::unknown;
    std::optional<int> server_version;  // server_version_num, e.g. 150008
    std::optional<std::uint64_t> system_identifier;
    std::optional<Timeline> timeline;
    std::optional<Lsn> written;   // primary: pg_current_wal_lsn()
    std::optional<Lsn> received;  // standby: pg_last_wal_receive_lsn(); goes backwards on a restart (LESSONS 2)
    std::optional<Lsn> replayed;  // standby: pg_last_wal_replay_lsn()
    std::optional<bool> replay_paused;
    std::optional<milliseconds> replay_age;  // standby: now - pg_last_xact_replay_timestamp()
    std::optional<milliseconds> clock_skew;  // server's wall clock minus ours, corrected by half the round trip
    std::optional<WallTime> server_time;
    std::optional<std::string> synchronous_standby_names;
    std::optional<std::string> primary_conninfo;  // passwords masked
    std::optional<Address> upstream;              // where primary_conninfo points; its first host
    std::optional<std::string> primary_slot_name;
    std::optional<std::string> wal_retrieve_retry_interval;  // as SHOW prints it, e.g. "5s"
    std::optional<WalReceiver> wal_receiver;                 // empty: none runs
    std::optional<std::vector<Replica>> replicas;
    std::optional<std::vector<TimelineSwitch>> history;  // primary: how its timeline came to be, oldest first
    std::optional<PromotionMark> mark;                   // the last promotion that it knows of
    std::optional<Pause> pause;                          // as its catalog has it
    std::optional<SwitchoverRequest> switchover;         // the same
    // Of our own role, what sessions say they are there for (agent_session, handover_session): sorted, each once.
    std::optional<std::vector<std::string>> sessions;
    std::optional<Vote> vote;  // under quorum = "majority": who holds its lock
    std::optional<Inventory> inventory;
    std::vector<Missing> missing;

    bool operator==(const Observation&) const = default;
};

// The furthest position the node is sure to have: written on a primary, the greater of received and replayed on a
// standby (LESSONS 2).
std::optional<Lsn> position(const Observation& node);

}  // namespace pgcm

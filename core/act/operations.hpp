#pragma once
// What an agent does to its own node. Each operation is a course of steps; a dry run lists the same steps and does
// none of them. What must be known first is read in both.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "act/server.hpp"
#include "model/error.hpp"
#include "model/node_name.hpp"
#include "model/operation.hpp"
#include "model/time.hpp"
#include "postgres/conninfo.hpp"
#include "postgres/resolver.hpp"
#include "postgres/session.hpp"

namespace pgcm::act {

using postgres::Conninfo;
class Peer;

// Where and with what an operation works. The references outlive it.
struct Site {
    NodeName node;
    LocalServer& server;
    postgres::Resolver& resolver;
    Conninfo local;                        // how the local server is reached
    milliseconds command_timeout{60'000};  // of each step but the copying ones, which end after 10 of it in silence
    milliseconds follow_check_after{15'000};
    // Called when a step begins, gets on and ends. May be empty.
    std::function<void(const Step&)> progress{};
    bool dry_run = false;
};

// All operations: the error says at which step it ended; `interrupted` when the coroutine was cancelled on the way
// (or the cancellation is thrown on, as Asio does). They can be run again from any point.

struct PromoteRequest {
    std::vector<std::string> slots;  // physical slots that the peers will need
    // Judged in the last moment before pg_promote is called: whether it still may be. May be empty: it may.
    std::function<bool()> allowed{};
    // Left behind as pgcm.promotion of our role: "<id>/<timeline>/<lsn>/<term>", so that two promotions to one timeline
    // can be told apart (LESSONS 1). Empty id: none.
    std::string mark_id{};
    std::uint32_t term = 0;
    // Only while a session of this application_name lives on the local server (handover_session). Empty: always.
    std::string only_while{};
};
// Makes the local standby a primary: replay resumed (LESSONS 22), pg_promote, waits until it is out of recovery. The
// slots and the CHECKPOINT that follow are best effort. A server that is out of recovery already is left alone.
asio::awaitable<Result<OperationReport>> promote(Site& site, PromoteRequest request);

struct HandOverRequest {
    NodeName to;
    Conninfo target;  // how its server is reached
    std::string id;   // of the request for this switchover
    // From the stop until the target has all WAL; half of it more for the stop, and for the promotion.
    milliseconds patience;
    // From the word until the target is primary, at most.
    milliseconds promoted_within;
    // Judged in the last moment before the stop. May be empty: it may.
    std::function<bool()> allowed{};
    // Called once the local server is proven stopped and the target has all of its WAL: the lease goes to it. May be
    // empty.
    std::function<void()> let_go{};
    // False once somebody has started the local server after that: the word is taken back. May be empty: nobody has.
    std::function<bool()> still_stopped{};
};
// The old primary's part of a switchover: a checkpoint, a fast stop, the proof that the target has all, the word that
// it may, and then it waits until the target is primary. An error leaves the local server as it is then, stopped as a
// rule: whether and how it is started again is for the rules. operation.json is written before the first step.
asio::awaitable<Result<OperationReport>> hand_over(Site& site, HandOverRequest request);

// Takes the setting's place in the catalog of the local primary (postgres/role_settings); an empty text takes it away.
asio::awaitable<Result<void>> keep_role_setting(Peer& primary, std::string_view setting, std::string text);

struct FollowRequest {
    NodeName to;
    Conninfo upstream;                      // how we reach that primary
    std::string slot;                       // ours on it; empty: none
    std::vector<std::string> peer_slots{};  // those of other nodes: dropped here when idle
};
// Points the local standby at the primary. Settings of the present primary_conninfo other than host and port stay. Our
// slot is there before: made, or made anew where it is lost, also when all else is right already.
// Refused as well: all is right but the slot, which has lost WAL, and nothing streams; only a clone helps then.
// Refused: the local server is no standby, the other no primary, or of another system.
asio::awaitable<Result<OperationReport>> follow(Site& site, FollowRequest request);

// Points the local standby at nobody and ends its stream, so that no primary counts on it any more. What the user had
// set in primary_conninfo beside host and port is gone; follow() makes it anew from replication_conninfo.
asio::awaitable<Result<OperationReport>> detach(Site& site);

enum class Method { automatic, rewind, basebackup };
struct RejoinRequest {
    NodeName to;
    Conninfo upstream;
    std::string slot;
    Method method = Method::automatic;    // automatic: settings' methods, in their order
    std::vector<std::string> peer_slots;  // those of other nodes: dropped here when idle, once this is a standby
    std::string why;                      // for operation.json
};
// Turns the local server, whatever it was, into a standby of the primary. Nothing is touched before the primary has
// answered, is one, is of the same system, and a method is found possible. The operation is on disk while it runs.
asio::awaitable<Result<OperationReport>> rejoin(Site& site, RejoinRequest request);

// ALTER SYSTEM, reload, and sees it take effect within 2 s.
asio::awaitable<Result<void>> set_synchronous_standby_names(postgres::Session& session, std::string value,
                                                            milliseconds timeout);
// wal_retrieve_retry_interval to 100 ms (LESSONS 23).
asio::awaitable<Result<void>> set_retry_interval(postgres::Session& session, milliseconds timeout);

// What stands for {data_dir}, {slot}, {primary_conninfo} and {node} in commands. The conninfo goes without password.
Placeholders placeholders_for(const ServerSettings& settings, const NodeName& node, const Conninfo& primary_conninfo);

// The primary_conninfo of `node` towards `upstream`: host and port of upstream, application_name of the node, what
// replication_conninfo says, and of the rest what `current` (its present value, may be empty) says. Without either of
// the two, upstream's own user, password and TLS settings.
Conninfo replication_conninfo(const Conninfo& current, const Conninfo& upstream, const std::string& replication,
                              const NodeName& node);

}  // namespace pgcm::act

#pragma once
// The configuration file, checked and complete: whoever holds a Config need not check it again.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/names.hpp"
#include "model/policy.hpp"
#include "model/settings.hpp"
#include "postgres/conninfo.hpp"

namespace pgcm::config {

using postgres::Conninfo;

struct Node {
    NodeName name;
    Conninfo conninfo;
    std::optional<Conninfo> local_conninfo;
    int priority = 100;
    bool nofailover = false;
    bool operator==(const Node&) const = default;
};

struct Witness {
    NodeName name;
    Conninfo conninfo;
    bool operator==(const Witness&) const = default;
};

struct Lease {
    milliseconds ttl{10000};
    milliseconds fence_margin{3000};
    bool trust_refused = false;
    std::uint16_t port = 9890;
    std::string watchdog;                      // a device that the holder of the lease opens and feeds; empty: none
    std::vector<std::string> etcd;             // "https://e1:2379"
    std::string etcd_ca, etcd_cert, etcd_key;  // paths; lease.ca, lease.cert and lease.key of the file
    bool operator==(const Lease&) const = default;
};

// How the local network is judged; without any of the three it counts as up.
struct Network {
    std::string interface;
    Command command;                    // server.commands.network is always the same one
    std::vector<std::string> arbiters;  // "host:port"
    bool operator==(const Network&) const = default;
};

struct Serve {
    std::vector<std::string> listen;  // "127.0.0.1:9889", "[::1]:9889", "unix:/path"; empty: no HTTP
    std::string cert, key;            // paths; both or none
    std::string token;
    bool operator==(const Serve&) const = default;
};

// What is run when something happens, and what is asked before a promotion.
struct Hooks {
    Command on_event;
    Command before_promote;
    milliseconds timeout{10000};  // of each run
    bool operator==(const Hooks&) const = default;
};

enum class LogFormat { text, json };  // named "text" and "json" in the file

}  // namespace pgcm::config

template <>
inline constexpr auto pgcm::enum_names<pgcm::config::LogFormat> = std::array{
    pgcm::EnumName<pgcm::config::LogFormat>{pgcm::config::LogFormat::text, "text"},
    pgcm::EnumName<pgcm::config::LogFormat>{pgcm::config::LogFormat::json, "json"},
};

namespace pgcm::config {

struct Config {
    std::string path;  // the file it came from
    std::string cluster;
    std::optional<NodeName> local;
    std::string dbname = "postgres";
    std::vector<Node> nodes;
    std::vector<Witness> witnesses;
    ServerSettings server;
    milliseconds command_timeout{60000};
    Lease lease;
    Network network;
    Serve serve;
    LogFormat log_format = LogFormat::text;
    std::string state_dir = "/var/lib/pgcm";
    Hooks hooks;
    Policy policy;  // everything that decisions depend on

    const Node* find(const NodeName& name) const;
    // The conninfo by which this host reaches the node or the witness: for the local node its
    // local_conninfo, where there is one, and what that leaves open from its conninfo; dbname where it is not given;
    // application_name always "pgcm/<local>", by which a holder of the lease is known ("pgcm" without a local node).
    Conninfo reach(const Node& node) const;
    Conninfo reach(const Witness& witness) const;

    bool operator==(const Config&) const = default;
};

// conninfo with local_conninfo laid over it; as conninfo where there is none.
Conninfo local_reach(const Node& node);

}  // namespace pgcm::config

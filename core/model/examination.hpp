#pragma once
// What the doctor sees of a server beyond an Observation, and of the local host. Only read, never changed.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/address.hpp"
#include "model/node_name.hpp"
#include "model/observation.hpp"

namespace pgcm {

// What pgcm's role may do on a server; false: it may not.
struct Grants {
    bool superuser = false;
    bool replication = false;
    std::map<std::string, bool> roles;       // memberships that are in use: "pg_monitor", "pg_checkpoint", ...
    std::map<std::string, bool> functions;   // EXECUTE, by signature: "pg_promote(boolean, integer)"
    std::map<std::string, bool> parameters;  // 15 and later: ALTER SYSTEM
    std::map<std::string, bool> settable;    // 15 and later: SET, which ALTER ROLE wants for one that is not known
    bool operator==(const Grants&) const = default;
};

// One line of pg_hba.conf, as pg_hba_file_rules shows it.
struct HbaRule {
    std::string type;  // "local", "host", "hostssl", ...
    std::vector<std::string> databases;
    std::vector<std::string> users;
    std::string address;  // an IP address, a host name, "all", "samehost", "samenet"; empty for local
    std::string netmask;  // where the address is one
    std::string method;
    bool operator==(const HbaRule&) const = default;
};

// A replication connection from this host, as a standby would make it; closed again at once.
struct Trial {
    Reach reach = Reach::unknown;  // accepting: it was let in
    std::string user;
    std::string sqlstate;
    std::string message;
    bool operator==(const Trial&) const = default;
};

struct Archiver {
    bool failing = false;  // its last attempt failed
    std::string last_failed;
    bool operator==(const Archiver&) const = default;
};

// Of a node or a witness that let us in; what could not be asked is empty.
struct Examination {
    NodeName node;
    bool witness = false;
    std::string trouble;  // why something below is empty; may be empty itself

    std::string database;                         // where we are logged in
    std::string role;                             // as whom
    std::map<std::string, std::string> settings;  // pg_settings.setting, in its own unit, as our session has it
    std::vector<std::string> restart_pending;     // settings that wait for a restart
    std::optional<Grants> grants;                 // of nodes only, as all that follows
    std::optional<bool> connect_public;           // of witnesses too: PUBLIC may connect to our database
    std::vector<std::string> tablespaces;         // beside PostgreSQL's own
    std::optional<Archiver> archiver;
    std::optional<std::vector<HbaRule>> hba;  // empty: our role may not read it
    std::optional<Trial> trial;

    // Null when it is not known.
    const std::string* setting(const std::string& name) const {
        const auto at = settings.find(name);
        return at == settings.end() ? nullptr : &at->second;
    }
    bool operator==(const Examination&) const = default;
};

// Of the local node's programs and disk. What is not known is empty.
struct HostExamination {
    std::string trouble;                        // why something below is empty
    std::optional<int> data_major;              // PG_VERSION
    std::map<std::string, int> program_majors;  // "postgres", "pg_rewind", "pg_basebackup": as --version says
    std::optional<std::uint64_t> free_bytes;    // beside the data directory
    std::string clone_obstacle;                 // why no clone can be made beside it
    std::string works_in{};                     // the local server's own data directory, where it is another one
    bool operator==(const HostExamination&) const = default;
};

struct Checkup {
    std::vector<Examination> servers;  // those that answered, nodes before witnesses
    std::optional<HostExamination> host;
    // The addresses under which the nodes reach one another, looked up from this host.
    std::map<NodeName, std::vector<std::string>> addresses;
    std::string replication_user;  // as whom standbys stream
    milliseconds command_timeout{60'000};
    bool operator==(const Checkup&) const = default;

    const Examination* find(const NodeName& name) const {
        for (const auto& server : servers)
            if (server.node == name) return &server;
        return nullptr;
    }
};

}  // namespace pgcm

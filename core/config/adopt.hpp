#pragma once
// `config init`: a configuration for the cluster that already runs, as far as its servers tell.
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "postgres/resolver.hpp"

namespace pgcm::config {

// Stands for what could not be found; a file that holds it is refused until it is edited.
inline constexpr std::string_view edit_me = "EDIT_ME";

struct FoundNode {
    std::string name, host, port;  // empty: not found
    std::string from;              // where it was found, for the comment
    bool local = false;
    bool proven = false;  // a server of this cluster answers there
};

struct Found {
    std::string cluster;
    int version = 0;  // server_version_num
    std::vector<FoundNode> nodes;
    bool primary = false;  // the local server is
    std::string data_dir, bin_dir, config_file, owner, socket_dir;
    std::string replication_user;
    std::string sync_names;          // of the primary
    std::vector<std::string> slots;  // physical, of the primary
    std::vector<std::string> gaps;   // what could not be found, in words
};

// Asks the local server, and the primary where that is another. The hostname is this host's. Error: the local server
// does not let us in.
boost::asio::awaitable<Result<Found>> look_around(postgres::Resolver& resolver, Conninfo local, std::string hostname,
                                                  milliseconds timeout);

// The file, with comments.
std::string adoption(const Found& found);

}  // namespace pgcm::config

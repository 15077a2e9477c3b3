#pragma once
// Whether this host has a network, by the means that need no command.
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/local_host.hpp"
#include "postgres/resolver.hpp"

namespace pgcm::probe {

struct NetworkSeen {
    Network network = Network::unknown;
    std::string message;  // what was asked and what it said
};

// The kernel's word on the interface (/sys/class/net/NAME/operstate; no disk behind it).
NetworkSeen interface_state(const std::string& interface);

// Up as soon as one "host:port" accepts or refuses a connection (either way it answered); down when all are silent.
boost::asio::awaitable<NetworkSeen> ask_arbiters(std::vector<std::string> arbiters, postgres::Resolver& resolver,
                                                 milliseconds timeout);

}  // namespace pgcm::probe

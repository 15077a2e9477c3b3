#pragma once
// The doctor at the servers: all asked side by side, each under a deadline of its own. Nothing is ever written.
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "model/examination.hpp"
#include "postgres/session.hpp"

namespace pgcm::probe {

namespace asio = boost::asio;

struct Patient {
    NodeName node;
    postgres::Conninfo conninfo;
    bool witness = false;
    // As a standby on this host would connect to it; empty: not tried.
    std::optional<postgres::Conninfo> replication;
};

// In the order of the patients; each question has `timeout`, and never fails: what went wrong is in the answer.
asio::awaitable<std::vector<Examination>> examine(std::vector<Patient> patients, postgres::Resolver& resolver,
                                                  milliseconds timeout);

}  // namespace pgcm::probe

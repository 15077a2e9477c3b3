#pragma once
// The vote of one server, as anybody who may log in sees it: who holds the lease's advisory lock there.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "model/lease.hpp"
#include "postgres/lock_keys.hpp"

namespace pgcm::probe {

struct Ballot {
    postgres::LockKeys keys;
    std::vector<NodeName> nodes;  // who may hold it
};

// An expression: NULL where the lock is free. Wants our role's oid as r.me. Works on 12 to 18 and on hot standbys, and
// needs no grant, for the sessions that matter are of our own role.
std::string vote_sql(const Ballot& ballot);

// What it gave. A session of another role, or without the name of a node's agent, is a stranger's.
Vote read_vote(const nlohmann::json& value, const Ballot& ballot);

}  // namespace pgcm::probe

#pragma once
// The advisory locks by which voters know who leads (PROTOCOL, "The lease is PostgreSQL's own lock"), and the name by
// which their sessions are known. All agents of a cluster must agree on these numbers: they never change.
#include <cstdint>
#include <string>
#include <string_view>

#include "model/node_name.hpp"

namespace pgcm::postgres {

// First keys (pg_locks.classid) of the two-key form; the second one (objid) says which of its kind.
struct LockKeys {
    std::int32_t lease_class;   // with lease_object: the lease itself
    std::int32_t term_class;    // with a term: the holder promised it
    std::int32_t favour_class;  // with favour_key(node): the last holder let go in favour of that node
    bool operator==(const LockKeys&) const = default;
};
inline constexpr std::int32_t lease_object = 1;

LockKeys lock_keys(std::string_view cluster);
std::int32_t favour_key(const NodeName& node);

// application_name of the sessions of the node's agent: "pgcm/<application_name>", as the server cuts it.
std::string session_name(const NodeName& node);

}  // namespace pgcm::postgres

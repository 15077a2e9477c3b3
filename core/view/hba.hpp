#pragma once
// pg_hba.conf read as the server reads it: the first rule that matches decides. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/examination.hpp"

namespace pgcm::view {

struct Caller {
    std::string database;  // of a walsender: "replication"
    std::string user;
    std::string address;  // an IPv4 or IPv6 address
};

// Whether a connection by TCP would be let in, or at least asked for its password. Empty where that hangs on what the
// rules alone do not tell: a host name, samenet, a group, a regular expression, whether TLS is used.
std::optional<bool> admits(const std::vector<HbaRule>& rules, const Caller& caller);

}  // namespace pgcm::view

#pragma once
// One turn's decision for the local node. Pure: no clock, no socket, no file, no dice.
#include <string_view>

#include "model/decision.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

// The value of a rejoin for the only reason that the primary has no longer the WAL that the standby needs.
inline constexpr std::string_view wal_is_missing = "wal_missing";

// `state` is view::remember() of this very view. Never fails: doubt yields no dangerous action, and a reason.
Decision decide(const View& view, const State& state, const Policy& policy);

}  // namespace pgcm::decide

#pragma once
// What promote, demote, follow and sync-standby share: they ask, they act, they tell.
#include "loop/by_hand.hpp"
#include "options.hpp"

namespace pgcm::cmd {

// Fills in the rest of the request from the flags and carries it out. `to` names a node, or is empty.
Result<int> carry_out(loop::Request request, const std::optional<std::string>& to, const ChangeOptions& change,
                      const Options& options);

}  // namespace pgcm::cmd

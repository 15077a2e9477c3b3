#pragma once
// What promote, demote, follow and sync-standby share: they ask, they act, they tell.
#include "loop/by_hand.hpp"
#include "options.hpp"

namespace pgcm::cmd {

// Fills in the rest of the request from the flags and carries it out. `to` names a node, or is empty.
Result<int> carry_out(loop::Request request, const std::optional<std::string>& to, const ChangeOptions& change,
                      const Options& options);

// What came of it, on standard output.
Result<int> tell(const loop::Answer& answer, const Options& options);
// Steps as they go: a living line at a terminal, one JSON object a step elsewhere.
std::function<void(const Step&)> progress(const Options& options);
Result<std::optional<NodeName>> node_named(const std::optional<std::string>& text, const config::Config& config);

}  // namespace pgcm::cmd

#pragma once
// promote, demote, follow and sync-standby as a person calls them: look, ask the rules, act on the local node.
#include <functional>
#include <optional>
#include <string>

#include "act/operations.hpp"
#include "config/config.hpp"
#include "model/decision.hpp"
#include "model/operation.hpp"
#include "model/view.hpp"

namespace pgcm::loop {

struct Request {
    ActionKind kind{};             // promote, rejoin (demote), follow, set_sync_names
    std::optional<NodeName> to{};  // empty: the primary in view
    act::Method method = act::Method::automatic;
    bool force = false;
    std::string why{};  // of a forced promotion, for the journal; may be empty
    bool dry_run = false;
    std::function<void(const Step&)> progress{};                   // may be empty
    std::function<Result<void>(const std::string& plan)> agree{};  // asked before anything is done; may be empty
};

struct Answer {
    View view;
    Reasons reasons;     // what was weighed; with force, what was overridden
    std::string action;  // "promote p2", "set synchronous_standby_names"
    OperationReport report;
};

// Blocks until it is done. Error: busy while another operation runs on this node; refused, where rules speak against
// it (`what` says which, in words and by name); what the operation says.
Result<Answer> by_hand(config::Config config, const Request& request);

}  // namespace pgcm::loop

#pragma once
// What speaks against a change that a person asks for. Pure.
#include "model/decision.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

// Empty: nothing. The timers of watch are not judged, for a person has waited long enough.
Reasons against_promotion(const View& view, const State& state, const Policy& policy);
// `to` is the primary that the local node shall follow as a standby.
Reasons against_follow(const View& view, const Policy& policy, const NodeName& to);
// `to` is the primary that stays, while the local one becomes its standby.
Reasons against_demotion(const View& view, const Policy& policy, const NodeName& to);

// The one primary other than the local node; empty where there is none or more than one.
std::optional<NodeName> other_primary(const View& view);

// A rule that says that it cannot be done, rather than that it should not: --force does not help.
bool is_impossible(Rule rule);

}  // namespace pgcm::decide

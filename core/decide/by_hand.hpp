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
Reasons against_follow(const View& view, const State& state, const Policy& policy, const NodeName& to);
// `to` is the primary that stays, while the local one becomes its standby.
Reasons against_demotion(const View& view, const State& state, const Policy& policy, const NodeName& to);

// `to` is the standby that a switchover would make primary; judged where it is asked, and again by the primary's agent.
// The lag that is allowed is a segment of WAL: what is left is sent while nobody can write.
Reasons against_switchover(const View& view, const State& state, const Policy& policy, const NodeName& to);
// Whom a switchover would take: the best standby that nothing speaks against, under sync.strict one that commits wait
// for. Empty: nobody.
std::optional<NodeName> switchover_target(const View& view, const State& state, const Policy& policy);

// Who holds a majority of the votes, by this look.
std::optional<NodeName> lease_holder(const View& view, const Policy& policy);
// The one primary other than the local node; empty where there is none or more than one.
std::optional<NodeName> other_primary(const View& view);

// A rule that says that it cannot be done, rather than that it should not: --force does not help.
bool is_impossible(Rule rule);

}  // namespace pgcm::decide

#pragma once
// What a person asked of the cluster, as far as it holds for the local node now. Pure.
#include "model/decision.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

// The pause that holds, as a reason; empty: none does.
std::optional<Reason> paused(const View& view, const State& state);

// The switchover that was asked of the lost primary before it was lost, as a standby's catalog has it: of that very
// primary and timeline, not answered, not expired. Null: none.
const SwitchoverRequest* asked_of_the_lost(const View& view, const State& state);
// Whether the lost primary's agent told the target that its server is proven stopped, and that the target has all of
// its WAL: then the primary is not waited for, and nobody's commit is missing.
bool handed_over(const View& view, const SwitchoverRequest& request);

// For how long the primary that stopped waits until the target has all, and half of it longer until that is promoted,
// before it comes back.
milliseconds switchover_patience(const Policy& policy);
// For how long after its word, at most. Under votes nothing is at stake when it comes back as a standby meanwhile.
milliseconds promotion_patience(const Policy& policy);

}  // namespace pgcm::decide

#pragma once
// Who should be primary, and node by node why or why not (PROTOCOL, "Becoming primary", items 1 to 6). Pure.
#include "model/decision.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

// Timers are not judged here: a view alone has none. `state` gives what was known before (last primary, timeline,
// LSN); an empty one judges by the view alone.
Election elect(const View& view, const State& state, const Policy& policy);

// Better first: higher timeline, then further position, then higher priority, then earlier in the configuration.
bool better(const Observation& a, const Observation& b, const Policy& policy);

// A primary that nobody sees as accepting, and yet lives: it answers without letting us in, or a standby hears it; or
// another standby that is being promoted, as the target of a switchover, and may take its time.
struct SignOfLife {
    std::optional<NodeName> primary;  // empty where it is not known which node is primary
    Reason reason;
    std::optional<BootTime> fades_at;  // from when on it proves nothing, unless it is renewed; empty: never
};

// Only the last primary counts when it rejects; where none is remembered, anybody may be the primary. Empty: nothing
// speaks for a living primary.
std::optional<SignOfLife> sign_of_life(const View& view, const State& state, const Policy& policy);

// Under sync.strict: a primary that was only asleep could go on acknowledging commits with the standbys that still
// stream from it. Of those that commits wait for, so many must have parted from it that too few are left. Empty: so it
// is, or nothing is promised.
std::optional<Reason> still_attached(const View& view, const State& state, const Policy& policy);

}  // namespace pgcm::decide

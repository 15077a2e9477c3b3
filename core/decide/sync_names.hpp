#pragma once
// What synchronous_standby_names of the local primary should be. Pure.
#include <optional>
#include <string>

#include "model/decision.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

struct SyncNames {
    std::optional<std::string> change_to;  // empty: as it is, it is right, or a change must wait
    Reason reason;
    std::optional<BootTime> look_again_at;  // when the wait ends
};

// `primary` is the local node, accepting and out of recovery.
SyncNames sync_names(const Observation& primary, const View& view, const State& state, const Policy& policy);

// Under sync.strict: what it must be on a standby before that is promoted, so that its very first commit waits. Empty:
// no matter.
std::optional<std::string> sync_names_when_primary(const NodeName& standby, const Policy& policy);

}  // namespace pgcm::decide

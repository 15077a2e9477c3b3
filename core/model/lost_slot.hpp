#pragma once
// A standby whose slot on the primary does not serve it. By the primary's last inventory.
#include "model/observation.hpp"
#include "model/policy.hpp"

namespace pgcm {

// WAL that the slot kept is gone, and who left off there cannot go on (PostgreSQL 13 and later tell).
bool slot_is_lost(const Observation& standby, const Observation& primary, const Policy& policy);
// The standby asks for its slot, and there is none.
bool slot_is_missing(const Observation& standby, const Observation& primary, const Policy& policy);

}  // namespace pgcm

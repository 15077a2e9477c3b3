#pragma once
// A standby whose slot on the primary has lost WAL.
#include "model/observation.hpp"
#include "model/policy.hpp"

namespace pgcm {

// By the primary's last inventory (PostgreSQL 13 and later): WAL that the slot kept is gone, and who left off there
// cannot go on.
bool slot_is_lost(const Observation& standby, const Observation& primary, const Policy& policy);

}  // namespace pgcm

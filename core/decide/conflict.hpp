#pragma once
// Two primaries: which one stays. Pure.
#include <vector>

#include "model/policy.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

// The primary to keep by [conflict] keep: the newest timeline, then the biggest databases, then the first of the
// configuration; `largest` leaves the timeline out. Empty for `manual`, and where a figure that decides is unknown.
std::optional<NodeName> keeper(const std::vector<const Observation*>& primaries, const Policy& policy);

}  // namespace pgcm::decide

#pragma once
// What is wrong with the voters under quorum = "majority". Private to assess().
#include <vector>

#include "model/alert.hpp"
#include "model/policy.hpp"
#include "model/view.hpp"

namespace pgcm::view {

// `serving`: the accepting primaries of the cluster.
Alerts assess_votes(const View& view, const Policy& policy, const std::vector<const Observation*>& serving);

// Why the voter does not answer.
Facts facts_of_silence(const Observation& voter);

}  // namespace pgcm::view

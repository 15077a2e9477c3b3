#pragma once
// One turn's decision for the local node. Pure: no clock, no socket, no file, no dice.
#include "model/decision.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

// `state` is view::remember() of this very view. Never fails: doubt yields no dangerous action, and a reason.
Decision decide(const View& view, const State& state, const Policy& policy);

}  // namespace pgcm::decide

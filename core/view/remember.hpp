#pragma once
// The fold: what an agent knows after a view, from what it knew before. Pure.
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::view {

// `before` is not changed by what an unreachable or foreign node says. Starting, operation and retry fields are the
// agent's own and pass through.
State remember(const State& before, const View& view, const Policy& policy);

// What of it is kept on disk: it means something in another boot of the host too.
State durable_part(const State& state);
// Whether it has changed since `stored` so that another write is worth it; a position alone, after a WAL segment.
bool worth_storing(const State& stored, const State& now);

}  // namespace pgcm::view

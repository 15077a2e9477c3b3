#pragma once
// A turn as the HTTP side and standard output show it. Pure.
#include <string>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/figures.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/verdict.hpp"
#include "model/view.hpp"
#include "serve/published.hpp"

namespace pgcm::loop {

struct TurnResult {
    View view;
    Alerts alerts;
    Verdict verdict = Verdict::no_primary;
    Decision decision;
};

// What HTTP may tell of it. Copies values and renders nothing.
serve::Seen seen(const TurnResult& turn, const State& state, const Policy& policy, const Histogram& turns);

// The words and documents of report/ and view/, for HTTP. Has no state.
const serve::Renderer& renderer();

// What makes a turn worth telling: everything but figures and times. Equal keys: nothing changed.
std::string change_key(const TurnResult& turn);

// One line of NDJSON ("pgcm.turn/1").
std::string turn_line(const TurnResult& turn);

}  // namespace pgcm::loop

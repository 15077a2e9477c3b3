#pragma once
// What the rungs of the ladder share; private to decide/.
#include "model/decision.hpp"
#include "model/policy.hpp"
#include "model/state.hpp"
#include "model/view.hpp"

namespace pgcm::decide {

struct Turn {
    const View& view;
    const State& state;
    const Policy& policy;
    const Observation& local;
    std::vector<const Observation*> serving;  // accepting primaries, of this cluster
    Decision decision;

    void say(Rule rule, std::optional<NodeName> node = {}, Facts facts = {}) {
        decision.reasons.push_back({rule, std::move(node), std::move(facts)});
    }
    void act(ActionKind kind, std::optional<NodeName> node = {}, std::string value = {}) {
        decision.actions.push_back({kind, std::move(node), std::move(value)});
    }
    void look_again(BootTime at) {
        if (!decision.look_again_at || at < *decision.look_again_at) decision.look_again_at = at;
    }
    // Says the rule with the time left, and looks again when it is over.
    void wait(Rule rule, BootTime until, Facts facts = {}) {
        facts.push_back({"left_ms", std::int64_t{to_ms(until - view.at).count()}});
        say(rule, {}, std::move(facts));
        look_again(until);
    }
};

void decide_down(Turn& turn);     // the local server does not accept
void decide_primary(Turn& turn);  // the local server is an accepting primary
void decide_standby(Turn& turn);  // the local server is an accepting standby

}  // namespace pgcm::decide

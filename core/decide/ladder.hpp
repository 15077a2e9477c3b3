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

// quorum = "majority": who may lead holds the lease (decide_lease.cpp).
bool under_lease(const Turn& turn);
// The first rung: the local server may be accepting writes. True when it must not, and is to be fenced at once.
bool fences(Turn& turn);
// The lease is in hand, with the margin left that a fence needs.
bool has_lease(const Turn& turn);
// For a server that is about to lead: has_lease(), and all that PROTOCOL asks for with the locks in hand. Otherwise
// says what is missing, and wishes for it.
bool may_lead(Turn& turn);
// Under sync.strict a standby parts from the lost primary once a candidate holds its vote and promised a term: with it,
// that primary could acknowledge commits that the candidate has not.
bool gives_way(Turn& turn);
// The local server can be down for a while: without its vote the others still make a majority.
bool can_spare_vote(Turn& turn);
// Under sync.strict nobody follows a primary anew that does not hold the lease: it may have slept, and lose it any
// moment to a candidate that counts on this standby.
bool leads_by_lease(const Turn& turn, const Observation& primary);
// What to wish of the lease while an operation runs.
void wish_during(Turn& turn, const std::string& operation);
// A lease in hand is not let go for want of news.
void keep_what_is_held(Turn& turn);
void wish(Turn& turn, LeaseWishKind kind, std::optional<NodeName> to = {});

// The local server, an accepting primary, is asked to hand over: begun, or answered. True when something is done of it.
bool answers_switchover(Turn& turn);
// Looked after also under a pause: nothing is started, stopped or promoted by it.
void keep_sync_names(Turn& turn);     // of an accepting primary
bool keep_standby_ready(Turn& turn);  // of an accepting standby; false: it must not be promoted yet

void decide_paused(Turn& turn, Reason pause);
void decide_down(Turn& turn);     // the local server does not accept
void decide_primary(Turn& turn);  // the local server is an accepting primary
void decide_standby(Turn& turn);  // the local server is an accepting standby

}  // namespace pgcm::decide

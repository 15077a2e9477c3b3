// The rungs for what a person asked of the cluster.
#include "decide/asked.hpp"
#include "decide/by_hand.hpp"
#include "decide/ladder.hpp"

namespace pgcm::decide {
namespace {

std::string names_of(const Reasons& reasons) {
    std::string names;
    for (const auto& reason : reasons) {
        names += (names.empty() ? "" : ", ") + std::string(name_of(reason.rule));
        if (reason.node) names += " " + reason.node->str();
    }
    return names;
}

// What only the primary's own agent sees.
Reasons against_here(Turn& turn, const NodeName& to) {
    auto against = against_switchover(turn.view, turn.state, turn.policy, to);
    const auto& host = turn.view.host;
    // Where its directory is out of sight nobody could see that it stopped, and where its WAL ends.
    if (!host || host->lineup == Lineup::empty || host->lineup == Lineup::unknown)
        against.push_back({Rule::local_unknown, turn.local.node, {{"message", host ? host->message : ""}}});
    return against;
}

}  // namespace

bool answers_switchover(Turn& turn) {
    const auto& asked = turn.local.switchover;
    if (!asked || !stands(*asked, turn.view)) return false;
    if (asked->from != turn.local.node || asked->timeline != turn.local.timeline) return false;
    if (const auto& tried = turn.state.tried; tried && tried->id == asked->id) {
        const std::string why = tried->why.empty() ? "it was begun, and cut short" : tried->why;
        turn.say(Rule::switchover_failed, asked->to, {{"message", why}});
        turn.act(ActionKind::decline_switchover, asked->to, why);
        return true;
    }
    turn.say(Rule::switchover_asked, asked->to, {{"from", asked->from.str()}, {"by", asked->by}});
    auto against = against_here(turn, asked->to);
    if (against.empty() && under_lease(turn) && !has_lease(turn)) {
        turn.say(Rule::primary_without_lease, turn.local.node);  // it may ripen before the request expires
        return true;
    }
    if (against.empty()) {
        turn.act(ActionKind::switchover, asked->to, asked->id);
        return true;
    }
    turn.act(ActionKind::decline_switchover, asked->to, names_of(against));
    for (auto& reason : against) turn.decision.reasons.push_back(std::move(reason));
    return true;
}

// Nothing is started, stopped, promoted or pointed elsewhere; a lease in hand is renewed.
void decide_paused(Turn& turn, Reason pause) {
    turn.decision.reasons.push_back(std::move(pause));
    if (turn.local.reach != Reach::accepting) return keep_what_is_held(turn);
    if (other_system(turn.local, cluster_system(turn.view, turn.state.system_identifier))) return;
    if (turn.local.role == Role::standby) {
        keep_standby_ready(turn);
        return;
    }
    if (turn.serving.size() == 1 && answers_switchover(turn)) return;
    keep_sync_names(turn);
}

}  // namespace pgcm::decide

#include <algorithm>

#include "decide/conflict.hpp"
#include "decide/ladder.hpp"
#include "decide/sync_names.hpp"

namespace pgcm::decide {
namespace {

int place_of(const NodeName& name, const Policy& policy) {
    const auto at = std::find_if(policy.nodes.begin(), policy.nodes.end(),
                                 [&](const NodePolicy& node) { return node.name == name; });
    return static_cast<int>(at - policy.nodes.begin());
}

// Whether the local primary must give way to another one.
bool loses_conflict(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (serving.size() < 2) return false;
    if (policy.keep == ConflictKeep::manual) {
        turn.say(Rule::conflict_manual);
        return false;
    }
    const auto stays = keeper(serving, policy);
    if (!stays) {
        turn.say(Rule::conflict_undecided, {}, {{"keep", std::string(name_of(policy.keep))}});
        return false;
    }
    if (*stays == local.node) {
        turn.say(Rule::conflict_keeps, local.node);
        return false;
    }
    // Sizes are measured at different moments: with two that are nearly equal each may take itself for the loser. They
    // give way one after the other, and the second one then sees that there is no conflict any more.
    const auto in_turn = place_of(local.node, policy) * (2 * policy.scan_period + policy.probe_timeout);
    const auto until = state.conflict_since.value_or(view.at) + policy.conflict_after + in_turn;
    if (view.at < until) {
        turn.wait(Rule::conflict_wait, until, {{"keeps", stays->str()}});
        return false;
    }
    turn.say(Rule::conflict_loses, local.node, {{"keeps", stays->str()}});
    if (!policy.managed) {
        turn.say(Rule::not_managed, local.node);
        return false;
    }
    turn.act(ActionKind::rejoin, stays);
    return true;
}

}  // namespace

void decide_primary(Turn& turn) {
    if (loses_conflict(turn)) return;
    if (turn.serving.size() == 1) turn.say(Rule::primary_healthy, turn.local.node);
    const auto& pause = turn.local.pause;
    if (pause && turn.view.host && turn.view.host->resumed == pause->since) {
        turn.say(Rule::pause_ends, turn.local.node, {{"by", pause->by}});
        turn.act(ActionKind::end_pause, turn.local.node);
    }
    if (turn.serving.size() == 1 && answers_switchover(turn)) return;
    keep_sync_names(turn);
}

void keep_sync_names(Turn& turn) {
    auto names = sync_names(turn.local, turn.view, turn.state, turn.policy);
    turn.decision.reasons.push_back(std::move(names.reason));
    if (names.look_again_at) turn.look_again(*names.look_again_at);
    if (names.change_to) turn.act(ActionKind::set_sync_names, turn.local.node, *names.change_to);
}

}  // namespace pgcm::decide

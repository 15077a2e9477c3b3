#include "decide/decide.hpp"

#include <algorithm>

#include "decide/asked.hpp"
#include "decide/ladder.hpp"

namespace pgcm::decide {
namespace {

// An action that failed a while ago is not tried again at once.
void hold_back_failing(Turn& turn) {
    std::erase_if(turn.decision.actions, [&](const Action& action) {
        if (action.kind == ActionKind::fence || action.kind == ActionKind::switchover) return false;
        const auto at = turn.state.not_before.find(std::string(name_of(action.kind)));
        if (at == turn.state.not_before.end() || turn.view.at >= at->second) return false;
        turn.wait(Rule::retry_later, at->second, {{"action", std::string(name_of(action.kind))}});
        return true;
    });
}

}  // namespace

Decision decide(const View& view, const State& state, const Policy& policy) {
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    if (local == nullptr) return {{}, {{Rule::no_local_node, {}, {}}}, {}, {}, {}, {}};
    const auto system = cluster_system(view, state.system_identifier);
    Turn turn{view, state, policy, *local, primaries(view, system), {}};
    if (fences(turn)) return std::move(turn.decision);
    if (state.operation) {
        turn.say(Rule::operation_running, view.local, {{"operation", *state.operation}});
        wish_during(turn, *state.operation);
        return std::move(turn.decision);
    }
    if (auto pause = paused(view, state))
        decide_paused(turn, std::move(*pause));
    else if (local->reach != Reach::accepting)
        decide_down(turn);
    else if (other_system(*local, system))
        turn.say(
            Rule::system_differs, view.local,
            {{"system_identifier", std::to_string(*local->system_identifier)}, {"expected", std::to_string(*system)}});
    else if (local->role == Role::primary)
        decide_primary(turn);
    else
        decide_standby(turn);
    hold_back_failing(turn);
    return std::move(turn.decision);
}

}  // namespace pgcm::decide

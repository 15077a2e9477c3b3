#include "decide/asked.hpp"

#include <algorithm>

namespace pgcm::decide {
namespace {

std::int64_t ms_between(WallTime from, WallTime to) {
    return std::chrono::duration_cast<milliseconds>(to - from).count();
}

}  // namespace

std::optional<Reason> paused(const View& view, const State& state) {
    const auto pause = pause_of(view, state.pause);
    if (!pause || !holds(*pause, view)) return std::nullopt;
    Facts facts{{"by", pause->by}, {"since_ms", ms_between(pause->since, view.taken_at)}};
    if (pause->until) facts.push_back({"left_ms", ms_between(view.taken_at, *pause->until)});
    if (!pause->why.empty()) facts.push_back({"why", pause->why});
    return Reason{Rule::paused, std::nullopt, std::move(facts)};
}

const SwitchoverRequest* asked_of_the_lost(const View& view, const State& state) {
    for (const auto& node : view.nodes) {
        if (!accepts_as(Role::standby, node) || !node.switchover) continue;
        const auto& request = *node.switchover;
        if (stands(request, view) && request.from == state.last_primary && request.timeline == state.last_timeline)
            return &request;
    }
    return nullptr;
}

bool handed_over(const View& view, const SwitchoverRequest& request) {
    const auto* target = view.find(request.to);
    return target != nullptr && accepts_as(Role::standby, *target) &&
           has_session(*target, handover_session(request.id));
}

// Without votes the others elect when failover_after is over: the primary is back, or given up, well before.
milliseconds switchover_patience(const Policy& policy) {
    constexpr milliseconds shortest = 1s, longest = 10s;
    if (policy.quorum != Quorum::any) return longest;
    const auto until_others = policy.failover_after - policy.probe_timeout - 2 * policy.scan_period;
    return std::clamp(until_others / 2, shortest, longest);
}

milliseconds promotion_patience(const Policy& policy) {
    const auto patience = switchover_patience(policy);
    constexpr milliseconds shortest = 1s;
    return policy.quorum == Quorum::any ? patience * 3 / 2 : std::clamp(policy.lease_ttl, shortest, patience / 2);
}

}  // namespace pgcm::decide

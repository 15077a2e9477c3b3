#include "decide/by_hand.hpp"

#include <algorithm>
#include <map>

#include "decide/asked.hpp"
#include "decide/elect.hpp"

namespace pgcm::decide {
namespace {

const Observation* local_of(const View& view) {
    return view.local ? view.find(*view.local) : nullptr;
}

Reason unreachable(const Observation& node) {
    return {Rule::not_accepting, node.node, {{"reach", std::string(name_of(node.reach))}, {"message", node.message}}};
}

// What must hold of the node that is to be followed.
Reasons against_upstream(const View& view, const Policy& policy, const NodeName& to) {
    const auto* upstream = view.find(to);
    if (policy.find(to) == nullptr || upstream == nullptr) return {{Rule::no_primary, to, {}}};
    if (upstream->reach != Reach::accepting) return {unreachable(*upstream)};
    if (upstream->role != Role::primary) return {{Rule::not_primary, to, {}}};
    const auto system = cluster_system(view);
    if (!other_system(*upstream, system)) return {};
    return {
        {Rule::system_differs,
         to,
         {{"system_identifier", std::to_string(*upstream->system_identifier)}, {"expected", std::to_string(*system)}}}};
}

constexpr std::uint64_t largest_lag = 16ULL << 20;

// What speaks against one standby, whatever the primary's state is.
Reasons against_target(const Policy& policy, const Observation& primary, const Observation& target) {
    const auto no = [&](Rule rule, Facts facts = {}) { return Reasons{{rule, target.node, std::move(facts)}}; };
    if (target.reach != Reach::accepting) return {unreachable(target)};
    if (target.role != Role::standby) return no(Rule::not_standby, {{"role", std::string(name_of(target.role))}});
    if (other_system(target, primary.system_identifier))
        return no(Rule::system_differs, {{"system_identifier", std::to_string(*target.system_identifier)},
                                         {"expected", std::to_string(*primary.system_identifier)}});
    Reasons against;
    const auto also = [&](Rule rule, Facts facts = {}) { against.push_back({rule, target.node, std::move(facts)}); };
    if (const auto* own = policy.find(target.node); own != nullptr && own->nofailover) also(Rule::nofailover);
    if (other_mark(target.mark, primary.mark)) also(Rule::other_mark);
    if (diverged(target, primary).value_or(false)) also(Rule::diverged);
    if (!streams(target, primary, policy)) also(Rule::not_streaming, {{"primary", primary.node.str()}});
    const auto reached = position(target);
    if (!reached || !primary.written)
        also(Rule::position_unknown);
    else if (const auto lag = bytes_between(*reached, *primary.written); lag > largest_lag)
        also(Rule::target_lags,
             {{"lag_bytes", static_cast<std::int64_t>(lag)}, {"most_bytes", static_cast<std::int64_t>(largest_lag)}});
    return against;
}

// The primary's own server gives no vote while it is stopped.
std::optional<Reason> against_votes(const View& view, const Policy& policy, const Observation& primary,
                                    const NodeName& to) {
    if (policy.quorum != Quorum::majority) return std::nullopt;
    const auto votes = [&](const Observation& voter) {
        return voter.reach == Reach::accepting && voter.node != primary.node;
    };
    const auto others = std::count_if(view.nodes.begin(), view.nodes.end(), votes) +
                        std::count_if(view.witnesses.begin(), view.witnesses.end(), votes);
    const auto needed = majority_of(policy.voters());
    if (others >= needed) return std::nullopt;
    return Reason{Rule::lease_out_of_reach,
                  to,
                  {{"within_reach", static_cast<std::int64_t>(others)}, {"needed", static_cast<std::int64_t>(needed)}}};
}

bool is_synchronous(const Observation& primary, const NodeName& standby) {
    for (const auto& replica : primary.replicas.value_or(std::vector<Replica>{}))
        if (replica.application_name == application_name(standby))
            return replica.sync_state == "sync" || replica.sync_state == "quorum";
    return false;
}

}  // namespace

std::optional<NodeName> lease_holder(const View& view, const Policy& policy) {
    std::map<NodeName, int> votes;
    const auto count = [&](const Observation& voter) {
        if (voter.vote && voter.vote->holder) ++votes[*voter.vote->holder];
    };
    std::for_each(view.nodes.begin(), view.nodes.end(), count);
    std::for_each(view.witnesses.begin(), view.witnesses.end(), count);
    for (const auto& [node, held] : votes)
        if (held >= majority_of(policy.voters())) return node;
    return std::nullopt;
}

std::optional<NodeName> other_primary(const View& view) {
    auto serving = primaries(view, std::nullopt);  // one of another system shall be named as such
    std::erase_if(serving, [&](const Observation* node) { return node->node == view.local; });
    return serving.size() == 1 ? std::optional(serving.front()->node) : std::nullopt;
}

Reasons against_promotion(const View& view, const State& state, const Policy& policy) {
    const auto* local = local_of(view);
    if (local == nullptr) return {{Rule::no_local_node, {}, {}}};
    // All were asked a moment ago: that the primary was lost since, or is, is of no matter to them.
    auto known = state;
    known.no_primary_since.reset();
    const auto election = elect(view, known, policy);
    Reasons against;
    if (election.primary || !election.winner) against = election.reasons;
    std::erase_if(against, [](const Reason& reason) { return reason.rule == Rule::no_primary; });
    if (view.host && view.host->network == Network::down)
        against.push_back({Rule::network_down, local->node, {{"message", view.host->network_message}}});
    if (policy.quorum == Quorum::majority) {
        Facts facts;
        if (const auto holder = lease_holder(view, policy)) facts.push_back({"holder", holder->str()});
        against.push_back({Rule::promotes_without_lease, local->node, std::move(facts)});
    }
    for (const auto& candidate : election.candidates)
        if (candidate.node == local->node && (!candidate.eligible || candidate.rank != 0))
            against.insert(against.end(), candidate.reasons.begin(), candidate.reasons.end());
    return against;
}

Reasons against_switchover(const View& view, const State& state, const Policy& policy, const NodeName& to) {
    const auto serving = primaries(view, cluster_system(view));
    if (serving.empty()) return {{Rule::no_primary, {}, {}}};
    if (serving.size() > 1) return {{Rule::many_primaries, {}, {{"count", static_cast<std::int64_t>(serving.size())}}}};
    const auto& primary = *serving.front();
    const auto* target = view.find(to);
    if (target == nullptr || policy.find(to) == nullptr) return {{Rule::not_standby, to, {}}};
    if (to == primary.node) return {{Rule::primary_healthy, to, {}}};
    auto against = against_target(policy, primary, *target);
    if (auto pause = paused(view, state)) against.push_back(std::move(*pause));
    if (!policy.managed) against.push_back({Rule::not_managed, primary.node, {}});
    if (auto votes = against_votes(view, policy, primary, to)) against.push_back(std::move(*votes));
    for (const auto& node : {primary.node, to})
        if (!has_session(primary, agent_session(node))) against.push_back({Rule::agent_missing, node, {}});
    return against;
}

std::optional<NodeName> switchover_target(const View& view, const State& state, const Policy& policy) {
    const auto serving = primaries(view, cluster_system(view));
    if (serving.size() != 1) return std::nullopt;
    const Observation* best = nullptr;
    for (const auto& node : view.nodes) {
        if (!against_switchover(view, state, policy, node.node).empty()) continue;
        const auto synchronous = [&](const Observation& standby) {
            return policy.sync_strict && is_synchronous(*serving.front(), standby.node);
        };
        const bool before = best != nullptr &&
                            (synchronous(node) != synchronous(*best) ? synchronous(node) : better(node, *best, policy));
        if (best == nullptr || before) best = &node;
    }
    return best != nullptr ? std::optional(best->node) : std::nullopt;
}

Reasons against_follow(const View& view, const State& state, const Policy& policy, const NodeName& to) {
    if (auto pause = paused(view, state)) return {std::move(*pause)};
    const auto* local = local_of(view);
    if (local == nullptr) return {{Rule::no_local_node, {}, {}}};
    if (local->reach != Reach::accepting) return {unreachable(*local)};
    if (local->role != Role::standby)
        return {{Rule::not_standby, local->node, {{"role", std::string(name_of(local->role))}}}};
    return against_upstream(view, policy, to);
}

Reasons against_demotion(const View& view, const State& state, const Policy& policy, const NodeName& to) {
    if (auto pause = paused(view, state)) return {std::move(*pause)};
    const auto* local = local_of(view);
    if (local == nullptr) return {{Rule::no_local_node, {}, {}}};
    if (to == local->node) return {{Rule::primary_healthy, local->node, {}}};
    return against_upstream(view, policy, to);
}

bool is_impossible(Rule rule) {
    return rule == Rule::no_local_node || rule == Rule::not_standby || rule == Rule::not_accepting ||
           rule == Rule::not_primary || rule == Rule::system_differs;
}

}  // namespace pgcm::decide

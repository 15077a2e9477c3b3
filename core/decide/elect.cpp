#include "decide/elect.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "decide/asked.hpp"
#include "model/sync_set.hpp"

namespace pgcm::decide {
namespace {

// Server is starting up or shutting down; not for ever, other than a server that is full or keeps us out.
constexpr std::string_view cannot_connect_now = "57P03";

std::int64_t ms(nanoseconds duration) {
    return to_ms(duration).count();
}

std::size_t place_of(const NodeName& name, const Policy& policy) {
    const auto at = std::find_if(policy.nodes.begin(), policy.nodes.end(),
                                 [&](const NodePolicy& node) { return node.name == name; });
    return static_cast<std::size_t>(at - policy.nodes.begin());
}

// Everything but the comparison with the others.
Reasons hindrances(const Observation& node, const View& view, const State& state, const Policy& policy) {
    Reasons reasons;
    const auto against = [&](Rule rule, Facts facts = {}) { reasons.push_back({rule, node.node, std::move(facts)}); };
    if (node.node == view.local && view.operation && is_being_rebuilt(*view.operation))
        against(Rule::operation_unfinished, {{"operation", view.operation->operation},
                                             {"step", view.operation->step},
                                             {"attempts", std::int64_t{view.operation->attempts}}});
    if (node.reach != Reach::accepting) {
        against(Rule::not_accepting, {{"reach", std::string(name_of(node.reach))}, {"message", node.message}});
        return reasons;
    }
    if (node.role != Role::standby) against(Rule::not_standby, {{"role", std::string(name_of(node.role))}});
    const auto* own = policy.find(node.node);
    if (own != nullptr && own->nofailover) against(Rule::nofailover);
    if (const auto system = cluster_system(view, state.system_identifier); other_system(node, system))
        against(Rule::system_differs, {{"system_identifier", std::to_string(*node.system_identifier)},
                                       {"expected", std::to_string(*system)}});
    const auto reached = position(node);
    if (!reached || !node.timeline) {
        against(Rule::position_unknown);
        return reasons;
    }
    if (state.last_timeline && *node.timeline < *state.last_timeline)
        against(Rule::older_than_last_seen,
                {{"timeline", to_string(*node.timeline)}, {"last_timeline", to_string(*state.last_timeline)}});
    if (other_mark(node.mark, state.last_mark)) against(Rule::other_mark, {{"timeline", to_string(*node.timeline)}});
    if (!policy.max_lag_bytes) return reasons;
    if (!state.last_lsn) {
        against(Rule::never_saw_primary);
    } else if (const auto lag = bytes_between(*reached, *state.last_lsn); lag > *policy.max_lag_bytes) {
        against(Rule::lag_over_max, {{"lag_bytes", static_cast<std::int64_t>(lag)},
                                     {"max_lag_bytes", static_cast<std::int64_t>(*policy.max_lag_bytes)}});
    }
    return reasons;
}

// Those of the names that stand for nodes of the cluster, without the primary that set them.
std::vector<const NodePolicy*> synchronous_nodes(const SyncSet& set, const State& state, const Policy& policy) {
    std::vector<const NodePolicy*> nodes;
    for (const auto& node : policy.nodes) {
        auto name = application_name(node.name);
        for (auto& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        const bool named = set.all || std::find(set.names.begin(), set.names.end(), name) != set.names.end();
        if (named && node.name != state.last_primary) nodes.push_back(&node);
    }
    return nodes;
}

// How many of the standbys that commits waited for are needed to know that nothing acknowledged is missing (PROTOCOL,
// "Becoming primary", 9): with k of n, a commit is on the best of any n-k+1.
struct Durability {
    std::vector<const NodePolicy*> nodes;
    std::int64_t standbys = 0;  // k
    std::int64_t needed = 0;
};

std::optional<Durability> durability(const State& state, const Policy& policy) {
    const auto set = read_sync_names(state.last_sync_names);
    if (!set) return std::nullopt;
    Durability asks{synchronous_nodes(*set, state, policy), set->count, 0};
    const auto members = static_cast<std::int64_t>(set->all ? asks.nodes.size() : set->names.size());
    asks.needed = std::max<std::int64_t>(members - set->count + 1, 1);
    return asks;
}

bool knows_its_position(const Observation* node, const State& state) {
    return node != nullptr && accepts_as(Role::standby, *node) && position(*node) && node->timeline &&
           node->timeline >= state.last_timeline.value_or(Timeline{});
}

// Another promotion began the timeline that we know of as the last, by a node that did not know of it. What its primary
// acknowledged is on so many standbys besides; it acknowledged nothing where fewer can have its history. Terms do not
// tell which of the two is the later: who was elected by voters that had forgotten has the lower one.
bool is_superseded(const View& view, const State& state, const Policy& policy, std::int64_t standbys) {
    if (!state.last_mark) return false;
    std::map<std::string, std::int64_t> histories;
    std::int64_t untold = 0;
    for (const auto& node : policy.nodes) {
        const auto* seen = view.find(node.name);
        const bool tells = seen != nullptr && seen->reach == Reach::accepting && seen->timeline;
        if (tells && *seen->timeline < state.last_mark->timeline) continue;  // it has neither
        if (tells && other_mark(seen->mark, state.last_mark))
            ++histories[seen->mark->id];
        else if (!tells || !seen->mark || seen->mark->timeline < state.last_mark->timeline)
            ++untold;  // nor does one tell that has not replayed its mark yet
    }
    return std::any_of(histories.begin(), histories.end(),
                       [&](const auto& history) { return history.second + untold > standbys; });
}

// Whether the winner surely has every commit that the last primary acknowledged.
void judge_durability(Election& election, const View& view, const State& state, const Policy& policy) {
    const auto asks = durability(state, policy);
    if (!asks || !election.winner) return;
    const auto& winner = *view.find(*election.winner);
    // One that may not be elected, and yet has more of the same history, takes commits with it.
    const bool outdone = std::any_of(view.nodes.begin(), view.nodes.end(), [&](const Observation& node) {
        return knows_its_position(&node, state) && !other_system(node, winner.system_identifier) &&
               !other_mark(node.mark, state.last_mark) && node.timeline == winner.timeline &&
               position(node) > position(winner);
    });
    const auto in_hand = std::count_if(asks->nodes.begin(), asks->nodes.end(), [&](const NodePolicy* node) {
        return knows_its_position(view.find(node->name), state);
    });
    const bool from_primary = state.last_primary && knows_its_position(view.find(*state.last_primary), state);
    // What the primary told it that stopped for it is as good as the primary itself.
    const auto* asked = asked_of_the_lost(view, state);
    const bool told = asked != nullptr && asked->to == winner.node && handed_over(view, *asked);
    const bool superseded = is_superseded(view, state, policy, asks->standbys);
    const bool enough = !outdone && !superseded && (in_hand >= asks->needed || from_primary || told);
    Facts facts{
        {"in_hand", static_cast<std::int64_t>(in_hand)}, {"needed", asks->needed}, {"names", state.last_sync_names}};
    if (superseded)
        facts.push_back({"beside", "another promotion to this timeline"});
    else if (outdone)
        facts.push_back({"beside", "a node that has more and may not be elected"});
    if (enough) {
        election.reasons.push_back({Rule::standbys_enough, std::nullopt, std::move(facts)});
    } else if (!policy.sync_strict) {
        election.reasons.push_back({Rule::commits_may_be_lost, std::nullopt, std::move(facts)});
    } else {
        election.reasons.push_back({Rule::standbys_missing, std::nullopt, std::move(facts)});
        election.winner.reset();
    }
}

// A refusal may be outdated by a start, an answer by what was received since it was given.
bool is_stale(const Observation& node, const View& view, const State& state, const Policy& policy) {
    if (node.reach == Reach::unknown) return true;
    if (view.at - node.asked_at > policy.scan_period + policy.probe_timeout) return true;
    return node.reach == Reach::accepting && state.no_primary_since && node.asked_at < *state.no_primary_since;
}

Facts standing(const Observation& node) {
    return {{"timeline", to_string(*node.timeline)}, {"lsn", to_string(*position(node))}};
}

void rank(Election& election, std::vector<const Observation*>& able, const Policy& policy) {
    std::sort(able.begin(), able.end(),
              [&](const Observation* a, const Observation* b) { return better(*a, *b, policy); });
    for (auto& candidate : election.candidates) {
        const auto at = std::find_if(able.begin(), able.end(),
                                     [&](const Observation* node) { return node->node == candidate.node; });
        if (at == able.end()) continue;
        const Observation& node = **at;
        candidate.eligible = true;
        candidate.rank = static_cast<int>(at - able.begin());
        auto facts = standing(node);
        if (at == able.begin()) {
            candidate.reasons.push_back(
                {able.size() == 1 ? Rule::only_standby : Rule::best_standby, node.node, std::move(facts)});
            continue;
        }
        const Observation& best = *able.front();
        facts.push_back({"best", best.node.str()});
        facts.push_back({"best_timeline", to_string(*best.timeline)});
        facts.push_back({"best_lsn", to_string(*position(best))});
        candidate.reasons.push_back({Rule::better_standby, node.node, std::move(facts)});
    }
    if (!able.empty()) election.winner = able.front()->node;
}

std::optional<SignOfLife> rejects(const Observation& node, const View& view, const State& state, const Policy& policy) {
    if (node.reach != Reach::rejecting || (state.last_primary && node.node != *state.last_primary)) return std::nullopt;
    const auto began = (state.last_primary ? state.rejecting_since : state.no_primary_since).value_or(view.at);
    SignOfLife life{state.last_primary,
                    {Rule::primary_alive_but_rejecting,
                     node.node,
                     {{"sqlstate", node.sqlstate}, {"message", node.message}, {"since_ms", ms(view.at - began)}}},
                    std::nullopt};
    if (node.sqlstate == cannot_connect_now) life.fades_at = began + policy.primary_start_timeout;
    if (life.fades_at && view.at >= *life.fades_at) return std::nullopt;
    return life;
}

// A standby that streams from one of the cluster, which is neither a standby itself nor our own server (of that we know
// better), hears the primary; which one it was last time does not matter.
std::optional<SignOfLife> hears(const Observation& node, const View& view, const Policy& policy) {
    if (!accepts_as(Role::standby, node) || !node.wal_receiver || !node.wal_receiver->message_age) return std::nullopt;
    const auto* upstream = upstream_of(node, policy);
    if (node.wal_receiver->status != "streaming" || upstream == nullptr || upstream->name == view.local)
        return std::nullopt;
    if (const auto* seen = view.find(upstream->name); seen != nullptr && accepts_as(Role::standby, *seen))
        return std::nullopt;
    const auto recent = policy.scan_period * 5 / 2;
    const auto age = *node.wal_receiver->message_age;
    if (age >= recent) return std::nullopt;
    return SignOfLife{
        upstream->name,
        {Rule::primary_heard_by_standby, node.node, {{"primary", upstream->name.str()}, {"age_ms", ms(age)}}},
        view.at + (recent - age)};
}

}  // namespace

bool better(const Observation& a, const Observation& b, const Policy& policy) {
    if (a.timeline != b.timeline) return a.timeline > b.timeline;
    if (position(a) != position(b)) return position(a) > position(b);
    const auto* pa = policy.find(a.node);
    const auto* pb = policy.find(b.node);
    if (pa != nullptr && pb != nullptr && pa->priority != pb->priority) return pa->priority > pb->priority;
    return place_of(a.node, policy) < place_of(b.node, policy);
}

std::optional<SignOfLife> sign_of_life(const View& view, const State& state, const Policy& policy) {
    for (const auto& node : view.nodes)
        if (node.node != view.local && is_being_promoted(node))
            return SignOfLife{node.node, {Rule::promotion_under_way, node.node, {}}, std::nullopt};
    for (const auto& node : view.nodes)
        if (auto life = rejects(node, view, state, policy)) return life;
    for (const auto& node : view.nodes)
        if (auto life = hears(node, view, policy)) return life;
    return std::nullopt;
}

std::optional<Reason> still_attached(const View& view, const State& state, const Policy& policy) {
    const auto asks = durability(state, policy);
    if (!asks || !policy.sync_strict) return std::nullopt;
    if (const auto* asked = asked_of_the_lost(view, state); asked != nullptr && handed_over(view, *asked))
        return std::nullopt;
    const auto parted = std::count_if(asks->nodes.begin(), asks->nodes.end(), [&](const NodePolicy* node) {
        const auto* seen = view.find(node->name);
        if (node->name == view.local) return true;  // its promotion ends its stream
        if (!knows_its_position(seen, state) || seen->wal_receiver) return false;
        return !seen->upstream || (policy.local && upstream_of(*seen, policy) == policy.find(*policy.local));
    });
    // Once it is a standby itself it acknowledges nothing.
    const auto* last = state.last_primary ? view.find(*state.last_primary) : nullptr;
    if (parted >= asks->needed || knows_its_position(last, state)) return std::nullopt;
    return Reason{Rule::standbys_attached,
                  std::nullopt,
                  {{"parted", static_cast<std::int64_t>(parted)}, {"needed", asks->needed}}};
}

namespace {

// Of standbys with the same data the one that a switchover names goes first.
Policy favouring(const SwitchoverRequest* asked, Policy policy) {
    for (auto& node : policy.nodes)
        if (asked != nullptr && node.name == asked->to) node.priority = std::numeric_limits<int>::max();
    return policy;
}

Election judge(const View& view, const State& state, const Policy& policy) {
    Election election;
    const auto serving = primaries(view, cluster_system(view, state.system_identifier));
    std::vector<const Observation*> able;
    for (const auto& node : view.nodes) {
        Candidate candidate{node.node, false, std::nullopt, hindrances(node, view, state, policy)};
        if (candidate.reasons.empty()) able.push_back(&node);
        if (is_stale(node, view, state, policy)) {
            Facts facts;
            if (node.reach != Reach::unknown) facts.push_back({"age_ms", ms(view.at - node.asked_at)});
            election.reasons.push_back({Rule::observation_stale, node.node, std::move(facts)});
        }
        election.candidates.push_back(std::move(candidate));
    }
    if (serving.size() == 1) {
        election.primary = serving.front()->node;
        election.reasons = {{Rule::primary_healthy, serving.front()->node, {}}};
        return election;
    }
    if (serving.size() > 1) {
        election.reasons = {
            {Rule::many_primaries, std::nullopt, {{"count", static_cast<std::int64_t>(serving.size())}}}};
        return election;
    }
    const auto* asked = asked_of_the_lost(view, state);
    const bool gone = asked != nullptr && handed_over(view, *asked);
    // What is gone for its target is not for those who see that one being promoted.
    if (auto alive = sign_of_life(view, state, policy);
        alive && (!gone || alive->reason.rule == Rule::promotion_under_way)) {
        election.primary = std::move(alive->primary);
        election.reasons = {std::move(alive->reason)};
        return election;
    }
    election.reasons.insert(election.reasons.begin(), {Rule::no_primary, std::nullopt, {}});
    if (election.reasons.size() > 1) return election;  // somebody must be looked at again first
    rank(election, able, favouring(asked, policy));
    judge_durability(election, view, state, policy);
    return election;
}

}  // namespace

Election elect(const View& view, const State& state, const Policy& policy) {
    auto election = judge(view, state, policy);
    if (auto pause = paused(view, state)) {
        election.reasons.push_back(std::move(*pause));
        election.winner.reset();
    }
    return election;
}

}  // namespace pgcm::decide

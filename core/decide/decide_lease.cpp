#include <algorithm>
#include <map>

#include "decide/elect.hpp"
#include "decide/ladder.hpp"

namespace pgcm::decide {
namespace {

// How soon to look again when all that is missing is an answer that is on its way.
constexpr milliseconds soon{50};

std::int64_t ms(nanoseconds duration) {
    return to_ms(duration).count();
}

int needed(const Turn& turn) {
    return majority_of(turn.policy.voters());
}

template <class F>
void each_voter(const View& view, F&& f) {
    for (const auto& node : view.nodes) f(node);
    for (const auto& witness : view.witnesses) f(witness);
}

// The highest number that anybody is known to have led or tried to lead with.
Term highest_term(const Turn& turn) {
    Term highest = turn.state.last_mark ? turn.state.last_mark->term : 0;
    each_voter(turn.view, [&](const Observation& voter) {
        if (voter.vote) highest = std::max(highest, voter.vote->term);
        if (voter.mark) highest = std::max(highest, voter.mark->term);
    });
    return highest;
}

// Who else holds a majority of the locks, as far as this node sees; `in_view`: and is itself in view, so that the locks
// are not about to become free.
std::optional<NodeName> holder_elsewhere(const Turn& turn, bool in_view) {
    std::map<NodeName, int> votes;
    each_voter(turn.view, [&](const Observation& voter) {
        if (voter.vote && voter.vote->holder && voter.vote->holder != turn.view.local) ++votes[*voter.vote->holder];
    });
    for (const auto& [node, count] : votes) {
        const auto* seen = turn.view.find(node);
        const bool counts = !in_view || (seen != nullptr && seen->reach == Reach::accepting);
        if (count >= needed(turn) && counts) return node;
    }
    return std::nullopt;
}

// The voters that could give their vote to this node now. One that is held by a node that nobody can reach from here
// may become free at any moment.
int within_reach(const Turn& turn) {
    int count = 0;
    each_voter(turn.view, [&](const Observation& voter) {
        if (voter.reach != Reach::accepting) return;
        const bool open = !voter.vote || !voter.vote->holder || voter.vote->holder == turn.view.local;
        const auto* holder = open ? nullptr : turn.view.find(*voter.vote->holder);
        if (open || (holder != nullptr && holder->reach != Reach::accepting)) ++count;
    });
    return count;
}

int votes_held(const LeaseSeen& lease) {
    return static_cast<int>(
        std::count_if(lease.votes.begin(), lease.votes.end(), [](const OwnVote& vote) { return vote.held; }));
}

Facts tally(const Turn& turn) {
    const auto& lease = turn.view.lease;
    return {{"votes", std::int64_t{lease ? votes_held(*lease) : 0}}, {"needed", std::int64_t{needed(turn)}}};
}

bool fence(Turn& turn, Rule rule, std::optional<NodeName> node = {}, Facts facts = {}) {
    turn.say(rule, std::move(node), std::move(facts));
    turn.act(ActionKind::fence, turn.local.node);
    wish(turn, LeaseWishKind::none);
    const auto& lease = turn.view.lease;
    turn.decision.fence_at = turn.view.at;
    if (lease && lease->valid_until)
        turn.decision.fence_at = std::min(turn.view.at, *lease->valid_until - turn.policy.fence_margin);
    turn.decision.look_again_at.reset();
    return true;
}

// A promise above ours is only made with a majority of locks in hand.
Term higher_term(const Turn& turn) {
    const auto& lease = *turn.view.lease;
    Term higher = lease.higher_term;
    each_voter(turn.view, [&](const Observation& voter) {
        const bool another = voter.vote && voter.vote->holder && voter.vote->holder != turn.view.local;
        if (another && voter.vote->term > lease.term) higher = std::max(higher, voter.vote->term);
    });
    return higher;
}

// How long a newly taken lock is no vote.
nanoseconds ripening(const Policy& policy) {
    return nanoseconds{policy.lease_ttl} * 102 / 100;
}

// How long a server that this agent found as a primary goes on while the voters are asked for the first time. Another
// node may be about to have the lease: without a majority of locks there is no more time than that.
milliseconds first_round(const Policy& policy) {
    return std::min(policy.probe_timeout + 2 * policy.scan_period, policy.lease_ttl - policy.fence_margin);
}

// Somebody was promoted after the local primary, which a person or the host's own services must have started. It may be
// out of view; what it acknowledged is not here.
std::optional<Timeline> promoted_since(const Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (!local.timeline) return std::nullopt;
    std::optional<Timeline> newest;
    const auto compare = [&](const std::optional<Timeline>& timeline, const std::optional<PromotionMark>& mark) {
        const bool later = mark && mark->term > (turn.local.mark ? turn.local.mark->term : 0);
        if (timeline && (timeline > turn.local.timeline || later)) newest = std::max(newest, timeline);
    };
    compare(state.last_timeline, state.last_mark);
    for (const auto& node : view.nodes)
        if (node.reach == Reach::accepting && !other_system(node, local.system_identifier))
            compare(node.timeline, node.mark);
    return newest;
}

// So many nodes are known to be paused that the others are no majority: nobody can come to lead beside this primary.
bool others_are_paused(const Turn& turn) {
    const auto pause = pause_of(turn.view, turn.state.pause);
    if (!pause || !holds(*pause, turn.view)) return false;
    int others = 0;
    each_voter(turn.view, [&](const Observation& voter) {
        if (voter.reach != Reach::accepting || voter.pause != pause) ++others;
    });
    return others < needed(turn);
}

bool fences_unleased(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (const auto leader = holder_elsewhere(turn, false)) return fence(turn, Rule::lease_held_elsewhere, leader);
    if (const auto newest = promoted_since(turn))
        return fence(turn, Rule::older_than_last_seen, local.node,
                     {{"timeline", to_string(*local.timeline)}, {"last_timeline", to_string(*newest)}});
    // What a predecessor left, or locks in hand, tell exactly how long nobody else can lead.
    const auto since = state.unleased_since.value_or(view.at);
    const auto& withheld = view.lease->withheld_until;
    const auto until = withheld && *withheld >= since ? *withheld - policy.fence_margin : since + first_round(policy);
    if (others_are_paused(turn)) {
        // An agent that is stopped does not hear that the pause has ended.
        turn.decision.fence_at = view.at + policy.lease_ttl - policy.fence_margin;
        wish(turn, LeaseWishKind::keep);
        turn.say(Rule::lease_sought, {}, tally(turn));
        return false;
    }
    if (view.at >= until) return fence(turn, Rule::lease_never_held, local.node, tally(turn));
    turn.wait(Rule::lease_sought, until, tally(turn));
    turn.decision.fence_at = until;
    wish(turn, LeaseWishKind::keep);
    return false;
}

// A frozen or half-started server under a living agent would keep the cluster from having a primary. One that is only
// full is alive, unless its disk hangs: then those who fill it are our own looks.
bool gave_up_on(const Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    constexpr std::string_view starting = "57P03";
    const bool hangs = view.host && view.host->disk_stalled;
    const bool alive = local.reach == Reach::rejecting && local.sqlstate != starting && !hangs;
    if (local.reach == Reach::accepting || alive || !state.local_down_since) return false;
    const auto since = std::max(*state.local_down_since, state.local_started_at.value_or(BootTime{}));
    return view.at >= since + policy.primary_start_timeout;
}

}  // namespace

void wish(Turn& turn, LeaseWishKind kind, std::optional<NodeName> to) {
    turn.decision.wish = {kind, highest_term(turn), std::move(to)};
    // Without a lease to keep, the local server does not lead, and is nothing to guard.
    if (kind == LeaseWishKind::none || kind == LeaseWishKind::hand_over) turn.decision.fence_at.reset();
}

bool under_lease(const Turn& turn) {
    return turn.policy.quorum == Quorum::majority;
}

bool has_lease(const Turn& turn) {
    const auto& lease = turn.view.lease;
    return lease && lease->valid_until && !lease->slept && higher_term(turn) == 0 &&
           turn.view.at < *lease->valid_until - turn.policy.fence_margin;
}

bool fences(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (!under_lease(turn) || !state.serving_since || !view.lease || state.hands_over_to) return false;
    const auto& lease = *view.lease;
    if (state.fencing_since) return fence(turn, Rule::lease_expires, local.node);
    if (lease.slept) return fence(turn, Rule::host_slept, local.node);
    if (const auto term = higher_term(turn); term > 0 && lease.term > 0)
        return fence(turn, Rule::higher_term, {}, {{"term", std::int64_t{term}}, {"ours", std::int64_t{lease.term}}});
    if (!lease.valid_until) return fences_unleased(turn);
    const auto until = *lease.valid_until - policy.fence_margin;
    if (view.at >= until)
        return fence(turn, Rule::lease_expires, local.node, {{"left_ms", ms(*lease.valid_until - view.at)}});
    if (gave_up_on(turn)) return fence(turn, Rule::start_timed_out, local.node);
    auto facts = tally(turn);
    facts.push_back({"left_ms", ms(*lease.valid_until - view.at)});
    turn.say(Rule::lease_held, local.node, std::move(facts));
    turn.look_again(until);
    turn.decision.fence_at = until;
    wish(turn, LeaseWishKind::keep);
    return false;
}

void keep_what_is_held(Turn& turn) {
    const bool locked = turn.view.lease && turn.view.lease->locked_since && !turn.view.lease->slept;
    if (!under_lease(turn) || turn.state.serving_since || !(locked || has_lease(turn))) return;
    wish(turn, has_lease(turn) ? LeaseWishKind::keep : LeaseWishKind::seek);
    if (has_lease(turn)) turn.decision.fence_at = *turn.view.lease->valid_until - turn.policy.fence_margin;
}

void wish_during(Turn& turn, const std::string& operation) {
    if (!under_lease(turn)) return;
    if (turn.state.hands_over_to) return wish(turn, LeaseWishKind::hand_over, turn.state.hands_over_to);
    if (turn.state.serving_since) return;  // fences() has spoken
    const auto leads = [&](ActionKind kind) { return operation == name_of(kind); };
    // Asked to promote itself, it does so whenever its replay has come to the end, and asks nobody again.
    if (turn.view.lease && leads(ActionKind::promote) && !has_lease(turn)) {
        fence(turn, Rule::lease_expires, turn.local.node);
        return;
    }
    const bool hands_over = leads(ActionKind::switchover);  // until it does, it may come back
    if (!turn.view.lease || !(leads(ActionKind::promote) || leads(ActionKind::start) || hands_over) || !has_lease(turn))
        return wish(turn, LeaseWishKind::none);
    turn.decision.fence_at = *turn.view.lease->valid_until - turn.policy.fence_margin;
    wish(turn, LeaseWishKind::keep);
}

bool may_lead(Turn& turn) {
    if (!under_lease(turn)) return true;
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (const auto leader = holder_elsewhere(turn, true); leader && !has_lease(turn)) {
        turn.say(Rule::lease_held_elsewhere, leader);
        wish(turn, LeaseWishKind::none);
        return false;
    }
    // Locks in hand are not let go because their voters cannot be seen for a moment.
    const bool locked = view.lease && view.lease->locked_since;
    if (!view.lease || (!locked && !has_lease(turn) && within_reach(turn) < needed(turn))) {
        turn.say(Rule::lease_out_of_reach, {},
                 {{"within_reach", std::int64_t{within_reach(turn)}}, {"needed", std::int64_t{needed(turn)}}});
        wish(turn, LeaseWishKind::none);
        return false;
    }
    const auto& lease = *view.lease;
    if (lease.slept) {
        turn.say(Rule::host_slept, local.node);
        wish(turn, LeaseWishKind::none);
        return false;
    }
    const auto failed = state.not_before.find(std::string(name_of(ActionKind::promote)));
    if (failed != state.not_before.end() && view.at < failed->second) {
        turn.wait(Rule::retry_later, failed->second, {{"action", std::string(name_of(ActionKind::promote))}});
        wish(turn, LeaseWishKind::none);
        return false;
    }
    if (const auto term = higher_term(turn); term > 0 && lease.term > 0) {
        turn.say(Rule::higher_term, {}, {{"term", std::int64_t{term}}, {"ours", std::int64_t{lease.term}}});
        wish(turn, LeaseWishKind::none);
        return false;
    }
    wish(turn, LeaseWishKind::seek);
    if (!has_lease(turn)) {
        turn.say(locked ? Rule::lease_ripens : Rule::lease_sought, {}, tally(turn));
        return false;
    }
    // What the voters had received before their locks were ours may have grown since.
    for (const auto& vote : lease.votes) {
        const auto* node = view.find(vote.voter);
        if (!vote.held || node == nullptr || !lease.locked_since) continue;
        // A lock that came later than the majority, or came back, is as old as its ripening tells.
        const auto given = vote.counts_from ? std::max(*lease.locked_since, *vote.counts_from - ripening(policy))
                                            : *lease.locked_since;
        if (node->asked_at >= given) continue;
        turn.say(Rule::looks_again_with_lease, vote.voter);
        turn.look_again(view.at + soon);
        return false;
    }
    if (auto attached = still_attached(view, state, policy)) {
        turn.decision.reasons.push_back(std::move(*attached));
        turn.look_again(view.at + soon);
        return false;
    }
    turn.decision.fence_at = *lease.valid_until - policy.fence_margin;
    return true;
}

bool can_spare_vote(Turn& turn) {
    if (!under_lease(turn)) return true;
    // A lock that the primary took a moment ago, from a voter that was away, is no vote yet.
    std::vector<BootTime> count_from;
    for (const auto& [voter, since] : turn.state.backed_since)
        if (voter != turn.local.node.str()) count_from.push_back(since + ripening(turn.policy));
    std::sort(count_from.begin(), count_from.end());
    const auto others =
        std::count_if(count_from.begin(), count_from.end(), [&](BootTime moment) { return turn.view.at >= moment; });
    // One after the other, from when the vote can be spared: two that begin at once would not see each other go.
    const auto enough = static_cast<std::size_t>(needed(turn));
    const auto& nodes = turn.policy.nodes;
    const auto place =
        std::find_if(nodes.begin(), nodes.end(), [&](const NodePolicy& node) { return node.name == turn.local.node; }) -
        nodes.begin();
    auto from = turn.state.not_following_since.value_or(turn.view.at);
    if (count_from.size() >= enough) from = std::max(from, count_from[enough - 1]);
    const auto until = from + place * (turn.policy.scan_period + turn.policy.probe_timeout);
    if (others >= needed(turn) && turn.view.at >= until) return true;
    turn.say(Rule::vote_needed, turn.local.node,
             {{"others", std::int64_t{others}}, {"needed", std::int64_t{needed(turn)}}});
    if (turn.view.at < until) turn.look_again(until);
    return false;
}

bool others_can_elect(const Turn& turn) {
    int others = 0;
    each_voter(turn.view, [&](const Observation& voter) {
        if (voter.reach == Reach::accepting && voter.node != turn.local.node) ++others;
    });
    return others >= needed(turn);
}

bool leads_by_lease(const Turn& turn, const Observation& primary) {
    if (!under_lease(turn) || !turn.policy.sync_strict) return true;
    const auto& own = turn.local.vote;
    if (own && own->holder != primary.node) return false;
    int votes = 0;
    each_voter(turn.view, [&](const Observation& voter) {
        if (voter.vote && voter.vote->holder == primary.node && voter.vote->term > 0) ++votes;
    });
    return votes >= needed(turn);
}

bool gives_way(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (!under_lease(turn) || !policy.sync_strict || !local.vote || !local.vote->holder) return false;
    if (local.vote->holder == view.local || local.vote->holder == state.last_primary || local.vote->term == 0)
        return false;
    const auto* holder = view.find(*local.vote->holder);
    const bool receives = local.wal_receiver && local.wal_receiver->status != "waiting";
    if ((!local.upstream && !receives) || (holder != nullptr && accepts_as(Role::primary, *holder))) return false;
    turn.say(Rule::gives_way_to_candidate, local.vote->holder, {{"term", std::int64_t{local.vote->term}}});
    turn.act(ActionKind::detach, local.node);
    return true;
}

}  // namespace pgcm::decide

#include <algorithm>

#include "decide/asked.hpp"
#include "decide/decide.hpp"
#include "decide/elect.hpp"
#include "decide/ladder.hpp"
#include "decide/sync_names.hpp"
#include "model/lost_slot.hpp"

namespace pgcm::decide {
namespace {

constexpr std::string_view short_retry_interval = "100ms";
// How soon to look again when all that holds an election back is an answer that is on its way.
constexpr milliseconds soon{50};
// When it is one that comes any moment.
constexpr milliseconds at_once{10};

// A promotion waits for this interval after the primary's crash: 5 s by default (LESSONS 23).
void keep_retry_interval_short(Turn& turn) {
    const auto& interval = turn.local.wal_retrieve_retry_interval;
    if (!interval || *interval == short_retry_interval) return;
    turn.say(Rule::retry_interval_high, turn.local.node,
             {{"from", *interval}, {"to", std::string(short_retry_interval)}});
    turn.act(ActionKind::set_retry_interval, turn.local.node, std::string(short_retry_interval));
}

// True when the first commit after a promotion would already wait for standbys.
bool keep_sync_ready(Turn& turn) {
    const auto wanted = sync_names_when_primary(turn.local.node, turn.policy);
    if (!wanted || turn.local.synchronous_standby_names == wanted) return true;
    turn.say(Rule::sync_not_ready, turn.local.node,
             {{"from", turn.local.synchronous_standby_names.value_or("")}, {"to", *wanted}});
    turn.act(ActionKind::set_sync_names, turn.local.node, *wanted);
    return false;
}

// Two promotions may have begun the same timeline (LESSONS 1). Ours has its mark; the primary's tells, once it is seen,
// whether they are the same.
bool awaits_mark(const Observation& local, const Observation& primary) {
    const auto marked = [](const Observation& node) {
        return node.mark && node.timeline && node.mark->timeline == *node.timeline;
    };
    return local.timeline == primary.timeline && marked(local) && !marked(primary);
}

// It points at the primary, but nothing comes.
void wait_for_stream(Turn& turn, const Observation& primary, bool readable) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    const auto began = state.not_following_since.value_or(view.at);
    const auto since = view.at - began;
    // What an inventory showed before the last attempt tells nothing of what came of that.
    const bool lost = slot_is_lost(local, primary, policy) && primary.inventory->taken_at >= began;
    Facts facts{{"since_ms", std::int64_t{to_ms(since).count()}}};
    if (lost) facts.push_back({"lost_slot", slot_name(policy.slot, local.node)});
    turn.say(Rule::not_streaming_yet, primary.node, std::move(facts));
    if (since < policy.follow_check_after) return;
    if (lost) {
        if (policy.managed && can_spare_vote(turn))
            turn.act(ActionKind::rejoin, primary.node, std::string(wal_is_missing));
    } else if (readable) {
        // Its slot may be gone: to follow anew has it made, and begins a wait of its own.
        turn.act(ActionKind::follow, primary.node);
    }
}

void follow(Turn& turn, const Observation& primary) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    const auto* node = policy.find(primary.node);
    const bool directed = node != nullptr && points_at(local, *node);
    auto parted = diverged(local, primary);
    if (!streams(local, primary, policy) && !leads_by_lease(turn, primary))
        return turn.say(Rule::primary_without_lease, primary.node);
    if (awaits_mark(local, primary) && !streams(local, primary, policy)) {
        const auto until = state.not_following_since.value_or(view.at) + policy.follow_check_after;
        if (view.at < until) {
            turn.look_again(view.at + soon);
            return turn.say(Rule::mark_awaited, primary.node, {{"timeline", to_string(*local.timeline)}});
        }
        parted = true;  // one history of a timeline has its mark everywhere
    }
    if (parted.value_or(false)) {
        Facts facts{{"timeline", to_string(*local.timeline)},
                    {"primary_timeline", to_string(*primary.timeline)},
                    {"lsn", to_string(*position(local))}};
        turn.say(Rule::diverged, local.node, std::move(facts));
        // A primary older than we are is no reason to throw our WAL away: that is for a person.
        if (*local.timeline > *primary.timeline || !policy.managed) return;
        if (can_spare_vote(turn)) return turn.act(ActionKind::rejoin, primary.node);
        // Where it points there may be another history of our timeline by now, which nothing would keep out.
        if (local.upstream) turn.act(ActionKind::detach, local.node);
        return;
    }
    if (streams(local, primary, policy)) {
        turn.say(Rule::follows, primary.node);
        return;
    }
    // Without the right to read primary_conninfo nobody knows where it points; follow would be ordered for ever.
    const bool unreadable = std::any_of(local.missing.begin(), local.missing.end(),
                                        [](const Missing& missing) { return missing.field == "primary_conninfo"; });
    if (directed || unreadable) return wait_for_stream(turn, primary, !unreadable);
    Facts facts;
    if (local.upstream) facts.push_back({"from", local.upstream->host + ":" + std::to_string(local.upstream->port)});
    facts.push_back({"to", primary.node.str()});
    turn.say(Rule::follows_wrong_node, local.node, std::move(facts));
    turn.act(ActionKind::follow, primary.node);
}

bool network_allows(Turn& turn) {
    const auto network = turn.view.host ? turn.view.host->network : Network::unknown;
    if (network == Network::up) return true;
    turn.say(network == Network::down ? Rule::network_down : Rule::network_unknown, turn.local.node,
             {{"message", turn.view.host ? turn.view.host->network_message : ""}});
    return false;
}

// The best standby's turn; when it does nothing, that of the next one with the very same data.
bool turn_has_come(Turn& turn, const Election& election, BootTime lost_at) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (election.winner == local.node) return true;
    if (!election.winner || !under_lease(turn)) return false;
    const auto own = std::find_if(election.candidates.begin(), election.candidates.end(),
                                  [&](const Candidate& candidate) { return candidate.node == turn.local.node; });
    const auto* best = view.find(*election.winner);
    if (own == election.candidates.end() || !own->rank || local.timeline != best->timeline ||
        position(local) != position(*best))
        return false;
    const auto until = lost_at + policy.failover_after + *own->rank * policy.scan_period;
    if (view.at >= until) return true;
    turn.wait(Rule::rank_waits, until, {{"rank", std::int64_t{*own->rank}}});
    return false;
}

// This node was asked to take over from the primary that is gone. True once that one's agent says that it may.
bool awaits_hand_over(Turn& turn, BootTime lost_at) {
    const auto* asked = asked_of_the_lost(turn.view, turn.state);
    if (asked == nullptr || asked->to != turn.local.node) return false;
    turn.say(Rule::switchover_asked, asked->to, {{"from", asked->from.str()}, {"by", asked->by}});
    // Every look may be the one that shows it; after a while it is no matter of milliseconds any more.
    turn.look_again(turn.view.at + (turn.view.at < lost_at + 20 * soon ? at_once : soon));
    return handed_over(turn.view, *asked);
}

void without_primary(Turn& turn, bool sync_ready) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    const auto lost_at = state.no_primary_since.value_or(view.at);
    keep_what_is_held(turn);
    if (policy.sync_strict && under_lease(turn)) turn.look_again(view.at + soon);
    const bool handed = awaits_hand_over(turn, lost_at);
    if (const auto until = lost_at + policy.failover_after; !handed && view.at < until)
        return turn.wait(Rule::failover_after_running, until);

    auto election = elect(view, state, policy);
    turn.decision.reasons.insert(turn.decision.reasons.end(), election.reasons.begin(), election.reasons.end());
    const bool stale = std::any_of(election.reasons.begin(), election.reasons.end(),
                                   [](const Reason& reason) { return reason.rule == Rule::observation_stale; });
    if (stale) turn.look_again(view.at + soon);
    if (const auto alive = sign_of_life(view, state, policy); alive && alive->fades_at)
        turn.look_again(*alive->fades_at);
    for (const auto& candidate : election.candidates)
        if (candidate.node == local.node)
            turn.decision.reasons.insert(turn.decision.reasons.end(), candidate.reasons.begin(),
                                         candidate.reasons.end());

    if (state.memory_lost)
        turn.say(Rule::memory_lost, local.node);
    else if (turn_has_come(turn, election, lost_at)) {
        // Asked again once retry_later is over.
        if (state.vetoed) turn.say(Rule::hook_vetoed, local.node, {{"message", *state.vetoed}});
        if (policy.mode == FailoverMode::manual && !handed)
            turn.say(Rule::manual_mode, local.node);
        else if (may_lead(turn) && sync_ready)
            turn.act(ActionKind::promote, local.node);
    } else if (election.winner) {
        wish(turn, LeaseWishKind::none);  // its turn, not ours
    }
    turn.decision.wish.soon = handed && turn.decision.wish.kind == LeaseWishKind::seek;
    turn.decision.election = std::move(election);
}

}  // namespace

bool keep_standby_ready(Turn& turn) {
    keep_retry_interval_short(turn);
    return keep_sync_ready(turn);
}

void decide_standby(Turn& turn) {
    if (!network_allows(turn)) return;
    if (gives_way(turn)) return;
    if (turn.serving.size() > 1)
        return turn.say(Rule::many_primaries, {}, {{"count", static_cast<std::int64_t>(turn.serving.size())}});
    const bool ready = keep_standby_ready(turn);
    if (turn.serving.empty()) return without_primary(turn, ready);
    follow(turn, *turn.serving.front());
}

}  // namespace pgcm::decide

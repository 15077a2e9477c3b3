#include <algorithm>

#include "decide/elect.hpp"
#include "decide/ladder.hpp"

namespace pgcm::decide {
namespace {

// How soon to look again when all that is missing is an answer that is on its way.
constexpr milliseconds soon{50};
// When all that is missing is a look at a server that answers.
constexpr milliseconds at_once{10};

// What keeps the agent from touching the server at all; false when nothing does.
bool hands_off(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (!policy.managed) return turn.say(Rule::not_managed, local.node), true;
    const bool late = state.local_started_at && view.at >= *state.local_started_at + policy.primary_start_timeout;
    if (local.reach == Reach::rejecting || (view.host && view.host->process == Process::running))
        return turn.say(late ? Rule::start_timed_out : Rule::local_process_runs, local.node,
                        {{"reach", std::string(name_of(local.reach))}, {"message", local.message}}),
               true;
    const bool old_news = view.host && state.local_down_since && view.host->looked_at < *state.local_down_since;
    // A directory that a rewind or a clone left half made tells nothing of itself; it is made anew as a whole.
    const bool broken = view.host && view.host->rewinding;
    if (!view.host || old_news || view.host->disk_stalled || view.host->process == Process::unknown ||
        (view.host->lineup == Lineup::unknown && !broken))
        return turn.say(Rule::local_unknown, local.node, {{"message", view.host ? view.host->message : ""}}), true;
    if (broken) return false;
    if (view.host->lineup == Lineup::empty) return turn.say(Rule::data_directory_missing, local.node), true;
    if (state.system_identifier && view.host->system_identifier &&
        *view.host->system_identifier != *state.system_identifier)
        return turn.say(Rule::system_differs, local.node,
                        {{"system_identifier", std::to_string(*view.host->system_identifier)},
                         {"expected", std::to_string(*state.system_identifier)}}),
               true;
    if (!state.local_started_at) return false;
    const auto until = *state.local_started_at + policy.primary_start_timeout;
    if (view.at >= until || view.host->looked_at > *state.local_started_at) return false;
    return turn.wait(Rule::start_grace, until), true;
}

const Observation* not_looked_at(const View& view) {
    for (const auto& node : view.nodes)
        if (node.reach == Reach::unknown) return &node;
    return nullptr;
}

// While it was not seen accepting for so long, another may have been elected: then anybody may be the primary by now.
std::optional<SignOfLife> another_lives(const Turn& turn) {
    auto state = turn.state;
    const auto& seen = turn.local.last_contact;
    if (!seen || turn.view.at - *seen >= turn.policy.failover_after) state.last_primary.reset();
    return sign_of_life(turn.view, state, turn.policy);
}

// A standby that would win an election now, if there is one.
std::optional<NodeName> successor(const Turn& turn) {
    auto state = turn.state;
    state.last_primary = turn.local.node;
    state.no_primary_since.reset();
    auto view = turn.view;  // how fresh the answers are matters to those who elect, not to us
    for (auto& node : view.nodes) node.asked_at = view.at;
    return elect(view, state, turn.policy).winner;
}

// Until when a primary may be started without votes: shortly before others elect it may meet a new one.
BootTime too_late(const Turn& turn) {
    const auto& policy = turn.policy;
    return turn.state.local_down_since.value_or(turn.view.at) + policy.failover_after - policy.probe_timeout -
           2 * policy.scan_period;
}

// The primary stopped for a switchover, and its target did not take over.
bool comes_back(const Turn& turn) {
    const auto& tried = turn.state.tried;
    const auto down_since = turn.state.local_down_since.value_or(turn.view.at);
    if (!tried || !tried->ended_at || *tried->ended_at < down_since || tried->why.empty()) return false;
    return under_lease(turn) || turn.view.at < too_late(turn);
}

// It handed over, and the new primary was not seen yet. Without votes it may take its time; with votes none can be
// taken from it, and this server is needed as a voter.
bool handed_over_here(Turn& turn) {
    const auto& policy = turn.policy;
    const auto& tried = turn.state.tried;
    const auto down_since = turn.state.local_down_since.value_or(turn.view.at);
    if (!tried || !tried->ended_at || *tried->ended_at < down_since || !tried->why.empty()) return false;
    const nanoseconds patience = under_lease(turn) ? 2 * policy.scan_period + policy.probe_timeout
                                                   : policy.failover_after + policy.primary_start_timeout;
    const auto until = *tried->ended_at + patience;
    if (turn.view.at >= until) return false;
    turn.wait(Rule::hand_over_after_crash, until);
    return true;
}

// Other agents elect when failover_after is over: a primary that starts in place shortly before that may meet a new
// one. It starts at once, or leaves it to them for as long as they may need.
bool hands_over(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (policy.mode == FailoverMode::manual || comes_back(turn)) return false;  // nobody would take over
    const auto next = successor(turn);
    if (!next) return false;
    const auto down_since = state.local_down_since.value_or(view.at);
    const auto given_up = down_since + policy.failover_after + policy.primary_start_timeout;
    if (view.at >= given_up) return false;
    if (policy.on_crash == OnCrash::restart && view.at < too_late(turn)) return false;
    turn.wait(Rule::hand_over_after_crash, given_up, {{"to", next->str()}});
    return true;
}

void rejoin(Turn& turn, const Observation& primary) {
    wish(turn, LeaseWishKind::none);
    const auto& timeline = turn.view.host->timeline;
    // A primary older than we are is no reason to throw our WAL away: that is for a person.
    if (timeline && primary.timeline && *timeline > *primary.timeline)
        return turn.say(Rule::diverged, turn.local.node,
                        {{"timeline", to_string(*timeline)}, {"primary_timeline", to_string(*primary.timeline)}});
    turn.say(Rule::former_primary_rejoins, turn.local.node, {{"primary", primary.node.str()}});
    turn.act(ActionKind::rejoin, primary.node);
}

// The lease was in hand when the primary died: it is started again in place, or another one takes over. Either way
// nobody waits for a ttl.
bool hands_lease_over(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (policy.mode == FailoverMode::manual || !local.last_contact || comes_back(turn)) return false;
    const auto down_since = state.local_down_since.value_or(view.at);
    const auto from = down_since + (policy.on_crash == OnCrash::failover ? 0ms : policy.primary_start_timeout);
    const auto until = from + policy.failover_after + policy.primary_start_timeout;
    if (view.at < from || view.at >= until || !others_can_elect(turn)) return false;
    // What the standbys received up to the end decides between them, so they are looked at once more.
    const auto before_the_end = [&](const Observation& node) {
        return node.reach == Reach::accepting && node.asked_at <= down_since;
    };
    const auto next = successor(turn);
    if (!next) return false;
    const auto old = std::find_if(view.nodes.begin(), view.nodes.end(), before_the_end);
    if (old != view.nodes.end() && has_lease(turn)) {
        turn.look_again(view.at + at_once);
        return turn.say(Rule::observation_stale, old->node), true;
    }
    wish(turn, LeaseWishKind::hand_over, next);
    turn.wait(Rule::hand_over_after_crash, until, {{"to", next->str()}});
    return true;
}

// A former primary is not started as one without the lease; as a standby without an upstream it does no harm.
void start_under_lease(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (hands_lease_over(turn)) return;
    if (!has_lease(turn)) {
        turn.say(Rule::waits_as_standby, local.node);
        return turn.act(ActionKind::start_as_standby, local.node);
    }
    // A server that lets nobody in may be down long before it dies.
    const auto lived = std::max(state.local_down_since.value_or(view.at), state.local_ran_at.value_or(BootTime{}));
    if (*view.lease->valid_until - policy.lease_ttl < lived) {
        turn.look_again(view.at + soon);
        return turn.say(Rule::lease_renewed_first, local.node);
    }
    turn.say(Rule::start_primary, local.node);
    turn.act(ActionKind::start, local.node);
}

void start_former_primary(Turn& turn) {
    const auto& [view, state, policy, local, serving, decision] = turn;
    if (const auto* unseen = not_looked_at(view)) return turn.say(Rule::observation_stale, unseen->node);
    if (serving.size() > 1)
        return turn.say(Rule::many_primaries, {}, {{"count", static_cast<std::int64_t>(serving.size())}});
    if (serving.size() == 1) return rejoin(turn, *serving.front());
    if (handed_over_here(turn)) return;
    if (under_lease(turn)) return start_under_lease(turn);
    if (auto alive = another_lives(turn)) {
        if (alive->fades_at) turn.look_again(*alive->fades_at);
        return turn.say(Rule::another_primary_lives, alive->reason.node, std::move(alive->reason.facts));
    }
    if (view.host->network == Network::down) return turn.say(Rule::network_down, local.node);

    auto newest = state.last_timeline.value_or(Timeline{});
    const auto system = cluster_system(view, state.system_identifier);
    for (const auto& node : view.nodes)
        if (!other_system(node, system)) newest = std::max(newest, node.timeline.value_or(Timeline{}));
    if (view.host->timeline && *view.host->timeline < newest) {
        // Whoever is on the newer timeline may be on the way to being primary: then this node rejoins it.
        const auto patience = policy.failover_after + 4 * policy.scan_period + policy.probe_timeout;
        const auto until = state.local_down_since.value_or(view.at) + patience;
        Facts facts{{"timeline", to_string(*view.host->timeline)}, {"last_timeline", to_string(newest)}};
        if (view.at < until) return turn.wait(Rule::older_than_last_seen, until, std::move(facts));
        turn.say(Rule::older_than_last_seen, local.node, std::move(facts));
        return turn.act(ActionKind::start_as_standby, local.node);
    }
    if (hands_over(turn)) return;
    turn.say(Rule::start_primary, local.node);
    turn.act(ActionKind::start, local.node);
}

}  // namespace

void decide_down(Turn& turn) {
    keep_what_is_held(turn);
    if (hands_off(turn)) return;
    if (turn.view.host->rewinding) {
        turn.say(Rule::broken_by_rewind, turn.local.node);
        if (turn.serving.size() == 1) turn.act(ActionKind::rejoin, turn.serving.front()->node);
        return;
    }
    if (turn.view.host->lineup == Lineup::primary) return start_former_primary(turn);
    turn.say(Rule::start_standby, turn.local.node);
    turn.act(ActionKind::start, turn.local.node);
}

}  // namespace pgcm::decide

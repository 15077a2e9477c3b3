#include "view/remember.hpp"

#include <algorithm>
#include <utility>

#include "model/decision.hpp"

namespace pgcm::view {
namespace {

// Keeps the moment it began, or forgets it.
void since(std::optional<BootTime>& moment, bool holds, BootTime now) {
    if (!holds)
        moment.reset();
    else if (!moment)
        moment = now;
}

void learn_from_primary(State& state, const Observation& primary) {
    if (state.last_timeline && primary.timeline && *primary.timeline < *state.last_timeline) return;
    state.last_primary = primary.node;
    state.memory_lost = false;
    state.last_sync_names = primary.synchronous_standby_names.value_or("");
    if (primary.mark) state.last_mark = primary.mark;
    if (primary.system_identifier) state.system_identifier = primary.system_identifier;
    if (primary.timeline && state.last_timeline != primary.timeline) {
        state.last_timeline = primary.timeline;
        state.last_lsn = primary.written;
    } else if (primary.written) {
        state.last_lsn = std::max(state.last_lsn.value_or(Lsn{}), *primary.written);
    }
}

int streaming_standbys(const View& view, const Observation& primary, const Policy& policy) {
    return static_cast<int>(std::count_if(view.nodes.begin(), view.nodes.end(), [&](const Observation& node) {
        return node.node != primary.node && policy.find(node.node) != nullptr && streams(node, primary, policy);
    }));
}

// Whether the local server may be accepting writes; only proof ends that.
void look_at_lease(State& state, const View& view, const Observation& local) {
    const auto& host = view.host;
    const bool news = host && (!state.local_down_since || host->looked_at >= *state.local_down_since);
    // A rejoin recovers a directory to a clean shutdown without letting anybody in.
    const bool rebuilt = host && (host->rewinding || state.operation == name_of(ActionKind::rejoin));
    // Where the directory cannot be read, votes that are in force say what the server is that runs there.
    const bool led = host && host->lineup == Lineup::unknown && view.lease && view.lease->withheld_until > view.at;
    const bool leads = host && (host->lineup == Lineup::primary || led);
    if (accepts_as(Role::primary, local)) {
        if (!state.serving_since) state.serving_since = view.at;
    } else if (local.reach == Reach::accepting || (news && host->process == Process::stopped)) {
        state.serving_since.reset();
    } else if (news && host->process == Process::running && leads && !rebuilt && !state.serving_since) {
        state.serving_since = view.at;
    }
    if (!state.serving_since) state.fencing_since.reset();
    const bool leased = view.lease && view.lease->valid_until;
    since(state.unleased_since, state.serving_since && !leased, view.at);
}

// The primary counts on a vote once it has held it for long enough.
void look_at_votes(State& state, const View& view, const std::vector<const Observation*>& serving) {
    const auto before = std::exchange(state.backed_since, {});
    if (serving.size() != 1) return;
    const auto look = [&](const Observation& voter) {
        if (voter.reach != Reach::accepting || !voter.vote || voter.vote->holder != serving.front()->node) return;
        const auto known = before.find(voter.node.str());
        state.backed_since[voter.node.str()] = known == before.end() ? view.at : known->second;
    };
    for (const auto& node : view.nodes) look(node);
    for (const auto& witness : view.witnesses) look(witness);
}

void look_at_local(State& state, const View& view, const Policy& policy,
                   const std::vector<const Observation*>& serving) {
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    if (local == nullptr) return;
    const bool accepts = local->reach == Reach::accepting;
    // It was proven stopped: somebody else has started it, and what was given away does not cover it.
    const bool came_back =
        state.local_down_since || !state.hands_over_since || local->asked_at > *state.hands_over_since;
    if (came_back && accepts_as(Role::primary, *local)) state.hands_over_to.reset();
    if (!state.hands_over_to) state.hands_over_since.reset();
    // From the question on: what is seen of the host after that is news.
    since(state.local_down_since, !accepts, local->asked_at);
    if (accepts) state.local_started_at.reset();
    if (accepts) state.local_ran_at.reset();
    if (!accepts && view.host && view.host->process == Process::running) state.local_ran_at = view.host->looked_at;

    look_at_lease(state, view, *local);

    const bool automatic = policy.sync_mode == SyncMode::automatic;
    const bool short_of = streaming_standbys(view, *local, policy) < (automatic ? 1 : policy.sync_count) ||
                          (automatic && counts_on_silent(*local, view, policy));
    since(state.unsynced_since, accepts_as(Role::primary, *local) && short_of, view.at);
    since(state.not_following_since,
          accepts_as(Role::standby, *local) && serving.size() == 1 && !streams(*local, *serving.front(), policy),
          view.at);
}

}  // namespace

State remember(const State& before, const View& view, const Policy& policy) {
    State state = before;
    const auto serving = primaries(view, cluster_system(view, before.system_identifier));
    if (serving.size() != 1 || serving.front()->node != state.last_primary) state.backed_since.clear();
    if (serving.size() == 1) learn_from_primary(state, *serving.front());
    if (!serving.empty()) state.vetoed.reset();
    look_at_votes(state, view, serving);

    state.pause = pause_of(view, state.pause);
    since(state.no_primary_since, serving.empty(), view.at);
    since(state.conflict_since, serving.size() > 1, view.at);
    const auto* last = state.last_primary ? view.find(*state.last_primary) : nullptr;
    since(state.rejecting_since, last != nullptr && last->reach == Reach::rejecting, view.at);
    look_at_local(state, view, policy, serving);
    return state;
}

State durable_part(const State& state) {
    State kept;
    kept.last_primary = state.last_primary;
    kept.system_identifier = state.system_identifier;
    kept.last_timeline = state.last_timeline;
    kept.last_lsn = state.last_lsn;
    kept.last_mark = state.last_mark;
    kept.last_sync_names = state.last_sync_names;
    kept.pause = state.pause;
    kept.tried = state.tried;
    if (kept.tried) kept.tried->ended_at.reset();
    kept.memory_lost = state.memory_lost;
    return kept;
}

bool worth_storing(const State& stored, const State& now) {
    constexpr std::uint64_t segment = 16ULL << 20;
    return stored.last_primary != now.last_primary || stored.system_identifier != now.system_identifier ||
           stored.last_timeline != now.last_timeline || stored.last_mark != now.last_mark ||
           stored.last_sync_names != now.last_sync_names || stored.memory_lost != now.memory_lost ||
           stored.pause != now.pause || stored.tried != now.tried ||
           bytes_between(stored.last_lsn.value_or(Lsn{}), now.last_lsn.value_or(Lsn{})) >= segment;
}

}  // namespace pgcm::view

// What a person asks of the cluster, and what must never come of it.
#include <algorithm>

#include "agent.hpp"
#include "observe.hpp"
#include "world.hpp"

namespace pgcm::sim {
namespace {

// The pause of which all tell who can be asked; empty inside: not all tell of the same one. Empty: nobody can be asked.
std::optional<std::optional<Pause>> told_by_all(const View& seen) {
    std::optional<std::optional<Pause>> told;
    for (const auto& node : seen.nodes) {
        if (node.reach != Reach::accepting) continue;
        if (told && *told != node.pause) return std::make_optional(std::optional<Pause>{});
        told.emplace(node.pause);
    }
    return told;
}

}  // namespace

void World::keep(int node, Order order) {
    auto& s = server(node);
    s.wal.push_back(first_order - static_cast<Record>(orders.size()));
    orders.push_back(std::move(order));
    ship_to_all(node);
}

const Order* World::order_at(const Server& s, FaultKind what) const {
    if (orders.empty()) return nullptr;
    for (std::size_t i = s.shown(); i > 0; --i) {
        if (s.wal[i - 1] > first_order) continue;
        const auto& order = orders[static_cast<std::size_t>(first_order - s.wal[i - 1])];
        if (order.what == what) return &order;
    }
    return nullptr;
}

// A fast shutdown as PostgreSQL means it: nobody writes any more, and the standbys that stream get all there is.
void World::shut_down(int node, std::function<void()> stopped) {
    later(node, host(node).stop_takes, [this, node, life = server(node).life, stopped = std::move(stopped)] {
        on_host(node, [this, node, life, stopped] {
            auto& s = server(node);
            if (s.life != life || s.state != ServerState::up) return stopped();
            s.state = ServerState::stopping;
            s.end_sessions();
            ship_to_all(node);
            send_the_rest(node, life, stopped);
        });
    });
}

void World::send_the_rest(int node, unsigned life, const std::function<void()>& stopped) {
    const auto& s = server(node);
    if (s.life != life) return stopped();
    for (int i = 0; i < nodes(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (!s.attached[at] || server(i).streams_from != node || s.flushed[at] >= s.wal.size()) continue;
        return later(node, 5ms, [this, node, life, stopped] {
            on_host(node, [this, node, life, stopped] { send_the_rest(node, life, stopped); });
        });
    }
    kill_server(node);
    stopped();
}

// Asked of whoever accepts writes, by somebody who does not look first whether it is a good moment; but nobody is asked
// for two things at once.
bool World::strike_order(const Fault& fault, int node) {
    if (fault.kind != FaultKind::pause_cluster && fault.kind != FaultKind::switchover) return false;
    const bool heard = node < nodes() && server(node).writable() && host(node).on && host(node).paused == 0;
    if (!heard) return true;
    const auto now = std::chrono::floor<milliseconds>(date_of(*this, node));
    const auto until = now + std::chrono::floor<milliseconds>(fault.lasts);
    const auto* before = order_at(server(node), FaultKind::switchover);
    if (before != nullptr && before->switchover && before->switchover->declined.empty() &&
        now < before->switchover->until)
        return true;
    Order order{fault.kind, {}, {}};
    if (fault.kind == FaultKind::switchover) {
        const int to = fault.other == node ? (node + 1) % nodes() : fault.other;
        order.switchover = SwitchoverRequest{"s" + std::to_string(orders.size()),
                                             node_name(node),
                                             node_name(to),
                                             server(node).timeline,
                                             "me",
                                             now,
                                             until,
                                             {}};
    } else {
        const bool by_itself = fault.other % 2 == 0;
        order.pause = Pause{"me", "", now, by_itself ? std::optional<WallTime>(until) : std::nullopt};
        if (!by_itself) schedule.after(fault.lasts, [this, host = fault.other % nodes()] { resume(host); });
    }
    if (order.switchover && all_is_well(node)) expect_switchover(*order.switchover);
    keep(node, std::move(order));
    return true;
}

// Nothing was wrong for a while, nothing is, and nothing strikes for as long as a switchover may take.
constexpr Time quiet = 3s;

bool World::all_is_well(int primary) const {
    const bool struck = std::any_of(scenario.faults.begin(), scenario.faults.end(), [&](const Fault& fault) {
        const bool soon = fault.at > schedule.now() && fault.at < schedule.now() + quiet;
        return soon || fault.kind == FaultKind::jump_clock;
    });
    const auto* pause = order_at(server(primary), FaultKind::pause_cluster);
    if (struck || (pause != nullptr && pause->pause)) return false;
    if (mended_at_ > 0ms && mended_at_ + 2 * setting.ttl + quiet > schedule.now()) return false;
    const auto votes = std::count_if(servers.begin(), servers.end(), [&](const Server& s) {
        return s.number != primary && s.state == ServerState::up && s.up_since + 2 * setting.ttl < schedule.now();
    });
    return votes >= majority();
}

void World::expect_switchover(const SwitchoverRequest& request) {
    const int to = request.to.str()[0] - 'a';
    if (server(to).streams_from != request.from.str()[0] - 'a') return;
    schedule.after(quiet, [this, to] {
        if (!server(to).writable()) violated("a switchover to " + name_of_host(to) + " fails, though all is well");
    });
}

// What nobody needs to end: a pause that ends by itself, unless clocks were set.
bool World::ends_by_itself(const Pause& pause) const {
    return pause.until && std::none_of(scenario.faults.begin(), scenario.faults.end(),
                                       [](const Fault& fault) { return fault.kind == FaultKind::jump_clock; });
}

// As `pgcm resume` finds it where there is no primary.
std::optional<Pause> World::pause_shown_to(int number) const {
    const auto shown = [&](const Server& s) -> std::optional<Pause> {
        const auto* order = order_at(s, FaultKind::pause_cluster);
        return order != nullptr ? order->pause : std::nullopt;
    };
    if (server(number).state == ServerState::up) return shown(server(number));
    for (int i = 0; i < nodes(); ++i)
        if (server(i).state == ServerState::up && linked(number, i) && linked(i, number))
            if (auto pause = shown(server(i))) return pause;
    return agents[static_cast<std::size_t>(number)]->disk.state.pause;
}

// pgcm resume on a host: written where somebody serves, or else to a file there.
void World::resume(int number) {
    if (!host(number).on || host(number).paused > 0) return;
    int serving = -1;
    for (int i = 0; i < nodes(); ++i) {
        const bool seen = linked(number, i) && linked(i, number) && host(i).on && host(i).paused == 0;
        if (seen && server(i).writable()) serving = serving < 0 ? i : -2;
    }
    if (serving < -1) return;  // refused
    if (serving >= 0) {
        const auto* order = order_at(server(serving), FaultKind::pause_cluster);
        if (order != nullptr && order->pause && !ends_by_itself(*order->pause))
            keep(serving, {FaultKind::pause_cluster, {}, {}});
    } else if (const auto pause = pause_shown_to(number); pause && !ends_by_itself(*pause)) {
        host(number).resumed = pause->since;
    }
}

// A person sees to it on every host, until it is well.
void World::resume_all() {
    for (int i = 0; i < nodes(); ++i) resume(i);
    if (!well_) schedule.after(1s, [this] { resume_all(); });
}

// What the last primary's agent told it is true, whatever became of that agent: nobody wrote there since.
bool World::was_told(int node) const {
    const auto& word = server(node).told;
    return word && server(word->from).position() == word->end && has_all_of(node, *word);
}

bool World::has_all_of(int node, const Word& word) const {
    const auto& own = server(node).wal;
    const auto end = static_cast<std::ptrdiff_t>(word.end);
    return own.size() >= word.end && std::equal(own.begin(), own.begin() + end, server(word.from).wal.begin());
}

// Whoever is told to take over has what the other one had when it stopped, strict or not.
void World::check_told(int node) const {
    for (const auto& word : server(node).words) {
        const bool rebuilt = server(word.from).position() < word.end;
        if (!rebuilt && !has_all_of(node, word))
            violated(name_of_host(node) + " takes over from " + name_of_host(word.from) + " without all that it had");
    }
}

// Who gave its word that another may take over does not serve before that one does, or the word is taken back.
void World::check_words() const {
    for (int i = 0; i < nodes(); ++i)
        if (agents[static_cast<std::size_t>(i)]->gave_word_to() && writer_counts(i) && !just_awake(i, unleased_for()))
            violated(name_of_host(i) + " serves, and has given its word that another one may");
}

// What a look showed of a pause, for the time when nobody can be asked.
void World::keep_in_mind(int node, const View& seen) {
    auto& known = known_pauses_[static_cast<std::size_t>(node)];
    const auto pause = told_by_all(seen);
    if (!pause) return;
    if (known.pause != *pause) known = {*pause, schedule.now(), std::nullopt};
    if (!known.kept_at && !host(node).disk_full && !host(node).disk_stuck) known.kept_at = schedule.now();
}

// Where everybody who can be asked says that the cluster is paused, it is; where nobody can, it is as it was.
bool World::is_paused(int node, const View& seen) const {
    auto pause = told_by_all(seen);
    if (!pause) {
        const auto& known = known_pauses_[static_cast<std::size_t>(node)];
        const auto begun = agents[static_cast<std::size_t>(node)]->started_at();
        // What another life of the agent saw, a slow disk may not have kept.
        if (begun < known.seen_at || (known.kept_at && begun - *known.kept_at > 2s)) pause = known.pause;
    }
    if (!pause || !*pause || host(node).resumed == (*pause)->since) return false;
    return !(*pause)->until || date_of(*this, node) < *(*pause)->until;
}

// A paused primary goes on under a lease that it has, if it answers.
void World::check_fence(int node, const View& seen) const {
    const auto lease = agents[static_cast<std::size_t>(node)]->lease()->seen(seen.at);
    const auto* local = seen.find(node_name(node));
    const auto outdoes = [&](const Observation& voter) {
        return voter.vote && voter.vote->holder && voter.vote->holder != local->node && voter.vote->term > lease.term;
    };
    const bool outdone = std::any_of(seen.nodes.begin(), seen.nodes.end(), outdoes) ||
                         std::any_of(seen.witnesses.begin(), seen.witnesses.end(), outdoes);
    const bool in_hand = lease.valid_until && !lease.slept && seen.at < *lease.valid_until - setting.fence_margin;
    if (!in_hand || outdone || lease.higher_term > 0 || !accepts_as(Role::primary, *local)) return;
    violated(name_of_host(node) + " fences a paused primary that has the lease");
}

// A switchover is begun once, in time, with the lease in hand and others to vote for its target.
void World::check_switchover(int node, const Action& action, const View& seen) {
    const auto* asked = order_at(server(node), FaultKind::switchover);
    if (asked == nullptr || !asked->switchover || asked->switchover->id != action.value) return;
    const auto say = [&](const std::string& what) { violated(name_of_host(node) + " begins a switchover " + what); };
    const auto& agent = *agents[static_cast<std::size_t>(node)];
    const auto lease = agent.lease()->seen(seen.at);
    const auto votes = [&](const Observation& voter) {
        return voter.reach == Reach::accepting && voter.node != node_name(node);
    };
    const auto others = std::count_if(seen.nodes.begin(), seen.nodes.end(), votes) +
                        std::count_if(seen.witnesses.begin(), seen.witnesses.end(), votes);
    if (date_of(*this, node) >= asked->switchover->until) say("that has expired");
    if (!lease.valid_until || seen.at >= *lease.valid_until - setting.fence_margin) say("without the lease");
    if (others < majority()) say("that nobody could vote for");
    const auto before = switchovers_.find(action.value);
    if (before != switchovers_.end() && before->second == agent.started_at()) say("a second time");
    switchovers_[action.value] = agent.started_at();
}

// A paused cluster is left alone.
void World::begun(int node, const Action& action, const View& seen) {
    if (action.kind == ActionKind::switchover) check_switchover(node, action, seen);
    if (!is_paused(node, seen)) return;
    switch (action.kind) {
        case ActionKind::set_sync_names:
        case ActionKind::set_retry_interval:
        case ActionKind::decline_switchover:
        case ActionKind::end_pause: return;
        case ActionKind::fence: return check_fence(node, seen);
        default:
            violated(name_of_host(node) + " begins to " + std::string(name_of(action.kind)) + " in a paused cluster");
    }
}

}  // namespace pgcm::sim

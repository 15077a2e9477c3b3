#include "world.hpp"

#include <algorithm>
#include <cstdio>

#include "agent.hpp"

namespace pgcm::sim {
std::string name_of_host(int host) {
    return std::string(1, static_cast<char>('a' + host));
}

World::World(const Scenario& what) : dice(what.seed ^ 0xC0FFEE), scenario(what), setting(scenario.setting) {
    const auto n = static_cast<std::size_t>(count());
    cuts.assign(n, std::vector<int>(n, 0));
    for (int i = 0; i < count(); ++i) {
        auto& host = hosts.emplace_back();
        host.number = i;
        host.clock.rate = 1 + setting.drift / 2 * (2 * dice.unit() - 1);
        host.clock.offset = 1h + dice.between(0ms, 1h);
        host.clock.wall = dice.between(-100ms, 100ms);
        auto& server = servers.emplace_back();
        server.number = i;
        server.witness = i >= setting.nodes;
        server.flushed.assign(n, 0);
        server.attached.assign(n, false);
        server.looks.assign(n, false);
        server.backed_at.assign(static_cast<std::size_t>(setting.nodes), -1h);
        server.granted.resize(static_cast<std::size_t>(setting.nodes));
        server.looked_at.assign(static_cast<std::size_t>(setting.nodes), -1h);
    }
    known_pauses_.resize(static_cast<std::size_t>(setting.nodes));
    for (int i = 0; i < setting.nodes; ++i) agents.push_back(std::make_unique<Agent>(*this, i));
}

World::~World() = default;

void World::note(std::string what) {
    char at[32];
    std::snprintf(at, sizeof at, "%8.3fs  ", static_cast<double>(schedule.now().count()) / 1e9);
    story_.push_back(at + std::move(what));
}

void World::violated(const std::string& what) const {
    throw Violation{what};
}

// --- hosts and links

bool World::linked(int from, int to) const {
    return from == to || cuts[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)] <= 0;
}

void World::on_host(int number, std::function<void()> what) {
    auto& there = host(number);
    if (!there.on) return;
    if (there.paused > 0)
        there.deferred.push_back(std::move(what));
    else
        what();
}

void World::send(int from, int to, std::function<void()> what) {
    if (!linked(from, to) || !host(from).on) return;
    Time delay = from == to ? Time{dice.between(20us, 200us)} : Time{dice.between(100us, 2ms)};
    const bool slow = from != to && (host(from).slow_link || host(to).slow_link);
    if (slow && dice.chance(0.2)) return;
    if (slow) delay = dice.between(1ms, 300ms);
    schedule.after(delay, [this, from, to, boots = host(to).boots, what = std::move(what)]() mutable {
        if (!linked(from, to) || host(to).boots != boots) return;
        on_host(to, std::move(what));
    });
}

void World::at(int number, BootTime when, std::function<void()> what) {
    auto& there = host(number);
    if (there.clock.stands_since) {  // its timers stand too
        there.deferred.push_back(
            [this, number, when, what = std::move(what)]() mutable { at(number, when, std::move(what)); });
        return;
    }
    schedule.at(there.clock.when(when), [this, number, when, boots = there.boots, what = std::move(what)]() mutable {
        if (host(number).boots != boots) return;
        if (boot(number) < when) return at(number, when, std::move(what));
        on_host(number, std::move(what));
    });
}

// --- servers

void World::kill_server(int node) {
    auto& s = server(node);
    if (s.state == ServerState::down) return;
    s.state = ServerState::down;
    s.stopped_at = schedule.now();
    s.received.reset();
    ++s.life;
    s.promoting = false;
    s.primary = false;
    s.by_hand = false;
    s.end_sessions();
    s.streams_from.reset();
    std::fill(s.attached.begin(), s.attached.end(), false);
    std::erase_if(waits_, [&](const Wait& wait) { return wait.node == node; });
    closed_for_agents(node);
}

// Whoever had a session there sees it end, if the word gets through.
void World::closed_for_agents(int node) {
    for (int i = 0; i < nodes(); ++i) {
        send(node, i, [this, i, node] {
            auto& standby = server(i);
            if (standby.streams_from == node) standby.streams_from.reset();
            agents[static_cast<std::size_t>(i)]->probe(static_cast<std::size_t>(node));
        });
    }
}

void World::stop_server(int node, bool immediately, std::function<void()> stopped) {
    auto& s = server(node);
    if (s.state == ServerState::down) return schedule.after(0ms, std::move(stopped));
    const auto takes = immediately ? std::min(host(node).stop_takes, Time{100ms}) : host(node).stop_takes;
    // A session that waits for a standby, or one that is stuck, holds a fast stop up; others may commit meanwhile.
    schedule.after(takes, [this, node, life = s.life, boots = host(node).boots, stopped = std::move(stopped)] {
        if (host(node).boots != boots) return;
        on_host(node, [this, node, life, stopped] {
            if (server(node).life == life) kill_server(node);
            stopped();
        });
    });
}

bool World::start_server(int node) {
    auto& s = server(node);
    if (s.state != ServerState::down || !host(node).on || s.rewinding) return false;
    s.state = ServerState::starting;
    const auto life = ++s.life;
    schedule.after(host(node).start_takes + dice.between(0ms, 60ms), [this, node, life] {
        on_host(node, [this, node, life] {
            auto& started = server(node);
            if (started.life != life || started.state != ServerState::starting) return;
            started.state = ServerState::up;
            started.up_since = schedule.now();
            started.primary = started.witness ? false : !started.standby_signal;
            started.replayed = started.wal.size();  // by crash recovery, or as a standby before it asks for more
            note(name_of_host(node) + " is up" + (started.primary ? " as primary" : ""));
            check();
        });
    });
    return true;
}

// What was received is replayed to its end first, and that may take long.
void World::promote_server(int node) {
    auto& s = server(node);
    if (s.promoting) return;
    s.promoting = true;
    s.streams_from.reset();
    const auto left = s.wal.size() - std::min(s.replayed, s.wal.size());
    const Time takes = host(node).replay_takes * static_cast<std::int64_t>(left) + dice.between(5ms, 40ms);
    schedule.after(takes, [this, node, life = s.life] {
        on_host(node, [this, node, life] {
            auto& promoted = server(node);
            if (promoted.life != life || !promoted.promoting) return;
            promoted.promoting = false;
            promoted.primary = true;
            promoted.standby_signal = false;
            promoted.upstream.reset();
            promoted.replayed = promoted.wal.size();
            promoted.history.push_back({promoted.timeline, lsn_of(promoted.wal.size())});
            ++promoted.timeline.value;
            end_streams(node);
            note(name_of_host(node) + " is primary on timeline " + std::to_string(promoted.timeline.value));
            check_lost(node);
            check();
        });
    });
}

// The old timeline has come to its end: whoever streams from here asks for the new one.
void World::end_streams(int node) {
    auto& s = server(node);
    for (int i = 0; i < nodes(); ++i) {
        if (!s.attached[static_cast<std::size_t>(i)]) continue;
        s.attached[static_cast<std::size_t>(i)] = false;
        send(node, i, [this, node, i] {
            if (server(i).streams_from != node) return;
            server(i).streams_from.reset();
            attach(i);
        });
    }
}

// --- the guard

void World::arm_guard(int node, std::optional<BootTime> immediate_at, std::optional<BootTime> kill_at) {
    auto& guard = host(node).guard;
    const bool moved_on = guard.immediate_at && (!immediate_at || *immediate_at > *guard.immediate_at);
    if (moved_on && agents[static_cast<std::size_t>(node)]->fencing() && server(node).writable())
        violated("a fence moves the guard of " + name_of_host(node) + " on");
    const bool earlier = immediate_at && (!guard.immediate_at || *immediate_at < *guard.immediate_at);
    guard.immediate_at = immediate_at;
    guard.kill_at = kill_at;
    if (!earlier || !guard.lives) return;
    const auto round = ++guard.round;
    at(node, *immediate_at, [this, node, round] { guard_looks(node, round); });
}

// It wakes at the deadline it knew of; by then it may have been moved on.
void World::guard_looks(int node, unsigned round) {
    auto& guard = host(node).guard;
    if (!guard.lives || guard.round != round || !guard.immediate_at) return;
    if (boot(node) < *guard.immediate_at)
        return at(node, *guard.immediate_at, [this, node, round] { guard_looks(node, round); });
    note("the guard of " + name_of_host(node) + " stops the server");
    guard_had_to(node);
    stop_server(node, true, [] {});
    at(node, *guard.kill_at, [this, node, round] {
        auto& there = host(node).guard;
        if (!there.lives || there.round != round || !there.kill_at || boot(node) < *there.kill_at) return;
        kill_server(node);
        there.immediate_at.reset();
        there.kill_at.reset();
        if (!agents[static_cast<std::size_t>(node)]->lives()) there.lives = false;
    });
}

// --- replication

Waits waits_of(const std::string& names, int nodes) {
    Waits waits;
    if (names == "*") {
        waits.count = 1;
        for (int i = 0; i < nodes; ++i) waits.standbys.push_back(i);
        return waits;
    }
    const auto open = names.find('(');
    if (open == std::string::npos) return waits;
    waits.count = std::stoi(names.substr(names.find(' ') + 1));
    for (std::size_t i = open; i < names.size(); ++i)
        if (names[i] >= 'a' && names[i] <= 'h') waits.standbys.push_back(names[i] - 'a');
    return waits;
}

void World::settle_waits(int node) {
    const auto& s = server(node);
    const auto set = waits_of(s.sync_names, nodes());
    for (std::size_t i = 0; i < waits_.size();) {
        const auto& wait = waits_[i];
        const bool ours = wait.node == node && wait.life == s.life && s.writable();
        const auto have = std::count_if(set.standbys.begin(), set.standbys.end(), [&](int standby) {
            const auto at = static_cast<std::size_t>(standby);
            return standby != node && s.attached[at] && s.flushed[at] >= wait.upto;
        });
        if (!ours || have < set.count) {
            ++i;
            continue;
        }
        acknowledged_.push_back(wait.row);
        waits_.erase(waits_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

void World::ship(int from, int to) {
    const auto& source = server(from);
    send(from, to, [this, from, to, life = source.life, upto = source.wal.size()] {
        auto& standby = server(to);
        const auto& sender = server(from);
        if (standby.state != ServerState::up || standby.streams_from != from || sender.life != life) return;
        standby.last_message = boot(to);
        for (auto i = standby.wal.size(); i < std::min(upto, sender.wal.size()); ++i)
            standby.wal.push_back(sender.wal[i]);
        const auto flushed = standby.wal.size();
        standby.received = flushed;
        const auto lag = host(to).replay_takes * 30;
        schedule.after(lag, [this, to, flushed, own = standby.life] {
            if (server(to).life == own) server(to).replayed = std::max(server(to).replayed, flushed);
        });
        for (int i = 0; i < nodes(); ++i)
            if (standby.attached[static_cast<std::size_t>(i)]) ship(to, i);
        send(to, from, [this, from, to, life, flushed] {
            auto& source_now = server(from);
            if (source_now.life != life) return;
            source_now.flushed[static_cast<std::size_t>(to)] = flushed;
            settle_waits(from);
        });
    });
}

void World::attach(int node) {
    const auto& s = server(node);
    if (s.witness || s.state != ServerState::up || s.primary || s.promoting || !s.upstream) return;
    if (s.streams_from) {
        if (boot(node) - s.last_message > 3s) server(node).streams_from.reset();  // wal_receiver_timeout
        return;
    }
    const int to = *s.upstream;
    send(node, to, [this, node, to, life = s.life] {
        auto& source = server(to);
        if (source.state != ServerState::up || source.witness) return;
        send(to, node, [this, node, to, life, source_life = source.life] {
            auto& standby = server(node);
            auto& sender = server(to);
            if (standby.life != life || sender.life != source_life || standby.upstream != to || standby.promoting)
                return;
            const auto n = standby.wal.size();
            if (n > sender.wal.size() || standby.timeline > sender.timeline) return;
            if (n > 0 && standby.wal[n - 1] != sender.wal[n - 1]) {
                if (standby.timeline == sender.timeline)
                    violated(name_of_host(node) + " streams from " + name_of_host(to) +
                             ", whose timeline of the same number has another history");
                return;
            }
            standby.timeline = sender.timeline;
            standby.history = sender.history;
            standby.streams_from = to;
            // Streaming begins with the segment, so that for a moment more was replayed than received.
            if (!standby.received) standby.received = n - n % records_a_segment;
            standby.last_message = boot(node);
            sender.attached[static_cast<std::size_t>(node)] = true;
            ship(to, node);
        });
    });
}

void World::replication() {
    for (int i = 0; i < nodes(); ++i) {
        attach(i);
        auto& s = server(i);
        for (int to = 0; to < nodes(); ++to) {
            const auto at = static_cast<std::size_t>(to);
            if (!s.attached[at]) continue;
            if (server(to).streams_from != i)
                s.attached[at] = false;
            else if (host(i).on && host(i).paused == 0)
                ship(i, to);  // what was lost is sent again; and a keepalive
        }
    }
    schedule.after(100ms, [this] { replication(); });
}

// --- clients

void World::client(int number) {
    const int first = dice.below(nodes());
    for (int i = 0; i < nodes(); ++i) {
        const int node = (first + i) % nodes();
        const auto& there = host(node);
        if (!there.on || there.paused > 0 || !server(node).writable()) continue;
        schedule.after(dice.between(100us, 1ms), [this, number, node] { try_write(number, node); });
        break;
    }
    schedule.after(dice.between(20ms, 80ms), [this, number] { client(number); });
}

void World::try_write(int, int node) {
    auto& s = server(node);
    if (!s.writable() || host(node).paused > 0 || !host(node).on) return;
    const auto row = next_row_++;
    s.wal.push_back(row);
    const auto set = waits_of(s.sync_names, nodes());
    if (set.count == 0)
        acknowledged_.push_back(row);
    else
        waits_.push_back({row, node, s.life, s.wal.size(), {}});
    ship_to_all(node);
}

void World::ship_to_all(int from) {
    for (int i = 0; i < nodes(); ++i)
        if (server(from).attached[static_cast<std::size_t>(i)]) ship(from, i);
}

}  // namespace pgcm::sim

// What must never happen, in terms of the world alone.
#include <algorithm>
#include <unordered_set>

#include "agent.hpp"
#include "world.hpp"

namespace pgcm::sim {
namespace {

// A host that was stopped as a whole, and runs again, writes until its agent or its guard had the processor once.
constexpr Time awakening = 60ms;

}  // namespace

// A clock that stood is beyond what is promised, until the voters' clocks can have told the agent of it.
bool World::clock_untold(int node) const {
    const auto at = static_cast<std::size_t>(node);
    if (hosts[at].clock_stood_until < 0ns) return false;
    const Time since = std::max({hosts[at].clock_stood_until, hosts[at].thawed_at, agents[at]->woke_at()});
    if (!hosts[at].told_at) return schedule.now() - since < setting.ttl;
    const Time told = 2 * setting.scan_period + setting.probe_timeout;
    return schedule.now() - std::max(since, *hosts[at].told_at) < told;
}

// A writer is the protocol's business while its agent or its guard runs on a host that runs.
bool World::writer_counts(int node) const {
    const auto at = static_cast<std::size_t>(node);
    const auto& there = hosts[at];
    const auto& s = servers[at];
    if (!s.writable() || s.by_hand || !there.on || there.paused > 0) return false;
    if (schedule.now() - there.thawed_at < awakening) return false;
    if (clock_untold(node)) return false;
    return agents[at]->runs() || there.guard.lives;
}

void World::check() {
    std::vector<int> leaders;
    std::vector<int> writers;
    for (int i = 0; i < nodes(); ++i) {
        const auto& there = hosts[static_cast<std::size_t>(i)];
        const auto& agent = *agents[static_cast<std::size_t>(i)];
        if (writer_counts(i)) writers.push_back(i);
        if (!agent.runs() || !there.on || there.paused > 0) continue;
        if (clock_untold(i)) continue;
        const auto* lease = agent.lease();
        if (lease == nullptr) continue;
        const auto seen = lease->seen(boot(i));
        if (seen.valid_until && boot(i) < *seen.valid_until && !seen.slept) leaders.push_back(i);
    }
    if (leaders.size() > 1)
        violated("two valid leases: " + name_of_host(leaders[0]) + " and " + name_of_host(leaders[1]));
    if (writers.size() > 1)
        violated("two servers accept writes: " + name_of_host(writers[0]) + " and " + name_of_host(writers[1]));
}

void World::check_lost(int node) {
    if (!setting.strict) return;
    const auto& wal = server(node).wal;
    const std::unordered_set<Record> kept(wal.begin(), wal.end());
    for (const auto row : acknowledged_)
        if (!kept.contains(row))
            violated(name_of_host(node) + " became primary without row " + std::to_string(row) +
                     ", which was acknowledged");
}

// Nobody promotes without a reason that holds: judged by what is true, not by what was seen.
void World::promotion_asked(int node) {
    note(name_of_host(node) + " asks for its promotion");
    const auto& own = server(node);
    if (own.rewinding) violated(name_of_host(node) + " promotes a half-made data directory");
    const auto& known = agents[static_cast<std::size_t>(node)]->disk.state;
    if (known.last_timeline && own.timeline < *known.last_timeline)
        violated(name_of_host(node) + " promotes itself from a state older than what it had seen");
}

void World::check_recovered() {
    if (!healed_) return;
    // With too few voters left that can be started, a person is needed; nothing else was promised.
    const auto lost = std::count_if(servers.begin(), servers.end(), [](const Server& s) { return s.rewinding; });
    const bool none_whole = std::none_of(servers.begin(), servers.end(), [](const Server& s) { return s.writable(); });
    if (none_whole && count() - static_cast<int>(lost) < majority_of(static_cast<std::size_t>(count()))) {
        well_ = true;
        return;
    }
    int primary = -1;
    for (int i = 0; i < nodes(); ++i)
        if (server(i).writable() && host(i).paused == 0 && host(i).on) primary = primary < 0 ? i : -2;
    if (primary < 0) {
        recovered_at_.reset();
        return;
    }
    if (!recovered_at_) recovered_at_ = schedule.now();
    if (schedule.now() - *recovered_at_ < 300ms) return;
    for (int i = 0; i < nodes(); ++i)
        if (i != primary && server(i).streams_from != primary) return;
    check_lost(primary);
    well_ = true;
}

}  // namespace pgcm::sim

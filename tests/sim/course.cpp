// The course of a world: how it begins, and how it heals.
#include <algorithm>

#include "agent.hpp"
#include "world.hpp"

namespace pgcm::sim {

// A healthy cluster whose first node leads, with a lease as fresh as a renewal makes it.
void World::begin() {
    for (int i = 0; i < count(); ++i) {
        auto& s = server(i);
        s.state = ServerState::up;
        s.life = 1;
        if (s.witness) continue;
        s.primary = i == 0;
        s.standby_signal = i != 0;
        if (i != 0) s.upstream = 0;
        if (setting.strict) {
            std::string names;
            for (int other = 0; other < nodes(); ++other)
                if (other != i) names += (names.empty() ? "\"" : ", \"") + name_of_host(other) + "\"";
            s.sync_names = "ANY 1 (" + names + ")";
        }
    }
    for (int i = 0; i < nodes(); ++i) {
        auto& agent = *agents[static_cast<std::size_t>(i)];
        if (i == 0) {
            agent.disk.record.term = 1;
            agent.disk.record.postmaster_pid = 1;
            for (int v = 0; v < count(); ++v) {
                agent.disk.record.votes.push_back({node_name(v), boot(0) + setting.ttl});
                server(v).backed_at[0] = 0ms;
            }
        }
        schedule.after(dice.between(0ms, i == 0 ? 10ms : 250ms), [&agent] { agent.start(); });
    }
    replication();
    for (int i = 0; i < 2; ++i) client(i);
    for (const auto& fault : scenario.faults) schedule_fault(fault);
    schedule.at(scenario.heals_at, [this] { heal(); });
}

void World::schedule_fault(const Fault& fault) {
    schedule.at(fault.at, [this, fault] {
        if (!healed_) strike(fault);
    });
}

// All that is broken is mended, and what is off is switched on.
void World::heal() {
    healed_ = true;
    mended_at_ = std::max(mended_at_, schedule.now()) + 100ms;  // a host takes a moment to begin its agent
    note("heals");
    for (auto& there : hosts) {
        there.slow_link = there.crowded = there.forged = there.disk_full = there.disk_stuck = false;
        there.disk_takes = 2ms;
        there.stop_takes = 20ms;
        there.start_takes = 60ms;
        there.replay_takes = 100us;
    }
    resume_all();
    for (auto& row : cuts) std::fill(row.begin(), row.end(), 0);  // those that end by themselves later go below
}

void World::run() {
    begin();
    // What PROTOCOL promises; and the time of a start, a rewind and a promotion.
    const Time bound = 2 * setting.ttl + setting.failover_after + 4 * setting.scan_period;
    while (!well_) {
        const Time writable_by = mended_at_ + bound + 4s;
        if (!schedule.step(writable_by + 15s)) break;
        check_recovered();
        if (healed_ && !recovered_at_ && schedule.now() > writable_by)
            violated("no primary accepts writes, long after all was mended");
    }
    if (!well_) violated("some node does not follow the primary, long after all was mended");
}

}  // namespace pgcm::sim

// The course of a world: how it begins, what strikes it, how it heals.
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
            for (int v = 0; v < count(); ++v) agent.disk.record.votes.push_back({node_name(v), boot(0) + setting.ttl});
        }
        schedule.after(dice.between(0ms, i == 0 ? 10ms : 250ms), [&agent] { agent.start(); });
    }
    replication();
    for (int i = 0; i < 2; ++i) client(i);
    for (const auto& fault : scenario.faults) schedule_fault(fault);
    schedule.at(scenario.heals_at, [this] { heal(); });
}

void World::pause_host(int number, bool clock_too, Time lasts) {
    auto& there = host(number);
    if (!there.on || there.clock.stands_since) return;
    ++there.paused;
    if (clock_too) there.clock.stands_since = schedule.now();
    schedule.after(lasts, [this, number, clock_too, boots = there.boots] {
        if (host(number).boots == boots) wake(number, clock_too);
    });
}

void World::wake(int number, bool clock_too) {
    auto& there = host(number);
    if (clock_too) {
        there.clock.stood += schedule.now() - *there.clock.stands_since;
        there.clock.stands_since.reset();
        there.clock_stood_until = schedule.now();
        there.told_at.reset();
    }
    if (--there.paused > 0) return;
    there.thawed_at = schedule.now();
    auto waiting = std::move(there.deferred);
    there.deferred.clear();
    // In any order: the scheduler of the host decides who runs first.
    for (auto& what : waiting)
        schedule.after(dice.between(0ms, 5ms), [this, number, what = std::move(what), boots = there.boots] {
            if (host(number).boots == boots) on_host(number, what);
        });
}

void World::schedule_fault(const Fault& fault) {
    schedule.at(fault.at, [this, fault] {
        if (!healed_) strike(fault);
    });
}

void World::strike(const Fault& fault) {
    const int node = fault.node % count();
    const bool is_node = node < nodes();
    auto& there = host(node);
    const auto named = std::find_if(fault_names().begin(), fault_names().end(),
                                    [&](const auto& known) { return known.kind == fault.kind; });
    note(std::string("fault: ") + named->name + " " + name_of_host(node) + " " + name_of_host(fault.other));
    const auto later = [&](std::function<void()> what) {
        schedule.after(fault.lasts, [this, node, boots = there.boots, what = std::move(what)] {
            if (host(node).boots == boots) what();
        });
    };
    const auto flag = [&](auto member) {
        there.*member = true;
        schedule.after(fault.lasts, [this, node, member] { host(node).*member = false; });
    };
    const auto delay = [&](auto member, Time takes) {
        const auto before = there.*member;
        there.*member = takes;
        schedule.after(fault.lasts, [this, node, member, before] { host(node).*member = before; });
    };
    const auto cut = [&](int from, int to) {
        if (from == to) return;
        auto& link = cuts[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
        ++link;
        schedule.after(fault.lasts,
                       [this, from, to] { --cuts[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)]; });
    };
    const auto agent = [&]() -> Agent& { return *agents[static_cast<std::size_t>(node)]; };
    switch (fault.kind) {
        case FaultKind::crash_server:
            if (there.on) kill_server(node);
            if (!is_node) later([this, node] { start_server(node); });
            break;
        case FaultKind::crash_agent:
            if (!is_node || !there.on) break;
            agent().kill();
            later([&a = agent()] { a.start(); });
            break;
        case FaultKind::restart_agent:
            if (!is_node || !there.on) break;
            agent().kill();
            schedule.after(30ms, [this, node, boots = there.boots] {
                if (host(node).boots == boots)
                    on_host(node, [this, node] { agents[static_cast<std::size_t>(node)]->start(); });
            });
            break;
        case FaultKind::crash_host:
            if (!there.on) break;
            if (is_node) agent().kill();
            // Without a word to anybody: what kill_server() sends is lost with the host.
            there.on = false;
            kill_server(node);
            ++there.boots;
            there.paused = 0;
            there.deferred.clear();
            there.guard = {};
            there.clock.stands_since.reset();
            schedule.after(fault.lasts, [this, node, is_node] {
                auto& booted = host(node);
                if (booted.on) return;
                booted.on = true;
                if (!is_node) {
                    start_server(node);
                    return;
                }
                auto& a = *agents[static_cast<std::size_t>(node)];
                a.host_booted();
                schedule.after(100ms, [this, node, &a, boots = booted.boots] {
                    if (host(node).boots == boots) a.start();
                });
            });
            break;
        case FaultKind::pause_agent:
            if (!is_node) break;
            agent().pause();
            schedule.after(fault.lasts, [&a = agent()] { a.wake(); });
            break;
        case FaultKind::pause_host: pause_host(node, false, fault.lasts); break;
        case FaultKind::suspend_host: pause_host(node, true, fault.lasts); break;
        case FaultKind::cut: cut(node, fault.other); break;
        case FaultKind::cut_both:
            cut(node, fault.other);
            cut(fault.other, node);
            break;
        case FaultKind::isolate:
            for (int i = 0; i < count(); ++i) {
                cut(node, i);
                cut(i, node);
            }
            break;
        case FaultKind::slow: flag(&Host::slow_link); break;
        case FaultKind::jump_clock: there.clock.wall += (fault.other % 2 == 0 ? 1 : -1) * fault.lasts * 100; break;
        case FaultKind::crowd: flag(&Host::crowded); break;
        case FaultKind::disk_full: flag(&Host::disk_full); break;
        case FaultKind::disk_stuck: flag(&Host::disk_stuck); break;
        case FaultKind::slow_stop: delay(&Host::stop_takes, 3s); break;
        case FaultKind::slow_start: delay(&Host::start_takes, 3s); break;
        case FaultKind::slow_replay: delay(&Host::replay_takes, 40ms); break;
        case FaultKind::operator_restart:
            if (!is_node || !there.on || server(node).state != ServerState::up) break;
            stop_server(node, false, [this, node] {
                if (!start_server(node)) return;
                server(node).by_hand = true;
                // A primary that was started by hand has the time in which a lease can be got; then the rules have the
                // word.
                const Time grace =
                    setting.ttl * 21 / 20 + 5 * setting.scan_period + setting.probe_timeout + setting.fence_margin;
                schedule.after(grace, [this, node, life = server(node).life] {
                    if (server(node).life == life) server(node).by_hand = false;
                });
            });
            break;
        case FaultKind::kill_sessions: server(node).sessions.clear(); break;
        case FaultKind::forge_refusals: flag(&Host::forged); break;
    }
}

// All that is broken is mended, and what is off is switched on.
void World::heal() {
    healed_ = true;
    note("heals");
    for (auto& there : hosts) {
        there.slow_link = there.crowded = there.forged = there.disk_full = there.disk_stuck = false;
        there.stop_takes = 20ms;
        there.start_takes = 60ms;
        there.replay_takes = 100us;
    }
    for (auto& row : cuts) std::fill(row.begin(), row.end(), 0);  // those that end by themselves later go below
}

void World::run() {
    begin();
    const Time faults_end = scenario.heals_at + 6s;  // the last fault has ended by itself by then
    // What PROTOCOL promises, with the time of starting, rewinding and promoting.
    const Time bound = 2 * setting.ttl + setting.failover_after + 4 * setting.scan_period;
    const Time writable_by = faults_end + bound + 4s + 2 * setting.primary_start_timeout;
    const Time well_by = writable_by + 25s;
    while (!well_) {
        const auto before = schedule.now();
        if (!schedule.step(well_by)) break;
        if (schedule.now() - before > 0ns || true) check_recovered();
        if (healed_ && !recovered_at_ && schedule.now() > writable_by)
            violated("no primary accepts writes, long after all was mended");
    }
    if (!well_) violated("some node does not follow the primary, long after all was mended");
}

}  // namespace pgcm::sim

// What strikes a world.
#include <algorithm>

#include "agent.hpp"
#include "world.hpp"

namespace pgcm::sim {

void World::pause_host(int number, bool clock_too, Time lasts) {
    auto& there = host(number);
    if (!there.on || there.clock.stands_since) return;
    if (there.paused++ == 0) there.froze_at = schedule.now();
    if (clock_too) there.clock.stands_since = schedule.now();
    schedule.after(lasts, [this, number, clock_too, boots = there.boots] {
        if (host(number).boots == boots) wake(number, clock_too);
    });
}

void World::wake(int number, bool clock_too) {
    auto& there = host(number);
    if (clock_too) {
        const Time stood = schedule.now() - *there.clock.stands_since;
        const bool jumped = std::any_of(scenario.faults.begin(), scenario.faults.end(),
                                        [](const Fault& fault) { return fault.kind == FaultKind::jump_clock; });
        if (stood < 1300ms || jumped) there.unnoticed_until = schedule.now();
        there.clock.stood += stood;
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

// On the host as it runs now: what is to end by itself ends with the host.
void World::later(int number, Time delay, std::function<void()> what) {
    schedule.after(delay, [this, number, boots = host(number).boots, what = std::move(what)] {
        if (host(number).boots == boots) what();
    });
}

void World::cut(int from, int to, Time lasts) {
    if (from == to) return;
    const auto link = [this, from, to]() -> int& {
        return cuts[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
    };
    ++link();
    schedule.after(lasts, [link] { --link(); });
}

// The last one where there is none.
int World::primary_now() {
    for (const auto& s : servers)
        if (s.writable()) return last_writer_ = s.number;
    return last_writer_;
}

void World::strike(const Fault& fault) {
    const int node = fault.node == the_primary ? primary_now() : fault.node % count();
    const auto named = std::find_if(fault_names().begin(), fault_names().end(),
                                    [&](const auto& known) { return known.kind == fault.kind; });
    note(std::string("fault: ") + named->name + " " + name_of_host(node) + " " + name_of_host(fault.other));
    const bool ordered = strike_order(fault, node);
    mended_at_ = std::max(mended_at_, schedule.now() + fault.lasts);
    if (ordered || strike_process(fault, node) || strike_link(fault, node)) return;
    const auto flag = [&](auto member) {
        host(node).*member = true;
        schedule.after(fault.lasts, [this, node, member] { host(node).*member = false; });
    };
    const auto delay = [&](auto member, Time takes) {
        host(node).*member = takes;
        schedule.after(fault.lasts, [this, node, member] { host(node).*member = Host{}.*member; });
    };
    switch (fault.kind) {
        case FaultKind::slow: flag(&Host::slow_link); break;
        case FaultKind::jump_clock: host(node).clock.wall += (fault.other % 2 == 0 ? 1 : -1) * fault.lasts * 100; break;
        case FaultKind::crowd: flag(&Host::crowded); break;
        case FaultKind::disk_full: flag(&Host::disk_full); break;
        case FaultKind::disk_stuck: flag(&Host::disk_stuck); break;
        case FaultKind::slow_disk: delay(&Host::disk_takes, 1500ms); break;
        case FaultKind::slow_stop: delay(&Host::stop_takes, 3s); break;
        case FaultKind::slow_start: delay(&Host::start_takes, 3s); break;
        case FaultKind::slow_replay: delay(&Host::replay_takes, 40ms); break;
        case FaultKind::forge_refusals: flag(&Host::forged); break;
        default: break;
    }
}

// Processes and hosts that die, stand or are restarted. False: another kind of fault.
bool World::strike_process(const Fault& fault, int node) {
    const bool is_node = node < nodes();
    const bool on = host(node).on;
    auto* agent = is_node ? agents[static_cast<std::size_t>(node)].get() : nullptr;
    switch (fault.kind) {
        case FaultKind::crash_server:
            if (on) kill_server(node);
            if (!is_node) later(node, fault.lasts, [this, node] { start_server(node); });
            return true;
        case FaultKind::crash_agent:
            if (agent == nullptr || !on) return true;
            agent->kill();
            later(node, fault.lasts, [agent] { agent->start(); });
            return true;
        case FaultKind::restart_agent:
            if (agent == nullptr || !on) return true;
            agent->kill();
            later(node, 30ms, [this, node, agent] { on_host(node, [agent] { agent->start(); }); });
            return true;
        case FaultKind::crash_host: return crash_host(node, fault.lasts), true;
        case FaultKind::pause_agent:
            if (agent == nullptr) return true;
            agent->pause();
            schedule.after(fault.lasts, [agent] { agent->wake(); });
            return true;
        case FaultKind::pause_host: return pause_host(node, false, fault.lasts), true;
        case FaultKind::suspend_host: return pause_host(node, true, fault.lasts), true;
        case FaultKind::operator_restart:
            if (is_node && on && server(node).state == ServerState::up) restart_by_hand(node);
            return true;
        case FaultKind::operator_stop:
            if (is_node && on) stop_server(node, false, [] {});
            return true;
        case FaultKind::operator_start:
            // Beside an agent that is stopped, and a guard that has done its duty, nothing is promised of it.
            if (is_node && on && (agent->runs() || !agent->lives()) && start_server(node)) started_by_hand(node);
            return true;
        case FaultKind::kill_all_sessions:
            for (int i = 0; i < count(); ++i)
                schedule.after(dice.between(0ms, 200ms), [this, i] { server(i).end_sessions(); });
            return true;
        case FaultKind::kill_sessions: return server(node).end_sessions(), true;
        default: return false;
    }
}

bool World::strike_link(const Fault& fault, int node) {
    switch (fault.kind) {
        case FaultKind::cut: return cut(node, fault.other, fault.lasts), true;
        case FaultKind::cut_both:
            cut(node, fault.other, fault.lasts);
            cut(fault.other, node, fault.lasts);
            return true;
        case FaultKind::isolate:
            for (int i = 0; i < count(); ++i) {
                cut(node, i, fault.lasts);
                cut(i, node, fault.lasts);
            }
            return true;
        default: return false;
    }
}

void World::crash_host(int node, Time lasts) {
    auto& there = host(node);
    if (!there.on) return;
    const bool is_node = node < nodes();
    if (is_node) agents[static_cast<std::size_t>(node)]->kill();
    // Without a word to anybody: what kill_server() sends is lost with the host.
    there.on = false;
    kill_server(node);
    ++there.boots;
    there.paused = 0;
    there.deferred.clear();
    there.guard = {};
    there.clock.stands_since.reset();
    schedule.after(lasts, [this, node, is_node] {
        if (host(node).on) return;
        host(node).on = true;
        if (!is_node) {
            start_server(node);
            return;
        }
        auto* agent = agents[static_cast<std::size_t>(node)].get();
        agent->host_booted();
        later(node, 100ms, [agent] { agent->start(); });
    });
}

void World::restart_by_hand(int node) {
    stop_server(node, false, [this, node] {
        if (start_server(node)) started_by_hand(node);
    });
}

// The agent finds it, and asks the voters once. Only of a leader that is there already nobody may tell it before that
// one's lease is over.
void World::started_by_hand(int node) {
    if (server(node).standby_signal) return;
    server(node).by_hand = true;
    bool led = false;
    for (int i = 0; i < nodes(); ++i) {
        const auto* lease = agents[static_cast<std::size_t>(i)]->lease();
        led = led || (lease != nullptr && lease->seen(boot(i)).valid_until > boot(i));
    }
    found_by_agent(node, server(node).life, unleased_for() + (led ? setting.ttl : 0ms));
}

// Nobody finds it before there is an agent.
void World::found_by_agent(int node, unsigned life, Time within) {
    schedule.after(within, [this, node, life, within] {
        if (server(node).life != life) return;
        const auto& agent = *agents[static_cast<std::size_t>(node)];
        if (!agent.lives() || schedule.now() - agent.started_at() < within)
            found_by_agent(node, life, within);
        else
            server(node).by_hand = false;
    });
}

}  // namespace pgcm::sim

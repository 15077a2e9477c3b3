#include "scenario.hpp"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <stdexcept>

namespace pgcm::sim {
namespace {

std::string seconds(Time time) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6fs", static_cast<double>(time.count()) / 1e9);
    return text;
}

char letter_of(int node) {
    return node == the_primary ? '*' : static_cast<char>('a' + node);
}

Time parse_seconds(const std::string& text) {
    return Time{static_cast<std::int64_t>(std::stod(text) * 1e9 + 0.5)};
}

template <class T>
const T& pick(Dice& dice, const std::vector<T>& from) {
    return from[static_cast<std::size_t>(dice.below(static_cast<int>(from.size())))];
}

Setting draw_setting(Dice& dice, bool forging) {
    Setting s;
    s.nodes = pick(dice, std::vector{2, 3, 3, 3, 3, 4, 5});
    s.witnesses = s.nodes == 2 ? pick(dice, std::vector{0, 1, 1, 1, 2, 3}) : pick(dice, std::vector{0, 0, 0, 1, 2});
    if (dice.chance(0.4)) {
        s.ttl = 3000ms;
        s.fence_margin = 1000ms;
    }
    s.scan_period = pick(dice, std::vector{200ms, 250ms, 400ms});
    s.probe_timeout = pick(dice, std::vector{250ms, 400ms});
    s.failover_after = pick(dice, std::vector{0ms, 0ms, 500ms});
    s.on_crash = dice.chance(0.5) ? OnCrash::failover : OnCrash::restart;
    if (dice.chance(0.6)) {
        s.sync = SyncMode::quorum;
        s.strict = true;
    }
    s.trust_refused = forging || dice.chance(0.3);
    return s;
}

constexpr Time longest_fault = 8s;

Fault draw_fault(Dice& dice, const Setting& s, Time until, bool forging) {
    using K = FaultKind;
    static const std::vector<K> bag{
        K::crash_server,
        K::crash_server,
        K::crash_agent,
        K::restart_agent,
        K::crash_host,
        K::crash_host,
        K::pause_agent,
        K::pause_host,
        K::pause_host,
        K::suspend_host,
        K::cut,
        K::cut,
        K::cut_both,
        K::cut_both,
        K::isolate,
        K::isolate,
        K::slow,
        K::jump_clock,
        K::crowd,
        K::disk_full,
        K::disk_stuck,
        K::slow_stop,
        K::slow_start,
        K::slow_replay,
        K::operator_restart,
        K::operator_stop,
        K::operator_start,
        K::slow_disk,
        K::kill_all_sessions,
        K::kill_sessions,
    };
    const int hosts = s.nodes + s.witnesses;
    Fault fault;
    fault.at = dice.between(2500ms, until);
    fault.kind = forging && dice.chance(0.3) ? K::forge_refusals : pick(dice, bag);
    fault.node = dice.chance(0.3) ? 0 : dice.chance(0.4) ? the_primary : dice.below(hosts);
    fault.other = dice.below(hosts);
    if (fault.other == fault.node) fault.other = (fault.node + 1) % hosts;
    fault.lasts = dice.chance(0.5) ? dice.between(100ms, 1500ms) : dice.between(1s, 6s);
    // A server without its agent is what the guard is for.
    if (fault.kind == K::crash_agent && dice.chance(0.5)) fault.lasts = dice.between(3s, longest_fault);
    return fault;
}

void read_setting(Scenario& scenario, const std::string& key, const std::string& value) {
    auto& s = scenario.setting;
    const auto duration = [&] { return milliseconds{std::stoll(value)}; };
    if (key == "seed")
        scenario.seed = std::stoull(value);
    else if (key == "nodes")
        s.nodes = std::stoi(value);
    else if (key == "witnesses")
        s.witnesses = std::stoi(value);
    else if (key == "ttl")
        s.ttl = duration();
    else if (key == "margin")
        s.fence_margin = duration();
    else if (key == "scan")
        s.scan_period = duration();
    else if (key == "timeout")
        s.probe_timeout = duration();
    else if (key == "after")
        s.failover_after = duration();
    else if (key == "on_crash")
        s.on_crash = from_name<OnCrash>(value).value();
    else if (key == "strict")
        s.strict = value == "1", s.sync = s.strict ? SyncMode::quorum : SyncMode::automatic;
    else if (key == "trust_refused")
        s.trust_refused = value == "1";
    else
        throw std::runtime_error("a world has no " + key);
}

Fault read_fault(std::istringstream& words, const std::string& line) {
    std::string at, kind, node, other, lasts;
    if (!(words >> at >> kind >> node >> other >> lasts)) throw std::runtime_error("words are missing in: " + line);
    const auto known =
        std::find_if(fault_names().begin(), fault_names().end(), [&](const auto& name) { return kind == name.name; });
    if (known == fault_names().end()) throw std::runtime_error("no such fault: " + line);
    return {parse_seconds(at), known->kind, node == "*" ? the_primary : node[0] - 'a', other[0] - 'a',
            parse_seconds(lasts)};
}

}  // namespace

const std::vector<Named<FaultKind>>& fault_names() {
    using K = FaultKind;
    static const std::vector<Named<K>> names{
        {K::crash_server, "crash_server"},
        {K::crash_agent, "crash_agent"},
        {K::restart_agent, "restart_agent"},
        {K::crash_host, "crash_host"},
        {K::pause_agent, "pause_agent"},
        {K::pause_host, "pause_host"},
        {K::suspend_host, "suspend_host"},
        {K::cut, "cut"},
        {K::cut_both, "cut_both"},
        {K::isolate, "isolate"},
        {K::slow, "slow"},
        {K::jump_clock, "jump_clock"},
        {K::crowd, "crowd"},
        {K::disk_full, "disk_full"},
        {K::disk_stuck, "disk_stuck"},
        {K::slow_disk, "slow_disk"},
        {K::slow_stop, "slow_stop"},
        {K::slow_start, "slow_start"},
        {K::slow_replay, "slow_replay"},
        {K::operator_restart, "operator_restart"},
        {K::operator_stop, "operator_stop"},
        {K::operator_start, "operator_start"},
        {K::kill_sessions, "kill_sessions"},
        {K::kill_all_sessions, "kill_all_sessions"},
        {K::forge_refusals, "forge_refusals"},
        {K::pause_cluster, "pause_cluster"},
        {K::switchover, "switchover"},
    };
    return names;
}

namespace {

// What chance brings together too seldom: one after the other, each so long after the one before.
enum class Whom { it, another, leader };
struct Blow {
    FaultKind kind;
    Time after_least{0}, after_most{0};
    Whom whom = Whom::it;
};
const std::vector<std::vector<Blow>>& plots() {
    using K = FaultKind;
    static const std::vector<std::vector<Blow>> known{
        // A primary that nobody voted for yet, and that nobody can vote for any more.
        {{K::operator_restart}, {K::isolate, 10ms, 2500ms}},
        // The run file tells of old votes only; the new agent's have no time to ripen.
        {{K::disk_full}, {K::restart_agent, 2s, 4s}, {K::isolate, 300ms, 2500ms}},
        // Its own vote is lost, and cannot be taken again.
        {{K::crowd}, {K::kill_sessions, 10ms, 1s}},
        // It is about to change a setting when it is cut off, and the disk does not answer.
        {{K::disk_stuck}, {K::isolate, 10ms, 1s}},
        // Died for sure, while the locks change hands.
        {{K::crash_agent}, {K::crash_server, 0ms, 50ms}, {K::slow, 0ms, 300ms}},
        // A server that died with its agent is started by a person.
        {{K::crash_agent}, {K::crash_server, 0ms, 50ms}, {K::operator_start, 100ms, 4s}},
        // The new primary dies as the old one comes back, whose WAL is longer.
        {{K::isolate, 0ms, 0ms, Whom::leader}, {K::crash_host, 2500ms, 5s, Whom::leader}},
        // The best standby received more than it replayed, the next one received less.
        {{K::slow_replay}, {K::slow, 0ms, 300ms, Whom::another}, {K::crash_server, 500ms, 2s, Whom::leader}},
    };
    return known;
}

void draw_plot(Scenario& scenario, Dice& dice, Time until) {
    auto at = dice.between(2500ms, until);
    const int node = dice.chance(0.6) ? the_primary : dice.below(scenario.setting.nodes);
    const int another = (std::max(node, 0) + 1) % scenario.setting.nodes;
    for (const auto& blow : pick(dice, plots())) {
        auto fault = draw_fault(dice, scenario.setting, until, false);
        at += dice.between(blow.after_least, blow.after_most);
        fault.at = at;
        fault.kind = blow.kind;
        fault.node = blow.whom == Whom::it ? node : blow.whom == Whom::leader ? the_primary : another;
        fault.lasts = dice.between(1s, 6s);
        scenario.faults.push_back(fault);
    }
}

// What a person asks for at a bad moment, and what strikes those who are about to do it. Its own dice: the worlds
// without it stay what they are.
void draw_orders(Scenario& scenario, Time until) {
    Dice dice{scenario.seed ^ 0x0BDEB5};
    if (!dice.chance(0.4)) return;
    const auto& setting = scenario.setting;
    for (int orders = dice.chance(0.3) ? 2 : 1; orders > 0; --orders) {
        Fault order;
        order.at = dice.between(2500ms, until);
        order.kind = dice.chance(0.7) ? FaultKind::switchover : FaultKind::pause_cluster;
        order.node = the_primary;
        order.other = dice.below(setting.nodes);
        order.lasts = order.kind == FaultKind::switchover ? dice.between(1s, 10s) : dice.between(500ms, 6s);
        scenario.faults.push_back(order);
        for (int more = dice.below(3); more > 0; --more) {
            auto fault = draw_fault(dice, setting, until, false);
            fault.at = order.at + (dice.chance(0.7) ? dice.between(0ms, 400ms) : dice.between(0ms, 3s));
            if (dice.chance(0.4)) fault.node = dice.chance(0.5) ? the_primary : order.other;
            scenario.faults.push_back(fault);
        }
    }
}

}  // namespace

Scenario draw(std::uint64_t seed, bool forging) {
    Dice dice{seed};
    Scenario scenario;
    scenario.seed = seed;
    scenario.setting = draw_setting(dice, forging);
    const Time until = 2500ms + Time{dice.between(2s, 9s)};
    const int count = 1 + dice.below(7);
    for (int i = 0; i < count; ++i) {
        auto fault = draw_fault(dice, scenario.setting, until, forging);
        // One comes seldom alone: while the first is still dealt with, the same node is struck again, or another.
        if (i > 0 && dice.chance(0.35)) {
            const auto& before = scenario.faults.back();
            fault.at = std::min<Time>(before.at + dice.between(10ms, 2500ms), until);
            if (dice.chance(0.4)) fault.node = before.node;
        }
        scenario.faults.push_back(fault);
    }
    if (dice.chance(0.4)) draw_plot(scenario, dice, until);
    if (!forging) draw_orders(scenario, until);
    std::sort(scenario.faults.begin(), scenario.faults.end(),
              [](const Fault& a, const Fault& b) { return a.at < b.at; });
    scenario.heals_at = std::max(until, scenario.faults.back().at) + 2s;
    return scenario;
}

std::string write(const Scenario& scenario) {
    const auto& s = scenario.setting;
    std::ostringstream out;
    out << "world seed=" << scenario.seed << " nodes=" << s.nodes << " witnesses=" << s.witnesses
        << " ttl=" << s.ttl.count() << " margin=" << s.fence_margin.count() << " scan=" << s.scan_period.count()
        << " timeout=" << s.probe_timeout.count() << " after=" << s.failover_after.count()
        << " on_crash=" << name_of(s.on_crash) << " strict=" << s.strict << " trust_refused=" << s.trust_refused
        << "\n";
    for (const auto& fault : scenario.faults) {
        const auto name = std::find_if(fault_names().begin(), fault_names().end(),
                                       [&](const auto& known) { return known.kind == fault.kind; });
        out << "at " << seconds(fault.at) << " " << name->name << " " << letter_of(fault.node) << " "
            << static_cast<char>('a' + fault.other) << " " << seconds(fault.lasts) << "\n";
    }
    out << "heal " << seconds(scenario.heals_at) << "\n";
    return out.str();
}

Scenario read(const std::string& text) {
    Scenario scenario;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line) && line.rfind("----", 0) != 0;) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::string word;
        words >> word;
        if (word == "world") {
            while (words >> word)
                read_setting(scenario, word.substr(0, word.find('=')), word.substr(word.find('=') + 1));
        } else if (word == "at") {
            scenario.faults.push_back(read_fault(words, line));
        } else if (word == "heal" && words >> word) {
            scenario.heals_at = parse_seconds(word);
        } else {
            throw std::runtime_error("not a line of a world: " + line);
        }
    }
    return scenario;
}

}  // namespace pgcm::sim

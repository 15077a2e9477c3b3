#pragma once
// Hosts, clocks, links, disks, servers, clients: all that is not pgcm. Agents (agent.hpp) live in it.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/decision.hpp"
#include "model/view.hpp"
#include "scenario.hpp"
#include "schedule.hpp"
#include "server.hpp"

namespace pgcm::sim {

class Agent;

struct HostClock {
    double rate = 1;
    nanoseconds offset{0};
    nanoseconds stood{0};              // all suspensions together
    std::optional<Time> stands_since;  // suspended
    nanoseconds wall{0};               // what the wall clock is ahead of true time

    BootTime boot(Time now) const {
        const auto ran = stands_since.value_or(now) - stood;
        return BootTime{offset + nanoseconds{static_cast<std::int64_t>(static_cast<double>(ran.count()) * rate)}};
    }
    Time when(BootTime moment) const {
        const auto ran = static_cast<double>((moment.time_since_epoch() - offset).count()) / rate;
        return Time{static_cast<std::int64_t>(ran)} + stood + 1ns;
    }
};

// The guard of a node: a process of its own, which knows a deadline and how to kill.
struct GuardProcess {
    bool lives = false;
    std::optional<BootTime> immediate_at, kill_at;
    unsigned round = 0;
};

struct Host {
    int number = 0;
    HostClock clock;
    bool on = true;
    unsigned boots = 1;
    int paused = 0;  // how many pauses are in force
    std::vector<std::function<void()>> deferred;
    Time froze_at{-1h};           // the beginning of the last pause of the whole host
    Time thawed_at{-1h};          // its end
    std::optional<Time> told_at;  // when a voter first answered the agent after the last suspension
    Time clock_stood_until{-1h};  // the end of the last suspension
    Time unnoticed_until{-1h};    // of the last one that the voters' clocks do not show
    bool disk_full = false, disk_stuck = false;
    bool slow_link = false, crowded = false, forged = false;  // crowded: no slot is left, not even for replication
    Time disk_takes{2ms};
    Time stop_takes{20ms}, start_takes{60ms}, replay_takes{100us};
    GuardProcess guard;
    std::optional<WallTime> resumed;  // which pause was ended by a file on this host
};

// What a person asks for: one of the settings of pgcm's role, and its value; empty: it is reset.
struct Order {
    FaultKind what = FaultKind::pause_cluster;
    std::optional<Pause> pause;
    std::optional<SwitchoverRequest> switchover;
};

struct Violation {
    std::string what;
};

class World {
  public:
    explicit World(const Scenario& scenario);
    ~World();
    // Runs it to its end. Throws Violation at the first thing that must never happen.
    void run();

    bool telling = false;  // agents tell what they think

    // --- for agents and faults
    Schedule schedule;
    Dice dice;
    const Scenario& scenario;
    const Setting& setting;
    std::vector<Host> hosts;
    std::vector<Server> servers;
    std::vector<std::unique_ptr<Agent>> agents;  // of nodes only
    std::vector<PromotionMark> marks;
    std::vector<Order> orders;

    int nodes() const { return setting.nodes; }
    int count() const { return setting.nodes + setting.witnesses; }
    BootTime boot(int host) const { return hosts[static_cast<std::size_t>(host)].clock.boot(schedule.now()); }
    Host& host(int i) { return hosts[static_cast<std::size_t>(i)]; }
    const Host& host(int i) const { return hosts[static_cast<std::size_t>(i)]; }
    Server& server(int i) { return servers[static_cast<std::size_t>(i)]; }
    const Server& server(int i) const { return servers[static_cast<std::size_t>(i)]; }
    bool linked(int from, int to) const;
    // Carries `what` from one host to another, if the links let it. A paused host takes it up when it wakes.
    void send(int from, int to, std::function<void()> what);
    // Does `what` on the host at that moment of its own clock, unless it was switched off in between.
    void at(int host, BootTime when, std::function<void()> what);
    void on_host(int host, std::function<void()> what);

    void stop_server(int node, bool immediately, std::function<void()> stopped);
    void shut_down(int node, std::function<void()> stopped);
    void kill_server(int node);
    bool start_server(int node);
    void promote_server(int node);
    // Kept as a setting of pgcm's role, by a server that accepts writes.
    void keep(int node, Order order);
    // What the catalog of a server shows of it; null: it was never set.
    const Order* order_at(const Server& server, FaultKind what) const;
    void arm_guard(int node, std::optional<BootTime> immediate_at, std::optional<BootTime> kill_at);
    void note(std::string what);
    [[noreturn]] void violated(const std::string& what) const;
    // Called when something happened that a rule is about.
    void check();
    void promotion_asked(int node, Time decided);
    void start_asked(int node);
    void rebuild_asked(int node, int primary);
    void voted(int voter, int agent, Term promised, bool newly, Time asked);
    void handed_over(int agent);
    void proven_dead(int taker, Time refused);
    void judged(int node, const View& seen, const Decision& decision);
    void begun(int node, const Action& action, const View& seen);
    const std::vector<std::string>& story() const { return story_; }
    std::size_t acknowledged() const { return acknowledged_.size(); }

    std::vector<std::vector<int>> cuts;  // from, to: how many cuts are in force

  private:
    void begin();
    void schedule_fault(const Fault& fault);
    void strike(const Fault& fault);
    int primary_now();
    bool strike_process(const Fault& fault, int node);
    bool strike_link(const Fault& fault, int node);
    bool strike_order(const Fault& fault, int node);
    void resume(int host);
    void resume_all();
    std::optional<Pause> pause_shown_to(int host) const;
    bool ends_by_itself(const Pause& pause) const;
    bool is_paused(int node, const View& seen) const;
    void keep_in_mind(int node, const View& seen);
    void check_words() const;
    bool was_told(int node) const;
    bool has_all_of(int node, const Word& word) const;
    void check_told(int node) const;
    void check_fence(int node, const View& seen) const;
    void check_switchover(int node, const Action& action, const View& seen);
    bool all_is_well(int primary) const;
    void expect_switchover(const SwitchoverRequest& request);
    void later(int host, Time delay, std::function<void()> what);
    void cut(int from, int to, Time lasts);
    void crash_host(int node, Time lasts);
    void restart_by_hand(int node);
    void started_by_hand(int node);
    void found_by_agent(int node, unsigned life, Time within);
    void heal();
    void pause_host(int host, bool clock_too, Time lasts);
    void wake(int host, bool clock_too);
    void replication();
    void attach(int standby);
    void ship(int from, int to);
    void ship_to_all(int from);
    void end_streams(int node);
    void send_the_rest(int node, unsigned life, const std::function<void()>& stopped);
    void replay(int node);
    void client(int number);
    void try_write(int number, int node);
    void check_lost(int node);
    void check_recovered();
    void check_leader(int node, std::vector<int>& leaders, std::vector<int>& owners) const;
    bool writer_counts(int node) const;
    int majority() const;
    Time unleased_for() const;
    Time longest_vote() const;
    void check_backed(int node) const;
    void check_vote(int node, int voter, Time until) const;
    int backing(int node, Time within) const;
    std::vector<int> majority_that_gave(int node) const;
    void check_standbys_seen(int node, Time decided) const;
    bool is_twin(int node, int primary) const;
    void guard_had_to(int node);
    bool just_awake(int node, Time within) const;
    bool clock_untold(int node) const;
    void guard_looks(int node, unsigned round);
    void closed_for_agents(int node);

    struct Wait {
        Record row;
        int node;
        unsigned life;
        std::size_t upto;
        std::function<void()> done;
    };
    void settle_waits(int node);
    std::vector<Wait> waits_;
    std::vector<Record> acknowledged_;
    Record next_row_ = 1;
    std::vector<std::string> story_;
    bool healed_ = false;
    std::optional<Time> recovered_at_;
    Time mended_at_{0};  // when the last fault has ended by itself, as far as it was foreseen
    int last_writer_ = 0;
    bool well_ = false;
    Time handed_over_at_{-1h};
    // The pause that all said was in force whom the node saw, and since when.
    struct Known {
        std::optional<Pause> pause;
        Time seen_at{0};
        std::optional<Time> kept_at;  // when a disk first could keep it
    };
    std::vector<Known> known_pauses_;
    std::map<std::string, Time> switchovers_;  // that were begun, and the life of the agent that did it
};

std::string name_of_host(int host);

}  // namespace pgcm::sim

#pragma once
// The loop of `pgcm watch` and `pgcm serve`: looks, remembers, decides, acts, publishes.
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <random>

#include "config/config.hpp"
#include "loop/chronicle.hpp"
#include "loop/disk_writer.hpp"
#include "loop/hooks.hpp"
#include "loop/host_watch.hpp"
#include "loop/judge.hpp"
#include "loop/leadership.hpp"
#include "loop/lock.hpp"
#include "loop/log.hpp"
#include "loop/observer.hpp"
#include "loop/performer.hpp"
#include "loop/publish.hpp"
#include "model/state.hpp"

namespace pgcm::loop {

struct AgentOptions {
    bool acts = true;    // false: observes and publishes only
    bool keeps = true;   // writes the state directory
    bool hooks = false;  // runs them
    // One NDJSON line a turn where something changed; may be empty.
    std::function<void(const std::string& line)> tell{};
    bool dry_run = false;  // its performer does nothing, and nobody may count on this agent
};

// What the agent works with; all of it outlives the agent.
struct Surroundings {
    const Clock& clock;
    Log& log;
    serve::Board& board;
    DiskWriter& disk;
    Histogram& turns;              // how long they take
    std::string boot;              // boot_id()
    act::Guard* guard = nullptr;   // of the local server; null where no lease is used
    lease::Record inherited = {};  // what the last agent of this node left in the run file
};

class Agent {
  public:
    using MakePerformer = std::function<std::unique_ptr<Performer>(postgres::Resolver& resolver)>;

    Agent(asio::io_context& io, config::Config config, Surroundings around, AgentOptions options,
          HostWatch::Inspect inspect, HostWatch::Gone gone, const MakePerformer& make_performer, State remembered);

    // Every scan_period, and whenever an event tells. Runs until stop().
    asio::awaitable<void> watch();
    // One turn with its actions carried out, for cron. False when one of them failed.
    asio::awaitable<bool> once();
    // Ends watch(): now, leaving an operation to whoever resumes it, or as soon as none runs, and not before the
    // agent has lived for a scan_period.
    void stop();
    void stop_when_idle();
    const State& state() const { return judge_.state(); }
    // Of the lease, for the next agent of this process.
    lease::Record record() const;

  private:
    void start_looking();
    void looked(bool changed);
    View look() const;
    void turn(const char* event);
    void keep_state();
    void spawn_work(asio::awaitable<void> work);
    void tell_alert(const std::string& event, const Alert& alert);
    void note(Deed deed);
    void tell_changes(const TurnResult& result);
    void schedule(std::optional<BootTime> at);
    asio::awaitable<void> keep_host_current();
    void look_for_resume();
    asio::awaitable<void> look_at_host(bool at_directory);
    asio::awaitable<bool> look_at_operation();  // whether it shows something new
    asio::awaitable<void> carry_out(std::vector<Action> actions, View view);
    std::vector<Action> to_begin(const TurnResult& result);
    void begin(std::vector<Action> actions, View view);
    asio::awaitable<void> rehearse(std::vector<Action> actions, View view);
    asio::awaitable<void> fence(Action action, GuardTimes times);
    void after_work();
    bool may_stop_when_idle() const;
    bool has_come_through(const View& view) const;
    asio::awaitable<void> finish(View view);
    asio::awaitable<bool> permitted(const Action& action);
    asio::awaitable<bool> carry_out_one(const Action& action, const View& view);
    void add_own_alerts(Alerts& alerts) const;
    bool local_accepts() const;
    bool all_looked_at();

    asio::io_context& io_;
    const config::Config config_;
    Surroundings around_;
    AgentOptions options_;

    Observer observer_;
    HostWatch host_;
    std::unique_ptr<Performer> performer_;  // null where nothing is acted on
    std::optional<FileLock> operation_lock_;
    Chronicle chronicle_;
    std::unique_ptr<Hooks> hooks_;  // null where none are run

    Judge judge_;
    std::unique_ptr<Leadership> leadership_;  // null where no lease is used
    std::mt19937_64 dice_{std::random_device{}()};
    State stored_;
    std::shared_ptr<std::atomic<bool>> state_lost_;         // the last write of the state failed
    std::string told_;                                      // change_key() of the last turn that was told
    std::map<std::string, std::optional<Alert>> standing_;  // alerts, and reasons without one, of that turn
    std::optional<BootTime> kicked_at_;  // answers to questions from before this are not waited for any more
    Beat beat_{};                        // of all that it does every scan_period
    asio::steady_timer tick_;
    asio::steady_timer again_;
    asio::steady_timer host_tick_;
    asio::cancellation_signal abandon_;
    std::optional<WallTime> resumed_;  // the pause that `pgcm resume` ended on this host
    std::shared_ptr<bool> alive_;      // for what the disk's thread answers late
    std::vector<Action> rehearsed_;    // what a dry run has told that it would do
    bool stopping_ = false;
    bool stop_when_idle_ = false;
    bool ticked_ = false;                     // it has lived for a scan_period
    bool at_work_ = false;                    // one piece of work other than a fence is carried out
    int working_ = 0;                         // coroutines that carry something out, fences among them
    bool unfinished_ = false;                 // an operation was broken off: by a kill, a fence, a failure
    std::optional<OperationFile> under_way_;  // what the disk said of it, or of the one that runs, when last asked
};

}  // namespace pgcm::loop

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

#include "config/config.hpp"
#include "loop/disk_writer.hpp"
#include "loop/host_watch.hpp"
#include "loop/lock.hpp"
#include "loop/log.hpp"
#include "loop/observer.hpp"
#include "loop/performer.hpp"
#include "loop/publish.hpp"
#include "model/state.hpp"

namespace pgcm::loop {

struct AgentOptions {
    bool acts = true;                                   // false: observes and publishes only
    bool keeps = true;                                  // reads and writes the state directory
    std::function<void(const std::string& line)> tell;  // one NDJSON line a turn where something changed; may be empty
};

// What the agent works with; all of it outlives the agent.
struct Surroundings {
    const Clock& clock;
    Log& log;
    serve::Board& board;
    DiskWriter& disk;
    std::string boot;  // boot_id()
};

class Agent {
  public:
    using MakePerformer = std::function<std::unique_ptr<Performer>(postgres::Resolver& resolver)>;

    Agent(asio::io_context& io, config::Config config, Surroundings around, AgentOptions options,
          HostWatch::Inspect inspect, const MakePerformer& make_performer, State remembered);

    // Every scan_period, and whenever an event tells. Runs until stop().
    asio::awaitable<void> watch();
    // One turn with its actions carried out, for cron. False when one of them failed.
    asio::awaitable<bool> once();
    // Ends watch(): now, leaving an operation to whoever resumes it, or as soon as none runs.
    void stop();
    void stop_when_idle();
    const State& state() const { return state_; }

  private:
    void start_looking();
    void looked(bool changed);
    void turn(const char* event);
    void keep_state();
    void spawn_work(asio::awaitable<void> work);
    void journal(const TurnResult& result, const char* event);
    void tell_changes(const TurnResult& result);
    void schedule(std::optional<BootTime> at);
    asio::awaitable<void> keep_host_current();
    asio::awaitable<void> carry_out(std::vector<Action> actions, View view);
    bool may_finish(const TurnResult& result) const;
    asio::awaitable<void> finish(View view);
    asio::awaitable<bool> carry_out_one(const Action& action, const View& view);
    void failed(const Action& action, const Error& error);
    void add_own_alerts(Alerts& alerts) const;
    bool local_accepts() const;
    bool all_looked_at();
    bool knows_too_little(const View& view) const;

    asio::io_context& io_;
    const config::Config config_;
    Surroundings around_;
    AgentOptions options_;

    Observer observer_;
    HostWatch host_;
    std::unique_ptr<Performer> performer_;  // null where nothing is acted on
    std::optional<FileLock> operation_lock_;

    State state_;
    State stored_;
    struct Failure {
        int in_a_row = 0;
        std::string what;
    };
    std::map<std::string, Failure> failures_;        // by action
    std::shared_ptr<std::atomic<bool>> state_lost_;  // the last write of the state failed
    std::string told_;                               // change_key() of the last turn that was told
    std::map<std::string, std::string> standing_;    // reasons and alerts of that turn; the value is an alert's code
    std::optional<BootTime> kicked_at_;  // answers to questions from before this are not waited for any more
    std::optional<BootTime> acted_at_;   // when the last operation ended
    asio::steady_timer tick_;
    asio::steady_timer again_;
    asio::steady_timer host_tick_;
    asio::cancellation_signal abandon_;
    bool stopping_ = false;
    bool stop_when_idle_ = false;
    bool busy_ = false;        // actions are being carried out
    bool unfinished_ = false;  // an earlier agent was killed in the middle of an operation
};

}  // namespace pgcm::loop

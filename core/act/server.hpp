#pragma once
// The local server's processes: started, stopped for certain, watched.
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "act/internal.hpp"
#include "act/invocation.hpp"
#include "model/error.hpp"
#include "model/local_host.hpp"
#include "model/settings.hpp"
#include "model/time.hpp"

namespace pgcm::act {

enum class StopMode { fast, immediate };

class LocalServer {
  public:
    // `data` outlives it.
    LocalServer(DataDirectory& data, Placeholders placeholders);

    // Starts it as its directory stands, or (`as_is` false) lays standby.signal first. Back as soon as it listens, or
    // as commands.start ended; whether it accepts is for sessions to see. Gives back the postmaster's pid; 0 where
    // commands.start started it out of our sight.
    // Error: refused while a pg_rewind's mark stands (LESSONS 15) or a process of it lives; failed, with what the
    // server said last, when it ended at once; timeout.
    asio::awaitable<Result<int>> start(bool as_is, milliseconds timeout);

    // Comes back when no process of it is left, also when there was none (PROTOCOL: down means that). commands.stop
    // first where there is one (in `immediate` only when no process is in sight); then fast, immediate after a third of
    // the timeout, SIGKILL to every process of it after two thirds (LESSONS 7, 27). Needs no disk. Error: timeout, when
    // something is still left.
    asio::awaitable<Result<void>> stop(StopMode mode, milliseconds timeout);

    // The fence (PROTOCOL, "The primary's duty"): fast at once, immediate from `immediate_at` on, SIGKILL to every
    // process of it from `kill_at` on, again and again. What is past is done at once. Comes back when no process of it
    // is left. Needs no disk and no child process; only where no process is in sight and there is a commands.stop (a
    // container), that has until `give_up_at`. Error: timeout, when something is left at `give_up_at`; in a
    // container, what the command failed with.
    asio::awaitable<Result<void>> fence(BootTime immediate_at, BootTime kill_at, BootTime give_up_at);

    // True when no process of it is left by then.
    asio::awaitable<bool> wait_gone(milliseconds timeout);

    // Comes back as soon as that process has ended; at once when there is none. It need not be our child.
    asio::awaitable<void> death_watch(int pid);

    // Waits until the process that postmaster.pid names is no zombie any more, at most so long: a server that was
    // killed keeps its number until its parent takes leave of it, and another one (--single too) would not start.
    asio::awaitable<void> last_one_buried(BootTime deadline);

    // By commands.status where it is configured, else by the processes.
    asio::awaitable<Result<Process>> status(milliseconds timeout);

    DataDirectory& data() { return data_; }
    const ServerSettings& settings() const { return data_.settings(); }

  private:
    asio::awaitable<Result<int>> start_built_in(milliseconds timeout);
    asio::awaitable<Result<int>> start_by_command(milliseconds timeout);
    // The command ends by `deadline`; whether one that failed has left nothing is found out by `known_by`.
    asio::awaitable<Result<void>> stop_by_command(BootTime deadline, BootTime known_by, milliseconds grace);
    asio::awaitable<Result<void>> bring_down(BootTime immediate_at, BootTime kill_at, BootTime give_up_at);
    asio::awaitable<void> one_ends_before(BootTime limit);
    asio::awaitable<Error> early_end(Error error);
    std::vector<int> processes() const;
    bool gone() const;
    void shut_down_fast() const;

    DataDirectory& data_;
    Placeholders placeholders_;
};

// Waits on the loop.
asio::awaitable<void> pause_for(milliseconds duration);

}  // namespace pgcm::act

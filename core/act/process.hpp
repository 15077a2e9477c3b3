#pragma once
// Programs as coroutines: bounded in time and output, never left behind.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "act/invocation.hpp"
#include "model/error.hpp"

namespace pgcm::act {

namespace asio = boost::asio;
struct Spawned;

// How a program ended.
struct Outcome {
    int exit_status = -1;  // -1 when a signal ended it, or nothing did yet
    int signal = 0;
    bool timed_out = false;  // it was ended by us: over its time, or silent for too long
    bool abandoned = false;  // not even SIGKILL ended it in time (a hung disk); it is reaped when it does end
    bool truncated = false;  // the beginning of output or errors was dropped
    std::string output;      // the last 64 KiB
    std::string errors;      // the last 64 KiB

    bool ok() const { return exit_status == 0 && !timed_out; }
    // The last line that says something, of errors before output; passwords masked. For error texts.
    std::string last_words() const;
};

// Runs it to its end. Past its timeout, and when the coroutine is cancelled, the whole process group gets SIGTERM, and
// SIGKILL after `grace`; it comes back at most 250 ms later even when the process cannot be killed. What a program
// without detached_children leaves behind in its group is killed when it ends. It dies with the thread that called,
// should that die first (PR_SET_PDEATHSIG).
// Error: it could not be started (the binary is named, with a hint); interrupted, when cancelled. A program that ran
// and failed is an Outcome.
asio::awaitable<Result<Outcome>> run(Invocation invocation);

// An outcome that is not ok() as an Error: "pg_rewind failed: its last words"; timeout when timed_out.
Error to_error(const Outcome& outcome, const Invocation& invocation);

// A program that goes on while we do something else, and outlives us. Letting go of it leaves it running.
class Launched {
  public:
    Launched(Launched&&) noexcept;
    Launched& operator=(Launched&&) = delete;
    ~Launched();
    int pid() const { return pid_; }
    // Asks the system, never waits. What came of it: exited, killed, or never became the program. Empty: it runs.
    std::optional<Error> ended();

  private:
    friend Result<Launched> launch(const Invocation& invocation);
    Launched(Spawned child, Invocation invocation);
    int pid_ = 0;
    std::unique_ptr<Spawned> child_;
    Invocation invocation_;
};
// Needs detached_children and log_file.
Result<Launched> launch(const Invocation& invocation);

// Takes leave of children that ended after nobody waited for them any more: launched ones, abandoned ones.
// Until then they are zombies, which a starting postmaster takes for a living one.
void reap_ended();

}  // namespace pgcm::act

#pragma once
// The guard: a process of its own that stops the local server when its deadline passes, because the agent is dead,
// stuck or late (PROTOCOL, "The primary's duty"). It holds nothing but that deadline, and needs no disk, no network and
// no memory beyond what it has at its start.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "act/descriptor.hpp"
#include "model/error.hpp"
#include "model/time.hpp"

namespace pgcm::act {

struct GuardOrders;

// argv[1] by which pgcm's binary becomes the guard.
inline constexpr std::string_view guard_command = "internal-guard";

// The guard's whole life; `arguments` are those after guard_command. Returns the exit status.
int run_guard(std::span<char* const> arguments);

// The agent's end of it. One at a time: where a predecessor's guard is still about, see retire_guard().
class Guard {
  public:
    // Disarmed at first. Comes back when the guard has taken its place, for which it waits 5 s at most; blocks.
    // `real_data_dir` has its symbolic links resolved. `program` is the binary whose main() knows guard_command.
    // Error: it could not be started, with what it said.
    static Result<Guard> start(std::string real_data_dir, std::string program = "/proc/self/exe");

    Guard(Guard&& other) noexcept;
    Guard& operator=(Guard&& other) noexcept;
    // While disarmed: the guard ends with it. While armed it lives on: until the deadline, then it stops the server and
    // ends. Nobody can move that deadline any more; whoever goes on retires it.
    ~Guard();

    // From `immediate_at` on the server is shut down immediately, from `kill_at` on every process of it is killed,
    // again and again until none is left. Then the guard is disarmed. Replaces what was ordered before, also while it
    // acts. Fractions of a millisecond are dropped; a kill_at more than 4 h after immediate_at comes earlier.
    // Never blocks; deadlines that are moved on cost no system call.
    void arm(BootTime immediate_at, BootTime kill_at);
    void disarm();

    // Neither disarmed nor done.
    bool armed() const;
    // How often it has had to act: grows before the first signal of each time.
    std::uint32_t acted() const;
    // Grows with each look at its orders. It looks when it is woken (armed, or a deadline moved forward), and when the
    // deadline is reached that it saw last: one that does not is stopped or starved.
    std::uint32_t looks() const;
    // False once it has ended; it does not by itself while the agent lives.
    bool alive() const;

    // For the run file: what tells it from a later process of the same number (ticks since boot, /proc/PID/stat 22).
    int pid() const { return pid_; }
    std::uint64_t start_ticks() const { return start_ticks_; }

  private:
    Guard() = default;
    void order(std::uint64_t deadlines);
    void let_go();

    GuardOrders* orders_ = nullptr;  // the shared mapping
    Descriptor wake_;                // eventfd: look at once
    Descriptor process_;             // pidfd
    int pid_ = 0;
    std::uint64_t start_ticks_ = 0;
};

// Ends the guard of an agent that is gone: SIGKILL if that process is the one that began then, and a guard. The
// successor arms its own before. True when it was one, and has ended; false when there is none any more.
// Blocks, for a moment as a rule and 1 s at most. Error: it cannot be signalled, or did not end.
Result<bool> retire_guard(int pid, std::uint64_t start_ticks);

}  // namespace pgcm::act

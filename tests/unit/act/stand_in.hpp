#pragma once
// A stand-in for a server, where what matters is its processes: the test's own binary under the name of postgres.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "act/guard.hpp"
#include "act/spawn.hpp"
#include "support.hpp"

namespace pgcm::act::test {

// How it takes signals, and what it does besides.
struct Manners {
    int children = 2;
    bool heeds_fast = true;       // SIGINT: it ends its children, waits for them and ends
    bool heeds_immediate = true;  // SIGQUIT: likewise; its children heed it, too
    bool goes_on_forking = false;
};

class StandIn {
  public:
    StandIn(const TemporaryDirectory& directory, const std::string& name);
    ~StandIn();  // leaves no process
    StandIn(const StandIn&) = delete;
    StandIn& operator=(const StandIn&) = delete;

    void start(const Manners& manners = {});
    bool gone() const;
    bool ends() const;      // waits for it
    void stop_all() const;  // SIGSTOP, and waits until each has stopped

    std::string data_dir;
    int postmaster = 0;
    std::vector<int> children;

  private:
    std::string program_;
};

// An agent that starts a guard, arms it where deadlines are given, and does nothing more.
class StandInAgent {
  public:
    explicit StandInAgent(const std::string& data_dir, BootTime immediate_at = {}, BootTime kill_at = {});
    ~StandInAgent();  // kills what is left, its guard too
    StandInAgent(const StandInAgent&) = delete;
    StandInAgent& operator=(const StandInAgent&) = delete;

    void kill();  // SIGKILL, and waits for its end

    int guard_pid = 0;
    std::uint64_t guard_start = 0;

  private:
    Spawned process_;
};

BootTime boot_now();
// Polls until it is true; false when that takes too long.
bool until(const std::function<bool()>& condition);
// The process state of /proc/PID/stat; ' ' when there is no such process.
char state_of(int pid);
bool ended(int pid);

// The stand-ins' whole lives; -1 when argv is none.
int run_stand_in(int argc, char** argv);

}  // namespace pgcm::act::test

#pragma once
// SIGTERM, SIGINT and SIGHUP, in the order of their coming. Caught from beginning to end, while an asio::signal_set
// would live and die with one life of the agent: none is lost, counted twice, or deadly between two lives.
#include <optional>

namespace pgcm::loop {

class Signals {
  public:
    // One at a time in a process. Throws std::system_error when the system has no pipe to give.
    Signals();
    ~Signals();  // the system's own way again, unless the process ends
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    // Readable while a signal waits to be taken.
    int fd() const { return read_end_; }
    // The one that came first of those not taken yet. Never blocks.
    std::optional<int> take();
    // For the rest of the process, which ends: SIGTERM and SIGINT end it as if nobody had asked for them, and a late
    // SIGHUP, which would make a clean end look like a crash, is ignored.
    void let_end();

  private:
    int read_end_ = -1;
    bool ending_ = false;
};

}  // namespace pgcm::loop

#pragma once
// A running child on the loop: its output collected, its deadline kept, its end noticed.
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "act/process.hpp"
#include "act/spawn.hpp"

namespace pgcm::act {

// All of it happens on the executor's one thread. Pending operations keep it alive.
class Child : public std::enable_shared_from_this<Child> {
  public:
    Child(const asio::any_io_executor& executor, Invocation invocation, Spawned spawned);
    ~Child();  // kills what still runs
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void begin();
    // SIGTERM to the group, SIGKILL after the grace, and then no more waiting.
    void terminate();
    bool over() const { return over_; }
    // Never expires; cancelled whenever over() becomes true.
    asio::steady_timer& news() { return news_; }
    // Once over: how it went.
    Result<Outcome> result();

  private:
    struct Stream {
        explicit Stream(const asio::any_io_executor& executor) : descriptor(executor) {}
        asio::posix::stream_descriptor descriptor;
        std::array<char, 16384> buffer{};
        std::string text;  // what was read, cut at the front
        std::string line;  // the line that is not complete yet
        bool truncated = false;
    };

    void read(Stream& stream);
    void take(Stream& stream, std::string_view piece);
    void drain(Stream& stream);
    void close(Stream& stream);
    void watch_silence();
    void ended();
    void kill_group(int signal) const;
    void abandon();
    void finish();

    Invocation invocation_;
    Spawned spawned_;
    Stream output_, errors_;
    asio::posix::stream_descriptor process_;
    asio::steady_timer limit_, silence_, news_;
    Outcome outcome_;
    std::optional<Error> exec_error_;
    bool over_ = false;
    bool reaped_ = false;
    bool terminating_ = false;
    unsigned silence_round_ = 0;  // of the armed timer: a word may come when it has just expired
};

// Hands a child over to reap_ended().
void reap_later(int pid);

}  // namespace pgcm::act

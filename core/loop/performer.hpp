#pragma once
// What carries out a decision. The loop knows only this; the real one is made of act/, a dry one reports and does
// nothing, a simulation brings its own.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "loop/judge.hpp"
#include "model/decision.hpp"
#include "model/error.hpp"
#include "model/operation.hpp"
#include "model/view.hpp"

namespace pgcm::loop {

namespace asio = boost::asio;

// What a promotion is made under; judged and read in its last moment.
struct Mandate {
    std::function<bool()> allowed;  // empty: it is
    std::function<Term()> term;
    std::function<void(const NodeName& to)> hand_over{};  // the server is proven stopped: the lease goes there
    std::function<bool()> hands_over{};                   // it still does
};

class Performer {
  public:
    virtual ~Performer() = default;
    // Carries it out to its end; what was done, in words. May take long, and may be cancelled.
    virtual asio::awaitable<Result<std::string>> perform(Action action, View view) = 0;

    virtual void set_mandate(Mandate mandate) = 0;
    // Stops the local server until no process of it is left, by these times: before the guard has to.
    virtual asio::awaitable<Result<std::string>> fence(GuardTimes times) = 0;

    // Puts a complete clone in the place of a data directory that is missing: whoever did so before was killed between
    // the two renames. True when there was one.
    virtual asio::awaitable<Result<bool>> finish_swap() = 0;
    // What is under way on this node, or was when an agent before this one was killed. Empty, too, when the disk does
    // not tell within the patience.
    virtual asio::awaitable<std::optional<OperationFile>> under_way(milliseconds patience) = 0;
    // Does the rest of it; `view` shows the local node as primary, or as a standby that streams. In words, what it was.
    virtual asio::awaitable<Result<std::string>> finish(View view) = 0;
};

}  // namespace pgcm::loop

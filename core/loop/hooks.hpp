#pragma once
// [hooks]: what the configuration wants to be run when something happens, and asked before a promotion. Nothing waits
// for on_event; before_promote is waited for, for hooks.timeout at most.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "act/process.hpp"
#include "config/config.hpp"
#include "loop/log.hpp"
#include "model/deed.hpp"
#include "model/facts.hpp"

namespace pgcm::loop {

class Hooks {
  public:
    // What a hook prints and how it fails goes there.
    using Say = std::function<void(Level level, const std::string& text, const Facts& facts)>;

    // The configuration and the clock outlive it; all of it happens on the executor's one thread.
    Hooks(act::asio::any_io_executor executor, const config::Config& config, const Clock& clock, Say say);

    // Queues the event for on_event, one run after the other. Past 100 that wait, the oldest is dropped, which is a
    // failure. `name`: "before_promote", "after_fence", "alert_raised"; the facts stand beside it in the JSON.
    void tell(const std::string& name, Facts facts = {});
    // The same for something that is done: before_ when it begins, after_ when it ended. Steps are not told.
    void tell(const Deed& deed);

    // A promotion may go on: before_promote said so a moment ago, or is not configured. What it was decided from is to
    // be looked at anew after the hook was asked.
    bool permits(BootTime now) const;
    // Runs before_promote. What it says against the promotion: the first line of its output, of a run that ended with
    // another status than 0. Empty: nothing. A hook that cannot be run, is killed or does not answer in time has no
    // veto: it must not keep a cluster without a primary for ever. That is a failure.
    act::asio::awaitable<std::optional<std::string>> ask();

    // The last run that did not go well, until one of the same hook does.
    struct Failure {
        std::string hook, event, message;
    };
    const std::optional<Failure>& failure() const { return failure_; }

    bool idle() const { return !running_ && waiting_.empty(); }
    // All that was told has been run.
    act::asio::awaitable<void> settled();
    // Ends the run in progress, and forgets what waits.
    void stop();
    std::function<void()> when_idle;  // called whenever it becomes so; may be empty

  private:
    struct Event {
        std::string name, json;
    };
    act::asio::awaitable<void> work();
    act::asio::awaitable<Result<act::Outcome>> run(const Command& command, const std::string& hook, Event event);
    void failed(const std::string& hook, const std::string& event, const Error& error);
    void went_well(const std::string& hook);
    Event event_of(const std::string& name, const Facts& facts) const;

    act::asio::any_io_executor executor_;
    const config::Config& config_;
    const Clock& clock_;
    Say say_;
    std::deque<Event> waiting_;
    std::optional<Failure> failure_;
    std::optional<BootTime> permitted_at_;
    bool running_ = false;
    bool stopped_ = false;
    act::asio::cancellation_signal end_;
    act::asio::steady_timer news_;
};

}  // namespace pgcm::loop

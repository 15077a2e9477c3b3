// What an agent does about a decision.
#include <boost/asio/use_awaitable.hpp>

#include "loop/agent.hpp"
#include "report/words.hpp"

namespace pgcm::loop {

// Where a swap of directories was cut short there is no data directory to decide about; what is missing without a clone
// beside it may be a disk that was not mounted, and waits for a person.
asio::awaitable<void> Agent::look_at_host(bool at_directory) {
    co_await host_.look(at_directory);
    if (!at_directory || host_.latest().lineup != Lineup::empty || at_work_ || stopping_) co_return;
    if (operation_lock_ && !operation_lock_->try_lock("watch")) co_return;
    at_work_ = true;
    const auto finished = co_await performer_->finish_swap();
    at_work_ = false;
    if (operation_lock_) operation_lock_->unlock();
    if (finished && !*finished) co_return;
    unfinished_ = true;
    around_.log.say(finished ? Level::info : Level::error, "operation",
                    finished ? "put the clone in place, which somebody was killed over" : finished.error().what,
                    {{"step", "finish"}});
    co_await host_.look(true);
}

asio::awaitable<bool> Agent::carry_out_one(const Action& action, const View& view) {
    const std::string name{name_of(action.kind)};
    around_.log.say(Level::info, "operation", report::words(action), {{"action", name}, {"step", "begins"}});
    judge_.begins(action, around_.clock.now());
    const auto began = around_.clock.now();
    const auto done = co_await performer_->perform(action, view);
    const auto* error = done ? nullptr : &done.error();
    judge_.ends(action, error, around_.clock.now());
    if (!done) {
        if (error->code == ErrorCode::interrupted) co_return false;
        // Its attempts are counted on disk, until the node is seen to have come through after all.
        if (action.kind == ActionKind::rejoin) unfinished_ = true;
        const auto& failure = judge_.failures().at(name);
        around_.log.say(
            Level::error, "operation", name + " failed: " + error->what,
            {{"action", name}, {"hint", error->hint}, {"again_in_ms", std::int64_t{failure.pause.count()}}});
        co_return false;
    }
    around_.log.say(
        Level::info, "operation", *done,
        {{"action", name}, {"step", "done"}, {"took_ms", std::int64_t{to_ms(around_.clock.now() - began).count()}}});
    co_return true;
}

asio::awaitable<void> Agent::carry_out(std::vector<Action> actions, View view) {
    // A command by hand works on this node: it goes first.
    if (operation_lock_ && !operation_lock_->try_lock("watch")) {
        around_.log.say(Level::info, "operation", "another pgcm works on this node; waiting for it");
        asio::steady_timer pause(io_, config_.policy.scan_period);
        co_await pause.async_wait(asio::use_awaitable);
        co_return;
    }
    for (const auto& action : actions)
        if (!co_await carry_out_one(action, view)) break;
    if (operation_lock_) operation_lock_->unlock();
    if (!local_accepts()) co_await host_.look(true);
}

// Proven when no process of the server is left; then its directory is looked at, and what was seen of it decides.
asio::awaitable<void> Agent::fence(Action action, GuardTimes times) {
    const auto began = around_.clock.now();
    around_.log.say(Level::error, "fence", report::words(action), {{"action", "fence"}, {"step", "begins"}});
    judge_.begins(action, began);
    const auto done = co_await performer_->fence(times);
    judge_.ends(action, done ? nullptr : &done.error(), around_.clock.now());
    around_.log.say(done ? Level::info : Level::error, "fence", done ? *done : done.error().what,
                    {{"action", "fence"},
                     {"step", done ? "done" : "failed"},
                     {"took_ms", std::int64_t{to_ms(around_.clock.now() - began).count()}}});
    co_await host_.look(true);
}

}  // namespace pgcm::loop

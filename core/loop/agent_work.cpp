// What an agent does about a decision.
#include <boost/asio/use_awaitable.hpp>

#include "loop/agent.hpp"
#include "report/words.hpp"

namespace pgcm::loop {

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
        Facts facts{{"action", name}, {"hint", error->hint}};
        if (const auto failure = judge_.failures().find(name); failure != judge_.failures().end())
            facts.push_back({"again_in_ms", std::int64_t{failure->second.pause.count()}});
        around_.log.say(Level::error, "operation", name + " failed: " + error->what, std::move(facts));
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

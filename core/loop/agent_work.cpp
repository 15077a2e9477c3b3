// What an agent does about a decision.
#include <boost/asio/use_awaitable.hpp>

#include "loop/agent.hpp"
#include "report/words.hpp"

namespace pgcm::loop {
namespace {

DeedState state_of(const Error* error) {
    if (error == nullptr) return DeedState::done;
    return error->code == ErrorCode::interrupted ? DeedState::interrupted : DeedState::failed;
}

}  // namespace

// What was done goes into the journal, and to the hooks.
void Agent::note(Deed deed) {
    deed.node = *config_.local;
    if (hooks_) hooks_->tell(deed);
    chronicle_.did(std::move(deed));
}

// A failing hook is not told to the hook that fails.
void Agent::tell_alert(const std::string& event, const Alert& alert) {
    if (!hooks_ || alert.code == AlertCode::hook_failed) return;
    Facts facts{{"alert", std::string(name_of(alert.code))}, {"severity", std::string(name_of(alert.severity))}};
    if (alert.node) facts.push_back({"about", alert.node->str()});
    facts.push_back({"text", report::words(alert)});
    hooks_->tell(event, std::move(facts));
}

// After the answer of before_promote all is looked at and decided anew: it may have taken long.
asio::awaitable<bool> Agent::permitted(const Action& action) {
    if (action.kind != ActionKind::promote || !hooks_ || hooks_->permits(around_.clock.now())) co_return true;
    const auto began = around_.clock.now();
    around_.log.say(Level::info, "hook", "before_promote is asked", {{"hook", "before_promote"}});
    const auto why = co_await hooks_->ask();
    judge_.vetoed(why, around_.clock.now());
    if (why)
        around_.log.say(Level::warning, "hook", "before_promote holds the promotion back: " + *why,
                        {{"hook", "before_promote"}});
    note({{},
          {},
          "promote",
          "before_promote",
          why ? DeedState::failed : DeedState::done,
          to_ms(around_.clock.now() - began),
          why.value_or("it may go on"),
          {}});
    co_return false;
}

asio::awaitable<bool> Agent::carry_out_one(const Action& action, const View& view) {
    const std::string name{name_of(action.kind)};
    around_.log.say(Level::info, "operation", report::words(action), {{"action", name}, {"step", "begins"}});
    judge_.begins(action, around_.clock.now());
    const auto began = around_.clock.now();
    note({{}, {}, name, {}, DeedState::begins, milliseconds{0}, report::words(action), {}});
    const auto done = co_await performer_->perform(action, view);
    const auto* error = done ? nullptr : &done.error();
    judge_.ends(action, error, around_.clock.now());
    const auto took = to_ms(around_.clock.now() - began);
    note({{}, {}, name, {}, state_of(error), took, done ? *done : error->what, {}});
    if (!done) {
        if (error->code == ErrorCode::interrupted) co_return false;
        const auto& failure = judge_.failures().at(name);
        around_.log.say(
            Level::error, "operation", name + " failed: " + error->what,
            {{"action", name}, {"hint", error->hint}, {"again_in_ms", std::int64_t{failure.pause.count()}}});
        co_return false;
    }
    around_.log.say(Level::info, "operation", *done,
                    {{"action", name}, {"step", "done"}, {"took_ms", std::int64_t{took.count()}}});
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
        if (!co_await permitted(action) || !co_await carry_out_one(action, view)) break;
    if (operation_lock_) operation_lock_->unlock();
    if (!local_accepts()) co_await host_.look(true);
}

// Proven when no process of the server is left; then its directory is looked at, and what was seen of it decides.
asio::awaitable<void> Agent::fence(Action action, GuardTimes times) {
    const auto began = around_.clock.now();
    around_.log.say(Level::error, "fence", report::words(action), {{"action", "fence"}, {"step", "begins"}});
    judge_.begins(action, began);
    note({{}, {}, "fence", {}, DeedState::begins, milliseconds{0}, report::words(action), {}});
    const auto done = co_await performer_->fence(times);
    const auto* error = done ? nullptr : &done.error();
    judge_.ends(action, error, around_.clock.now());
    const auto took = to_ms(around_.clock.now() - began);
    note({{}, {}, "fence", {}, state_of(error), took, done ? *done : error->what, {}});
    around_.log.say(done ? Level::info : Level::error, "fence", done ? *done : done.error().what,
                    {{"action", "fence"}, {"step", done ? "done" : "failed"}, {"took_ms", std::int64_t{took.count()}}});
    co_await host_.look(true);
}

}  // namespace pgcm::loop

// What an agent does about a decision.
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "loop/agent.hpp"
#include "report/words.hpp"

namespace pgcm::loop {
namespace {

DeedState state_of(const Error* error) {
    if (error == nullptr) return DeedState::done;
    return error->code == ErrorCode::interrupted ? DeedState::interrupted : DeedState::failed;
}

}  // namespace

// A dry run tells once what it would do, until something else is decided.
std::vector<Action> Agent::to_begin(const TurnResult& result) {
    if (!options_.acts) return {};
    auto actions = judge_.to_begin(result.view, result.decision);
    if (!options_.dry_run) return actions;
    if (at_work_ || (!result.decision.actions.empty() && actions.empty())) return {};
    if (std::exchange(rehearsed_, actions) == actions) return {};
    return actions;
}

// Nothing comes of it, so that the judge hears nothing of it.
asio::awaitable<void> Agent::rehearse(std::vector<Action> actions, View view) {
    const GuardTimes now{around_.clock.now(), around_.clock.now()};
    for (const auto& action : actions) {
        const std::string name{name_of(action.kind)};
        Result<std::string> told = fail("nothing");
        if (action.kind == ActionKind::fence)
            told = co_await performer_->fence(now);
        else
            told = co_await performer_->perform(action, view);
        around_.log.say(Level::info, "operation", report::words(action) + "; " + (told ? *told : told.error().what),
                        {{"action", name}, {"step", "dry run"}});
    }
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

asio::awaitable<bool> Agent::look_at_operation() {
    constexpr milliseconds patience = 5s;
    auto seen = co_await performer_->under_way(patience);
    const bool is_new = seen != under_way_;
    under_way_ = std::move(seen);
    co_return is_new;
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
        // Its attempts are counted on disk, until the node is seen to have come through after all.
        if (action.kind == ActionKind::rejoin) unfinished_ = true;
        Facts facts{{"action", name}, {"hint", error->hint}};
        if (const auto failure = judge_.failures().find(name); failure != judge_.failures().end())
            facts.push_back({"again_in_ms", std::int64_t{failure->second.pause.count()}});
        around_.log.say(Level::error, "operation", report::words(action) + " failed: " + error->what, facts);
        co_return false;
    }
    around_.log.say(Level::info, "operation", report::words(action) + "; " + *done,
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
    if (under_way_ || unfinished_) co_await look_at_operation();
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

// As the primary, or streaming from it: then what was begun can be finished.
bool Agent::has_come_through(const View& view) const {
    const auto serving = primaries(view, cluster_system(view, judge_.state().system_identifier));
    const auto* local = view.local ? view.find(*view.local) : nullptr;
    if (local == nullptr || serving.size() != 1) return false;
    return serving.front() == local ||
           (accepts_as(Role::standby, *local) && streams(*local, *serving.front(), config_.policy));
}

asio::awaitable<void> Agent::finish(View view) {
    unfinished_ = false;
    if (operation_lock_ && !operation_lock_->try_lock("watch")) co_return;
    const auto done = co_await performer_->finish(view);
    if (operation_lock_) operation_lock_->unlock();
    co_await look_at_operation();
    around_.log.say(done ? Level::info : Level::error, "operation", done ? *done : done.error().what,
                    {{"step", "finish"}});
}

}  // namespace pgcm::loop

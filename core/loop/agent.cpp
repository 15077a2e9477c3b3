#include "loop/agent.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "decide/decide.hpp"
#include "loop/resumed.hpp"
#include "loop/service.hpp"
#include "loop/state_store.hpp"
#include "model/assert.hpp"
#include "view/assess.hpp"
#include "view/remember.hpp"

namespace pgcm::loop {
namespace {

constexpr milliseconds inventory_period = 60s;
void rethrow(const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
}

}  // namespace

Agent::Agent(asio::io_context& io, config::Config config, Surroundings around, AgentOptions options,
             HostWatch::Inspect inspect, HostWatch::Gone gone, const MakePerformer& make_performer, State remembered)
    : io_(io),
      config_(std::move(config)),
      around_(std::move(around)),
      options_(std::move(options)),
      observer_(io.get_executor(), config_, around_.clock, {},
                options_.acts && !options_.dry_run ? Observer::As::agent : Observer::As::command),
      host_(config_, around_.clock, observer_.resolver(), std::move(inspect), std::move(gone)),
      performer_(make_performer(observer_.resolver())),
      chronicle_(around_.disk, around_.clock, options_.keeps ? config_.state_dir : ""),
      judge_(config_.policy, std::move(remembered), around_.inherited),
      stored_(judge_.state()),
      state_lost_(std::make_shared<std::atomic<bool>>(false)),
      tick_(io),
      again_(io),
      host_tick_(io),
      alive_(std::make_shared<bool>(true)) {
    if (judge_.lease() != nullptr && options_.acts)
        leadership_ =
            std::make_unique<Leadership>(io, config_,
                                         Leadership::Surroundings{around_.clock, around_.log, around_.disk,
                                                                  around_.boot, around_.guard, options_.dry_run},
                                         observer_.resolver(), judge_, [this](bool look) {
                                             if (look) {
                                                 kicked_at_ = around_.clock.now();
                                                 observer_.prober().kick();
                                             }
                                             turn("lease");
                                         });
    if (performer_ && leadership_)
        performer_->set_mandate({[this] { return judge_.may_promote(around_.clock.now()); },
                                 [this] { return judge_.lease()->seen(around_.clock.now()).term; },
                                 [this](const NodeName& to) {
                                     judge_.hands_over_to(to, around_.clock.now());
                                     turn("hand over");
                                 },
                                 [this] { return judge_.hands_over(); }});
    if (options_.hooks) {
        hooks_ = std::make_unique<Hooks>(io.get_executor(), config_, around_.clock,
                                         [this](Level level, const std::string& text, const Facts& facts) {
                                             around_.log.say(level, "hook", text, facts);
                                         });
        hooks_->when_idle = [this] {
            if (may_stop_when_idle()) stop();
        };
    }
    if (!options_.keeps) return;
    if (auto lock = FileLock::open(config_.state_dir + "/operation.lock"))
        operation_lock_ = std::move(*lock);
    else
        around_.log.say(Level::error, "state", lock.error().what);
}

bool Agent::local_accepts() const {
    const auto* local = config_.local ? observer_.prober().latest(*config_.local) : nullptr;
    return local == nullptr || local->reach == Reach::accepting;
}

// --- the turn

// Before every node was looked at once there is nothing to judge.
bool Agent::all_looked_at() {
    const auto nodes = observer_.prober().observations();
    return std::none_of(nodes.begin(), nodes.end(),
                        [](const Observation& node) { return node.reach == Reach::unknown; });
}

View Agent::look() const {
    auto view = observer_.view(performer_ ? std::optional(host_.latest()) : std::nullopt);
    if (view.host) view.host->resumed = resumed_;
    view.operation = under_way_;
    return view;
}

void Agent::turn(const char* event) {
    if (stopping_ || !all_looked_at()) return;
    const auto began = around_.clock.now();
    const bool had_primary = !judge_.state().no_primary_since;
    TurnResult result;
    result.view = look();
    result.decision = judge_.turn(result.view, std::uniform_real_distribution<double>{}(dice_));
    if (leadership_) leadership_->after_turn(judge_.state().serving_since.has_value());
    auto actions = to_begin(result);
    // Nothing comes before a fence.
    if (!actions.empty() && actions.front().kind == ActionKind::fence) begin(std::exchange(actions, {}), result.view);
    const bool through = has_come_through(result.view);
    if (through) judge_.came_through(result.decision);
    result.alerts = view::assess(result.view, config_.policy);
    add_own_alerts(result.alerts);
    result.verdict = view::verdict(result.view, result.alerts);

    around_.board.publish(seen(result, judge_.state(), config_.policy, around_.turns));
    tell_alive();
    if (auto key = change_key(result); key != told_) {
        chronicle_.decided({result.view, judge_.state(), config_.policy, 0, result.decision, event});
        tell_changes(result);
        told_ = std::move(key);
    }
    keep_state();
    schedule(result.decision.look_again_at);
    around_.turns.add(around_.clock.now() - began);
    // What the others had received before the primary was lost tells nothing: ask them again now.
    if (had_primary && judge_.state().no_primary_since) {
        kicked_at_ = result.view.at;
        observer_.prober().kick();
    }
    if (at_work_) return;  // its end calls for a look, and that for a turn
    if (!actions.empty())
        begin(std::move(actions), std::move(result.view));
    else if (options_.acts && unfinished_ && through)
        spawn_work(finish(std::move(result.view)));
}

void Agent::begin(std::vector<Action> actions, View view) {
    if (options_.dry_run) return spawn_work(rehearse(std::move(actions), std::move(view)));
    if (actions.front().kind == ActionKind::fence) {
        if (at_work_) abandon_.emit(asio::cancellation_type::terminal);
        unfinished_ = unfinished_ || at_work_;
        const auto times = judge_.guard().value_or(GuardTimes{around_.clock.now(), around_.clock.now()});
        ++working_;
        asio::co_spawn(io_, fence(std::move(actions.front()), times), [this](const std::exception_ptr& bug) {
            --working_;
            if (bug && !stopping_) std::rethrow_exception(bug);
            after_work();
        });
        return;
    }
    // From here on it is busy, also before the coroutine runs.
    judge_.begins(actions.front(), around_.clock.now());
    spawn_work(carry_out(std::move(actions), std::move(view)));
}

// One piece of work at a time, but for a fence; stop() and a fence abandon it. A second one would take over the first
// one's place in the cancellation signal, and leave it with a handler that is gone.
void Agent::spawn_work(asio::awaitable<void> work) {
    PGCM_ASSERT(!at_work_);
    at_work_ = true;
    ++working_;
    asio::co_spawn(io_, std::move(work),
                   asio::bind_cancellation_slot(abandon_.slot(), [this](const std::exception_ptr& bug) {
                       at_work_ = false;
                       --working_;
                       if (operation_lock_) operation_lock_->unlock();  // what was abandoned did not come so far
                       judge_.idle(around_.clock.now());
                       if (bug && !stopping_ && !judge_.state().fencing_since) std::rethrow_exception(bug);
                       after_work();
                   }));
}

void Agent::after_work() {
    if (may_stop_when_idle()) return stop();
    if (stopping_) return;
    kicked_at_ = around_.clock.now();
    observer_.prober().kick();
    host_tick_.cancel();
}

void Agent::looked(bool changed) {
    // After a kick every answer may be the one that a decision waits for.
    const bool awaited = kicked_at_ && around_.clock.now() - *kicked_at_ <= config_.policy.probe_timeout;
    if (!awaited) kicked_at_.reset();
    if (!changed && !awaited && !told_.empty()) return;
    if (changed && !local_accepts()) host_tick_.cancel();
    turn(changed ? "changed" : "answered");
}

void Agent::schedule(std::optional<BootTime> at) {
    if (!at) {
        again_.cancel();
        return;
    }
    again_.expires_after(std::max<nanoseconds>(*at - around_.clock.now(), milliseconds{1}));
    again_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopping_) return;
        kicked_at_ = around_.clock.now();
        observer_.prober().kick();
        turn("timer");
    });
}

void Agent::keep_state() {
    if (!options_.keeps || !view::worth_storing(stored_, judge_.state())) return;
    stored_ = judge_.state();
    const auto submitted =
        around_.disk.submit([directory = config_.state_dir, text = state_document(judge_.state(), around_.boot),
                             &log = around_.log, lost = state_lost_] {
            const auto stored = store_state(directory, text);
            if (!stored) log.say(Level::error, "state", stored.error().what);
            *lost = !stored.has_value();
        });
    if (!submitted) *state_lost_ = true;
}

// --- running

// While the cluster is paused.
void Agent::look_for_resume() {
    if (!performer_ || !judge_.state().pause) return;
    around_.disk.submit([this, directory = config_.state_dir, &io = io_, alive = std::weak_ptr(alive_)] {
        asio::post(io, [this, alive, resumed = read_resumed(directory)] {
            if (alive.expired() || stopping_ || resumed == resumed_) return;
            resumed_ = resumed;
            turn("resumed");
        });
    });
}

// Looks at the host at its own pace, and sooner when the local server is gone.
asio::awaitable<void> Agent::keep_host_current() {
    while (!stopping_) {
        const auto before = host_.latest();
        // A primary that died tells so itself: with a lease in hand all that is to be known is that nothing is left.
        const bool was_primary = leadership_ && !local_accepts() && judge_.state().serving_since;
        if (!was_primary || !co_await host_.see_death(judge_.state().last_timeline))
            co_await look_at_host(!local_accepts());
        const bool got_on = (at_work_ || unfinished_) && co_await look_at_operation();
        const auto& now = host_.latest();
        if (before.looked_at != now.looked_at || before.network != now.network || got_on) turn("host");
        look_for_resume();
        if (stopping_) co_return;
        host_tick_.expires_after(beat_.until_next(around_.clock.now()));
        boost::system::error_code ignored;
        co_await host_tick_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void Agent::start_looking() {
    observer_.prober().start(beat_, inventory_period, [this](std::size_t, bool changed) { looked(changed); });
}

asio::awaitable<void> Agent::watch() {
    if (performer_) {
        co_await look_at_host(true);
        under_way_ = co_await performer_->under_way(config_.command_timeout);
        unfinished_ = under_way_.has_value();
    }
    // What is begun after stop() has nobody to end it, and would keep the next life waiting.
    if (stopping_) co_return;
    if (leadership_)
        if (auto started = leadership_->start(); !started) {
            around_.log.say(Level::error, "lease", started.error().what, {{"hint", started.error().hint}});
            co_return stop();
        }
    beat_ = {around_.clock.now(), config_.policy.scan_period};
    start_looking();
    if (performer_) asio::co_spawn(io_, keep_host_current(), rethrow);
    tell_ready();
    while (!stopping_) {
        tick_.expires_after(beat_.until_next(around_.clock.now()));
        boost::system::error_code ignored;
        co_await tick_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        turn("tick");
        ticked_ = true;
        if (may_stop_when_idle()) stop();
    }
}

asio::awaitable<bool> Agent::once() {
    options_.acts = false;  // the actions are carried out here, and waited for
    bool well = true;
    resumed_ = read_resumed(config_.state_dir);
    // A primary that was lost just now, or a sign that fades, is worth a second look.
    for (int looks = 0; looks < 3; ++looks) {
        co_await observer_.prober().look_once(true);
        co_await look_at_host(!local_accepts());
        turn("once");
        const auto view = look();
        auto decision = decide::decide(view, judge_.state(), config_.policy);
        bool again = false;
        for (const auto& action : decision.actions) {
            again = !co_await permitted(action);
            if (again) break;
            well = well && co_await carry_out_one(action, view);
        }
        well = well && !judge_.state().vetoed;
        if (again) continue;
        if (!decision.actions.empty()) break;
        if (!decision.look_again_at || *decision.look_again_at - view.at > milliseconds{100}) break;
        asio::steady_timer pause(io_, milliseconds{100});
        co_await pause.async_wait(asio::use_awaitable);
    }
    if (hooks_) co_await hooks_->settled();
    stop();
    if (options_.keeps) {
        const auto stored = store_state(config_.state_dir, state_document(judge_.state(), around_.boot));
        if (!stored) around_.log.say(Level::error, "state", stored.error().what);
    }
    co_return well;
}

void Agent::stop() {
    if (stopping_) return;
    stopping_ = true;
    if (leadership_) leadership_->stop();
    if (hooks_) hooks_->stop();
    observer_.prober().stop();
    abandon_.emit(asio::cancellation_type::terminal);
    tick_.cancel();
    again_.cancel();
    host_tick_.cancel();
}

lease::Record Agent::record() const {
    return judge_.lease() != nullptr ? judge_.lease()->record(around_.clock.now()) : lease::Record{};
}

void Agent::stop_when_idle() {
    stop_when_idle_ = true;
    if (may_stop_when_idle()) stop();
}

// Lives that follow each other faster would neither look at the others nor renew a lease.
bool Agent::may_stop_when_idle() const {
    return stop_when_idle_ && working_ == 0 && ticked_ && (!hooks_ || hooks_->idle());
}

}  // namespace pgcm::loop

#include "loop/by_hand.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "act/course.hpp"
#include "decide/by_hand.hpp"
#include "decide/sync_names.hpp"
#include "loop/chronicle.hpp"
#include "loop/clock.hpp"
#include "loop/hooks.hpp"
#include "loop/host_watch.hpp"
#include "loop/lock.hpp"
#include "loop/observer.hpp"
#include "loop/person.hpp"
#include "loop/progress_file.hpp"
#include "loop/state_store.hpp"
#include "loop/workshop.hpp"
#include "report/words.hpp"
#include "view/record.hpp"

namespace pgcm::loop {
namespace {

class Errand {
  public:
    // `begins` is called when all is weighed and agreed to, before anything is changed.
    Errand(const config::Config& config, const Request& request, asio::io_context& io, std::function<void()> begins)
        : config_(config),
          request_(request),
          begins_(std::move(begins)),
          observer_(io.get_executor(), config, clock_),
          hooks_(io.get_executor(), config, clock_,
                 [this](Level level, const std::string& text, const Facts&) { hook_said(level, text); }),
          progress_(disk_, clock_, config.state_dir),
          workshop_(config, clock_, request.dry_run, [this](const Step& step) { tell(step); }),
          host_(config, clock_, observer_.resolver(), [this] { return workshop_.inspect(); }) {}

    asio::awaitable<Result<Answer>> run() {
        co_await look();
        if (request_.kind == ActionKind::set_sync_names) co_return co_await sync_standby();
        const auto to = request_.kind == ActionKind::promote ? config_.local : target();
        if (!to) co_return nobody_to_follow();
        answer_.action = fmt::format("{} {}", name_of(request_.kind), to->str());
        if (auto allowed = weigh(*to); !allowed) co_return fail(allowed.error());
        if (auto agreed = ask(*to); !agreed) co_return fail(agreed.error());
        if (auto allowed = co_await hear_hook(*to); !allowed) co_return fail(allowed.error());
        if (auto written = note_force(); !written) co_return fail(written.error());
        begins_();
        const auto began = clock_.now();
        note(DeedState::begins, began, answer_.action);
        auto report = co_await act(*to);
        const auto failed =
            !report && report.error().code == ErrorCode::interrupted ? DeedState::interrupted : DeedState::failed;
        note(report ? DeedState::done : failed, began, report ? answer_.action : report.error().what);
        co_await hooks_.settled();
        if (!report) co_return fail(report.error());
        answer_.report = std::move(*report);
        co_return answer_;
    }

  private:
    asio::awaitable<void> look() {
        co_await host_.look(true);
        co_await observer_.prober().look_once(false);
        answer_.view = observer_.view(host_.latest());
    }

    void hook_said(Level level, const std::string& text) {
        if (level == Level::error && request_.progress)
            request_.progress({"hook", "a hook failed", StepState::skipped, milliseconds{0}, text, {}, {}});
    }

    void tell(const Step& step) {
        if (!request_.dry_run) progress_.tell(step);
        if (request_.progress) request_.progress(step);
    }

    // Into the journal, and to the hooks.
    void note(DeedState state, BootTime began, const std::string& text) {
        if (request_.dry_run) return;
        const Deed deed{
            clock_.wall(), *config_.local, std::string(name_of(request_.kind)), {}, state, to_ms(clock_.now() - began),
            text,          user_name()};
        hooks_.tell(deed);
        (void)append_to_journal(config_.state_dir, view::write_deed(deed));
    }

    // before_promote has a veto, which --force overrides; what it took its time for is looked at anew.
    asio::awaitable<Result<void>> hear_hook(NodeName to) {
        if (request_.kind != ActionKind::promote || request_.dry_run || hooks_.permits(clock_.now()))
            co_return Result<void>{};
        const auto against = co_await hooks_.ask();
        co_await look();
        if (auto allowed = weigh(to); !allowed) co_return fail(allowed.error());
        if (!against) co_return Result<void>{};
        const Reason why{Rule::hook_vetoed, config_.local, {{"message", *against}}};
        answer_.reasons.push_back(why);
        if (request_.force) co_return Result<void>{};
        co_return fail(ErrorCode::refused,
                       fmt::format("{}: {} ({})", answer_.action, report::words(why), name_of(why.rule)),
                       "settle what the hook names, or override it with --force");
    }

    std::optional<NodeName> target() const { return request_.to ? request_.to : decide::other_primary(answer_.view); }

    Result<Answer> nobody_to_follow() const {
        std::string primaries, others;
        for (const auto& node : answer_.view.nodes) {
            if (node.node == config_.local) continue;
            const bool serves = accepts_as(Role::primary, node);
            const auto seen = node.reach == Reach::accepting ? name_of(node.role) : name_of(node.reach);
            auto& list = serves ? primaries : others;
            list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", node.node.str(), seen);
        }
        if (!primaries.empty())
            return fail(ErrorCode::refused, "more than one other node is primary: " + primaries,
                        "name the one that stays with --to NODE");
        const auto* local = answer_.view.find(*config_.local);
        if (local != nullptr && accepts_as(Role::primary, *local))
            return fail(ErrorCode::refused, config_.local->str() + " is the only primary, so there is none to follow",
                        "pgcm switchover makes another node primary");
        return fail(ErrorCode::refused, "no other node is an accepting primary: " + others,
                    "bring the primary back, or promote a standby (pgcm elect tells which)");
    }

    State known() const { return load_state(config_.state_dir, boot_id()).state; }

    // Refuses, or lets the reasons stand as overridden.
    Result<void> weigh(const NodeName& to) {
        const auto& view = answer_.view;
        answer_.reasons =
            request_.kind == ActionKind::promote  ? decide::against_promotion(view, known(), config_.policy)
            : request_.kind == ActionKind::follow ? decide::against_follow(view, known(), config_.policy, to)
                                                  : decide::against_demotion(view, known(), config_.policy, to);
        const auto stands = [&](const Reason& reason) { return !request_.force || decide::is_impossible(reason.rule); };
        std::string why;
        for (const auto& reason : answer_.reasons)
            if (stands(reason))
                why += fmt::format("{}{} ({})", why.empty() ? "" : "; ", report::words(reason), name_of(reason.rule));
        if (why.empty()) return {};
        const auto asked = request_.kind == ActionKind::rejoin ? "demote" : answer_.action;
        const auto serving = primaries(view, cluster_system(view));
        if (request_.kind == ActionKind::promote && serving.size() == 1 && serving.front()->node == to)
            return fail(ErrorCode::refused, fmt::format("{}: {}", asked, why), "nothing is to be done");
        const bool helpless = std::any_of(answer_.reasons.begin(), answer_.reasons.end(),
                                          [](const Reason& reason) { return decide::is_impossible(reason.rule); });
        return fail(ErrorCode::refused, fmt::format("{}: {}", asked, why),
                    helpless                               ? "this cannot be forced; mend what is named first"
                    : request_.kind == ActionKind::promote ? "--force overrides these rules"
                                                           : "mend what is named first");
    }

    // A plan is agreed to; one that overrides rules, once more.
    Result<void> ask(const NodeName& to) const {
        if (!request_.agree || request_.dry_run) return {};
        if (auto agreed = request_.agree(plan(to)); !agreed || answer_.reasons.empty()) return agreed;
        return request_.agree(
            fmt::format("{} rule{} overridden; acknowledged commits may be lost, and two primaries may "
                        "come of it. Once more:",
                        answer_.reasons.size(), answer_.reasons.size() == 1 ? " is" : "s are"));
    }

    // Who, when and why, beside the decisions of the agent.
    Result<void> note_force() const {
        if (answer_.reasons.empty() || request_.kind != ActionKind::promote || request_.dry_run) return {};
        Forced forced{clock_.wall(), *config_.local, user_name(), request_.why, {}};
        for (const auto& reason : answer_.reasons)
            forced.overridden.push_back(fmt::format("{} ({})", report::words(reason), name_of(reason.rule)));
        return append_to_journal(config_.state_dir, view::write_forced(forced));
    }

    std::string plan(const NodeName& to) const {
        std::string text = request_.kind == ActionKind::promote
                               ? fmt::format("{} will be promoted to primary.", to.str())
                               : fmt::format("{} will become a standby of {}; its server is stopped meanwhile.",
                                             config_.local->str(), to.str());
        for (const auto& reason : answer_.reasons)
            text += fmt::format("\nOverridden: {} ({})", report::words(reason), name_of(reason.rule));
        return text;
    }

    asio::awaitable<Result<OperationReport>> act(NodeName to) {
        auto site = workshop_.site(observer_.resolver());
        if (request_.kind == ActionKind::promote) {
            act::PromoteRequest promotion{workshop_.peer_slots(), {}, promotion_id(), 0};
            co_return co_await act::promote(site, std::move(promotion));
        }
        const auto upstream = config_.reach(*config_.find(to));
        if (request_.kind == ActionKind::follow) {
            act::FollowRequest following{to, upstream, workshop_.own_slot(), workshop_.peer_slots()};
            co_return co_await act::follow(site, std::move(following));
        }
        co_await forget_failures();
        act::RejoinRequest rejoin{to,       upstream, workshop_.own_slot(), request_.method, workshop_.peer_slots(),
                                  "by hand"};
        co_return co_await act::rejoin(site, std::move(rejoin));
    }

    // A person asks: what failed before does not count any more.
    asio::awaitable<void> forget_failures() {
        if (request_.dry_run) co_return;
        const auto left = co_await workshop_.data().read_operation();
        if (left && *left && (*left)->step == failed_step) [[maybe_unused]]
            const auto removed = co_await workshop_.data().remove_operation();
    }

    asio::awaitable<Result<Answer>> sync_standby() {
        const auto* local = answer_.view.find(*config_.local);
        answer_.action = "set synchronous_standby_names";
        if (!accepts_as(Role::primary, *local))
            co_return fail(ErrorCode::refused, config_.local->str() + " is no accepting primary (not_primary)",
                           "run it on the primary's host");
        // Whoever calls this by hand does not wait for degrade_after.
        State state;
        state.unsynced_since = BootTime{};
        const auto names = decide::sync_names(*local, answer_.view, state, config_.policy);
        answer_.reasons = {names.reason};
        answer_.report = {"sync-standby", request_.dry_run, {}};
        if (!names.change_to) co_return answer_;
        const Action action{ActionKind::set_sync_names, config_.local, *names.change_to};
        begins_();
        const auto began = clock_.now();
        note(DeedState::begins, began, answer_.action);
        const auto performer = workshop_.performer(observer_.resolver());
        const auto done = co_await performer->perform(action, answer_.view);
        note(done ? DeedState::done : DeedState::failed, began, done ? *done : done.error().what);
        co_await hooks_.settled();
        if (!done) co_return fail(done.error());
        const auto state_of_step = request_.dry_run ? StepState::planned : StepState::done;
        answer_.report.steps.push_back({"set_sync_names", *done, state_of_step, milliseconds{0}, {}, {}, {}});
        co_return answer_;
    }

    const config::Config& config_;
    const Request& request_;
    std::function<void()> begins_;
    SystemClock clock_;
    Observer observer_;
    Hooks hooks_;
    DiskWriter disk_;
    ProgressFile progress_;
    Workshop workshop_;
    HostWatch host_;
    Answer answer_;
};

}  // namespace

Result<Answer> by_hand(config::Config config, const Request& request) {
    FileLock lock;
    if (!request.dry_run) {
        if (auto ready = prepare_state_dir(config.state_dir); !ready) return fail(ready.error());
        auto taken = FileLock::take(config.state_dir + "/operation.lock", std::string(name_of(request.kind)));
        if (!taken) return fail(taken.error());
        lock = std::move(*taken);
    }
    asio::io_context io{1};
    // Nothing is to be cancelled before, and who asks a person does not hear the loop: a signal ends the process then.
    asio::signal_set signals(io);
    Errand errand(config, request, io, [&signals] {
        signals.add(SIGINT);
        signals.add(SIGTERM);
    });
    std::optional<Result<Answer>> answer;
    asio::cancellation_signal cancel;
    int interrupted = 0;
    signals.async_wait([&](const boost::system::error_code& error, int signal) {
        if (error) return;
        interrupted = signal;
        cancel.emit(asio::cancellation_type::terminal);
    });
    asio::co_spawn(io, errand.run(),
                   asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& bug, Result<Answer> done) {
                       if (bug && interrupted == 0) std::rethrow_exception(bug);
                       answer = bug ? fail(ErrorCode::interrupted, "interrupted; watch goes on with what was begun")
                                    : std::move(done);
                       signals.cancel();
                   }));
    io.run();
    if (interrupted == SIGTERM) {
        // Whoever sent it shall see that it was heeded: exit status 143.
        signals.clear();
        std::raise(SIGTERM);
    }
    return std::move(*answer);
}

}  // namespace pgcm::loop

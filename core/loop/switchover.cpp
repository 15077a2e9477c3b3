#include "loop/switchover.hpp"

#include <fmt/format.h>

#include "act/peer.hpp"
#include "act/server.hpp"
#include "decide/by_hand.hpp"
#include "loop/clock.hpp"
#include "loop/errand.hpp"
#include "loop/observer.hpp"
#include "loop/person.hpp"
#include "loop/state_store.hpp"
#include "loop/workshop.hpp"
#include "postgres/role_settings.hpp"
#include "report/units.hpp"
#include "report/words.hpp"

namespace pgcm::loop {
namespace {

constexpr auto look_interval = 5ms;
// A server that hangs is not waited for while the other one may answer.
constexpr milliseconds patience = 500ms;

class SwitchoverErrand {
  public:
    SwitchoverErrand(asio::io_context& io, const config::Config& config, const SwitchoverOptions& options)
        : io_(io), config_(config), options_(options), observer_(io.get_executor(), config, clock_) {}

    asio::awaitable<Result<Answer>> run() {
        co_await observer_.prober().look_once(false);
        answer_.view = observer_.view();
        answer_.report = {"switchover", options_.dry_run, {}};
        if (auto chosen = choose(); !chosen) co_return fail(chosen.error());
        if (options_.agree && !options_.dry_run)
            if (auto agreed = options_.agree(plan()); !agreed) co_return fail(agreed.error());
        if (options_.dry_run) {
            for (const auto& [name, what] : phases()) tell(StepState::planned, name, what, "");
            co_return answer_;
        }
        auto done = co_await carry_out();
        if (!done) co_return fail(done.error());
        co_return answer_;
    }

  private:
    struct Phase {
        std::string name, what;
    };
    std::vector<Phase> phases() const {
        return {{"ask", fmt::format("ask {} to hand over to {}", from_.str(), to_.str())},
                {"stop", fmt::format("wait until {} stops", from_.str())},
                {"promote", fmt::format("wait until {} is primary", to_.str())},
                {"follow", fmt::format("wait until {} streams from {}", from_.str(), to_.str())}};
    }

    std::string plan() const {
        return fmt::format("{} will stop, {} will be promoted, and {} will follow it. Sessions on {} are closed.",
                           from_.str(), to_.str(), from_.str(), from_.str());
    }

    static std::string told(const Reasons& reasons) {
        std::string why;
        for (const auto& reason : reasons)
            why += fmt::format("{}{} ({})", why.empty() ? "" : "; ", report::words(reason), name_of(reason.rule));
        return why;
    }

    Result<void> choose() {
        const auto& view = answer_.view;
        const auto serving = primaries(view, cluster_system(view));
        if (serving.empty())
            return fail(ErrorCode::refused, "no node is an accepting primary (no_primary)",
                        "a switchover needs one; pgcm elect tells who could be promoted");
        if (serving.size() > 1)
            return fail(ErrorCode::refused, "more than one node is primary (many_primaries)",
                        "`pgcm status` tells which; turn the others into standbys first");
        from_ = serving.front()->node;
        const auto state = config_.local ? load_state(config_.state_dir, boot_id()).state : State{};
        auto to = options_.to ? options_.to : decide::switchover_target(view, state, config_.policy);
        if (!to) {
            std::string why;
            for (const auto& node : view.nodes) {
                const auto against = decide::against_switchover(view, state, config_.policy, node.node);
                if (!against.empty() && node.node != from_)
                    why += fmt::format("{}{}: {}", why.empty() ? "" : "; ", node.node.str(), told(against));
            }
            return fail(ErrorCode::refused, fmt::format("no standby can take over from {}: {}", from_.str(), why),
                        "mend what is named first");
        }
        to_ = *to;
        answer_.action = "switchover to " + to_.str();
        const auto against = decide::against_switchover(view, state, config_.policy, to_);
        if (!against.empty())
            return fail(ErrorCode::refused, answer_.action + ": " + told(against),
                        to_ == from_ ? "name a standby with --to NODE" : "mend what is named first");
        const auto now = std::chrono::floor<milliseconds>(clock_.wall());
        request_ = {promotion_id(),       from_, to_, *serving.front()->timeline, user_and_host(), now,
                    now + options_.lasts, {}};
        if (const auto& other = serving.front()->switchover; other && stands(*other, view))
            return fail(ErrorCode::refused,
                        "a switchover to " + other->to.str() + " is under way, asked by " + other->by,
                        "try again when it is over");
        return {};
    }

    void tell(StepState state, const std::string& name, const std::string& what, std::string detail) {
        Step step;
        step.name = name;
        step.what = what;
        step.state = state;
        step.detail = std::move(detail);
        step.took = to_ms(clock_.now() - phase_began_);
        if (options_.progress) options_.progress(step);
        if (state != StepState::running) answer_.report.steps.push_back(std::move(step));
        phase_began_ = clock_.now();
    }
    // The phase is over, and the next one begins.
    void next(std::string detail) {
        const auto all = phases();
        tell(StepState::done, all[phase_].name, all[phase_].what, std::move(detail));
        if (++phase_ < all.size()) tell(StepState::running, all[phase_].name, all[phase_].what, "");
    }
    Error ended(Error error) {
        const auto all = phases();
        tell(StepState::failed, all[phase_].name, all[phase_].what, error.what);
        return error;
    }

    act::Peer peer(const NodeName& node, milliseconds timeout) {
        return {io_.get_executor(), observer_.resolver(), config_.reach(*config_.find(node)), node.str(), timeout};
    }

    asio::awaitable<Result<void>> carry_out() {
        auto writer = peer(from_, config_.command_timeout);
        auto old = peer(from_, patience), fresh = peer(to_, patience);
        (void)co_await fresh.ask("SELECT 1");
        phase_began_ = clock_.now();
        std::string text = postgres::switchover_text(request_);
        if (auto kept = co_await act::keep_role_setting(writer, postgres::switchover_setting, std::move(text)); !kept)
            co_return fail(kept.error());
        const auto until = clock_.now() + options_.lasts;
        next("");
        if (auto gone = co_await wait_for_stop(old, writer, until); !gone) co_return fail(ended(gone.error()));
        writer.session().close();
        next("");
        if (auto led = co_await wait_for_primary(old, fresh, until + options_.lasts); !led)
            co_return fail(ended(led.error()));
        next(fmt::format("nobody could write for {}", report::duration(*answer_.report.outage)));
        if (auto follows = co_await wait_for_follower(fresh); !follows) co_return fail(ended(follows.error()));
        next("");
        co_return Result<void>{};
    }

    // What the old primary says of the request; empty once it is no accepting primary any more.
    asio::awaitable<std::optional<std::string>> answer_of(act::Peer& old) {
        const std::string sql = fmt::format("SELECT pg_catalog.pg_is_in_recovery(), ({})",
                                            postgres::read_setting(postgres::switchover_setting));
        const auto table = co_await old.ask(sql);
        if (!table || table->rows.empty() || table->rows[0].size() < 2 || table->rows[0][0] != "f")
            co_return std::nullopt;
        last_write_ = clock_.now();
        co_return table->rows[0][1].value_or("");
    }

    std::optional<Error> declined(const std::string& answer) const {
        const auto said = postgres::parse_switchover(answer);
        if (!said || said->id != request_.id || said->declined.empty()) return std::nullopt;
        // What was begun and came to nothing is a failure; what was not begun was refused.
        const auto code = phase_ > 1 ? ErrorCode::failed : ErrorCode::refused;
        return Error{code, fmt::format("the agent of {} declines: {}", from_.str(), said->declined),
                     "its log tells more; " + from_.str() + " is primary as before"};
    }

    asio::awaitable<Result<void>> wait_for_stop(act::Peer& old, act::Peer& writer, BootTime until) {
        for (;;) {
            const auto answer = co_await answer_of(old);
            if (!answer) co_return Result<void>{};
            if (auto no = declined(*answer)) {
                (void)co_await act::keep_role_setting(writer, postgres::switchover_setting, "");
                co_return fail(std::move(*no));
            }
            if (clock_.now() >= until) {
                (void)co_await act::keep_role_setting(writer, postgres::switchover_setting, "");
                co_return fail(ErrorCode::timeout,
                               fmt::format("{} did not begin within {}; the request is taken back", from_.str(),
                                           report::duration(options_.lasts)),
                               "look at the log of its agent");
            }
            co_await act::pause_for(look_interval);
        }
    }

    asio::awaitable<Result<void>> wait_for_primary(act::Peer& old, act::Peer& fresh, BootTime until) {
        const auto lost = clock_.now();
        std::optional<BootTime> back_since;
        for (;;) {
            const auto role = co_await fresh.ask("SELECT pg_catalog.pg_is_in_recovery()");
            if (role && role->single() == "f") {
                answer_.report.outage = to_ms(clock_.now() - last_write_.value_or(lost));
                co_return Result<void>{};
            }
            // A quick change leaves no time for the old one.
            if (clock_.now() - lost > patience) {
                const auto back = co_await answer_of(old);
                if (back && !back_since) back_since = clock_.now();
                // It says why as soon as its agent has looked around.
                if (back &&
                    (declined(*back) || clock_.now() - *back_since > 2 * config_.policy.scan_period + patience)) {
                    (void)co_await act::keep_role_setting(old, postgres::switchover_setting, "");
                    co_return came_back(*back);
                }
            }
            if (clock_.now() >= until)
                co_return fail(
                    ErrorCode::timeout,
                    fmt::format("{} is no primary after {}", to_.str(), report::duration(clock_.now() - lost)),
                    "`pgcm status` and the agents' logs tell more");
            co_await act::pause_for(look_interval);
        }
    }

    Result<void> came_back(const std::string& answer) {
        if (auto no = declined(answer)) return fail(std::move(*no));
        return fail(fmt::format("{} did not take over, and {} is primary again", to_.str(), from_.str()),
                    "the log of the agent of " + to_.str() + " tells more");
    }

    asio::awaitable<Result<void>> wait_for_follower(act::Peer& fresh) {
        const auto until = clock_.now() + config_.policy.follow_check_after + options_.lasts;
        const std::string sql =
            "SELECT 1 FROM pg_catalog.pg_stat_replication WHERE state = 'streaming' AND application_name = " +
            postgres::Session::quote_literal(application_name(from_));
        while (clock_.now() < until) {
            const auto there = co_await fresh.ask(sql);
            if (there && there->single()) co_return Result<void>{};
            co_await act::pause_for(4 * look_interval);
        }
        co_return fail(ErrorCode::timeout,
                       fmt::format("{} is primary, but {} does not stream from it yet", to_.str(), from_.str()),
                       "look at the log of the agent of " + from_.str());
    }

    asio::io_context& io_;
    const config::Config& config_;
    const SwitchoverOptions& options_;
    SystemClock clock_;
    Observer observer_;
    Answer answer_;
    NodeName from_, to_;
    SwitchoverRequest request_;
    std::size_t phase_ = 0;
    BootTime phase_began_{};
    std::optional<BootTime> last_write_;
};

}  // namespace

Result<Answer> switch_over(config::Config config, const SwitchoverOptions& options) {
    return run_errand([&](asio::io_context& io) -> asio::awaitable<Result<Answer>> {
        SwitchoverErrand errand(io, config, options);  // its sessions end before the loop does
        co_return co_await errand.run();
    });
}

}  // namespace pgcm::loop

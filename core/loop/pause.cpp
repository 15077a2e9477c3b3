#include "loop/pause.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "act/peer.hpp"
#include "decide/by_hand.hpp"
#include "loop/chronicle.hpp"
#include "loop/clock.hpp"
#include "loop/errand.hpp"
#include "loop/observer.hpp"
#include "loop/person.hpp"
#include "loop/resumed.hpp"
#include "loop/state_store.hpp"
#include "postgres/role_settings.hpp"
#include "report/units.hpp"
#include "view/record.hpp"

namespace pgcm::loop {
namespace {

class PauseErrand {
  public:
    PauseErrand(asio::io_context& io, const config::Config& config, const PauseRequest& request)
        : config_(config), request_(request), observer_(io.get_executor(), config, clock_) {}

    asio::awaitable<Result<Answer>> run() {
        co_await observer_.prober().look_once(false);
        answer_.view = observer_.view();
        answer_.action = request_.ends ? "resume" : "pause";
        answer_.report = {answer_.action, request_.dry_run, {}};
        const auto serving = primaries(answer_.view, cluster_system(answer_.view));
        if (serving.size() > 1)
            co_return fail(ErrorCode::refused, "more than one node is primary (many_primaries)",
                           "`pgcm status` tells which; turn the others into standbys first");
        if (serving.empty()) co_return without_primary();
        co_return co_await on(*serving.front());
    }

  private:
    void tell(StepState state, std::string what, std::string detail) {
        Step step;
        step.name = answer_.action;
        step.what = std::move(what);
        step.state = state;
        step.detail = std::move(detail);
        if (state == StepState::done) note(step);
        answer_.report.steps.push_back(std::move(step));
    }

    // Into the journal of this host's agent, where there is one: the setting does not tell who took it out.
    void note(const Step& step) const {
        std::error_code ignored;
        if (!config_.local || !std::filesystem::exists(journal_path(config_.state_dir), ignored)) return;
        const Deed deed{clock_.wall(),
                        *config_.local,
                        answer_.action,
                        {},
                        DeedState::done,
                        to_ms(clock_.now() - began_),
                        step.what + "; " + step.detail,
                        user_name()};
        (void)append_to_journal(config_.state_dir, view::write_deed(deed));
    }

    static std::string words_of(const Pause& pause) {
        auto text = fmt::format("by {} since {}", pause.by, report::time(pause.since));
        if (pause.until) text += " until " + report::time(*pause.until);
        return pause.why.empty() ? text : text + ": " + pause.why;
    }

    Pause wanted() const {
        const auto now = std::chrono::floor<milliseconds>(clock_.wall());
        Pause pause{user_and_host(), request_.why, now, std::nullopt};
        if (request_.lasts) pause.until = now + *request_.lasts;
        return pause;
    }

    asio::awaitable<Result<Answer>> on(const Observation& primary) {
        const auto what = fmt::format("{} the cluster, by a setting on {}", answer_.action, primary.node.str());
        const auto& now = primary.pause;
        if (request_.ends && !now) {
            tell(StepState::skipped, what, "it is not paused");
            co_return answer_;
        }
        if (!request_.ends && now && holds(*now, answer_.view)) {
            tell(StepState::skipped, what, "it is paused already " + words_of(*now));
            co_return answer_;
        }
        if (!request_.ends && primary.switchover && stands(*primary.switchover, answer_.view))
            co_return fail(ErrorCode::refused, "a switchover to " + primary.switchover->to.str() + " is under way",
                           "try again when it is over");
        const auto pause = request_.ends ? *now : wanted();
        if (!request_.dry_run) {
            act::Peer peer{co_await asio::this_coro::executor, observer_.resolver(),
                           config_.reach(*config_.find(primary.node)), primary.node.str(), config_.command_timeout};
            std::string text = request_.ends ? "" : postgres::pause_text(pause);
            const auto kept = co_await act::keep_role_setting(peer, postgres::pause_setting, std::move(text));
            if (!kept) co_return fail(kept.error());
        }
        tell(request_.dry_run ? StepState::planned : StepState::done, what,
             (request_.ends ? "it was paused " : "") + words_of(pause));
        co_return answer_;
    }

    // There is nobody to write it to. What stands in this host's own catalog or state is ended here.
    Result<Answer> without_primary() {
        if (!request_.ends)
            return fail(ErrorCode::refused, "no node is an accepting primary (no_primary)",
                        "a pause is kept on the primary; bring it back first");
        if (!config_.local)
            return fail(ErrorCode::refused, "no node is an accepting primary (no_primary), and this host has no node",
                        "run it on the hosts of the nodes, the best standby's first");
        const auto pause = pause_of(answer_.view, load_state(config_.state_dir, boot_id()).state.pause);
        const auto what = fmt::format("resume on {} alone, for there is no primary", config_.local->str());
        if (!pause || !holds(*pause, answer_.view)) {
            tell(StepState::skipped, what, "it is not paused");
            return answer_;
        }
        if (!request_.dry_run) {
            if (auto ready = prepare_state_dir(config_.state_dir); !ready) return fail(ready.error());
            if (auto written = write_resumed(config_.state_dir, *pause); !written) return fail(written.error());
        }
        auto told = "it was paused " + words_of(*pause) + "; a new primary ends it for all";
        // Nobody is elected while a paused agent keeps the lease for its own server.
        if (const auto holder = decide::lease_holder(answer_.view, config_.policy); holder && holder != config_.local)
            told += "; the agent of " + holder->str() + " has the lease: resume there, too";
        tell(request_.dry_run ? StepState::planned : StepState::done, what, std::move(told));
        return answer_;
    }

    const config::Config& config_;
    const PauseRequest& request_;
    SystemClock clock_;
    const BootTime began_ = clock_.now();
    Observer observer_;
    Answer answer_;
};

}  // namespace

Result<Answer> pause(config::Config config, const PauseRequest& request) {
    return run_errand([&](asio::io_context& io) -> asio::awaitable<Result<Answer>> {
        PauseErrand errand(io, config, request);  // its sessions end before the loop does
        co_return co_await errand.run();
    });
}

}  // namespace pgcm::loop

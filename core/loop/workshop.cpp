#include "loop/workshop.hpp"

#include <fstream>

#include "act/peer.hpp"
#include "act/server_processes.hpp"
#include "decide/asked.hpp"
#include "decide/decide.hpp"
#include "model/assert.hpp"
#include "postgres/role_settings.hpp"

namespace pgcm::loop {
namespace {

// How long a look at the data directory may take before the disk counts as stalled.
constexpr milliseconds inspection_patience = 5s;

const config::Node& local_node(const config::Config& config) {
    const auto* node = config.local ? config.find(*config.local) : nullptr;
    PGCM_ASSERT(node != nullptr);
    return *node;
}

// "done: stop, pg_rewind, start"; what was skipped is left out.
std::string summary(const OperationReport& report) {
    std::string steps;
    for (const auto& step : report.steps)
        if (step.state == StepState::done || step.state == StepState::planned)
            steps += (steps.empty() ? "" : ", ") + step.name;
    return (report.dry_run ? "would do: " : "done: ") + (steps.empty() ? "nothing was left to do" : steps);
}

class RealPerformer final : public Performer {
  public:
    RealPerformer(Workshop& workshop, postgres::Resolver& resolver, bool dry_run)
        : workshop_(workshop), resolver_(resolver), dry_run_(dry_run) {}

    asio::awaitable<Result<std::string>> perform(Action action, View view) override {
        switch (action.kind) {
            case ActionKind::start: co_return co_await start(true);
            case ActionKind::start_as_standby: co_return co_await start(false);
            case ActionKind::promote: co_return co_await promote(view);
            case ActionKind::fence: co_return fail("a fence has its own times");
            case ActionKind::detach: co_return co_await detach();
            case ActionKind::follow: co_return co_await follow(*action.node);
            case ActionKind::rejoin:
                co_return co_await rejoin(*action.node, view, action.value == decide::wal_is_missing);
            case ActionKind::set_sync_names: co_return co_await set_sync_names(action.value);
            case ActionKind::set_retry_interval: co_return co_await set_retry_interval();
            case ActionKind::switchover: co_return co_await switch_over(*action.node, view);
            case ActionKind::decline_switchover: co_return co_await decline(action.value, view);
            case ActionKind::end_pause: co_return co_await end_pause();
        }
        co_return fail("there is no such action");
    }

    asio::awaitable<Result<std::string>> fence(GuardTimes times) override {
        if (dry_run_) co_return "would stop the local server";
        auto site = workshop_.site(resolver_);
        const auto give_up_at = std::max(times.kill_at, workshop_.data().clock().now()) + site.command_timeout;
        const auto stopped = co_await site.server.fence(times.immediate_at, times.kill_at, give_up_at);
        if (!stopped) co_return fail(stopped.error());
        co_return "no process of the local server is left";
    }

    asio::awaitable<Result<bool>> finish_swap() override {
        if (dry_run_) co_return false;
        co_return co_await workshop_.data().finish_swap();
    }

    asio::awaitable<std::optional<OperationFile>> under_way(milliseconds patience) override {
        const auto left = co_await workshop_.data().read_operation(patience);
        co_return left ? *left : std::nullopt;
    }

    // The node has come through; what may be left are old directories, slots and a checkpoint.
    asio::awaitable<Result<std::string>> finish(View view) override {
        const auto left = co_await workshop_.data().read_operation();
        if (!left) co_return fail(left.error());
        if (!left->has_value() || dry_run_) co_return "nothing was left to do";
        const std::string operation = left->value().operation;
        const bool serves = accepts_as(Role::primary, *view.find(*view.local));
        if (operation == "promote" && serves) co_return co_await promote(view);
        if (operation == "rejoin" && !serves)
            if (auto discarded = co_await workshop_.data().discard_old(false); !discarded)
                co_return fail(discarded.error());
        if (auto removed = co_await workshop_.data().remove_operation(); !removed) co_return fail(removed.error());
        co_return "done with what was broken off: " + operation;
    }

    void set_mandate(Mandate mandate) override { mandate_ = std::move(mandate); }

  private:
    static Result<std::string> told(const Result<OperationReport>& report) {
        if (!report) return fail(report.error());
        return summary(*report);
    }

    postgres::Conninfo reach(const NodeName& name) const {
        return workshop_.config().reach(*workshop_.config().find(name));
    }

    asio::awaitable<Result<std::string>> start(bool as_is) {
        if (dry_run_) co_return "would start the local server";
        auto site = workshop_.site(resolver_);
        const auto started = co_await site.server.start(as_is, site.command_timeout);
        if (!started) co_return fail(started.error());
        co_return "started, postmaster pid " + std::to_string(*started);
    }

    // Without votes the word of the old primary is all that keeps two from serving. Our own server may not have
    // replayed the request yet.
    std::string word_of_the_last(const View& view) const {
        if (workshop_.config().policy.quorum != Quorum::any) return "";
        for (const auto& node : view.nodes) {
            const auto& asked = node.switchover;
            const bool counts = asked && asked->to == *view.local && stands(*asked, view);
            if (counts && decide::handed_over(view, *asked)) return handover_session(asked->id);
        }
        return "";
    }

    asio::awaitable<Result<std::string>> promote(const View& view) {
        auto site = workshop_.site(resolver_);
        // Named, as everywhere: GCC 12 destroys a braced temporary among the arguments of an awaited call twice.
        act::PromoteRequest request{workshop_.peer_slots(), mandate_.allowed, promotion_id(),
                                    mandate_.term ? mandate_.term() : 0, word_of_the_last(view)};
        co_return told(co_await act::promote(site, std::move(request)));
    }

    asio::awaitable<Result<std::string>> detach() {
        auto site = workshop_.site(resolver_);
        co_return told(co_await act::detach(site));
    }

    asio::awaitable<Result<std::string>> follow(NodeName to) {
        auto site = workshop_.site(resolver_);
        act::FollowRequest request{to, reach(to), workshop_.own_slot(), workshop_.peer_slots()};
        co_return told(co_await act::follow(site, std::move(request)));
    }

    asio::awaitable<Result<std::string>> rejoin(NodeName to, const View& view, bool for_want_of_wal) {
        auto site = workshop_.site(resolver_);
        if (for_want_of_wal) {
            const auto survey = co_await workshop_.data().survey();
            if (!survey) co_return fail(survey.error());
            if (survey->restore_command)
                co_return fail(ErrorCode::refused, to.str() + " lacks WAL that this standby needs",
                               "restore_command may still bring it; pgcm demote --method basebackup clones at once");
        }
        const auto* local = view.find(site.node);
        const bool serves = local != nullptr && accepts_as(Role::primary, *local);
        act::RejoinRequest request{to,
                                   reach(to),
                                   workshop_.own_slot(),
                                   act::Method::automatic,
                                   workshop_.peer_slots(),
                                   serves            ? "two primaries"
                                   : for_want_of_wal ? "the primary lacks WAL that this standby needs"
                                                     : "a former primary, or a standby off the history"};
        co_return told(co_await act::rejoin(site, std::move(request)));
    }

    asio::awaitable<Result<std::string>> switch_over(NodeName to, const View& view) {
        auto site = workshop_.site(resolver_);
        const auto& asked = *view.find(site.node)->switchover;
        const auto& clock = workshop_.data().clock();
        act::HandOverRequest request{to,
                                     reach(to),
                                     asked.id,
                                     decide::switchover_patience(workshop_.config().policy),
                                     decide::promotion_patience(workshop_.config().policy),
                                     [this, &clock, until = asked.until] {
                                         return clock.wall() < until && (!mandate_.allowed || mandate_.allowed());
                                     },
                                     [this, to] {
                                         if (mandate_.hand_over) mandate_.hand_over(to);
                                     },
                                     mandate_.hands_over};
        co_return told(co_await act::hand_over(site, std::move(request)));
    }

    asio::awaitable<Result<std::string>> decline(std::string why, const View& view) {
        if (dry_run_) co_return "would answer the request for a switchover: " + why;
        auto answer = *view.find(*view.local)->switchover;
        answer.declined = why;
        co_return co_await keep(postgres::switchover_setting, postgres::switchover_text(answer), "declined: " + why);
    }

    asio::awaitable<Result<std::string>> end_pause() {
        if (dry_run_) co_return "would end the pause";
        co_return co_await keep(postgres::pause_setting, "", "the pause is over");
    }

    asio::awaitable<Result<std::string>> keep(std::string_view setting, std::string text, std::string done) {
        auto site = workshop_.site(resolver_);
        act::Peer local{co_await asio::this_coro::executor, resolver_, site.local, "the local server",
                        site.command_timeout};
        const auto kept = co_await act::keep_role_setting(local, setting, std::move(text));
        if (!kept) co_return fail(kept.error());
        co_return done;
    }

    asio::awaitable<Result<std::string>> set_sync_names(std::string value) {
        if (dry_run_) co_return "would set synchronous_standby_names to '" + value + "'";
        postgres::Session session(co_await asio::this_coro::executor, resolver_);
        const auto timeout = workshop_.config().command_timeout;
        if (const auto opened = co_await log_in(session); !opened) co_return fail(opened.error());
        const auto set = co_await act::set_synchronous_standby_names(session, value, timeout);
        if (!set) co_return fail(set.error());
        co_return "synchronous_standby_names is now '" + value + "'";
    }

    asio::awaitable<Result<std::string>> set_retry_interval() {
        if (dry_run_) co_return "would set wal_retrieve_retry_interval";
        postgres::Session session(co_await asio::this_coro::executor, resolver_);
        const auto timeout = workshop_.config().command_timeout;
        if (const auto opened = co_await log_in(session); !opened) co_return fail(opened.error());
        if (const auto set = co_await act::set_retry_interval(session, timeout); !set) co_return fail(set.error());
        co_return "wal_retrieve_retry_interval is now 100ms";
    }

    asio::awaitable<Result<void>> log_in(postgres::Session& session) {
        const auto site = workshop_.site(resolver_);
        const auto opened = co_await session.connect(site.local, site.command_timeout);
        if (!opened) co_return fail(postgres::to_error(opened.error(), "could not log in to the local server"));
        co_return Result<void>{};
    }

    Workshop& workshop_;
    postgres::Resolver& resolver_;
    bool dry_run_;
    Mandate mandate_;
};

}  // namespace

std::string promotion_id() {
    std::ifstream file("/proc/sys/kernel/random/uuid");
    std::string id;
    std::getline(file, id);
    return id;
}

Workshop::Workshop(const config::Config& config, const Clock& clock, bool dry_run, Progress progress)
    : config_(config),
      dry_run_(dry_run),
      progress_(std::move(progress)),
      data_(config.server, config.state_dir, clock, config.command_timeout),
      server_(data_, act::placeholders_for(config.server, *config.local, {})) {}

asio::awaitable<LocalHost> Workshop::inspect() {
    LocalHost host;
    if (auto seen = co_await data_.inspect(inspection_patience))
        host = std::move(*seen);
    else
        host.message = seen.error().what;
    const bool out_of_sight = host.lineup == Lineup::empty || host.lineup == Lineup::unknown;
    if (!config_.server.commands.status.empty() && out_of_sight && !host.disk_stalled && !host.rewinding)
        co_await ask_status(host);
    co_return host;
}

bool Workshop::gone(int postmaster) const {
    const bool ended = !act::start_ticks(postmaster) || act::is_zombie(postmaster);
    return ended && act::server_is_gone(data_.real_data_dir());
}

// A server in a container shows neither its processes nor its directory here; the configured command speaks for it.
// What it would be when started is then unknown: taken for a primary, it is only started where none is in view, and
// rejoins otherwise.
asio::awaitable<void> Workshop::ask_status(LocalHost& host) {
    const auto process = co_await server_.status(config_.command_timeout);
    if (!process) {
        host.message = process.error().what;
        co_return;
    }
    host.process = *process;
    host.lineup = Lineup::primary;
}

std::string Workshop::own_slot() const {
    return slot_name(config_.server.slot, local_node(config_).name);
}

std::vector<std::string> Workshop::peer_slots() const {
    std::vector<std::string> slots;
    for (const auto& node : config_.nodes)
        if (node.name != *config_.local && !config_.server.slot.empty())
            slots.push_back(slot_name(config_.server.slot, node.name));
    return slots;
}

act::Site Workshop::site(postgres::Resolver& resolver) {
    const auto& node = local_node(config_);
    return {
        node.name, server_, resolver, config_.reach(node), config_.command_timeout, config_.policy.follow_check_after,
        progress_, dry_run_};
}

std::unique_ptr<Performer> Workshop::performer(postgres::Resolver& resolver) {
    return std::make_unique<RealPerformer>(*this, resolver, dry_run_);
}

}  // namespace pgcm::loop

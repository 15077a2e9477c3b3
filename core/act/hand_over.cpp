#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>

#include "act/course.hpp"
#include "act/peer.hpp"
#include "model/view.hpp"

namespace pgcm::act {
namespace {

using Done = asio::awaitable<Result<std::string>>;

constexpr auto look_interval = 5ms;

// The record of a shutdown checkpoint: 114 bytes and what aligns them (12 to 18).
constexpr std::uint64_t checkpoint_record_bytes = 120;

class HandOver {
  public:
    HandOver(asio::any_io_executor executor, Site& site, HandOverRequest request)
        : site_(site),
          request_(std::move(request)),
          local_{executor, site.resolver, site.local, "the local server", site.command_timeout},
          target_{executor, site.resolver, request_.target, "the standby " + request_.to.str(), request_.patience} {}

    // So that the one of the shutdown is short.
    Done checkpoint() {
        const auto done = co_await local_.ask("CHECKPOINT");
        if (!done)
            co_return fail(with_grant(to_error(done.error(), "no CHECKPOINT"), done.error(), local_.version(),
                                      "15 and later: GRANT pg_checkpoint TO pgcm's role"));
        co_return "done";
    }

    Done meet() {
        const auto there = co_await target_.get("ask", "SELECT pg_catalog.pg_is_in_recovery()");
        if (!there) co_return fail(there.error());
        if (there->single() != "t") co_return fail(ErrorCode::refused, target_.called() + " is no standby any more");
        co_return "it answers";
    }

    Done stop() {
        // The request may be given up until here, and not be begun too late.
        if (request_.allowed && !request_.allowed())
            co_return fail(ErrorCode::refused, "it has become too late for this switchover");
        local_.session().close();
        stop_began_ = site_.server.data().clock().now();
        const auto stopped = co_await site_.server.stop(StopMode::fast, request_.patience * 3 / 2);
        if (!stopped) co_return fail(stopped.error());
        co_return "no process of it is left";
    }

    Done read_position() {
        const auto host = co_await site_.server.data().inspect(request_.patience);
        if (!host) co_return fail(host.error());
        if (host->process != Process::stopped) co_return fail("a process of the server is left");
        if (host->cluster_state != "shut down" || !host->checkpoint)
            co_return fail(fmt::format("the server did not shut down cleanly: pg_control says \"{}\"",
                                       host->cluster_state.value_or(host->message)));
        end_ = *host->checkpoint;
        co_return "the last checkpoint is at " + to_string(end_);
    }

    Done received() {
        const auto& clock = site_.server.data().clock();
        const auto deadline = stop_began_ + request_.patience;
        std::string last = "nothing";
        do {
            const auto table = co_await target_.get(
                "ask", "SELECT pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn()");
            if (!table) co_return fail(table.error());
            const auto& row = table->rows.at(0);
            const auto received = row[0] ? parse_lsn(*row[0]) : std::nullopt;
            const auto replayed = row[1] ? parse_lsn(*row[1]) : std::nullopt;
            if ((replayed && *replayed > end_) ||
                (received && bytes_between(end_, *received) >= checkpoint_record_bytes))
                co_return "it has all WAL";
            if (received) last = to_string(*received);
            co_await pause_for(look_interval);
        } while (clock.now() < deadline);
        co_return fail(fmt::format("{} did not receive the last checkpoint, at {}; it has {}", target_.called(),
                                   to_string(end_), last));
    }

    // As long as this session lives the target may promote itself.
    Done let_go() {
        gave_word_ = true;
        promoted_by_ = std::min(stop_began_ + request_.patience * 3 / 2,
                                site_.server.data().clock().now() + request_.promoted_within);
        if (request_.let_go) request_.let_go();
        const auto name = postgres::Session::quote_literal(handover_session(request_.id));
        const auto said = co_await target_.order("tell it to", "SET application_name = " + name);
        if (!said) co_return fail(ErrorCode::timeout, said.error().what);
        co_return "it may promote itself";
    }
    bool gave_word() const { return gave_word_; }

    // Error: timeout, where nobody knows whether it is being promoted; failed, where it is certain that it is not.
    Done wait_for_primary() {
        const auto& clock = site_.server.data().clock();
        auto deadline = promoted_by_;
        for (bool taken_back = false;;) {
            // The target may have what it was told of, but not what is written here from now on.
            if (request_.still_stopped && !request_.still_stopped())
                co_return fail("somebody has started the local server; its word is taken back");
            const auto still = co_await target_.ask("SELECT pg_catalog.pg_is_in_recovery()");
            if (!still)
                co_return fail(ErrorCode::timeout, to_error(still.error(), "no answer of " + target_.called()).what);
            if (still->single() == "f") co_return "it is primary";
            co_await pause_for(look_interval);
            if (clock.now() < deadline) continue;
            if (taken_back) co_return fail(ErrorCode::timeout, target_.called() + " is still being promoted");
            taken_back = true;
            if (auto promoting = co_await take_word_back(); !promoting)
                co_return fail(ErrorCode::timeout, promoting.error().what);
            else if (!*promoting)
                co_return fail(request_.to.str() + " did not promote itself in time", "the log of its agent tells why");
            deadline = clock.now() + site_.command_timeout;
        }
    }

  private:
    // Whether it comes too late for that.
    asio::awaitable<Result<bool>> take_word_back() {
        const auto gone = co_await target_.order("take the word back on", "SET application_name = 'pgcm'");
        if (!gone) co_return fail(gone.error());
        const auto name = postgres::Session::quote_literal(promoting_session(handover_session(request_.id)));
        const auto there =
            co_await target_.get("ask", "SELECT 1 FROM pg_catalog.pg_stat_activity WHERE application_name = " + name);
        if (!there) co_return fail(there.error());
        co_return !there->rows.empty();
    }

    Site& site_;
    HandOverRequest request_;
    Peer local_, target_;
    Lsn end_;
    bool gave_word_ = false;
    BootTime stop_began_{}, promoted_by_{};
};

}  // namespace

asio::awaitable<Result<OperationReport>> hand_over(Site& site, HandOverRequest request) {
    OperationFile file;
    file.operation = "switchover";
    file.to = request.to.str();
    file.started = site.server.data().clock().wall();
    file.why = "request " + request.id;
    const std::string to = request.to.str();
    Course course{site, "switchover", file, Course::Log::first_step};
    HandOver task{co_await asio::this_coro::executor, site, std::move(request)};

    const Effect checkpoint = [&](Step&) { return task.checkpoint(); };
    if (auto went = co_await course.attempt("checkpoint", "write a checkpoint", checkpoint); !went)
        co_return co_await course.finish(went.error());
    struct Planned {
        const char* name;
        std::string what;
        Effect effect;
    };
    const std::vector<Planned> steps{
        {"meet", "ask " + to, [&](Step&) { return task.meet(); }},
        {"stop", "stop the local server", [&](Step&) { return task.stop(); }},
        {"position", "see where its WAL ends", [&](Step&) { return task.read_position(); }},
        {"received", "see that " + to + " has all of it", [&](Step&) { return task.received(); }},
        {"hand_over", "hand over to " + to, [&](Step&) { return task.let_go(); }},
        {"promoted", "wait until " + to + " is primary", [&](Step&) { return task.wait_for_primary(); }},
    };
    for (const auto& step : steps) {
        auto went = co_await course.step(step.name, step.what, step.effect);
        if (went) continue;
        auto error = std::move(went.error());
        // Only once the word was given can it be that nobody knows.
        if (error.code == ErrorCode::timeout && !task.gave_word()) error.code = ErrorCode::failed;
        co_return co_await course.finish(std::move(error));
    }
    co_return co_await course.finish();
}

}  // namespace pgcm::act

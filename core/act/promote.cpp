#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>

#include "act/control_data.hpp"
#include "act/course.hpp"
#include "act/peer.hpp"
#include "act/process.hpp"
#include "model/view.hpp"
#include "postgres/role_settings.hpp"

namespace pgcm::act {
namespace {

constexpr auto look_interval = 5ms;
constexpr const char* promote_grant = "GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO pgcm's role";

using Done = asio::awaitable<Result<std::string>>;

// A paused replay would make the promotion wait for ever (12 and 13; later versions resume by themselves).
Done resume_replay(Peer& local) {
    const auto paused = co_await local.get("ask about replay on", "SELECT pg_catalog.pg_is_wal_replay_paused()");
    if (!paused) co_return fail(paused.error());
    if (paused->single() != "t") co_return "it was not paused";
    const auto resumed = co_await local.ask("SELECT pg_catalog.pg_wal_replay_resume()");
    if (!resumed)
        co_return fail(with_grant(to_error(resumed.error(), "cannot resume the replay"), resumed.error(),
                                  local.version(), "GRANT EXECUTE ON FUNCTION pg_wal_replay_resume() TO pgcm's role"));
    co_return "resumed";
}

Done run_promotion(Site& site, Invocation invocation) {
    invocation.timeout = site.command_timeout;
    const auto outcome = co_await run(invocation);
    if (!outcome) co_return fail(outcome.error());
    if (!outcome->ok()) co_return fail(to_error(*outcome, invocation));
    co_return "by " + without_secrets(invocation.argv.front());
}

std::string while_it_lives(const std::string& session) {
    if (session.empty()) return " WHERE true";
    return " WHERE EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE application_name = " +
           postgres::Session::quote_literal(session) + ")";
}

Done ask_for_promotion(Site& site, Peer& local, const PromoteRequest& request) {
    if (request.allowed && !request.allowed())
        co_return fail(ErrorCode::refused, "the lease has become too old for a promotion", "it is tried again");
    const std::string taken_back = "the old primary has taken its word back that this one may be promoted";
    if (!request.only_while.empty()) {
        const auto name = postgres::Session::quote_literal(promoting_session(request.only_while));
        const auto said = co_await local.order("say so on", "SET application_name = " + name);
        if (!said) co_return fail(said.error());
    }
    const auto may = co_await local.get("ask", "SELECT 1" + while_it_lives(request.only_while));
    if (!may) co_return fail(may.error());
    if (may->rows.empty()) co_return fail(ErrorCode::refused, taken_back);
    const auto& settings = site.server.settings();
    if (const auto& command = settings.commands.promote; !command.empty())
        co_return co_await run_promotion(site, from(command, placeholders_for(settings, site.node, Conninfo{})));
    const auto asked = co_await local.ask("SELECT pg_catalog.pg_promote(false)" + while_it_lives(request.only_while));
    if (asked && asked->rows.empty()) co_return fail(ErrorCode::refused, taken_back);
    if (asked) co_return "by pg_promote()";
    constexpr std::string_view insufficient_privilege = "42501";
    if (asked.error().sqlstate != insufficient_privilege)
        co_return fail(to_error(asked.error(), "pg_promote() failed"));
    Invocation invocation;
    invocation.argv = {tool(settings.bin_dir, "pg_ctl"), "promote", "-W", "-s", "-D", settings.data_dir};
    invocation.run_as = settings.run_as;
    invocation.c_locale = true;
    auto done = co_await run_promotion(site, std::move(invocation));
    if (!done) done.error().hint = promote_grant;
    co_return done;
}

// As long as the replay gets on: all WAL that is there is replayed first, which may take long after a lag.
Done wait_for_promotion(Site& site, Peer& local) {
    const auto& clock = site.server.data().clock();
    auto deadline = clock.now() + site.command_timeout;
    std::string last = "it is still in recovery", reached;
    while (clock.now() < deadline) {
        const auto left = std::max(to_ms(deadline - clock.now()), 1ms);
        const auto still =
            co_await local.ask("SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.pg_last_wal_replay_lsn()", left);
        if (still && still->single() == "f") co_return "it is out of recovery";
        if (!still) last = postgres::to_error(still.error(), "the server answered").what;
        if (const auto replayed = still ? still->rows.at(0).at(1).value_or("") : ""; replayed != reached) {
            reached = replayed;
            deadline = clock.now() + site.command_timeout;
        }
        co_await pause_for(look_interval);
    }
    co_return fail(ErrorCode::timeout,
                   fmt::format("no primary, and nothing replayed, for {} ms: {}", site.command_timeout.count(), last),
                   "the promotion was asked for and may still come about: WAL is replayed to its end first");
}

// A promotion that was asked for comes about whenever the replay ends; nothing but the server's end takes it back.
Done take_back(Site& site) {
    const auto stopped = co_await site.server.stop(StopMode::immediate, site.command_timeout);
    if (!stopped) co_return fail(stopped.error());
    co_return "no process of it is left";
}

// Without waiting for standbys, which may not be there yet; it replicates like any change.
Done leave_mark(Peer& local, const PromoteRequest& request) {
    // A second one for the same timeline would make this node's standbys look as if they had another history.
    const auto known = co_await local.get(
        "ask for its last mark",
        "SELECT s FROM pg_catalog.pg_db_role_setting, unnest(setconfig) s WHERE setdatabase = 0 AND setrole = "
        "(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) AND s LIKE 'pgcm.promotion=%'");
    if (!known) co_return fail(known.error());
    const auto where = co_await local.get("ask where it is",
                                          "SELECT 'x' || substr(pg_catalog.pg_walfile_name(p), 1, 8), p FROM "
                                          "pg_catalog.pg_current_wal_lsn() p");
    if (!where) co_return fail(where.error());
    const auto& row = where->rows.at(0);
    const auto timeline = std::stoul(row.at(0).value_or("x0").substr(1), nullptr, 16);
    if (known->single().value_or("").find(fmt::format("/{}/", timeline)) != std::string::npos)
        co_return "there is one of this timeline";
    const auto mark = fmt::format("{}/{}/{}/{}", request.mark_id, timeline, row.at(1).value_or("0/0"), request.term);
    const auto alone = co_await local.ask("SET synchronous_commit = local");
    if (!alone) co_return fail(to_error(alone.error(), "no mark of the promotion"));
    const auto sql = "ALTER ROLE CURRENT_USER SET pgcm.promotion = " + postgres::Session::quote_literal(mark);
    const auto done = co_await local.ask(sql);
    if (!done)
        co_return fail(with_grant(to_error(done.error(), "no mark of the promotion"), done.error(), local.version(),
                                  "GRANT SET ON PARAMETER \"pgcm.promotion\" TO pgcm's role"));
    co_return mark;
}

Done forget_switchover(Peer& local) {
    const auto asked =
        co_await local.get("look for a request on", postgres::read_setting(postgres::switchover_setting));
    if (!asked) co_return fail(asked.error());
    if (asked->rows.empty()) co_return "there is none";
    const auto gone = co_await keep_role_setting(local, postgres::switchover_setting, "");
    if (!gone) co_return fail(gone.error());
    co_return "cleared";
}

Done checkpoint(Peer& peer) {
    const auto done = co_await peer.ask("CHECKPOINT");
    if (!done)
        co_return fail(with_grant(to_error(done.error(), "no CHECKPOINT"), done.error(), peer.version(),
                                  "GRANT pg_checkpoint TO pgcm's role"));
    co_return "done";
}

}  // namespace

asio::awaitable<Result<OperationReport>> promote(Site& site, PromoteRequest request) {
    const auto& clock = site.server.data().clock();
    OperationFile file;
    file.operation = "promote";
    file.started = clock.wall();
    Course course{site, "promote", file, Course::Log::first_step};
    Peer local{co_await asio::this_coro::executor, site.resolver, site.local, "the local server", site.command_timeout};

    const auto recovery = co_await local.get("ask", "SELECT pg_catalog.pg_is_in_recovery()");
    if (!recovery) co_return fail(recovery.error());
    if (recovery->single() == "f") {
        course.skip("promote", "promote the local server", "it is a primary already");
    } else {
        const Effect resume = [&](Step&) { return resume_replay(local); };
        if (auto went = co_await course.attempt("resume_replay", "resume the replay where it is paused", resume); !went)
            co_return co_await course.finish(went.error());
        const Effect ask = [&](Step&) { return ask_for_promotion(site, local, request); };
        if (auto went = co_await course.step("promote", "promote the local server", ask); !went)
            co_return co_await course.finish(went.error());
        const Effect wait = [&](Step&) { return wait_for_promotion(site, local); };
        if (auto went = co_await course.step("wait", "wait until it is out of recovery", wait); !went) {
            auto error = went.error();
            const Effect undo = [&](Step&) { return take_back(site); };
            // The lease does not wait for it, and others are elected then.
            if (request.allowed && error.code == ErrorCode::timeout &&
                co_await course.step("take_back", "take the promotion back by stopping the server", undo))
                error.hint = "the promotion was taken back: the server is stopped, and is started again as a standby";
            co_return co_await course.finish(std::move(error));
        }
    }
    if (!request.mark_id.empty()) {
        const Effect leave = [&](Step&) { return leave_mark(local, request); };
        if (auto went = co_await course.attempt("mark", "leave the mark of this promotion", leave); !went)
            co_return co_await course.finish(went.error());
    }
    // What was asked of the last primary means nothing to this one.
    const Effect forget = [&](Step&) { return forget_switchover(local); };
    if (auto went = co_await course.attempt("forget", "clear a request for a switchover", forget); !went)
        co_return co_await course.finish(went.error());
    // The slots first: the peers come for them at once, and a checkpoint may take minutes.
    for (const auto& slot : request.slots) {
        const Effect provide = [&](Step&) { return provide_slot(local, slot); };
        if (auto went = co_await course.attempt("slot", "have the slot " + slot, provide); !went)
            co_return co_await course.finish(went.error());
    }
    // So that pg_rewind sees the new timeline (LESSONS 14).
    const Effect write = [&](Step&) { return checkpoint(local); };
    if (auto went = co_await course.attempt("checkpoint", "write a checkpoint", write); !went)
        co_return co_await course.finish(went.error());
    co_return co_await course.finish();
}

}  // namespace pgcm::act

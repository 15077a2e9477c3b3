#include <fmt/format.h>

#include "act/clone_directory.hpp"
#include "act/control_data.hpp"
#include "act/rejoin.hpp"
#include "model/view.hpp"

namespace pgcm::act {

namespace {

constexpr auto no_deadline = std::chrono::hours{24 * 30};
constexpr int silence_factor = 10;

}  // namespace

asio::awaitable<bool> Rejoin::slot_is_free(milliseconds patience) {
    const auto& clock = data().clock();
    const auto deadline = clock.now() + patience;
    const auto sql = "SELECT 1 FROM pg_catalog.pg_replication_slots WHERE NOT active AND slot_name = " +
                     postgres::Session::quote_literal(request_.slot);
    for (;;) {
        const auto rows = co_await source_.ask(sql);
        if (rows && !rows->rows.empty()) co_return true;
        if (!rows || clock.now() >= deadline) co_return false;
        co_await pause_for(200ms);
    }
}

Rejoin::Done Rejoin::copy(Step& step, std::string directory, bool in_place) {
    if (const auto& command = settings().commands.basebackup; !command.empty()) {
        auto theirs = from(command, placeholders(directory));
        theirs.timeout = no_deadline;
        theirs.silence = site_.command_timeout * silence_factor;
        if (const auto password = conninfo_.get("password")) theirs.environment.emplace_back("PGPASSWORD", *password);
        show_progress(theirs, step);
        co_return co_await run_to_end(std::move(theirs));
    }
    auto invocation = tool_invocation("pg_basebackup", conninfo_);
    auto& argv = invocation.argv;
    argv.insert(argv.end(), {"-D", directory, "-d", for_tools(conninfo_, clone_session(site_.node)).str()});
    argv.insert(argv.end(), {"-X", "stream", "-c", "fast", "-P", "--no-password"});
    bool slot_used = false;
    // A connection that was cut off holds it until the primary misses it.
    if (!request_.slot.empty()) slot_used = co_await slot_is_free(10s);
    if (slot_used) argv.insert(argv.end(), {"-S", request_.slot});
    if (in_place && !survey_.wal_directory.empty()) argv.push_back("--waldir=" + survey_.wal_directory);
    show_progress(invocation, step);
    auto done = co_await run_to_end(std::move(invocation));
    if (!done) co_return done;
    if (!request_.slot.empty() && !slot_used) co_return "without the slot, which somebody still uses";
    co_return fmt::format("{} kB", step.total_bytes.value_or(0) / 1024);
}

Rejoin::Went Rejoin::clone_into(std::string directory, bool in_place) {
    const Effect work = [&](Step& step) { return copy(step, directory, in_place); };
    co_return co_await course_.step("pg_basebackup", fmt::format("clone {} into {}", source_.called(), directory),
                                    work);
}

Rejoin::Went Rejoin::take_place() {
    auto went = co_await order("accept", "declare the clone complete", [&] { return data().accept_clone(); });
    if (went) went = co_await stop_local();
    if (went)
        went = co_await order("swap", "put the clone in the place of the data directory",
                              [&] { return data().swap_in(); });
    if (went)
        went =
            co_await order("unmark", "clear the mark of a broken directory", [&] { return data().clear_rewinding(); });
    co_return went;
}

Rejoin::Went Rejoin::by_clone_beside() {
    const auto path = co_await data().clone_path();
    if (!path) co_return fail(path.error());
    auto went = co_await order("discard", "remove what an earlier clone left", [&] { return data().discard_clone(); });
    if (went) went = co_await provide_our_slot();
    // A second primary must not go on meanwhile; a standby may, it can still be read, unless it holds the slot.
    bool in_the_way = survey_.host.lineup == Lineup::primary;
    if (!in_the_way && !request_.slot.empty() && !course_.dry_run()) in_the_way = !co_await slot_is_free(0ms);
    if (went && in_the_way && survey_.host.process == Process::running) went = co_await stop_local();
    if (went) went = co_await clone_into(*path, false);
    if (went)
        went = co_await order("adopt", "give the clone this node's configuration",
                              [&] { return data().adopt_configuration(*path); });
    if (went)
        went = co_await order("standby", "make it a standby of " + source_.called(),
                              [&] { return data().prepare_standby(*path, upstream()); });
    if (went) went = co_await take_place();
    if (!went) co_return went;
    auto proven = co_await start_and_prove();
    if (proven || proven.error().code == ErrorCode::interrupted) co_return proven;
    const bool keep = settings().keep_old;
    const Effect drop = [&](Step&) -> Done {
        const auto removed = co_await data().discard_old(keep);
        if (!removed) co_return fail(removed.error());
        co_return fmt::format("{} removed", *removed);
    };
    const std::string what = keep ? "remove old data directories but the first" : "remove old data directories";
    if (auto dropped = co_await course_.attempt("drop_old", what, drop); !dropped) co_return dropped;
    co_return proven;
}

Rejoin::Went Rejoin::empty_place() {
    const auto& remove = settings().commands.remove_dirs;
    const auto& create = settings().commands.create_dirs;
    const auto run_command = [&](const Command& command) {
        auto invocation = from(command, placeholders(settings().data_dir));
        invocation.timeout = no_deadline;
        return run_to_end(std::move(invocation));
    };
    if (remove.empty()) {
        auto went = co_await order("remove", "remove the contents of the data directory",
                                   [&] { return data().empty_in_place(); });
        if (!went) co_return went;
    } else {
        const Effect removal = [&](Step&) { return run_command(remove); };
        if (auto went = co_await course_.step("remove", "remove the directories", removal); !went) co_return went;
    }
    if (create.empty()) co_return Result<void>{};
    const Effect creation = [&](Step&) { return run_command(create); };
    co_return co_await course_.step("create", "make the directories", creation);
}

Rejoin::Went Rejoin::by_clone_in_place() {
    const bool was_visible = visible();
    const bool commands_only = !was_visible && !settings().commands.basebackup.empty();
    auto went = co_await provide_our_slot();
    if (went) went = co_await stop_local();
    if (went && was_visible)
        went = co_await order("save", "save the configuration", [&] { return data().save_configuration(); });
    if (went && !commands_only)
        went = co_await order("mark", "mark the data directory as being replaced",
                              [&] { return data().mark_rewinding("clone in place from " + request_.to.str()); });
    if (went) went = co_await empty_place();
    if (went) went = co_await clone_into(settings().data_dir, true);
    if (!went) co_return went;
    if (!commands_only) {
        const Effect restore = [&](Step&) -> Done {
            const auto restored = co_await data().restore_configuration();
            if (!restored) co_return fail(restored.error());
            co_return std::string{};
        };
        if (was_visible)
            went = co_await course_.step("restore", "restore the configuration", restore);
        else  // an earlier attempt may have saved it before it was cut short
            went = co_await course_.attempt("restore", "restore the configuration", restore);
        const Effect lay = [&](Step&) { return lay_standby(); };
        if (went) went = co_await course_.step("standby", "make it a standby of " + source_.called(), lay);
        if (!went) co_return went;
    }
    co_return co_await start_and_prove();
}

}  // namespace pgcm::act

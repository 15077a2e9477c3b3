#include <fmt/format.h>

#include <charconv>

#include "act/control_data.hpp"
#include "act/rejoin.hpp"
#include "model/view.hpp"

namespace pgcm::act {
namespace {

constexpr int first_with_config_file_option = 15;
constexpr int first_with_restore_option = 13;
constexpr auto no_deadline = std::chrono::hours{24 * 30};  // silence ends a copy, not its length
constexpr int silence_factor = 10;

// "  1234/5678 kB (21%) copied", as pg_rewind and pg_basebackup tell it.
void take_progress(std::string_view line, Step& step) {
    const auto slash = line.find('/');
    const auto unit = line.find(" kB");
    if (slash == std::string_view::npos || unit == std::string_view::npos || unit < slash) return;
    const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
        const auto from = text.find_first_not_of(' ');
        if (from == std::string_view::npos) return std::nullopt;
        text.remove_prefix(from);
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return value * 1024;
    };
    const auto done = number(line.substr(0, slash)), total = number(line.substr(slash + 1, unit - slash - 1));
    if (!done || !total) return;
    step.done_bytes = done;
    step.total_bytes = total;
}

}  // namespace

void Rejoin::show_progress(Invocation& invocation, Step& step) const {
    invocation.on_line = [this, &step](std::string_view line) {
        take_progress(line, step);
        if (step.total_bytes) course_.tell(step);
    };
}

Placeholders Rejoin::placeholders(const std::string& directory) const {
    auto values = placeholders_for(settings(), site_.node, conninfo_);
    for (auto& [name, value] : values) {
        if (name == "data_dir") value = directory;
        if (name == "slot") value = request_.slot;
    }
    return values;
}

Conninfo Rejoin::for_tools(const Conninfo& conninfo, const std::string& application) const {
    auto made = conninfo.without_password();
    // Under the node's own name it could become the synchronous standby, and confirm nothing.
    made.set("application_name", application);
    made.set_default("connect_timeout", "10").set_default("keepalives_idle", "10");
    return made.set_default("keepalives_interval", "5").set_default("keepalives_count", "3");
}

Invocation Rejoin::tool_invocation(std::string_view name, const Conninfo& conninfo) const {
    Invocation invocation;
    invocation.argv = {tool(settings().bin_dir, name)};
    if (const auto password = conninfo.get("password")) invocation.environment.emplace_back("PGPASSWORD", *password);
    invocation.run_as = settings().run_as;
    invocation.c_locale = true;
    invocation.timeout = no_deadline;
    invocation.silence = site_.command_timeout * silence_factor;
    return invocation;
}

Rejoin::Done Rejoin::run_to_end(Invocation invocation) {
    const auto outcome = co_await act::run(invocation);
    if (!outcome) co_return fail(outcome.error());
    if (!outcome->ok()) co_return fail(to_error(*outcome, invocation));
    co_return outcome->last_words();
}

// pg_rewind believes the source's control file, which shows the old timeline until the first checkpoint (LESSONS 14).
Rejoin::Done Rejoin::checkpoint_source() {
    const auto written = co_await source_.ask("CHECKPOINT");
    const std::string trouble = written ? "" : postgres::to_error(written.error(), "no CHECKPOINT").what;
    const auto& clock = data().clock();
    const auto deadline = clock.now() + site_.follow_check_after;
    for (;;) {
        const auto facts = co_await facts_of(source_);
        if (!facts) co_return fail(facts.error());
        if (facts->control_timeline && facts->control_timeline == facts->timeline)
            co_return written ? "done" : "it has had one since its promotion; " + trouble;
        if (clock.now() >= deadline)
            co_return fail("the primary has not written a checkpoint since its promotion" +
                           (trouble.empty() ? "" : "; " + trouble));
        co_await pause_for(200ms);
    }
}

// pg_rewind wants a clean shutdown. It could see to it itself since 13, but not where the configuration lies elsewhere.
Rejoin::Done Rejoin::recover_alone() {
    if (auto surveyed = co_await survey_again(); !surveyed) co_return fail(surveyed.error());
    if (survey_.shut_down) co_return "it was shut down cleanly";
    const auto cleared = co_await data().clear_signals();
    if (!cleared) co_return fail(cleared.error());
    co_await site_.server.last_one_buried(data().clock().now() + site_.command_timeout);
    Invocation invocation = tool_invocation("postgres", Conninfo{});
    invocation.argv.insert(invocation.argv.end(), {"--single", "-F", "-D", settings().data_dir});
    if (!settings().config_file.empty()) {
        invocation.argv.push_back("-c");
        invocation.argv.push_back("config_file=" + settings().config_file);
    }
    invocation.argv.push_back("template1");
    const auto recovered = co_await run_to_end(std::move(invocation));
    if (!recovered) co_return fail(recovered.error());
    co_return "recovered from its crash";
}

Rejoin::Done Rejoin::rewind() {
    auto invocation = tool_invocation("pg_rewind", request_.upstream);
    auto source = for_tools(request_.upstream, rewind_session(site_.node));
    source.set_default("dbname", "postgres");
    auto& argv = invocation.argv;
    argv.insert(argv.end(),
                {"--target-pgdata=" + settings().data_dir, "--source-server=" + source.str(), "--progress"});
    const bool elsewhere = !settings().config_file.empty();
    const bool can_point = survey_.major_version >= first_with_config_file_option;
    if (elsewhere && can_point) argv.push_back("--config-file=" + settings().config_file);
    if (survey_.restore_command && survey_.major_version >= first_with_restore_option && (!elsewhere || can_point))
        argv.emplace_back("--restore-target-wal");
    const auto outcome = co_await act::run(invocation);
    if (!outcome) co_return fail(outcome.error());
    if (outcome->ok()) co_return outcome->last_words();
    // It says so before it writes the first byte.
    untouched_ = outcome->exit_status > 0 && !outcome->timed_out && !outcome->truncated &&
                 outcome->errors.find("need to copy") == std::string::npos;
    co_return fail(to_error(*outcome, invocation));
}

// pg_rewind gave up before it changed anything: the directory is as good as it was.
Rejoin::Went Rejoin::take_mark_back(bool was_standby) {
    co_return co_await order("unmark", "clear the mark: pg_rewind changed nothing", [&]() -> Went {
        if (was_standby) {
            auto laid = co_await data().prepare_standby(settings().data_dir, std::nullopt);
            if (!laid) co_return laid;
        }
        co_return co_await data().clear_rewinding();
    });
}

Rejoin::Done Rejoin::lay_standby() {
    const auto laid = co_await data().prepare_standby(settings().data_dir, upstream());
    if (!laid) co_return fail(laid.error());
    const auto cleared = co_await data().clear_rewinding();
    if (!cleared) co_return fail(cleared.error());
    co_return conninfo_.masked();
}

Rejoin::Went Rejoin::by_rewind() {
    const Effect checkpoint = [&](Step&) { return checkpoint_source(); };
    if (auto went = co_await course_.step("checkpoint", "a checkpoint on " + source_.called(), checkpoint); !went)
        co_return went;
    if (auto went = co_await provide_our_slot(); !went) co_return went;
    if (auto went = co_await stop_local(); !went) co_return went;
    const bool by_command = !settings().commands.rewind.empty();
    const auto lineup_before = survey_.host.lineup;
    if (visible()) {
        auto went = co_await order("save", "save the configuration", [&] { return data().save_configuration(); });
        if (went)
            went = co_await order("mark", "mark the data directory as being rewound",
                                  [&] { return data().mark_rewinding("pg_rewind from " + request_.to.str()); });
        if (!went) co_return went;
    }
    if (visible() && !by_command) {
        const Effect recover = [&](Step&) { return recover_alone(); };
        if (auto went = co_await course_.step("recover", "recover it to a clean shutdown", recover); !went)
            co_return went;
    }
    const Effect work = [&](Step& step) -> Done {
        if (!by_command) return rewind();
        auto invocation = from(settings().commands.rewind, placeholders(settings().data_dir));
        invocation.timeout = no_deadline;
        invocation.silence = site_.command_timeout * silence_factor;
        if (const auto password = conninfo_.get("password"))
            invocation.environment.emplace_back("PGPASSWORD", *password);
        show_progress(invocation, step);
        return run_to_end(std::move(invocation));
    };
    if (auto went = co_await course_.step("pg_rewind", "rewind it to where the histories part", work); !went) {
        if (untouched_)
            if (auto cleared = co_await take_mark_back(lineup_before == Lineup::standby); !cleared) co_return cleared;
        co_return went;
    }
    if (visible()) {
        auto went =
            co_await order("restore", "restore the configuration", [&] { return data().restore_configuration(); });
        if (!went) co_return went;
        const Effect lay = [&](Step&) { return lay_standby(); };
        went = co_await course_.step("standby", "make it a standby of " + source_.called(), lay);
        if (!went) co_return went;
    }
    co_return co_await start_and_prove();
}

}  // namespace pgcm::act

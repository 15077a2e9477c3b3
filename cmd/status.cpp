#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exit.hpp"
#include "loop/observer.hpp"
#include "options.hpp"
#include "report/human.hpp"
#include "report/json.hpp"
#include "saved_view.hpp"
#include "screen.hpp"
#include "view/assess.hpp"
#include "view/document.hpp"

namespace pgcm::cmd {
namespace {

namespace asio = boost::asio;

struct StatusFlags {
    std::optional<std::string> saved;
    bool watch = false;
    bool plugin = false;
    bool inventory = false;
};

// The exit codes of monitoring plugins: 0 fine, 1 warning, 2 critical, 3 unknown.
int plugin_exit(Verdict verdict) {
    return verdict == Verdict::healthy ? 0 : verdict == Verdict::degraded ? 1 : 2;
}

std::string shown(const View& view, const Alerts& alerts, Verdict verdict, const Policy& policy,
                  const Options& options) {
    if (options.for_people()) return report::status_table(view, alerts, verdict, policy, options.style());
    return report::status_json(view, alerts, verdict, view::write_view(view, view::Layout::line),
                               report::Layout::indented);
}

Result<int> show(const View& view, const Policy& policy, const StatusFlags& flags, const Options& options) {
    const auto alerts = view::assess(view, policy);
    const auto verdict = view::verdict(view, alerts);
    const auto text = flags.plugin ? report::plugin_line(view, alerts, verdict) + "\n"
                                   : shown(view, alerts, verdict, policy, options);
    const auto printed = print(text);
    if (!printed) return fail(printed.error());
    return flags.plugin ? plugin_exit(verdict) : exit_of(verdict);
}

asio::awaitable<void> show_again(const config::Config& config, const StatusFlags& flags, const Options& options,
                                 Result<int>& last) {
    const auto executor = co_await asio::this_coro::executor;
    loop::Observer observer(executor, config, options.clock);
    asio::steady_timer pause(executor);
    while (last) {
        co_await observer.prober().look_once(flags.inventory);
        last = show(observer.view(), config.policy, flags, options);
        pause.expires_after(config.policy.scan_period);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

Result<int> keep_showing(const config::Config& config, const StatusFlags& flags, const Options& options) {
    if (options.for_people() && !flags.plugin && ::isatty(STDOUT_FILENO) != 0)
        return show_screen(config, flags.inventory, options);
    asio::io_context io{1};
    Result<int> last = 0;
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) io.stop();
    });
    asio::co_spawn(io, show_again(config, flags, options, last), [&](const std::exception_ptr& bug) {
        if (bug) std::rethrow_exception(bug);
        signals.cancel();
    });
    io.run();
    return last;
}

Result<int> run(const StatusFlags& flags, const Options& options) {
    if (flags.saved && flags.watch)
        return fail(ErrorCode::usage, "--view and --watch contradict each other", "a saved view does not change");
    if (flags.saved) {
        const auto saved = read_saved(*flags.saved, options);
        if (!saved) return fail(saved.error());
        return show(saved->records.back().view, saved->records.back().policy, flags, options);
    }
    const auto config = options.configuration_to_look();
    if (!config) return fail(config.error());
    if (flags.watch) return keep_showing(*config, flags, options);
    return show(loop::look_once(*config, options.clock, flags.inventory), config->policy, flags, options);
}

}  // namespace

Command add_status(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("status", "Say who is primary, who follows, what lags and what is wrong");
    auto flags = std::make_shared<StatusFlags>();
    command->add_option("--view", flags->saved, "Assess a saved view; - is standard input")->type_name("FILE");
    command->add_flag("-w,--watch", flags->watch, "Look again every scan_period: a live screen at a terminal");
    command->add_flag("-i,--inventory", flags->inventory, "Add the costly figures: database size, pg_wal, slots");
    command->add_flag("--plugin", flags->plugin, "One line and the exit codes of monitoring plugins (0, 1, 2, 3)");
    return {command, [flags, &options]() -> Result<int> {
                auto code = run(*flags, options);
                if (code || !flags->plugin) return code;
                if (auto printed = print("UNKNOWN: " + code.error().what); !printed) return fail(printed.error());
                return 3;
            }};
}

}  // namespace pgcm::cmd

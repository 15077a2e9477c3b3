#include "act/server.hpp"

#include <fmt/format.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <sstream>

#include "act/control_data.hpp"
#include "act/pidfd.hpp"
#include "act/process.hpp"
#include "act/server_processes.hpp"

namespace pgcm::act {
namespace {

constexpr auto look_interval = 20ms;

// The line that tells why a server ended: the last FATAL or PANIC, or else the last one.
std::string telling_line(const std::string& log) {
    std::istringstream lines{log};
    std::string last, fatal;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        last = line;
        if (line.find("FATAL:") != std::string::npos || line.find("PANIC:") != std::string::npos) fatal = line;
    }
    return fatal.empty() ? last : fatal;
}

}  // namespace

asio::awaitable<void> pause_for(milliseconds duration) {
    asio::steady_timer timer{co_await asio::this_coro::executor, duration};
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

LocalServer::LocalServer(DataDirectory& data, Placeholders placeholders)
    : data_(data), placeholders_(std::move(placeholders)) {}

std::vector<int> LocalServer::processes() const {
    return server_processes(data_.real_data_dir());
}

asio::awaitable<Result<int>> LocalServer::start(bool as_is, milliseconds timeout) {
    reap_ended();
    const bool by_command = !settings().commands.start.empty();
    const auto seen = co_await data_.inspect(timeout);
    if (!seen) co_return fail(seen.error());
    if (seen->disk_stalled) co_return fail(ErrorCode::timeout, seen->message);
    // A command may start a server whose directory is out of our sight, in a container say.
    const bool visible = seen->lineup != Lineup::empty || !by_command;
    if (visible || seen->rewinding) {
        if (auto ready = co_await data_.prepare_start(); !ready) co_return fail(ready.error());
    }
    if (visible && !as_is) {
        auto laid = co_await data_.prepare_standby(settings().data_dir, std::nullopt);
        if (!laid) co_return fail(laid.error());
    }
    if (by_command) co_return co_await start_by_command(timeout);
    co_return co_await start_built_in(timeout);
}

// The postmaster is started without pg_ctl between: its end is seen at once, and as what it was.
asio::awaitable<Result<int>> LocalServer::start_built_in(milliseconds timeout) {
    Invocation invocation;
    invocation.argv = {tool(settings().bin_dir, "postgres"), "-D", settings().data_dir};
    if (!settings().config_file.empty()) {
        invocation.argv.push_back("-c");
        invocation.argv.push_back("config_file=" + settings().config_file);
    }
    for (const auto* name : {"PGDATA", "PGPORT", "PGHOST", "PGOPTIONS", "PGPASSWORD", "PGUSER", "PGDATABASE"})
        invocation.environment.emplace_back(name, "");
    invocation.run_as = settings().run_as;
    invocation.detached_children = true;
    invocation.log_file = data_.log_file();
    const auto deadline = data_.clock().now() + timeout;
    co_await last_one_buried(deadline);
    auto postmaster = launch(invocation);
    if (!postmaster) co_return fail(postmaster.error());
    while (data_.clock().now() < deadline) {
        if (auto error = postmaster->ended()) {
            if (!error->hint.empty()) co_return fail(std::move(*error));  // it never became a server
            co_return fail(co_await early_end(std::move(*error)));
        }
        const auto file = co_await data_.postmaster();
        // The status is written once its sockets are open.
        if (file && *file && (*file)->pid == postmaster->pid() && !(*file)->status.empty()) co_return postmaster->pid();
        co_await pause_for(look_interval);
    }
    co_return fail(ErrorCode::timeout, fmt::format("postgres (pid {}) did not begin to listen within {} ms",
                                                   postmaster->pid(), timeout.count()));
}

asio::awaitable<void> LocalServer::last_one_buried(BootTime deadline) {
    const auto file = co_await data_.postmaster();
    while (file && *file && is_zombie((*file)->pid) && data_.clock().now() < deadline) {
        reap_ended();
        co_await pause_for(look_interval);
    }
}

asio::awaitable<Result<int>> LocalServer::start_by_command(milliseconds timeout) {
    auto invocation = from(settings().commands.start, placeholders_);
    invocation.timeout = timeout;
    invocation.detached_children = true;
    invocation.log_file = data_.log_file();  // the server inherits it; a pipe would end with us
    const auto outcome = co_await run(invocation);
    if (!outcome) co_return fail(outcome.error());
    if (!outcome->ok()) co_return fail(co_await early_end(to_error(*outcome, invocation)));
    const auto running = processes();
    co_return postmaster_among(running).value_or(0);
}

asio::awaitable<Error> LocalServer::early_end(Error error) {
    const auto log = co_await data_.log_tail();
    const auto line = log ? telling_line(*log) : "";
    if (!line.empty()) error.what += ": " + line;
    if (error.hint.empty()) error.hint = "the rest is in " + data_.log_file();
    co_return error;
}

// To the postmaster, which passes it on; to all when there is none any more.
void LocalServer::signal_for(StopMode mode) const {
    const auto running = processes();
    const auto postmaster = postmaster_among(running);
    const int signal = mode == StopMode::fast && postmaster ? SIGINT : SIGQUIT;
    for (const int pid : running)
        if (!postmaster || pid == *postmaster) signal_server_process(pid, data_.real_data_dir(), signal);
}

asio::awaitable<Result<void>> LocalServer::stop(StopMode mode, milliseconds timeout) {
    const auto third = timeout / 3;
    const bool out_of_sight = processes().empty();
    if (!settings().commands.stop.empty() && (mode == StopMode::fast || out_of_sight)) {
        const auto done = co_await stop_by_command(third);
        if (out_of_sight) co_return done;
        if (done && co_await wait_gone(third)) co_return Result<void>{};
    }
    if (mode == StopMode::fast) {
        signal_for(StopMode::fast);
        if (co_await wait_gone(third)) co_return Result<void>{};
    }
    signal_for(StopMode::immediate);
    if (co_await wait_gone(third)) co_return Result<void>{};
    // Again and again: a postmaster may have forked in between.
    const auto deadline = data_.clock().now() + third;
    while (data_.clock().now() < deadline) {
        for (const int pid : processes()) signal_server_process(pid, data_.real_data_dir(), SIGKILL);
        if (co_await wait_gone(100ms)) co_return Result<void>{};
    }
    const auto left = processes();
    if (left.empty()) co_return Result<void>{};
    co_return fail(ErrorCode::timeout,
                   fmt::format("{} processes of the server are left after {} ms, one is {}", left.size(),
                               timeout.count(), left.front()),
                   "pgcm must run as root or as the server's user; a process in state D waits for a disk");
}

// A command that fails because nothing was left to stop is no failure.
asio::awaitable<Result<void>> LocalServer::stop_by_command(milliseconds timeout) {
    auto invocation = from(settings().commands.stop, placeholders_);
    invocation.timeout = timeout;
    invocation.detached_children = true;
    const auto outcome = co_await run(invocation);
    if (outcome && outcome->ok()) co_return Result<void>{};
    const Error failed = outcome ? to_error(*outcome, invocation) : outcome.error();
    if (failed.code == ErrorCode::interrupted) co_return fail(failed);
    if (!settings().commands.status.empty()) {
        const auto now = co_await status(timeout);
        if (now && *now == Process::stopped) co_return Result<void>{};
        co_return fail(failed);
    }
    const auto host = co_await data_.inspect(timeout);
    const bool seen_stopped = host && host->process == Process::stopped && host->lineup != Lineup::empty;
    if (seen_stopped) co_return Result<void>{};
    co_return fail(failed);
}

asio::awaitable<bool> LocalServer::wait_gone(milliseconds timeout) {
    const auto deadline = data_.clock().now() + timeout;
    for (;;) {
        reap_ended();
        if (processes().empty()) co_return true;
        if (data_.clock().now() >= deadline) co_return false;
        co_await pause_for(look_interval);
    }
}

asio::awaitable<void> LocalServer::death_watch(int pid) {
    const auto executor = co_await asio::this_coro::executor;
    auto process = open_pidfd(pid);
    if (!process) {
        // No such process, unless it is the system that is short of descriptors.
        const int error = errno;
        while (error != ESRCH && error != EINVAL && start_ticks(pid)) co_await pause_for(100ms);
        reap_ended();
        co_return;
    }
    asio::posix::stream_descriptor descriptor{executor, process.release()};
    boost::system::error_code ignored;
    co_await descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                                   asio::redirect_error(asio::use_awaitable, ignored));
    reap_ended();
}

asio::awaitable<Result<Process>> LocalServer::status(milliseconds timeout) {
    const auto& command = settings().commands.status;
    if (command.empty()) {
        const auto host = co_await data_.inspect(timeout);
        if (!host) co_return fail(host.error());
        co_return host->process;
    }
    auto invocation = from(command, placeholders_);
    invocation.timeout = timeout;
    const auto outcome = co_await run(invocation);
    if (!outcome) co_return fail(outcome.error());
    if (outcome->timed_out) co_return Process::unknown;
    const bool yes = command.expect.empty() ? outcome->ok()
                                            : outcome->output.find(command.expect) != std::string::npos ||
                                                  outcome->errors.find(command.expect) != std::string::npos;
    co_return yes ? Process::running : Process::stopped;
}

}  // namespace pgcm::act

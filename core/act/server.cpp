#include "act/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
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
constexpr auto signal_again = 100ms;
constexpr auto command_grace = 2s;

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
    bool visible = true, prepares = true;
    if (by_command) {  // it may start a server whose directory is out of our sight, in a container say
        const auto seen = co_await data_.inspect(timeout);
        if (!seen) co_return fail(seen.error());
        if (seen->disk_stalled) co_return fail(ErrorCode::timeout, seen->message);
        visible = seen->lineup != Lineup::empty;
        prepares = visible || seen->rewinding;
    }
    if (prepares) {
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
    auto postmaster = launch(invocation);
    if (!postmaster) co_return fail(postmaster.error());
    while (data_.clock().now() < deadline) {
        if (auto error = postmaster->ended()) {
            if (!error->hint.empty()) co_return fail(std::move(*error));  // it never became a server
            co_return fail(co_await early_end(std::move(*error)));
        }
        // The status is written once its sockets are open.
        const auto file = co_await data_.postmaster(postmaster->pid());
        if (file && *file && (*file)->pid == postmaster->pid() && !(*file)->status.empty()) co_return postmaster->pid();
        if (!file) co_await pause_for(look_interval);
    }
    co_return fail(ErrorCode::timeout, fmt::format("postgres (pid {}) did not begin to listen within {} ms",
                                                   postmaster->pid(), timeout.count()));
}

asio::awaitable<void> LocalServer::last_one_buried(BootTime deadline) {
    const auto file = co_await data_.postmaster(0);
    while (file && *file && is_zombie((*file)->pid) && data_.clock().now() < deadline) {
        reap_ended();
        // Its parent may take its time, and in a container for ever: then its file goes instead of it.
        if (const auto buried = co_await data_.bury_postmaster(); buried && *buried) co_return;
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

// True only when it is known; buries what ended.
bool LocalServer::gone() const {
    reap_ended();
    return server_is_gone(data_.real_data_dir());
}

// SIGINT, but only to a postmaster that is one for certain, having children. To an orphaned backend it would mean that
// its wait for a standby is cancelled, and the commit acknowledged.
void LocalServer::shut_down_fast() const {
    const auto running = processes();
    const auto postmaster = postmaster_among(running);
    if (postmaster && running.size() > 1)
        signal_server_process(*postmaster, data_.real_data_dir(), SIGINT);
    else
        quit_server(running, data_.real_data_dir());
}

asio::awaitable<Result<void>> LocalServer::stop(StopMode mode, milliseconds timeout) {
    const auto third = timeout / 3;
    const bool out_of_sight = gone();
    if (!settings().commands.stop.empty() && (mode == StopMode::fast || out_of_sight)) {
        const auto now = data_.clock().now();
        const auto done = co_await stop_by_command(now + third, now + 2 * third, command_grace);
        if (out_of_sight) co_return done;
        if (done && co_await wait_gone(third)) co_return Result<void>{};
    }
    const auto immediate_at = data_.clock().now() + (mode == StopMode::fast ? third : 0ms);
    co_return co_await bring_down(immediate_at, immediate_at + third, immediate_at + 2 * third);
}

asio::awaitable<Result<void>> LocalServer::fence(BootTime immediate_at, BootTime kill_at, BootTime give_up_at) {
    const bool container = !settings().commands.stop.empty() && gone();
    if (container) co_return co_await stop_by_command(give_up_at, give_up_at, 0ms);
    co_return co_await bring_down(immediate_at, kill_at, give_up_at);
}

// All that is done is repeated: a postmaster may have forked, or left orphans, in between.
asio::awaitable<Result<void>> LocalServer::bring_down(BootTime immediate_at, BootTime kill_at, BootTime give_up_at) {
    for (bool tried = false; !gone(); tried = true) {
        const auto now = data_.clock().now();
        if (tried && now >= give_up_at) {
            const auto left = processes();
            co_return fail(ErrorCode::timeout,
                           left.empty() ? std::string{"it cannot be seen whether a process of the server is left"}
                                        : fmt::format("{} processes of the server are left in spite of all signals, "
                                                      "one is {}",
                                                      left.size(), left.front()),
                           "pgcm must run as root or as the server's user; a process in state D waits for a disk");
        }
        if (now >= kill_at)
            kill_server(processes(), data_.real_data_dir());
        else if (now >= immediate_at)
            quit_server(processes(), data_.real_data_dir());
        else
            shut_down_fast();
        auto limit = now + signal_again;
        for (const auto deadline : {immediate_at, kill_at, give_up_at})
            if (deadline > now) limit = std::min(limit, deadline);
        co_await one_ends_before(limit);
    }
    co_return Result<void>{};
}

// A process of the server ends (as a rule its postmaster, the last one), or that time comes.
asio::awaitable<void> LocalServer::one_ends_before(BootTime limit) {
    using namespace asio::experimental::awaitable_operators;
    const auto executor = co_await asio::this_coro::executor;
    const auto running = processes();
    auto process = running.empty() ? Descriptor{} : open_pidfd(running.front());
    const auto left = limit - data_.clock().now();
    asio::steady_timer timer{executor, process ? left : std::min<nanoseconds>(left, look_interval)};
    if (!process) {
        co_await timer.async_wait(asio::use_awaitable);
        co_return;
    }
    asio::posix::stream_descriptor descriptor{executor, process.release()};
    co_await (descriptor.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable) ||
              timer.async_wait(asio::use_awaitable));
}

// A command that fails because nothing was left to stop is no failure.
asio::awaitable<Result<void>> LocalServer::stop_by_command(BootTime deadline, BootTime known_by, milliseconds grace) {
    auto invocation = from(settings().commands.stop, placeholders_);
    invocation.timeout = std::max(to_ms(deadline - data_.clock().now()), 1ms);
    invocation.grace = grace;
    invocation.detached_children = true;
    const auto outcome = co_await run(invocation);
    if (outcome && outcome->ok()) co_return Result<void>{};
    const Error failed = outcome ? to_error(*outcome, invocation) : outcome.error();
    const auto left = to_ms(known_by - data_.clock().now());
    if (failed.code == ErrorCode::interrupted || left <= 0ms) co_return fail(failed);
    if (!settings().commands.status.empty()) {
        const auto now = co_await status(left);
        if (now && *now == Process::stopped) co_return Result<void>{};
        co_return fail(failed);
    }
    const auto host = co_await data_.inspect(left);
    const bool seen_stopped = host && host->process == Process::stopped && host->lineup != Lineup::empty;
    if (seen_stopped) co_return Result<void>{};
    co_return fail(failed);
}

asio::awaitable<bool> LocalServer::wait_gone(milliseconds timeout) {
    const auto deadline = data_.clock().now() + timeout;
    for (;;) {
        if (gone()) co_return true;
        const auto now = data_.clock().now();
        if (now >= deadline) co_return false;
        co_await one_ends_before(std::min(deadline, now + signal_again));
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

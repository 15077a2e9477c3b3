#include "act/process.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

#include "act/child.hpp"
#include "model/assert.hpp"

namespace pgcm::act {
namespace {

std::string last_line(std::string_view text) {
    for (;;) {
        const auto end = text.find_last_not_of(" \t\r\n");
        if (end == std::string_view::npos) return {};
        text = text.substr(0, end + 1);
        const auto begin = text.find_last_of("\r\n");
        return std::string{begin == std::string_view::npos ? text : text.substr(begin + 1)};
    }
}

// What PostgreSQL's programs died of; they may tell of their tidying up afterwards.
std::string first_error(const std::string& text) {
    const auto at = text.find(": error: ");
    if (at == std::string::npos) return {};
    const auto begin = text.rfind('\n', at) + 1;  // npos + 1 is the beginning
    return text.substr(begin, text.find('\n', at) - begin);
}

std::string end_of(int exit_status, int signal) {
    if (signal != 0) return fmt::format("was ended by signal {} ({})", signal, ::strsignal(signal));
    return fmt::format("ended with status {}", exit_status);
}

// A coroutine thread of its own: when the caller's is cancelled, this one must still wait for the child's end.
asio::awaitable<Result<Outcome>> supervise(std::shared_ptr<Child> child, std::string name) {
    co_await asio::this_coro::throw_if_cancelled(false);
    child->begin();
    bool interrupted = false;
    while (!child->over()) {
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) {
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
            interrupted = true;
            child->terminate();
            continue;
        }
        boost::system::error_code ignored;
        co_await child->news().async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (interrupted) co_return fail(ErrorCode::interrupted, name + " was interrupted");
    co_return child->result();
}

}  // namespace

std::string Outcome::last_words() const {
    auto words = last_line(errors);
    if (words.empty()) words = last_line(output);
    return without_secrets(words);
}

asio::awaitable<Result<Outcome>> run(Invocation invocation) {
    reap_ended();
    auto spawned = spawn(invocation);
    if (!spawned) co_return fail(spawned.error());
    const auto executor = co_await asio::this_coro::executor;
    std::string name = invocation.argv.front();
    auto child = std::make_shared<Child>(executor, std::move(invocation), std::move(*spawned));
    auto supervised = supervise(std::move(child), std::move(name));
    co_return co_await asio::co_spawn(executor, std::move(supervised), asio::use_awaitable);
}

Error to_error(const Outcome& outcome, const Invocation& invocation) {
    const auto& program = invocation.argv.front();
    auto words = without_secrets(first_error(outcome.errors));
    if (words.empty()) words = outcome.last_words();
    const std::string tail = words.empty() ? "" : ": " + words;
    if (outcome.timed_out) {
        const bool silent = invocation.silence > 0ms;
        return {ErrorCode::timeout,
                fmt::format("{} was ended after {} ms {}{}", program,
                            silent ? invocation.silence.count() : invocation.timeout.count(),
                            silent ? "of silence, or at its deadline" : "", tail),
                {}};
    }
    return {ErrorCode::failed, fmt::format("{} {}{}", program, end_of(outcome.exit_status, outcome.signal), tail), {}};
}

Launched::Launched(Spawned child, Invocation invocation)
    : pid_(child.pid), child_(std::make_unique<Spawned>(std::move(child))), invocation_(std::move(invocation)) {}
Launched::Launched(Launched&&) noexcept = default;
Launched::~Launched() {
    if (child_) reap_later(pid_);
}

std::optional<Error> Launched::ended() {
    if (!child_) return std::nullopt;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) return std::nullopt;
    auto error = exec_error(*child_, invocation_);
    child_.reset();
    if (error) return error;
    const bool killed = WIFSIGNALED(status);
    return Error{ErrorCode::failed,
                 invocation_.argv.front() + " " + end_of(WEXITSTATUS(status), killed ? WTERMSIG(status) : 0),
                 {}};
}

Result<Launched> launch(const Invocation& invocation) {
    PGCM_ASSERT(invocation.detached_children && !invocation.log_file.empty());
    reap_ended();
    auto child = spawn(invocation);
    if (!child) return fail(child.error());
    return Launched{std::move(*child), invocation};
}

}  // namespace pgcm::act

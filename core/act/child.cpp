#include "act/child.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <mutex>

namespace pgcm::act {
namespace {

constexpr std::size_t keep_bytes = std::size_t{64} * 1024;
constexpr std::size_t longest_line = 4096;
constexpr auto after_kill = 250ms;  // what SIGKILL may take before we stop waiting

std::mutex left_guard;
std::vector<int> left_children;

}  // namespace

void reap_later(int pid) {
    const std::lock_guard lock{left_guard};
    left_children.push_back(pid);
}

void reap_ended() {
    const std::lock_guard lock{left_guard};
    std::erase_if(left_children, [](int pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; });
}

Child::Child(const asio::any_io_executor& executor, Invocation invocation, Spawned spawned)
    : invocation_(std::move(invocation)),
      spawned_(std::move(spawned)),
      output_(executor),
      errors_(executor),
      process_(executor),
      limit_(executor),
      silence_(executor),
      news_(executor, asio::steady_timer::time_point::max()) {}

Child::~Child() {
    if (reaped_ || over_) return;
    // The loop ended under us: nobody will look again.
    kill_group(SIGKILL);
    constexpr timespec moment{0, 1'000'000};
    for (int i = 0; i < 100 && ::waitpid(spawned_.pid, nullptr, WNOHANG) == 0; ++i) ::nanosleep(&moment, nullptr);
}

void Child::begin() {
    boost::system::error_code error;
    if (spawned_.output) output_.descriptor.assign(spawned_.output.release(), error);
    if (spawned_.errors) errors_.descriptor.assign(spawned_.errors.release(), error);
    if (spawned_.process) process_.assign(spawned_.process.release(), error);
    if (!process_.is_open()) {  // out of descriptors, or a kernel before 5.3
        exec_error_ = Error{ErrorCode::failed, "cannot watch " + invocation_.argv.front() + ": no pidfd", {}};
        kill_group(SIGKILL);
        reap_later(spawned_.pid);
        return finish();
    }
    if (output_.descriptor.is_open()) read(output_);
    if (errors_.descriptor.is_open()) read(errors_);
    process_.async_wait(asio::posix::descriptor_base::wait_read,
                        [self = shared_from_this()](const boost::system::error_code& failed) {
                            if (!failed && !self->over_) self->ended();
                        });
    limit_.expires_after(invocation_.timeout);
    limit_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
        if (cancelled || self->over_) return;
        self->outcome_.timed_out = true;
        self->terminate();
    });
    watch_silence();
}

void Child::watch_silence() {
    if (invocation_.silence <= 0ms || terminating_ || over_) return;
    silence_.expires_after(invocation_.silence);
    silence_.async_wait(
        [self = shared_from_this(), round = ++silence_round_](const boost::system::error_code& cancelled) {
            if (cancelled || self->over_ || round != self->silence_round_) return;
            self->outcome_.timed_out = true;
            self->terminate();
        });
}

// Only waits: what asio itself had read already, when the child's end is noticed, would be lost to drain().
void Child::read(Stream& stream) {
    stream.descriptor.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this(), &stream](
                                                                              const boost::system::error_code& failed) {
        if (self->over_ || failed || !stream.descriptor.is_open()) return;
        const auto size = ::read(stream.descriptor.native_handle(), stream.buffer.data(), stream.buffer.size());
        if (size == 0) return self->close(stream);
        if (size > 0) {
            self->take(stream, {stream.buffer.data(), static_cast<std::size_t>(size)});
            self->watch_silence();
        } else if (errno != EAGAIN && errno != EINTR) {
            return self->close(stream);
        }
        self->read(stream);
    });
}

void Child::take(Stream& stream, std::string_view piece) {
    stream.text += piece;
    if (stream.text.size() > 2 * keep_bytes) {
        stream.text.erase(0, stream.text.size() - keep_bytes);
        stream.truncated = true;
    }
    if (!invocation_.on_line) return;
    for (const char c : piece) {
        if (c == '\n' || c == '\r') {
            if (!stream.line.empty()) invocation_.on_line(stream.line);
            stream.line.clear();
        } else if (stream.line.size() < longest_line) {
            stream.line += c;
        }
    }
}

// Whatever it wrote before it ended is in the pipe now; its surviving children may hold the pipe open for ever.
void Child::drain(Stream& stream) {
    if (!stream.descriptor.is_open()) return;
    boost::system::error_code ignored;
    stream.descriptor.cancel(ignored);
    const int number = stream.descriptor.native_handle();
    for (std::size_t total = 0; total < 16 * keep_bytes;) {
        const auto size = ::read(number, stream.buffer.data(), stream.buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) break;
        take(stream, {stream.buffer.data(), static_cast<std::size_t>(size)});
        total += static_cast<std::size_t>(size);
    }
    close(stream);
}

void Child::close(Stream& stream) {
    // What came without a newline is a line, too.
    if (!stream.line.empty() && invocation_.on_line) invocation_.on_line(stream.line);
    stream.line.clear();
    boost::system::error_code ignored;
    stream.descriptor.close(ignored);
}

void Child::kill_group(int signal) const {
    // Not yet reaped, so neither number can belong to anybody else.
    if (::kill(-spawned_.pid, signal) != 0) ::kill(spawned_.pid, signal);
}

void Child::terminate() {
    if (terminating_ || over_) return;
    terminating_ = true;
    silence_.cancel();
    if (invocation_.grace > 0ms) kill_group(SIGTERM);
    limit_.expires_after(invocation_.grace);
    limit_.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
        if (cancelled || self->over_) return;
        self->kill_group(SIGKILL);
        self->limit_.expires_after(after_kill);
        self->limit_.async_wait([self](const boost::system::error_code& stopped) {
            if (!stopped && !self->over_) self->abandon();
        });
    });
}

void Child::abandon() {
    outcome_.abandoned = true;
    reap_later(spawned_.pid);
    finish();
}

void Child::ended() {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(spawned_.pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    if (!invocation_.detached_children) kill_group(SIGKILL);
    drain(output_);
    drain(errors_);
    ::waitpid(spawned_.pid, nullptr, WNOHANG);
    reaped_ = true;
    if (info.si_code == CLD_EXITED)
        outcome_.exit_status = info.si_status;
    else
        outcome_.signal = info.si_status;
    exec_error_ = exec_error(spawned_, invocation_);
    finish();
}

void Child::finish() {
    over_ = true;
    boost::system::error_code ignored;
    for (auto* descriptor : {&output_.descriptor, &errors_.descriptor, &process_})
        if (descriptor->is_open()) descriptor->close(ignored);
    limit_.cancel();
    silence_.cancel();
    news_.cancel();
}

Result<Outcome> Child::result() {
    if (exec_error_) return fail(*exec_error_);
    for (auto* stream : {&output_, &errors_}) {
        outcome_.truncated = outcome_.truncated || stream->truncated || stream->text.size() > keep_bytes;
        if (stream->text.size() > keep_bytes) stream->text.erase(0, stream->text.size() - keep_bytes);
    }
    outcome_.output = std::move(output_.text);
    outcome_.errors = std::move(errors_.text);
    return std::move(outcome_);
}

}  // namespace pgcm::act

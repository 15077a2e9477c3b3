#include "loop/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "model/assert.hpp"

namespace pgcm::loop {
namespace {

std::atomic<int> write_end{-1};
static_assert(std::atomic<int>::is_always_lock_free);  // or a signal's handler may not touch it

// A full pipe drops the signal: 64 KiB of them wait already.
extern "C" void note_signal(int number) {
    const int before = errno;
    const auto byte = static_cast<unsigned char>(number);
    [[maybe_unused]] const auto written = ::write(write_end, &byte, 1);
    errno = before;
}

void handle(std::initializer_list<int> numbers, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    for (const int number : numbers) ::sigaction(number, &action, nullptr);
}

}  // namespace

Signals::Signals() {
    PGCM_ASSERT(write_end == -1);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    read_end_ = ends[0];
    write_end = ends[1];
    handle({SIGTERM, SIGINT, SIGHUP}, note_signal);
}

Signals::~Signals() {
    if (!ending_) handle({SIGTERM, SIGINT, SIGHUP}, SIG_DFL);
    ::close(write_end.exchange(-1));
    ::close(read_end_);
}

std::optional<int> Signals::take() {
    unsigned char number = 0;
    for (;;) {
        if (::read(read_end_, &number, 1) == 1) return number;
        if (errno != EINTR) return std::nullopt;
    }
}

void Signals::let_end() {
    ending_ = true;
    handle({SIGTERM, SIGINT}, SIG_DFL);
    handle({SIGHUP}, SIG_IGN);
}

}  // namespace pgcm::loop

#include "serve/server.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <exception>
#include <list>
#include <system_error>
#include <thread>
#include <utility>

#include "model/assert.hpp"
#include "serve/connection.hpp"
#include "serve/listener.hpp"

namespace pgcm::serve {

namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// A coroutine that fails (for want of memory) ends alone; the server goes on.
constexpr auto end_alone = [](const std::exception_ptr&) {};

struct Door {
    Door(asio::io_context& io, Listener opened) : listener(std::move(opened)), readable(io, listener.fd()), pause(io) {}
    ~Door() { close(); }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    void close() {
        readable.release();  // the listener closes it
        pause.cancel();
        listener.close();
    }

    Listener listener;
    asio::posix::stream_descriptor readable;
    asio::steady_timer pause;
};

// Signals are for the loop's thread.
class SignalsHeld {
  public:
    SignalsHeld() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;

  private:
    sigset_t before_;
};

}  // namespace

struct HttpServer::Running {
    Running(const Board& board, const Clock& clock, const Limits& limits) : clients{board, clock, limits, 0, {}, 0} {}

    Clients clients;  // outlives the coroutines that io may still hold when it ends
    asio::io_context io{1};
    std::list<Door> doors;
    asio::steady_timer timer{io};
    bool closing = false;
    std::thread thread;

    asio::awaitable<void> keep_time();
    asio::awaitable<void> accept_at(Door& door);
    bool accept_waiting(const Listener& listener);
    void admit(int fd, int family);
    void run() noexcept;
    void close();
};

asio::awaitable<void> HttpServer::Running::keep_time() {
    while (!closing) {
        timer.expires_after(clients.limits.tick);
        co_await timer.async_wait(as_result);
        ++clients.ticks;
        for (auto* const connection : clients.open) connection->tick();
    }
}

asio::awaitable<void> HttpServer::Running::accept_at(Door& door) {
    while (!closing) {
        const auto [error] = co_await door.readable.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (error || closing) co_return;
        if (accept_waiting(door.listener)) continue;
        door.pause.expires_after(clients.limits.accept_pause);
        co_await door.pause.async_wait(as_result);
    }
}

// False when the system is out of something, which a pause may mend. By accept4, since Asio's accept leaves the
// descriptor open across exec: a server started meanwhile would hold the client's connection for good.
bool HttpServer::Running::accept_waiting(const Listener& listener) {
    for (int turn = 0; turn < 64; ++turn) {
        const int fd = ::accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(fd, listener.family());
            continue;
        }
        switch (errno) {
            case EAGAIN: return true;
            case EMFILE:
            case ENFILE:
            case ENOBUFS:
            case ENOMEM: return false;
            default: break;  // this one connection failed before it was accepted (accept(2))
        }
    }
    return true;
}

void HttpServer::Running::admit(int fd, int family) {
    Connection::Socket socket(io);
    boost::system::error_code error;
    socket.assign(asio::generic::stream_protocol(family, 0), fd, error);
    if (error) ::close(fd);
    const std::size_t room = clients.limits.connections + clients.limits.turned_away;
    if (error || clients.open.size() >= room) return;
    try {
        auto connection = std::make_shared<Connection>(std::move(socket), clients);
        asio::co_spawn(io, connection->run(), [connection](const std::exception_ptr&) {});
    } catch (const std::exception&) {
        // No memory for this one: closed, as the destructors leave it.
    }
}

void HttpServer::Running::run() noexcept {
    for (;;) {
        try {
            io.run();
            return;
        } catch (...) {
            // A handler threw for want of memory; what it belonged to is gone, the rest goes on.
        }
    }
}

void HttpServer::Running::close() {
    closing = true;
    timer.cancel();
    for (auto& door : doors) door.close();
    for (auto* const connection : clients.open) connection->close();
}

HttpServer::HttpServer(const Board& board, const Clock& clock, Limits limits)
    : board_(board), clock_(clock), limits_(limits) {}

HttpServer::~HttpServer() {
    stop();
}

Result<void> HttpServer::start(const std::vector<std::string>& addresses) {
    PGCM_ASSERT(!running_);
    if (addresses.empty()) return fail(ErrorCode::usage, "no address to listen on", "set [serve] listen");
    try {
        auto running = std::make_unique<Running>(board_, clock_, limits_);
        for (const auto& address : addresses) {
            auto listeners = listen_on(address);
            if (!listeners) return fail(std::move(listeners.error()));
            for (auto& listener : *listeners) running->doors.emplace_back(running->io, std::move(listener));
        }
        asio::co_spawn(running->io, running->keep_time(), end_alone);
        for (auto& door : running->doors) asio::co_spawn(running->io, running->accept_at(door), end_alone);
        const SignalsHeld held;
        running->thread = std::thread([&all = *running] { all.run(); });
        ::pthread_setname_np(running->thread.native_handle(), "pgcm-http");
        running_ = std::move(running);
        return {};
    } catch (const std::exception& problem) {
        return fail(std::string("cannot start the HTTP server: ") + problem.what());
    }
}

void HttpServer::stop() noexcept {
    if (!running_) return;
    try {
        asio::post(running_->io, [&all = *running_] { all.close(); });
    } catch (...) {
        running_->io.stop();  // no memory for the orderly way
    }
    running_->thread.join();
    running_.reset();
}

std::vector<std::string> HttpServer::addresses() const {
    std::vector<std::string> all;
    if (!running_) return all;
    for (const auto& door : running_->doors) all.push_back(door.listener.address());
    return all;
}

}  // namespace pgcm::serve

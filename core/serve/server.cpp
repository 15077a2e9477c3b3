#include "serve/server.hpp"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <climits>
#include <exception>
#include <future>
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

struct Entrance {
    Entrance(asio::io_context& io, Listener opened, std::string told)
        : wanted(std::move(told)), listener(std::move(opened)), readable(io, listener.fd()), pause(io) {}
    ~Entrance() { close(); }
    Entrance(const Entrance&) = delete;
    Entrance& operator=(const Entrance&) = delete;

    void close() {
        closed = true;
        readable.release();  // the listener closes it
        pause.cancel();
        listener.close();
    }

    const std::string wanted;  // the address as it was asked for; empty: a passed socket
    bool closed = false;
    Listener listener;
    asio::posix::stream_descriptor readable;
    asio::steady_timer pause;
};

using Doors = std::list<std::shared_ptr<Entrance>>;  // shared with the coroutine that accepts there

// The loop needs descriptors of its own: probes, files, children.
Limits affordable(Limits limits) {
    rlimit most{};
    if (::getrlimit(RLIMIT_NOFILE, &most) == 0 && most.rlim_cur != RLIM_INFINITY)
        limits.connections = std::min(limits.connections, static_cast<std::size_t>(most.rlim_cur) / 2);
    return limits;
}

// Of IPv6 addresses one client may have a whole /64.
Connection::Origin origin_of(int fd) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {Door::elsewhere, "?", false};
    if (peer.ss_family == AF_UNIX) return {Door::open, {}, true};
    if (peer.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
        const bool near = (ntohl(v4.sin_addr.s_addr) >> 24U) == 127;
        return {near ? Door::loopback : Door::elsewhere,
                std::string(reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr), false};
    }
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    return {IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) ? Door::loopback : Door::elsewhere,
            std::string(reinterpret_cast<const char*>(&v6.sin6_addr), 8), false};
}

// What clients may call this host, beside localhost and addresses: its own name, and those it listens by.
std::vector<std::string> names_of_host(const std::vector<std::string>& addresses) {
    std::vector<std::string> names;
    for (const auto& address : addresses)
        if (!address.starts_with("unix:")) names.push_back(address.substr(0, address.rfind(':')));
    std::array<char, HOST_NAME_MAX + 1> own{};
    if (::gethostname(own.data(), own.size() - 1) != 0) return names;
    for (const std::string name(own.data()); const std::string& shown : {name, name.substr(0, name.find('.'))})
        if (!shown.empty()) names.push_back(shown);
    return names;
}

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
    Running(Board& place, const Clock& clock, const Limits& limits, std::shared_ptr<const Security> security)
        : board(place), clients(place, clock, limits, std::move(security)) {}

    Board& board;
    Clients clients;  // outlives the coroutines that io may still hold when it ends
    asio::io_context io{1};
    Doors doors;
    asio::steady_timer timer{io};
    bool closing = false;
    std::atomic<bool> told{false};  // that there is news
    std::thread thread;

    asio::awaitable<void> keep_time();
    asio::awaitable<void> accept_at(std::shared_ptr<Entrance> door);
    Result<void> open(Doors& into, const std::string& address, Beside beside);
    void begin_at(const std::shared_ptr<Entrance>& door);
    void become(Doors next, std::shared_ptr<const Security> security, std::vector<std::string> names);
    bool accept_waiting(const Listener& listener);
    void admit(int fd, int family);
    void hear();
    void read_news();
    void run() noexcept;
    void close();
};

asio::awaitable<void> HttpServer::Running::keep_time() {
    while (!closing) {
        // With no connection there is no time to keep; the next one wakes it.
        if (clients.open.empty())
            timer.expires_at(asio::steady_timer::time_point::max());
        else
            timer.expires_after(clients.limits.tick);
        const auto [woken] = co_await timer.async_wait(as_result);
        if (woken) continue;
        ++clients.ticks;
        for (auto* const connection : clients.open) connection->tick();
    }
}

asio::awaitable<void> HttpServer::Running::accept_at(std::shared_ptr<Entrance> door) {
    while (!door->closed) {
        const auto [error] = co_await door->readable.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (error || door->closed) co_return;
        if (accept_waiting(door->listener)) continue;
        door->pause.expires_after(clients.limits.accept_pause);
        co_await door->pause.async_wait(as_result);
    }
}

Result<void> HttpServer::Running::open(Doors& into, const std::string& address, Beside beside) {
    auto listeners = listen_on(address, beside);
    if (!listeners) return fail(std::move(listeners.error()));
    for (auto& listener : *listeners) into.push_back(std::make_shared<Entrance>(io, std::move(listener), address));
    return {};
}

void HttpServer::Running::begin_at(const std::shared_ptr<Entrance>& door) {
    asio::co_spawn(io, accept_at(door), end_alone);
}

// On the server's thread. `next` may hold doors that are open already.
void HttpServer::Running::become(Doors next, std::shared_ptr<const Security> security, std::vector<std::string> names) {
    const auto is_in = [](const Doors& all, const std::shared_ptr<Entrance>& door) {
        return std::ranges::find(all, door) != all.end();
    };
    for (const auto& door : next)
        if (!is_in(doors, door)) begin_at(door);
    for (const auto& door : doors)
        if (!is_in(next, door)) door->close();
    doors = std::move(next);
    clients.security = std::move(security);
    clients.names = std::move(names);
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
    if (clients.open.empty()) timer.cancel();
    try {
        auto connection = std::make_shared<Connection>(std::move(socket), origin_of(fd), clients);
        asio::co_spawn(io, connection->run(), [connection](const std::exception_ptr&) {});
    } catch (const std::exception&) {
        // No memory for this one: closed, as the destructors leave it.
    }
}

// On the loop's thread, for each thing that is published.
void HttpServer::Running::hear() {
    if (told.exchange(true)) return;
    try {
        asio::post(io, [this] { read_news(); });
    } catch (const std::exception&) {
        told = false;  // no memory: the next one tells of this one too
    }
}

void HttpServer::Running::read_news() {
    told = false;
    const auto news = board.take_news();
    for (const auto& turn : news.turns) {
        clients.feed.add(turn, clients.recent.add(*turn));
        if (!turn->seen().operation) clients.done_bytes = clients.total_bytes = std::nullopt;
    }
    for (const auto& step : news.steps) {
        clients.feed.add(step, board.renderer());
        clients.done_bytes = step.done_bytes;
        clients.total_bytes = step.total_bytes;
    }
    for (auto* const connection : clients.open) connection->wake();
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
    for (const auto& door : doors) door->close();
    for (auto* const connection : clients.open) connection->close();
}

HttpServer::HttpServer(Board& board, const Clock& clock, Limits limits)
    : board_(board), clock_(clock), limits_(limits) {}

HttpServer::~HttpServer() {
    stop();
}

Result<void> HttpServer::start(const std::vector<std::string>& addresses, const SecurityFiles& files,
                               const std::vector<int>& passed) {
    PGCM_ASSERT(!running_);
    if (addresses.empty() && passed.empty())
        return fail(ErrorCode::usage, "no address to listen on", "set [serve] listen");
    auto security = make_security(files);
    if (!security) return fail(std::move(security.error()));
    try {
        auto running = std::make_unique<Running>(board_, clock_, affordable(limits_), std::move(*security));
        for (const auto& address : addresses)
            if (auto opened = running->open(running->doors, address, Beside::nobody); !opened) return opened;
        for (const int descriptor : passed) {
            auto listener = adopt(descriptor);
            if (!listener) return fail(std::move(listener.error()));
            running->doors.push_back(std::make_shared<Entrance>(running->io, std::move(*listener), std::string{}));
        }
        running->clients.names = names_of_host(addresses);
        asio::co_spawn(running->io, running->keep_time(), end_alone);
        for (const auto& door : running->doors) running->begin_at(door);
        const SignalsHeld held;
        running->thread = std::thread([&all = *running] { all.run(); });
        ::pthread_setname_np(running->thread.native_handle(), "pgcm-http");
        running_ = std::move(running);
        board_.subscribe([&all = *running_] { all.hear(); });
        running_->hear();
        return {};
    } catch (const std::exception& problem) {
        return fail(std::string("cannot start the HTTP server: ") + problem.what());
    }
}

Result<void> HttpServer::reload(const std::vector<std::string>& addresses, const SecurityFiles& files) {
    PGCM_ASSERT(running_);
    auto security = make_security(files);
    if (!security) return fail(std::move(security.error()));
    try {
        // Doors that stay, doors that go. Only this thread changes the list, through become().
        Doors next, going;
        for (const auto& door : running_->doors)
            (door->wanted.empty() || std::ranges::count(addresses, door->wanted) > 0 ? next : going).push_back(door);
        const auto stays = [&](const std::string& address) {
            return std::ranges::any_of(next, [&](const auto& door) { return door->wanted == address; });
        };
        for (const auto& address : addresses) {
            if (stays(address)) continue;
            if (running_->open(next, address, Beside::nobody)) continue;
            // From 127.0.0.1 to 0.0.0.0, say: the old one is in the way until it is closed.
            for (const auto& door : going) door->listener.share();
            if (auto opened = running_->open(next, address, Beside::ours); !opened) return opened;
        }
        std::packaged_task<void()> change(
            [&] { running_->become(std::move(next), std::move(*security), names_of_host(addresses)); });
        auto changed = change.get_future();
        asio::post(running_->io, [change = std::move(change)]() mutable { change(); });
        changed.get();
        return {};
    } catch (const std::exception& problem) {
        return fail(std::string("cannot change where the HTTP server listens: ") + problem.what());
    }
}

void HttpServer::stop() noexcept {
    if (!running_) return;
    board_.subscribe({});
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
    for (const auto& door : running_->doors) all.push_back(door->listener.address());
    return all;
}

}  // namespace pgcm::serve

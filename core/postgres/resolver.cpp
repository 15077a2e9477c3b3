#include "postgres/resolver.hpp"

#include <netdb.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <thread>

namespace pgcm::postgres {

namespace asio = boost::asio;

// Open as long as the Resolver lives: a thread that outlives it must not post to a loop that may be gone.
struct Resolver::Door {
    std::mutex mutex;
    bool open = true;
};

// Belongs to the loop; the thread reaches it only by posting.
struct Resolver::Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : finished(executor) {
        finished.expires_at(asio::steady_timer::time_point::max());
    }
    asio::steady_timer finished;  // cancelled when the answer is there
    bool done = false;
    std::string address;
    std::string message;
};

namespace {

struct Found {
    std::string address;
    std::string message;
};

Found look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_family = AF_UNSPEC;
    addrinfo* list = nullptr;
    const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (code != 0) return {{}, ::gai_strerror(code)};
    char text[NI_MAXHOST] = {};
    const int named = ::getnameinfo(list->ai_addr, list->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    ::freeaddrinfo(list);
    if (named != 0) return {{}, ::gai_strerror(named)};
    return {text, {}};
}

bool needs_no_lookup(const std::string& host) {
    if (host.empty() || host.front() == '/' || host.front() == '@') return true;
    boost::system::error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

}  // namespace

Resolver::Resolver() : door_(std::make_shared<Door>()) {}

Resolver::~Resolver() {
    const std::lock_guard lock(door_->mutex);
    door_->open = false;
}

std::shared_ptr<Resolver::Lookup> Resolver::start(const std::string& host, const asio::any_io_executor& executor) {
    auto lookup = std::make_shared<Lookup>(executor);
    // Detached: a getaddrinfo that hangs cannot be interrupted, and nobody may wait for it.
    std::thread([host, lookup, executor, door = door_]() mutable {
        auto found = look_up(host);
        const std::lock_guard lock(door->mutex);
        if (!door->open) return;
        asio::post(executor, [lookup = std::move(lookup), found = std::move(found)]() mutable {
            lookup->done = true;
            lookup->address = std::move(found.address);
            lookup->message = std::move(found.message);
            lookup->finished.cancel();
        });
    }).detach();
    return lookup;
}

asio::awaitable<Result<std::string>> Resolver::resolve(std::string host, milliseconds timeout) {
    if (needs_no_lookup(host)) co_return host;
    const auto executor = co_await asio::this_coro::executor;

    auto& slot = pending_[host];
    if (!slot) slot = start(host, executor);
    const auto lookup = slot;

    const auto expired = std::make_shared<bool>(false);
    asio::steady_timer patience(executor, timeout);
    patience.async_wait([lookup, expired](const boost::system::error_code& error) {
        if (error) return;
        *expired = true;
        lookup->finished.cancel();
    });
    while (!lookup->done && !*expired) {
        boost::system::error_code ignored;
        co_await lookup->finished.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    patience.cancel();
    if (lookup->done) {
        pending_.erase(host);
        if (!lookup->address.empty()) co_return last_good_[host] = lookup->address;
    }
    if (const auto known = last_good_.find(host); known != last_good_.end()) co_return known->second;
    co_return fail(ErrorCode::failed, "could not look up the host name \"" + host + "\": " +
                                          (lookup->done ? lookup->message : "no answer from the name service"));
}

}  // namespace pgcm::postgres

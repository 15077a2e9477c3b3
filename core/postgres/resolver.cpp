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

constexpr int share_of_a_known_name = 4;

// Open as long as the Resolver lives: a thread that outlives it must not post to a loop that may be gone.
struct Resolver::Door {
    std::mutex mutex;
    bool open = true;
};

// Belongs to the loop; the thread reaches it only by posting, and does not keep it: its timer must not outlive the
// loop.
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
    std::thread([host, weak = std::weak_ptr(lookup), executor, door = door_]() {
        auto found = look_up(host);
        const std::lock_guard lock(door->mutex);
        if (!door->open) return;
        asio::post(executor, [weak, found = std::move(found)]() mutable {
            const auto there = weak.lock();
            if (!there) return;
            there->done = true;
            there->address = std::move(found.address);
            there->message = std::move(found.message);
            there->finished.cancel();
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

    if (last_good_.contains(host)) timeout /= share_of_a_known_name;
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
        // Another caller may have begun the next one.
        if (const auto at = pending_.find(host); at != pending_.end() && at->second == lookup) pending_.erase(at);
        if (!lookup->address.empty()) co_return last_good_[host] = lookup->address;
    }
    if (const auto known = last_good_.find(host); known != last_good_.end()) co_return known->second;
    co_return fail(ErrorCode::failed, "could not look up the host name \"" + host + "\": " +
                                          (lookup->done ? lookup->message : "no answer from the name service"));
}

}  // namespace pgcm::postgres

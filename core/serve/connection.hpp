#pragma once
// One client's connection: a coroutine that reads requests, answers them, and ends by itself.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/time.hpp"
#include "serve/channel.hpp"
#include "serve/feed.hpp"
#include "serve/limits.hpp"
#include "serve/router.hpp"

namespace pgcm::serve {

class Connection;

// What the connections of one server share; touched by the server's thread alone.
struct Clients {
    Clients(const Board& place, const Clock& time, const Limits& granted, std::shared_ptr<const Security> shown)
        : board(place), clock(time), limits(granted), security(std::move(shown)) {}

    const Board& board;
    const Clock& clock;
    Limits limits;
    std::shared_ptr<const Security> security;
    std::vector<std::string> names;  // of this host, as clients may call it
    std::uint64_t ticks = 0;         // passed since the start
    std::list<Connection*> open;
    std::size_t serving = 0;                        // those of `open` that are answered, not turned away
    std::map<std::string, std::size_t> by_address;  // of those
    std::size_t streams = 0;
    std::uint64_t requests = 0;
    Recent recent;
    Feed feed;
    std::optional<std::uint64_t> done_bytes, total_bytes;  // of the copy that runs, as last told
};

class Connection {
  public:
    using Socket = Channel::Socket;
    // Where a client comes from.
    struct Origin {
        Door door = Door::elsewhere;
        std::string address;  // by which its connections are counted; empty: they are not
        bool plain = false;   // no TLS here
    };

    // Counted in `clients` for as long as it lives. Beyond the limit of connections it will only say so.
    Connection(Socket socket, Origin origin, Clients& clients);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // To be called once; ends when either side has had enough. Every failure of the client is met here.
    boost::asio::awaitable<void> run();
    // Interrupts what takes longer than the limits allow. To be called after each tick.
    void tick();
    // The feed has something new.
    void wake() { news_.cancel(); }
    // Ends run() at its next step.
    void close();

  private:
    struct Parser;
    enum class Intake { complete, expects_word, malformed, header_too_long, body_too_long, too_slow, gone };

    boost::asio::awaitable<void> serve();
    std::optional<Intake> feed(Parser& parser);
    boost::asio::awaitable<Intake> receive(Parser& parser);
    boost::asio::awaitable<bool> send(std::string bytes);
    boost::asio::awaitable<void> stream();
    boost::asio::awaitable<void> linger();
    Response answer_to(const Parser& parser, Intake intake);
    std::string beat() const;
    void arm(milliseconds time);
    void disarm();

    Channel channel_;
    Origin origin_;
    Clients& clients_;
    boost::beast::flat_buffer buffer_;  // received, not parsed yet
    boost::asio::steady_timer news_;
    const bool welcome_;
    bool closed_ = false;
    bool expired_ = false;
    std::uint64_t expires_ = 0;  // by clients_.ticks
    std::list<Connection*>::iterator place_;
};

}  // namespace pgcm::serve

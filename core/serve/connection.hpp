#pragma once
// One client's connection: a coroutine that reads requests, answers them, and ends by itself.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "model/time.hpp"
#include "serve/limits.hpp"
#include "serve/published.hpp"

namespace pgcm::serve {

class Connection;

// What the connections of one server share; touched by the server's thread alone.
struct Clients {
    const Board& board;
    const Clock& clock;
    const Limits& limits;
    std::uint64_t ticks = 0;  // passed since the start
    std::list<Connection*> open;
    std::size_t serving = 0;  // those of `open` that are answered, not turned away
};

class Connection {
  public:
    using Socket = boost::asio::generic::stream_protocol::socket;

    // Counted in `clients` for as long as it lives. Beyond the limit of connections it will only say so.
    Connection(Socket socket, Clients& clients);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // To be called once; ends when either side has had enough. Every failure of the client is met here.
    boost::asio::awaitable<void> run();
    // Interrupts what takes longer than the limits allow. To be called after each tick.
    void tick();
    // Ends run() at its next step.
    void close();

  private:
    struct Parser;
    enum class Intake { complete, expects_word, malformed, header_too_long, body_too_long, too_slow, gone };

    boost::asio::awaitable<void> serve();
    std::optional<Intake> feed(Parser& parser);
    boost::asio::awaitable<Intake> receive(Parser& parser);
    boost::asio::awaitable<bool> send(std::string bytes);
    boost::asio::awaitable<void> linger();
    std::string answer_to(const Parser& parser, Intake intake, bool last) const;
    void arm(milliseconds time);

    Socket socket_;
    Clients& clients_;
    boost::beast::flat_buffer buffer_;  // received, not parsed yet
    const bool welcome_;
    bool expired_ = false;
    std::uint64_t expires_ = 0;  // by clients_.ticks
    std::list<Connection*>::iterator place_;
};

}  // namespace pgcm::serve

#pragma once
// One libpq connection as a coroutine: nothing here blocks, every call has a deadline.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/observation.hpp"
#include "postgres/conninfo.hpp"
#include "postgres/resolver.hpp"

struct pg_conn;

namespace pgcm::postgres {

namespace asio = boost::asio;

// How far it came, and what was said. Never holds a password. A statement that the server refuses leaves `reach` at
// accepting: the server is there, only this statement was not to be had.
struct Failure {
    Reach reach = Reach::unknown;
    std::string sqlstate;
    std::string message;
};
template <class T>
using Answer = tl::expected<T, Failure>;

// "what: message (SQLSTATE)", for callers that deal in Error.
Error to_error(const Failure& failure, std::string_view what);

// A result set; empty cells are SQL NULL.
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
    // The first row's cell in the first column; empty when there is none.
    std::optional<std::string> single() const;
};

class Session {
  public:
    Session(asio::any_io_executor executor, Resolver& resolver);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Opens the connection; host names are looked up by the Resolver. Adds keepalives, tcp_user_timeout and
    // client_encoding where the conninfo does not set them. On failure the session is closed.
    asio::awaitable<Answer<void>> connect(Conninfo conninfo, milliseconds timeout);

    // Runs one or more statements by the simple protocol (works in replication sessions too) and returns one Table a
    // statement. A failure that the server reports leaves the session open; any other closes it.
    asio::awaitable<Answer<std::vector<Table>>> query(std::string sql, milliseconds timeout);

    // Returns true as soon as the other side closes the idle session, or sent a notification that it was told to LISTEN
    // for, also one that came during a query; false when the wait itself is cancelled. To be called only while no query
    // runs.
    asio::awaitable<bool> wait_event();

    void close();
    bool connected() const;
    int server_version() const;  // as PQserverVersion, e.g. 150008; 0 when closed

    static std::string quote_literal(std::string_view text);  // with E'' where needed; safe for UTF-8
    static std::string quote_identifier(std::string_view text);

  private:
    struct Line;  // the socket and its deadline; shared with the timer's handler
    using Connection = std::unique_ptr<pg_conn, void (*)(pg_conn*)>;
    enum class Wait { ready, expired };

    asio::awaitable<Answer<Conninfo>> resolved(Conninfo conninfo, milliseconds timeout);
    asio::awaitable<Wait> wait(asio::posix::descriptor_base::wait_type what);
    asio::awaitable<Answer<void>> handshake();
    asio::awaitable<Answer<void>> send(const std::string& sql);
    bool adopt_socket();
    bool take_notifications();

    Resolver& resolver_;
    Connection connection_;
    std::shared_ptr<Line> line_;
};

}  // namespace pgcm::postgres

#include "postgres/session.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cctype>

namespace pgcm::postgres {

struct Session::Line {
    explicit Line(const asio::any_io_executor& executor) : socket(executor), deadline(executor) {}

    // For as long as this lives every wait ends after the timeout. A cancelled coroutine takes its deadline with it:
    // one that nobody waits for would keep the loop from coming to its end.
    class Armed {
      public:
        Armed(std::shared_ptr<Line> line, milliseconds timeout) : line_(std::move(line)), round_(++line_->round) {
            line_->expired = false;
            line_->deadline.expires_after(timeout);
            line_->deadline.async_wait([line = line_, round = round_](const boost::system::error_code& error) {
                if (error || round != line->round) return;
                line->expired = true;
                boost::system::error_code ignored;
                line->socket.cancel(ignored);
            });
        }
        ~Armed() {
            if (round_ == line_->round) line_->disarm();
        }
        Armed(const Armed&) = delete;
        Armed& operator=(const Armed&) = delete;

      private:
        std::shared_ptr<Line> line_;
        std::uint64_t round_;
    };

    void disarm() {
        ++round;
        deadline.cancel();
    }

    asio::posix::stream_descriptor socket;  // a duplicate of libpq's, which libpq may close and open at will
    asio::steady_timer deadline;
    bool expired = false;
    std::uint64_t round = 0;
};

namespace {

std::string trimmed(std::string text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
    return text;
}

// In libpq's verbose form a server's message reads "...FATAL:  53300: text"; the code stands nowhere else for a
// refused connection.
std::pair<std::string, std::string> split_sqlstate(const std::string& message) {
    for (auto at = message.find(":  "); at != std::string::npos; at = message.find(":  ", at + 1)) {
        const auto code = message.substr(at + 3, 5);
        bool plausible = code.size() == 5 && message.compare(at + 8, 2, ": ") == 0;
        for (const char c : code)
            plausible = plausible && (std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'A' && c <= 'Z'));
        if (plausible) return {code, message.substr(at + 10, message.find('\n', at) - at - 10)};
    }
    return {"", message.substr(0, message.find('\n'))};
}

bool mentions(const std::string& text, std::initializer_list<const char*> words) {
    for (const char* word : words)
        if (text.find(word) != std::string::npos) return true;
    return false;
}

// What a failed PQconnectPoll means. libpq has no code for it but the system's words, which stay in the C locale as
// pgcm never calls setlocale().
Failure connect_failure(PGconn* connection) {
    const std::string whole = trimmed(PQerrorMessage(connection));
    auto [sqlstate, message] = split_sqlstate(whole);
    if (!sqlstate.empty()) return {Reach::rejecting, sqlstate, message};
    if (mentions(whole, {"No route to host", "Network is unreachable", "Host is down", "timed out"}))
        return {Reach::silent, {}, message};
    if (mentions(whole, {"could not translate host name"})) return {Reach::unresolved, {}, message};
    if (mentions(whole, {"Connection refused", "No such file or directory", "closed the connection", "reset by peer"}))
        return {Reach::refused, {}, message};
    return {Reach::rejecting, {}, message};  // it speaks, but not to us: authentication, TLS, pg_hba.conf
}

Failure lost(PGconn* connection) {
    const auto [sqlstate, message] = split_sqlstate(trimmed(PQerrorMessage(connection)));
    return {Reach::refused, sqlstate, message.empty() ? "the connection was lost" : message};
}

Table to_table(const PGresult* result) {
    Table table;
    const int columns = PQnfields(result);
    for (int c = 0; c < columns; ++c) table.columns.emplace_back(PQfname(result, c));
    for (int r = 0; r < PQntuples(result); ++r) {
        auto& row = table.rows.emplace_back();
        for (int c = 0; c < columns; ++c) {
            if (PQgetisnull(result, r, c) != 0)
                row.emplace_back(std::nullopt);
            else
                row.emplace_back(
                    std::string(PQgetvalue(result, r, c), static_cast<std::size_t>(PQgetlength(result, r, c))));
        }
    }
    return table;
}

void add_defaults(Conninfo& conninfo, milliseconds timeout) {
    conninfo.set_default("client_encoding", "UTF8");
    // Half-open connections live for days otherwise (LESSONS 12).
    conninfo.set_default("keepalives_idle", "5").set_default("keepalives_interval", "2");
    conninfo.set_default("keepalives_count", "3");
    conninfo.set_default("tcp_user_timeout", std::to_string(std::max<std::int64_t>(timeout.count(), 1000)));
    conninfo.set_default("fallback_application_name", "pgcm");
}

}  // namespace

Error to_error(const Failure& failure, std::string_view what) {
    std::string text{what};
    text += ": " + (failure.message.empty() ? std::string(name_of(failure.reach)) : failure.message);
    if (!failure.sqlstate.empty()) text += " (" + failure.sqlstate + ")";
    const bool late = failure.reach == Reach::silent || failure.reach == Reach::stalled;
    return {late ? ErrorCode::timeout : ErrorCode::failed, text, {}};
}

std::optional<std::string> Table::single() const {
    if (rows.empty() || rows.front().empty()) return std::nullopt;
    return rows.front().front();
}

Session::Session(asio::any_io_executor executor, Resolver& resolver)
    : resolver_(resolver), connection_(nullptr, &PQfinish), line_(std::make_shared<Line>(executor)) {}

Session::~Session() {
    close();
}

void Session::close() {
    line_->disarm();
    boost::system::error_code ignored;
    line_->socket.close(ignored);
    connection_.reset();
}

bool Session::connected() const {
    return connection_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

int Session::server_version() const {
    return connected() ? PQserverVersion(connection_.get()) : 0;
}

// libpq may have closed its socket and opened another under the same number: the old duplicate tells nothing.
bool Session::adopt_socket() {
    boost::system::error_code error;
    line_->socket.close(error);
    const int copy = ::fcntl(PQsocket(connection_.get()), F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return false;
    line_->socket.assign(copy, error);
    if (error) ::close(copy);
    return !error;
}

asio::awaitable<Session::Wait> Session::wait(asio::posix::descriptor_base::wait_type what) {
    if (line_->expired) co_return Wait::expired;
    boost::system::error_code error;
    co_await line_->socket.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
    co_return line_->expired || error ? Wait::expired : Wait::ready;
}

asio::awaitable<Answer<Conninfo>> Session::resolved(Conninfo conninfo, milliseconds timeout) {
    if (conninfo.get("hostaddr") || !conninfo.get("host")) co_return conninfo;
    std::string addresses;
    std::string hosts;
    std::string ports;
    Failure last{Reach::unresolved, {}, {}};
    const bool one_port = conninfo.get("port").value_or("").find(',') == std::string::npos;
    for (const auto& [host, port] : conninfo.addresses()) {
        const auto address = co_await resolver_.resolve(host, timeout);
        if (!address) {
            last.message = address.error().what;
            continue;
        }
        const bool is_socket = host.empty() || host.front() == '/' || host.front() == '@';
        hosts += (hosts.empty() ? "" : ",") + host;
        addresses += std::string(ports.empty() ? "" : ",") + (is_socket ? "" : *address);
        ports += (ports.empty() ? "" : ",") + std::to_string(port);
    }
    if (ports.empty()) co_return tl::unexpected(last);
    conninfo.set("host", hosts);
    if (addresses.find_first_not_of(',') != std::string::npos) conninfo.set("hostaddr", addresses);
    if (!one_port || conninfo.get("port")) conninfo.set("port", ports);
    co_return conninfo;
}

asio::awaitable<Answer<void>> Session::handshake() {
    PGconn* const connection = connection_.get();
    for (auto poll = PGRES_POLLING_WRITING; poll != PGRES_POLLING_OK; poll = PQconnectPoll(connection)) {
        if (poll == PGRES_POLLING_FAILED) co_return tl::unexpected(connect_failure(connection));
        const bool connecting = PQstatus(connection) == CONNECTION_STARTED;
        if (!adopt_socket()) co_return tl::unexpected(Failure{Reach::unknown, {}, "could not watch the socket"});
        using Descriptor = asio::posix::descriptor_base;
        const auto waited =
            co_await wait(poll == PGRES_POLLING_READING ? Descriptor::wait_read : Descriptor::wait_write);
        if (waited == Wait::expired)
            co_return tl::unexpected(connecting
                                         ? Failure{Reach::silent, {}, "no answer to the connection attempt"}
                                         : Failure{Reach::stalled, {}, "connected, but the server does not answer"});
    }
    if (!adopt_socket() || PQsetnonblocking(connection, 1) != 0)
        co_return tl::unexpected(Failure{Reach::unknown, {}, "could not watch the socket"});
    co_return Answer<void>{};
}

asio::awaitable<Answer<void>> Session::connect(Conninfo conninfo, milliseconds timeout) {
    close();
    const Line::Armed armed(line_, timeout);
    auto target = co_await resolved(std::move(conninfo), timeout);
    if (!target) co_return tl::unexpected(target.error());
    add_defaults(*target, timeout);

    std::vector<const char*> keywords;
    std::vector<const char*> values;
    for (const auto& [keyword, value] : target->pairs()) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 0));
    if (!connection_) co_return tl::unexpected(Failure{Reach::unknown, {}, "out of memory"});
    PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    if (PQstatus(connection_.get()) == CONNECTION_BAD) {
        const auto failure = connect_failure(connection_.get());
        close();
        co_return tl::unexpected(failure);
    }
    auto shaken = co_await handshake();
    if (!shaken) close();
    co_return shaken;
}

asio::awaitable<Answer<void>> Session::send(const std::string& sql) {
    PGconn* const connection = connection_.get();
    if (PQsendQuery(connection, sql.c_str()) == 0) co_return tl::unexpected(lost(connection));
    for (int left = PQflush(connection); left != 0; left = PQflush(connection)) {
        if (left < 0) co_return tl::unexpected(lost(connection));
        if (co_await wait(asio::posix::descriptor_base::wait_write) == Wait::expired)
            co_return tl::unexpected(Failure{Reach::stalled, {}, "the server does not take the query"});
    }
    co_return Answer<void>{};
}

asio::awaitable<Answer<std::vector<Table>>> Session::query(std::string sql, milliseconds timeout) {
    if (!connected()) co_return tl::unexpected(Failure{Reach::unknown, {}, "not connected"});
    const Line::Armed armed(line_, timeout);
    PGconn* const connection = connection_.get();
    const auto give_up = [&](Failure failure) {
        close();
        return tl::unexpected(std::move(failure));
    };
    if (auto sent = co_await send(sql); !sent) co_return give_up(sent.error());

    std::vector<Table> tables;
    std::optional<Failure> refused;
    for (;;) {
        while (PQisBusy(connection) != 0) {
            if (co_await wait(asio::posix::descriptor_base::wait_read) == Wait::expired)
                co_return give_up({Reach::stalled, {}, "the server does not answer the query"});
            if (PQconsumeInput(connection) == 0) co_return give_up(lost(connection));
        }
        const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQgetResult(connection), &PQclear};
        if (!result) break;
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
            tables.push_back(to_table(result.get()));
        } else if (!refused) {
            const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            const char* message = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
            refused = Failure{Reach::accepting, sqlstate != nullptr ? sqlstate : "",
                              message != nullptr ? message : trimmed(PQresultErrorMessage(result.get()))};
        }
        if (PQstatus(connection) != CONNECTION_OK) {
            auto failure = refused.value_or(lost(connection));
            failure.reach = Reach::refused;
            co_return give_up(std::move(failure));
        }
    }
    if (refused) co_return tl::unexpected(*refused);
    co_return tables;
}

// Whether there were any; what they say is of no matter.
bool Session::take_notifications() {
    bool some = false;
    while (connection_) {
        const std::unique_ptr<PGnotify, decltype(&PQfreemem)> one{PQnotifies(connection_.get()), &PQfreemem};
        if (!one) break;
        some = true;
    }
    return some;
}

asio::awaitable<bool> Session::wait_event() {
    // The connection may be closed and replaced by others while this waits.
    const auto line = line_;
    while (connected()) {
        if (take_notifications()) co_return true;
        boost::system::error_code error;
        co_await line->socket.async_wait(asio::posix::descriptor_base::wait_read,
                                         asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return false;
        if (PQconsumeInput(connection_.get()) == 0) {
            close();
            co_return true;
        }
        // A message that is no answer to anything: a notice, a changed parameter, or a farewell before the end.
        while (PQisBusy(connection_.get()) == 0) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> farewell{PQgetResult(connection_.get()), &PQclear};
            if (!farewell) break;
        }
    }
    co_return true;
}

std::string Session::quote_literal(std::string_view text) {
    std::string out;
    bool escaped = false;
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += c;
        escaped = escaped || c == '\\';
        out += c;
    }
    return (escaped ? " E'" : "'") + out + "'";
}

std::string Session::quote_identifier(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += c;
        out += c;
    }
    return out + "\"";
}

}  // namespace pgcm::postgres

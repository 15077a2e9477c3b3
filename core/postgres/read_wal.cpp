#include <libpq-fe.h>

#include "postgres/session_line.hpp"

namespace pgcm::postgres {
namespace {

// Of a message "w": where its data begins, where the server's WAL ends, its clock; then the data.
constexpr std::size_t data_header = 1 + 8 + 8 + 8;

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text != nullptr ? text : "";
}

Failure refusal(const PGresult* result) {
    const auto detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    const auto message = field(result, PG_DIAG_MESSAGE_PRIMARY) + (detail.empty() ? "" : ": " + detail);
    return {Reach::accepting, field(result, PG_DIAG_SQLSTATE), message};
}

}  // namespace

asio::awaitable<Answer<std::string>> Session::read_wal(Timeline timeline, Lsn from, std::size_t bytes,
                                                       milliseconds timeout) {
    if (!connected()) co_return tl::unexpected(Failure{Reach::unknown, {}, "not connected"});
    const Line::Armed armed(line_, timeout);
    PGconn* const connection = connection_.get();
    const auto give_up = [&](Failure failure) {
        close();
        return tl::unexpected(std::move(failure));
    };
    const Failure late{Reach::stalled, {}, "the server does not send the WAL"};
    const Failure lost{Reach::refused, {}, "the connection was lost"};
    auto sent = co_await send("START_REPLICATION PHYSICAL " + to_string(from) + " TIMELINE " + to_string(timeline));
    if (!sent) co_return give_up(sent.error());
    while (PQisBusy(connection) != 0) {
        if (co_await wait(asio::posix::descriptor_base::wait_read) == Wait::expired) co_return give_up(late);
        if (PQconsumeInput(connection) == 0) co_return give_up(lost);
    }
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQgetResult(connection), &PQclear};
    if (PQresultStatus(result.get()) != PGRES_COPY_BOTH) co_return give_up(refusal(result.get()));

    std::string wal;
    while (wal.size() < bytes) {
        char* message = nullptr;
        const int size = PQgetCopyData(connection, &message, 1);
        const std::unique_ptr<char, decltype(&PQfreemem)> owner{message, &PQfreemem};
        if (size < 0) break;  // the timeline ends here
        if (size == 0) {
            if (co_await wait(asio::posix::descriptor_base::wait_read) == Wait::expired) co_return give_up(late);
            if (PQconsumeInput(connection) == 0) co_return give_up(lost);
        } else if (*message == 'w' && static_cast<std::size_t>(size) > data_header) {
            wal.append(message + data_header, static_cast<std::size_t>(size) - data_header);
        }
    }
    close();
    wal.resize(std::min(wal.size(), bytes));
    co_return wal;
}

}  // namespace pgcm::postgres

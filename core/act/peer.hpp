#pragma once
// A server to ask, over a session that is opened when it is needed and again when it was lost.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/lsn.hpp"
#include "postgres/session.hpp"

namespace pgcm::act {

namespace asio = boost::asio;

class Peer {
  public:
    // `called` names it in errors: "the primary p1".
    Peer(asio::any_io_executor executor, postgres::Resolver& resolver, postgres::Conninfo conninfo, std::string called,
         milliseconds timeout);

    // One statement, and its rows.
    asio::awaitable<postgres::Answer<postgres::Table>> ask(std::string sql);
    asio::awaitable<postgres::Answer<postgres::Table>> ask(std::string sql, milliseconds timeout);
    // The same with the failure as an Error that names the server and what was wanted.
    asio::awaitable<Result<postgres::Table>> get(std::string what, std::string sql);
    asio::awaitable<Result<void>> order(std::string what, std::string sql);

    int version() const { return version_; }  // as PQserverVersion, of the last session
    const postgres::Conninfo& conninfo() const { return conninfo_; }
    const std::string& called() const { return called_; }
    postgres::Session& session() { return session_; }

  private:
    postgres::Conninfo conninfo_;
    std::string called_;
    milliseconds timeout_;
    postgres::Session session_;
    int version_ = 0;
};

// What a server says of itself.
struct ServerFacts {
    bool in_recovery = false;
    std::uint64_t system_identifier = 0;
    std::optional<Timeline> timeline;  // primary: of the WAL that it writes (LESSONS 25)
    std::optional<Lsn> lsn;            // primary: where it writes
    std::optional<Timeline> control_timeline;
};
asio::awaitable<Result<ServerFacts>> facts_of(Peer& peer);

// A physical slot with WAL reserved from now on: made when it is missing, made anew when it is lost (LESSONS 20). Gives
// back what was done, for a report.
asio::awaitable<Result<std::string>> provide_slot(Peer& peer, std::string slot);

// Whether it is there and has lost WAL (13 and later).
asio::awaitable<Result<bool>> slot_is_lost(Peer& peer, std::string slot);

// Drops those of these physical slots that nobody uses; gives back how many, for a report. A slot of a former primary
// keeps WAL for ever once that is a standby (LESSONS 20).
asio::awaitable<Result<std::string>> drop_idle_slots(Peer& peer, std::vector<std::string> slots);

// "permission denied" gets the grant that is missing as a hint.
Error with_grant(Error error, const postgres::Failure& failure, int server_version, std::string_view grant);

}  // namespace pgcm::act

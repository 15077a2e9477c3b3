#pragma once
// One voter's lock through a session of its own: what majority.hpp asks becomes SQL, and back. The lock lives and dies
// with the session. Works on PostgreSQL 12 to 18, on hot standbys, and for a role without any grant.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "lease/majority.hpp"
#include "postgres/lock_keys.hpp"
#include "postgres/session.hpp"

namespace pgcm::lease {

namespace asio = boost::asio;

// What the SQL depends on.
struct VoterTerms {
    NodeName self;                // who asks
    std::vector<NodeName> nodes;  // whose sessions may hold the lock
    std::string cluster;
    bool only_in_recovery = false;  // the voter is another node: out of recovery it votes for its own agent only
    milliseconds idle{1000};        // idle_session_timeout, 14 and later
    milliseconds ttl{10000};
    bool looks_only = false;  // of a dry run: nothing is taken, ended or promised
};

// A session of an agent that fell silent, as 12 and 13 keep it: ended by a candidate that saw it so for a ttl.
struct SilentSession {
    std::string pid, since;  // of the voter: pg_stat_activity.pid, state_change
    BootTime first_seen;
};

// Exposed for tests. Several statements; the last one tells how things stand then.
std::string voter_sql(const Ask& ask, const VoterTerms& terms, const std::optional<SilentSession>& to_end);
Result<Answer> read_answer(const postgres::Table& table, const VoterTerms& terms);
// What a dry run makes of a look: the answer that the question would have got, had it been asked in earnest.
Answer supposed(Answer seen, const Ask& ask, const VoterTerms& terms, bool in_recovery);

class Voter {
  public:
    // The clock and the resolver outlive it.
    Voter(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock, postgres::Conninfo conninfo,
          VoterTerms terms);

    // Opens the session where there is none. Error: why there is no answer; the session is closed then.
    asio::awaitable<Result<Answer>> ask(Ask ask, milliseconds timeout);
    void close() { session_.close(); }

  private:
    asio::awaitable<postgres::Answer<void>> open(milliseconds timeout);
    void watch_silence(const postgres::Table& table);

    const Clock& clock_;
    postgres::Conninfo conninfo_;
    VoterTerms terms_;
    postgres::Session session_;
    std::optional<SilentSession> silent_;
};

}  // namespace pgcm::lease

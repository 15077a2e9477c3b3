#include "lease/voter.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pgcm::lease {
namespace {

using postgres::Session;

constexpr std::string_view too_many_connections = "53300";
constexpr int has_idle_timeout = 140000;

// pg_locks shows keys as oids.
std::uint32_t oid_of(std::int32_t key) {
    return static_cast<std::uint32_t>(key);
}

// Ours is `pid = pg_backend_pid()`.
std::string locks_sql(const VoterTerms& terms) {
    const auto keys = postgres::lock_keys(terms.cluster);
    return fmt::format(
        "(SELECT l.pid, l.classid, l.objid::int8 AS key, l.pid = pg_backend_pid() AS mine, a.application_name AS name, "
        "a.usesysid = (SELECT oid FROM pg_roles WHERE rolname = current_user) AS known, a.state_change "
        "FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted "
        "AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND l.classid IN ('{}', '{}', '{}'))",
        oid_of(keys.lease_class), oid_of(keys.term_class), oid_of(keys.favour_class));
}

std::string holds_lease(const VoterTerms& terms, std::string_view who) {
    const auto keys = postgres::lock_keys(terms.cluster);
    return fmt::format("EXISTS (SELECT FROM {} k WHERE {} AND classid = '{}' AND key = {})", locks_sql(terms), who,
                       oid_of(keys.lease_class), postgres::lease_object);
}

// A session of this node's last agent, or of a link that broke, may hold the lock still.
std::string end_own_predecessor(const VoterTerms& terms) {
    const auto keys = postgres::lock_keys(terms.cluster);
    return fmt::format(
        "SELECT pg_terminate_backend(pid) FROM {} k WHERE NOT mine AND known AND name = {} AND classid = '{}';",
        locks_sql(terms), Session::quote_literal(postgres::session_name(terms.self)), oid_of(keys.lease_class));
}

// Whoever finds that the last holder let go in favour of another node leaves the lock to that one.
std::string take(const VoterTerms& terms) {
    const auto keys = postgres::lock_keys(terms.cluster);
    return fmt::format(
        "SELECT pg_advisory_unlock_all();{}SELECT pg_try_advisory_lock({}, {}){};"
        "SELECT pg_advisory_unlock({}, {}) WHERE {} AND EXISTS (SELECT FROM {} k WHERE NOT mine AND classid = '{}' AND "
        "key <> {});",
        end_own_predecessor(terms), keys.lease_class, postgres::lease_object,
        terms.only_in_recovery ? " WHERE pg_is_in_recovery()" : "", keys.lease_class, postgres::lease_object,
        holds_lease(terms, "mine"), locks_sql(terms), oid_of(keys.favour_class),
        oid_of(postgres::favour_key(terms.self)));
}

std::string promise(const VoterTerms& terms, Term term) {
    if (term == 0) return {};
    const auto keys = postgres::lock_keys(terms.cluster);
    return fmt::format(
        "SELECT pg_try_advisory_lock({}, {}) WHERE {} AND NOT EXISTS (SELECT FROM {} k WHERE mine AND classid = '{}' "
        "AND "
        "key = {});",
        keys.term_class, term, holds_lease(terms, "mine"), locks_sql(terms), oid_of(keys.term_class), term);
}

// The favour stands before the lock is free.
std::string let_go(const VoterTerms& terms, const std::optional<NodeName>& to) {
    const auto keys = postgres::lock_keys(terms.cluster);
    std::string sql;
    if (to)
        sql = fmt::format("SELECT pg_try_advisory_lock({}, {}) WHERE {};", keys.favour_class, postgres::favour_key(*to),
                          holds_lease(terms, "mine"));
    sql += fmt::format("SELECT pg_advisory_unlock({}, key::int4) FROM {} k WHERE mine AND classid = '{}';",
                       keys.term_class, locks_sql(terms), oid_of(keys.term_class));
    return sql + fmt::format("SELECT pg_advisory_unlock({}, {}) WHERE {};", keys.lease_class, postgres::lease_object,
                             holds_lease(terms, "mine"));
}

std::string look(const VoterTerms& terms) {
    const auto keys = postgres::lock_keys(terms.cluster);
    return fmt::format(
        "WITH k AS MATERIALIZED {}, h AS (SELECT * FROM k WHERE classid = '{}' AND key = {}) SELECT "
        "coalesce((SELECT mine FROM h), false) AS held, "
        "(SELECT max(key) FROM k WHERE mine AND classid = '{}') AS promised, "
        "EXISTS (SELECT FROM k WHERE NOT mine AND known AND classid = '{}' AND key = {}) AS favoured, "
        "(SELECT CASE WHEN known THEN name ELSE '' END FROM h WHERE NOT mine) AS holder, "
        "(SELECT max(k.key) FROM k JOIN h USING (pid) WHERE k.classid = '{}') AS term, "
        "(extract(epoch FROM clock_timestamp()) * 1000000)::int8 AS clock, "
        "(SELECT pid FROM h WHERE NOT mine) AS holder_pid, (SELECT state_change::text FROM h WHERE NOT mine) AS since",
        locks_sql(terms), oid_of(keys.lease_class), postgres::lease_object, oid_of(keys.term_class),
        oid_of(keys.favour_class), oid_of(postgres::favour_key(terms.self)), oid_of(keys.term_class));
}

template <class T>
T number(const std::optional<std::string>& cell) {
    T value{};
    if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), value);
    return value;
}

}  // namespace

std::string voter_sql(const Ask& ask, const VoterTerms& terms, const std::optional<SilentSession>& to_end) {
    std::string sql;
    if (to_end)
        sql = fmt::format(
            "SELECT pg_terminate_backend(pid) FROM {} k WHERE NOT mine AND pid = {} AND "
            "state_change::text = {};",
            locks_sql(terms), number<int>(to_end->pid), Session::quote_literal(to_end->since));
    switch (ask.kind) {
        case AskKind::take: sql += take(terms) + promise(terms, ask.term); break;
        case AskKind::renew: sql += promise(terms, ask.term); break;
        case AskKind::let_go: sql += let_go(terms, ask.to); break;
        case AskKind::close: break;
    }
    return sql + look(terms);
}

Result<Answer> read_answer(const postgres::Table& table, const VoterTerms& terms) {
    if (table.rows.size() != 1 || table.rows.front().size() < 6) return fail("the voter's answer makes no sense");
    const auto& row = table.rows.front();
    Answer answer;
    answer.held = row[0] == "t";
    answer.promised = number<Term>(row[1]);
    answer.favoured = answer.held && row[2] == "t";
    if (row[3]) {
        answer.seen.stranger = true;
        for (const auto& node : terms.nodes)
            if (*row[3] == postgres::session_name(node)) {
                answer.seen.holder = node;
                answer.seen.stranger = false;
            }
        answer.seen.term = answer.seen.stranger ? 0 : number<Term>(row[4]);
    }
    if (row[5]) answer.clock = WallTime{std::chrono::microseconds{number<std::int64_t>(row[5])}};
    return answer;
}

Answer supposed(Answer seen, const Ask& ask, const VoterTerms& terms, bool in_recovery) {
    const bool free = !seen.seen.stranger && (!seen.seen.holder || seen.seen.holder == terms.self);
    const bool wanted = ask.kind == AskKind::take || ask.kind == AskKind::renew;
    seen.held = wanted && free && (in_recovery || !terms.only_in_recovery);
    seen.promised = seen.held ? ask.term : 0;
    if (seen.held) seen.seen = {};
    return seen;
}

Voter::Voter(asio::any_io_executor executor, postgres::Resolver& resolver, const Clock& clock,
             postgres::Conninfo conninfo, VoterTerms terms)
    : clock_(clock), conninfo_(std::move(conninfo)), terms_(std::move(terms)), session_(executor, resolver) {
    conninfo_.set("application_name", postgres::session_name(terms_.self));
}

asio::awaitable<postgres::Answer<void>> Voter::open(milliseconds timeout) {
    silent_.reset();
    auto opened = co_await session_.connect(conninfo_, timeout);
    if (!opened && opened.error().sqlstate == too_many_connections) {
        auto aside = conninfo_;
        aside.set("replication", "database");  // takes none of max_connections (LESSONS 10)
        opened = co_await session_.connect(std::move(aside), timeout);
    }
    if (!opened || session_.server_version() < has_idle_timeout) co_return opened;
    std::string sql = fmt::format("SET idle_session_timeout = {}", terms_.idle.count());
    const auto set = co_await session_.query(std::move(sql), timeout);
    if (!set) {
        session_.close();
        co_return tl::unexpected(set.error());
    }
    co_return opened;
}

// 12 and 13 keep the lock of a session that fell silent for ever. Its age by the voter's clock proves nothing: what
// counts is that it said nothing for a ttl while we looked.
void Voter::watch_silence(const postgres::Table& table) {
    const auto& row = table.rows.front();
    if (session_.server_version() >= has_idle_timeout || row.size() < 8 || !row[6] || !row[7]) return silent_.reset();
    if (!silent_ || silent_->pid != *row[6] || silent_->since != *row[7])
        silent_ = SilentSession{*row[6], *row[7], clock_.now()};
}

asio::awaitable<Result<Answer>> Voter::ask(Ask ask, milliseconds timeout) {
    const auto give_up_at = clock_.now() + timeout;
    if (!session_.connected()) {
        const auto opened = co_await open(timeout);
        if (!opened) co_return fail(postgres::to_error(opened.error(), "no session"));
    }
    const auto left = std::max(to_ms(give_up_at - clock_.now()), milliseconds{1});
    const bool ends_silent = silent_ && clock_.now() - silent_->first_seen >= terms_.ttl;
    auto sql = terms_.looks_only ? "SELECT pg_is_in_recovery();" + look(terms_)
                                 : voter_sql(ask, terms_, ends_silent ? silent_ : std::nullopt);
    auto tables = co_await session_.query(std::move(sql), left);
    if (!tables) {
        session_.close();
        co_return fail(postgres::to_error(tables.error(), "no answer"));
    }
    if (tables->empty() || tables->back().rows.empty()) co_return fail("the voter's answer makes no sense");
    watch_silence(tables->back());
    auto answer = read_answer(tables->back(), terms_);
    if (!answer || !terms_.looks_only) co_return answer;
    const auto recovery = tables->front().single();
    co_return supposed(std::move(*answer), ask, terms_, recovery == "t");
}

}  // namespace pgcm::lease

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>

#include "act/alter_system.hpp"
#include "act/operations.hpp"

namespace pgcm::act {

using postgres::Session;

namespace {

constexpr const char* reload_grant = "GRANT EXECUTE ON FUNCTION pg_reload_conf() TO pgcm's role";

}  // namespace

asio::awaitable<Result<void>> alter_system(Session& session, std::string parameter, std::string value,
                                           milliseconds timeout) {
    // One statement a query: ALTER SYSTEM does not run inside a transaction, and several statements make one.
    const auto sql = fmt::format("ALTER SYSTEM SET {} = {}", parameter, Session::quote_literal(value));
    const auto done = co_await session.query(sql, timeout);
    if (!done)
        co_return fail(with_grant(to_error(done.error(), "cannot set " + parameter), done.error(),
                                  session.server_version(),
                                  fmt::format("GRANT ALTER SYSTEM ON PARAMETER {} TO pgcm's role", parameter)));
    co_return Result<void>{};
}

asio::awaitable<Result<void>> reload(Session& session, milliseconds timeout) {
    const auto done = co_await session.query("SELECT pg_catalog.pg_reload_conf()", timeout);
    if (!done)
        co_return fail(with_grant(to_error(done.error(), "cannot reload the configuration"), done.error(),
                                  session.server_version(), reload_grant));
    co_return Result<void>{};
}

asio::awaitable<Result<void>> wait_until_set(Session& session, std::string parameter, std::string value,
                                             milliseconds timeout) {
    constexpr auto patience = 2s;
    constexpr auto look_interval = 20ms;
    std::string seen;
    for (auto looks = patience / look_interval; looks > 0; --looks) {
        const auto tables = co_await session.query("SHOW " + parameter, timeout);
        if (!tables) co_return fail(to_error(tables.error(), "cannot show " + parameter));
        seen = tables->empty() ? "" : tables->front().single().value_or("");
        if (seen == value) co_return Result<void>{};
        co_await pause_for(look_interval);
    }
    co_return fail(fmt::format("{} is still \"{}\" after the reload, not \"{}\"", parameter, without_secrets(seen),
                               without_secrets(value)),
                   "is it set on the server's command line, or for the role or database?");
}

namespace {

asio::awaitable<Result<void>> set_and_see(Session& session, std::string parameter, std::string value,
                                          milliseconds timeout) {
    if (auto set = co_await alter_system(session, parameter, value, timeout); !set) co_return set;
    if (auto loaded = co_await reload(session, timeout); !loaded) co_return loaded;
    co_return co_await wait_until_set(session, parameter, value, timeout);
}

}  // namespace

asio::awaitable<Result<void>> set_synchronous_standby_names(Session& session, std::string value, milliseconds timeout) {
    return set_and_see(session, "synchronous_standby_names", std::move(value), timeout);
}

asio::awaitable<Result<void>> set_retry_interval(Session& session, milliseconds timeout) {
    return set_and_see(session, "wal_retrieve_retry_interval", "100ms", timeout);
}

}  // namespace pgcm::act

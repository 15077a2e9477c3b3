#include "act/alter_system.hpp"

#include <fmt/format.h>

#include "act/invocation.hpp"
#include "act/server.hpp"

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

}  // namespace pgcm::act

#include "act/alter_system.hpp"
#include "act/operations.hpp"

namespace pgcm::act {

using postgres::Session;

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

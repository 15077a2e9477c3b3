#include <boost/asio/this_coro.hpp>

#include "act/alter_system.hpp"
#include "act/course.hpp"
#include "act/operations.hpp"
#include "act/peer.hpp"

namespace pgcm::act {
namespace {

using Done = asio::awaitable<Result<std::string>>;

constexpr int first_with_reload = 130000;
constexpr auto look_interval = 10ms;

Done set_nobody(Site& site, Peer& local) {
    const auto set = co_await alter_system(local.session(), "primary_conninfo", "", site.command_timeout);
    if (!set) co_return fail(set.error());
    co_return "primary_conninfo is empty";
}

Done end_stream(Site& site, Peer& local) {
    if (local.version() < first_with_reload) {
        local.session().close();
        const auto stopped = co_await site.server.stop(StopMode::fast, site.command_timeout);
        if (!stopped) co_return fail(stopped.error());
        const auto started = co_await site.server.start(true, site.command_timeout);
        if (!started) co_return fail(started.error());
        co_return "restarted: before PostgreSQL 13, primary_conninfo needs it";
    }
    const auto loaded = co_await reload(local.session(), site.command_timeout);
    if (!loaded) co_return fail(loaded.error());
    const auto& clock = site.server.data().clock();
    const auto deadline = clock.now() + site.command_timeout;
    while (clock.now() < deadline) {
        // At the end of a timeline it waits to be told where to go on, for ever where there is nobody to go to.
        const auto runs = co_await local.get(
            "ask for its walreceiver",
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver WHERE status IS DISTINCT FROM 'waiting')");
        if (!runs) co_return fail(runs.error());
        if (runs->single() == "f") co_return "its walreceiver is gone, or waits";
        co_await pause_for(look_interval);
    }
    co_return fail(ErrorCode::timeout, "the walreceiver did not end");
}

}  // namespace

asio::awaitable<Result<OperationReport>> detach(Site& site) {
    Course course{site, "detach"};
    Peer local{co_await asio::this_coro::executor, site.resolver, site.local, "the local server", site.command_timeout};
    const auto recovery = co_await local.get("ask", "SELECT pg_catalog.pg_is_in_recovery()");
    if (!recovery) co_return fail(recovery.error());
    if (recovery->single() != "t")
        co_return fail(ErrorCode::refused, "the local server is no standby", "only a standby can be pointed at nobody");
    const Effect set = [&](Step&) { return set_nobody(site, local); };
    if (auto went = co_await course.step("primary_conninfo", "point it at nobody", set); !went)
        co_return co_await course.finish(went.error());
    const Effect end = [&](Step&) { return end_stream(site, local); };
    if (auto went = co_await course.step("stream", "end its stream", end); !went)
        co_return co_await course.finish(went.error());
    co_return co_await course.finish();
}

}  // namespace pgcm::act

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "act/alter_system.hpp"
#include "act/course.hpp"
#include "act/peer.hpp"

namespace pgcm::act {
namespace {

using Done = asio::awaitable<Result<std::string>>;

constexpr int first_with_reload = 130000;  // before, primary_conninfo needs a restart

// What the local standby is told now; a conninfo that may not be read is empty and not `readable`.
struct Present {
    int version = 0;
    std::string conninfo, slot, retry_interval;
    bool readable = true;
};

bool same(const Conninfo& a, const Conninfo& b) {
    auto left = a.pairs(), right = b.pairs();
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    return left == right;
}

asio::awaitable<Result<Present>> present_settings(Peer& local) {
    Present present;
    auto rows = co_await local.get("read the settings of",
                                   "SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN"
                                   " ('primary_conninfo', 'primary_slot_name', 'wal_retrieve_retry_interval')");
    if (!rows) co_return fail(rows.error());
    present.version = local.version();
    present.readable = false;
    for (const auto& row : rows->rows) {
        const auto value = row.at(1).value_or("");
        if (row.at(0) == "primary_conninfo") present.conninfo = value;
        if (row.at(0) == "primary_conninfo") present.readable = true;
        if (row.at(0) == "primary_slot_name") present.slot = value;
        if (row.at(0) == "wal_retrieve_retry_interval") present.retry_interval = value;
    }
    co_return present;
}

// Refusals, before anything is touched.
asio::awaitable<Result<void>> check(Peer& local, Peer& primary) {
    const auto theirs = co_await facts_of(primary);
    if (!theirs) co_return fail(theirs.error());
    const auto ours = co_await facts_of(local);
    if (!ours) co_return fail(ours.error());
    if (theirs->in_recovery)
        co_return fail(ErrorCode::refused, primary.called() + " is a standby itself",
                       "name the primary with --to NODE");
    if (!ours->in_recovery)
        co_return fail(ErrorCode::refused, "the local server is a primary", "pgcm demote makes a standby of it");
    if (theirs->system_identifier != ours->system_identifier)
        co_return fail(
            ErrorCode::refused,
            fmt::format("{} belongs to another cluster: its system identifier is {}, the local server's is {}",
                        primary.called(), theirs->system_identifier, ours->system_identifier),
            "is its conninfo right?");
    co_return Result<void>{};
}

Done set_all(Site& site, Peer& local, const Conninfo& conninfo, const std::string& slot) {
    auto& session = local.session();
    const std::pair<std::string, std::string> settings[] = {
        {"wal_retrieve_retry_interval", "100ms"}, {"primary_slot_name", slot}, {"primary_conninfo", conninfo.str()}};
    for (const auto& [parameter, value] : settings) {
        const auto done = co_await alter_system(session, parameter, value, site.command_timeout);
        if (!done) co_return fail(done.error());
    }
    co_return conninfo.masked();
}

Done reload_settings(Site& site, Peer& local, const std::string& slot) {
    auto& session = local.session();
    const auto loaded = co_await reload(session, site.command_timeout);
    if (!loaded) co_return fail(loaded.error());
    const auto seen = co_await wait_until_set(session, "primary_slot_name", slot, site.command_timeout);
    if (!seen) co_return fail(seen.error());
    co_return "its walreceiver connects anew by itself";
}

Done restart(Site& site, Peer& local) {
    local.session().close();
    const auto stopped = co_await site.server.stop(StopMode::fast, site.command_timeout);
    if (!stopped) co_return fail(stopped.error());
    const auto started = co_await site.server.start(true, site.command_timeout);
    if (!started) co_return fail(started.error());
    co_return "before PostgreSQL 13, primary_conninfo needs a restart";
}

struct Target {
    Conninfo conninfo;
    bool right = false;  // the standby says so already
};

Target target_of(Site& site, const FollowRequest& request, const Present& present) {
    const auto current = Conninfo::parse(present.conninfo).value_or(Conninfo{});
    auto wanted =
        replication_conninfo(current, request.upstream, site.server.settings().replication_conninfo, site.node);
    const bool right = present.readable && same(current, wanted) && present.slot == request.slot;
    return {std::move(wanted), right};
}

// Nothing that follow() does helps a standby that points right and whose slot is lost; and that slot is the trace by
// which others see it.
asio::awaitable<Result<void>> check_slot(Peer& local, Peer& primary, const FollowRequest& request) {
    const auto lost = co_await slot_is_lost(primary, request.slot);
    if (!lost) co_return fail(lost.error());
    if (!*lost) co_return Result<void>{};
    // For a moment a walreceiver says "streaming" before it learns that there is nothing for it.
    const auto streams = co_await local.get(
        "ask for its walreceiver", "SELECT FROM pg_catalog.pg_stat_wal_receiver WHERE flushed_lsn > receive_start_lsn");
    if (!streams) co_return fail(streams.error());
    if (!streams->rows.empty()) co_return Result<void>{};
    co_return fail(ErrorCode::refused,
                   fmt::format("the slot {} on {} has lost WAL that the standby needs", request.slot, primary.called()),
                   "pgcm demote --method basebackup clones it");
}

asio::awaitable<Result<void>> point(Site& site, Course& course, Peer& local, const FollowRequest& request,
                                    const Present& present, const Target& target) {
    const auto& wanted = target.conninfo;  // a structured binding is no capture for clang
    const bool right = target.right;
    if (right && present.retry_interval == "100") {
        course.skip("primary_conninfo", "point it at " + request.to.str(), "it says so already");
        co_return Result<void>{};
    }
    const Effect set = [&](Step&) { return set_all(site, local, wanted, request.slot); };
    if (auto went = co_await course.step("primary_conninfo", "point it at " + request.to.str(), set); !went)
        co_return went;
    if (present.version >= first_with_reload || right) {
        const Effect load = [&](Step&) { return reload_settings(site, local, request.slot); };
        co_return co_await course.step("reload", "reload the configuration", load);
    }
    const Effect again = [&](Step&) { return restart(site, local); };
    co_return co_await course.step("restart", "restart the local server", again);
}

}  // namespace

asio::awaitable<Result<OperationReport>> follow(Site& site, FollowRequest request) {
    const auto executor = co_await asio::this_coro::executor;
    Course course{site, "follow"};
    Peer local{executor, site.resolver, site.local, "the local server", site.command_timeout};
    Peer primary{executor, site.resolver, request.upstream, "the primary " + request.to.str(), site.command_timeout};
    if (auto right = co_await check(local, primary); !right) co_return fail(right.error());
    const auto present = co_await present_settings(local);
    if (!present) co_return fail(present.error());
    const auto target = target_of(site, request, *present);
    if (target.right && !request.slot.empty())
        if (auto fit = co_await check_slot(local, primary, request); !fit) co_return fail(fit.error());

    if (!request.slot.empty()) {
        const Effect provide = [&](Step&) { return provide_slot(primary, request.slot); };
        if (auto went = co_await course.step("slot", "have the slot " + request.slot, provide); !went)
            co_return co_await course.finish(went.error());
    }
    if (auto went = co_await point(site, course, local, request, *present, target); !went)
        co_return co_await course.finish(went.error());
    if (!request.peer_slots.empty()) {
        const Effect drop = [&](Step&) { return drop_idle_slots(local, request.peer_slots); };
        if (auto went = co_await course.attempt("drop_slots", "drop the slots of other standbys", drop); !went)
            co_return co_await course.finish(went.error());
    }
    co_return co_await course.finish();
}

}  // namespace pgcm::act

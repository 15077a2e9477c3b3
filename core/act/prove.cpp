#include <fmt/format.h>

#include <algorithm>

#include "act/rejoin.hpp"
#include "act/server_processes.hpp"

namespace pgcm::act {
namespace {

constexpr auto look_interval = 200ms;
constexpr int longest_replay = 4;    // times follow_check_after, while it gets on
constexpr int sightings_wanted = 2;  // a walreceiver that is sent away shows as streaming for a moment, too

}  // namespace

// The walsenders that serve this node on the primary.
asio::awaitable<std::set<std::string>> Rejoin::walsenders() {
    const auto rows = co_await source_.ask(
        "SELECT pid FROM pg_catalog.pg_stat_replication WHERE state = 'streaming' AND application_name = " +
        postgres::Session::quote_literal(conninfo_.get("application_name").value_or("")));
    std::set<std::string> pids;
    if (rows)
        for (const auto& row : rows->rows) pids.insert(row.at(0).value_or(""));
    co_return pids;
}

// Whether the local server says that it streams; how far it has replayed, and what is wrong where it does not.
asio::awaitable<bool> Rejoin::receives(Peer& local, std::string& replayed, std::string& trouble) {
    const auto rows = co_await local.ask(
        "SELECT pg_catalog.pg_is_in_recovery(), (SELECT status FROM pg_catalog.pg_stat_wal_receiver),"
        " pg_catalog.pg_last_wal_replay_lsn()",
        std::min<milliseconds>(site_.command_timeout, 5s));
    if (!rows) {
        trouble = rows.error().message;
        // Starting up: it replays, and nobody can see how far.
        if (rows.error().sqlstate == "57P03") replayed += ".";
        co_return false;
    }
    if (rows->rows.size() != 1 || rows->rows[0].size() != 3) co_return false;
    const auto& row = rows->rows[0];
    replayed = row[2].value_or("");
    trouble = row[0] == "t" ? "its walreceiver is " + row[1].value_or("not running, or hidden from pgcm's role")
                            : "it is not in recovery";
    co_return row[0] == "t" && row[1] == "streaming";
}

Rejoin::Done Rejoin::prove() {
    Peer local{executor_, site_.resolver, site_.local, "the local server", site_.command_timeout};
    const auto& clock = data().clock();
    const auto began = clock.now();
    auto deadline = began + site_.follow_check_after;
    std::string replayed, trouble = "nothing was seen of it";
    const bool in_sight = !server_processes(data().real_data_dir()).empty();
    int sightings = 0;
    while (clock.now() < deadline) {
        const auto before = replayed;
        bool seen = co_await receives(local, replayed, trouble);
        if (!seen) {
            // A role without pg_monitor, or a standby that lets nobody in: the primary tells.
            const auto now = co_await walsenders();
            seen = std::any_of(now.begin(), now.end(), [&](const auto& pid) { return !old_walsenders_.contains(pid); });
        }
        sightings = seen ? sightings + 1 : 0;
        if (sightings >= sightings_wanted) co_return "it streams";
        if (in_sight && server_processes(data().real_data_dir()).empty()) {
            trouble = "the server ended";
            break;
        }
        if (replayed != before)
            deadline =
                std::min(clock.now() + site_.follow_check_after, began + longest_replay * site_.follow_check_after);
        co_await pause_for(look_interval);
    }
    const auto log = co_await data().log_tail();
    const auto last = log ? log->substr(log->find_last_of('\n', log->size() < 2 ? 0 : log->size() - 2) + 1) : "";
    co_return fail(ErrorCode::timeout, fmt::format("it does not stream: {}", trouble), last);
}

}  // namespace pgcm::act

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "act/rejoin.hpp"
#include "act/server_processes.hpp"

namespace pgcm::act {
namespace {

constexpr auto look_interval = 20ms;
constexpr auto patient_interval = 200ms;  // once it is clear that it takes its time
constexpr auto in_a_hurry = 2s;
constexpr int longest_replay = 4;  // times follow_check_after, while it gets on
// A walreceiver that is sent away shows as streaming for a moment, too.
constexpr auto lasting = 300ms;

std::optional<Timeline> timeline_in(const std::optional<std::string>& text) {
    const auto value = text ? std::strtoul(text->c_str(), nullptr, 10) : 0;
    return value != 0 ? std::optional{Timeline{static_cast<std::uint32_t>(value)}} : std::nullopt;
}

}  // namespace

bool Rejoin::Ends::both() const {
    if (local == End::no || source == End::no) return false;
    return local == End::streams || source == End::streams;
}

// The walsenders that serve this node on the primary.
asio::awaitable<std::set<std::string>> Rejoin::walsenders() {
    const auto rows =
        co_await source_.ask("SELECT pid FROM pg_catalog.pg_stat_replication WHERE application_name = " +
                             postgres::Session::quote_literal(conninfo_.get("application_name").value_or("")));
    std::set<std::string> pids;
    if (rows)
        for (const auto& row : rows->rows) pids.insert(row.at(0).value_or(""));
    co_return pids;
}

// Whether the local server says that it streams, and on the primary's timeline; how far it has replayed.
asio::awaitable<void> Rejoin::ask_local(Peer& local, Ends& ends) {
    const auto rows = co_await local.ask(
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.pg_last_wal_replay_lsn(), r.pid, r.status, r.received_tli"
        " FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_stat_wal_receiver r ON true",
        std::min<milliseconds>(site_.command_timeout, 5s));
    if (!rows) {
        ends.trouble = rows.error().message;
        // Starting up, or no hot standby: it replays, and nobody can see how far.
        ends.starting = rows.error().sqlstate == "57P03";
        ends.local = ends.starting ? End::hidden : End::no;
        co_return;
    }
    if (rows->rows.size() != 1 || rows->rows[0].size() != 5) co_return;
    const auto& row = rows->rows[0];
    if (row[1]) ends.replayed = parse_lsn(*row[1]);
    if (row[0] != "t") {
        ends.trouble = "it is not in recovery";
    } else if (!row[2]) {
        ends.trouble = "no walreceiver runs";
    } else if (!row[3]) {
        ends.local = End::hidden;
        ends.trouble = "its walreceiver is hidden from pgcm's role";
    } else if (row[3] != "streaming") {
        ends.trouble = "its walreceiver is " + *row[3];
    } else if (const auto timeline = timeline_in(row[4]); timeline && *timeline != *facts_.timeline) {
        ends.trouble = fmt::format("it streams timeline {}, the primary writes {}", to_string(*timeline),
                                   to_string(*facts_.timeline));
    } else {
        ends.local = End::streams;
    }
}

// Whether the primary serves it by a walsender that was not there before the start.
asio::awaitable<void> Rejoin::ask_source(Ends& ends) {
    const auto rows = co_await source_.ask(
        "SELECT pid, state, replay_lsn FROM pg_catalog.pg_stat_replication WHERE application_name = " +
        postgres::Session::quote_literal(conninfo_.get("application_name").value_or("")));
    if (!rows) co_return;
    for (const auto& row : rows->rows) {
        if (row.size() != 3 || old_walsenders_.contains(row[0].value_or(""))) continue;
        if (!row[1] && ends.source == End::no) ends.source = End::hidden;
        if (row[1] == "streaming") ends.source = End::streams;
        if (row[2] && !ends.replayed) ends.replayed = parse_lsn(*row[2]);
    }
}

asio::awaitable<Rejoin::Ends> Rejoin::both_ends(Peer& local) {
    Ends ends;
    co_await ask_local(local, ends);
    co_await ask_source(ends);
    if (ends.trouble.empty() && ends.source == End::no) ends.trouble = "the primary has no walsender for it";
    co_return ends;
}

Rejoin::Done Rejoin::prove() {
    Peer local{executor_, site_.resolver, site_.local, "the local server", site_.command_timeout};
    const auto& clock = data().clock();
    const auto began = clock.now();
    auto deadline = began + site_.follow_check_after;
    // What the primary wrote on its own timeline: whoever has replayed of it is past every fork.
    const auto fork = history_.empty() ? std::nullopt : std::optional{history_.back().end};
    std::optional<BootTime> streams_since;
    std::optional<Lsn> replayed;
    std::string trouble = "nothing was seen of it";
    const bool in_sight = !server_processes(data().real_data_dir()).empty();
    while (clock.now() < deadline) {
        const auto ends = co_await both_ends(local);
        const auto now = clock.now();
        if (!ends.both()) streams_since.reset();
        if (ends.both() && !streams_since) streams_since = now;
        const bool past_fork = fork && ends.replayed && *ends.replayed > *fork;
        if (streams_since && (past_fork || now - *streams_since >= lasting))
            co_return "it streams timeline " + to_string(*facts_.timeline);
        trouble = ends.trouble;
        if (in_sight && server_processes(data().real_data_dir()).empty()) {
            trouble = "the server ended";
            break;
        }
        if (ends.starting || ends.replayed != replayed)
            deadline = std::min(now + site_.follow_check_after, began + longest_replay * site_.follow_check_after);
        replayed = ends.replayed;
        co_await pause_for(now - began < in_a_hurry ? look_interval : patient_interval);
    }
    const auto log = co_await data().log_tail();
    const auto last = log ? log->substr(log->find_last_of('\n', log->size() < 2 ? 0 : log->size() - 2) + 1) : "";
    co_return fail(ErrorCode::timeout, fmt::format("it does not stream: {}", trouble), last);
}

}  // namespace pgcm::act

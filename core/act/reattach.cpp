#include <fmt/format.h>

#include "act/rejoin.hpp"
#include "postgres/timeline_history.hpp"

namespace pgcm::act {
namespace {

Conninfo for_replication(Conninfo conninfo) {
    conninfo.set("replication", "database");
    return conninfo;
}

}  // namespace

asio::awaitable<void> Rejoin::read_history() {
    history_.clear();
    if (*facts_.timeline == Timeline{1}) co_return;
    Peer peer{executor_, site_.resolver, for_replication(request_.upstream), source_.called(), site_.command_timeout};
    const auto table = co_await peer.ask("TIMELINE_HISTORY " + to_string(*facts_.timeline));
    const bool told = table && !table->rows.empty() && table->rows[0].size() == 2 && table->rows[0][1];
    if (told) history_ = postgres::read_history(*table->rows[0][1]);
}

// Why a new upstream alone would not do; empty when it does. The primary has the very bytes with which the local
// server ended its WAL: then all of that WAL is a part of the primary's, and it still has what comes after, too.
asio::awaitable<std::string> Rejoin::against_reattaching() {
    if (!visible()) co_return "there is no data directory";
    if (survey_.host.rewinding) co_return "an earlier pg_rewind, or a clone, ended half-way";
    if (survey_.host.process != Process::stopped) co_return "the local server runs";
    const auto& tail = survey_.wal_tail;
    if (!tail) co_return "the local server was not shut down cleanly as a primary";
    if (survey_.timeline && *survey_.timeline != tail->timeline)
        co_return fmt::format("it has WAL of timeline {}, too", to_string(*survey_.timeline));
    postgres::Session session{executor_, site_.resolver};
    const auto conninfo = for_replication(request_.upstream);
    if (const auto opened = co_await session.connect(conninfo, site_.command_timeout); !opened)
        co_return opened.error().message;
    const auto theirs =
        co_await session.read_wal(tail->timeline, tail->begin, tail->bytes.size(), site_.command_timeout);
    if (!theirs) co_return theirs.error().message;
    if (*theirs == tail->bytes) co_return "";
    co_return fmt::format("its WAL of timeline {} up to {} is not in the primary's history", to_string(tail->timeline),
                          to_string(tail->end));
}

Rejoin::Went Rejoin::by_reattaching() {
    if (auto went = co_await provide_our_slot(); !went) co_return went;
    if (auto went = co_await stop_local(); !went) co_return went;
    auto went = co_await order("standby", "make it a standby of " + source_.called(),
                               [&] { return data().prepare_standby(settings().data_dir, upstream()); });
    if (!went) co_return went;
    co_return co_await start_and_prove();
}

}  // namespace pgcm::act

#include "act/peer.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pgcm::act {
namespace {

using postgres::Answer;
using postgres::Session;
using postgres::Table;

constexpr int first_with_wal_status = 130000;

template <class T>
std::optional<T> number(const std::optional<std::string>& text) {
    T value{};
    if (!text) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return value;
}

}  // namespace

Peer::Peer(asio::any_io_executor executor, postgres::Resolver& resolver, postgres::Conninfo conninfo,
           std::string called, milliseconds timeout)
    : conninfo_(std::move(conninfo)), called_(std::move(called)), timeout_(timeout), session_(executor, resolver) {}

asio::awaitable<Answer<Table>> Peer::ask(std::string sql, milliseconds timeout) {
    constexpr milliseconds connect_timeout = 10s;
    if (!session_.connected()) {
        const auto opened = co_await session_.connect(conninfo_, std::min(timeout_, connect_timeout));
        if (!opened) co_return tl::unexpected(opened.error());
        version_ = session_.server_version();
    }
    auto tables = co_await session_.query(std::move(sql), timeout);
    if (!tables) co_return tl::unexpected(tables.error());
    co_return tables->empty() ? Table{} : std::move(tables->front());
}

asio::awaitable<Answer<Table>> Peer::ask(std::string sql) {
    return ask(std::move(sql), timeout_);
}

asio::awaitable<Result<Table>> Peer::get(std::string what, std::string sql) {
    auto table = co_await ask(std::move(sql));
    if (!table) co_return fail(postgres::to_error(table.error(), fmt::format("cannot {} {}", what, called_)));
    co_return std::move(*table);
}

asio::awaitable<Result<void>> Peer::order(std::string what, std::string sql) {
    const auto table = co_await get(std::move(what), std::move(sql));
    if (!table) co_return fail(table.error());
    co_return Result<void>{};
}

asio::awaitable<Result<ServerFacts>> facts_of(Peer& peer) {
    const std::string sql =
        "SELECT pg_catalog.pg_is_in_recovery(), (SELECT system_identifier FROM pg_catalog.pg_control_system()),"
        " CASE WHEN NOT pg_catalog.pg_is_in_recovery()"
        " THEN pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END,"
        " CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_wal_lsn() END,"
        " (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())";
    auto table = co_await peer.get("look at", sql);
    if (!table) co_return fail(table.error());
    if (table->rows.size() != 1 || table->rows[0].size() != 5) co_return fail(peer.called() + " gave a strange answer");
    const auto& row = table->rows[0];
    ServerFacts facts;
    facts.in_recovery = row[0] == "t";
    facts.system_identifier = number<std::uint64_t>(row[1]).value_or(0);
    if (row[2]) facts.timeline = timeline_of_wal_file(*row[2]);
    if (row[3]) facts.lsn = parse_lsn(*row[3]);
    if (const auto timeline = number<std::uint32_t>(row[4])) facts.control_timeline = Timeline{*timeline};
    co_return facts;
}

asio::awaitable<Result<std::string>> provide_slot(Peer& peer, std::string slot) {
    const auto name = Session::quote_literal(slot);
    auto version = co_await peer.get("ask the version of", "SHOW server_version_num");
    if (!version) co_return fail(version.error());
    const bool tells = peer.version() >= first_with_wal_status;
    auto there = co_await peer.get("look at the slots of",
                                   fmt::format("SELECT slot_type, active, {} FROM pg_catalog.pg_replication_slots"
                                               " WHERE slot_name = {}",
                                               tells ? "wal_status" : "NULL", name));
    if (!there) co_return fail(there.error());
    bool anew = false;
    if (!there->rows.empty()) {
        const auto& row = there->rows[0];
        if (row[0] != "physical")
            co_return fail(ErrorCode::refused, fmt::format("the slot {} on {} is a logical one", slot, peer.called()));
        anew = row[2] == "lost" && row[1] != "t";
        if (!anew) co_return "the slot is there";
        auto dropped = co_await peer.order("drop a lost slot on",
                                           fmt::format("SELECT pg_catalog.pg_drop_replication_slot({})", name));
        if (!dropped) co_return fail(dropped.error());
    }
    const auto made =
        co_await peer.ask(fmt::format("SELECT pg_catalog.pg_create_physical_replication_slot({}, true)", name));
    constexpr std::string_view duplicate_object = "42710";
    if (!made && made.error().sqlstate != duplicate_object)
        co_return fail(
            with_grant(to_error(made.error(), fmt::format("cannot make the slot {} on {}", slot, peer.called())),
                       made.error(), peer.version(), "ALTER ROLE ... REPLICATION"));
    co_return anew ? "it was lost, and made anew" : "made";
}

asio::awaitable<Result<bool>> slot_is_lost(Peer& peer, std::string slot) {
    if (peer.version() < first_with_wal_status) co_return false;
    const auto lost = co_await peer.get("look at the slots of",
                                        "SELECT FROM pg_catalog.pg_replication_slots WHERE wal_status = 'lost' AND"
                                        " slot_name = " +
                                            Session::quote_literal(slot));
    if (!lost) co_return fail(lost.error());
    co_return !lost->rows.empty();
}

asio::awaitable<Result<std::string>> drop_idle_slots(Peer& peer, std::vector<std::string> slots) {
    std::size_t dropped = 0;
    for (const auto& slot : slots) {
        const auto gone = co_await peer.get(
            "drop a slot of",
            "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots"
            " WHERE slot_type = 'physical' AND NOT active AND slot_name = " +
                Session::quote_literal(slot));
        if (!gone) co_return fail(gone.error());
        dropped += gone->rows.size();
    }
    co_return fmt::format("{} dropped", dropped);
}

Error with_grant(Error error, const postgres::Failure& failure, int server_version, std::string_view grant) {
    constexpr std::string_view insufficient_privilege = "42501";
    constexpr int first_with_these_grants = 150000;  // on parameters, and pg_checkpoint
    if (failure.sqlstate != insufficient_privilege) return error;
    const bool younger = grant.find("PARAMETER") != grant.npos || grant.find("pg_checkpoint") != grant.npos;
    error.hint = younger && server_version < first_with_these_grants
                     ? "before PostgreSQL 15 this needs a superuser: ALTER ROLE ... SUPERUSER, or PostgreSQL 15 and " +
                           std::string{grant}
                     : std::string{grant};
    return error;
}

}  // namespace pgcm::act

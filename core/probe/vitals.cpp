#include "probe/vitals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "postgres/conninfo.hpp"
#include "postgres/promotion_mark.hpp"
#include "postgres/role_settings.hpp"

namespace pgcm::probe {
namespace {

using nlohmann::json;

// Read privileges are asked for first: a function that is not allowed would fail the whole statement.
constexpr std::string_view vitals_columns = R"(
  r.in_recovery,
  extract(epoch FROM clock_timestamp())::float8 AS now,
  CASE WHEN NOT r.in_recovery THEN pg_walfile_name(pg_current_wal_lsn()) END AS wal_file,
  CASE WHEN NOT r.in_recovery THEN pg_current_wal_lsn()::text END AS written,
  CASE WHEN r.in_recovery THEN pg_last_wal_receive_lsn()::text END AS received,
  CASE WHEN r.in_recovery THEN pg_last_wal_replay_lsn()::text END AS replayed,
  CASE WHEN r.in_recovery THEN pg_is_wal_replay_paused() END AS replay_paused,
  CASE WHEN r.in_recovery THEN
    (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::int8 END AS replay_age_ms,
  current_setting('synchronous_standby_names') AS synchronous_standby_names,
  CASE WHEN r.settings THEN current_setting('primary_conninfo') END AS primary_conninfo,
  current_setting('primary_slot_name') AS primary_slot_name,
  current_setting('wal_retrieve_retry_interval') AS wal_retrieve_retry_interval,
  r.settings AS reads_settings,
  r.stats AS reads_stats,
  (SELECT row_to_json(w) FROM (SELECT status, sender_host, sender_port, slot_name, received_tli,
    (extract(epoch FROM clock_timestamp() - last_msg_receipt_time) * 1000)::int8 AS message_age_ms
    FROM pg_stat_wal_receiver) w) AS wal_receiver,
  (SELECT coalesce(json_agg(s), '[]') FROM (SELECT application_name, host(client_addr) AS client_addr, state, sync_state,
    sent_lsn::text, flush_lsn::text, replay_lsn::text FROM pg_stat_replication) s) AS replicas,
  (SELECT json_object_agg(substr(c, 1, strpos(c, '=') - 1), substr(c, strpos(c, '=') + 1))
    FROM pg_db_role_setting s, unnest(s.setconfig) c
    WHERE s.setdatabase = 0 AND s.setrole = r.me AND starts_with(c, 'pgcm.')) AS kept,
  (SELECT coalesce(json_agg(DISTINCT application_name), '[]') FROM pg_stat_activity
    WHERE usesysid = r.me AND starts_with(application_name, 'pgcm-')) AS sessions)";

constexpr std::string_view witness_columns = R"(
  r.in_recovery,
  extract(epoch FROM clock_timestamp())::float8 AS now)";

constexpr std::string_view vitals_source = R"(
  FROM (SELECT pg_is_in_recovery() AS in_recovery,
    (SELECT oid FROM pg_roles WHERE rolname = current_user) AS me,
    pg_has_role('pg_read_all_settings', 'USAGE') AS settings,
    pg_has_role('pg_read_all_stats', 'USAGE') AS stats) r)";

template <class T>
std::optional<T> get(const json& row, const char* key) {
    const auto at = row.find(key);
    if (at == row.end() || at->is_null()) return std::nullopt;
    return at->get<T>();
}

std::optional<Lsn> get_lsn(const json& row, const char* key) {
    const auto text = get<std::string>(row, key);
    return text ? parse_lsn(*text) : std::nullopt;
}

std::optional<milliseconds> get_ms(const json& row, const char* key) {
    const auto value = get<std::int64_t>(row, key);
    return value ? std::optional(milliseconds{*value}) : std::nullopt;
}

WalReceiver to_wal_receiver(const json& row) {
    WalReceiver receiver;
    receiver.status = get<std::string>(row, "status").value_or("");
    receiver.sender_host = get<std::string>(row, "sender_host");
    receiver.sender_port = get<std::uint16_t>(row, "sender_port");
    receiver.slot = get<std::string>(row, "slot_name");
    if (const auto timeline = get<std::uint32_t>(row, "received_tli")) receiver.timeline = Timeline{*timeline};
    receiver.message_age = get_ms(row, "message_age_ms");
    return receiver;
}

Replica to_replica(const json& row) {
    Replica replica;
    replica.application_name = get<std::string>(row, "application_name").value_or("");
    replica.client_addr = get<std::string>(row, "client_addr");
    replica.state = get<std::string>(row, "state");
    replica.sync_state = get<std::string>(row, "sync_state");
    replica.sent = get_lsn(row, "sent_lsn");
    replica.flushed = get_lsn(row, "flush_lsn");
    replica.replayed = get_lsn(row, "replay_lsn");
    return replica;
}

Slot to_slot(const json& row) {
    Slot slot;
    slot.name = get<std::string>(row, "slot_name").value_or("");
    slot.physical = get<bool>(row, "physical").value_or(true);
    slot.active = get<bool>(row, "active").value_or(false);
    slot.restart_lsn = get_lsn(row, "restart_lsn");
    if (const auto bytes = get<std::int64_t>(row, "retained_bytes"))
        slot.retained_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(*bytes, 0));
    slot.wal_status = get<std::string>(row, "wal_status");
    return slot;
}

void read_primary_conninfo(const std::string& text, Observation& node) {
    node.primary_conninfo = postgres::mask_passwords(text);
    const auto parsed = postgres::Conninfo::parse(text);
    if (parsed && !parsed->pairs().empty()) node.upstream = parsed->addresses().front();
}

void read_clock(const json& row, WallTime wall, Observation& node) {
    const auto now = get<double>(row, "now");
    if (!now) return;
    using std::chrono::microseconds;
    node.server_time = WallTime{microseconds{std::llround(*now * 1e6)}};
    node.clock_skew = std::chrono::duration_cast<milliseconds>(*node.server_time - wall);
}

void read_replication(const json& row, Observation& node) {
    const bool reads_stats = get<bool>(row, "reads_stats").value_or(false);
    const auto receiver = row.find("wal_receiver");
    if (receiver != row.end() && receiver->is_object()) {
        node.wal_receiver = to_wal_receiver(*receiver);
        if (!reads_stats) node.missing.push_back({"wal_receiver", "pg_monitor"});
    }
    const auto replicas = row.find("replicas");
    if (replicas == row.end() || !replicas->is_array()) return;
    node.replicas.emplace();
    for (const auto& replica : *replicas) node.replicas->push_back(to_replica(replica));
    if (!reads_stats && !node.replicas->empty()) node.missing.push_back({"replicas", "pg_monitor"});
}

// The settings of our role, and its sessions.
void read_kept(const json& row, Observation& node) {
    if (const auto kept = row.find("kept"); kept != row.end() && kept->is_object()) {
        const auto text = [&](std::string_view setting) { return kept->value(std::string{setting}, std::string{}); };
        node.mark = postgres::parse_mark(text(postgres::mark_setting));
        node.pause = postgres::parse_pause(text(postgres::pause_setting));
        node.switchover = postgres::parse_switchover(text(postgres::switchover_setting));
    }
    node.sessions = get<std::vector<std::string>>(row, "sessions");
    if (node.sessions) std::sort(node.sessions->begin(), node.sessions->end());
}

std::string statement(bool identity, std::string_view columns, const std::optional<Ballot>& ballot) {
    const std::string_view system =
        identity ? "(SELECT system_identifier::text FROM pg_control_system()) AS system_identifier," : "";
    const auto vote = ballot ? fmt::format(",\n  {} AS vote", vote_sql(*ballot)) : "";
    return fmt::format("SELECT row_to_json(v) FROM (SELECT {}{}{}{}) v", system, columns, vote, vitals_source);
}

// What nodes and witnesses alike are asked.
void read_common(const json& row, WallTime wall, Observation& node, const std::optional<Ballot>& ballot) {
    node.missing.clear();
    node.role = row.at("in_recovery").get<bool>() ? Role::standby : Role::primary;
    if (const auto identifier = get<std::string>(row, "system_identifier"))
        node.system_identifier = std::stoull(*identifier);
    read_clock(row, wall, node);
    if (ballot) node.vote = read_vote(row.at("vote"), *ballot);
}

}  // namespace

std::string vitals_sql(bool identity, const std::optional<Ballot>& ballot) {
    return statement(identity, vitals_columns, ballot);
}

std::string witness_sql(bool identity, const std::optional<Ballot>& ballot) {
    return statement(identity, witness_columns, ballot);
}

std::string inventory_sql(int server_version) {
    const std::string_view wal_status = server_version >= 130000 ? "wal_status" : "NULL::text AS wal_status";
    return fmt::format(R"(SELECT row_to_json(v) FROM (SELECT
  CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') THEN
    (SELECT sum(pg_database_size(oid))::int8 FROM pg_database) END AS database_bytes,
  CASE WHEN has_function_privilege('pg_ls_waldir()', 'EXECUTE') THEN
    (SELECT json_build_object('bytes', coalesce(sum(size), 0)::int8, 'files', count(*)) FROM pg_ls_waldir()
      WHERE name ~ '^[0-9A-F]{{24}}$') END AS wal,
  (SELECT coalesce(json_agg(s), '[]') FROM (SELECT slot_name, slot_type = 'physical' AS physical, active,
    restart_lsn::text, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
      ELSE pg_current_wal_lsn() END, restart_lsn)::int8 AS retained_bytes, {}
    FROM pg_replication_slots) s) AS slots) v)",
                       wal_status);
}

Result<void> read_vitals(std::string_view text, WallTime wall, Observation& node,
                         const std::optional<Ballot>& ballot) try {
    const auto row = json::parse(text);
    read_common(row, wall, node, ballot);
    node.timeline = timeline_of_wal_file(get<std::string>(row, "wal_file").value_or(""));
    node.written = get_lsn(row, "written");
    node.received = get_lsn(row, "received");
    node.replayed = get_lsn(row, "replayed");
    node.replay_paused = get<bool>(row, "replay_paused");
    node.replay_age = get_ms(row, "replay_age_ms");
    node.synchronous_standby_names = get<std::string>(row, "synchronous_standby_names");
    node.primary_slot_name = get<std::string>(row, "primary_slot_name");
    node.wal_retrieve_retry_interval = get<std::string>(row, "wal_retrieve_retry_interval");
    if (const auto conninfo = get<std::string>(row, "primary_conninfo")) read_primary_conninfo(*conninfo, node);
    if (!get<bool>(row, "reads_settings").value_or(false)) node.missing.push_back({"primary_conninfo", "pg_monitor"});
    read_kept(row, node);
    read_replication(row, node);
    return {};
} catch (const std::exception& error) {
    return fail(std::string("the server's answer to the vitals query makes no sense: ") + error.what());
}

Result<void> read_witness(std::string_view text, WallTime wall, Observation& witness,
                          const std::optional<Ballot>& ballot) try {
    read_common(json::parse(text), wall, witness, ballot);
    return {};
} catch (const std::exception& error) {
    return fail(std::string("the witness's answer makes no sense: ") + error.what());
}

Result<Inventory> read_inventory(std::string_view text, BootTime now) try {
    const auto row = json::parse(text);
    Inventory inventory;
    inventory.taken_at = now;
    inventory.database_bytes = get<std::uint64_t>(row, "database_bytes");
    if (const auto wal = row.find("wal"); wal != row.end() && wal->is_object()) {
        inventory.wal_bytes = get<std::uint64_t>(*wal, "bytes");
        inventory.wal_files = get<std::uint64_t>(*wal, "files");
    }
    if (const auto slots = row.find("slots"); slots != row.end() && slots->is_array()) {
        inventory.slots.emplace();
        for (const auto& slot : *slots) inventory.slots->push_back(to_slot(slot));
    }
    return inventory;
} catch (const std::exception& error) {
    return fail(std::string("the server's answer to the inventory query makes no sense: ") + error.what());
}

std::vector<TimelineSwitch> read_history(std::string_view content) {
    std::vector<TimelineSwitch> history;
    while (!content.empty()) {
        const auto end = content.find('\n');
        const auto line = content.substr(0, end);
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        std::uint32_t timeline = 0;
        const auto [after, error] = std::from_chars(line.data(), line.data() + line.size(), timeline);
        if (error != std::errc{} || timeline == 0) continue;
        auto rest = line.substr(static_cast<std::size_t>(after - line.data()));
        const auto from = rest.find_first_not_of(" \t");
        if (from == std::string_view::npos) continue;
        rest = rest.substr(from, rest.find_first_of(" \t", from) - from);
        if (const auto lsn = parse_lsn(rest)) history.push_back({Timeline{timeline}, *lsn});
    }
    return history;
}

}  // namespace pgcm::probe

#include "probe/examination.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pgcm::probe {
namespace {

using nlohmann::json;

constexpr std::string_view settings_of_all = "'statement_timeout', 'idle_session_timeout'";

// All that view/diagnose has a word on. primary_conninfo is left out: it may hold a password.
constexpr std::string_view settings_of_nodes =
    "'wal_level', 'hot_standby', 'wal_log_hints', 'data_checksums', 'full_page_writes', 'fsync', 'max_wal_senders',"
    " 'max_replication_slots', 'max_slot_wal_keep_size', 'wal_keep_size', 'wal_keep_segments', 'archive_mode',"
    " 'archive_command', 'archive_library', 'restore_command', 'listen_addresses', 'synchronous_standby_names', "
    "'synchronous_commit',"
    " 'statement_timeout', 'idle_session_timeout', 'wal_retrieve_retry_interval', 'max_connections',"
    " 'max_worker_processes', 'max_prepared_transactions', 'max_locks_per_transaction', 'data_directory'";

constexpr std::string_view roles = "'pg_monitor', 'pg_checkpoint', 'pg_use_reserved_connections'";

constexpr std::string_view functions =
    "'pg_promote(boolean, integer)', 'pg_reload_conf()', 'pg_wal_replay_resume()',"
    " 'pg_ls_dir(text, boolean, boolean)', 'pg_stat_file(text, boolean)', 'pg_read_binary_file(text)',"
    " 'pg_read_binary_file(text, bigint, bigint, boolean)'";

constexpr std::string_view parameters =
    "'synchronous_standby_names', 'primary_conninfo', 'primary_slot_name', 'wal_retrieve_retry_interval'";

constexpr int first_with_parameter_grants = 150000;

std::string grants_sql(int server_version) {
    const auto of_parameters =
        server_version < first_with_parameter_grants
            ? std::string{"NULL"}
            : fmt::format(
                  "(SELECT json_object_agg(p, has_parameter_privilege(p, 'ALTER SYSTEM')) FROM unnest(ARRAY[{}]) p)",
                  parameters);
    const std::string of_mark =
        server_version < first_with_parameter_grants
            ? "NULL"
            : "json_build_object('pgcm.promotion', has_parameter_privilege('pgcm.promotion', 'SET'))";
    return fmt::format(R"(
  (SELECT json_build_object('superuser', rolsuper, 'replication', rolreplication,
      'roles', (SELECT json_object_agg(r.rolname, pg_has_role(r.oid, 'USAGE')) FROM pg_roles r WHERE r.rolname IN ({})),
      'functions', (SELECT json_object_agg(f, coalesce(has_function_privilege(to_regprocedure(f)::oid, 'EXECUTE'), true))
        FROM unnest(ARRAY[{}]) f),
      'parameters', {}, 'settable', {})
    FROM pg_roles WHERE rolname = current_user) AS grants,)",
                       roles, functions, of_parameters, of_mark);
}

std::vector<std::string> texts(const json& array) {
    return array.is_array() ? array.get<std::vector<std::string>>() : std::vector<std::string>{};
}

std::map<std::string, bool> answers(const json& object) {
    return object.is_object() ? object.get<std::map<std::string, bool>>() : std::map<std::string, bool>{};
}

// A database of a rule may be the bare word or the name in quotes: the view shows both alike.
HbaRule to_rule(const json& row) {
    const auto text = [&](const char* key) { return row.at(key).is_null() ? "" : row.at(key).get<std::string>(); };
    return {text("type"),    texts(row.at("database")), texts(row.at("user_name")),
            text("address"), text("netmask"),           text("auth_method")};
}

}  // namespace

std::string examination_sql(int server_version, bool witness) {
    const auto of_nodes = witness ? std::string{} : grants_sql(server_version) + R"(
  (SELECT coalesce(json_agg(spcname ORDER BY spcname), '[]') FROM pg_tablespace
    WHERE spcname NOT IN ('pg_default', 'pg_global')) AS tablespaces,
  (SELECT json_build_object('failing', last_failed_time > coalesce(last_archived_time, '-infinity'),
    'last_failed', last_failed_wal) FROM pg_stat_archiver) AS archiver,
  (SELECT coalesce(json_agg(name ORDER BY name), '[]') FROM pg_settings WHERE pending_restart) AS restart_pending,)";
    return fmt::format(R"(SELECT row_to_json(v) FROM (SELECT{}
  current_database() AS database, current_user AS role,
  has_database_privilege('public', current_database(), 'CONNECT') AS connect_public,
  (SELECT json_object_agg(name, setting) FROM pg_settings WHERE name IN ({})) AS settings) v)",
                       of_nodes, witness ? settings_of_all : settings_of_nodes);
}

Result<void> read_examination(std::string_view text, Examination& examination) try {
    const auto row = json::parse(text);
    examination.database = row.at("database").get<std::string>();
    examination.role = row.at("role").get<std::string>();
    examination.connect_public = row.at("connect_public").get<bool>();
    for (const auto& [name, setting] : row.at("settings").items())
        if (!setting.is_null()) examination.settings.emplace(name, setting.get<std::string>());
    if (examination.witness) return {};
    const auto& grants = row.at("grants");
    examination.grants = Grants{grants.at("superuser").get<bool>(), grants.at("replication").get<bool>(),
                                answers(grants.at("roles")),        answers(grants.at("functions")),
                                answers(grants.at("parameters")),   answers(grants.at("settable"))};
    examination.tablespaces = texts(row.at("tablespaces"));
    examination.restart_pending = texts(row.at("restart_pending"));
    const auto& archiver = row.at("archiver");
    examination.archiver.emplace();
    examination.archiver->failing = archiver.at("failing").is_boolean() && archiver.at("failing").get<bool>();
    if (archiver.at("last_failed").is_string())
        examination.archiver->last_failed = archiver.at("last_failed").get<std::string>();
    return {};
} catch (const std::exception& error) {
    return fail(std::string("the server's answer to the examination makes no sense: ") + error.what());
}

std::string hba_sql() {
    return "SELECT coalesce(json_agg(h), '[]') FROM (SELECT type, database, user_name, address, netmask, auth_method"
           " FROM pg_hba_file_rules WHERE error IS NULL ORDER BY line_number) h";
}

Result<std::vector<HbaRule>> read_hba(std::string_view text) try {
    std::vector<HbaRule> rules;
    for (const auto& row : json::parse(text)) rules.push_back(to_rule(row));
    return rules;
} catch (const std::exception& error) {
    return fail(std::string("the server's answer about pg_hba.conf makes no sense: ") + error.what());
}

}  // namespace pgcm::probe

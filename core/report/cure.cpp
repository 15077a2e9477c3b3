#include "report/cure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/assert.hpp"

namespace pgcm::report {
namespace {

constexpr const char* reload = "SELECT pg_reload_conf()";
constexpr const char* then_restart = "then restart this server";

std::string text(const Symptom& symptom, std::string_view key) {
    for (const auto& fact : symptom.facts)
        if (fact.key == key) {
            if (const auto* value = std::get_if<std::string>(&fact.value)) return *value;
            if (const auto* value = std::get_if<std::int64_t>(&fact.value)) return std::to_string(*value);
        }
    return "";
}

bool flag(const Symptom& symptom, std::string_view key) {
    return std::any_of(symptom.facts.begin(), symptom.facts.end(), [&](const Fact& fact) {
        const auto* value = std::get_if<bool>(&fact.value);
        return fact.key == key && value != nullptr && *value;
    });
}

std::string identifier(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

// Names of slots and settings' values hold neither backslashes nor control characters here.
std::string literal(const std::string& value) {
    std::string out = "'";
    for (const char c : value) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
}

std::string set(const std::string& parameter, const std::string& value) {
    return fmt::format("ALTER SYSTEM SET {} = {}", parameter, literal(value));
}

Cure by_restart(const std::string& parameter, const std::string& value) {
    return {{set(parameter, value)}, then_restart};
}

Cure by_reload(const std::string& parameter, const std::string& value) {
    return {{set(parameter, value), reload}, ""};
}

Cure for_role(const Symptom& symptom, const std::string& parameter) {
    return {{fmt::format("ALTER ROLE {} IN DATABASE {} SET {} = 0", identifier(text(symptom, "role")),
                         identifier(text(symptom, "database")), parameter)},
            ""};
}

Cure of_replication(const Symptom& symptom) {
    constexpr std::string_view no_entry = "28000";
    constexpr std::string_view wrong_password = "28P01";
    const auto sqlstate = text(symptom, "sqlstate");
    if (sqlstate == no_entry)
        return {{},
                fmt::format("a line in its pg_hba.conf, \"host replication {} ADDRESS/32 scram-sha-256\" with this "
                            "host's address, then {}",
                            text(symptom, "user"), reload)};
    if (sqlstate == wrong_password)
        return {{}, "correct the password of that role, or the passfile that postgres.replication_conninfo names"};
    return {{}, "mend what it says; postgres.replication_conninfo tells as whom a standby logs in"};
}

Cure of_hba(const Symptom& symptom) {
    const auto address = text(symptom, "address");
    return {
        {},
        fmt::format("a line in its pg_hba.conf, before any that rejects: \"host {} {} {}/{} scram-sha-256\", then {}",
                    text(symptom, "database"), text(symptom, "user"), address,
                    address.find(':') == std::string::npos ? 32 : 128, reload)};
}

Cure of_slot(const Symptom& symptom) {
    const auto slot = literal(text(symptom, "slot"));
    const auto drop = fmt::format("SELECT pg_drop_replication_slot({})", slot);
    if (symptom.code == FindingCode::slot_retains_wal)
        return {{}, fmt::format("bring its standby back, or drop it: {}", drop)};
    if (!flag(symptom, "ours")) return {{drop}, "it is not pgcm's: whoever made it must begin anew"};
    return {{drop, fmt::format("SELECT pg_create_physical_replication_slot({}, true)", slot)},
            "its standby's agent does the same by itself, and clones the standby where WAL is missing"};
}

Cure of_settings(const Symptom& symptom) {
    switch (symptom.code) {
        case FindingCode::listens_locally: return by_restart("listen_addresses", "*");
        case FindingCode::wal_level_low: return by_restart("wal_level", "replica");
        case FindingCode::hot_standby_off: return by_restart("hot_standby", "on");
        case FindingCode::wal_senders_few:
            return by_restart("max_wal_senders", std::to_string(std::stol("0" + text(symptom, "wanted")) + 4));
        case FindingCode::slots_few:
            return by_restart("max_replication_slots", std::to_string(std::stol("0" + text(symptom, "wanted")) + 4));
        case FindingCode::standby_setting_low: return by_restart(text(symptom, "setting"), text(symptom, "wanted"));
        case FindingCode::retry_interval_long: return by_reload("wal_retrieve_retry_interval", "100ms");
        case FindingCode::slot_wal_unlimited: {
            auto cure = by_reload("max_slot_wal_keep_size", "16GB");
            cure.words = "or what the disk of pg_wal can spare";
            return cure;
        }
        case FindingCode::changes_untraced: return by_restart("wal_log_hints", "on");
        case FindingCode::full_page_writes_off: return by_reload("full_page_writes", "on");
        case FindingCode::fsync_off: return by_reload("fsync", "on");
        case FindingCode::synchronous_commit_low: return by_reload("synchronous_commit", "on");
        case FindingCode::wal_not_kept:
            // 64 segments of 16 MiB are a GiB.
            return text(symptom, "setting") == "wal_keep_segments" ? by_reload("wal_keep_segments", "64")
                                                                   : by_reload("wal_keep_size", "1GB");
        default: return {};
    }
}

Cure of_role(const Symptom& symptom) {
    const auto role = identifier(text(symptom, "role"));
    const auto database = identifier(text(symptom, "database"));
    switch (symptom.code) {
        case FindingCode::hba_unseen:
            return {{fmt::format("GRANT SELECT ON pg_hba_file_rules TO {}", role),
                     fmt::format("GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO {}", role)},
                    "or run this check on every node's host"};
        case FindingCode::not_replication_role: return {{fmt::format("ALTER ROLE {} REPLICATION", role)}, ""};
        case FindingCode::grant_missing: return {{fmt::format("GRANT {} TO {}", text(symptom, "grant"), role)}, ""};
        case FindingCode::superuser_needed: return {{fmt::format("ALTER ROLE {} SUPERUSER", role)}, ""};
        case FindingCode::connect_public:
            return {{fmt::format("GRANT CONNECT ON DATABASE {} TO {}", database, role),
                     fmt::format("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database)},
                    "or make a database for pgcm alone and name it in cluster.dbname"};
        case FindingCode::statement_timeout_short: return for_role(symptom, "statement_timeout");
        case FindingCode::idle_timeout_short: return for_role(symptom, "idle_session_timeout");
        default: return {};
    }
}

// What only a person can do.
std::string by_hand(const Symptom& symptom) {
    switch (symptom.code) {
        case FindingCode::voters_few: return "add a [[witness]], and failover.quorum = \"majority\"";
        case FindingCode::unreachable: return "look at its server, its host and the network between";
        case FindingCode::examination_failed: return "mend what it says, or give more time with --timeout";
        case FindingCode::database_differs: return "the same dbname in every conninfo, or none and cluster.dbname";
        case FindingCode::system_differs: return "take it out of the configuration, or clone it anew";
        case FindingCode::version_differs: return "upgrade it, or take it out of the configuration";
        case FindingCode::clock_skew: return "look at its time synchronisation";
        case FindingCode::data_directory: return "correct postgres.data_dir, or the conninfo of this node";
        case FindingCode::archiver_idle: return "set archive_command, or archive_mode = off, then restart this server";
        case FindingCode::archiver_fails: return "the server's log says why archive_command fails";
        case FindingCode::program_version: return "set postgres.bin_dir to the programs of that version";
        case FindingCode::tablespaces: return "set commands.basebackup to one that places them";
        case FindingCode::clone_hindered: return "clear that up, or set rejoin.in_place = true";
        case FindingCode::clone_no_room:
            return "make room, or set rejoin.in_place = true: it removes the old data first";
        case FindingCode::sync_name_unknown:
        case FindingCode::sync_count_high:
            return "correct synchronous_standby_names; with sync.mode other than \"off\" watch keeps it right";
        case FindingCode::sync_strict_short: return "add a standby, lower sync.count, or set sync.strict = false";
        case FindingCode::sync_star_stranger: return "set sync.mode = \"quorum\" or \"priority\", which name the nodes";
        case FindingCode::no_candidate:
        case FindingCode::one_candidate: return "take nofailover from a node";
        case FindingCode::restart_pending: return "restart this server in a quiet hour, or take the change back";
        default: return "";
    }
}

}  // namespace

Cure cure_of(const Symptom& symptom) {
    switch (symptom.code) {
        case FindingCode::replication_refused: return of_replication(symptom);
        case FindingCode::hba_refuses: return of_hba(symptom);
        case FindingCode::slot_lost:
        case FindingCode::slot_retains_wal: return of_slot(symptom);
        default: break;
    }
    if (auto words = by_hand(symptom); !words.empty()) return {{}, std::move(words)};
    if (auto cure = of_settings(symptom); !cure.sql.empty()) return cure;
    return of_role(symptom);
}

}  // namespace pgcm::report

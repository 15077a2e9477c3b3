#pragma once
// A healthy cluster as the doctor sees it, in which a test changes one thing.
#include <gtest/gtest.h>

#include <algorithm>

#include "view/diagnose.hpp"

namespace pgcm::view {

inline NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

inline std::string told(const FactValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return std::get<bool>(value) ? "yes" : "no";
}

// Primary a, standbys b and c, witness w, with sync.mode "quorum"; this host is b's.
struct Healthy {
    View view;
    Checkup checkup;
    Policy policy;
    ServerSettings server;
    Thresholds limits;

    Healthy() {
        for (const auto* name : {"a", "b", "c"}) add_node(name);
        policy.witnesses = {called("w")};
        policy.quorum = Quorum::majority;
        policy.sync_mode = SyncMode::quorum;
        Observation witness;
        witness.node = called("w");
        witness.reach = Reach::accepting;
        view.witnesses.push_back(witness);
        Examination of_witness;
        of_witness.node = called("w");
        of_witness.witness = true;
        of_witness.database = "pgcm";
        of_witness.role = "pgcm";
        of_witness.connect_public = false;
        of_witness.settings = {{"statement_timeout", "0"}, {"idle_session_timeout", "0"}};
        checkup.servers.push_back(of_witness);
        view.local = called("b");
        node(0).role = Role::primary;
        node(0).synchronous_standby_names = "ANY 1 (\"b\", \"c\")";
        node(0).replicas = {{"b", {}, "streaming", "quorum", {}, {}, {}}, {"c", {}, "streaming", "quorum", {}, {}, {}}};
        checkup.host =
            HostExamination{"", 15, {{"postgres", 15}, {"pg_rewind", 15}, {"pg_basebackup", 15}}, 1U << 30U, ""};
        checkup.replication_user = "replicator";
        node(0).inventory->database_bytes = 8U << 20U;
    }

    void add_node(const char* name) {
        Observation seen;
        seen.node = called(name);
        seen.reach = Reach::accepting;
        seen.role = Role::standby;
        seen.server_version = 150008;
        seen.system_identifier = 7;
        seen.clock_skew = milliseconds{3};
        seen.inventory.emplace();
        seen.inventory->slots.emplace();
        view.nodes.push_back(seen);
        policy.nodes.push_back({seen.node, 100, false, {{std::string{"10.0.0."} + name[0], 5432}}});
        checkup.addresses[seen.node] = {std::string{"10.0.0."} + std::to_string(name[0] - 'a' + 1)};
        checkup.servers.push_back(examination_of(name));
    }

    static Examination examination_of(const char* name) {
        Examination one;
        one.node = called(name);
        one.database = "pgcm";
        one.role = "pgcm";
        one.connect_public = false;
        one.settings = {{"wal_level", "replica"},
                        {"hot_standby", "on"},
                        {"wal_log_hints", "on"},
                        {"data_checksums", "off"},
                        {"full_page_writes", "on"},
                        {"fsync", "on"},
                        {"max_wal_senders", "10"},
                        {"max_replication_slots", "10"},
                        {"max_slot_wal_keep_size", "1000"},
                        {"wal_keep_size", "64"},
                        {"archive_mode", "off"},
                        {"archive_command", ""},
                        {"archive_library", ""},
                        {"restore_command", ""},
                        {"listen_addresses", "*"},
                        {"synchronous_commit", "on"},
                        {"statement_timeout", "0"},
                        {"idle_session_timeout", "0"},
                        {"wal_retrieve_retry_interval", "100"},
                        {"max_connections", "100"}};
        one.grants = Grants{false,
                            true,
                            {{"pg_monitor", true}, {"pg_checkpoint", true}, {"pg_use_reserved_connections", true}},
                            {{"pg_promote(boolean, integer)", true},
                             {"pg_reload_conf()", true},
                             {"pg_wal_replay_resume()", true},
                             {"pg_read_binary_file(text)", true}},
                            {{"primary_conninfo", true}, {"primary_slot_name", true}},
                            {{"pgcm.promotion", true}}};
        one.archiver = Archiver{};
        one.hba = {{"host", {"all"}, {"pgcm"}, "10.0.0.0", "255.255.255.0", "scram-sha-256"},
                   {"host", {"replication"}, {"replicator"}, "10.0.0.0", "255.255.255.0", "scram-sha-256"}};
        one.trial = Trial{Reach::accepting, "replicator", "", ""};
        return one;
    }

    Observation& node(std::size_t i) { return view.nodes[i]; }
    Examination& exam(std::size_t i) { return checkup.servers[i]; }  // 3 is the witness's
    Grants& grants() { return *exam(0).grants; }
    std::string& set(std::size_t i, const std::string& name) { return exam(i).settings[name]; }

    // "severity code node key=value ...", a line each.
    std::string found() const {
        std::string out;
        for (const auto& [code, severity, node, facts] : diagnose(view, checkup, policy, server, limits)) {
            out += std::string{name_of(severity)} + " " + std::string{name_of(code)} + " " + (node ? node->str() : "-");
            for (const auto& [key, value] : facts) out += " " + key + "=" + told(value);
            out += "\n";
        }
        return out;
    }
};

}  // namespace pgcm::view

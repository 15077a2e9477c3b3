// Each finding of the doctor: a healthy cluster has none, and one thing changed in it has exactly that one.
#include "view/diagnose.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgcm::view {
namespace {

NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

std::string told(const FactValue& value) {
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

TEST(Diagnose, a_healthy_cluster_has_no_symptom) {
    EXPECT_EQ(Healthy{}.found(), "");
}

TEST(Diagnose, silence_is_a_finding_and_nothing_else_is_said_of_the_silent) {
    Healthy one;
    one.node(2).reach = Reach::silent;
    one.node(2).message = "no answer";
    one.checkup.servers.erase(one.checkup.servers.begin() + 2);
    one.view.witnesses[0].reach = Reach::refused;
    EXPECT_EQ(one.found(),
              "critical unreachable c reach=silent message=no answer\ncritical unreachable w reach=refused\n");
}

TEST(Diagnose, who_answers) {
    Healthy one;
    one.node(1).system_identifier = 8;
    one.node(1).server_version = 160001;
    one.view.local = called("a");
    EXPECT_EQ(one.found(),
              "critical system_differs b system_identifier=8 expected=7\n"
              "critical version_differs b version=16 expected=15\n");
}

TEST(Diagnose, clocks) {
    Healthy one;
    one.node(1).clock_skew = milliseconds{-1999};
    EXPECT_EQ(one.found(), "");
    one.node(1).clock_skew = milliseconds{-2000};
    one.view.witnesses[0].clock_skew = milliseconds{5000};
    EXPECT_EQ(one.found(), "warning clock_skew b skew_ms=-2000\nwarning clock_skew w skew_ms=5000\n");
}

TEST(Diagnose, one_database_everywhere) {
    Healthy one;
    one.exam(3).database = "other";
    EXPECT_EQ(one.found(), "critical database_differs w database=other expected=pgcm there=a\n");
    one.policy.quorum = Quorum::any;
    EXPECT_EQ(one.found(), "warning database_differs w database=other expected=pgcm there=a\n");
}

TEST(Diagnose, trouble_is_told) {
    Healthy one;
    one.exam(1).trouble = "permission denied";
    one.checkup.host->trouble = "no such file";
    EXPECT_EQ(
        one.found(),
        "warning examination_failed b message=no such file\nwarning examination_failed b message=permission denied\n");
}

TEST(Diagnose, listen_addresses) {
    Healthy one;
    for (const auto* local : {"", "localhost", "127.0.0.1, ::1"}) {
        one.set(2, "listen_addresses") = local;
        EXPECT_EQ(one.found(), std::string{"critical listens_locally c value="} + local + " address=10.0.0.c\n");
    }
    one.set(2, "listen_addresses") = "localhost, 10.0.0.3";
    EXPECT_EQ(one.found(), "");
    one.set(2, "listen_addresses") = "localhost";
    one.policy.nodes[2].addresses = {{"/run/postgresql", 5432}, {"127.0.0.1", 5432}};
    EXPECT_EQ(one.found(), "") << "a cluster on one host";
}

TEST(Diagnose, replication_is_tried) {
    Healthy one;
    one.exam(0).trial = Trial{Reach::rejecting, "replicator", "28P01", "password authentication failed"};
    EXPECT_EQ(one.found(),
              "critical replication_refused a user=replicator message=password authentication failed sqlstate=28P01\n");
    one.exam(0).trial.reset();
    EXPECT_EQ(one.found(), "") << "not tried is not refused";
}

TEST(Diagnose, rules_of_other_hosts_are_read) {
    Healthy one;
    one.exam(0).hba->pop_back();
    EXPECT_EQ(one.found(),
              "critical hba_refuses a from=b user=replicator database=replication address=10.0.0.2\n"
              "critical hba_refuses a from=c user=replicator database=replication address=10.0.0.3\n");
    one.exam(0).hba->clear();
    one.checkup.addresses.erase(called("c"));
    EXPECT_EQ(one.found(),
              "critical hba_refuses a from=b user=replicator database=replication address=10.0.0.2\n"
              "critical hba_refuses a from=b user=pgcm database=pgcm address=10.0.0.2\n");
    for (std::size_t i = 0; i < 3; ++i) one.exam(i).hba.reset();
    EXPECT_EQ(one.found(), "notice hba_unseen a role=pgcm\n");
}

TEST(Diagnose, settings_of_replication) {
    Healthy one;
    one.set(2, "wal_level") = "minimal";
    one.set(2, "hot_standby") = "off";
    one.set(2, "wal_retrieve_retry_interval") = "1000";
    EXPECT_EQ(one.found(),
              "critical wal_level_low c value=minimal\ncritical hot_standby_off c\n"
              "notice retry_interval_long c value_ms=1000\n");
    Healthy other;
    other.set(2, "wal_retrieve_retry_interval") = "5000";
    other.set(0, "wal_retrieve_retry_interval") = "5000";  // the primary retrieves nothing
    EXPECT_EQ(other.found(), "warning retry_interval_long c value_ms=5000\n");
}

TEST(Diagnose, wal_senders) {
    Healthy one;
    one.set(0, "max_wal_senders") = "3";
    EXPECT_EQ(one.found(), "warning wal_senders_few a value=3 wanted=4\n");
    one.set(0, "max_wal_senders") = "1";
    EXPECT_EQ(one.found(), "critical wal_senders_few a value=1 wanted=4\n");
    one.set(0, "max_wal_senders") = "2";
    one.server.methods = {RejoinMethod::rewind};
    EXPECT_EQ(one.found(), "") << "no clone is ever made";
}

TEST(Diagnose, standbys_have_what_the_primary_has) {
    Healthy one;
    one.set(1, "max_connections") = "99";
    one.set(2, "max_connections") = "101";
    EXPECT_EQ(one.found(), "critical standby_setting_low b setting=max_connections value=99 wanted=100\n");
}

TEST(Diagnose, slots) {
    Healthy one;
    one.limits.retained_bytes = 1000;
    one.node(0).inventory->slots = {{"pgcm_b", true, true, {}, 5000, "extended"},
                                    {"backup_x", true, false, {}, 1001, "extended"},
                                    {"pgcm_c", true, false, {}, {}, "lost"},
                                    {"other", true, false, {}, 1000, "lost"}};
    EXPECT_EQ(one.found(),
              "warning slot_retains_wal a slot=backup_x retained_bytes=1001\n"
              "warning slot_lost a slot=pgcm_c ours=yes\nwarning slot_lost a slot=other ours=no\n");
}

TEST(Diagnose, room_for_slots) {
    Healthy one;
    one.node(0).inventory->slots = {{"pgcm_b", true, true, {}, {}, {}}, {"backup_x", true, true, {}, {}, {}}};
    one.set(0, "max_replication_slots") = "3";
    EXPECT_EQ(one.found(), "");
    one.set(0, "max_replication_slots") = "2";
    EXPECT_EQ(one.found(), "critical slots_few a value=2 wanted=3\n");
    one.policy.slot = "";
    EXPECT_EQ(one.found(), "");
}

TEST(Diagnose, slots_without_a_limit) {
    Healthy one;
    one.set(1, "max_slot_wal_keep_size") = "-1";
    EXPECT_EQ(one.found(), "warning slot_wal_unlimited b\n");
    one.policy.slot = "";
    EXPECT_EQ(one.found(), "");
}

TEST(Diagnose, what_pg_rewind_needs) {
    Healthy one;
    one.set(0, "wal_log_hints") = "off";
    EXPECT_EQ(one.found(), "warning changes_untraced a\n");
    one.set(0, "data_checksums") = "on";
    EXPECT_EQ(one.found(), "");
    one.set(0, "data_checksums") = "off";
    one.server.methods = {RejoinMethod::rewind};
    EXPECT_EQ(one.found(), "critical changes_untraced a\n");
    one.server.methods = {RejoinMethod::basebackup};
    EXPECT_EQ(one.found(), "");
    one.set(0, "full_page_writes") = "off";
    EXPECT_EQ(one.found(), "critical full_page_writes_off a\n");
}

TEST(Diagnose, wal_for_pg_rewind) {
    Healthy one;
    one.set(0, "wal_keep_size") = "0";
    EXPECT_EQ(one.found(), "notice wal_not_kept a setting=wal_keep_size\n");
    one.set(0, "restore_command") = "cp";
    EXPECT_EQ(one.found(), "");
    one.exam(1).settings.erase("wal_keep_size");
    one.set(1, "wal_keep_segments") = "0";
    EXPECT_EQ(one.found(), "notice wal_not_kept b setting=wal_keep_segments\n");
}

TEST(Diagnose, archivers) {
    Healthy one;
    one.set(0, "archive_mode") = "on";
    EXPECT_EQ(one.found(), "warning archiver_idle a archive_mode=on\n");
    one.set(0, "archive_library") = "basic_archive";
    EXPECT_EQ(one.found(), "");
    one.exam(0).archiver = Archiver{true, "000000010000000000000007"};
    EXPECT_EQ(one.found(), "warning archiver_fails a segment=000000010000000000000007\n");
}

TEST(Diagnose, programs) {
    Healthy one;
    one.checkup.host->program_majors = {{"postgres", 14}, {"pg_rewind", 16}, {"pg_basebackup", 16}};
    EXPECT_EQ(one.found(),
              "critical program_version b program=pg_rewind version=16 expected=15\n"
              "critical program_version b program=postgres version=14 expected=15\n");
    one.checkup.host->program_majors = {{"pg_rewind", 16}, {"pg_basebackup", 14}};
    one.server.commands.rewind.shell = "rewind";
    EXPECT_EQ(one.found(), "critical program_version b program=pg_basebackup version=14 expected=15\n");
}

TEST(Diagnose, clones) {
    Healthy one;
    one.exam(0).tablespaces = {"fast", "slow"};
    EXPECT_EQ(one.found(), "warning tablespaces a names=fast, slow\n");
    one.server.commands.basebackup.shell = "clone";
    EXPECT_EQ(one.found(), "");
    one.server.commands.basebackup = {};
    one.exam(0).tablespaces.clear();
    one.checkup.host->clone_obstacle = "a mount point";
    one.checkup.host->free_bytes = (8U << 20U) + (8U << 20U) / 20 + (64U << 20U) - 1;
    EXPECT_EQ(one.found(),
              "warning clone_hindered b message=a mount point\n"
              "warning clone_no_room b free_bytes=75916901 wanted_bytes=75916902\n");
    ++*one.checkup.host->free_bytes;
    one.server.methods = {RejoinMethod::basebackup};
    EXPECT_EQ(one.found(), "critical clone_hindered b message=a mount point\n");
    one.server.in_place = true;
    EXPECT_EQ(one.found(), "");
}

TEST(Diagnose, grants) {
    Healthy one;
    one.grants().replication = false;
    one.grants().roles = {{"pg_monitor", false}, {"pg_checkpoint", false}, {"pg_use_reserved_connections", false}};
    one.grants().functions = {{"pg_promote(boolean, integer)", false},
                              {"pg_wal_replay_resume()", false},
                              {"pg_reload_conf()", false},
                              {"pg_read_binary_file(text)", false}};
    one.grants().parameters = {{"primary_conninfo", false}, {"primary_slot_name", true}};
    one.grants().settable = {{"pgcm.promotion", false}};
    EXPECT_EQ(
        one.found(),
        "critical not_replication_role a role=pgcm\n"
        "critical grant_missing a grant=pg_monitor purpose=reading primary_conninfo and what the walreceiver does "
        "role=pgcm\n"
        "critical grant_missing a grant=EXECUTE ON FUNCTION pg_reload_conf() purpose=letting a changed setting take "
        "effect "
        "role=pgcm\n"
        "critical grant_missing a grant=ALTER SYSTEM ON PARAMETER primary_conninfo purpose=following, and synchronous "
        "standbys role=pgcm\n"
        "critical grant_missing a grant=SET ON PARAMETER \"pgcm.promotion\" purpose=the mark by which two promotions "
        "to "
        "one timeline are told apart role=pgcm\n"
        "warning grant_missing a grant=pg_checkpoint purpose=the CHECKPOINT after a promotion, which pg_rewind needs "
        "role=pgcm\n"
        "warning grant_missing a grant=EXECUTE ON FUNCTION pg_promote(boolean, integer), pg_wal_replay_resume() "
        "purpose=a "
        "promotion role=pgcm\n"
        "warning grant_missing a grant=EXECUTE ON FUNCTION pg_read_binary_file(text) purpose=pg_rewind role=pgcm\n"
        "notice grant_missing a grant=pg_use_reserved_connections purpose=logging in when the connections are taken "
        "role=pgcm\n");
    one.grants().superuser = true;
    EXPECT_EQ(one.found(), "");
}

TEST(Diagnose, before_15_a_superuser_is_needed) {
    Healthy one;
    for (std::size_t i = 0; i < 3; ++i) one.node(i).server_version = 140010;
    one.grants().parameters.clear();
    one.checkup.host.reset();
    EXPECT_EQ(one.found(), "critical superuser_needed a role=pgcm\n");
}

TEST(Diagnose, roles_are_told_of_once_by_the_primary) {
    Healthy one;
    one.exam(1).grants->replication = false;
    EXPECT_EQ(one.found(), "");
    one.node(0).role = Role::standby;
    one.node(0).replicas.reset();
    one.exam(0).grants.reset();
    EXPECT_EQ(one.found(), "critical not_replication_role b role=pgcm\n");
}

TEST(Diagnose, connect_open_to_all) {
    Healthy one;
    for (std::size_t i = 0; i < 4; ++i) one.exam(i).connect_public = true;
    EXPECT_EQ(one.found(),
              "notice connect_public a database=pgcm role=pgcm\nnotice connect_public w database=pgcm role=pgcm\n");
    one.policy.quorum = Quorum::any;
    EXPECT_EQ(one.found(), "");
}

TEST(Diagnose, timeouts_of_the_role) {
    Healthy one;
    one.set(0, "statement_timeout") = "59999";
    one.set(0, "idle_session_timeout") = "2000";
    one.set(3, "idle_session_timeout") = "2001";
    EXPECT_EQ(one.found(),
              "warning statement_timeout_short a value_ms=59999 database=pgcm role=pgcm\n"
              "warning idle_timeout_short a value_ms=2000 database=pgcm role=pgcm\n");
    one.set(0, "statement_timeout") = "60000";
    one.set(0, "idle_session_timeout") = "0";
    EXPECT_EQ(one.found(), "");
}

TEST(Diagnose, what_a_commit_is_worth) {
    Healthy one;
    one.set(0, "fsync") = "off";
    one.set(1, "synchronous_commit") = "local";
    one.set(2, "synchronous_commit") = "remote_write";
    one.exam(2).restart_pending = {"max_connections", "wal_level"};
    EXPECT_EQ(one.found(),
              "critical fsync_off a\nwarning synchronous_commit_low b value=local\n"
              "notice restart_pending c settings=max_connections, wal_level\n");
    one.policy.sync_mode = SyncMode::automatic;
    EXPECT_EQ(one.found(), "critical fsync_off a\nnotice restart_pending c settings=max_connections, wal_level\n");
}

TEST(Diagnose, synchronous_standby_names) {
    Healthy one;
    one.node(0).synchronous_standby_names = "ANY 1 (b, backup)";
    EXPECT_EQ(one.found(), "warning sync_name_unknown a names=ANY 1 (b, backup)\n");
    one.node(0).synchronous_standby_names = "ANY 2 (b, a)";
    EXPECT_EQ(one.found(), "warning sync_count_high a names=ANY 2 (b, a) count=2 standbys=1\n");
    one.policy.sync_mode = SyncMode::off;
    EXPECT_EQ(one.found(), "critical sync_count_high a names=ANY 2 (b, a) count=2 standbys=1\n");
    one.node(0).synchronous_standby_names = "FIRST 3 (*)";
    EXPECT_EQ(one.found(), "critical sync_count_high a names=FIRST 3 (*) count=3 standbys=2\n");
    one.node(0).synchronous_standby_names = "*";
    EXPECT_EQ(one.found(), "");
    one.node(0).replicas->push_back({"pg_receivewal", {}, "streaming", "potential", {}, {}, {}});
    one.node(0).replicas->push_back({"pg_basebackup", {}, "backup", "async", {}, {}, {}});
    EXPECT_EQ(one.found(), "warning sync_star_stranger a name=pg_receivewal\n");
    one.node(0).synchronous_standby_names = "B";
    EXPECT_EQ(one.found(), "") << "names compare without regard to case";
}

TEST(Diagnose, strictness) {
    Healthy one;
    one.policy.sync_strict = true;
    EXPECT_EQ(one.found(), "");
    one.policy.sync_count = 2;
    EXPECT_EQ(one.found(), "warning sync_strict_short - standbys=2 wanted=2\n");
    one.policy.sync_count = 3;
    EXPECT_EQ(one.found(), "critical sync_strict_short - standbys=2 wanted=3\n");
    one.policy.sync_mode = SyncMode::automatic;
    EXPECT_EQ(one.found(), "") << "count has no meaning there";
}

TEST(Diagnose, candidates) {
    Healthy one;
    one.policy.nodes[0].nofailover = one.policy.nodes[2].nofailover = true;
    EXPECT_EQ(one.found(), "warning one_candidate b\n");
    one.policy.nodes[1].nofailover = true;
    EXPECT_EQ(one.found(), "critical no_candidate -\n");
}

TEST(Diagnose, voters) {
    Healthy one;
    one.policy.quorum = Quorum::any;
    EXPECT_EQ(one.found(), "");
    one.policy.witnesses.clear();
    one.policy.nodes.pop_back();
    one.view.nodes.pop_back();
    one.node(0).synchronous_standby_names = "";
    one.checkup.addresses.erase(called("c"));
    EXPECT_EQ(one.found(), "notice voters_few - voters=2\n");
}

TEST(Diagnose, the_worst_comes_first) {
    Healthy one;
    one.exam(0).restart_pending = {"x"};
    one.set(1, "max_slot_wal_keep_size") = "-1";
    one.set(2, "fsync") = "off";
    EXPECT_EQ(one.found(), "critical fsync_off c\nwarning slot_wal_unlimited b\nnotice restart_pending a settings=x\n");
}

}  // namespace
}  // namespace pgcm::view

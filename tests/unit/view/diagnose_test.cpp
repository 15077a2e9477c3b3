// Each finding of the doctor: a healthy cluster has none, and one thing changed in it has exactly that one.
#include "healthy.hpp"

namespace pgcm::view {
namespace {

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

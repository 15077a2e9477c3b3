// What the doctor finds of rejoining: programs, WAL, room, and the rights of the role.
#include "healthy.hpp"

namespace pgcm::view {
namespace {

TEST(DiagnoseRejoin, what_pg_rewind_needs) {
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

TEST(DiagnoseRejoin, wal_for_pg_rewind) {
    Healthy one;
    one.set(0, "wal_keep_size") = "0";
    EXPECT_EQ(one.found(), "notice wal_not_kept a setting=wal_keep_size\n");
    one.set(0, "restore_command") = "cp";
    EXPECT_EQ(one.found(), "");
    one.exam(1).settings.erase("wal_keep_size");
    one.set(1, "wal_keep_segments") = "0";
    EXPECT_EQ(one.found(), "notice wal_not_kept b setting=wal_keep_segments\n");
}

TEST(DiagnoseRejoin, archivers) {
    Healthy one;
    one.set(0, "archive_mode") = "on";
    EXPECT_EQ(one.found(), "warning archiver_idle a archive_mode=on\n");
    one.set(0, "archive_library") = "basic_archive";
    EXPECT_EQ(one.found(), "");
    one.exam(0).archiver = Archiver{true, "000000010000000000000007"};
    EXPECT_EQ(one.found(), "warning archiver_fails a segment=000000010000000000000007\n");
}

TEST(DiagnoseRejoin, programs) {
    Healthy one;
    one.checkup.host->program_majors = {{"postgres", 14}, {"pg_rewind", 16}, {"pg_basebackup", 16}};
    EXPECT_EQ(one.found(),
              "critical program_version b program=pg_rewind version=16 expected=15\n"
              "critical program_version b program=postgres version=14 expected=15\n");
    one.checkup.host->program_majors = {{"pg_rewind", 16}, {"pg_basebackup", 14}};
    one.server.commands.rewind.shell = "rewind";
    EXPECT_EQ(one.found(), "critical program_version b program=pg_basebackup version=14 expected=15\n");
}

TEST(DiagnoseRejoin, the_directory_of_another_server) {
    Healthy one;
    one.server.data_dir = "/data/c";
    one.checkup.host->works_in = "/data/b";
    EXPECT_EQ(one.found(), "critical data_directory b works_in=/data/b data_dir=/data/c\n");
}

TEST(DiagnoseRejoin, clones) {
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

TEST(DiagnoseRejoin, grants) {
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

TEST(DiagnoseRejoin, before_15_a_superuser_is_needed) {
    Healthy one;
    for (std::size_t i = 0; i < 3; ++i) one.node(i).server_version = 140010;
    one.grants().parameters.clear();
    one.checkup.host.reset();
    EXPECT_EQ(one.found(), "critical superuser_needed a role=pgcm\n");
}

TEST(DiagnoseRejoin, roles_are_told_of_once_by_the_primary) {
    Healthy one;
    one.exam(1).grants->replication = false;
    EXPECT_EQ(one.found(), "");
    one.node(0).role = Role::standby;
    one.node(0).replicas.reset();
    one.exam(0).grants.reset();
    EXPECT_EQ(one.found(), "critical not_replication_role b role=pgcm\n");
}

TEST(DiagnoseRejoin, connect_open_to_all) {
    Healthy one;
    for (std::size_t i = 0; i < 4; ++i) one.exam(i).connect_public = true;
    EXPECT_EQ(one.found(),
              "notice connect_public a database=pgcm role=pgcm\nnotice connect_public w database=pgcm role=pgcm\n");
    one.policy.quorum = Quorum::any;
    EXPECT_EQ(one.found(), "");
}

TEST(DiagnoseRejoin, timeouts_of_the_role) {
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

}  // namespace
}  // namespace pgcm::view

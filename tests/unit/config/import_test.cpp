#include "config/import.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/file.hpp"
#include "config/load.hpp"

namespace pgcm::config {
namespace {

Imported imported(const std::string& ini) {
    auto result = import_ini(ini, "config.ini");
    EXPECT_TRUE(result) << result.error().what;
    return result ? *result : Imported{};
}
Config loaded(const Imported& import) {
    const auto config = parse(import.toml, "f");
    EXPECT_TRUE(config) << config.error().what << "\n" << import.toml;
    return config ? *config : Config{};
}
std::string error_of_import(const std::string& ini) {
    const auto result = import_ini(ini, "config.ini");
    if (result) return "no error";
    return result.error().code == ErrorCode::usage ? result.error().what : "not a usage error";
}
bool warns(const Imported& import, std::string_view part) {
    return std::any_of(import.warnings.begin(), import.warnings.end(),
                       [&](const auto& warning) { return warning.find(part) != std::string::npos; });
}

class SeedSample : public testing::Test {
  protected:
    const Imported import_ = imported(read_file(PGCM_SOURCE_DIR "/tests/unit/config/seed.ini").value().text);
    const Config config_ = loaded(import_);
};

TEST_F(SeedSample, Nodes) {
    ASSERT_EQ(config_.nodes.size(), 2U);
    const auto& p1 = config_.nodes[0];
    EXPECT_EQ(p1.name.str(), "p1");
    EXPECT_EQ(p1.conninfo,
              Conninfo::parse("host=localhost port=1111 dbname=test user=postgres password=postgres sslmode=prefer "
                              "sslcompression=1 krbsrvname=postgres target_session_attrs=any")
                  .value());
    EXPECT_EQ(config_.nodes[1].name.str(), "p2");
    EXPECT_EQ(config_.nodes[1].conninfo.get("port"), "2222");
    EXPECT_EQ(config_.local->str(), "p1");
    EXPECT_EQ(config_.dbname, "test");
    EXPECT_EQ(config_.policy.nodes[1].addresses, (std::vector<Address>{{"p2", 2222}}));
}

TEST_F(SeedSample, Behaviour) {
    const auto& policy = config_.policy;
    EXPECT_EQ(policy.scan_period, 10s);
    EXPECT_EQ(policy.failover_after, 15s);
    EXPECT_EQ(policy.conflict_after, 35s);
    EXPECT_EQ(policy.follow_check_after, 15s);
    EXPECT_EQ(policy.quorum, Quorum::any);
    EXPECT_EQ(policy.keep, ConflictKeep::largest);
    EXPECT_EQ(policy.sync_mode, SyncMode::automatic);
    EXPECT_EQ(policy.mode, FailoverMode::automatic);
    EXPECT_EQ(policy.slot, "__slot");
    EXPECT_TRUE(config_.server.in_place);
    EXPECT_TRUE(config_.server.managed);
    EXPECT_EQ(config_.server.data_dir, "/var/lib/postgresql/data/pgdata");
    EXPECT_EQ(config_.server.replication_conninfo,
              "user=postgres password=postgres sslmode=prefer sslcompression=1 krbsrvname=postgres");
    EXPECT_EQ(config_.serve.listen, std::vector<std::string>{"localhost:9889"});
}

TEST_F(SeedSample, Commands) {
    const auto& commands = config_.server.commands;
    const std::string docker = "docker exec -t p1 runuser -l postgres -c \"";
    const std::string bin = "/usr/lib/postgresql/12/bin/";
    EXPECT_EQ(config_.network.command,
              (Command{{}, "docker exec -t p1 bash -c \"cat /sys/class/net/eth0/operstate\"", "up"}));
    EXPECT_EQ(commands.status,
              (Command{{}, docker + bin + "pg_ctl status -D /var/lib/postgresql/data/pgdata\"", "is running"}));
    EXPECT_EQ(commands.start.shell,
              docker + bin + R"(pg_ctl start -o \"-p 1111\" -D /var/lib/postgresql/data/pgdata")");
    EXPECT_EQ(commands.stop.shell, docker + bin + "pg_ctl stop -D /var/lib/postgresql/data/pgdata\"");
    EXPECT_EQ(commands.promote.shell,
              "docker exec p1 runuser -l postgres -c \"" + bin + "pg_ctl promote -D /var/lib/postgresql/data/pgdata\"");
    EXPECT_EQ(commands.rewind.shell, "docker exec p1 runuser -l postgres -c \"" + bin +
                                         "pg_rewind --target-pgdata={data_dir} --source-server={primary_conninfo}\"");
    EXPECT_EQ(commands.basebackup.shell,
              "docker exec p1 runuser -l postgres -c \"" + bin +
                  "pg_basebackup -D {data_dir} -d {primary_conninfo} -X stream -c fast -R --slot={slot}\"");
    EXPECT_EQ(commands.create_dirs.shell, docker +
                                              "cd /var/lib/postgresql/data && mkdir -p db_dir && chown -R "
                                              "postgres:postgres db_dir\"");
    EXPECT_EQ(commands.remove_dirs.shell, docker +
                                              "rm -rf /var/lib/postgresql/data/pgdata/* && rm -rf "
                                              "/var/lib/postgresql/data/db_dir/*\"");
}

TEST_F(SeedSample, Warnings) {
    EXPECT_EQ(
        import_.warnings,
        (std::vector<std::string>{
            "it holds passwords: let nobody else read the file (chmod 0640), or use a passfile",
            "node \"p1\": every host finds itself at localhost; put the node's name in the network into conninfo, "
            "and localhost into local_conninfo",
            "set postgres.bin_dir to the directory of pg_controldata on this host; config.ini does not tell it",
            "cmd_pg_rewind_command: the part that lays standby.signal and appends primary_conninfo is left out, "
            "pgcm does it itself",
            "cmd_pg_rewind_command: it fills placeholders in a shell within a shell, where a value with $, `, \" or "
            "\\ would not last",
            "cmd_pg_basebackup_command: it fills placeholders in a shell within a shell, where a value with $, `, "
            "\" or \\ would not last"}));
    for (const auto& warning : import_.warnings)
        EXPECT_NE(import_.toml.find("# " + warning + "\n"), std::string::npos) << warning;
}

TEST(Import, TheSmallestFile) {
    const auto import = imported("[cluster]\nDB-1 = host=a\n");
    const auto config = loaded(import);
    EXPECT_EQ(config.nodes.at(0).name.str(), "DB-1");
    EXPECT_EQ(config.policy.scan_period, 1s);
    EXPECT_EQ(config.server.slot, "");
    EXPECT_FALSE(config.server.in_place);
    EXPECT_TRUE(config.serve.listen.empty());
    EXPECT_TRUE(warns(import, "timeout_to_failover_sec is not given: pgcm's default stands for timing.failover_after"));
    EXPECT_FALSE(warns(import, "password"));
}

TEST(Import, NamesKeepTheirCaseAndLocalIsFound) {
    const auto config =
        loaded(imported("[cluster]\nDB-1 = host=a\nDB-2 = host=b\n[main]\nlocal_node_host_name = db-2\n"));
    EXPECT_EQ(config.local->str(), "DB-2");
}

TEST(Import, NastyValuesGoThrough) {
    const auto import = imported(
        "[cluster]\nk\xC3\xB6ln 1 = host=a user='it\\'s \"x\" \\\\ 50%%' password='p%% \xE2\x82\xAC'\n[main]\n"
        "pg_data_path = /data/it's 100%% \"mine\"\ncmd_stop_db = stop 'a' \"b\" \\c\n");
    const auto config = loaded(import);
    EXPECT_EQ(config.nodes.at(0).name.str(), "k\xC3\xB6ln 1");
    EXPECT_EQ(config.nodes.at(0).conninfo.get("user"), "it's \"x\" \\ 50%");
    EXPECT_EQ(config.nodes.at(0).conninfo.get("password"), "p% \xE2\x82\xAC");
    EXPECT_EQ(config.server.data_dir, "/data/it's 100% \"mine\"");
    EXPECT_EQ(config.server.commands.stop.shell, "stop 'a' \"b\" \\c");
}

TEST(Import, SlotsOfSeveralNodes) {
    const std::string three = "[cluster]\na1 = host=a\nb1 = host=b\nc1 = host=c\n[main]\nlocal_node_host_name = a1\n";
    EXPECT_EQ(loaded(imported(three + "replication_slot_name = slot_a1\n")).server.slot, "slot_{node}");
    const auto shared = imported(three + "replication_slot_name = __slot\n");
    EXPECT_EQ(loaded(shared).server.slot, "pgcm_{node}");
    EXPECT_TRUE(warns(shared, "one slot \"__slot\" cannot serve several standbys"));
    const auto bad = imported(three + "replication_slot_name = My-Slot\n");
    EXPECT_EQ(loaded(bad).server.slot, "pgcm_{node}");
    EXPECT_TRUE(warns(bad, "\"My-Slot\" cannot be a slot's name"));
}

TEST(Import, ConnectionStringsThatPgcmCannotUse) {
    const auto import = imported("[cluster]\na = port=1 target_session_attrs=read-write\nb = host=b user=other\n");
    const auto config = loaded(import);
    EXPECT_EQ(config.nodes.at(0).conninfo.str(), "host=a port=1");
    EXPECT_TRUE(warns(import, "node \"a\": target_session_attrs is left out"));
    EXPECT_TRUE(warns(import, "node \"a\": its connection string names no host"));
    EXPECT_TRUE(warns(import, "the connection strings differ in more than host, port and dbname"));
}

TEST(Import, WhatPgcmDoesNotKnowIsAComment) {
    const auto import =
        imported("[cluster]\na = host=a\n[main]\nsurprise = 1\n  2\ncmd_stop_db = stop {node}\n[more]\nx = 1\n");
    const auto config = loaded(import);
    EXPECT_TRUE(config.server.commands.stop.empty());
    EXPECT_NE(import.toml.find("#   surprise = 1\n#   2\n"), std::string::npos);
    EXPECT_NE(import.toml.find("#   cmd_stop_db = stop {node}\n"), std::string::npos);
    EXPECT_TRUE(warns(import, "\"surprise\" (line 4) is no key that pgcm knows; it is not carried over"));
    EXPECT_TRUE(
        warns(import, "cmd_stop_db is not carried over: it holds braces that pgcm would take for a placeholder"));
    EXPECT_TRUE(warns(import, "the section [more] (line 7) is not carried over"));
}

TEST(Import, LocalProgramsTellBinDir) {
    const std::string ini = "[cluster]\na = host=a\n[main]\npg_data_path = /d\ncmd_start_db = ";
    EXPECT_EQ(loaded(imported(ini + "/opt/pg/bin/pg_ctl start -D /d\n")).server.bin_dir, "/opt/pg/bin");
    EXPECT_EQ(loaded(imported(ini + "docker exec x /opt/pg/bin/pg_ctl start\n")).server.bin_dir, "");
}

TEST(Import, WebserverAddresses) {
    const std::string ini = "[cluster]\na = host=a\n[main]\nwebserver_port = 80\nwebserver_address = ";
    EXPECT_EQ(loaded(imported(ini + "\n")).serve.listen.at(0), "0.0.0.0:80");
    EXPECT_EQ(loaded(imported(ini + "::1\n")).serve.listen.at(0), "[::1]:80");
}

TEST(Import, ErrorsNameTheLine) {
    EXPECT_EQ(error_of_import(""), "config.ini:1: there is no node in [cluster]");
    EXPECT_EQ(error_of_import("[main]\n\n[cluster]\n"), "config.ini:3: there is no node in [cluster]");
    EXPECT_EQ(error_of_import("[cluster]\na = host=a password=my geheim\n"),
              "config.ini:2: libpq does not take this connection string");
    EXPECT_EQ(error_of_import("[cluster]\na = host=a\n[main]\nlocal_node_host_name = b\n"),
              "config.ini:4: local_node_host_name is \"b\", which is not a node of [cluster]");
    EXPECT_EQ(error_of_import("[cluster]\na = host=a\n[main]\ncluster_scan_period_sec = soon\n"),
              "config.ini:4: cluster_scan_period_sec: \"soon\" is not a whole number within 1 and 3600");
    EXPECT_EQ(error_of_import("[cluster]\na = host=a\n[main]\nwebserver_port = 0\n"),
              "config.ini:4: webserver_port: \"0\" is not a whole number within 1 and 65535");
    EXPECT_EQ(error_of_import("junk"), "config.ini:1: stands before the first section");
}

}  // namespace
}  // namespace pgcm::config

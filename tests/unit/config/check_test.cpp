#include "config/check.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sample.hpp"

namespace pgcm::config {
namespace {

// A host on which all is well, in a folder that goes when the test ends.
class Check : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "pgcm-check-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        dir_ = pattern;
        for (const auto* name : {"bin", "data", "state"}) std::filesystem::create_directory(dir_ / name);
        ASSERT_EQ(::chmod((dir_ / "data").c_str(), 0700), 0);
        std::ofstream{dir_ / "data/PG_VERSION"} << "15\n";
        for (const auto* name : {"pg_ctl", "postgres", "pg_controldata", "pg_rewind", "pg_basebackup"}) {
            std::ofstream{dir_ / "bin" / name} << "#!/bin/sh\n";
            ASSERT_EQ(::chmod((dir_ / "bin" / name).c_str(), 0755), 0);
        }
        config_ = parse(two_nodes, "f", {"p1", ""}).value();
        config_.server.bin_dir = dir_ / "bin";
        config_.server.data_dir = dir_ / "data";
        config_.server.commands.start.shell = "start";  // so that root may run the test
        config_.state_dir = dir_ / "state";
    }
    void TearDown() override { std::filesystem::remove_all(dir_); }

    // "severity subject: what | remedy" of the one finding; all of them where there are more.
    std::string findings() const {
        std::string out;
        for (const auto& finding : check(config_))
            out += (out.empty() ? "" : "\n") + std::string{name_of(finding.severity)} + " " + finding.subject + ": " +
                   finding.what + " | " + finding.remedy;
        return out;
    }
    std::string path(const char* name) const { return "\"" + (dir_ / name).string() + "\""; }

    std::filesystem::path dir_;
    Config config_;
};

TEST_F(Check, AllWell) {
    EXPECT_EQ(findings(), "");
}

TEST_F(Check, MissingPrograms) {
    std::filesystem::remove(dir_ / "bin/pg_rewind");
    EXPECT_EQ(findings(),
              "critical postgres.bin_dir: " + path("bin/pg_rewind") +
                  " cannot be run: No such file or directory | install the server's package of that version, "
                  "or correct bin_dir");
    config_.server.methods = {RejoinMethod::basebackup};
    EXPECT_EQ(findings(), "");
    config_.server.methods = {RejoinMethod::rewind};
    config_.server.commands.rewind.shell = "rewind";
    EXPECT_EQ(findings(), "");
    std::filesystem::remove(dir_ / "bin/pg_controldata");
    EXPECT_NE(findings().find("pg_controldata\" cannot be run"), std::string::npos);
    config_.server.bin_dir.clear();
    EXPECT_EQ(findings(),
              "critical postgres.bin_dir: is not set | set it to the directory of pg_ctl, such as "
              "\"/usr/lib/postgresql/15/bin\"");
    config_.server.commands.stop.shell = "stop";
    EXPECT_EQ(findings().substr(0, 8), "warning ");
}

TEST_F(Check, Watchdogs) {
    config_.lease.watchdog = (dir_ / "watchdog").string();
    EXPECT_EQ(findings(), "warning lease.watchdog: is never fed: failover.quorum is not \"majority\" | leave it out");
    config_.witnesses.push_back({NodeName::make("w").value(), {}});
    config_.policy.quorum = Quorum::majority;
    EXPECT_EQ(findings(), "critical lease.watchdog: " + path("watchdog") +
                              ": No such file or directory | load the driver of the watchdog (softdog, where there is "
                              "no hardware), or leave it out");
    std::ofstream{dir_ / "watchdog"} << "";
    EXPECT_EQ(findings(), "critical lease.watchdog: " + path("watchdog") + " is not a device | correct it");
    config_.lease.watchdog = "/dev/null";
    EXPECT_EQ(findings(), "");
}

TEST_F(Check, DataDirectories) {
    ASSERT_EQ(::chmod((dir_ / "data").c_str(), 0755), 0);
    EXPECT_EQ(findings(), "warning postgres.data_dir: " + path("data") +
                              " has the mode 0755, with which no server starts | chmod 0700 or 0750");
    ASSERT_EQ(::chmod((dir_ / "data").c_str(), 0750), 0);
    EXPECT_EQ(findings(), "");
    std::filesystem::remove(dir_ / "data/PG_VERSION");
    EXPECT_EQ(findings(), "warning postgres.data_dir: " + path("data") +
                              " holds no PG_VERSION: No such file or directory | make the server with initdb or "
                              "pg_basebackup");
    std::filesystem::remove(dir_ / "data");
    EXPECT_EQ(findings(),
              "critical postgres.data_dir: " + path("data") +
                  ": No such file or directory | correct it, or run the check as a user who may look there");
    std::ofstream{dir_ / "data"} << "";
    EXPECT_EQ(findings(), "critical postgres.data_dir: " + path("data") + " is not a directory | correct it");
    config_.server.data_dir.clear();
    EXPECT_EQ(findings(),
              "critical postgres.data_dir: is not set | set it to the data directory, as SHOW data_directory tells it");
}

TEST_F(Check, Users) {
    config_.server.run_as = "no-such-user-of-pgcm";
    EXPECT_EQ(findings(),
              "critical postgres.run_as: there is no user \"no-such-user-of-pgcm\" | name the user who owns the data "
              "directory");
    // Users that every Debian has: nobody is 65534, daemon is 1.
    const bool is_nobody = ::geteuid() == 65534;
    config_.server.run_as = is_nobody ? "daemon" : "nobody";
    EXPECT_EQ(findings(), "critical postgres.data_dir: " + path("data") + " belongs to the user " +
                              std::to_string(::geteuid()) + ", and the server would run as " +
                              (is_nobody ? "1" : "65534") + " | set postgres.run_as to its owner");
}

TEST_F(Check, OtherFiles) {
    config_.serve.cert = dir_ / "cert";
    EXPECT_EQ(findings(), "critical serve.cert: " + path("cert") +
                              " cannot be read: No such file or directory | correct it, or its mode");
    std::ofstream{dir_ / "cert"} << "";
    EXPECT_EQ(findings(), "");
    config_.lease.etcd_ca = dir_ / "ca";
    config_.server.config_file = dir_ / "postgresql.conf";
    const auto all = check(config_);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].subject, "postgres.config_file");
    EXPECT_EQ(all[1].subject, "lease.ca");
}

TEST_F(Check, StateDirectories) {
    std::filesystem::remove(dir_ / "state");
    EXPECT_EQ(findings(), "warning state.dir: " + path("state") +
                              ": No such file or directory | install -d -m 0700 it, for the user who runs pgcm");
    std::ofstream{dir_ / "state"} << "";
    EXPECT_EQ(findings(), "critical state.dir: " + path("state") + " is not a directory | correct it");
}

TEST_F(Check, AHostWithoutANodeNeedsNoServer) {
    config_.local.reset();
    config_.server = {};
    EXPECT_EQ(
        findings(),
        "notice cluster.local: this host is no node: it can look, but not act | set cluster.local or $PGCM_NODE, if "
        "it is one");
}

TEST_F(Check, TheCluster) {
    config_.nodes[1].conninfo = Conninfo::parse("host=localhost").value();
    EXPECT_EQ(
        findings(),
        "warning node.conninfo: \"p2\" is looked for at localhost, where every host finds itself | put its name in "
        "the network into conninfo, and the local address into local_conninfo");
    config_.nodes[1].conninfo = Conninfo::parse("host=p2").value();
    config_.policy.quorum = Quorum::majority;
    EXPECT_EQ(findings(),
              "warning failover.quorum: the majority of 2 voters is 2: when one is lost, there is no failover | add a "
              "[[witness]]");
}

}  // namespace
}  // namespace pgcm::config

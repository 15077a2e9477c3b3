#include "config/load.hpp"

#include <gtest/gtest.h>

#include "config/show.hpp"
#include "sample.hpp"

namespace pgcm::config {
namespace {

// Every key of the file, none at its default.
const std::string everything = R"([cluster]
name = "orders"
local = "p1"
dbname = "pgcm"
[[node]]
name = "p1"
conninfo = "host=p1,p1b port=5433,5434 user=pgcm hostaddr=10.0.0.1,10.0.0.2"
local_conninfo = "host=/run/postgresql"
priority = 200
nofailover = true
[[node]]
name = "p2"
conninfo = "service=p2"
[[node]]
name = "p3"
conninfo = "postgresql://pgcm@p3:5555/pgcm?sslmode=verify-full"
[[witness]]
name = "w"
conninfo = "host=tools port=5436"
[postgres]
data_dir = "/var/lib/postgresql/15/main"
bin_dir = "/usr/lib/postgresql/15/bin"
config_file = "/etc/postgresql/15/main/postgresql.conf"
run_as = "postgres"
replication_conninfo = "user=replicator sslmode=require"
slot = "s_{node}_x"
managed = false
[timing]
scan_period = "250ms"
probe_timeout = "2s"
failover_after = "0s"
conflict_after = "1m"
primary_start_timeout = "2m"
follow_check_after = "20s"
command_timeout = "1h"
[failover]
mode = "manual"
quorum = "etcd"
on_crash = "failover"
max_lag = "16MB"
[lease]
ttl = "20s"
fence_margin = "4s"
trust_refused = true
port = 9999
watchdog = "/dev/watchdog"
etcd = ["https://e1:2379", "https://e2:2379"]
ca = "/etc/ca"
cert = "/etc/cert"
key = "/etc/key"
[conflict]
keep = "manual"
[sync]
mode = "quorum"
count = 2
strict = true
degrade_after = "7s"
[rejoin]
methods = ["basebackup"]
keep_old = false
in_place = true
[network]
interface = "eth0"
command = ["ip", "link", "show", "{node}"]
expect = "up"
arbiters = ["gateway:22", "[fd00::1]:53"]
[serve]
listen = ["127.0.0.1:9889", "[::1]:9889", "unix:/run/pgcm/http.sock"]
cert = "/etc/http.cert"
key = "/etc/http.key"
[log]
format = "json"
[state]
dir = "/srv/pgcm"
[commands]
status = "pg_ctl status -D {data_dir}"
status_expect = "is running"
start = ["start", "{data_dir}"]
stop = ["stop"]
promote = ["promote"]
rewind = "rewind {data_dir} {primary_conninfo}"
basebackup = "basebackup {slot}"
create_dirs = "mkdir"
remove_dirs = "rm"
[hooks]
on_event = ["/usr/local/bin/tell", "a b"]
)";

TEST(Load, ReadsTheMembers) {
    const auto config = parse(everything, "/etc/pgcm/pgcm.toml");
    ASSERT_TRUE(config) << config.error().what;
    EXPECT_EQ(config->path, "/etc/pgcm/pgcm.toml");
    EXPECT_EQ(config->cluster, "orders");
    EXPECT_EQ(config->local->str(), "p1");
    EXPECT_EQ(config->dbname, "pgcm");
    ASSERT_EQ(config->nodes.size(), 3U);
    EXPECT_EQ(config->nodes[0].priority, 200);
    EXPECT_TRUE(config->nodes[0].nofailover);
    EXPECT_EQ(config->nodes[0].local_conninfo->get("host"), "/run/postgresql");
    EXPECT_EQ(config->nodes[1].priority, 100);
    EXPECT_FALSE(config->nodes[1].local_conninfo);
    EXPECT_EQ(config->nodes[2].conninfo.get("host"), "p3");
    EXPECT_EQ(config->nodes[2].conninfo.get("sslmode"), "verify-full");
    ASSERT_EQ(config->witnesses.size(), 1U);
    EXPECT_EQ(config->witnesses[0].name.str(), "w");
    EXPECT_EQ(config->witnesses[0].conninfo.get("port"), "5436");
    EXPECT_EQ(config->find(NodeName::make("p3").value()), &config->nodes[2]);
    EXPECT_EQ(config->find(NodeName::make("w").value()), nullptr);
}

TEST(Load, ReadsTheServer) {
    const auto config = parse(everything, "f").value();
    const auto& server = config.server;
    EXPECT_EQ(server.data_dir, "/var/lib/postgresql/15/main");
    EXPECT_EQ(server.bin_dir, "/usr/lib/postgresql/15/bin");
    EXPECT_EQ(server.config_file, "/etc/postgresql/15/main/postgresql.conf");
    EXPECT_EQ(server.run_as, "postgres");
    EXPECT_EQ(server.replication_conninfo, "user=replicator sslmode=require");
    EXPECT_EQ(server.slot, "s_{node}_x");
    EXPECT_FALSE(server.managed);
    EXPECT_EQ(server.methods, std::vector{RejoinMethod::basebackup});
    EXPECT_FALSE(server.keep_old);
    EXPECT_TRUE(server.in_place);
    EXPECT_EQ(server.commands.status, (Command{{}, "pg_ctl status -D {data_dir}", "is running"}));
    EXPECT_EQ(server.commands.start, (Command{{"start", "{data_dir}"}, "", ""}));
    EXPECT_EQ(server.commands.stop, (Command{{"stop"}, "", ""}));
    EXPECT_EQ(server.commands.promote, (Command{{"promote"}, "", ""}));
    EXPECT_EQ(server.commands.rewind.shell, "rewind {data_dir} {primary_conninfo}");
    EXPECT_EQ(server.commands.basebackup.shell, "basebackup {slot}");
    EXPECT_EQ(server.commands.create_dirs.shell, "mkdir");
    EXPECT_EQ(server.commands.remove_dirs.shell, "rm");
    EXPECT_EQ(config.network.interface, "eth0");
    EXPECT_EQ(config.network.command, (Command{{"ip", "link", "show", "{node}"}, "", "up"}));
    EXPECT_EQ(server.commands.network, config.network.command);
    EXPECT_EQ(config.network.arbiters, (std::vector<std::string>{"gateway:22", "[fd00::1]:53"}));
    EXPECT_EQ(config.hooks.on_event, (Command{{"/usr/local/bin/tell", "a b"}, "", ""}));
    EXPECT_EQ(config.command_timeout, 1h);
}

TEST(Load, ReadsTheRest) {
    const auto config = parse(everything, "f").value();
    EXPECT_EQ(config.lease.ttl, 20s);
    EXPECT_EQ(config.lease.fence_margin, 4s);
    EXPECT_TRUE(config.lease.trust_refused);
    EXPECT_EQ(config.lease.port, 9999);
    EXPECT_EQ(config.lease.watchdog, "/dev/watchdog");
    EXPECT_EQ(config.lease.etcd, (std::vector<std::string>{"https://e1:2379", "https://e2:2379"}));
    EXPECT_EQ(config.lease.etcd_ca, "/etc/ca");
    EXPECT_EQ(config.lease.etcd_cert, "/etc/cert");
    EXPECT_EQ(config.lease.etcd_key, "/etc/key");
    EXPECT_EQ(config.serve.listen.size(), 3U);
    EXPECT_EQ(config.serve.listen.at(2), "unix:/run/pgcm/http.sock");
    EXPECT_EQ(config.serve.cert, "/etc/http.cert");
    EXPECT_EQ(config.serve.key, "/etc/http.key");
    EXPECT_EQ(config.log_format, LogFormat::json);
    EXPECT_EQ(config.state_dir, "/srv/pgcm");
}

TEST(Load, FillsThePolicy) {
    const auto policy = parse(everything, "f").value().policy;
    EXPECT_EQ(policy.cluster, "orders");
    EXPECT_EQ(policy.local->str(), "p1");
    EXPECT_FALSE(policy.managed);
    EXPECT_EQ(policy.slot, "s_{node}_x");
    EXPECT_EQ(policy.scan_period, 250ms);
    EXPECT_EQ(policy.probe_timeout, 2s);
    EXPECT_EQ(policy.failover_after, 0s);
    EXPECT_EQ(policy.conflict_after, 1min);
    EXPECT_EQ(policy.primary_start_timeout, 2min);
    EXPECT_EQ(policy.follow_check_after, 20s);
    EXPECT_EQ(policy.witnesses, (std::vector<NodeName>{NodeName::make("w").value()}));
    EXPECT_EQ(policy.voters(), 4U);
    EXPECT_EQ(policy.lease_ttl, 20s);
    EXPECT_EQ(policy.fence_margin, 4s);
    EXPECT_TRUE(policy.trust_refused);
    EXPECT_EQ(policy.mode, FailoverMode::manual);
    EXPECT_EQ(policy.quorum, Quorum::etcd);
    EXPECT_EQ(policy.on_crash, OnCrash::failover);
    EXPECT_EQ(policy.max_lag_bytes, 16777216U);
    EXPECT_EQ(policy.keep, ConflictKeep::manual);
    EXPECT_EQ(policy.sync_mode, SyncMode::quorum);
    EXPECT_EQ(policy.sync_count, 2);
    EXPECT_TRUE(policy.sync_strict);
    EXPECT_EQ(policy.sync_degrade_after, 7s);
    ASSERT_EQ(policy.nodes.size(), 3U);
    EXPECT_EQ(policy.nodes[0].priority, 200);
    EXPECT_TRUE(policy.nodes[0].nofailover);
    // The names first, then the addresses, then how the host itself goes there.
    EXPECT_EQ(policy.nodes[0].addresses,
              (std::vector<Address>{
                  {"p1", 5433}, {"p1b", 5434}, {"10.0.0.1", 5433}, {"10.0.0.2", 5434}, {"/run/postgresql", 5433}}));
    EXPECT_TRUE(policy.nodes[1].addresses.empty());  // only libpq's service file knows
    EXPECT_EQ(policy.nodes[2].addresses, (std::vector<Address>{{"p3", 5555}}));
}

TEST(Load, DefaultsAreThoseOfTheDocument) {
    const auto config = parse(two_nodes, "f").value();
    Config expected;
    expected.path = "f";
    expected.cluster = expected.policy.cluster = "orders";
    for (const auto* name : {"p1", "p2"}) {
        const auto node = NodeName::make(name).value();
        expected.nodes.push_back({node, Conninfo::parse(std::string{"host="} + name).value(), {}});
        expected.policy.nodes.push_back({node, 100, false, {{name, 5432}}});
    }
    EXPECT_EQ(config, expected);
    EXPECT_EQ(config.policy.scan_period, 1s);
    EXPECT_EQ(config.policy.quorum, Quorum::any);
    EXPECT_EQ(config.server.slot, "pgcm_{node}");
    EXPECT_TRUE(config.serve.listen.empty());
}

TEST(Load, ThreeVotersMakeAMajority) {
    EXPECT_EQ(parse(three_nodes, "f").value().policy.quorum, Quorum::majority);
    const std::string witness = "[[witness]]\nname = \"w\"\nconninfo = \"host=w\"\n";
    EXPECT_EQ(parse(two_nodes + witness, "f").value().policy.quorum, Quorum::majority);
    EXPECT_EQ(parse(three_nodes + "[failover]\nquorum = \"any\"\n", "f").value().policy.quorum, Quorum::any);
}

TEST(Load, CommandsNetworkIsNetworkCommand) {
    const auto config = parse(two_nodes + "[commands]\nnetwork = \"check\"\n[network]\nexpect = \"up\"\n", "f").value();
    EXPECT_EQ(config.network.command, (Command{{}, "check", "up"}));
    EXPECT_EQ(config.server.commands.network, config.network.command);
}

TEST(Load, InPlaceKeepsNothing) {
    EXPECT_FALSE(parse(two_nodes + "[rejoin]\nin_place = true\n", "f").value().server.keep_old);
    EXPECT_TRUE(parse(two_nodes, "f").value().server.keep_old);
}

TEST(Load, ReachIsTheWayFromHere) {
    const auto config = parse(everything, "f").value();
    const auto local = config.reach(config.nodes[0]);
    EXPECT_EQ(local.get("host"), "/run/postgresql");
    EXPECT_FALSE(local.get("hostaddr"));
    EXPECT_EQ(local.get("port"), "5433");
    EXPECT_EQ(local.get("user"), "pgcm");
    EXPECT_EQ(local.get("dbname"), "pgcm");
    EXPECT_EQ(local.get("application_name"), "pgcm/p1");
    EXPECT_EQ(config.reach(config.nodes[1]).get("service"), "p2");
    EXPECT_EQ(config.reach(config.witnesses[0]).get("host"), "tools");
    EXPECT_EQ(config.reach(config.witnesses[0]).get("application_name"), "pgcm/p1");

    const auto elsewhere = parse(two_nodes, "f").value();
    EXPECT_EQ(elsewhere.reach(elsewhere.nodes[0]).str(), "host=p1 dbname=postgres application_name=pgcm");
}

TEST(Show, GivesTheSameConfigBack) {
    for (const auto& toml : {everything, two_nodes, three_nodes}) {
        const auto config = parse(toml, "f").value();
        const auto again = parse(show(config), "f");
        ASSERT_TRUE(again) << again.error().what << "\n" << show(config);
        EXPECT_EQ(*again, config) << show(config);
        EXPECT_EQ(show(*again), show(config));
    }
    const auto one_node = parse("[cluster]\nname='x'\n[[node]]\nname='a'\nconninfo='host=a'\n", "f").value();
    EXPECT_EQ(parse(show(one_node), "f").value(), one_node);
}

}  // namespace
}  // namespace pgcm::config

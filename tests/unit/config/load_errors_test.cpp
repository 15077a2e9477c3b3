#include <gtest/gtest.h>

#include "config/load.hpp"
#include "sample.hpp"

namespace pgcm::config {
namespace {

// What follows the two nodes of the sample, which end on line 8; and the whole error, with its hint behind " | ".
struct Case {
    const char* name;
    const char* toml;
    const char* error;
};

const char* const timing_keys =
    " | [timing] takes scan_period, probe_timeout, failover_after, conflict_after, primary_start_timeout, "
    "follow_check_after, command_timeout";
const std::string unknown_key =
    std::string{"f:10:1: timing.scan_perod: there is no such key; the nearest is scan_period"} + timing_keys;
const std::string misplaced_key =
    std::string{"f:10:3: timing.ttl: there is no such key; the nearest is lease.ttl"} + timing_keys;

const Case cases[] = {
    // syntax
    {"table_not_closed", "[timing\n", "f:9:8: Error while parsing table header: expected ']', saw '\\n'"},
    {"value_missing", "[timing]\nscan_period = \n",
     "f:10:15: Error while parsing key-value pair: expected value, saw '\\n'"},
    {"doubled_key", "[timing]\nscan_period = \"1s\"\nscan_period = \"2s\"\n",
     "f:11:15: Error while parsing key-value pair: cannot redefine existing string 'scan_period'"},
    {"doubled_section", "[cluster]\ndbname = \"x\"\n",
     "f:9:1: Error while parsing table header: cannot redefine existing table 'cluster'"},
    {"not_utf8", "[log]\nformat = \"\xFF\"\n", "f:10:10: Encountered invalid utf-8 sequence"},
    {"beyond_the_parser", "[log]\n\n[[[log]]]\n", "f:11:1: this line is not TOML"},
    // keys
    {"unknown_key", "[timing]\nscan_perod = \"1s\"\n", unknown_key.c_str()},
    {"misplaced_key", "[timing]\n  ttl = \"1s\"\n", misplaced_key.c_str()},
    {"bare_word", "[failover]\nmode = manual\n",
     "f:10:8: Error while parsing value: could not determine value type | text stands in double quotes: "
     "name = \"orders\""},
    {"unknown_section", "[timings]\n", "f:9:2: timings: there is no such section; the nearest is [timing]"},
    {"odd_key", "[hooks]\n\"on event\" = []\n",
     "f:10:1: hooks.\"on event\": there is no such key; the nearest is on_event | [hooks] takes on_event, "
     "before_promote, timeout"},
    {"section_twice", "[[log]]\n", "f:9:3: log: expected a section, found an array | write [log]"},
    // types
    {"text_for_number", "[lease]\nport = \"x\"\n", "f:10:8: lease.port: expected an integer, found a string"},
    {"fraction", "[lease]\nport = 1.5\n", "f:10:8: lease.port: expected an integer, found a floating-point number"},
    {"subsection", "[cluster.x]\n",
     "f:9:10: cluster.x: there is no such key; the nearest is name | [cluster] takes name, local, dbname"},
    {"text_for_flag", "[sync]\nstrict = \"yes\"\n", "f:10:10: sync.strict: expected true or false, found a string"},
    {"date_for_text", "[log]\nformat = 1979-05-27\n", "f:10:10: log.format: expected a string, found a date or time"},
    {"text_for_list", "[rejoin]\nmethods = \"rewind\"\n",
     "f:10:11: rejoin.methods: expected an array of strings, found a string"},
    {"number_in_list", "[lease]\netcd = [\"https://e1\",\n  7]\n",
     "f:11:3: lease.etcd: expected an array of strings, found an integer in it"},
    {"number_for_command", "[hooks]\non_event = 7\n",
     "f:10:12: hooks.on_event: expected an array of strings (an argv) or a string (for /bin/sh -c), found an integer"},
    {"flag_for_listen", "[serve]\nlisten = true\n",
     "f:10:10: serve.listen: expected a string or an array of strings, found a boolean"},
    {"nul", "[postgres]\ndata_dir = \"/a\\u0000b\"\n", "f:10:12: postgres.data_dir: holds a NUL character"},
    // units and ranges
    {"no_unit", "[timing]\nscan_period = 10\n",
     "f:10:15: timing.scan_period: 10 has no unit | write \"10s\", if seconds are meant"},
    {"no_unit_in_text", "[timing]\nscan_period = \"10\"\n",
     "f:10:15: timing.scan_period: \"10\" has no unit | write \"10s\"; the units are ms, s, m, h and d"},
    {"wrong_unit", "[timing]\nscan_period = \"10kB\"\n",
     "f:10:15: timing.scan_period: \"10kB\" has the unit \"kB\", which there is not | write \"10s\"; the units are ms, "
     "s, "
     "m, h and d"},
    {"flag_for_duration", "[timing]\nscan_period = true\n",
     "f:10:15: timing.scan_period: expected a duration such as \"10s\", found a boolean"},
    {"too_short", "[timing]\nscan_period = \"1ms\"\n", "f:10:15: timing.scan_period: 1ms is not within 20ms and 1h"},
    {"too_long", "[timing]\nfailover_after = \"25h\"\n", "f:10:18: timing.failover_after: 25h is not within 0s and 1d"},
    {"size_without_unit", "[failover]\nmax_lag = 16\n",
     "f:10:11: failover.max_lag: 16 has no unit | write \"16MB\" or the like; the units are B, kB, MB, GB and TB (1024 "
     "each)"},
    {"size_of_wrong_unit", "[failover]\nmax_lag = \"16mb\"\n",
     "f:10:11: failover.max_lag: \"16mb\" has the unit \"mb\", which there is not | write \"16MB\"; the units are B, "
     "kB, "
     "MB, GB and TB (1024 each)"},
    {"port_zero", "[lease]\nport = 0\n", "f:10:8: lease.port: 0 is not within 1 and 65535"},
    {"huge_number", "[lease]\nport = 4294967297\n", "f:10:8: lease.port: 4294967297 is not within 1 and 65535"},
    {"unknown_choice", "[failover]\nmode = \"atuo\"\n", "f:10:8: failover.mode: \"atuo\" is none of auto, manual"},
    {"unknown_choice_in_list", "[rejoin]\nmethods = [\"rewind\", \"clone\"]\n",
     "f:10:11: rejoin.methods: \"clone\" is none of rewind, basebackup"},
    {"no_method", "[rejoin]\nmethods = []\n",
     "f:10:11: rejoin.methods: names no method | the methods are rewind and basebackup"},
    {"method_twice", "[rejoin]\nmethods = [\"rewind\", \"rewind\"]\n", "f:10:11: rejoin.methods: names a method twice"},
    // nodes
    {"node_without_name", "[[node]]\nconninfo = \"host=x\"\n",
     "f:9:1: node.name: is missing | each one needs a name of its own"},
    {"node_twice", "[[node]]\nname = \"p1\"\nconninfo = \"host=x\"\n",
     "f:10:8: node.name: a node is called \"p1\" already | each one needs a name of its own"},
    {"witness_as_node", "[[witness]]\nname = \"p2\"\nconninfo = \"host=x\"\n",
     "f:10:8: witness.name: a node is called \"p2\" already | each one needs a name of its own"},
    {"witness_twice",
     "[[witness]]\nname = \"w\"\nconninfo = \"host=x\"\n[[witness]]\nname = \"w\"\nconninfo = \"host=x\"\n",
     "f:13:8: witness.name: a witness is called \"w\" already | each one needs a name of its own"},
    {"empty_name", "[[node]]\nname = \"\"\nconninfo = \"host=x\"\n", "f:10:8: node.name: a node's name is empty"},
    {"names_by_case", "[[node]]\nname = \"P1\"\nconninfo = \"host=x\"\n",
     "f:10:8: node.name: \"p1\" and \"P1\" have the same application_name, \"P1\", as PostgreSQL compares it | give "
     "one of "
     "them another name"},
    {"same_slot", "[[node]]\nname = \"p-2\"\nconninfo = \"host=x\"\n[[node]]\nname = \"p_2\"\nconninfo = \"host=y\"\n",
     "f:13:8: node.name: \"p-2\" and \"p_2\" have the same replication slot, \"pgcm_p_2\" | give one of them another "
     "name, "
     "or postgres.slot a shorter pattern"},
    {"one_slot_for_three", "[[node]]\nname = \"p3\"\nconninfo = \"host=x\"\n[postgres]\nslot = \"mine\"\n",
     "f:10:8: node.name: \"p2\" and \"p3\" have the same replication slot, \"mine\" | put {node} into postgres.slot"},
    {"negative_priority", "priority = -1\n", "f:9:12: node.priority: -1 is not within 0 and 1000000"},
    {"single_brackets", "[witness]\nname = \"w\"\n",
     "f:9:2: witness: expected sections, found a table | write [[witness]], with two brackets, once for each"},
    // connection strings
    {"no_conninfo", "[[node]]\nname = \"p3\"\n",
     "f:9:1: node.conninfo: is missing | write how the server is reached: \"host=... port=... user=...\""},
    {"no_host", "[[node]]\nname = \"p3\"\nconninfo = \"port=1\"\n",
     "f:11:12: node.conninfo: names no host | the other hosts must find the server: add host=..."},
    {"libpq_rejects", "[[node]]\nname = \"p3\"\nconninfo = \"host=x foo=bar\"\n",
     "f:11:12: node.conninfo: not a connection string: invalid connection option \"foo\" | write it as libpq takes it: "
     "keyword=value pairs, values with spaces in single quotes"},
    {"libpq_rejects_local", "local_conninfo = \"host\"\n",
     "f:9:18: node.local_conninfo: not a connection string: missing \"=\" after \"host\" in connection info string | "
     "write "
     "it as libpq takes it: keyword=value pairs, values with spaces in single quotes"},
    {"libpq_repeats_a_password", "[[node]]\nname = \"p3\"\nconninfo = \"host=x password=my geheim\"\n",
     "f:11:12: node.conninfo: not a connection string: missing \"=\" after \"********\" in connection info string | "
     "write "
     "it as libpq takes it: keyword=value pairs, values with spaces in single quotes"},
    {"libpq_repeats_a_uri", "[[node]]\nname = \"p3\"\nconninfo = \"postgresql://u:ge%zzheim@x/\"\n",
     "f:11:12: node.conninfo: not a connection string: invalid percent-encoded token: \"********\" | write it as libpq "
     "takes it: keyword=value pairs, values with spaces in single quotes"},
    {"bad_port", "[[node]]\nname = \"p3\"\nconninfo = \"host=x port=99999\"\n",
     "f:11:12: node.conninfo: port \"99999\" is not within 1 and 65535"},
    {"ports_and_hosts", "[[node]]\nname = \"p3\"\nconninfo = \"host=x,y port=1,2,3\"\n",
     "f:11:12: node.conninfo: has 3 ports for 2 hosts"},
    {"only_primaries", "[[node]]\nname = \"p3\"\nconninfo = \"host=x target_session_attrs=primary\"\n",
     "f:11:12: node.conninfo: target_session_attrs=primary would hide the server in one of its roles | leave it out: "
     "pgcm "
     "must reach the server whether it is primary or standby"},
    {"replication_host", "[postgres]\nreplication_conninfo = \"host=x\"\n",
     "f:10:24: postgres.replication_conninfo: host does not belong here | host and port are the primary's, "
     "application_name is the node's name"},
    // the server
    {"relative_path", "[postgres]\ndata_dir = \"data\"\n",
     "f:10:12: postgres.data_dir: \"data\" is not an absolute path | begin it with /"},
    {"not_a_user", "[postgres]\nrun_as = \"a b\"\n", "f:10:10: postgres.run_as: \"a b\" is not a user's name"},
    {"not_a_slot", "[postgres]\nslot = \"Pgcm-{node}\"\n",
     "f:10:8: postgres.slot: \"Pgcm-{node}\" cannot be a slot's name | lower case letters, digits and '_', and {node} "
     "once; \"\" for no slot"},
    {"keep_and_remove", "[rejoin]\nkeep_old = true\nin_place = true\n",
     "f:10:12: rejoin.keep_old: rejoin.keep_old = true and rejoin.in_place = true exclude each other | in place, the "
     "old "
     "data directory is removed first"},
    {"placeholder", "[commands]\nstart = \"x {datadir}\"\n",
     "f:10:9: commands.start: {datadir} is no placeholder | the placeholders are {data_dir}, {slot}, "
     "{primary_conninfo}, "
     "{node}"},
    {"placeholder_in_argv", "[commands]\nstart = [\"x\", \"{pgdata}\"]\n",
     "f:10:9: commands.start: {pgdata} is no placeholder | the placeholders are {data_dir}, {slot}, "
     "{primary_conninfo}, "
     "{node}"},
    {"no_program", "[commands]\nstop = [\"\"]\n",
     "f:10:8: commands.stop: names no program | the first word is the program"},
    {"expect_nothing", "[commands]\nstatus_expect = \"up\"\n",
     "f:10:17: commands.status_expect: there is no commands.status whose output it could judge"},
    {"expect_no_network", "[network]\nexpect = \"up\"\n",
     "f:10:10: network.expect: there is no network.command whose output it could judge"},
    {"two_networks", "[commands]\nnetwork = \"a\"\n[network]\ncommand = \"a\"\n",
     "f:10:11: commands.network: network.command says the same; only one of the two can be given"},
    {"interface", "[network]\ninterface = \"eth0/1\"\n",
     "f:10:13: network.interface: \"eth0/1\" is not an interface's name | \"eth0\", say"},
    {"arbiter", "[network]\narbiters = [\"gateway\"]\n",
     "f:10:12: network.arbiters: \"gateway\" has no port | write \"gateway:22\""},
    // the service
    {"listen_without_port", "[serve]\nlisten = \"localhost\"\n",
     "f:10:10: serve.listen: \"localhost\" has no port | write \"127.0.0.1:9889\", \"[::1]:9889\" or "
     "\"unix:/run/pgcm/http.sock\""},
    {"listen_without_brackets", "[serve]\nlisten = \"::1:9889\"\n",
     "f:10:10: serve.listen: \"::1:9889\" needs brackets around the IPv6 address | write \"127.0.0.1:9889\", "
     "\"[::1]:9889\" or \"unix:/run/pgcm/http.sock\""},
    {"listen_relative", "[serve]\nlisten = [\"unix:http.sock\"]\n",
     "f:10:10: serve.listen: \"unix:http.sock\" is not an absolute path | write \"127.0.0.1:9889\", \"[::1]:9889\" or "
     "\"unix:/run/pgcm/http.sock\""},
    {"client_ca_without_cert", "[serve]\nclient_ca = \"/c\"\n",
     "f:10:13: serve.client_ca: needs serve.cert and serve.key: certificates are shown within TLS"},
    {"cert_without_key", "[serve]\ncert = \"/c\"\n", "f:10:8: serve.cert: serve.cert and serve.key go together"},
    {"token", "[serve]\ntoken = \"a b\"\n",
     "f:10:9: serve.token: holds a space, a control character or a letter beyond ASCII | make one with: openssl rand "
     "-hex "
     "32"},
    // combinations
    {"margin_over_ttl", "[lease]\nttl = \"4s\"\nfence_margin = \"5s\"\n",
     "f:11:16: lease.fence_margin: lease.fence_margin (5s) must be under lease.ttl (4s)"},
    {"margin_equals_ttl", "[lease]\nttl = \"3s\"\n",
     "f:9:1: lease.fence_margin: lease.fence_margin (3s) must be under lease.ttl (3s)"},
    {"short_ttl", "[lease]\nttl = \"1999ms\"\nfence_margin = \"1s\"\n",
     "f:10:7: lease.ttl: lease.ttl (1999ms) must be at least 2s"},
    {"slow_majority", "[failover]\nquorum = \"majority\"\n[lease]\nttl = \"10s\"\n[timing]\nscan_period = \"6s\"\n",
     "f:12:7: lease.ttl: timing.scan_period (6s) + timing.probe_timeout (1s) = 7s must be under lease.ttl (10s) - "
     "lease.fence_margin (3s) = 7s | raise lease.ttl, or lower the two; failover.quorum is \"majority\", the default "
     "with "
     "three voters or more"},
    {"majority_of_unmanaged", "[failover]\nquorum = \"majority\"\n[postgres]\nmanaged = false\n",
     "f:12:11: postgres.managed: false, and failover.quorum is \"majority\": a server that pgcm may not stop cannot be "
     "fenced | leave postgres.managed at true, or set failover.quorum = \"any\""},
    {"majority_by_default", "[[witness]]\nname = \"w\"\nconninfo = \"host=w\"\n[postgres]\nmanaged = false\n",
     "f:13:11: postgres.managed: false, and failover.quorum is \"majority\": a server that pgcm may not stop cannot be "
     "fenced | leave postgres.managed at true, or set failover.quorum = \"any\""},
    {"holders_of_one_name",
     "[[node]]\nname = \"01234567890123456789012345678901234567890123456789_abcdefg-h\"\nconninfo = \"host=a\"\n"
     "[[node]]\nname = \"01234567890123456789012345678901234567890123456789_abcdefg-i\"\nconninfo = \"host=b\"\n"
     "[postgres]\nslot = \"\"\n",
     "f:13:8: node.name: as holders of the lease "
     "\"01234567890123456789012345678901234567890123456789_abcdefg-h\" and "
     "\"01234567890123456789012345678901234567890123456789_abcdefg-i\" look the same: voters show the first 63 bytes "
     "of "
     "\"pgcm/01234567890123456789012345678901234567890123456789_abcdefg-i\" | give one of them another name"},
    {"watchdog_path", "[lease]\nwatchdog = \"watchdog0\"\n",
     "f:10:12: lease.watchdog: \"watchdog0\" is not an absolute path | begin it with /"},
    {"two_databases", "[[witness]]\nname = \"w\"\nconninfo = \"host=w dbname=other\"\n",
     "f:11:12: witness.conninfo: the database is \"other\" here and \"postgres\" on the first node; a majority of "
     "locks needs one database of one name | leave dbname out of the connection strings and set cluster.dbname"},
    {"etcd_nowhere", "[failover]\nquorum = \"etcd\"\n",
     "f:1:1: lease.etcd: is missing | failover.quorum is \"etcd\": list its addresses, [\"https://host:2379\"]"},
    {"etcd_url", "[lease]\netcd = [\"e1:2379\"]\n",
     "f:10:8: lease.etcd: \"e1:2379\" is not a URL of etcd | write \"https://host:2379\""},
    {"etcd_secret", "[lease]\netcd = [\"https://root:geheim@e1:2379\"]\n",
     "f:10:8: lease.etcd: a URL holds a user name or a password | use a client certificate: cert, key"},
    {"too_many_standbys", "[sync]\nmode = \"quorum\"\ncount = 2\n",
     "f:11:9: sync.count: 2 is more than the standbys there are (2 nodes - 1 primary = 1)"},
};

class LoadErrors : public testing::TestWithParam<Case> {};

TEST_P(LoadErrors, SayWhatAndWhere) {
    EXPECT_EQ(error_of(two_nodes + GetParam().toml), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(All, LoadErrors, testing::ValuesIn(cases),
                         [](const auto& test) { return std::string{test.param.name}; });

TEST(LoadErrorsWhole, WithoutTheSample) {
    EXPECT_EQ(error_of(""),
              "f:1:1: cluster.name: is missing | give the cluster a name, the same on every host: name = \"orders\"");
    EXPECT_EQ(error_of("[cluster]\nname = \"x\"\n"),
              "f:1:1: node: there is none | describe each server of the cluster in a [[node]] of its own");
    EXPECT_EQ(error_of("node = []\n[cluster]\nname = \"x\"\n"),
              "f:1:1: node: there is none | describe each server of the cluster in a [[node]] of its own");
    EXPECT_EQ(error_of("node = [1]\n"),
              "f:1:9: node: expected sections, found an integer | write [[node]], with two brackets, once for each");
    EXPECT_EQ(error_of("cluster = 1\n"), "f:1:1: cluster: expected a section, found an integer | write [cluster]");
    EXPECT_EQ(error_of("conninfo = 1\n"), "f:1:1: conninfo: there is no such key; the nearest is node.conninfo");
    EXPECT_EQ(error_of("[cluster]\nname = \"a\\nb\"\n"), "f:2:8: cluster.name: holds a control character");
    EXPECT_EQ(error_of("[cluster]\nname = \"x\"\ndbname = \"\"\n"), "f:3:10: cluster.dbname: is empty");
    EXPECT_EQ(error_of("[cluster]\nlocal = \"p9\"\n" + two_nodes.substr(10)),
              "f:2:9: cluster.local: \"p9\" is not a node | the nodes are p1, p2");
}

TEST(LoadErrorsWhole, SecretsInAnOpenFile) {
    const auto refused = [](const std::string& toml) { return error_of(two_nodes + toml, {}, true); };
    const std::string hint =
        ", and everybody may read the file | chmod 0640 the file, or put the password into a passfile (passfile=... "
        "here)";
    EXPECT_EQ(refused("local_conninfo = \"password=x\"\n"), "f:9:18: node.local_conninfo: holds a password" + hint);
    EXPECT_EQ(refused("local_conninfo = \"sslpassword=x\"\n"), "f:9:18: node.local_conninfo: holds a password" + hint);
    EXPECT_EQ(refused("local_conninfo = \"postgresql://u:x@/\"\n"),
              "f:9:18: node.local_conninfo: holds a password" + hint);
    EXPECT_EQ(refused("[postgres]\nreplication_conninfo = \"password=x\"\n"),
              "f:10:24: postgres.replication_conninfo: holds a password" + hint);
    EXPECT_EQ(refused("[[witness]]\nname = \"w\"\nconninfo = \"host=w password=x\"\n"),
              "f:11:12: witness.conninfo: holds a password" + hint);
    EXPECT_EQ(refused("[serve]\ntoken = \"x\"\n"),
              "f:10:9: serve.token: holds a token, and everybody may read the file | chmod 0640 the file");
    EXPECT_EQ(refused("local_conninfo = \"passfile=/x\"\n"), "no error");
}

TEST(LoadErrorsWhole, OnlyTheFirstIsTold) {
    EXPECT_EQ(error_of(two_nodes + "[log]\nformat = 1\n[sync]\nmode = \"x\"\n"),
              "f:12:8: sync.mode: \"x\" is none of off, auto, quorum, priority");
}

TEST(LoadErrorsWhole, DeepAndLongFilesEndWell) {
    EXPECT_EQ(error_of(std::string(100000, '[')), "f:1:1: this line is not TOML");
    EXPECT_NE(error_of("a = " + std::string(100000, '[')).find("exceeded maximum nested value depth"),
              std::string::npos);
}

}  // namespace
}  // namespace pgcm::config

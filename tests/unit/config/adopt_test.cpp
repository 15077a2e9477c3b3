#include "config/adopt.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "config/load.hpp"

namespace pgcm::config {
namespace {

Found three_nodes() {
    Found found;
    found.cluster = "main";
    found.version = 150008;
    found.nodes = {{"p1", "p1.example.org", "5432", "The local server", true, true},
                   {"p2", "10.0.0.2", "5433", "A standby that streams as p2", false, true},
                   {"p3", "10.0.0.3", "", "A standby that streams as p3", false, false}};
    found.primary = true;
    found.data_dir = "/var/lib/postgresql/15/it's";
    found.bin_dir = "/usr/lib/postgresql/15/bin";
    found.config_file = "/etc/postgresql/15/main/postgresql.conf";
    found.owner = "postgres";
    found.socket_dir = "/run/postgresql";
    found.replication_user = "replicator";
    found.sync_names = "*";
    found.slots = {"a", "b"};
    found.gaps = {"the port of p3"};
    return found;
}

Result<Config> loaded(const std::string& text) {
    std::string pattern = std::filesystem::temp_directory_path() / "pgcm-adopt-XXXXXX";
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    std::ofstream(folder / "pgcm.toml") << text;
    auto config = load((folder / "pgcm.toml").string());
    std::filesystem::remove_all(folder);
    return config;
}

TEST(Adoption, is_refused_until_it_is_edited) {
    auto text = adoption(three_nodes());
    const auto refused = loaded(text);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("node.conninfo: EDIT_ME stands for what pgcm config init could not find"),
              std::string::npos)
        << refused.error().what;
    EXPECT_NE(text.find("#  - the port of p3\n"), std::string::npos);
    const auto at = text.rfind("EDIT_ME");
    text.replace(at, 7, "5434");
    const auto config = loaded(text);
    ASSERT_TRUE(config) << config.error().what << "\n" << text;
    EXPECT_EQ(config->nodes.size(), 3U);
    EXPECT_EQ(config->nodes[1].conninfo.get("port"), "5433");
    EXPECT_EQ(config->nodes[2].conninfo.get("port"), "5434");
    EXPECT_EQ(config->nodes[0].local_conninfo->get("host"), "/run/postgresql");
    EXPECT_FALSE(config->nodes[1].local_conninfo);
    EXPECT_EQ(config->server.data_dir, "/var/lib/postgresql/15/it's");
    EXPECT_EQ(config->server.config_file, "/etc/postgresql/15/main/postgresql.conf");
    EXPECT_EQ(config->server.run_as, "postgres");
    EXPECT_EQ(config->server.replication_conninfo, "user=replicator");
    EXPECT_EQ(config->policy.mode, FailoverMode::manual);
    EXPECT_EQ(config->policy.sync_mode, SyncMode::off);
}

TEST(Adoption, marks_each_gap_of_a_server_that_tells_nothing) {
    Found found;
    found.nodes = {{"p1", "", "", "The local server", true, true}, {"", "", "", "Another node", false, false}};
    const auto text = adoption(found);
    for (const std::string line : {"name = \"EDIT_ME\"", "conninfo = \"host=EDIT_ME port=EDIT_ME user=pgcm\"",
                                   "data_dir = \"EDIT_ME\"", "bin_dir = \"EDIT_ME\""})
        EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
    EXPECT_NE(text.find("# [[witness]]"), std::string::npos);  // two nodes
}

}  // namespace
}  // namespace pgcm::config

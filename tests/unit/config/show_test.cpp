#include "config/show.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/toml_text.hpp"
#include "sample.hpp"

namespace pgcm::config {
namespace {

using nlohmann::json;

// What breaks careless quoting, on every level.
const std::string nasty = "it's 100% \"ok\" \\ \xC3\xA4\xE2\x82\xAC \xF0\x9F\x90\x98 {x} $y `z`";

// For libpq: a value in single quotes.
std::string quoted(const std::string& value) {
    std::string out = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string nasty_toml(bool with_password) {
    const std::string name = "k\xC3\xB6ln \"1\" \\ 50%";
    return "[cluster]\nname = " + toml_string(nasty) + "\nlocal = " + toml_string(name) +
           "\n[[node]]\nname = " + toml_string(name) + "\nconninfo = " +
           toml_string("host=a user=" + quoted(nasty) + (with_password ? " password=" + quoted(nasty) : "")) +
           "\n[postgres]\ndata_dir = " + toml_string("/var/lib/" + nasty) + "\nreplication_conninfo = " +
           toml_string("user=" + quoted(nasty) + (with_password ? " password=" + quoted(nasty) : "")) +
           "\n[commands]\nstart = [" + toml_string("/bin/" + std::string{"it's 100% \"ok\" \\"}) +
           ", \"\", \"a\\nb\"]\n" + "[serve]\ntoken = \"" + (with_password ? "geheim\\\\%'\\\"" : "") + "\"\n";
}

TEST(Show, NastyNamesGoThrough) {
    const auto config = parse(nasty_toml(false), "f");
    ASSERT_TRUE(config) << config.error().what;
    EXPECT_EQ(config->cluster, nasty);
    EXPECT_EQ(config->local->str(), "k\xC3\xB6ln \"1\" \\ 50%");
    EXPECT_EQ(config->nodes[0].conninfo.get("user"), nasty);
    EXPECT_EQ(config->server.data_dir, "/var/lib/" + nasty);
    EXPECT_EQ(config->server.commands.start.argv, (std::vector<std::string>{"/bin/it's 100% \"ok\" \\", "", "a\nb"}));
    const auto again = parse(show(*config), "f");
    ASSERT_TRUE(again) << again.error().what << show(*config);
    EXPECT_EQ(*again, *config);
}

TEST(Show, NastyPasswordsArriveAndAreNeverShown) {
    const auto config = parse(nasty_toml(true), "f");
    ASSERT_TRUE(config) << config.error().what;
    EXPECT_EQ(config->nodes[0].conninfo.get("password"), nasty);
    EXPECT_EQ(config->serve.token, "geheim\\%'\"");
    EXPECT_EQ(Conninfo::parse(config->server.replication_conninfo).value().get("password"), nasty);

    const auto shown = parse(show(*config), "f");
    ASSERT_TRUE(shown) << shown.error().what << show(*config);
    EXPECT_EQ(shown->nodes[0].conninfo.get("password"), "********");
    EXPECT_EQ(shown->nodes[0].conninfo.get("user"), nasty);
    EXPECT_EQ(Conninfo::parse(shown->server.replication_conninfo).value().get("password"), "********");
    EXPECT_EQ(shown->serve.token, "********");

    const auto document = json::parse(show_json(*config));
    EXPECT_EQ(Conninfo::parse(document["nodes"][0]["conninfo"].get<std::string>()).value().get("password"), "********");
    EXPECT_EQ(Conninfo::parse(document["postgres"]["replication_conninfo"].get<std::string>()).value().get("password"),
              "********");
    EXPECT_EQ(document["serve"]["token"], "********");
    EXPECT_EQ(document["cluster"]["name"], nasty);
    EXPECT_EQ(show_json(*config).find("geheim"), std::string::npos);
    EXPECT_EQ(show(*config).find("geheim"), std::string::npos);
}

TEST(Show, JsonNamesTheUnits) {
    const auto config = parse(two_nodes + R"([failover]
max_lag = "1kB"
[commands]
start = "x"
stop = ["a", "b"]
)",
                              "f");
    const auto document = json::parse(show_json(config.value()));
    EXPECT_EQ(show_json(config.value()).rfind("{\n  \"schema\": \"pgcm.config/1\"", 0), 0U);
    EXPECT_EQ(document["path"], "f");
    EXPECT_EQ(document["cluster"]["local"], nullptr);
    EXPECT_EQ(document["nodes"][1], (json{{"name", "p2"},
                                          {"conninfo", "host=p2"},
                                          {"local_conninfo", nullptr},
                                          {"priority", 100},
                                          {"nofailover", false}}));
    EXPECT_EQ(document["timing"]["scan_period_ms"], 1000);
    EXPECT_EQ(document["lease"]["ttl_ms"], 10000);
    EXPECT_EQ(document["failover"]["max_lag_bytes"], 1024);
    EXPECT_EQ(document["conflict"], (json{{"keep", "timeline"}}));
    EXPECT_EQ(document["commands"]["start"], "x");
    EXPECT_EQ(document["commands"]["stop"], (json{"a", "b"}));
    EXPECT_EQ(document["commands"]["promote"], nullptr);
    EXPECT_EQ(document["witnesses"], json::array());
}

TEST(Show, APathThatIsNotUtf8IsNoObstacle) {
    auto config = parse(two_nodes, "/tmp/\xFF.toml").value();
    EXPECT_EQ(json::parse(show_json(config))["path"], "/tmp/\xEF\xBF\xBD.toml");
}

}  // namespace
}  // namespace pgcm::config

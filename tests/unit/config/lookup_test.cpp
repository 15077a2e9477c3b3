#include "config/lookup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "config/file.hpp"
#include "sample.hpp"

namespace pgcm::config {
namespace {

// A folder of the test's own, gone when it ends.
class Lookup : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "pgcm-lookup-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        dir_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(dir_); }

    std::string write(const std::string& name, const std::string& text, mode_t mode = 0640) {
        const auto path = std::filesystem::path{dir_} / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path} << text;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path.string();
    }
    Result<std::string> found(const std::optional<std::string>& given, std::map<std::string, std::string> variables) {
        return find_file(
            given,
            [variables](const char* name) -> std::optional<std::string> {
                const auto at = variables.find(name);
                return at == variables.end() ? std::nullopt : std::optional{at->second};
            },
            dir_ + "/etc/pgcm.toml");
    }

    std::string dir_;
};

TEST_F(Lookup, GoesFromTheNearestToTheFarthest) {
    const auto system = write("etc/pgcm.toml", "");
    const auto home = write("home/.config/pgcm/pgcm.toml", "");
    const auto xdg = write("xdg/pgcm/pgcm.toml", "");
    std::map<std::string, std::string> variables;
    EXPECT_EQ(found({}, variables).value(), system);
    variables["HOME"] = dir_ + "/home";
    EXPECT_EQ(found({}, variables).value(), home);
    variables["XDG_CONFIG_HOME"] = dir_ + "/xdg";
    EXPECT_EQ(found({}, variables).value(), xdg);
    variables["PGCM_CONFIG"] = "/named/by/variable";
    EXPECT_EQ(found({}, variables).value(), "/named/by/variable");
    EXPECT_EQ(found("/given", variables).value(), "/given");
}

TEST_F(Lookup, AnXdgFolderWithoutAFileLeavesTheSystems) {
    const auto system = write("etc/pgcm.toml", "");
    write("home/.config/pgcm/pgcm.toml", "");
    EXPECT_EQ(found({}, {{"HOME", dir_ + "/home"}, {"XDG_CONFIG_HOME", dir_ + "/none"}}).value(), system);
}

TEST_F(Lookup, ARelativeXdgFolderIsNotTheCurrentFolder) {
    const auto home = write("home/.config/pgcm/pgcm.toml", "");
    EXPECT_EQ(found({}, {{"HOME", dir_ + "/home"}, {"XDG_CONFIG_HOME", "."}}).value(), home);
}

TEST_F(Lookup, NothingFoundListsWhereItLooked) {
    const auto none = found({}, {{"HOME", "/nowhere"}});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::usage);
    EXPECT_EQ(
        none.error().what,
        "no configuration file: $PGCM_CONFIG is not set, and there is no /nowhere/.config/pgcm/pgcm.toml and no " +
            dir_ + "/etc/pgcm.toml");
    EXPECT_EQ(none.error().hint, "give one with --config FILE");
}

TEST_F(Lookup, TheEnvironmentIsRead) {
    ::setenv("PGCM_TEST_VARIABLE", "x y", 1);
    EXPECT_EQ(environment("PGCM_TEST_VARIABLE"), "x y");
    ::setenv("PGCM_TEST_VARIABLE", "", 1);
    EXPECT_FALSE(environment("PGCM_TEST_VARIABLE"));
    ::unsetenv("PGCM_TEST_VARIABLE");
    EXPECT_FALSE(environment("PGCM_TEST_VARIABLE"));
    EXPECT_FALSE(circumstances().hostname.empty());
}

TEST_F(Lookup, FilesThatCannotBeReadSayWhy) {
    EXPECT_EQ(read_file(dir_ + "/none").error().what, dir_ + "/none: cannot be read: No such file or directory");
    EXPECT_EQ(read_file(dir_).error().what, dir_ + ": cannot be read: Is a directory");
    const auto big = write("big", std::string((1U << 20) + 1, 'x'));
    EXPECT_EQ(read_file(big).error().what, big + ": is larger than 1MB");
    EXPECT_EQ(read_file(big).error().code, ErrorCode::usage);
    EXPECT_EQ(load(dir_ + "/none").error().what, dir_ + "/none: cannot be read: No such file or directory");
}

TEST_F(Lookup, AFileThatOthersMayReadHoldsNoPassword) {
    const std::string secret = "[[node]]\nname = \"p3\"\nconninfo = \"host=p3 password=geheim\"\n";
    const auto path = write("secret.toml", two_nodes + secret, 0644);
    const auto refused = load(path, Circumstances{});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, path + ":11:12: node.conninfo: holds a password, and everybody may read the file");
    EXPECT_EQ(refused.error().hint, "chmod 0640 the file, or put the password into a passfile (passfile=... here)");
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
    const auto taken = load(path, Circumstances{});
    ASSERT_TRUE(taken) << taken.error().what;
    EXPECT_EQ(taken->path, path);
    EXPECT_EQ(taken->nodes.at(2).conninfo.get("password"), "geheim");
    EXPECT_TRUE(load(write("open.toml", two_nodes, 0644), Circumstances{}));
}

std::vector<Node> nodes_called(const std::vector<std::string>& names) {
    std::vector<Node> nodes;
    for (const auto& name : names) nodes.push_back({NodeName::make(name).value(), {}, {}});
    return nodes;
}

std::string node_here(const std::vector<std::string>& names, std::string_view hostname) {
    const auto node = node_of_host(nodes_called(names), hostname);
    return node ? node->str() : "none";
}

TEST(NodeOfHost, ShortAndFullNamesMeet) {
    EXPECT_EQ(node_here({"p1", "p2"}, "p2"), "p2");
    EXPECT_EQ(node_here({"p1", "p2"}, "P2"), "p2");
    EXPECT_EQ(node_here({"p1", "p2"}, "p2.example.org"), "p2");
    EXPECT_EQ(node_here({"p1.example.org", "p2.example.org"}, "p2"), "p2.example.org");
    EXPECT_EQ(node_here({"p1.example.org", "p2.example.org"}, "p1.elsewhere.org"), "none");
    EXPECT_EQ(node_here({"p1.a", "p1.b"}, "p1"), "none");
    EXPECT_EQ(node_here({"p1.a", "p1"}, "p1"), "p1");
    EXPECT_EQ(node_here({"p1"}, "p3"), "none");
    EXPECT_EQ(node_here({"p1"}, ""), "none");
}

TEST(LocalNode, FileThenVariableThenHost) {
    const auto local = [](const std::string& toml, const Circumstances& around) {
        return parse(toml, "f", around).value().local->str();
    };
    const std::string with_local = "[cluster]\nlocal = \"p1\"\n" + two_nodes.substr(10);
    EXPECT_EQ(local(with_local, {"p2", "p2"}), "p1");
    EXPECT_EQ(local(two_nodes, {"p2", "p1"}), "p2");
    EXPECT_EQ(local(two_nodes, {std::nullopt, "p2.example.org"}), "p2");
    EXPECT_FALSE(parse(two_nodes, "f", {std::nullopt, "elsewhere"}).value().local);
    EXPECT_EQ(parse(two_nodes, "f", {"p2", ""}).value().policy.local->str(), "p2");
    EXPECT_EQ(error_of(two_nodes, {"p9", "p1"}),
              "f:1:1: cluster.local: $PGCM_NODE is \"p9\", which is not a node | the nodes are p1, p2");
}

}  // namespace
}  // namespace pgcm::config

#include "decide/sync_names.hpp"

#include <gtest/gtest.h>

#include "model/sync_set.hpp"

namespace pgcm::decide {
namespace {

NodeName named(std::string_view text) {
    return NodeName::make(text).value();
}

// A primary and standbys of the given names, all streaming.
struct Cluster {
    View view;
    State state;
    Policy policy;

    explicit Cluster(const std::vector<std::string>& standbys) {
        view.at = BootTime{1h};
        add("primary", Role::primary);
        view.nodes[0].replicas.emplace();
        for (const auto& name : standbys) {
            add(name, Role::standby);
            Replica replica;
            replica.application_name = application_name(named(name));
            replica.state = "streaming";
            view.nodes[0].replicas->push_back(replica);
        }
    }
    void add(const std::string& name, Role role) {
        Observation node;
        node.node = named(name);
        node.reach = Reach::accepting;
        node.role = role;
        view.nodes.push_back(node);
        policy.nodes.push_back({node.node, 100, false, {}});
    }
    SyncNames names() const { return sync_names(view.nodes[0], view, state, policy); }
};

TEST(SyncNames, are_quoted) {
    Cluster cluster({"b", "with blank", "q\"uote", "k\xC3\xB6ln", "*"});
    cluster.policy.sync_mode = SyncMode::quorum;
    cluster.policy.sync_count = 2;
    EXPECT_EQ(cluster.names().change_to, "ANY 2 (\"b\", \"with blank\", \"q\"\"uote\", \"k%C3%B6ln\", \"*\")");
    cluster.policy.sync_mode = SyncMode::priority;
    EXPECT_EQ(cluster.names().change_to->substr(0, 10), "FIRST 2 (\"");
}

TEST(SyncNames, never_ask_for_more_standbys_than_there_are) {
    Cluster cluster({"b"});
    cluster.policy.sync_mode = SyncMode::quorum;
    cluster.policy.sync_count = 3;
    EXPECT_EQ(cluster.names().change_to, "ANY 1 (\"b\")");
}

TEST(SyncNames, leave_strangers_out) {
    Cluster cluster({"b"});
    cluster.policy.sync_mode = SyncMode::quorum;
    Replica stranger;
    stranger.application_name = "pg_receivewal";
    stranger.state = "streaming";
    cluster.view.nodes[0].replicas->push_back(stranger);
    EXPECT_EQ(cluster.names().change_to, "ANY 1 (\"b\")");
}

TEST(SyncNames, wait_exactly_degrade_after) {
    Cluster cluster({"b"});
    cluster.view.nodes[0].replicas->clear();
    cluster.view.nodes[0].synchronous_standby_names = "*";
    cluster.policy.sync_degrade_after = 5s;
    cluster.state.unsynced_since = cluster.view.at - 5s + 1ms;
    auto names = cluster.names();
    EXPECT_EQ(names.reason.rule, Rule::sync_degrade_wait);
    EXPECT_FALSE(names.change_to);
    EXPECT_EQ(names.look_again_at, cluster.view.at + 1ms);
    cluster.state.unsynced_since = cluster.view.at - 5s;
    names = cluster.names();
    EXPECT_EQ(names.change_to, "");
    EXPECT_FALSE(names.look_again_at);
}

TEST(SyncNames, strict_names_all_and_says_what_it_waits_for) {
    Cluster cluster({"b", "c"});
    cluster.policy.sync_mode = SyncMode::quorum;
    cluster.policy.sync_strict = true;
    cluster.view.nodes[2].reach = Reach::refused;
    EXPECT_EQ(cluster.names().change_to, "ANY 1 (\"b\", \"c\")");
    cluster.view.nodes[0].synchronous_standby_names = "ANY 1 (\"b\", \"c\")";
    EXPECT_EQ(cluster.names().reason.rule, Rule::sync_right) << "one is enough";
    cluster.view.nodes[1].reach = Reach::silent;
    const auto names = cluster.names();
    EXPECT_EQ(names.reason.rule, Rule::sync_strict_holds);
    EXPECT_FALSE(names.change_to);
}

TEST(SyncNames, are_not_touched_when_off) {
    Cluster cluster({"b"});
    cluster.policy.sync_mode = SyncMode::off;
    cluster.view.nodes[0].synchronous_standby_names = "mine";
    EXPECT_FALSE(cluster.names().change_to);
}

TEST(SyncNamesRead, are_read_as_they_were_meant) {
    View view;
    Policy policy;
    policy.sync_mode = SyncMode::quorum;
    policy.sync_strict = true;
    policy.sync_count = 2;
    for (const auto* name : {"a", "with blank", "q\"uote", "*"}) {
        Observation node;
        node.node = NodeName::make(name).value();
        view.nodes.push_back(node);
        policy.nodes.push_back({node.node, 100, false, {}});
    }
    const auto set = read_sync_names(sync_names(view.nodes[0], view, {}, policy).change_to.value()).value();
    EXPECT_EQ(set.count, 2);
    EXPECT_FALSE(set.all);
    EXPECT_EQ(set.names, (std::vector<std::string>{"with blank", "q\"uote", "*"}));
}

}  // namespace
}  // namespace pgcm::decide

#include "model/view.hpp"

#include <gtest/gtest.h>

#include "model/lost_slot.hpp"

namespace pgcm {
namespace {

NodeName named(std::string_view text) {
    return NodeName::make(text).value();
}

Observation node(std::string_view name, Role role, std::uint32_t timeline, std::uint64_t lsn) {
    Observation seen;
    seen.node = named(name);
    seen.reach = Reach::accepting;
    seen.role = role;
    seen.timeline = Timeline{timeline};
    (role == Role::primary ? seen.written : seen.received) = Lsn{lsn};
    return seen;
}

Policy two_nodes() {
    Policy policy;
    policy.nodes = {{named("a"), 100, false, {{"a", 5432}, {"10.0.0.1", 5432}}},
                    {named("b"), 100, false, {{"b", 5433}}}};
    return policy;
}

TEST(Position, is_the_furthest_that_a_node_has) {
    auto standby = node("b", Role::standby, 1, 0x4000);
    EXPECT_EQ(position(standby), Lsn{0x4000});
    standby.replayed = Lsn{0x5000};  // received went back to the segment's start at a restart
    EXPECT_EQ(position(standby), Lsn{0x5000});
    standby.received = Lsn{0x6000};
    EXPECT_EQ(position(standby), Lsn{0x6000});
    standby.received.reset();
    EXPECT_EQ(position(standby), Lsn{0x5000});
    standby.replayed.reset();
    EXPECT_FALSE(position(standby));
}

TEST(Position, of_a_primary_is_what_it_wrote) {
    auto primary = node("a", Role::primary, 1, 0x4000);
    primary.replayed = Lsn{0x9000};  // of its time as a standby
    EXPECT_EQ(position(primary), Lsn{0x4000});
    primary.written.reset();
    EXPECT_FALSE(position(primary));
}

TEST(PointsAt, compares_host_and_port_with_all_addresses) {
    const auto policy = two_nodes();
    auto standby = node("b", Role::standby, 1, 0);
    EXPECT_FALSE(points_at(standby, policy.nodes[0])) << "unknown is no";
    EXPECT_EQ(upstream_of(standby, policy), nullptr);
    standby.upstream = Address{"10.0.0.1", 5432};
    EXPECT_TRUE(points_at(standby, policy.nodes[0]));
    EXPECT_EQ(upstream_of(standby, policy), &policy.nodes[0]);
    standby.upstream = Address{"a", 5433};
    EXPECT_FALSE(points_at(standby, policy.nodes[0])) << "another server on that host";
    EXPECT_EQ(upstream_of(standby, policy), nullptr);
}

TEST(Streams, is_seen_by_the_standby) {
    const auto policy = two_nodes();
    const auto primary = node("a", Role::primary, 1, 0);
    auto standby = node("b", Role::standby, 1, 0);
    standby.upstream = Address{"a", 5432};
    EXPECT_FALSE(streams(standby, primary, policy)) << "no walreceiver";
    standby.wal_receiver = WalReceiver{};
    standby.wal_receiver->status = "waiting";
    EXPECT_FALSE(streams(standby, primary, policy));
    standby.wal_receiver->status = "streaming";
    EXPECT_TRUE(streams(standby, primary, policy));
    standby.upstream = Address{"elsewhere", 5432};
    EXPECT_FALSE(streams(standby, primary, policy)) << "from somebody else";
}

TEST(Streams, is_seen_by_the_primary) {
    const auto policy = two_nodes();
    auto primary = node("a", Role::primary, 1, 0);
    const auto standby = node("b", Role::standby, 1, 0);
    Replica replica;
    replica.application_name = "b";
    const auto with = [&](std::optional<std::string> state) {
        replica.state = std::move(state);
        primary.replicas = std::vector{replica};
        return streams(standby, primary, policy);
    };
    EXPECT_TRUE(with("streaming"));
    EXPECT_TRUE(with("catchup"));
    EXPECT_TRUE(with(std::nullopt)) << "a role that may not read the state sees the row all the same";
    EXPECT_FALSE(with("startup"));
    EXPECT_FALSE(with("backup")) << "a pg_basebackup under the standby's name is no stream";
    replica.application_name = "walreceiver";
    EXPECT_FALSE(with("streaming")) << "somebody else";
}

// It connects again and again: each time its walreceiver says "streaming" and the primary's walsender "catchup".
TEST(Streams, not_by_a_slot_that_has_lost_wal) {
    const auto policy = two_nodes();
    auto primary = node("a", Role::primary, 1, 0x9000);
    auto standby = node("b", Role::standby, 1, 0x4000);
    standby.upstream = Address{"a", 5432};
    standby.wal_receiver.emplace();
    standby.wal_receiver->status = "streaming";
    primary.replicas = {{"b", {}, "catchup", {}, {}, {}, {}}};
    EXPECT_TRUE(streams(standby, primary, policy));
    primary.inventory.emplace();
    primary.inventory->slots = {{"pgcm_a", true, false, {}, {}, "lost"}, {"pgcm_b", true, false, {}, {}, "reserved"}};
    EXPECT_FALSE(slot_is_lost(standby, primary, policy));
    EXPECT_TRUE(streams(standby, primary, policy));
    primary.inventory->slots->back().wal_status = "lost";
    EXPECT_TRUE(slot_is_lost(standby, primary, policy));
    EXPECT_FALSE(streams(standby, primary, policy));
    primary.replicas->clear();
    EXPECT_FALSE(streams(standby, primary, policy));
    primary.replicas = {{"b", {}, "streaming", {}, {}, {}, {}}};
    EXPECT_TRUE(streams(standby, primary, policy)) << "without it, for it has all";
    primary.replicas->front().state.reset();
    EXPECT_TRUE(streams(standby, primary, policy)) << "what may not be seen is no proof";
}

TEST(Streams, not_by_a_slot_that_is_not_there) {
    const auto policy = two_nodes();
    auto primary = node("a", Role::primary, 1, 0x9000);
    auto standby = node("b", Role::standby, 1, 0x4000);
    standby.upstream = Address{"a", 5432};
    standby.wal_receiver.emplace();
    standby.wal_receiver->status = "streaming";
    primary.replicas.emplace();
    primary.inventory.emplace();
    primary.inventory->slots = {{"pgcm_a", true, false, {}, {}, {}}};
    EXPECT_TRUE(streams(standby, primary, policy)) << "it asks for none";
    standby.primary_slot_name = "pgcm_b";
    EXPECT_FALSE(streams(standby, primary, policy));
    primary.replicas = {{"b", {}, "catchup", {}, {}, {}, {}}};
    EXPECT_TRUE(streams(standby, primary, policy)) << "it was made since";
    primary.replicas->clear();
    primary.inventory->slots->push_back({"pgcm_b", true, false, {}, {}, {}});
    EXPECT_TRUE(streams(standby, primary, policy));
}

TEST(Diverged, compares_positions_with_the_fork) {
    auto primary = node("b", Role::primary, 3, 0x9000);
    primary.history = std::vector<TimelineSwitch>{{Timeline{1}, Lsn{0x5000}}, {Timeline{2}, Lsn{0x7000}}};
    EXPECT_EQ(diverged(node("c", Role::standby, 1, 0x5000), primary), false);
    EXPECT_EQ(diverged(node("c", Role::standby, 1, 0x5001), primary), true);
    EXPECT_EQ(diverged(node("c", Role::standby, 2, 0x7000), primary), false);
    EXPECT_EQ(diverged(node("c", Role::standby, 2, 0x7001), primary), true);
    EXPECT_EQ(diverged(node("c", Role::standby, 3, 0xA000), primary), false) << "the same timeline";
    EXPECT_EQ(diverged(node("c", Role::standby, 4, 0x1000), primary), true) << "a timeline of the future";
    primary.history = std::vector<TimelineSwitch>{{Timeline{2}, Lsn{0x7000}}};
    EXPECT_EQ(diverged(node("c", Role::standby, 1, 0x1000), primary), true) << "not among the ancestors";
}

TEST(Diverged, may_be_unknown) {
    auto primary = node("b", Role::primary, 2, 0x9000);
    auto standby = node("c", Role::standby, 1, 0x5000);
    EXPECT_EQ(diverged(standby, primary), std::nullopt) << "no history seen";
    primary.history.emplace();
    standby.received.reset();
    EXPECT_EQ(diverged(standby, primary), std::nullopt) << "no position";
    standby.received = Lsn{0x5000};
    standby.timeline.reset();
    EXPECT_EQ(diverged(standby, primary), std::nullopt) << "no timeline";
}

TEST(Primaries, are_accepting_and_of_this_cluster) {
    View view;
    view.nodes = {node("a", Role::primary, 1, 0), node("b", Role::primary, 1, 0), node("c", Role::standby, 1, 0),
                  node("d", Role::primary, 1, 0), node("e", Role::primary, 1, 0)};
    view.nodes[0].system_identifier = 7;
    view.nodes[1].system_identifier = 8;
    view.nodes[3].reach = Reach::rejecting;
    const auto serving = primaries(view, 7);
    ASSERT_EQ(serving.size(), 2u);
    EXPECT_EQ(serving[0]->node, named("a"));
    EXPECT_EQ(serving[1]->node, named("e")) << "an unknown identifier is no foreign one";
    EXPECT_EQ(primaries(view, std::nullopt).size(), 3u);
}

TEST(ClusterSystem, is_what_was_known_then_the_local_then_the_first) {
    View view;
    view.nodes = {node("a", Role::standby, 1, 0), node("b", Role::standby, 1, 0)};
    EXPECT_FALSE(cluster_system(view));
    view.nodes[0].system_identifier = 1;
    view.nodes[1].system_identifier = 2;
    EXPECT_EQ(cluster_system(view), 1u);
    view.local = named("b");
    EXPECT_EQ(cluster_system(view), 2u);
    view.host = LocalHost{};
    view.host->system_identifier = 3;
    EXPECT_EQ(cluster_system(view), 3u);
    EXPECT_EQ(cluster_system(view, 4), 4u);
}

}  // namespace
}  // namespace pgcm

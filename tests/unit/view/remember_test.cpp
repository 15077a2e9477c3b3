#include "view/remember.hpp"

#include <gtest/gtest.h>

namespace pgcm::view {
namespace {

constexpr BootTime start{1h};

NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

// A primary and b, its standby; b looks.
struct Pair {
    View view;
    Policy policy;
    State state;

    Pair() {
        view.at = start;
        view.local = called("b");
        for (const auto* name : {"a", "b"}) {
            Observation node;
            node.node = called(name);
            node.reach = Reach::accepting;
            node.asked_at = start;
            node.timeline = Timeline{2};
            node.system_identifier = 7;
            view.nodes.push_back(node);
            policy.nodes.push_back({node.node, 100, false, {{name, 5432}}});
        }
        a().role = Role::primary;
        a().written = Lsn{0x5000};
        b().role = Role::standby;
        b().upstream = Address{"a", 5432};
        b().wal_receiver = WalReceiver{};
        b().wal_receiver->status = "streaming";
    }
    Observation& a() { return view.nodes[0]; }
    Observation& b() { return view.nodes[1]; }
    const State& look(nanoseconds after = 0s) {
        view.at = start + after;
        for (auto& node : view.nodes) node.asked_at = view.at;
        return state = remember(state, view, policy);
    }
};

TEST(Remember, learns_the_primary) {
    Pair pair;
    const auto& state = pair.look();
    EXPECT_EQ(state.last_primary, called("a"));
    EXPECT_EQ(state.system_identifier, 7u);
    EXPECT_EQ(state.last_timeline, Timeline{2});
    EXPECT_EQ(state.last_lsn, Lsn{0x5000});
    EXPECT_FALSE(state.no_primary_since);
    EXPECT_FALSE(state.conflict_since);
    EXPECT_FALSE(state.not_following_since);
    EXPECT_FALSE(state.local_down_since);
}

TEST(Remember, positions_go_forward_only_on_one_timeline) {
    Pair pair;
    pair.look();
    pair.a().written = Lsn{0x4000};
    EXPECT_EQ(pair.look(1s).last_lsn, Lsn{0x5000});
    pair.a().written = Lsn{0x6000};
    EXPECT_EQ(pair.look(2s).last_lsn, Lsn{0x6000});
    pair.a().timeline = Timeline{3};
    pair.a().written = Lsn{0x5800};
    EXPECT_EQ(pair.look(3s).last_lsn, Lsn{0x5800}) << "a new timeline starts where it forked";
    EXPECT_EQ(pair.state.last_timeline, Timeline{3});
}

TEST(Remember, learns_nothing_from_an_older_primary) {
    Pair pair;
    pair.look();
    pair.a().timeline = Timeline{1};
    pair.a().written = Lsn{0x9000};
    const auto& state = pair.look(1s);
    EXPECT_EQ(state.last_timeline, Timeline{2});
    EXPECT_EQ(state.last_lsn, Lsn{0x5000});
    EXPECT_FALSE(state.no_primary_since) << "but it is a primary";
}

TEST(Remember, learns_nothing_from_two_primaries) {
    Pair pair;
    pair.b().role = Role::primary;
    pair.b().written = Lsn{0x9000};
    const auto& state = pair.look();
    EXPECT_FALSE(state.last_primary);
    EXPECT_EQ(state.conflict_since, start);
}

TEST(Remember, learns_nothing_from_a_foreign_primary) {
    Pair pair;
    pair.state.system_identifier = 8;
    const auto& state = pair.look();
    EXPECT_FALSE(state.last_primary);
    EXPECT_EQ(state.system_identifier, 8u);
    EXPECT_EQ(state.no_primary_since, start);
}

TEST(Remember, keeps_the_moment_at_which_something_began) {
    Pair pair;
    pair.a().reach = Reach::refused;
    EXPECT_EQ(pair.look(1s).no_primary_since, start + 1s);
    EXPECT_EQ(pair.look(2s).no_primary_since, start + 1s);
    pair.a().reach = Reach::accepting;
    EXPECT_FALSE(pair.look(3s).no_primary_since);
    pair.a().reach = Reach::silent;
    EXPECT_EQ(pair.look(4s).no_primary_since, start + 4s);
}

TEST(Remember, since_when_the_last_primary_rejects) {
    Pair pair;
    pair.b().reach = Reach::rejecting;
    EXPECT_FALSE(pair.look().rejecting_since) << "a standby that rejects is not meant";
    pair.a().reach = Reach::rejecting;
    EXPECT_EQ(pair.look(1s).rejecting_since, start + 1s);
    pair.a().reach = Reach::refused;
    EXPECT_FALSE(pair.look(2s).rejecting_since);
}

TEST(Remember, the_local_server) {
    Pair pair;
    pair.state.local_started_at = start - 5s;
    pair.b().reach = Reach::rejecting;
    EXPECT_EQ(pair.look().local_down_since, start);
    EXPECT_EQ(pair.state.local_started_at, start - 5s) << "still starting";
    pair.b().reach = Reach::accepting;
    EXPECT_FALSE(pair.look(1s).local_down_since);
    EXPECT_FALSE(pair.state.local_started_at);
}

TEST(Remember, since_when_the_local_standby_does_not_follow) {
    Pair pair;
    pair.b().wal_receiver.reset();
    EXPECT_EQ(pair.look(1s).not_following_since, start + 1s);
    pair.a().reach = Reach::refused;
    EXPECT_FALSE(pair.look(2s).not_following_since) << "there is nobody to follow";
}

TEST(Remember, counts_standbys_that_stream_and_answer) {
    Pair pair;
    pair.view.local = called("a");
    EXPECT_FALSE(pair.look().unsynced_since);
    Replica row;
    row.application_name = "b";
    row.state = "streaming";
    pair.a().replicas = std::vector{row};
    pair.b().reach = Reach::silent;
    EXPECT_EQ(pair.look(1s).unsynced_since, start + 1s) << "the row outlives its standby";
    pair.b().reach = Reach::rejecting;
    EXPECT_FALSE(pair.look(2s).unsynced_since) << "a full standby is alive";
    pair.policy.sync_mode = SyncMode::quorum;
    pair.policy.sync_count = 2;
    EXPECT_EQ(pair.look(3s).unsynced_since, start + 3s);
}

// b's agent is the primary's own here.
struct Leader : Pair {
    Leader() {
        std::swap(a().role, b().role);
        b().written = Lsn{0x5000};
        view.host.emplace();
        view.host->lineup = Lineup::primary;
        view.host->process = Process::running;
    }
    const State& look(nanoseconds after = 0s) {
        view.host->looked_at = start + after;
        return Pair::look(after);
    }
};

TEST(Serving, lasts_until_no_process_is_left) {
    Leader leader;
    EXPECT_EQ(leader.look().serving_since, start);
    leader.b().reach = Reach::refused;
    EXPECT_EQ(leader.look(1s).serving_since, start) << "an orphaned backend may still write";
    leader.view.host->process = Process::unknown;
    EXPECT_EQ(leader.look(2s).serving_since, start) << "a disk that hangs proves nothing";
    leader.view.host->process = Process::stopped;
    EXPECT_FALSE(leader.look(3s).serving_since);
}

TEST(Serving, is_not_ended_by_a_look_from_before_the_silence) {
    Leader leader;
    leader.look();
    leader.b().reach = Reach::refused;
    leader.view.host->process = Process::stopped;
    leader.view.host->looked_at = start;
    EXPECT_EQ(leader.Pair::look(1s).serving_since, start);
}

TEST(Serving, ends_with_a_standby) {
    Leader leader;
    leader.look();
    leader.b().role = Role::standby;
    EXPECT_FALSE(leader.look(1s).serving_since);
}

TEST(Serving, begins_with_a_primary_that_starts) {
    Leader leader;
    leader.b().reach = Reach::rejecting;
    EXPECT_EQ(leader.look(1s).serving_since, start + 1s);
    Leader standby;
    standby.b().reach = Reach::rejecting;
    standby.view.host->lineup = Lineup::standby;
    EXPECT_FALSE(standby.look(1s).serving_since);
}

TEST(Votes, are_the_primarys_from_the_first_look_on) {
    Pair pair;
    pair.a().vote = Vote{called("a"), false, 3, {}};
    pair.b().vote = Vote{called("a"), false, 3, {}};
    pair.look();
    using Backing = std::map<std::string, BootTime>;
    EXPECT_EQ(pair.look(1s).backed_since, (Backing{{"a", start}, {"b", start}}));
    pair.b().vote->holder.reset();
    EXPECT_EQ(pair.look(2s).backed_since, (Backing{{"a", start}}));
    pair.b().vote->holder = called("a");
    EXPECT_EQ(pair.look(3s).backed_since, (Backing{{"a", start}, {"b", start + 3s}})) << "it ripens anew";
    pair.a().reach = Reach::silent;
    EXPECT_TRUE(pair.look(4s).backed_since.empty()) << "nobody leads";
}

TEST(Votes, of_the_last_primary_are_not_the_next_ones) {
    Pair pair;
    pair.b().vote = Vote{called("a"), false, 3, {}};
    pair.look();
    std::swap(pair.a().role, pair.b().role);
    pair.b().vote->holder = called("b");
    using Backing = std::map<std::string, BootTime>;
    EXPECT_EQ(pair.look(1s).backed_since, (Backing{{"b", start + 1s}}));
}

TEST(Serving, does_not_begin_with_a_recovery_for_a_rejoin) {
    Leader leader;
    leader.b().reach = Reach::rejecting;
    leader.state.operation = "rejoin";
    EXPECT_FALSE(leader.look(1s).serving_since);
    leader.state.operation.reset();
    leader.view.host->rewinding = true;
    EXPECT_FALSE(leader.look(2s).serving_since) << "left by an agent that was killed";
    leader.view.host->rewinding = false;
    EXPECT_TRUE(leader.look(3s).serving_since);
}

TEST(Serving, without_a_lease_is_counted) {
    Leader leader;
    EXPECT_EQ(leader.look(1s).unleased_since, start + 1s);
    leader.view.lease.emplace();
    EXPECT_EQ(leader.look(2s).unleased_since, start + 1s);
    leader.view.lease->valid_until = start;
    EXPECT_FALSE(leader.look(3s).unleased_since) << "one that ended is another matter";
    leader.view.lease->valid_until.reset();
    EXPECT_EQ(leader.look(4s).unleased_since, start + 4s);
}

TEST(Serving, ended_ends_the_fence) {
    Leader leader;
    leader.look();
    leader.state.fencing_since = start;
    EXPECT_EQ(leader.look(1s).fencing_since, start);
    leader.b().reach = Reach::refused;
    leader.view.host->process = Process::stopped;
    EXPECT_FALSE(leader.look(2s).fencing_since);
}

TEST(Remember, passes_on_what_is_the_agents_own) {
    Pair pair;
    pair.state.operation = "rejoin";
    pair.state.not_before["follow"] = start + 9s;
    const auto& state = pair.look();
    EXPECT_EQ(state.operation, "rejoin");
    EXPECT_EQ(state.not_before.at("follow"), start + 9s);
}

TEST(Remember, is_settled_after_one_look) {
    Pair pair;
    pair.a().reach = Reach::rejecting;
    const auto once = remember(pair.state, pair.view, pair.policy);
    EXPECT_EQ(remember(once, pair.view, pair.policy), once);
}

}  // namespace
}  // namespace pgcm::view

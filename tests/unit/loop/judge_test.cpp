#include "loop/judge.hpp"

#include "seat.hpp"

namespace pgcm::loop {
namespace {

TEST(Judge, tells_the_lease_what_is_wished) {
    Seat seat;
    const auto decision = seat.turn();
    EXPECT_EQ(decision.wish.kind, LeaseWishKind::keep);
    ASSERT_TRUE(seat.view.lease);
    EXPECT_TRUE(seat.judge.lease()->due(1)) << "votes are asked for";
}

TEST(Judge, has_no_lease_where_none_is_used) {
    Seat seat(Quorum::any);
    seat.turn();
    EXPECT_EQ(seat.judge.lease(), nullptr);
    EXPECT_FALSE(seat.view.lease);
    EXPECT_FALSE(seat.judge.guard());
    EXPECT_TRUE(seat.judge.may_promote(seat.now));
}

TEST(Judge, remembers) {
    Seat seat;
    seat.turn();
    EXPECT_EQ(seat.judge.state().last_primary, called("a"));
    EXPECT_EQ(seat.judge.state().serving_since, start);
}

TEST(ToBegin, nothing_while_busy) {
    Seat seat(Quorum::any);
    seat.be_down();
    auto decision = seat.turn();
    ASSERT_EQ(decision.actions, std::vector{a_start});
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), decision.actions);
    seat.judge.begins(a_start, seat.now);
    EXPECT_TRUE(seat.judge.busy());
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty());
    EXPECT_EQ(seat.judge.state().operation, "start");
    EXPECT_EQ(seat.judge.state().local_started_at, seat.now);
}

TEST(ToBegin, nothing_before_the_outcome_was_seen) {
    Seat seat(Quorum::any);
    seat.be_down();
    auto decision = seat.turn();
    seat.judge.begins(a_start, seat.now);
    seat.judge.ends(a_start, nullptr, seat.now + 1s);
    EXPECT_TRUE(seat.judge.busy()) << "others may have begun with it";
    seat.judge.idle(seat.now + 1s);
    EXPECT_FALSE(seat.judge.busy());
    EXPECT_FALSE(seat.judge.state().operation);
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty()) << "the look is older than the end";
    seat.local().asked_at = seat.now + 1s;
    EXPECT_FALSE(seat.judge.to_begin(seat.view, decision).empty());
}

TEST(ToBegin, a_fence_waits_for_nothing) {
    Seat seat;
    seat.turn();
    seat.judge.begins({ActionKind::set_sync_names, called("a"), ""}, seat.now);
    seat.now += 20s;
    auto decision = seat.turn();
    ASSERT_EQ(decision.actions, std::vector{the_fence}) << "no vote came";
    seat.local().asked_at = start;
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), std::vector{the_fence});
}

TEST(ToBegin, a_fence_once_at_a_time) {
    Seat seat;
    seat.turn();
    seat.now += 20s;
    auto decision = seat.turn();
    seat.judge.begins(the_fence, seat.now);
    EXPECT_EQ(seat.judge.state().fencing_since, seat.now);
    EXPECT_FALSE(seat.judge.busy());
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty());
    seat.judge.ends(the_fence, nullptr, seat.now + 1s);
    EXPECT_TRUE(seat.judge.to_begin(seat.view, decision).empty()) << "nobody has looked at the host since";
    seat.view.host->looked_at = seat.now + 1s;
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), std::vector{the_fence}) << "and it still runs";
}

TEST(ToBegin, nothing_else_beside_a_fence) {
    Seat seat;
    seat.turn();
    seat.judge.begins(the_fence, seat.now);
    Decision other;
    other.actions = {a_start};
    EXPECT_TRUE(seat.judge.to_begin(seat.view, other).empty());
}

TEST(Fence, is_decided_until_the_server_is_proven_down) {
    Seat seat;
    seat.turn();
    seat.now += 20s;
    seat.turn();
    seat.judge.begins(the_fence, seat.now);
    seat.now += 1s;
    seat.local().reach = Reach::refused;
    EXPECT_EQ(seat.turn().actions, std::vector{the_fence}) << "a process may be left";
    seat.be_down();
    seat.now += 1s;
    seat.turn();
    EXPECT_FALSE(seat.judge.state().fencing_since);
    EXPECT_FALSE(seat.judge.state().serving_since);
}

TEST(Failures, back_off) {
    Seat seat(Quorum::any);
    const Error error{ErrorCode::failed, "no", ""};
    const std::vector<milliseconds> pauses{1s, 2s, 4s, 8s};
    for (const auto pause : pauses) {
        seat.judge.begins(a_start, seat.now);
        seat.judge.ends(a_start, &error, seat.now);
        seat.judge.idle(seat.now);
        EXPECT_EQ(seat.judge.state().not_before.at("start"), seat.now + pause);
        seat.now += 1h;
    }
    for (int i = 0; i < 100; ++i) seat.judge.ends(a_start, &error, seat.now);
    EXPECT_EQ(seat.judge.state().not_before.at("start"), seat.now + 5min) << "but not for ever";
    EXPECT_EQ(seat.judge.failures().at("start").what, "no");
    seat.judge.ends(a_start, nullptr, seat.now);
    EXPECT_TRUE(seat.judge.state().not_before.empty());
    EXPECT_TRUE(seat.judge.failures().empty());
}

TEST(Failures, are_settled_when_the_node_has_come_through) {
    Seat seat(Quorum::any);
    const Error error{ErrorCode::failed, "no", ""};
    const Action rejoins{ActionKind::rejoin, called("b"), ""};
    for (const auto& action : {a_start, rejoins}) {
        seat.judge.begins(action, seat.now);
        seat.judge.ends(action, &error, seat.now);
        seat.judge.idle(seat.now);
    }
    Decision decision;
    decision.actions = {a_start};
    decision.reasons = {{Rule::retry_later, {}, {{"action", "rejoin"}, {"left_ms", std::int64_t{5}}}}};
    seat.judge.came_through(decision);
    EXPECT_EQ(seat.judge.failures().size(), 2U) << "what is still wanted has failed, wherever the node is";
    seat.judge.came_through({});
    EXPECT_TRUE(seat.judge.failures().empty());
    EXPECT_TRUE(seat.judge.state().not_before.empty());
}

TEST(Follow, begins_a_wait_of_its_own) {
    State lost;
    lost.not_following_since = start;
    Judge judge{Policy{}, lost, {}};
    const Action a_follow{ActionKind::follow, called("p1"), {}};
    const Error error{ErrorCode::failed, "no", ""};
    judge.begins(a_follow, start + 20s);
    judge.ends(a_follow, &error, start + 21s);
    EXPECT_EQ(judge.state().not_following_since, start) << "it did not";
    judge.ends(a_follow, nullptr, start + 22s);
    EXPECT_EQ(judge.state().not_following_since, start + 22s);
    judge.ends({ActionKind::rejoin, called("p1"), {}}, nullptr, start + 23s);
    EXPECT_EQ(judge.state().not_following_since, start + 23s);
    Judge well{Policy{}, State{}, {}};
    well.ends(a_follow, nullptr, start);
    EXPECT_FALSE(well.state().not_following_since) << "it streams";
}

TEST(Failures, that_are_interruptions_do_not_count) {
    Seat seat(Quorum::any);
    const Error error{ErrorCode::interrupted, "stopped", ""};
    seat.judge.begins(a_start, seat.now);
    seat.judge.ends(a_start, &error, seat.now);
    EXPECT_TRUE(seat.judge.state().not_before.empty());
}

TEST(Failures, of_a_fence_hold_nothing_back) {
    Seat seat;
    seat.turn();
    const Error error{ErrorCode::failed, "a process is left", ""};
    seat.judge.begins(the_fence, seat.now);
    seat.judge.ends(the_fence, &error, seat.now);
    EXPECT_TRUE(seat.judge.state().not_before.empty());
    seat.now += 1s;
    const auto decision = seat.turn();
    EXPECT_EQ(seat.judge.to_begin(seat.view, decision), std::vector{the_fence});
}

TEST(Judge, a_veto_is_told_waits_a_little_and_is_no_failure) {
    Seat seat(Quorum::any);
    seat.local().role = Role::standby;
    seat.local().received = Lsn{0x5000};
    seat.view.nodes[1].reach = Reach::refused;
    seat.view.nodes[2].reach = Reach::refused;
    seat.view.host->lineup = Lineup::standby;
    (void)seat.turn();
    seat.now += seat.judge.policy().failover_after;
    const auto promotes = [](const Decision& decision) {
        return !decision.actions.empty() && decision.actions.front().kind == ActionKind::promote;
    };
    const auto says = [](const Decision& decision, Rule rule) {
        return std::any_of(decision.reasons.begin(), decision.reasons.end(),
                           [&](const Reason& reason) { return reason.rule == rule; });
    };
    const auto wished = seat.turn();
    ASSERT_TRUE(promotes(wished));
    EXPECT_FALSE(says(wished, Rule::hook_vetoed));
    seat.judge.begins(wished.actions.front(), seat.now);
    seat.judge.vetoed("not today", seat.now);
    seat.judge.idle(seat.now);
    const auto held = seat.turn();
    EXPECT_FALSE(promotes(held));
    EXPECT_TRUE(says(held, Rule::hook_vetoed));
    EXPECT_TRUE(says(held, Rule::retry_later));
    EXPECT_TRUE(seat.judge.failures().empty());
    seat.now += 5 * seat.judge.policy().scan_period;
    EXPECT_TRUE(promotes(seat.turn()));
    seat.judge.vetoed(std::nullopt, seat.now);
    EXPECT_FALSE(says(seat.turn(), Rule::hook_vetoed));
}

}  // namespace
}  // namespace pgcm::loop

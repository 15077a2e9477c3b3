// The judge with a lease: guard, news, inheritance.
#include "seat.hpp"

namespace pgcm::loop {
namespace {

TEST(Guard, stands_behind_the_fence) {
    Seat seat;
    seat.win();
    const auto until = *seat.view.lease->valid_until;
    ASSERT_TRUE(seat.judge.guard());
    const auto guard = *seat.judge.guard();
    EXPECT_EQ(guard.immediate_at, until - 1500ms) << "half the margin of 3 s";
    EXPECT_EQ(guard.kill_at, until - 750ms);
}

TEST(Guard, is_moved_on_by_a_renewal) {
    Seat seat;
    seat.win();
    const auto before = *seat.judge.guard();
    seat.pass(2s);
    EXPECT_EQ(seat.judge.guard()->kill_at, before.kill_at + 2s);
}

TEST(Guard, is_not_moved_on_by_a_fence) {
    Seat seat;
    seat.win();
    const auto before = *seat.judge.guard();
    seat.now = *seat.view.lease->valid_until + 30s;
    ASSERT_EQ(seat.turn().actions, std::vector{the_fence});
    EXPECT_EQ(seat.judge.guard(), before);
    seat.judge.begins(the_fence, seat.now);
    seat.now += 1s;
    ASSERT_EQ(seat.turn().actions, std::vector{the_fence});
    EXPECT_EQ(seat.judge.guard(), before) << "nor by a second one";
}

TEST(Guard, is_drawn_nearer_by_a_fence) {
    Seat seat;
    seat.win();
    seat.judge.lease()->noticed(1, {called("b"), false, 9, {}});
    seat.view.nodes[1].vote = Vote{called("b"), false, 9, {}};
    ASSERT_EQ(seat.turn().actions, std::vector{the_fence});
    EXPECT_EQ(seat.judge.guard()->immediate_at, seat.now + 1500ms);
}

TEST(Guard, is_not_needed_by_a_server_that_does_not_lead) {
    Seat seat;
    seat.local().role = Role::standby;
    seat.view.host->lineup = Lineup::standby;
    seat.view.nodes[1].role = Role::primary;
    seat.turn();
    EXPECT_FALSE(seat.judge.guard());
}

TEST(Lease, is_renewed_at_once_when_the_server_dies) {
    Seat seat;
    seat.win();
    seat.vote();
    ASSERT_GT(seat.judge.lease()->due(1).value(), seat.now);
    seat.be_down();
    seat.turn();
    EXPECT_EQ(seat.judge.lease()->due(1), seat.now);
    seat.vote();
    seat.turn();
    EXPECT_GT(seat.judge.lease()->due(1).value(), seat.now) << "once, not in every turn";
}

TEST(LeaseNews, come_when_a_decision_may_turn_on_them) {
    Seat seat;
    seat.turn();
    EXPECT_FALSE(seat.judge.lease_news(seat.now).turn) << "no lease is no news";
    seat.vote();
    auto news = seat.judge.lease_news(seat.now);
    EXPECT_TRUE(news.turn);
    EXPECT_TRUE(news.look) << "a majority of locks is in hand";
    EXPECT_FALSE(seat.judge.lease_news(seat.now).turn) << "told once";
    seat.pass(11s);
    news = seat.judge.lease_news(seat.now);
    EXPECT_TRUE(news.turn) << "ripe";
    EXPECT_FALSE(news.look);
    EXPECT_TRUE(seat.judge.lease_news(*seat.view.lease->valid_until).turn) << "over";
}

TEST(MayPromote, is_judged_by_the_moment) {
    Seat seat;
    EXPECT_FALSE(seat.judge.may_promote(seat.now)) << "no lease";
    seat.win();
    const auto until = *seat.view.lease->valid_until;
    EXPECT_TRUE(seat.judge.may_promote(until - 3s - 1ns));
    EXPECT_FALSE(seat.judge.may_promote(until - 3s)) << "no margin";
}

TEST(MayPromote, not_once_a_newer_timeline_was_seen) {
    Seat seat;
    seat.win();
    seat.judge.begins({ActionKind::promote, called("a"), ""}, seat.now);
    EXPECT_TRUE(seat.judge.may_promote(seat.now));
    seat.local().role = Role::standby;
    seat.view.nodes[1].role = Role::primary;
    seat.view.nodes[1].timeline = Timeline{2};
    seat.turn();
    EXPECT_FALSE(seat.judge.may_promote(seat.now)) << "somebody else is primary after all";
    EXPECT_TRUE(seat.judge.has_lease(seat.now));
    seat.judge.idle(seat.now);
    EXPECT_TRUE(seat.judge.may_promote(seat.now)) << "the next one is decided from what is known by then";
}

lease::Record left_behind(int pid) {
    return {4, pid, {{called("a"), start + 6s}, {called("b"), start + 6s}, {called("c"), start + 6s}}};
}

TEST(Inheritance, is_of_the_very_server_that_runs) {
    Seat seat(Quorum::majority, left_behind(77));
    seat.turn();
    EXPECT_EQ(seat.view.lease->withheld_until, start + 6s);
    EXPECT_FALSE(seat.view.lease->valid_until);
    seat.vote();
    seat.turn();
    EXPECT_TRUE(seat.view.lease->valid_until);
}

TEST(Inheritance, of_another_server_is_none) {
    Seat seat(Quorum::majority, left_behind(78));
    seat.turn();
    EXPECT_FALSE(seat.view.lease->withheld_until);
}

TEST(Inheritance, of_a_server_that_is_down_is_none) {
    Seat seat(Quorum::majority, left_behind(77));
    seat.be_down();
    seat.turn();
    EXPECT_FALSE(seat.view.lease->withheld_until);
}

TEST(Inheritance, is_judged_when_the_host_was_seen) {
    Seat seat(Quorum::majority, left_behind(77));
    seat.view.at = seat.now;
    seat.view.host->looked_at = {};
    seat.judge.turn(seat.view, 0.5);
    EXPECT_TRUE(seat.view.lease->withheld_until);
    EXPECT_FALSE(seat.judge.lease()->due(1)) << "nothing is wished before that";
}

}  // namespace
}  // namespace pgcm::loop

// What goes from one agent to the next: in the run file to the same node's, by a hand-over to another node's.
#include <gtest/gtest.h>

#include "voters.hpp"

namespace pgcm::lease {
namespace {

Record left_behind(BootTime until) {
    return {4, 77, {{called("a"), until}, {called("b"), until}, {called("c"), until - 1s}}};
}

TEST(Inheritance, is_no_lease) {
    Round round(three(), left_behind(start + 6s));
    EXPECT_FALSE(round.seen().valid_until);
    EXPECT_EQ(round.seen().withheld_until, start + 6s);
    EXPECT_EQ(round.seen().term, 4U);
}

TEST(Inheritance, makes_votes_taken_in_time_count_at_once) {
    Round round(three(), left_behind(start + 6s));
    round.wish(LeaseWishKind::keep);
    round.settle();
    EXPECT_TRUE(round.leads());
    EXPECT_EQ(round.seen().term, 4U) << "the same leader goes on";
}

TEST(Inheritance, of_votes_that_ended_is_worth_nothing) {
    Round round(three(), left_behind(start - 1ms));
    round.wish(LeaseWishKind::keep);
    round.settle();
    EXPECT_FALSE(round.leads());
    EXPECT_EQ(round.seen().term, 5U);
}

TEST(Inheritance, can_be_refused) {
    Round round(three(), left_behind(start + 6s));
    round.rules.disinherit();
    EXPECT_FALSE(round.seen().withheld_until);
    round.wish(LeaseWishKind::keep);
    round.settle();
    EXPECT_FALSE(round.leads());
}

TEST(Inheritance, is_written_as_it_counts) {
    Round round(three());
    EXPECT_TRUE(round.rules.record(round.now).votes.empty()) << "unripe votes are nobody's";
    round.win();
    round.rules.set_postmaster(77);
    const auto record = round.rules.record(round.now);
    EXPECT_EQ(record.votes.size(), 3U);
    EXPECT_EQ(record.postmaster_pid, 77);
    EXPECT_EQ(record.term, round.seen().term);
    Majority next(three(), record);
    EXPECT_EQ(next.seen(round.now).withheld_until, round.seen().valid_until);
}

TEST(HandOver, waits_for_the_record) {
    Round round(three());
    round.win();
    round.wish(LeaseWishKind::hand_over, 0, called("b"));
    EXPECT_TRUE(round.rules.waits_for_record());
    EXPECT_FALSE(round.seen().valid_until) << "from the wish on it believes in nothing";
    EXPECT_TRUE(round.rules.record(round.now).votes.empty());
    round.settle();
    EXPECT_EQ(round.held(), 3) << "another agent of this node might find the votes on disk";
    round.rules.recorded(true);
    EXPECT_FALSE(round.rules.waits_for_record());
    round.settle();
    EXPECT_EQ(round.held(), 0);
    for (const auto& voter : round.voters) EXPECT_EQ(voter.favours, called("b"));
}

TEST(HandOver, without_a_disk_is_in_nobodys_favour) {
    Round round(three());
    round.win();
    round.wish(LeaseWishKind::hand_over, 0, called("b"));
    round.rules.recorded(false);
    round.settle();
    EXPECT_EQ(round.held(), 0);
    for (const auto& voter : round.voters) EXPECT_FALSE(voter.favours);
}

TEST(HandOver, the_same_wish_again_changes_nothing) {
    Round round(three());
    round.win();
    round.wish(LeaseWishKind::hand_over, 0, called("b"));
    round.rules.recorded(true);
    round.wish(LeaseWishKind::hand_over, 0, called("b"));
    EXPECT_FALSE(round.rules.waits_for_record());
}

TEST(HandOver, says_so_for_a_while_before_the_session_closes) {
    Round round(three());
    round.win();
    round.wish(LeaseWishKind::hand_over, 0, called("b"));
    round.rules.recorded(true);
    ASSERT_EQ(round.ask(1)->kind, AskKind::let_go);
    EXPECT_GE(round.rules.due(1).value(), round.now + 3s) << "two looks of the other one, and an answer";
    round.pass(3s);
    EXPECT_FALSE(round.rules.due(1));
}

TEST(OwnServer, stopped_is_its_agents_own_vote) {
    Round round(three());
    round.win();
    const auto until = *round.seen().votes[0].valid_until;
    round.voters[0].reachable = false;
    round.pass(3s);
    EXPECT_EQ(round.seen().votes[0].valid_until, until);
    round.rules.own_server_stopped(round.now);
    EXPECT_EQ(round.seen().votes[0].valid_until, round.now + ttl);
    for (auto& voter : round.voters) voter.reachable = false;
    round.pass(11s);
    round.rules.own_server_stopped(round.now);
    EXPECT_FALSE(round.leads()) << "only while the lease is otherwise unbroken";
}

TEST(OwnServer, never_held_is_no_vote) {
    Round round(three());
    round.voters[0].reachable = false;
    round.wish(LeaseWishKind::keep);
    round.settle();
    round.pass(11s);
    ASSERT_TRUE(round.leads());
    round.rules.own_server_stopped(round.now);
    EXPECT_FALSE(round.seen().votes[0].valid_until);
}

TEST(IdleLimit, is_shorter_than_the_ttl_and_longer_than_a_late_renewal) {
    auto settings = three();
    EXPECT_EQ(idle_limit(settings), 2500ms) << "a quarter of the ttl";
    settings.scan_period = 2s;
    EXPECT_EQ(idle_limit(settings), 4s) << "two renewals";
    settings.scan_period = 4s;
    EXPECT_EQ(idle_limit(settings), 5s) << "half the ttl";
    settings.ttl = 2s;
    settings.scan_period = 250ms;
    EXPECT_EQ(idle_limit(settings), 500ms);
}

}  // namespace
}  // namespace pgcm::lease

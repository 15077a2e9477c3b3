// A freeze is seen by comparison with the voters' clocks. Voter a is the agent's own server and sleeps with it.
#include <gtest/gtest.h>

#include "voters.hpp"

namespace pgcm::lease {
namespace {

Round leader() {
    Round round(three());
    for (auto& voter : round.voters) voter.tells_time = true;
    round.win();
    return round;
}

void step(Round& round, std::size_t voter, std::chrono::microseconds by) {
    round.voters[voter].wall += by;
}

// Only the voters' clocks go on.
void sleep(Round& round, std::chrono::microseconds time) {
    for (std::size_t i = 1; i < round.voters.size(); ++i) step(round, i, time);
}

TEST(Sleep, that_two_voters_saw_voids_the_lease) {
    auto round = leader();
    sleep(round, 5s);
    round.pass(1s);
    EXPECT_TRUE(round.seen().slept);
    EXPECT_FALSE(round.seen().valid_until);
    EXPECT_EQ(round.seen().term, 0U);
}

TEST(Sleep, is_seen_by_the_next_agent) {
    auto before = leader();
    Round next(three(), before.rules.record(before.now));
    next.now = before.now;
    next.voters = before.voters;
    for (auto& voter : next.voters) voter.held = false;
    sleep(next, 15s);
    next.wish(LeaseWishKind::keep);
    next.settle();
    EXPECT_TRUE(next.seen().slept) << "the votes were over long ago, though not by a clock that stood";
    EXPECT_FALSE(next.seen().withheld_until);
    next.wish(LeaseWishKind::none);
    next.wish(LeaseWishKind::keep);
    next.settle();
    EXPECT_FALSE(next.leads()) << "locks that were not let go yet ripen like new ones";
    next.pass(ripening(ttl) + 1s);
    EXPECT_TRUE(next.leads());
}

TEST(Sleep, is_not_believed_from_one_voters_stepped_clock) {
    auto round = leader();
    step(round, 1, 1h);
    round.pass(5s);
    EXPECT_FALSE(round.seen().slept);
    EXPECT_TRUE(round.leads());
}

TEST(Sleep, is_not_seen_in_a_clock_set_back) {
    auto round = leader();
    step(round, 1, -1h);
    step(round, 2, -1h);
    round.pass(5s);
    EXPECT_FALSE(round.seen().slept);
}

TEST(Sleep, is_believed_from_one_voter_that_nobody_contradicts) {
    auto round = leader();
    round.voters[2].reachable = false;
    round.pass(1s);
    step(round, 1, 5s);
    round.pass(1s);
    EXPECT_FALSE(round.seen().slept) << "the other one may tell yet";
    round.pass(3s);
    EXPECT_TRUE(round.seen().slept);
}

TEST(Sleep, that_one_voter_told_of_is_believed_though_nobody_answers_any_more) {
    auto round = leader();
    round.voters[2].reachable = false;
    round.pass(1s);
    step(round, 1, 5s);
    round.pass(1s);
    round.voters[1].reachable = false;
    round.pass(3s);
    round.rules.judge_sleep(round.now);
    EXPECT_TRUE(round.seen().slept);
}

TEST(Sleep, shorter_than_a_drift_is_not_one) {
    auto round = leader();
    sleep(round, 900ms);
    round.pass(2s);
    EXPECT_FALSE(round.seen().slept);
}

TEST(Sleep, of_own_server_says_nothing) {
    auto round = leader();
    step(round, 0, 1h);
    round.pass(5s);
    EXPECT_FALSE(round.seen().slept);
}

TEST(Sleep, is_over_when_nothing_is_wished) {
    auto round = leader();
    sleep(round, 5s);
    round.pass(1s);
    ASSERT_TRUE(round.seen().slept);
    round.pass(2s);
    EXPECT_TRUE(round.seen().slept) << "until a decision has seen it";
    round.wish(LeaseWishKind::none);
    EXPECT_FALSE(round.seen().slept);
    round.settle();
    EXPECT_EQ(round.held(), 0);
    round.wish(LeaseWishKind::keep);
    round.settle();
    round.pass(2s);
    EXPECT_FALSE(round.leads()) << "the votes must ripen again";
}

}  // namespace
}  // namespace pgcm::lease

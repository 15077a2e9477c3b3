#include "lease/majority.hpp"

#include <gtest/gtest.h>

#include "voters.hpp"

namespace pgcm::lease {
namespace {

TEST(Majority, a_free_lock_counts_when_it_is_ripe) {
    Round round(three());
    round.wish(LeaseWishKind::keep);
    round.settle();
    EXPECT_EQ(round.held(), 3);
    EXPECT_EQ(round.seen().locked_since, start);
    EXPECT_FALSE(round.seen().valid_until);
    round.pass(ripening(ttl) - 1ns);
    EXPECT_FALSE(round.seen().valid_until) << "the old holder may still believe in it";
    round.pass(1ns);
    EXPECT_TRUE(round.leads());
    EXPECT_EQ(ripening(ttl), 10200ms);
}

TEST(Majority, a_break_while_it_ripens_begins_anew) {
    Round round(three());
    round.voters[2].reachable = false;
    round.wish(LeaseWishKind::keep);
    round.settle();
    round.pass(5s);
    round.voters[1].reachable = false;
    round.pass(2s);
    EXPECT_FALSE(round.seen().locked_since);
    round.voters[1].reachable = true;
    round.pass(5s);
    EXPECT_FALSE(round.seen().valid_until) << "10.2 s after the first take, but not without a break";
    round.pass(6s);
    EXPECT_TRUE(round.leads());
}

TEST(Majority, a_vote_is_worth_a_ttl_from_the_sending_of_its_question) {
    Round round(three());
    round.win();
    round.rules.hurry(round.now);
    const auto sent = round.now;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto ask = round.rules.ask(i, sent);
        ASSERT_TRUE(ask);
        EXPECT_EQ(ask->kind, AskKind::renew);
        round.rules.answered(i, *ask, {true, 1, false, {}, {}}, sent, sent + 900ms);
    }
    EXPECT_EQ(round.rules.seen(sent + 900ms).valid_until, sent + ttl);
}

TEST(Majority, ends_with_the_second_latest_of_three) {
    Round round(three());
    round.win();
    round.voters[2].reachable = false;
    round.pass(1s);
    round.voters[1].reachable = false;
    const auto last_of_b = *round.seen().votes[1].valid_until;
    round.pass(3s);
    const auto seen = round.seen();
    EXPECT_EQ(seen.valid_until, last_of_b) << "a is later, c is earlier";
    EXPECT_GT(*seen.votes[0].valid_until, last_of_b);
    EXPECT_LT(*seen.votes[2].valid_until, last_of_b);
    round.pass(7s);
    EXPECT_FALSE(round.leads());
}

TEST(Majority, ends_with_the_third_latest_of_five) {
    auto settings = three();
    for (const auto* name : {"d", "e"}) settings.voters.push_back(called(name));
    Round round(settings);
    round.win();
    for (const std::size_t i : {4U, 3U, 2U, 1U}) {
        round.voters[i].reachable = false;
        round.pass(1s);
    }
    const auto seen = round.seen();
    EXPECT_EQ(seen.valid_until, seen.votes[2].valid_until);
}

TEST(Majority, a_session_that_ends_takes_nothing_and_gives_nothing) {
    Round round(three());
    round.win();
    const auto until = round.seen().valid_until;
    for (std::size_t i = 0; i < 3; ++i) round.rules.broken(i, "reset", round.now);
    EXPECT_EQ(round.seen().valid_until, until);
    EXPECT_EQ(round.seen().votes[1].trouble, "reset");
    EXPECT_FALSE(round.seen().locked_since);
    for (auto& voter : round.voters) voter.other.holder = called("b");
    round.pass(10s);
    EXPECT_FALSE(round.leads());
}

TEST(Majority, own_earlier_vote_counts_at_once) {
    Round round(three());
    round.win();
    round.rules.broken(1, "reset", round.now);
    round.rules.broken(2, "reset", round.now);
    round.voters[1].promised = round.voters[2].promised = 0;
    round.pass(1s);
    const auto seen = round.seen();
    EXPECT_LE(seen.votes[1].counts_from.value(), round.now) << "rule (a)";
    EXPECT_GT(*seen.valid_until, round.now + ttl - 2s);
}

TEST(Majority, own_earlier_vote_that_ended_must_ripen_again) {
    Round round(three());
    round.win();
    for (auto& voter : round.voters) voter.reachable = false;
    round.pass(11s);
    EXPECT_FALSE(round.leads());
    for (auto& voter : round.voters) {
        voter.reachable = true;
        voter.promised = 0;
    }
    round.pass(9s);
    EXPECT_FALSE(round.leads());
    round.pass(2s);
    EXPECT_TRUE(round.leads());
}

TEST(Withheld, is_a_majority_of_locks_before_they_are_ripe) {
    Round round(three());
    EXPECT_FALSE(round.seen().withheld_until);
    round.voters[1].reachable = round.voters[2].reachable = false;
    round.wish(LeaseWishKind::keep);
    round.settle();
    EXPECT_FALSE(round.seen().withheld_until) << "one lock of three";
    round.voters[1].reachable = true;
    round.pass(200ms);
    EXPECT_EQ(round.seen().withheld_until, start + 100ms + ttl) << "from the promise on";
    EXPECT_FALSE(round.leads());
}

TEST(Withheld, outlasts_the_sessions_for_a_ttl) {
    Round round(three());
    round.wish(LeaseWishKind::keep);
    round.settle();
    round.voters[1].reachable = round.voters[2].reachable = false;
    round.pass(3s);
    EXPECT_EQ(round.seen().withheld_until, start + ttl);
    round.wish(LeaseWishKind::none);
    EXPECT_FALSE(round.seen().withheld_until) << "let go";
}

TEST(Withheld, ends_with_a_hand_over) {
    Round round(three());
    round.win();
    round.wish(LeaseWishKind::hand_over, 0, called("b"));
    EXPECT_FALSE(round.seen().withheld_until);
}

TEST(Majority, favour_counts_at_once) {
    Round round(three("b"));
    for (auto& voter : round.voters) voter.favoured = true;
    round.wish(LeaseWishKind::seek, 3);
    round.settle();
    EXPECT_TRUE(round.leads());
    EXPECT_EQ(round.seen().term, 4U);
}

TEST(Majority, favour_of_fewer_than_a_majority_does_not) {
    Round round(three("b"));
    round.voters[0].favoured = true;
    round.wish(LeaseWishKind::seek);
    round.settle();
    EXPECT_FALSE(round.leads());
}

TEST(Majority, proof_of_death_makes_its_votes_count) {
    Round round(three("b"));
    for (auto& voter : round.voters) voter.other = {called("a"), false, 3, {}};
    round.wish(LeaseWishKind::seek);
    round.settle();
    EXPECT_EQ(round.held(), 0);
    for (auto& voter : round.voters) voter.other = {};
    round.pass(200ms);
    EXPECT_EQ(round.held(), 3);
    EXPECT_EQ(round.rules.worth_proving(round.now), std::vector{called("a")});
    round.rules.proven_dead(called("c"), round.now, round.now);
    EXPECT_FALSE(round.leads()) << "another one's death";
    round.rules.proven_dead(called("a"), round.now - 1s, round.now);
    EXPECT_FALSE(round.leads()) << "it was asked before the lock was free";
    round.rules.proven_dead(called("a"), round.now, round.now);
    round.settle();
    EXPECT_TRUE(round.leads());
    EXPECT_TRUE(round.rules.worth_proving(round.now).empty());
}

TEST(Majority, a_term_is_promised_with_a_majority_only) {
    Round round(three());
    round.voters[1].other.holder = round.voters[2].other.holder = called("b");
    round.wish(LeaseWishKind::keep, 7);
    round.settle();
    round.pass(2s);
    EXPECT_EQ(round.held(), 1);
    EXPECT_EQ(round.voters[0].promised, 0U);
    round.voters[1].other = {};
    round.pass(200ms);
    EXPECT_EQ(round.voters[0].promised, 8U);
    EXPECT_EQ(round.voters[1].promised, 8U);
}

TEST(Majority, a_vote_without_its_promise_does_not_count) {
    Round round(three("b"));
    for (auto& voter : round.voters) voter.favoured = true;
    round.wish(LeaseWishKind::seek);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto ask = round.rules.ask(i, round.now);
        ASSERT_TRUE(ask);
        round.voters[i].held = true;
        round.rules.answered(i, *ask, {true, 0, true, {}, {}}, round.now, round.now);
    }
    EXPECT_FALSE(round.leads());
    round.settle();
    EXPECT_TRUE(round.leads());
}

TEST(Majority, a_new_term_is_above_all_that_was_seen) {
    Round round(three());
    round.voters[1].other = {called("b"), false, 12, {}};
    round.wish(LeaseWishKind::seek, 5);
    round.settle();
    EXPECT_EQ(round.seen().higher_term, 12U) << "its holder leads or tries to";
    round.rules.noticed(2, {called("c"), false, 20, {}});
    round.wish(LeaseWishKind::none);
    round.wish(LeaseWishKind::seek, 6);
    EXPECT_EQ(round.seen().term, 21U);
}

TEST(Majority, fewer_than_a_majority_lets_all_go) {
    Round round(three());
    round.voters[1].other.holder = round.voters[2].other.holder = called("b");
    round.wish(LeaseWishKind::seek);
    for (std::size_t i = 0; i < 3; ++i) round.ask(i);
    EXPECT_TRUE(round.voters[0].held);
    const auto ask = round.ask(0);
    ASSERT_TRUE(ask);
    EXPECT_EQ(ask->kind, AskKind::let_go);
    EXPECT_EQ(round.held(), 0);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE(round.ask(i)) << "a pause comes first";
    EXPECT_GT(round.rules.due(0).value(), round.now);
    round.voters[1].other = {};
    round.pass(200ms);
    EXPECT_EQ(round.held(), 2);
}

TEST(Majority, who_keeps_the_lease_keeps_single_votes) {
    Round round(three());
    round.voters[1].other.holder = round.voters[2].other.holder = called("b");
    round.wish(LeaseWishKind::keep);
    round.pass(2s);
    EXPECT_EQ(round.held(), 1);
}

TEST(Majority, no_wish_lets_all_go_and_closes) {
    Round round(three());
    round.win();
    round.wish(LeaseWishKind::none);
    EXPECT_FALSE(round.seen().valid_until);
    EXPECT_EQ(round.seen().term, 0U);
    EXPECT_EQ(round.ask(1)->kind, AskKind::let_go);
    EXPECT_EQ(round.ask(1)->kind, AskKind::close);
    EXPECT_FALSE(round.ask(1));
    EXPECT_FALSE(round.voters[1].favours) << "in nobody's favour";
}

TEST(Majority, a_question_under_way_is_not_asked_twice) {
    Round round(three());
    round.wish(LeaseWishKind::keep);
    const auto ask = round.rules.ask(0, round.now);
    ASSERT_TRUE(ask);
    EXPECT_FALSE(round.rules.ask(0, round.now + 1h)) << "a hung voter holds up nothing but itself";
    EXPECT_FALSE(round.rules.due(0));
    round.ask(1);
    round.ask(2);
    round.now += ripening(ttl);
    for (int i = 0; i < 3; ++i) {
        round.ask(1);
        round.ask(2);
    }
    EXPECT_TRUE(round.leads());
}

}  // namespace
}  // namespace pgcm::lease

#include "lease/voter.hpp"

#include <gtest/gtest.h>

namespace pgcm::lease {
namespace {

NodeName node(const char* name) {
    return *NodeName::make(name);
}

VoterTerms terms_at(bool another_node) {
    return {node("p1"), {node("p1"), node("p2")}, "orders", another_node, 1s, 10s, true};
}

constexpr Term term = 7;

// What a dry run may believe: what the voter would have answered, and no more.
TEST(Supposed, AFreeLockIsAsGoodAsOurs) {
    const auto answer = supposed({}, {AskKind::take, term, {}}, terms_at(true), true);
    EXPECT_TRUE(answer.held);
    EXPECT_EQ(answer.promised, term);
    EXPECT_FALSE(supposed({}, {AskKind::let_go, 0, {}}, terms_at(true), true).held);
}

TEST(Supposed, TheAgentOfThisNodeWouldGiveWay) {
    Answer seen;
    seen.seen.holder = node("p1");
    EXPECT_TRUE(supposed(seen, {AskKind::renew, term, {}}, terms_at(true), true).held);
}

TEST(Supposed, WhatAnotherHoldsIsNotOurs) {
    Answer seen;
    seen.seen.holder = node("p2");
    seen.seen.term = 9;
    const auto answer = supposed(seen, {AskKind::take, term, {}}, terms_at(true), true);
    EXPECT_FALSE(answer.held);
    EXPECT_EQ(answer.promised, 0U);
    EXPECT_EQ(answer.seen.term, 9U);
    Answer strange;
    strange.seen.stranger = true;
    EXPECT_FALSE(supposed(strange, {AskKind::take, term, {}}, terms_at(true), true).held);
}

TEST(Supposed, APrimaryVotesForItsOwnAgentOnly) {
    EXPECT_FALSE(supposed({}, {AskKind::take, term, {}}, terms_at(true), false).held);
    EXPECT_TRUE(supposed({}, {AskKind::take, term, {}}, terms_at(false), false).held);
}

}  // namespace
}  // namespace pgcm::lease

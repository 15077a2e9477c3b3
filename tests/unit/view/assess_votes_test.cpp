// The voters under quorum = "majority".
#include <gtest/gtest.h>

#include "view/assess.hpp"

namespace pgcm::view {
namespace {

NodeName called(std::string_view text) {
    return NodeName::make(text).value();
}

// a is primary, b its standby, w a witness; a holds all votes.
struct Three {
    View view;
    Policy policy;

    Three() {
        policy.quorum = Quorum::majority;
        policy.sync_mode = SyncMode::off;
        for (const auto* name : {"a", "b", "w"}) {
            Observation voter;
            voter.node = called(name);
            voter.reach = Reach::accepting;
            voter.vote = Vote{called("a"), false, 1, 100ms};
            const bool witness = voter.node == called("w");
            if (witness)
                policy.witnesses.push_back(voter.node);
            else
                policy.nodes.push_back({voter.node, 100, false, {{name, 5432}}});
            (witness ? view.witnesses : view.nodes).push_back(std::move(voter));
        }
        a().role = Role::primary;
        b().role = Role::standby;
        b().upstream = Address{"a", 5432};
        b().wal_receiver = WalReceiver{};
        b().wal_receiver->status = "streaming";
    }
    Observation& a() { return view.nodes[0]; }
    Observation& b() { return view.nodes[1]; }
    Observation& w() { return view.witnesses[0]; }

    // "code severity node", one a line.
    std::string alerts() const {
        std::string out;
        for (const auto& alert : assess(view, policy))
            out += (out.empty() ? "" : "\n") + std::string{name_of(alert.code)} + " " +
                   std::string{name_of(alert.severity)} + (alert.node ? " " + alert.node->str() : "");
        return out;
    }
    Facts facts() const { return assess(view, policy).at(0).facts; }
};

Vote held_by(const char* node) {
    return {called(node), false, 2, 0ms};
}

Vote of_a_stranger() {
    return {{}, true, 0, 5ms};
}

TEST(AssessVotes, AMajorityInHandIsQuiet) {
    Three three;
    EXPECT_EQ(three.alerts(), "");
    three.w().vote = Vote{};
    EXPECT_EQ(three.alerts(), "") << "two of three are enough";
}

TEST(AssessVotes, OnlyWhereVotesAreCast) {
    Three three;
    three.policy.quorum = Quorum::any;
    three.w().reach = Reach::silent;
    three.a().vote = three.b().vote = of_a_stranger();
    EXPECT_EQ(three.alerts(), "");
}

TEST(AssessVotes, AWitnessThatIsLost) {
    Three three;
    three.w().reach = Reach::rejecting;
    three.w().sqlstate = "28000";
    three.w().message = "no entry";
    EXPECT_EQ(three.alerts(), "witness_unreachable warning w");
    EXPECT_EQ(three.facts(), (Facts{{"reach", "rejecting"}, {"sqlstate", "28000"}, {"message", "no entry"}}));
}

TEST(AssessVotes, TooFewToVote) {
    Three three;
    three.w().reach = Reach::silent;
    three.b().reach = Reach::refused;
    EXPECT_EQ(three.alerts(),
              "lease_no_majority critical\nno_standby warning\nnode_unreachable warning b\n"
              "witness_unreachable warning w");
    EXPECT_EQ(three.facts(),
              (Facts{{"within_reach", std::int64_t{1}}, {"voters", std::int64_t{3}}, {"needed", std::int64_t{2}}}));
}

TEST(AssessVotes, StrangersLeaveNoVote) {
    Three three;
    three.w().vote = of_a_stranger();
    EXPECT_EQ(three.alerts(), "lease_stranger warning w");
    three.b().vote = of_a_stranger();
    EXPECT_EQ(three.alerts(),
              "lease_no_majority critical\nprimary_without_lease warning a\nlease_stranger warning b\n"
              "lease_stranger warning w");
}

TEST(AssessVotes, APrimaryWithoutTheLease) {
    Three three;
    three.b().vote = three.w().vote = Vote{};
    EXPECT_EQ(three.alerts(), "primary_without_lease warning a");
    EXPECT_EQ(three.facts(), (Facts{{"votes", std::int64_t{1}}, {"needed", std::int64_t{2}}}));
    three.w().reach = Reach::silent;
    EXPECT_EQ(three.alerts(), "witness_unreachable warning w") << "it may hold the one that cannot be seen";
}

TEST(AssessVotes, ALeaseWithoutItsPrimary) {
    Three three;
    three.b().vote = three.w().vote = held_by("b");
    EXPECT_EQ(three.alerts(), "primary_without_lease warning a\nlease_without_primary warning b");
    three.a().reach = Reach::refused;
    EXPECT_EQ(three.alerts(), "no_primary critical\nnode_unreachable warning a\nlease_without_primary warning b");
}

TEST(AssessVotes, AVoteNotSeenIsNotFree) {
    Three three;
    for (auto* voter : {&three.a(), &three.b(), &three.w()}) voter->vote.reset();
    EXPECT_EQ(three.alerts(), "");
}

TEST(AssessVotes, HistoriesThatPartedOnOneTimeline) {
    Three three;
    for (auto* node : {&three.a(), &three.b()}) {
        node->timeline = Timeline{2};
        node->mark = PromotionMark{"one", Timeline{2}, 1};
    }
    three.a().written = three.b().received = Lsn{5};
    EXPECT_EQ(three.alerts(), "");
    three.b().mark->id = "two";
    EXPECT_EQ(three.alerts(), "diverged critical b");
    EXPECT_EQ(three.facts().back(), (Fact{"promotion", "two"}));
    three.b().mark->timeline = Timeline{1};
    EXPECT_EQ(three.alerts(), "") << "it has not replayed the mark yet";
}

}  // namespace
}  // namespace pgcm::view

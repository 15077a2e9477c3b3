#include "decide/elect.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgcm::decide {
namespace {

NodeName named(std::string_view text) {
    return NodeName::make(text).value();
}

// Every mixture of two timelines, positions and priorities.
struct Field {
    View view;
    Policy policy;
    Field() {
        view.at = BootTime{1h};
        for (std::uint32_t i = 0; i < 8; ++i) {
            Observation node;
            node.node = named("n" + std::to_string(i));
            node.reach = Reach::accepting;
            node.role = Role::standby;
            node.asked_at = view.at;
            node.timeline = Timeline{1 + (i & 1)};
            node.received = Lsn{0x1000 + (i & 2)};
            policy.nodes.push_back({node.node, (i & 4) != 0 ? 200 : 100, false, {}});
            view.nodes.push_back(node);
        }
    }
};

TEST(Better, is_a_strict_order_of_all) {
    const Field field;
    for (const auto& a : field.view.nodes) {
        EXPECT_FALSE(better(a, a, field.policy));
        for (const auto& b : field.view.nodes) {
            if (a.node == b.node) continue;
            EXPECT_NE(better(a, b, field.policy), better(b, a, field.policy));
            for (const auto& c : field.view.nodes)
                if (better(a, b, field.policy) && better(b, c, field.policy)) {
                    EXPECT_TRUE(better(a, c, field.policy));
                }
        }
    }
}

TEST(Elect, does_not_depend_on_the_order_of_the_view) {
    Field field;
    const auto winner = elect(field.view, {}, field.policy).winner;
    ASSERT_TRUE(winner);
    EXPECT_EQ(winner->str(), "n7") << "timeline 2, the further position, the higher priority";
    for (int i = 0; i < 8; ++i) {
        std::rotate(field.view.nodes.begin(), field.view.nodes.begin() + 1, field.view.nodes.end());
        EXPECT_EQ(elect(field.view, {}, field.policy).winner, winner);
    }
}

TEST(Elect, ranks_everybody_who_may_once) {
    const Field field;
    std::vector<int> ranks;
    for (const auto& candidate : elect(field.view, {}, field.policy).candidates) {
        ASSERT_TRUE(candidate.eligible);
        ASSERT_FALSE(candidate.reasons.empty());
        ranks.push_back(candidate.rank.value());
    }
    std::sort(ranks.begin(), ranks.end());
    EXPECT_EQ(ranks, (std::vector{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Elect, of_an_empty_view_elects_nobody) {
    const auto election = elect(View{}, {}, Policy{});
    EXPECT_FALSE(election.winner);
    EXPECT_FALSE(election.primary);
    EXPECT_TRUE(election.candidates.empty());
}

}  // namespace
}  // namespace pgcm::decide

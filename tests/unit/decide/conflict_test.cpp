#include "decide/conflict.hpp"

#include <gtest/gtest.h>

namespace pgcm::decide {
namespace {

NodeName named(std::string_view text) {
    return NodeName::make(text).value();
}

Observation primary(std::string_view name, std::optional<std::uint32_t> timeline, std::optional<std::uint64_t> bytes) {
    Observation seen;
    seen.node = named(name);
    seen.reach = Reach::accepting;
    seen.role = Role::primary;
    if (timeline) seen.timeline = Timeline{*timeline};
    seen.inventory.emplace();
    seen.inventory->database_bytes = bytes;
    return seen;
}

std::string kept(std::vector<Observation> seen, ConflictKeep keep) {
    Policy policy;
    policy.keep = keep;
    for (const auto* name : {"a", "b", "c"}) policy.nodes.push_back({named(name), 100, false, {}});
    std::vector<const Observation*> primaries;
    for (const auto& node : seen) primaries.push_back(&node);
    const auto stays = keeper(primaries, policy);
    // What is decided must not depend on the order in which they are seen.
    std::reverse(primaries.begin(), primaries.end());
    EXPECT_EQ(keeper(primaries, policy), stays);
    return stays ? stays->str() : "nobody";
}

TEST(Keeper, goes_by_timeline_then_size_then_order) {
    const auto keep = ConflictKeep::timeline;
    EXPECT_EQ(kept({primary("a", 1, 900), primary("b", 2, 1)}, keep), "b");
    EXPECT_EQ(kept({primary("a", 2, 1), primary("b", 2, 900)}, keep), "b");
    EXPECT_EQ(kept({primary("c", 2, 5), primary("b", 2, 5)}, keep), "b");
    EXPECT_EQ(kept({primary("a", 1, 9), primary("b", 2, 5), primary("c", 2, 6)}, keep), "c");
}

TEST(Keeper, needs_a_size_only_among_equals) {
    const auto keep = ConflictKeep::timeline;
    EXPECT_EQ(kept({primary("a", 1, {}), primary("b", 2, {})}, keep), "b");
    EXPECT_EQ(kept({primary("a", 1, {}), primary("b", 2, 5), primary("c", 2, 6)}, keep), "c");
    EXPECT_EQ(kept({primary("a", 2, {}), primary("b", 2, 900)}, keep), "nobody");
    EXPECT_EQ(kept({primary("a", {}, 1), primary("b", 2, 900)}, keep), "nobody");
}

TEST(Keeper, may_leave_the_timeline_out) {
    EXPECT_EQ(kept({primary("a", 1, 900), primary("b", 2, 1)}, ConflictKeep::largest), "a");
    EXPECT_EQ(kept({primary("a", {}, 900), primary("b", {}, 1)}, ConflictKeep::largest), "a");
    EXPECT_EQ(kept({primary("a", 1, {}), primary("b", 2, 1)}, ConflictKeep::largest), "nobody");
}

TEST(Keeper, leaves_manual_conflicts_alone) {
    EXPECT_EQ(kept({primary("a", 1, 1), primary("b", 2, 2)}, ConflictKeep::manual), "nobody");
    EXPECT_EQ(kept({}, ConflictKeep::timeline), "nobody");
    EXPECT_EQ(kept({primary("c", {}, {})}, ConflictKeep::timeline), "c") << "the only one needs no figure";
}

}  // namespace
}  // namespace pgcm::decide

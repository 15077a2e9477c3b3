// Every enum that is spelled out: each name once, and back again.
#include "model/names.hpp"

#include <gtest/gtest.h>

#include <set>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/local_host.hpp"
#include "model/observation.hpp"
#include "model/policy.hpp"
#include "model/settings.hpp"
#include "model/verdict.hpp"

namespace pgcm {
namespace {

template <class E>
class Names : public testing::Test {};

using Spelled = testing::Types<Rule, AlertCode, Severity, ActionKind, Process, Lineup, Network, Reach, Role,
                               FailoverMode, Quorum, OnCrash, ConflictKeep, SyncMode, Verdict, RejoinMethod>;
TYPED_TEST_SUITE(Names, Spelled);

TYPED_TEST(Names, come_back) {
    for (const auto& [value, name] : enum_names<TypeParam>) {
        EXPECT_EQ(name_of(value), name);
        EXPECT_EQ(from_name<TypeParam>(name), value) << name;
    }
}

TYPED_TEST(Names, leave_none_out_and_none_twice) {
    std::set<std::string_view> names;
    std::set<TypeParam> values;
    for (const auto& [value, name] : enum_names<TypeParam>) {
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_TRUE(values.insert(value).second) << name;
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << name;
    }
    // Enumerators count from 0, so a hole would show as a value beyond the number of names.
    EXPECT_EQ(static_cast<std::size_t>(*values.rbegin()), values.size() - 1);
}

TYPED_TEST(Names, are_exact) {
    EXPECT_FALSE(from_name<TypeParam>(""));
    EXPECT_FALSE(from_name<TypeParam>("?"));
    const std::string first(enum_names<TypeParam>.front().second);
    EXPECT_FALSE(from_name<TypeParam>(first + " "));
    EXPECT_FALSE(from_name<TypeParam>(first.substr(0, first.size() - 1)));
    EXPECT_EQ(name_of(static_cast<TypeParam>(10000)), "?");
}

}  // namespace
}  // namespace pgcm

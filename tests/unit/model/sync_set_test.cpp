// The grammar of synchronous_standby_names as PostgreSQL 12 to 18 read it.
#include <gtest/gtest.h>

#include "model/sync_set.hpp"

namespace pgcm {
namespace {

using Names = std::vector<std::string>;

TEST(ReadSyncNames, nobody) {
    EXPECT_FALSE(read_sync_names(""));
    EXPECT_FALSE(read_sync_names("  \t"));
    EXPECT_FALSE(read_sync_names(","));
    EXPECT_FALSE(read_sync_names("ANY 1 ()"));
}

TEST(ReadSyncNames, a_list_is_the_first_of_it) {
    const auto set = read_sync_names("b, c ,d").value();
    EXPECT_EQ(set.count, 1);
    EXPECT_FALSE(set.all);
    EXPECT_EQ(set.names, (Names{"b", "c", "d"}));
}

TEST(ReadSyncNames, methods) {
    for (const auto* text :
         {"ANY 2 (b, c, d)", "any 2(b,c,d)", "FIRST 2 (b, c, d)", "2 (b, c, d)", " First  2 ( b,c ,d) "}) {
        const auto set = read_sync_names(text);
        ASSERT_TRUE(set) << text;
        EXPECT_EQ(set->count, 2) << text;
        EXPECT_EQ(set->names, (Names{"b", "c", "d"})) << text;
    }
}

TEST(ReadSyncNames, everybody) {
    const auto all = read_sync_names("*").value();
    EXPECT_TRUE(all.all);
    EXPECT_EQ(all.count, 1);
    EXPECT_TRUE(all.names.empty());
    EXPECT_TRUE(read_sync_names("ANY 2 (*)")->all);
    EXPECT_EQ(read_sync_names("ANY 2 (*)")->count, 2);
    EXPECT_TRUE(read_sync_names("b, *")->all);
    const auto quoted = read_sync_names("\"*\"").value();
    EXPECT_FALSE(quoted.all) << "a standby that is called so";
    EXPECT_EQ(quoted.names, Names{"*"});
}

TEST(ReadSyncNames, names_that_look_like_something_else) {
    EXPECT_EQ(read_sync_names("any, first")->names, (Names{"any", "first"}));
    EXPECT_EQ(read_sync_names("any")->names, Names{"any"});
    EXPECT_EQ(read_sync_names("\"any\", b")->names, (Names{"any", "b"}));
    EXPECT_EQ(read_sync_names("\"2\", b")->names, (Names{"2", "b"}));
    EXPECT_EQ(read_sync_names("ANY 1 (\"2\", \"a,b\", \"(\")")->names, (Names{"2", "a,b", "("}));
    const auto two = read_sync_names("2").value();
    EXPECT_EQ(two.names, Names{"2"}) << "without parentheses a number is a name";
    EXPECT_EQ(two.count, 1);
}

TEST(ReadSyncNames, names_compare_without_case) {
    EXPECT_EQ(read_sync_names("Berlin, \"KOELN\"")->names, (Names{"berlin", "koeln"}));
}

TEST(ReadSyncNames, quotes_within_quotes) {
    EXPECT_EQ(read_sync_names(R"("q""uote", "with blank")")->names, (Names{"q\"uote", "with blank"}));
}

TEST(ReadSyncNames, what_is_broken_does_not_break_the_reader) {
    for (const auto* text : {"\"", "\"b", "ANY", "ANY 1", "ANY 1 (", "ANY 99999999999999999999 (b)", "(((", "0 (b)"})
        EXPECT_NO_THROW((void)read_sync_names(text)) << text;
}

}  // namespace
}  // namespace pgcm

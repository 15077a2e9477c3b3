#include "config/keys.hpp"

#include <gtest/gtest.h>

#include "config/placeholder.hpp"
#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

TEST(Keys, EditDistanceCountsSwapsOnce) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("ttl", ""), 3U);
    EXPECT_EQ(edit_distance("", "ttl"), 3U);
    EXPECT_EQ(edit_distance("slot", "slot"), 0U);
    EXPECT_EQ(edit_distance("slto", "slot"), 1U);
    EXPECT_EQ(edit_distance("slots", "slot"), 1U);
    EXPECT_EQ(edit_distance("sync", "serve"), 4U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Keys, NearestIsOfTheSectionUnlessAnotherHasExactlyThisKey) {
    EXPECT_EQ(nearest_key(*known_section("timing"), "scan_perod"), "scan_period");
    EXPECT_EQ(nearest_key(*known_section("timing"), "ttl"), "lease.ttl");
    EXPECT_EQ(nearest_key(*known_section("lease"), "mode"), "failover.mode");
    EXPECT_EQ(nearest_section("timings"), "[timing]");
    EXPECT_EQ(nearest_section("nodes"), "[[node]]");
    EXPECT_EQ(nearest_section("conninfo"), "node.conninfo");
    EXPECT_EQ(known_section("nothing"), nullptr);
}

TEST(Placeholders, OnlyOursAndTheShells) {
    EXPECT_FALSE(wrong_placeholder(""));
    EXPECT_FALSE(wrong_placeholder("x {data_dir} {slot}{primary_conninfo} {node}"));
    EXPECT_FALSE(wrong_placeholder("echo ${HOME} ${user} {} { a; } awk '{ print }' {a,b} {a"));
    EXPECT_EQ(wrong_placeholder("x {datadir}"), "{datadir}");
    EXPECT_EQ(wrong_placeholder("{slot} {_}"), "{_}");
    EXPECT_EQ(wrong_placeholder("echo ${node}"), "${node}");
    EXPECT_EQ(wrong_placeholder("{{pgdata}}"), "{pgdata}");
}

TEST(TomlText, IsWrittenReadably) {
    EXPECT_EQ(toml_string("a\"b\\c\n\t\r\x01\x7f"), R"("a\"b\\c\n\t\r\u0001\u007F")");
    EXPECT_EQ(toml_readable("plain"), R"("plain")");
    EXPECT_EQ(toml_readable(R"(sh -c "x")"), R"('sh -c "x"')");
    EXPECT_EQ(toml_readable(R"(it's "x")"), R"("it's \"x\"")");
    EXPECT_EQ(toml_array({"a", "b \"c\""}), R"(["a", 'b "c"'])");
    EXPECT_EQ(toml_array({}), "[]");
}

TEST(TomlText, Utf8IsTold) {
    EXPECT_TRUE(is_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\x98"));
    EXPECT_FALSE(is_utf8("\xE4"));
    EXPECT_FALSE(is_utf8("\xC3"));
    EXPECT_FALSE(is_utf8("\xC0\x80"));
    EXPECT_FALSE(is_utf8("\xE0\x80\x80"));
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
    EXPECT_FALSE(is_utf8("\xF8\x88\x80\x80\x80"));
}

}  // namespace
}  // namespace pgcm::config

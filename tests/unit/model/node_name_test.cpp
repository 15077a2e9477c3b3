#include "model/node_name.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace pgcm {
namespace {

NodeName named(std::string_view text) {
    return NodeName::make(text).value();
}

TEST(NodeName, takes_any_printable_text) {
    for (const auto* text : {"a", "p1", "with blank", "quote\"", "it's", "back\\slash", "100%", "k\xC3\xB6ln",
                             "\xE6\x9D\xB1", "\xF0\x9F\x90\x98", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        const auto name = NodeName::make(text);
        ASSERT_TRUE(name) << text << ": " << name.error().what;
        EXPECT_EQ(name->str(), text);
    }
}

TEST(NodeName, is_utf8_or_refused) {
    const std::string_view wrong[] = {
        "\x80",              // a continuation without its beginning
        "a\xC3",             // cut short
        "\xC3(",             // not continued
        "\xC0\xAF",          // overlong
        "\xC1\xBF",          // overlong
        "\xE0\x9F\xBF",      // overlong
        "\xF0\x8F\xBF\xBF",  // overlong
        "\xED\xA0\x80",      // a surrogate
        "\xF4\x90\x80\x80",  // beyond U+10FFFF
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xE6\x9D",
        "\xF0\x9F\x90",
    };
    for (const auto text : wrong) {
        const auto name = NodeName::make(text);
        ASSERT_FALSE(name) << testing::PrintToString(text);
        EXPECT_EQ(name.error().code, ErrorCode::usage);
        EXPECT_NE(name.error().what.find("UTF-8"), std::string::npos);
    }
}

TEST(NodeName, holds_no_control_character) {
    const std::string_view wrong[] = {"a\nb", "\t", "a\x1F", "a\x7F", {"a\0b", 3}};
    for (const auto text : wrong) {
        const auto name = NodeName::make(text);
        ASSERT_FALSE(name) << testing::PrintToString(text);
        EXPECT_NE(name.error().what.find("control"), std::string::npos);
    }
}

TEST(NodeName, has_1_to_63_bytes) {
    EXPECT_FALSE(NodeName::make(""));
    EXPECT_TRUE(NodeName::make(std::string(63, 'x')));
    const auto longer = NodeName::make(std::string(64, 'x'));
    ASSERT_FALSE(longer);
    EXPECT_NE(longer.error().what.find("63"), std::string::npos);
    EXPECT_FALSE(NodeName::make(std::string(62, 'x') + "\xC3\xB6")) << "bytes count, not characters";
    EXPECT_TRUE(NodeName::make(std::string(61, 'x') + "\xC3\xB6"));
}

TEST(NodeName, is_compared_by_its_bytes) {
    EXPECT_EQ(named("a"), named("a"));
    EXPECT_NE(named("a"), named("A"));
    EXPECT_TRUE(NodeName().empty());
    const std::unordered_set<NodeName> names{named("a"), named("b"), named("a")};
    EXPECT_EQ(names.size(), 2u);
}

TEST(ApplicationName, is_what_postgresql_leaves_as_it_is) {
    EXPECT_EQ(application_name(named("p1")), "p1");
    EXPECT_EQ(application_name(named("a b\"c'd\\e")), "a b\"c'd\\e");
    EXPECT_EQ(application_name(named("k\xC3\xB6ln")), "k%C3%B6ln");
    EXPECT_EQ(application_name(named("100%")), "100%25") << "so that no two names are written alike";
    EXPECT_NE(application_name(named("\xC3\xBC")), application_name(named("%C3%BC")));
    EXPECT_EQ(application_name(named(std::string(63, '%'))).size(), 63u) << "NAMEDATALEN - 1";
}

TEST(SlotName, holds_what_a_slot_name_may) {
    EXPECT_EQ(slot_name("pgcm_{node}", named("p1")), "pgcm_p1");
    EXPECT_EQ(slot_name("pgcm_{node}", named("P1.Example-Org")), "pgcm_p1_example_org");
    EXPECT_EQ(slot_name("{node}", named("k\xC3\xB6ln")), "k__ln");
    EXPECT_EQ(slot_name("Fixed Slot", named("p1")), "fixed_slot");
    EXPECT_EQ(slot_name("", named("p1")), "") << "an empty pattern is no slot";
    EXPECT_EQ(slot_name("pgcm_{node}", named(std::string(63, 'x'))).size(), 63u);
}

}  // namespace
}  // namespace pgcm

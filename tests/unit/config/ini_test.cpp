#include "config/ini.hpp"

#include <gtest/gtest.h>

namespace pgcm::config {
namespace {

std::string value_of(const std::string& text, std::string_view key) {
    const auto sections = parse_ini(text, "c.ini");
    if (!sections) return sections.error().what;
    const auto* entry = sections->at(0).find(key);
    return entry != nullptr ? entry->value : "absent";
}

std::string error_of_ini(const std::string& text) {
    const auto sections = parse_ini(text, "c.ini");
    if (sections) return "no error";
    return sections.error().code == ErrorCode::usage ? sections.error().what : "not a usage error";
}

// The expected values were taken from Python 3.11's configparser.
TEST(Ini, KeysAndValues) {
    EXPECT_EQ(value_of("[a]\nk = v\n", "k"), "v");
    EXPECT_EQ(value_of("[a]\nk: v = w\n", "k"), "v = w");
    EXPECT_EQ(value_of("[a]\nKey=v\r\n", "kEY"), "v");
    EXPECT_EQ(value_of("[a]\nk =\n", "k"), "");
    EXPECT_EQ(value_of("[a]\n  k = v  \n", "k"), "v");
    EXPECT_EQ(value_of("\xEF\xBB\xBF[a]\nk = v", "k"), "v");
    EXPECT_EQ(value_of("[a] trailing\nk = \"quoted\"\n", "k"), "\"quoted\"");
}

TEST(Ini, CommentsStandOnLinesOfTheirOwn) {
    EXPECT_EQ(value_of("# c\n; d\n[a]\nk = v # w ; x\n", "k"), "v # w ; x");
    EXPECT_EQ(value_of("[a]\nk = v\n  # c\n  w\n", "k"), "v\nw");
    EXPECT_EQ(value_of("# \xFF is Latin-1\n[a]\nk = v\n", "k"), "v");
}

TEST(Ini, IndentedLinesGoOn) {
    EXPECT_EQ(value_of("[a]\nk = v\n  w\n\n  x\n\nl = y\n", "k"), "v\nw\n\nx");
    EXPECT_EQ(value_of("[a]\nk = v\n  w = 1\nl = y\n", "l"), "y");
    EXPECT_EQ(value_of("[a]\n  k = v\n  l = y\n", "l"), "y");
}

TEST(Ini, PercentSigns) {
    EXPECT_EQ(value_of("[a]\nk = %%x%% 50%%\n", "k"), "%x% 50%");
    EXPECT_EQ(value_of("[a]\nk = %(l)s/y\nl = x%%\n", "k"), "x%/y");
    EXPECT_EQ(value_of("[a]\nk = %(L)s\n[DEFAULT]\nl = d\n", "k"), "d");
    EXPECT_EQ(error_of_ini("[a]\n\nk = 50%\n"), "c.ini:3: \"k\": a single % stands in the value");
    EXPECT_EQ(error_of_ini("[a]\nk = %(l)s\n"), "c.ini:2: \"k\": %(l)s refers to a key that there is not");
    EXPECT_EQ(error_of_ini("[a]\nk = %(k)s\n"), "c.ini:2: \"k\": refers to itself by %(...)s");
}

TEST(Ini, ReferencesAreBounded) {
    std::string text = "[a]\n";
    for (int i = 0; i < 8; ++i) {
        text += "k" + std::to_string(i) + " =";
        for (int j = 0; j < 30; ++j) text += " %(k" + std::to_string(i + 1) + ")s";
        text += "\n";
    }
    EXPECT_EQ(error_of_ini(text + "k8 =\n"), "c.ini:2: \"k0\": refers to too many other keys by %(...)s");
}

TEST(Ini, SectionsKeepTheirOrder) {
    const auto sections = parse_ini("[b]\nk = 1\n[DEFAULT]\nd = 0\nk = 9\n[a]\n", "c.ini").value();
    ASSERT_EQ(sections.size(), 2U);
    EXPECT_EQ(sections[0].name, "b");
    EXPECT_EQ(sections[1].name, "a");
    EXPECT_EQ(sections[0].find("k")->value, "1");
    EXPECT_EQ(sections[0].find("d")->value, "0");
    EXPECT_EQ(sections[1].find("k")->value, "9");
    EXPECT_EQ(sections[1].line, 6);
}

TEST(Ini, ErrorsNameTheLine) {
    EXPECT_EQ(error_of_ini("k = v\n"), "c.ini:1: stands before the first section");
    EXPECT_EQ(error_of_ini("[a]\nno delimiter\n"), "c.ini:2: is neither \"key = value\" nor a section nor a comment");
    EXPECT_EQ(error_of_ini("[a]\n= v\n"), "c.ini:2: is neither \"key = value\" nor a section nor a comment");
    EXPECT_EQ(error_of_ini("[a]\nk = 1\n\nK = 2\n"), "c.ini:4: \"K\" stands in line 2 already");
    EXPECT_EQ(error_of_ini("[a]\n[b]\n[a]\n"), "c.ini:3: the section [a] stands in line 1 already");
    EXPECT_EQ(error_of_ini("[a]\nk = \xE4\n"), "c.ini:2: is not UTF-8");
    EXPECT_EQ(error_of_ini("[a]\nk = \x01\n"), "c.ini:2: holds a control character");
}

}  // namespace
}  // namespace pgcm::config

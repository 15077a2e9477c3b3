#include "act/auto_conf.hpp"

#include <gtest/gtest.h>

namespace pgcm::act {
namespace {

TEST(AutoConf, QuotesAsTheFileGrammarWants) {
    EXPECT_EQ(configuration_quoted("plain"), "'plain'");
    EXPECT_EQ(configuration_quoted("it's \\ %"), "'it''s \\\\ %'");
    EXPECT_EQ(configuration_quoted("a\nb"), "'a\\nb'");
    EXPECT_EQ(configuration_quoted(""), "''");
}

TEST(AutoConf, ReplacesEachOnceAndKeepsTheRest) {
    const std::string text =
        "# Do not edit\n"
        "work_mem = '4MB'\n"
        "primary_conninfo = 'host=old'\n"
        "\n"
        "  Primary_Conninfo='host=older' # twice\n"
        "primary_slot_name 'x'\n"
        "primary_conninfo_not = 'y'\n"
        "custom.setting = 'ä'";
    EXPECT_EQ(with_parameters(text, {{"primary_conninfo", "host=new password='a''b\\'"}, {"primary_slot_name", ""}}),
              "# Do not edit\n"
              "work_mem = '4MB'\n"
              "\n"
              "primary_conninfo_not = 'y'\n"
              "custom.setting = 'ä'\n"
              "primary_conninfo = 'host=new password=''a''''b\\\\'''\n"
              "primary_slot_name = ''\n");
}

TEST(AutoConf, DoingItTwiceChangesNothing) {
    const Parameters parameters{{"primary_conninfo", "host='a b' password='\\''"},
                                {"wal_retrieve_retry_interval", "100ms"}};
    const auto once = with_parameters("a = 1\n", parameters);
    EXPECT_EQ(with_parameters(once, parameters), once);
    EXPECT_EQ(with_parameters("", {}), "");
}

TEST(AutoConf, ReadsBackWhatItWrote) {
    for (const std::string value :
         {"", "plain", "it's", "a\\b", "tab\there", "new\nline", "ü 'x' \"y\" %s # no comment"}) {
        const auto text = with_parameters("primary_conninfo = 'before'\n", {{"primary_conninfo", value}});
        EXPECT_EQ(parameter_in(text, "PRIMARY_conninfo"), value) << text;
    }
}

TEST(AutoConf, ReadsWhatOthersWrote) {
    EXPECT_EQ(parameter_in("port 5433 # comment\nport=5434\n", "port"), "5434");
    EXPECT_EQ(parameter_in("x = 'a\\'b\\101'\n", "x"), "a'bA");
    EXPECT_EQ(parameter_in("#x = 'a'\n", "x"), std::nullopt);
    EXPECT_EQ(parameter_in("x = 'never ends", "x"), "never ends");
    EXPECT_EQ(parameter_in("x", "x"), "");
}

}  // namespace
}  // namespace pgcm::act

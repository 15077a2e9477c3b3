#include "act/invocation.hpp"

#include <gtest/gtest.h>

#include "act/wait_for.hpp"

namespace pgcm::act {
namespace {

const std::string odd = "it's \"a\" $HOME `id` \\ {slot} äöü %s";

std::string printed(const std::string& text) {
    Command command;
    command.shell = text;
    auto outcome = wait_for(from(command, {{"data_dir", odd}, {"slot", "never"}}));
    return outcome && outcome->ok() ? outcome->output : "failed";
}

TEST(Invocation, FillsArgvWordsAsTheyAre) {
    Command command;
    command.argv = {"echo", "-D={data_dir}", "{slot}{slot}", "{unknown} {", "{data_dir"};
    const auto filled = from(command, {{"data_dir", odd}, {"slot", "s"}});
    const std::vector<std::string> expected{"echo", "-D=" + odd, "ss", "{unknown} {", "{data_dir"};
    EXPECT_EQ(filled.argv, expected);
}

TEST(Invocation, QuotesForThePlaceInTheShellsText) {
    EXPECT_EQ(printed("printf '<%s>' {data_dir}"), "<" + odd + ">");
    EXPECT_EQ(printed("printf '<%s>' \"{data_dir}\""), "<" + odd + ">");
    EXPECT_EQ(printed("printf '<%s>' 'a{data_dir}b'"), "<a" + odd + "b>");
    EXPECT_EQ(printed("printf '<%s>' a\\\"{data_dir}\"x\\\"y\""), "<a\"" + odd + "x\"y>");
    EXPECT_EQ(printed("printf '<%s>' \"it's {data_dir}\""), "<it's " + odd + ">");
}

TEST(Invocation, DescribesWithoutSecrets) {
    Invocation invocation;
    invocation.argv = {"pg_rewind", "--source-server=host=p1 password='se cr''et' user=u", "a b", "",
                       "postgres://u:geheim@h/db?sslmode=require"};
    invocation.environment = {{"PGPASSWORD", "verysecret"}};
    const auto text = describe(invocation);
    EXPECT_EQ(text.find("se cr"), std::string::npos) << text;
    EXPECT_EQ(text.find("geheim"), std::string::npos) << text;
    EXPECT_EQ(text.find("verysecret"), std::string::npos) << text;
    EXPECT_NE(text.find("host=p1 password=********"), std::string::npos) << text;
    EXPECT_NE(text.find("'a b' ''"), std::string::npos) << text;
}

TEST(Invocation, MasksPasswordsInAnyText) {
    EXPECT_EQ(without_secrets("password=abc host=x"), "password=******** host=x");
    EXPECT_EQ(without_secrets("PASSWORD = 'a b\\'c' host=x"), "PASSWORD = ******** host=x");
    EXPECT_EQ(without_secrets("fails for postgresql://u:p@s@h:1/d"), "fails for postgresql://u:********@h:1/d");
    EXPECT_EQ(without_secrets("http://h:80/x a@b"), "http://h:80/x a@b");
    EXPECT_EQ(without_secrets("password authentication failed"), "password authentication failed");
    EXPECT_EQ(without_secrets("password="), "password=********");
}

TEST(Invocation, QuotesWordsForTheShell) {
    EXPECT_EQ(shell_quoted("/usr/bin/x-1"), "/usr/bin/x-1");
    EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_quoted(""), "''");
}

}  // namespace
}  // namespace pgcm::act

#include "postgres/conninfo.hpp"

#include <gtest/gtest.h>

namespace pgcm::postgres {
namespace {

Conninfo parsed(std::string_view text) {
    auto conninfo = Conninfo::parse(text);
    EXPECT_TRUE(conninfo) << (conninfo ? "" : conninfo.error().what);
    return conninfo.value_or(Conninfo{});
}

TEST(Conninfo, ReadsWhatLibpqReads) {
    const auto keywords = parsed("host=a,b port=1,2 user='o\\'x' dbname = 'a b'");
    EXPECT_EQ(keywords.get("user"), "o'x");
    EXPECT_EQ(keywords.get("dbname"), "a b");
    EXPECT_FALSE(Conninfo::parse("host='a"));
    EXPECT_FALSE(Conninfo::parse("hots=a"));
    const auto uri = parsed("postgresql://me@h:5433/db?sslmode=verify-full");
    EXPECT_EQ(uri.get("host"), "h");
    EXPECT_EQ(uri.get("port"), "5433");
    EXPECT_EQ(uri.get("dbname"), "db");
    EXPECT_EQ(uri.get("sslmode"), "verify-full");
    EXPECT_EQ(uri.get("password"), std::nullopt);
}

TEST(Conninfo, WritesWhatItReadsBack) {
    const std::vector<std::string> hard = {"plain",    "two words", "o'clock", "back\\slash", "100 %",
                                           "päßwörd☃", " lead",     "trail ",  "=",           "a=b c='d'"};
    for (const auto& value : hard) {
        Conninfo conninfo;
        conninfo.set("host", "h").set("password", value).set("dbname", value);
        const auto again = parsed(conninfo.str());
        EXPECT_EQ(again.get("password"), value);
        EXPECT_EQ(again.get("dbname"), value);
        EXPECT_EQ(again.get("host"), "h");
        EXPECT_EQ(parsed(again.str()), again);
    }
}

TEST(Conninfo, NeverShowsPasswords) {
    const auto conninfo = parsed("host=h password='geheim 1' sslpassword=geheim2 user=u");
    for (const auto& shown : {conninfo.masked(), conninfo.without_password().str(),
                              mask_passwords("postgresql://u:geheim@h/d"), mask_passwords("password=geheim kaputt='")})
        EXPECT_EQ(shown.find("geheim"), std::string::npos) << shown;
    EXPECT_NE(conninfo.masked().find("password=********"), std::string::npos);
    EXPECT_EQ(conninfo.without_password().get("password"), std::nullopt);
    const auto error = Conninfo::parse("host=h password='geheim");
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().what.find("geheim"), std::string::npos) << error.error().what;
    EXPECT_EQ(error.error().code, ErrorCode::usage);
}

TEST(Conninfo, ListsEveryAddress) {
    using Addresses = std::vector<Address>;
    EXPECT_EQ(parsed("host=a,b port=1,2").addresses(), (Addresses{{"a", 1}, {"b", 2}}));
    EXPECT_EQ(parsed("host=a,b port=7").addresses(), (Addresses{{"a", 7}, {"b", 7}}));
    EXPECT_EQ(parsed("host=a").addresses(), (Addresses{{"a", 5432}}));
    EXPECT_EQ(parsed("hostaddr=10.0.0.1 port=3").addresses(), (Addresses{{"10.0.0.1", 3}}));
    EXPECT_EQ(parsed("host=/run/postgresql").addresses(), (Addresses{{"/run/postgresql", 5432}}));
}

TEST(Conninfo, TheStrongerWins) {
    auto base = Conninfo{}.set("host", "a").set("port", "1").set("user", "u");
    base.merge(parsed("port=2 dbname=d")).set_default("user", "other").set_default("sslmode", "require");
    EXPECT_EQ(base.str(), "host=a port=2 user=u dbname=d sslmode=require");
    EXPECT_EQ(base.set("user", "").get("user"), std::nullopt);
}

}  // namespace
}  // namespace pgcm::postgres
